// Watches: searches that are kept, to tell of what is new.
#include "market/watches/watches.hpp"

#include <algorithm>

#include <doctest/doctest.h>

#include "base/encoding.hpp"
#include "base/limits/person.hpp"
#include "base/limits/search.hpp"
#include "crypto/ed25519.hpp"
#include "fakes.hpp"
#include "item/make.hpp"
#include "search/fields.hpp"
#include "unit/search/memory_index.hpp"

namespace hearsay::market {
namespace {

using base::ErrorCode;

// A flood store with an index of words.
class Searched final : public MemoryCatalogue {
public:
    item::ThingId publish(const std::string& title, std::uint32_t slot,
                          std::uint64_t sequence = 1) {
        base::Secret seed;
        seed.data.fill(9);
        item::Publication claim;
        claim.publisher = base::PublisherKey{crypto::ed25519_public_key(seed).data};
        const auto number = base::big_endian(slot);
        std::ranges::copy(number, claim.slot.data.begin());
        claim.sequence = sequence;
        const auto read =
            item::read(item::make_publication({item::Network::sim, item::kind_offer, noon, day},
                                              claim, item::write_offer({title, "", "", ""}), seed),
                       item::Network::sim);
        REQUIRE(read);
        store(*read);
        all_.push_back(*read);
        index_.add({*search::fields_of(**read)}, "offer");
        return item::thing_of(claim);
    }
    item::ReadPtr at(core::Position position) const override { return all_.at(position - 1); }
    const search::Index* index() const override { return &index_; }

private:
    std::vector<item::ReadPtr> all_;
    search::testing::MemoryIndex index_;
};

struct Fixture {
    Person alice{1};
    Searched flood;

    Effects out;
    Turn turn() { return {alice.now, alice.store, flood, out}; }
    base::Result<WatchView> add(const std::string& name,
                                const std::map<std::string, std::string>& search) {
        return alice.market->add_watch({name, search, {}, 0}, turn());
    }
    // What is told of at the next tick and after it: "bikes: Bicycle; ".
    std::string told() {
        out.clear();
        item::Read any;
        any.header.claim = item::Publication{};
        alice.market->on_item_stored(std::make_shared<const item::Read>(any), turn());
        alice.market->on_tick(turn());
        while (alice.market->wants_to_watch()) alice.market->watch_on(turn());
        std::string text;
        for (const Effect& effect : out)
            if (const auto* tell = std::get_if<Tell>(&effect);
                tell && tell->what == Happening::watch_match)
                text += tell->topic + ": " + tell->text + "; ";
        return text;
    }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a watch tells of what comes after it was made, each once") {
    flood.publish("Old bicycle", 1);
    REQUIRE(add("bikes", {{"q", "bicycle"}}));
    CHECK(told().empty());
    flood.publish("Blue bicycle", 2);
    flood.publish("Bread", 3);
    flood.publish("Red bicycle", 4);
    CHECK(told() == "bikes: Blue bicycle; bikes: Red bicycle; ");
    CHECK(told().empty());
    CHECK(alice.market->watch("bikes")->matches == 2);
    flood.publish("Blue bicycle, cheaper", 2, 2);
    CHECK(told().empty());  // a new version of what was told of
}

TEST_CASE_FIXTURE(Fixture, "a new start tells of nothing twice, and of what came meanwhile") {
    REQUIRE(add("bikes", {{"q", "bicycle"}}));
    flood.publish("Blue bicycle", 1);
    CHECK(told() == "bikes: Blue bicycle; ");
    alice.store.commit();
    flood.publish("Red bicycle", 2);
    alice.start();
    CHECK(told() == "bikes: Red bicycle; ");
}

TEST_CASE_FIXTURE(Fixture, "what lists hide and what a corrected word finds is not told of") {
    REQUIRE(alice.market->make_list({"mine", "", {{"rusty", false, ""}}}, turn()));
    REQUIRE(add("bikes", {{"q", "bicycle"}}));
    REQUIRE(add("typo", {{"q", "bicycel"}}));
    flood.publish("Rusty bicycle", 1);
    flood.publish("Bicycle", 2);
    CHECK(told() == "bikes: Bicycle; ");
}

TEST_CASE_FIXTURE(Fixture, "of very many matches the newest are told of") {
    REQUIRE(add("all", {}));
    for (std::uint8_t at = 1; at <= base::limits::watch_told_max + 5; ++at)
        flood.publish("Bicycle " + std::to_string(at), at);
    const std::string text = told();
    CHECK(std::ranges::count(text, ';') ==
          static_cast<std::ptrdiff_t>(base::limits::watch_told_max));
    CHECK(text.find("Bicycle 6;") != std::string::npos);
    CHECK(text.find("Bicycle 5;") == std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "no flood of what has to be read hides a match") {
    REQUIRE(add("cameras", {{"q", "\"vintage camera\""}}));
    flood.publish("A vintage camera", 1);
    for (std::uint32_t at = 0; at < base::limits::search_reads_max + 5; ++at)
        flood.publish("Camera, not vintage", 100 + at);
    CHECK(told() == "cameras: A vintage camera; ");
    CHECK(told().empty());
}

TEST_CASE_FIXTURE(Fixture, "a watch that makes no sense is refused") {
    CHECK(add("two words", {}).error().code == ErrorCode::invalid);
    CHECK(add("bikes", {{"sort", "price"}}).error().code == ErrorCode::invalid);
    CHECK(add("bikes", {{"kind", "spoon"}}).error().code == ErrorCode::invalid);
    REQUIRE(add("bikes", {{"q", "bicycle"}}));
    CHECK(add("bikes", {}).error().code == ErrorCode::conflict);
    for (std::size_t at = 1; at < base::limits::watches_max; ++at)
        REQUIRE(add("w" + std::to_string(at), {}));
    CHECK(add("more", {}).error().code == ErrorCode::exhausted);
    REQUIRE(alice.market->remove_watch("bikes", turn()));
    CHECK(alice.market->remove_watch("bikes", turn()).error().code == ErrorCode::not_found);
    CHECK(add("more", {}));
}

}  // namespace hearsay::market
