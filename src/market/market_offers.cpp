// Offers: one's own and everybody's.
#include "base/encoding.hpp"
#include "base/ensure.hpp"
#include "base/limits/items.hpp"
#include "base/limits/person.hpp"
#include "item/make.hpp"
#include "item/text.hpp"
#include "market/id_beginning.hpp"
#include "market/market.hpp"
#include "market/postage.hpp"
#include "market/records.hpp"
#include "market/terms.hpp"

namespace hearsay::market {
namespace {

namespace limits = base::limits;
using base::ErrorCode;

base::Result<item::OfferText> normalised(const item::OfferText& text) {
    item::OfferText out = text;
    std::vector<std::string*> fields{&out.title, &out.text, &out.give, &out.want};
    for (std::string& tag : out.tags) fields.push_back(&tag);
    for (std::string* field : fields) {
        auto normal = item::to_nfc(*field);
        if (!normal) return base::fail(ErrorCode::invalid, "the offer's text must be UTF-8");
        *field = std::move(*normal);
    }
    if (auto problem = item::offer_problem(out)) return base::fail(ErrorCode::invalid, *problem);
    return out;
}

void set_text(wire::Offer* out, const item::OfferText& text) {
    const base::Bytes bytes = item::write_offer(text);
    ENSURE(out->ParseFromArray(bytes.data(), static_cast<int>(bytes.size())), "an offer that does not read");
}

item::OfferText get_text(const wire::Offer& in) {
    return {in.title(),     in.text(), in.give(), in.want(), {in.tags().begin(), in.tags().end()},
            in.stamp_bits()};
}

}  // namespace

void set_version(records::OwnPublication& record, const item::Read& item) {
    set_item(record.mutable_item(), item.item);
    record.set_worked(false);
    record.set_injected(0);
    record.set_heard(0);
    record.set_created(seconds_of(item.header.created));
    record.set_expires(seconds_of(item.header.expires));
    record.set_sequence(item.header.publication()->sequence);
}

namespace {

// What floods, as seen by anybody.
std::optional<OfferView> foreign_view(const item::ReadPtr& read) {
    const item::Publication* claim = read ? read->header.publication() : nullptr;
    if (!claim || claim->removed || read->header.kind != item::kind_offer) return std::nullopt;
    const auto text = item::read_offer(read->item.payload);
    if (!text) return std::nullopt;
    OfferView out;
    out.thing = item::thing_of(*claim);
    out.item = read->id;
    out.text = *text;
    out.publisher = claim->publisher;
    out.mailbox = claim->mailbox;
    out.created = read->header.created;
    out.expires = read->header.expires;
    out.sequence = claim->sequence;
    return out;
}

}  // namespace

void Market::note_thing(const item::ThingId& thing, const records::OwnPublication& record) {
    OwnPublication own;
    if (record.has_item())
        own.item =
            item::id_of(base::as_bytes(record.item().header()), base::as_bytes(record.item().signature()));
    own.expires = time_of(record.expires());
    own.worked = record.worked();
    own.spread = {record.injected(), record.heard()};
    // What is known more exactly than it is kept.
    if (const auto old = things_.find(thing); old != things_.end() && old->second.item == own.item)
        own.spread.heard = std::max(own.spread.heard, old->second.spread.heard);
    own.pending = record.has_item() && own.spread.heard == 0 && !record.expired();
    own.over = record.expired();
    own.removed = record.removed();
    own.persona = record.persona();
    own.mailbox = get_id<base::MailboxKey>(record.mailbox()).value_or(base::MailboxKey{});
    own.rating = record.has_rating();
    own.stamp_bits = record.offer().stamp_bits();
    own.eased_bits = record.eased_bits();
    own.eased_until = time_of(record.eased_until());
    if (const auto old = things_.find(thing); old != things_.end()) own_items_.erase(old->second.item);
    if (record.has_item() && !own.over) own_items_[own.item] = thing;
    things_[thing] = own;
}

OfferState Market::state_of(const records::OwnPublication& record, const Spread& spread) {
    return record.removed()    ? OfferState::removed
           : record.expired()  ? OfferState::expired
           : !record.worked()  ? OfferState::working
           : spread.heard != 0 ? OfferState::published
           : spread.injected   ? OfferState::injected
                               : OfferState::queued;
}

OfferView Market::view_of(const item::ThingId& thing, const records::OwnPublication& record) const {
    OfferView out;
    out.thing = thing;
    out.item = things_.at(thing).item;
    out.text = get_text(record.offer());
    out.publisher = get_id<base::PublisherKey>(record.publisher()).value_or(base::PublisherKey{});
    if (!record.removed()) out.mailbox = get_id<base::MailboxKey>(record.mailbox());
    out.created = time_of(record.created());
    out.expires = time_of(record.expires());
    out.sequence = record.sequence();
    out.mine = true;
    out.spread = things_.at(thing).spread;
    out.state = state_of(record, out.spread);
    return out;
}

base::Result<OfferView> Market::publish_offer(const item::OfferText& text, base::Seconds lifetime,
                                              const Turn& turn, std::string_view persona) {
    const auto normal = normalised(text);
    if (!normal) return std::unexpected(normal.error());
    std::optional<std::uint32_t> signer;
    if (!persona.empty()) {
        const auto found = signing_persona(persona, turn.store);
        if (!found) return std::unexpected(found.error());
        signer = *found;
    }
    if (auto problem = lifetime_problem(lifetime)) return base::fail(ErrorCode::invalid, *problem);
    if (lifetime == base::Seconds(0)) lifetime = offer_lifetime_default;
    const auto alive = std::count_if(things_.begin(), things_.end(),
                                     [](const auto& own) { return !own.second.over && !own.second.rating; });
    if (static_cast<std::size_t>(alive) >= limits::own_offers_max)
        return base::fail(ErrorCode::exhausted,
                          "there are " + std::to_string(limits::own_offers_max) +
                              " own offers already; removed ones count until they expire");
    advance_vault(turn.now);
    if (auto problem = mailbox_problem()) return base::fail(ErrorCode::exhausted, *problem);

    // The offer's id names the purpose of its persona, so the persona's index is looked at before it is
    // taken.
    vault_.reserve_personas(Vault::persona_floor(turn.now));
    const base::Secret seed = vault_.persona_seed(signer.value_or(vault_.next_persona()));
    item::Publication claim;
    claim.publisher = publisher_of(seed);
    rng_.fill(claim.slot);
    claim.sequence = 1;
    const item::ThingId thing = item::thing_of(claim);
    const std::string purpose = "offer " + base::to_hex(thing);

    ChangeRecords records(vault_, turn.store, rng_);
    records::OwnPublication record;
    record.set_persona(signer ? *signer : fresh_persona(purpose, turn));
    claim.mailbox =
        fresh_mailbox(turn.now, item::expires_for(turn.now, lifetime) + limits::lifetime_max + limits::grace);
    keep_mailbox(*claim.mailbox,
                 {record.persona(),
                  std::nullopt,
                  false,
                  turn.now,
                  purpose,
                  {SenderRule::anyone, normal->stamp_bits, limits::strangers_mail_default}},
                 records);
    const item::ReadPtr made = read_own(item::make_publication(
        {network_, item::kind_offer, turn.now, lifetime}, claim, item::write_offer(*normal), seed));
    set_version(record, *made);
    set_id(record.mutable_id(), thing);
    set_id(record.mutable_slot(), claim.slot);
    set_id(record.mutable_publisher(), claim.publisher);
    set_id(record.mutable_mailbox(), *claim.mailbox);
    set_text(record.mutable_offer(), *normal);
    records.save(Table::publications, thing.view(), record);
    note_thing(thing, record);
    save_vault(turn.out);
    turn.out.push_back(FindWork{made->id, item::required_work(*made)});
    return view_of(thing, record);
}

base::Result<records::OwnPublication> Market::changeable(const item::ThingId& thing, base::WallTime now,
                                                         const ChangeRecords& records) const {
    auto record = records.load<records::OwnPublication>(Table::publications, thing.view());
    if (!record || record->has_rating())
        return base::fail(ErrorCode::not_found, "none of your offers has the id " + base::to_hex(thing));
    if (record->removed()) return base::fail(ErrorCode::conflict, "this offer is removed already");
    if (record->expired() || time_of(record->expires()) <= now)
        return base::fail(ErrorCode::refused, "this offer has expired; nobody shows it any more");
    return *std::move(record);
}

base::Result<OfferView> Market::update_offer(const item::ThingId& thing, const item::OfferText& text,
                                             base::Seconds lifetime, const Turn& turn) {
    const auto normal = normalised(text);
    if (!normal) return std::unexpected(normal.error());
    if (auto problem = lifetime_problem(lifetime)) return base::fail(ErrorCode::invalid, *problem);
    if (lifetime == base::Seconds(0)) lifetime = offer_lifetime_default;
    ChangeRecords records(vault_, turn.store, rng_);
    auto record = changeable(thing, turn.now, records);
    if (!record) return std::unexpected(record.error());
    advance_vault(turn.now);
    item::Publication claim;
    claim.mailbox = get_id<base::MailboxKey>(record->mailbox());
    // It was kept for a lifetime after the offer's end; unless the clock was far ahead, it is there.
    if (!claim.mailbox || !vault_.mailboxes().contains(*claim.mailbox))
        return base::fail(ErrorCode::refused, "the mailbox of this offer is destroyed; publish a new offer");
    vault_.extend_mailbox(*claim.mailbox,
                          item::expires_for(turn.now, lifetime) + limits::lifetime_max + limits::grace);
    vault_changed_ = true;
    const base::Secret seed = vault_.persona_seed(record->persona());
    claim.publisher = publisher_of(seed);
    claim.slot = get_id<base::Slot>(record->slot()).value_or(base::Slot{});
    claim.sequence = record->sequence() + 1;
    const item::ReadPtr made = read_own(item::make_publication(
        {network_, item::kind_offer, turn.now, lifetime}, claim, item::write_offer(*normal), seed));
    save_vault(turn.out);
    if (!record->worked()) turn.out.push_back(CancelWork{things_.at(thing).item});
    ask_for_stamps(*record, *claim.mailbox, normal->stamp_bits, turn);
    set_version(*record, *made);
    set_text(record->mutable_offer(), *normal);
    records.save(Table::publications, thing.view(), *record);
    note_thing(thing, *record);
    turn.out.push_back(FindWork{made->id, item::required_work(*made)});
    return view_of(thing, *record);
}

// From now on letters to the offer carry stamps of so many bits. Those of people who have seen an earlier version that
// asked for fewer come until that one and their letters have expired.
void Market::ask_for_stamps(records::OwnPublication& record, const base::MailboxKey& key, std::uint32_t bits,
                            const Turn& turn) {
    ChangeRecords records(vault_, turn.store, rng_);
    const std::uint32_t asked = usual_if_none(bits);
    const std::uint32_t before = usual_if_none(record.offer().stamp_bits());
    if (record.eased_bits() >= asked || time_of(record.eased_until()) <= turn.now) {
        record.clear_eased_bits();
        record.clear_eased_until();
    }
    if (before < asked) {
        const base::WallTime until = time_of(record.expires()) + limits::lifetime_max + limits::grace;
        record.set_eased_bits(record.eased_bits() == 0 ? before : std::min(record.eased_bits(), before));
        record.set_eased_until(std::max(record.eased_until(), seconds_of(until)));
    }
    if (bits == record.offer().stamp_bits()) return;  // then a rule that the user made stays
    Mailbox mailbox = mailbox_of(key);
    mailbox.rule.stamp_bits = bits;
    keep_mailbox(key, mailbox, records);
}

// An own publication of any kind.
void Market::remove_thing(const item::ThingId& thing, records::OwnPublication& record, item::Kind kind,
                          const Turn& turn) {
    ChangeRecords records(vault_, turn.store, rng_);
    if (!record.worked()) turn.out.push_back(CancelWork{things_.at(thing).item});
    record.set_removed(true);
    if (record.out()) {
        item::Publication claim;
        const base::Secret seed = vault_.persona_seed(record.persona());
        claim.publisher = publisher_of(seed);
        claim.slot = get_id<base::Slot>(record.slot()).value_or(base::Slot{});
        claim.sequence = record.sequence() + 1;
        claim.removed = true;
        const item::ReadPtr made = read_own(
            item::make_publication({network_, kind, turn.now, limits::lifetime_max}, claim, {}, seed));
        set_version(record, *made);
        turn.out.push_back(FindWork{made->id, item::required_work(*made)});
    } else {
        // Nobody ever saw it: a removal would only tell that there was something.
        record.clear_item();
    }
    records.save(Table::publications, thing.view(), record);
    note_thing(thing, record);
}

base::Result<OfferView> Market::remove_offer(const item::ThingId& thing, const Turn& turn) {
    ChangeRecords records(vault_, turn.store, rng_);
    auto record = changeable(thing, turn.now, records);
    if (!record) return std::unexpected(record.error());
    remove_thing(thing, *record, item::kind_offer, turn);
    turn.out.push_back(Tell{Happening::offer_gone, base::to_hex(thing), record->offer().title()});
    return view_of(thing, *record);
}

std::vector<OfferView> Market::own_offers(const OwnStore& store) const {
    std::vector<OfferView> out;
    const Records records(vault_, store);
    for (const auto& [thing, own] : things_) {
        if (own.rating) continue;
        if (const auto record = records.load<records::OwnPublication>(Table::publications, thing.view()))
            out.push_back(view_of(thing, *record));
    }
    std::stable_sort(out.begin(), out.end(),
                     [](const auto& a, const auto& b) { return a.created > b.created; });
    return out;
}

std::vector<OfferView> Market::offers(const OwnStore& store, const Catalogue& flood, std::size_t most) const {
    std::vector<OfferView> out;
    for (OfferView& own : own_offers(store)) {
        const bool alive = own.state != OfferState::removed && own.state != OfferState::expired;
        if (alive && !flood.get(own.item) && out.size() < most) out.push_back(std::move(own));
    }
    const Records records(vault_, store);
    flood.of_kind(item::kind_offer, UINT64_MAX, [&](core::Position, const item::ReadPtr& read) {
        if (out.size() >= most) return false;
        auto view = foreign_view(read);
        if (!view) return true;
        if (!things_.contains(view->thing)) {
            out.push_back(std::move(*view));
        } else if (const auto record =
                       records.load<records::OwnPublication>(Table::publications, view->thing.view())) {
            // What is being removed still floods for a while; its maker need not look at it.
            if (!record->removed()) out.push_back(view_of(view->thing, *record));
        }
        return true;
    });
    return out;
}

std::optional<OfferView> Market::offer_view(const item::ThingId& thing, const OwnStore& store,
                                            const Catalogue& flood) const {
    if (const auto own = things_.find(thing); own != things_.end() && !own->second.rating) {
        const auto record =
            Records(vault_, store).load<records::OwnPublication>(Table::publications, thing.view());
        if (record) return view_of(thing, *record);
    }
    std::optional<OfferView> out;
    flood.things(thing, [&](const item::ThingId& found, const core::SlotState& slot) {
        if (found == thing) out = foreign_view(flood.get(slot.id));
        return false;
    });
    return out;
}

std::vector<item::ThingId> Market::things_beginning(const std::string& letters,
                                                    const Catalogue& flood) const {
    std::set<item::ThingId> found;
    const auto matches = [&](const item::ThingId& thing) { return base::to_hex(thing).starts_with(letters); };
    for (const auto& [thing, own] : things_)
        if (matches(thing) && !own.rating) found.insert(thing);
    flood.things(first_with<item::ThingId>(letters),
                 [&](const item::ThingId& thing, const core::SlotState& slot) {
                     if (!matches(thing)) return false;
                     if (foreign_view(flood.get(slot.id))) found.insert(thing);
                     return true;
                 });
    return {found.begin(), found.end()};
}

base::Result<OfferView> Market::offer(std::string_view id_or_beginning, const OwnStore& store,
                                      const Catalogue& flood) const {
    const auto letters = id_beginning(id_or_beginning, item::ThingId::size, "an offer id");
    if (!letters) return std::unexpected(letters.error());
    const auto found = things_beginning(*letters, flood);
    if (found.size() > 1) return std::unexpected(ambiguous(*letters, found.size(), "offers"));
    if (found.size() == 1)
        if (auto view = offer_view(found.front(), store, flood)) return *std::move(view);
    return base::fail(ErrorCode::not_found, "no offer alive begins with " + *letters +
                                                "; it may have expired, been removed, or not arrived yet");
}

}  // namespace hearsay::market
