// How a thing of one's own is made and told of, whatever its kind.
#include <algorithm>

#include "base/encoding.hpp"
#include "base/limits/person.hpp"
#include "item/make.hpp"
#include "item/text.hpp"
#include "market.pb.h"
#include "market/id_beginning.hpp"
#include "market/publications/named.hpp"

namespace hearsay::market {

using base::ErrorCode;

void PublicationKind::take_found(records::OwnPublication& record, const item::Read& found,
                                 const Turn&) {
    record.set_content(base::to_text(found.item.payload));
}

std::optional<records::OwnPublication> Publications::record(const item::ThingId& thing,
                                                            const OwnStore& store) const {
    return look(store).load<records::OwnPublication>(Table::publications, thing.view());
}

void Publications::describe(const item::ThingId& thing, const records::OwnPublication& record,
                            PublicationView& out) const {
    const Own& own = all_.at(thing);  // total: whoever asks has found it
    out.thing = thing;
    out.item = own.item;
    out.publisher = get_id<base::PublisherKey>(record.publisher()).value_or(base::PublisherKey{});
    if (!record.removed()) out.mailbox = get_id<base::MailboxId>(record.mailbox());
    out.created = time_of(record.created());
    out.expires = time_of(record.expires());
    out.sequence = record.sequence();
    out.mine = true;
    out.renewed = own.renew_at != base::WallTime{};
    out.spread = own.spread;
    out.state = state_of(thing, record);
}

bool Publications::describe(const item::ReadPtr& read, item::Kind kind, PublicationView& out) {
    const item::Publication* claim = read ? read->header.publication() : nullptr;
    if (!claim || claim->removed || read->header.kind != kind) return false;
    out.thing = item::thing_of(*claim);
    out.item = read->id;
    out.publisher = claim->publisher;
    out.mailbox = claim->mailbox;
    out.created = read->header.created;
    out.expires = read->header.expires;
    out.sequence = claim->sequence;
    return true;
}

base::Result<std::optional<std::uint32_t>> Publications::signer(std::string_view persona,
                                                                const Turn& turn) const {
    if (persona.empty()) return std::optional<std::uint32_t>();
    const auto found = identity_.signing_persona(persona, turn.store);
    if (!found) return std::unexpected(found.error());
    return std::optional(*found);
}

std::optional<base::Error> Publications::is_full(const PublicationKind& kind) const {
    if (alive(kind) < base::limits::own_offers_max) return std::nullopt;
    return base::Error{ErrorCode::exhausted, "there are " +
                                                 std::to_string(base::limits::own_offers_max) +
                                                 " own " + std::string(kind.word()) +
                                                 "s already; removed ones count until they expire"};
}

base::Result<records::OwnPublication> Publications::changeable(const item::ThingId& thing,
                                                               const PublicationKind& kind,
                                                               const Turn& turn) const {
    const std::string word(kind.word());
    auto found = record(thing, turn.store);
    if (!found || found->kind() != kind.kind())
        return base::fail(ErrorCode::not_found,
                          "none of your " + word + "s has the id " + base::to_hex(thing));
    if (found->removed())
        return base::fail(ErrorCode::conflict, "this " + word + " is removed already");
    if (found->expired() || time_of(found->expires()) <= turn.now)
        return base::fail(ErrorCode::refused,
                          "this " + word + " has expired; nobody shows it any more");
    return *std::move(found);
}

Publications::Begun Publications::begin(const PublicationKind& kind,
                                        std::optional<std::uint32_t> signer, const Turn& turn) {
    Begun out;
    // The thing's id names the purpose of its persona, so the persona's index is looked at before
    // it is taken.
    vault_.reserve_personas(Vault::persona_floor(turn.now));
    out.claim.publisher = publisher_of(vault_.persona_seed(signer.value_or(vault_.next_persona())));
    do rng_.fill(out.claim.slot);
    while (out.claim.slot.is_zero());  // that is a profile's
    out.claim.sequence = 1;
    out.thing = item::thing_of(out.claim);
    out.purpose = std::string(kind.word()) + " " + base::to_hex(out.thing);
    out.record.set_persona(signer ? *signer : identity_.fresh_persona(out.purpose, turn));
    return out;
}

item::Publication Publications::next_claim(const records::OwnPublication& record) const {
    item::Publication out;
    out.publisher = publisher_of(vault_.persona_seed(record.persona()));
    out.slot = get_id<base::Slot>(record.slot()).value_or(base::Slot{});
    out.sequence = record.sequence() + 1;
    return out;
}

item::ReadPtr Publications::newest(const item::ThingId& thing, const OwnStore& store,
                                   const Catalogue& flood) const {
    item::ReadPtr out;
    flood.things(thing, [&](const item::ThingId& found, const core::SlotState& slot) {
        if (found == thing) out = flood.get(slot.id);
        return false;
    });
    if (out || !find(thing)) return out;
    const auto own = record(thing, store);
    if (own && own->has_item())
        if (auto read = item::read(get_item(own->item()), network_)) out = *read;
    return out;
}

base::Result<item::ThingId> named_publication(std::string_view id_or_beginning,
                                              const Publications& publications,
                                              const Catalogue& flood) {
    const auto letters = id_beginning(id_or_beginning, item::ThingId::size, "the id of a thing");
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

base::Result<void> Publications::normalise(const std::vector<std::string*>& texts,
                                           std::string_view what) {
    for (std::string* text : texts) {
        auto normal = item::to_nfc(*text);
        if (!normal) return base::fail(ErrorCode::invalid, std::string(what) + " must be UTF-8");
        *text = std::move(*normal);
    }
    return {};
}

void Publications::publish(const PublicationKind& kind, const item::Publication& claim,
                           base::Seconds lifetime, base::ByteView payload,
                           records::OwnPublication& record, const Turn& turn) {
    const item::ThingId thing = item::thing_of(claim);
    cancel_work(thing, turn);
    const item::ReadPtr made = read_own(
        item::make_publication({network_, kind.kind(), turn.now, lifetime}, claim,
                               base::to_bytes(payload), vault_.persona_seed(record.persona())));
    set_id(record.mutable_id(), thing);
    set_id(record.mutable_slot(), claim.slot);
    set_id(record.mutable_publisher(), claim.publisher);
    record.clear_mailbox();
    if (claim.mailbox) set_id(record.mutable_mailbox(), *claim.mailbox);
    record.set_kind(kind.kind());
    set_version(record, *made);
    // An update may be short, because it is to end when the one before would have: that is not how
    // long the user wants it to live.
    if (kind.can_renew())
        record.set_lifetime(
            std::max(record.lifetime(), static_cast<std::uint32_t>(lifetime.count())));
    if (record.renew_at() != 0)
        record.set_renew_at(renewal_time(turn.now, lifetime, made->header.expires));
    record.set_expired(false);
    record.set_removed(false);
    change(turn).save(Table::publications, thing.view(), record);
    note(thing, record);
    turn.out.push_back(work_for(*made));
}

}  // namespace hearsay::market
