#include "market/ratings/ratings.hpp"

#include <algorithm>
#include <functional>

#include "base/encoding.hpp"
#include "base/limits/items.hpp"
#include "base/limits/person.hpp"
#include "item/text.hpp"
#include "market.pb.h"
#include "market/id_beginning.hpp"

namespace hearsay::market {
namespace {

namespace limits = base::limits;
using base::ErrorCode;

// The token with both sides' signatures; nothing before the agreement.
std::optional<item::Rating> token_of(const trade::Machine& machine, RatingOf of) {
    if (!machine.state().confirmed) return std::nullopt;
    item::Rating out;
    const base::PublisherKey& maker = *machine.maker();  // total: known once it is confirmed
    const base::PublisherKey& taker = *machine.taker();  // total: likewise
    out.token = of == RatingOf::partner ? trade::rating_token(machine.trade(), maker, taker)
                                        : trade::thing_token(machine.trade(), maker, taker,
                                                             *machine.slot());  // total: likewise
    for (const trade::Step& step : machine.steps()) {
        const trade::Move& move = step.message.message.move;
        if (step.problem || !move.token) continue;
        (step.by == trade::Role::maker ? out.maker_signature : out.taker_signature) =
            of == RatingOf::partner ? move.token->partner : move.token->thing;
    }
    return out;
}

}  // namespace

bool Ratings::read(base::ByteView payload, RatingView& out) const {
    const auto rating = item::read_rating(payload);
    if (!rating) return false;
    out.about = item::rated(rating->token, out.publisher);
    out.traded = item::rated_thing(rating->token);
    out.by_role = out.publisher == rating->token.maker ? trade::Role::maker : trade::Role::taker;
    out.stars = rating->stars;
    out.text = rating->text;
    return true;
}

void Ratings::publish(records::OwnPublication& record, const Turn& turn) {
    publications_.publish(*this, publications_.next_claim(record), limits::lifetime_max,
                          base::as_bytes(record.content()), record, turn);
}

base::Result<RatingView> Ratings::rate(std::string_view id, std::uint32_t stars,
                                       const std::string& text, const Turn& turn, RatingOf of) {
    const auto view = trades_.trade(id, turn.store);
    if (!view) return std::unexpected(view.error());
    if (view->role == trade::Role::arbiter)
        return base::fail(ErrorCode::refused,
                          "an arbiter rates nobody: the token is signed by the two sides");
    if (of == RatingOf::thing && view->role != trade::Role::taker)
        return base::fail(ErrorCode::refused,
                          "what was traded is rated by who took the offer, and you made it");
    auto rating = token_of(view->machine, of);
    if (!rating)
        return base::fail(
            ErrorCode::refused,
            "nothing was agreed on in this trade, so there is no proof that it took place");
    const auto normal = item::to_nfc(text);
    if (!normal) return base::fail(ErrorCode::invalid, "the text must be UTF-8");
    if (auto problem = item::rating_problem(stars, *normal))
        return base::fail(ErrorCode::invalid, *problem);
    rating->stars = stars;
    rating->text = *normal;
    const auto persona = trades_.persona_of(view->id, turn.store);
    if (!persona) return base::fail(ErrorCode::corrupt, "the trade does not open");
    item::Publication claim;
    claim.publisher = publisher_of(vault_.persona_seed(*persona));
    claim.slot = base::Slot{rating->token.id.data};
    const item::ThingId thing = item::thing_of(claim);
    if (auto full = publications_.is_full(*this); full && !publications_.find(thing))
        return std::unexpected(*full);

    records::OwnPublication record =
        publications_.record(thing, turn.store).value_or(records::OwnPublication{});
    record.set_persona(*persona);
    set_id(record.mutable_slot(), claim.slot);
    record.set_content(base::to_text(item::write_rating(*rating)));
    publish(record, turn);
    if (of == RatingOf::partner) trades_.set_rating(view->id, thing, turn);
    return view_of(thing, record);
}

base::Result<RatingView> Ratings::remove(std::string_view rating, const Turn& turn) {
    const auto letters = id_beginning(rating, item::ThingId::size, "a rating id");
    if (!letters) return std::unexpected(letters.error());
    std::vector<item::ThingId> found;
    for (const auto& [thing, own] : publications_.all())
        if (own.kind == this && base::to_hex(thing).starts_with(*letters)) found.push_back(thing);
    if (found.size() > 1) return std::unexpected(ambiguous(*letters, found.size(), "ratings"));
    auto record = found.empty() ? std::nullopt : publications_.record(found.front(), turn.store);
    if (!record)
        return base::fail(ErrorCode::not_found, "none of your ratings begins with " + *letters);
    if (record->removed()) return base::fail(ErrorCode::conflict, "this rating is removed already");
    publications_.remove(found.front(), *record, turn);
    return view_of(found.front(), *record);
}

void Ratings::renew(const Turn& turn) {
    for (const item::ThingId& thing : publications_.due(*this, turn.now))
        if (auto record = publications_.record(thing, turn.store)) publish(*record, turn);
}

template <class Visit>
void Ratings::each(const Catalogue& flood, Visit visit) const {
    flood.of_kind(item::kind_rating, UINT64_MAX, [&](core::Position, const item::ReadPtr& read) {
        if (const auto view = foreign_view(read)) visit(*view);
        return true;
    });
}

RatingsView Ratings::said(const std::optional<base::PublisherKey>& maker,
                          const std::optional<item::ThingId>& thing, const Catalogue& flood,
                          std::size_t most) const {
    RatingsView out;
    const auto show = [&](RatingView view) {
        if (out.newest.size() == most) return false;
        view.mine = publications_.find(view.thing) != nullptr;
        out.newest.push_back(std::move(view));
        return true;
    };
    if (!flood.index()) {
        each(flood, [&](const RatingView& view) {
            if (view.traded != thing || (!thing && view.about != maker)) return;
            out.all.add(view.stars);
            show(view);
        });
        return out;
    }
    if (!maker) return out;
    std::vector<core::Position> places;
    for (const Reputation::Said& said : reputation_.about(*maker)) {
        if (said.traded != thing) continue;
        out.all.add(said.stars);
        places.push_back(said.position);
    }
    std::ranges::sort(places, std::greater<>());
    for (const core::Position place : places)
        if (auto view = foreign_view(flood.at(place)); view && !show(*std::move(view))) break;
    return out;
}

RatingsView Ratings::ratings(const base::PublisherKey& about, const Catalogue& flood,
                             std::size_t most) const {
    if (const search::Index* const index = flood.index()) reputation_.look(flood, *index);
    return said(about, std::nullopt, flood, most);
}

RatingsView Ratings::ratings(const item::ThingId& thing, const Catalogue& flood,
                             std::size_t most) const {
    if (const search::Index* const index = flood.index()) reputation_.look(flood, *index);
    return said(reputation_.maker_of(thing), thing, flood, most);
}

OfferRatings Ratings::ratings_of(const base::PublisherKey& maker, const item::ThingId& thing,
                                 const Catalogue& flood) const {
    OfferRatings out;
    const auto add = [&](const std::optional<item::ThingId>& traded, std::uint32_t stars) {
        if (traded && *traded != thing) return;
        (traded ? out.thing : out.maker).add(stars);
    };
    if (const search::Index* const index = flood.index()) {
        reputation_.look(flood, *index);
        for (const Reputation::Said& said : reputation_.about(maker)) add(said.traded, said.stars);
        return out;
    }
    each(flood, [&](const RatingView& view) {
        if (view.traded || view.about == maker) add(view.traded, view.stars);
    });
    return out;
}

}  // namespace hearsay::market
