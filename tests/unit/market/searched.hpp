// unit/market/searched.hpp - what the network holds, with an index of words. Personas are numbers.
#pragma once

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "crypto/ed25519.hpp"
#include "fakes.hpp"
#include "item/kinds/offer.hpp"
#include "item/kinds/profile.hpp"
#include "item/kinds/rating.hpp"
#include "item/make.hpp"
#include "search/fields.hpp"
#include "unit/search/memory_index.hpp"

namespace hearsay::market {

inline base::Secret seed_of(std::uint8_t persona) {
    base::Secret out;
    out.data.fill(persona);
    return out;
}
inline base::PublisherKey persona_of(std::uint8_t persona) {
    return base::PublisherKey{crypto::ed25519_public_key(seed_of(persona)).data};
}

class SearchedCatalogue final : public MemoryCatalogue {
public:
    base::PublisherKey publish(std::uint8_t persona, item::Kind kind, const base::Bytes& payload) {
        base::Slot slot{};
        if (kind != item::kind_profile) slot.data.fill(static_cast<std::uint8_t>(1 + all_.size()));
        const item::ReadPtr read = make(persona, kind, slot, 1, payload);
        index_.add({*search::fields_of(*read)}, search::word_of(kind));
        return persona_of(persona);
    }
    base::PublisherKey publish(std::uint8_t persona, const item::OfferText& offer) {
        REQUIRE_FALSE(item::offer_problem(offer));
        return publish(persona, item::kind_offer, item::write_offer(offer));
    }
    base::PublisherKey publish(std::uint8_t persona, const std::string& title,
                               std::vector<std::string> tags = {}) {
        return publish(persona, item::OfferText{title, "", "", "", std::move(tags)});
    }

    // What `by` says of `about` after a trade of theirs; `offer`: of the item at that position, as
    // a thing. Answers its position.
    core::Position rate(std::uint8_t by, std::uint8_t about, std::uint32_t stars,
                        core::Position offer = 0) {
        item::Rating rating;
        rating.token.id.data.fill(static_cast<std::uint8_t>(1 + all_.size()));
        rating.token.maker = persona_of(about);
        rating.token.taker = persona_of(by);
        if (offer != 0) rating.token.slot = at(offer)->header.publication()->slot;
        rating.stars = stars;
        make(by, item::kind_rating, base::Slot{rating.token.id.data}, 1,
             item::write_rating(rating));
        index_.add_other();
        return all_.size();
    }
    // As it expires.
    void end(core::Position position) {
        forget(at(position)->id);
        index_.remove(position);
    }

    item::ReadPtr at(core::Position position) const override { return all_.at(position - 1); }
    std::optional<core::Position> position(const base::ItemId& id) const override {
        for (core::Position position = 1; position <= all_.size(); ++position)
            if (at(position)->id == id && index_.is_alive(position)) return position;
        return std::nullopt;
    }
    const search::Index* index() const override { return &index_; }

private:
    item::ReadPtr make(std::uint8_t persona, item::Kind kind, const base::Slot& slot,
                       std::uint64_t sequence, const base::Bytes& payload) {
        item::Publication claim;
        claim.publisher = persona_of(persona);
        claim.slot = slot;
        claim.sequence = sequence;
        const auto read = item::read(
            item::make_publication({item::Network::sim, kind, noon, base::Seconds(86400)}, claim,
                                   payload, seed_of(persona)),
            item::Network::sim);
        REQUIRE(read);
        store(*read);
        all_.push_back(*read);
        return *read;
    }

    std::vector<item::ReadPtr> all_;
    search::testing::MemoryIndex index_;
};

// Somebody who searches it.
struct Searcher {
    Person alice{1};
    SearchedCatalogue flood;

    base::Result<SearchView> ask(SearchDraft draft) const {
        if (draft.limit == 0) draft.limit = 10;
        return alice.market->search(draft, alice.store, flood);
    }
    // "Lamp; Bike; "
    static std::string titles(const SearchView& view) {
        std::string out;
        for (const OfferView& each : view.offers) out += each.text.title + "; ";
        for (const PostView& each : view.posts) out += "post " + each.text.title + "; ";
        for (const ProfileView& each : view.profiles)
            out += "profile " + each.profile.nickname + "; ";
        return out;
    }
};

}  // namespace hearsay::market
