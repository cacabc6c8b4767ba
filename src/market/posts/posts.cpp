#include "market/posts/posts.hpp"

#include <algorithm>
#include <functional>

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

item::PostText post_in(const records::OwnPublication& record) {
    return item::read_post(base::as_bytes(record.content())).value_or(item::PostText{});
}

// What floods, as seen by anybody.
std::optional<PostView> foreign_view(const item::ReadPtr& read) {
    const item::Publication* claim = read ? read->header.publication() : nullptr;
    if (!claim || claim->removed || read->header.kind != item::kind_post) return std::nullopt;
    const auto text = item::read_post(read->item.payload);
    if (!text) return std::nullopt;
    PostView out;
    out.thing = item::thing_of(*claim);
    out.item = read->id;
    out.text = *text;
    out.publisher = claim->publisher;
    out.created = read->header.created;
    out.expires = read->header.expires;
    out.sequence = claim->sequence;
    return out;
}

// Things of any kind that are here and begin so: an offer can be answered, too.
base::Result<item::ThingId> answered(const std::string& id, const Publications& publications,
                                     const Catalogue& flood) {
    const auto letters = id_beginning(id, item::ThingId::size, "what a post answers");
    if (!letters) return std::unexpected(letters.error());
    if (letters->size() == 2 * item::ThingId::size) return first_with<item::ThingId>(*letters);
    const auto matches = [&](const item::ThingId& thing) {
        return base::to_hex(thing).starts_with(*letters);
    };
    std::set<item::ThingId> found;
    for (const auto& [thing, own] : publications.all())
        if (matches(thing)) found.insert(thing);
    flood.things(first_with<item::ThingId>(*letters),
                 [&](const item::ThingId& thing, const core::SlotState&) {
                     if (!matches(thing)) return false;
                     found.insert(thing);
                     return found.size() < 2;
                 });
    if (found.size() > 1) return std::unexpected(ambiguous(*letters, found.size(), "things"));
    if (found.empty())
        return base::fail(ErrorCode::not_found, "nothing that is here begins with " + *letters);
    return *found.begin();
}

}  // namespace

PostView Posts::view_of(const item::ThingId& thing, const records::OwnPublication& record) const {
    PostView out;
    out.thing = thing;
    out.item = publications_.all().at(thing).item;
    out.text = post_in(record);
    out.publisher = get_id<base::PublisherKey>(record.publisher()).value_or(base::PublisherKey{});
    out.created = time_of(record.created());
    out.expires = time_of(record.expires());
    out.sequence = record.sequence();
    out.mine = true;
    out.spread = publications_.all().at(thing).spread;
    out.state = publications_.state_of(thing, record);
    return out;
}

base::Result<item::PostText> Posts::read_draft(const PostDraft& draft, const Turn& turn) const {
    item::PostText out = draft.text;
    std::vector<std::string*> fields{&out.title, &out.text};
    for (std::string& tag : out.tags) fields.push_back(&tag);
    for (std::string* field : fields) {
        auto normal = item::to_nfc(*field);
        if (!normal) return base::fail(ErrorCode::invalid, "the post's text must be UTF-8");
        *field = std::move(*normal);
    }
    if (!draft.answer_to.empty()) {
        const auto thing = answered(draft.answer_to, publications_, turn.flood);
        if (!thing) return std::unexpected(thing.error());
        out.answer_to = *thing;
    }
    if (auto problem = item::post_problem(out)) return base::fail(ErrorCode::invalid, *problem);
    if (draft.lifetime != base::Seconds(0) &&
        (draft.lifetime < limits::created_step || draft.lifetime > limits::lifetime_max))
        return base::fail(ErrorCode::invalid, "a post lives from 10 minutes to 15 days");
    return out;
}

base::Result<PostView> Posts::publish(const PostDraft& draft, const Turn& turn) {
    const auto text = read_draft(draft, turn);
    if (!text) return std::unexpected(text.error());
    std::optional<std::uint32_t> signer;
    if (!draft.persona.empty()) {
        const auto found = identity_.signing_persona(draft.persona, turn.store);
        if (!found) return std::unexpected(found.error());
        signer = *found;
    }
    if (publications_.alive(*this) >= limits::own_offers_max)
        return base::fail(ErrorCode::exhausted,
                          "there are " + std::to_string(limits::own_offers_max) +
                              " own posts already; removed ones count until they expire");
    identity_.advance_vault(turn.now);
    // As of offers: the id names the purpose of its persona, so the index is looked at first.
    vault_.reserve_personas(Vault::persona_floor(turn.now));
    const base::Secret seed = vault_.persona_seed(signer.value_or(vault_.next_persona()));
    item::Publication claim;
    claim.publisher = publisher_of(seed);
    do rng_.fill(claim.slot);
    while (claim.slot.is_zero());  // that is a profile's
    claim.sequence = 1;
    const item::ThingId thing = item::thing_of(claim);
    records::OwnPublication record;
    record.set_persona(signer ? *signer
                              : identity_.fresh_persona("post " + base::to_hex(thing), turn));
    const base::Seconds lifetime =
        draft.lifetime == base::Seconds(0) ? post_lifetime_default : draft.lifetime;
    const base::Bytes payload = item::write_post(*text);
    const item::ReadPtr made = read_own(item::make_publication(
        {network_, item::kind_post, turn.now, lifetime}, claim, payload, seed));
    set_id(record.mutable_id(), thing);
    set_id(record.mutable_slot(), claim.slot);
    set_id(record.mutable_publisher(), claim.publisher);
    record.set_content(base::to_text(payload));
    save_vault(turn.out);
    publications_.publish(thing, record, made, turn);
    return view_of(thing, record);
}

base::Result<PostView> Posts::post(std::string_view id_or_beginning, const OwnStore& store,
                                   const Catalogue& flood) const {
    const auto letters = id_beginning(id_or_beginning, item::ThingId::size, "a post's id");
    if (!letters) return std::unexpected(letters.error());
    std::map<item::ThingId, PostView> found;
    const Records records = look(store);
    for (const auto& [thing, own] : publications_.all())
        if (own.kind == this && base::to_hex(thing).starts_with(*letters))
            if (const auto record =
                    records.load<records::OwnPublication>(Table::publications, thing.view()))
                found.emplace(thing, view_of(thing, *record));
    flood.things(first_with<item::ThingId>(*letters),
                 [&](const item::ThingId& thing, const core::SlotState& slot) {
                     if (!base::to_hex(thing).starts_with(*letters)) return false;
                     if (auto view = foreign_view(flood.get(slot.id))) found.emplace(thing, *view);
                     return true;
                 });
    if (found.size() > 1) return std::unexpected(ambiguous(*letters, found.size(), "posts"));
    if (found.empty())
        return base::fail(ErrorCode::not_found,
                          "no post alive begins with " + *letters +
                              "; it may have expired, been removed, or not arrived yet");
    return found.begin()->second;
}

base::Result<PostView> Posts::remove(std::string_view id_or_beginning, const Turn& turn) {
    const auto found = post(id_or_beginning, turn.store, turn.flood);
    if (!found) return std::unexpected(found.error());
    auto record =
        change(turn).load<records::OwnPublication>(Table::publications, found->thing.view());
    if (!found->mine || !record)
        return base::fail(ErrorCode::not_found,
                          "none of your posts has the id " + base::to_hex(found->thing));
    if (record->removed()) return base::fail(ErrorCode::conflict, "this post is removed already");
    if (record->expired() || time_of(record->expires()) <= turn.now)
        return base::fail(ErrorCode::refused, "this post has expired; nobody shows it any more");
    publications_.remove(found->thing, *record, turn);
    return view_of(found->thing, *record);
}

std::vector<PostView> Posts::own_posts(const OwnStore& store) const {
    std::vector<PostView> out;
    const Records records = look(store);
    for (const auto& [thing, own] : publications_.all()) {
        if (own.kind != this) continue;
        if (const auto record =
                records.load<records::OwnPublication>(Table::publications, thing.view()))
            out.push_back(view_of(thing, *record));
    }
    std::ranges::stable_sort(out, std::greater{}, &PostView::created);
    return out;
}

std::vector<PostView> Posts::posts(const OwnStore& store, const Catalogue& flood,
                                   std::size_t most) const {
    std::vector<PostView> out;
    for (PostView& own : own_posts(store)) {
        const bool alive =
            own.state != PublicationState::removed && own.state != PublicationState::expired;
        if (alive && !flood.get(own.item) && out.size() < most) out.push_back(std::move(own));
    }
    flood.of_kind(item::kind_post, UINT64_MAX, [&](core::Position, const item::ReadPtr& read) {
        if (out.size() >= most) return false;
        if (auto view = shown_view(read, store)) out.push_back(*std::move(view));
        return true;
    });
    return out;
}

std::optional<PostView> Posts::shown_view(const item::ReadPtr& read, const OwnStore& store) const {
    auto view = foreign_view(read);
    if (!view || !publications_.find(view->thing)) return view;
    const auto record =
        look(store).load<records::OwnPublication>(Table::publications, view->thing.view());
    if (!record || record->removed()) return std::nullopt;
    return view_of(view->thing, *record);
}

void Posts::take_found(records::OwnPublication& record, const item::Read& found, const Turn&) {
    const auto text = item::read_post(found.item.payload);
    record.set_content(base::to_text(item::write_post(text.value_or(item::PostText{}))));
}

}  // namespace hearsay::market
