// Searching as a person asks for it. What the index itself finds: tests/unit/search.
#include <doctest/doctest.h>

#include "crypto/ed25519.hpp"
#include "fakes.hpp"
#include "item/make.hpp"
#include "market/address.hpp"
#include "search/fields.hpp"
#include "unit/search/memory_index.hpp"

namespace hearsay::market {
namespace {

using base::ErrorCode;

class SearchedCatalogue final : public MemoryCatalogue {
public:
    base::PublisherKey publish(std::uint8_t persona, const std::string& title,
                               std::vector<std::string> tags = {}) {
        base::Secret seed;
        seed.data.fill(persona);
        item::Publication claim;
        claim.publisher = base::PublisherKey{crypto::ed25519_public_key(seed).data};
        claim.slot.data.fill(static_cast<std::uint8_t>(all_.size()));
        claim.sequence = 1;
        item::OfferText text{title, "", "", "", std::move(tags)};
        const auto read = item::read(item::make_publication({item::Network::sim, item::kind_offer,
                                                             noon, base::Seconds(86400)},
                                                            claim, item::write_offer(text), seed),
                                     item::Network::sim);
        REQUIRE(read);
        store(*read);
        all_.push_back(*read);
        index_.add({*search::fields_of(**read)});
        return claim.publisher;
    }
    item::ReadPtr at(core::Position position) const override { return all_.at(position - 1); }
    const search::Index* index() const override { return &index_; }

private:
    std::vector<item::ReadPtr> all_;
    search::testing::MemoryIndex index_;
};

struct Fixture {
    Person alice{1};
    SearchedCatalogue flood;

    base::Result<SearchView> ask(SearchDraft draft) const {
        if (draft.limit == 0) draft.limit = 10;
        return alice.market->search(draft, alice.store, flood);
    }
    std::string titles(const SearchDraft& draft) const {
        const auto view = ask(draft);
        if (!view) return view.error().text;
        std::string out;
        for (const OfferView& each : view->found) out += each.text.title + "; ";
        return out;
    }
    static SearchDraft words(std::string text) {
        SearchDraft out;
        out.words = std::move(text);
        return out;
    }
};

TEST_CASE_FIXTURE(Fixture, "offers are found by words, by publisher and by tag, newest first") {
    const auto shop = flood.publish(1, "Old bike", {"bike"});
    flood.publish(2, "New bike");
    flood.publish(1, "Lamp");
    CHECK(titles(words("BIKE ")) == "New bike; Old bike; ");
    SearchDraft storefront;
    storefront.by = persona_address(shop);
    CHECK(titles(storefront) == "Lamp; Old bike; ");
    CHECK(titles(words("by:" + persona_address(shop) + " bike")) == "Old bike; ");
    CHECK(titles(words("-by:" + persona_address(shop))) == "New bike; ");
    SearchDraft tagged;
    tagged.tag = "Bike";
    CHECK(titles(tagged) == "Old bike; ");
    CHECK(titles(words("kind:offer lamp")) == "Lamp; ");
    CHECK(ask(words("bike "))->total == 2);
}

TEST_CASE_FIXTURE(Fixture, "what cannot be asked is refused with what was expected") {
    const auto refused = [&](const SearchDraft& draft, std::string_view expected) {
        const auto view = ask(draft);
        REQUIRE_FALSE(view);
        CHECK(view.error().code == ErrorCode::invalid);
        CAPTURE(view.error().text);
        CHECK(view.error().text.find(expected) != std::string::npos);
    };
    refused(words("?!"), "no letter");
    refused(words("by:bob"), "hsp1");
    refused(words("kind:mail x"), "expected offer");
    SearchDraft draft;
    draft.sort = "size";
    refused(draft, "newest, relevance or price");
    draft.sort = "price";
    refused(draft, "currency");
    draft = {};
    draft.tag = "?";
    refused(draft, "a letter or a digit");
    draft = words("x");
    draft.cursor = "n-1";
    refused(draft, "cursor");
}

TEST_CASE_FIXTURE(Fixture, "a store without an index says that it has none") {
    const auto view = alice.market->search(words("x"), alice.store, MemoryCatalogue());
    REQUIRE_FALSE(view);
    CHECK(view.error().code == ErrorCode::unavailable);
}

}  // namespace
}  // namespace hearsay::market
