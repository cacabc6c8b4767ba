#include "market/ratings/ratings.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "base/limits/items.hpp"
#include "base/limits/person.hpp"
#include "item/make.hpp"
#include "item/text.hpp"
#include "market.pb.h"
#include "market/id_beginning.hpp"

namespace hearsay::market {
namespace {

namespace limits = base::limits;
using base::ErrorCode;

item::Rating rating_of(const records::OwnPublication& record) {
    return item::read_rating(base::as_bytes(record.content())).value_or(item::Rating{});
}

// The token with both sides' signatures; nothing before the agreement.
std::optional<item::Rating> token_of(const trade::Machine& machine) {
    if (!machine.state().confirmed) return std::nullopt;
    item::Rating out;
    // total: both are known once it is confirmed
    out.token = trade::rating_token(machine.trade(), *machine.maker(), *machine.taker());
    for (const trade::Step& step : machine.steps()) {
        const trade::Move& move = step.message.message.move;
        if (step.problem || !move.token) continue;
        (step.by == trade::Role::maker ? out.maker_signature : out.taker_signature) = *move.token;
    }
    return out;
}

RatingView view_of_rating(const item::Rating& rating, const base::PublisherKey& publisher) {
    RatingView out;
    out.by = publisher;
    out.about = item::rated(rating.token, publisher);
    out.by_role = publisher == rating.token.maker ? trade::Role::maker : trade::Role::taker;
    out.stars = rating.stars;
    out.text = rating.text;
    return out;
}

}  // namespace

RatingView Ratings::view_of(const item::ThingId& thing,
                            const records::OwnPublication& record) const {
    RatingView out = view_of_rating(
        rating_of(record),
        get_id<base::PublisherKey>(record.publisher()).value_or(base::PublisherKey{}));
    out.id = thing;
    out.created = time_of(record.created());
    out.expires = time_of(record.expires());
    out.mine = true;
    out.spread = publications_.all().at(thing).spread;
    out.state = publications_.state_of(thing, record);
    return out;
}

void Ratings::publish(records::OwnPublication& record, const Turn& turn) {
    const base::Secret seed = vault_.persona_seed(record.persona());
    item::Publication claim;
    claim.publisher = publisher_of(seed);
    claim.slot = get_id<base::Slot>(record.slot()).value_or(base::Slot{});
    claim.sequence = record.sequence() + 1;
    const item::ThingId thing = item::thing_of(claim);
    publications_.cancel_work(thing, turn);
    const item::ReadPtr made = read_own(
        item::make_publication({network_, item::kind_rating, turn.now, limits::lifetime_max}, claim,
                               item::write_rating(rating_of(record)), seed));
    record.set_removed(false);
    set_id(record.mutable_id(), thing);
    set_id(record.mutable_publisher(), claim.publisher);
    publications_.publish(thing, record, made, turn);
}

base::Result<RatingView> Ratings::rate(std::string_view id, std::uint32_t stars,
                                       const std::string& text, const Turn& turn) {
    const auto view = trades_.trade(id, turn.store);
    if (!view) return std::unexpected(view.error());
    if (view->role == trade::Role::arbiter)
        return base::fail(ErrorCode::refused,
                          "an arbiter rates nobody: the token is signed by the two sides");
    auto rating = token_of(view->machine);
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
    ChangeRecords records = change(turn);
    const auto persona = trades_.persona_of(view->id, turn.store);
    if (!persona) return base::fail(ErrorCode::corrupt, "the trade does not open");
    item::Publication claim;
    claim.publisher = publisher_of(vault_.persona_seed(*persona));
    claim.slot = base::Slot{rating->token.id.data};
    const item::ThingId thing = item::thing_of(claim);
    const std::size_t alive = publications_.alive(*this);
    if (!publications_.find(thing) && alive >= limits::own_offers_max)
        return base::fail(ErrorCode::exhausted,
                          "there are " + std::to_string(alive) + " own ratings already");

    records::OwnPublication record =
        records.load<records::OwnPublication>(Table::publications, thing.view())
            .value_or(records::OwnPublication{});
    record.set_persona(*persona);
    set_id(record.mutable_slot(), claim.slot);
    record.set_content(base::to_text(item::write_rating(*rating)));
    publish(record, turn);
    trades_.set_rating(view->id, thing, turn);
    return view_of(thing, record);
}

base::Result<RatingView> Ratings::remove(std::string_view rating, const Turn& turn) {
    const auto letters = id_beginning(rating, item::ThingId::size, "a rating id");
    if (!letters) return std::unexpected(letters.error());
    std::vector<item::ThingId> found;
    for (const auto& [thing, own] : publications_.all())
        if (own.kind == this && base::to_hex(thing).starts_with(*letters)) found.push_back(thing);
    if (found.size() > 1) return std::unexpected(ambiguous(*letters, found.size(), "ratings"));
    ChangeRecords records = change(turn);
    auto record = found.empty() ? std::nullopt
                                : records.load<records::OwnPublication>(Table::publications,
                                                                        found.front().view());
    if (!record)
        return base::fail(ErrorCode::not_found, "none of your ratings begins with " + *letters);
    if (record->removed()) return base::fail(ErrorCode::conflict, "this rating is removed already");
    publications_.remove(found.front(), *record, turn);
    return view_of(found.front(), *record);
}

void Ratings::renew(const Turn& turn) {
    ChangeRecords records = change(turn);
    constexpr base::Seconds heard_within{24 * 3600};
    if (const auto recovered = vault_.recovered();
        recovered && turn.now < *recovered + heard_within)
        return;
    std::vector<item::ThingId> due;
    for (const auto& [thing, own] : publications_.all())
        if (own.kind == this && !own.removed && own.expires < turn.now + limits::rating_renewal)
            due.push_back(thing);
    for (const item::ThingId& thing : due)
        if (auto record = records.load<records::OwnPublication>(Table::publications, thing.view()))
            publish(*record, turn);
}

std::vector<RatingView> Ratings::own_ratings(const OwnStore& store) const {
    std::vector<RatingView> out;
    const Records records = look(store);
    for (const auto& [thing, own] : publications_.all())
        if (own.kind == this)
            if (const auto record =
                    records.load<records::OwnPublication>(Table::publications, thing.view()))
                out.push_back(view_of(thing, *record));
    std::stable_sort(out.begin(), out.end(),
                     [](const auto& a, const auto& b) { return a.created > b.created; });
    return out;
}

std::vector<RatingView> Ratings::ratings(const base::PublisherKey& about,
                                         const Catalogue& flood) const {
    std::vector<RatingView> out;
    flood.of_kind(item::kind_rating, UINT64_MAX, [&](core::Position, const item::ReadPtr& read) {
        const item::Publication* claim = read->header.publication();
        const auto rating =
            claim && !claim->removed ? item::read_rating(read->item.payload) : std::nullopt;
        if (!rating || item::rated(rating->token, claim->publisher) != about) return true;
        RatingView view = view_of_rating(*rating, claim->publisher);
        view.id = item::thing_of(*claim);
        view.created = read->header.created;
        view.expires = read->header.expires;
        view.mine = publications_.find(view.id) != nullptr;
        out.push_back(std::move(view));
        return true;
    });
    return out;
}

void Ratings::take_found(records::OwnPublication& record, const item::Read& found, const Turn&) {
    const auto rating = item::read_rating(found.item.payload);
    record.set_content(base::to_text(item::write_rating(rating.value_or(item::Rating{}))));
}

}  // namespace hearsay::market
