#include "market/offers/offers.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "base/ensure.hpp"
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

// 0 stands for the usual lifetime.
std::optional<std::string> lifetime_problem(base::Seconds lifetime) {
    if (lifetime == base::Seconds(0)) return std::nullopt;
    if (lifetime >= limits::created_step && lifetime <= limits::lifetime_max) return std::nullopt;
    return "the lifetime is " + std::to_string(lifetime.count()) + " seconds; it may be " +
           std::to_string(limits::created_step.count()) + " (10 minutes) to " +
           std::to_string(limits::lifetime_max.count()) + " (15 days)";
}

// Every text that a person wrote; what is made of ASCII alone is as it is.
std::vector<std::string*> texts_of(item::OfferText& offer) {
    std::vector<std::string*> out{&offer.title, &offer.text, &offer.give, &offer.want,
                                  &offer.warning};
    for (auto* words : {&offer.tags, &offer.delivery, &offer.payment})
        for (std::string& word : *words) out.push_back(&word);
    for (item::Detail& detail : offer.details) {
        out.push_back(&detail.name);
        out.push_back(&detail.value);
    }
    if (offer.price) out.push_back(&offer.price->per);
    return out;
}

base::Result<item::OfferText> normalised(const item::OfferText& text) {
    item::OfferText out = text;
    for (std::string* field : texts_of(out)) {
        auto normal = item::to_nfc(*field);
        if (!normal) return base::fail(ErrorCode::invalid, "the offer's text must be UTF-8");
        *field = std::move(*normal);
    }
    if (auto problem = item::offer_problem(out)) return base::fail(ErrorCode::invalid, *problem);
    return out;
}

void set_text(wire::Offer* out, const item::OfferText& text) {
    const base::Bytes bytes = item::write_offer(text);
    ENSURE(out->ParseFromArray(bytes.data(), static_cast<int>(bytes.size())),
           "an offer that does not read");
}

// What protobuf writes of it is the one encoding: it was read from that.
item::OfferText get_text(const wire::Offer& in) {
    return item::read_offer(base::as_bytes(in.SerializeAsString())).value_or(item::OfferText{});
}

// What the record of an own offer keeps of it.
records::OwnOffer get_offer(const records::OwnPublication& record) {
    records::OwnOffer out;
    if (!out.ParseFromString(record.content())) out.Clear();
    return out;
}

void set_offer(records::OwnPublication& record, const records::OwnOffer& offer) {
    offer.SerializeToString(record.mutable_content());
}

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

OfferView Offers::view_of(const item::ThingId& thing, const records::OwnPublication& record) const {
    OfferView out;
    out.thing = thing;
    out.item = publications_.all().at(thing).item;
    out.text = get_text(get_offer(record).text());
    out.publisher = get_id<base::PublisherKey>(record.publisher()).value_or(base::PublisherKey{});
    if (!record.removed()) out.mailbox = get_id<base::MailboxId>(record.mailbox());
    out.created = time_of(record.created());
    out.expires = time_of(record.expires());
    out.sequence = record.sequence();
    out.mine = true;
    out.spread = publications_.all().at(thing).spread;
    out.state = publications_.state_of(thing, record);
    return out;
}

base::Result<OfferView> Offers::publish(const item::OfferText& text, base::Seconds lifetime,
                                        const Turn& turn, std::string_view persona) {
    const auto normal = normalised(text);
    if (!normal) return std::unexpected(normal.error());
    std::optional<std::uint32_t> signer;
    if (!persona.empty()) {
        const auto found = identity_.signing_persona(persona, turn.store);
        if (!found) return std::unexpected(found.error());
        signer = *found;
    }
    if (auto problem = lifetime_problem(lifetime)) return base::fail(ErrorCode::invalid, *problem);
    if (lifetime == base::Seconds(0)) lifetime = offer_lifetime_default;
    if (publications_.alive(*this) >= limits::own_offers_max)
        return base::fail(ErrorCode::exhausted,
                          "there are " + std::to_string(limits::own_offers_max) +
                              " own offers already; removed ones count until they expire");
    identity_.advance_vault(turn.now);
    if (auto problem = identity_.mailbox_problem())
        return base::fail(ErrorCode::exhausted, *problem);

    // The offer's id names the purpose of its persona, so the persona's index is looked at before
    // it is taken.
    vault_.reserve_personas(Vault::persona_floor(turn.now));
    const base::Secret seed = vault_.persona_seed(signer.value_or(vault_.next_persona()));
    item::Publication claim;
    claim.publisher = publisher_of(seed);
    rng_.fill(claim.slot);
    claim.sequence = 1;
    const item::ThingId thing = item::thing_of(claim);
    const std::string purpose = "offer " + base::to_hex(thing);

    records::OwnPublication record;
    record.set_persona(signer ? *signer : identity_.fresh_persona(purpose, turn));
    claim.mailbox = identity_.fresh_mailbox(
        turn.now, item::expires_for(turn.now, lifetime) + limits::lifetime_max + limits::grace);
    identity_.save_mailbox(
        *claim.mailbox,
        {record.persona(),
         std::nullopt,
         false,
         turn.now,
         purpose,
         {SenderRule::anyone, normal->stamp_bits, limits::strangers_mail_default}},
        turn);
    item::OfferText said = *normal;
    said.mailbox = identity_.public_key(*claim.mailbox);
    const item::ReadPtr made = read_own(item::make_publication(
        {network_, item::kind_offer, turn.now, lifetime}, claim, item::write_offer(said), seed));
    set_id(record.mutable_id(), thing);
    set_id(record.mutable_slot(), claim.slot);
    set_id(record.mutable_publisher(), claim.publisher);
    set_id(record.mutable_mailbox(), *claim.mailbox);
    records::OwnOffer offer;
    set_text(offer.mutable_text(), said);
    set_offer(record, offer);
    save_vault(turn.out);
    publications_.publish(thing, record, made, turn);
    return view_of(thing, record);
}

base::Result<records::OwnPublication> Offers::changeable(const item::ThingId& thing,
                                                         base::WallTime now,
                                                         const Records& records) const {
    auto record = records.load<records::OwnPublication>(Table::publications, thing.view());
    if (!record || record->kind() != kind())
        return base::fail(ErrorCode::not_found,
                          "none of your offers has the id " + base::to_hex(thing));
    if (record->removed()) return base::fail(ErrorCode::conflict, "this offer is removed already");
    if (record->expired() || time_of(record->expires()) <= now)
        return base::fail(ErrorCode::refused, "this offer has expired; nobody shows it any more");
    return *std::move(record);
}

base::Result<OfferView> Offers::update(const item::ThingId& thing, const item::OfferText& text,
                                       base::Seconds lifetime, const Turn& turn) {
    const auto normal = normalised(text);
    if (!normal) return std::unexpected(normal.error());
    if (auto problem = lifetime_problem(lifetime)) return base::fail(ErrorCode::invalid, *problem);
    if (lifetime == base::Seconds(0)) lifetime = offer_lifetime_default;
    ChangeRecords records = change(turn);
    auto record = changeable(thing, turn.now, records);
    if (!record) return std::unexpected(record.error());
    identity_.advance_vault(turn.now);
    item::Publication claim;
    claim.mailbox = get_id<base::MailboxId>(record->mailbox());
    // It was kept for a lifetime after the offer's end; unless the clock was far ahead,
    // it is there.
    if (!claim.mailbox || !vault_.mailboxes().contains(*claim.mailbox))
        return base::fail(ErrorCode::refused,
                          "the mailbox of this offer is destroyed; publish a new offer");
    vault_.extend_mailbox(*claim.mailbox, item::expires_for(turn.now, lifetime) +
                                              limits::lifetime_max + limits::grace);
    vault_changed_ = true;
    const base::Secret seed = vault_.persona_seed(record->persona());
    claim.publisher = publisher_of(seed);
    claim.slot = get_id<base::Slot>(record->slot()).value_or(base::Slot{});
    claim.sequence = record->sequence() + 1;
    item::OfferText said = *normal;
    said.mailbox = identity_.public_key(*claim.mailbox);
    const item::ReadPtr made = read_own(item::make_publication(
        {network_, item::kind_offer, turn.now, lifetime}, claim, item::write_offer(said), seed));
    save_vault(turn.out);
    publications_.cancel_work(thing, turn);
    records::OwnOffer offer = get_offer(*record);
    ask_for_stamps(offer, time_of(record->expires()), *claim.mailbox, normal->stamp_bits, turn);
    set_text(offer.mutable_text(), said);
    set_offer(*record, offer);
    publications_.publish(thing, *record, made, turn);
    return view_of(thing, *record);
}

// From now on letters to the offer carry stamps of so many bits. Those of people who have seen an
// earlier version that asked for fewer come until that one and their letters have expired.
void Offers::ask_for_stamps(records::OwnOffer& offer, base::WallTime expires,
                            const base::MailboxId& key, std::uint32_t bits, const Turn& turn) {
    const std::uint32_t asked = usual_if_none(bits);
    const std::uint32_t before = usual_if_none(offer.text().stamp_bits());
    if (offer.eased_bits() >= asked || time_of(offer.eased_until()) <= turn.now) {
        offer.clear_eased_bits();
        offer.clear_eased_until();
    }
    if (before < asked) {
        const base::WallTime until = expires + limits::lifetime_max + limits::grace;
        offer.set_eased_bits(offer.eased_bits() == 0 ? before
                                                     : std::min(offer.eased_bits(), before));
        offer.set_eased_until(std::max(offer.eased_until(), seconds_of(until)));
    }
    if (bits == offer.text().stamp_bits()) return;  // then a rule that the user made stays
    OwnMailbox mailbox = identity_.mailbox_of(key);
    mailbox.rule.stamp_bits = bits;
    identity_.save_mailbox(key, mailbox, turn);
}

base::Result<OfferView> Offers::remove(const item::ThingId& thing, const Turn& turn) {
    ChangeRecords records = change(turn);
    auto record = changeable(thing, turn.now, records);
    if (!record) return std::unexpected(record.error());
    publications_.remove(thing, *record, turn);
    OfferView view = view_of(thing, *record);
    turn.out.push_back(Tell{Happening::offer_gone, base::to_hex(thing), view.text.title});
    return view;
}

std::vector<OfferView> Offers::own_offers(const OwnStore& store) const {
    std::vector<OfferView> out;
    const Records records = look(store);
    for (const auto& [thing, own] : publications_.all()) {
        if (own.kind != this) continue;
        if (const auto record =
                records.load<records::OwnPublication>(Table::publications, thing.view()))
            out.push_back(view_of(thing, *record));
    }
    std::stable_sort(out.begin(), out.end(),
                     [](const auto& a, const auto& b) { return a.created > b.created; });
    return out;
}

std::vector<OfferView> Offers::offers(const OwnStore& store, const Catalogue& flood,
                                      std::size_t most) const {
    std::vector<OfferView> out;
    for (OfferView& own : own_offers(store)) {
        const bool alive =
            own.state != PublicationState::removed && own.state != PublicationState::expired;
        if (alive && !flood.get(own.item) && out.size() < most) out.push_back(std::move(own));
    }
    flood.of_kind(item::kind_offer, UINT64_MAX, [&](core::Position, const item::ReadPtr& read) {
        if (out.size() >= most) return false;
        if (auto view = shown_view(read, store)) out.push_back(*std::move(view));
        return true;
    });
    return out;
}

std::optional<OfferView> Offers::shown_view(const item::ReadPtr& read,
                                            const OwnStore& store) const {
    auto view = foreign_view(read);
    if (!view || !publications_.find(view->thing)) return view;
    const auto record =
        look(store).load<records::OwnPublication>(Table::publications, view->thing.view());
    if (!record || record->removed()) return std::nullopt;
    return view_of(view->thing, *record);
}

std::optional<OfferView> Offers::offer_view(const item::ThingId& thing, const OwnStore& store,
                                            const Catalogue& flood) const {
    if (publications_.find(thing, *this)) {
        const auto record =
            look(store).load<records::OwnPublication>(Table::publications, thing.view());
        if (record) return view_of(thing, *record);
    }
    std::optional<OfferView> out;
    flood.things(thing, [&](const item::ThingId& found, const core::SlotState& slot) {
        if (found == thing) out = foreign_view(flood.get(slot.id));
        return false;
    });
    return out;
}

std::vector<item::ThingId> Offers::things_beginning(const std::string& letters,
                                                    const Catalogue& flood) const {
    std::set<item::ThingId> found;
    const auto matches = [&](const item::ThingId& thing) {
        return base::to_hex(thing).starts_with(letters);
    };
    for (const auto& [thing, own] : publications_.all())
        if (matches(thing) && own.kind == this) found.insert(thing);
    flood.things(first_with<item::ThingId>(letters),
                 [&](const item::ThingId& thing, const core::SlotState& slot) {
                     if (!matches(thing)) return false;
                     if (foreign_view(flood.get(slot.id))) found.insert(thing);
                     return true;
                 });
    return {found.begin(), found.end()};
}

base::Result<OfferView> Offers::offer(std::string_view id_or_beginning, const OwnStore& store,
                                      const Catalogue& flood) const {
    const auto letters = id_beginning(id_or_beginning, item::ThingId::size, "an offer id");
    if (!letters) return std::unexpected(letters.error());
    const auto found = things_beginning(*letters, flood);
    if (found.size() > 1) return std::unexpected(ambiguous(*letters, found.size(), "offers"));
    if (found.size() == 1)
        if (auto view = offer_view(found.front(), store, flood)) return *std::move(view);
    return base::fail(ErrorCode::not_found,
                      "no offer alive begins with " + *letters +
                          "; it may have expired, been removed, or not arrived yet");
}

const Offers::Stamps* Offers::stamps_of(const base::MailboxId& key) const {
    const auto at = std::ranges::find_if(publications_.all(), [&](const auto& entry) {
        return entry.second.kind == this && entry.second.mailbox == key;
    });
    return at == publications_.all().end() ? nullptr : &stamps_.at(at->first);  // total: note()
}

std::optional<base::MailboxId> Offers::mailbox_of(const item::ThingId& thing) const {
    const Publications::Own* const own = publications_.find(thing);
    return own ? std::optional(own->mailbox) : std::nullopt;
}

void Offers::on_stored(const item::Read& item, const Turn& turn) {
    const item::Publication* claim = item.header.publication();
    if (!claim) return;
    const std::string id = base::to_hex(item::thing_of(*claim));
    if (claim->removed) {
        turn.out.push_back(Tell{Happening::offer_gone, id, "removed"});
    } else if (const auto text = item::read_offer(item.item.payload)) {
        turn.out.push_back(Tell{Happening::offer_live, id, text->title});
    }
}

void Offers::note(const item::ThingId& thing, const records::OwnPublication& record) {
    const records::OwnOffer offer = get_offer(record);
    stamps_[thing] = {offer.text().stamp_bits(), offer.eased_bits(), time_of(offer.eased_until())};
}

std::uint32_t Offers::stamp_bits(const records::OwnPublication& record) const {
    return get_offer(record).text().stamp_bits();
}

void Offers::on_expired(const item::ThingId& thing, const Turn& turn) {
    turn.out.push_back(Tell{Happening::offer_gone, base::to_hex(thing), "expired"});
}

void Offers::take_found(records::OwnPublication& record, const item::Read& found,
                        const Turn& turn) {
    const auto text = item::read_offer(found.item.payload);
    if (!text) return;
    records::OwnOffer offer = get_offer(record);
    // A restored mailbox asks for what the version of the backup said.
    const auto& mailbox = found.header.publication()->mailbox;
    if (mailbox && identity_.find_mailbox(*mailbox))
        ask_for_stamps(offer, time_of(record.expires()), *mailbox, text->stamp_bits, turn);
    set_text(offer.mutable_text(), *text);
    set_offer(record, offer);
}

}  // namespace hearsay::market
