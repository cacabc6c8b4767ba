#include "market/offers/offers.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "base/ensure.hpp"
#include "base/limits/items.hpp"
#include "base/limits/person.hpp"
#include "item/make.hpp"
#include "market.pb.h"

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

// Letters to an offer may be written until it ends, and live as long as any item.
base::WallTime needed_until(base::WallTime now, base::Seconds lifetime) {
    return item::expires_for(now, lifetime) + limits::lifetime_max + limits::grace;
}

MailboxRule usual_rule(std::uint32_t stamp_bits) {
    return {SenderRule::anyone, stamp_bits, limits::strangers_mail_default};
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
    if (auto normal = Publications::normalise(texts_of(out), "the offer's text"); !normal)
        return std::unexpected(normal.error());
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

}  // namespace

bool Offers::read(base::ByteView payload, OfferView& out) const {
    auto text = item::read_offer(payload);
    if (text) out.text = *std::move(text);
    return text.has_value();
}

void Offers::read_record(const records::OwnPublication& record, OfferView& out) const {
    out.text = get_text(get_offer(record).text());
}

base::Result<OfferView> Offers::publish(const item::OfferText& text, base::Seconds lifetime,
                                        const Turn& turn, std::string_view persona, bool renew,
                                        const std::vector<base::Bytes>& files) {
    const auto normal = with_pictures(text, files);
    if (!normal) return std::unexpected(normal.error());
    const auto signer = publications_.signer(persona, turn);
    if (!signer) return std::unexpected(signer.error());
    const auto publisher =
        *signer ? std::optional(publisher_of(vault_.persona_seed(**signer))) : std::nullopt;
    if (auto kept = pictures_.check_kept(text.pictures, {}, publisher); !kept)
        return std::unexpected(kept.error());
    if (auto problem = lifetime_problem(lifetime)) return base::fail(ErrorCode::invalid, *problem);
    if (lifetime == base::Seconds(0)) lifetime = offer_lifetime_default;
    if (auto full = publications_.is_full(*this)) return std::unexpected(*full);
    identity_.advance_vault(turn.now);
    if (auto problem = identity_.mailbox_problem())
        return base::fail(ErrorCode::exhausted, *problem);

    auto [claim, thing, purpose, record] = publications_.begin(*this, *signer, turn);
    claim.mailbox =
        fresh_mailbox(lifetime, purpose, record.persona(), usual_rule(normal->stamp_bits), turn);
    item::OfferText said = *normal;
    said.mailbox = identity_.public_key(*claim.mailbox);
    records::OwnOffer offer;
    set_text(offer.mutable_text(), said);
    set_offer(record, offer);
    record.set_renew_at(renew ? 1 : 0);
    save_vault(turn.out);
    publications_.publish(*this, claim, lifetime, item::write_offer(said), record, turn);
    pictures_.publish(files, record.persona(), turn);
    return view_of(thing, record);
}

base::Result<item::OfferText> Offers::with_pictures(const item::OfferText& text,
                                                    const std::vector<base::Bytes>& files) const {
    item::OfferText out = text;
    if (auto added = pictures_.add(files, out.pictures); !added)
        return std::unexpected(added.error());
    return normalised(out);
}

base::Result<OfferView> Offers::update(const item::ThingId& thing, const item::OfferText& text,
                                       base::Seconds lifetime, const Turn& turn,
                                       std::optional<bool> renew,
                                       const std::vector<base::Bytes>& files) {
    const auto normal = with_pictures(text, files);
    if (!normal) return std::unexpected(normal.error());
    if (auto problem = lifetime_problem(lifetime)) return base::fail(ErrorCode::invalid, *problem);
    if (lifetime == base::Seconds(0)) lifetime = offer_lifetime_default;
    auto record = publications_.changeable(thing, *this, turn);
    if (!record) return std::unexpected(record.error());
    if (auto kept = pictures_.check_kept(text.pictures, pictures(*record),
                                         publisher_of(vault_.persona_seed(record->persona())));
        !kept)
        return std::unexpected(kept.error());
    identity_.advance_vault(turn.now);
    item::Publication claim = publications_.next_claim(*record);
    claim.mailbox = get_id<base::MailboxId>(record->mailbox());
    // It was kept for a lifetime after the offer's end; unless the clock was far ahead,
    // it is there.
    if (!claim.mailbox || !vault_.mailboxes().contains(*claim.mailbox))
        return base::fail(ErrorCode::refused,
                          "the mailbox of this offer is destroyed; publish a new offer");
    vault_.extend_mailbox(*claim.mailbox, needed_until(turn.now, lifetime));
    vault_changed_ = true;
    save_vault(turn.out);
    item::OfferText said = *normal;
    said.mailbox = identity_.public_key(*claim.mailbox);
    records::OwnOffer offer = get_offer(*record);
    ask_for_stamps(offer, time_of(record->expires()), *claim.mailbox, normal->stamp_bits, turn);
    set_text(offer.mutable_text(), said);
    set_offer(*record, offer);
    if (renew) record->set_renew_at(*renew ? 1 : 0);
    publications_.publish(*this, claim, lifetime, item::write_offer(said), *record, turn);
    pictures_.publish(files, record->persona(), turn);
    return view_of(thing, *record);
}

base::MailboxId Offers::fresh_mailbox(base::Seconds lifetime, const std::string& purpose,
                                      std::uint32_t persona, const MailboxRule& rule,
                                      const Turn& turn) {
    const base::MailboxId out = identity_.fresh_mailbox(turn.now, needed_until(turn.now, lifetime));
    identity_.save_mailbox(out, {persona, std::nullopt, false, turn.now, purpose, rule}, turn);
    return out;
}

// Whoever wrote to the old one wrote before its key went: no such letter lives any more.
bool Offers::replace_mailbox(const item::ThingId& thing, records::OwnPublication& record,
                             records::OwnOffer& offer, const Turn& turn) {
    identity_.advance_vault(turn.now);
    if (identity_.mailbox_problem()) return false;
    const auto old = get_id<base::MailboxId>(record.mailbox());
    const OwnMailbox* const known = old ? identity_.find_mailbox(*old) : nullptr;
    const MailboxRule rule = known ? known->rule : usual_rule(offer.text().stamp_bits());
    const base::MailboxId fresh = fresh_mailbox(base::Seconds(record.lifetime()),
                                                std::string(word()) + " " + base::to_hex(thing),
                                                record.persona(), rule, turn);
    set_id(record.mutable_mailbox(), fresh);
    item::OfferText text = get_text(offer.text());
    text.mailbox = identity_.public_key(fresh);
    set_text(offer.mutable_text(), text);
    offer.clear_eased_bits();
    offer.clear_eased_until();
    set_offer(record, offer);
    return true;
}

Renewal Offers::renew_one(const item::ThingId& thing, records::OwnPublication& record,
                          const Turn& turn) {
    records::OwnOffer offer = get_offer(record);
    if (get_text(offer.text()).status == item::OfferStatus::sold) return Renewal::unwanted;
    const auto old = get_id<base::MailboxId>(record.mailbox());
    if (old && vault_.mailboxes().contains(*old)) {
        vault_.extend_mailbox(*old, needed_until(turn.now, base::Seconds(record.lifetime())));
        vault_changed_ = true;
    } else if (!replace_mailbox(thing, record, offer, turn)) {
        return Renewal::impossible;
    }
    save_vault(turn.out);
    item::Publication claim = publications_.next_claim(record);
    claim.mailbox = get_id<base::MailboxId>(record.mailbox());
    publications_.publish(*this, claim, base::Seconds(record.lifetime()),
                          item::write_offer(get_text(offer.text())), record, turn);
    pictures_.follow(turn);
    return Renewal::made;
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
    auto record = publications_.changeable(thing, *this, turn);
    if (!record) return std::unexpected(record.error());
    publications_.remove(thing, *record, turn);
    pictures_.follow(turn);
    OfferView view = view_of(thing, *record);
    turn.out.push_back(Tell{Happening::offer_gone, base::to_hex(thing), view.text.title});
    return view;
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

std::vector<base::Digest> Offers::pictures(const records::OwnPublication& record) const {
    return get_text(get_offer(record).text()).pictures;
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
