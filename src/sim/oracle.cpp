#include "sim/oracle.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "base/ensure.hpp"
#include "base/limits/items.hpp"
#include "crypto/ed25519.hpp"
#include "crypto/sha256.hpp"
#include "crypto/work.hpp"
#include "item/kinds.hpp"
#include "item/kinds/picture.hpp"
#include "item/signing.hpp"

namespace hearsay::sim {
namespace {

constexpr item::Network network = item::Network::sim;
constexpr std::size_t picture_noise_max = item::picture_bytes_max - 32;  // with all that is around
constexpr std::size_t offer_picture_bytes = 2000;
constexpr std::size_t text_bytes = 216;  // an item of about 600 bytes with its mailbox and envelope

void put_little_endian(base::Bytes& out, std::size_t number, int bytes) {
    for (int at = 0; at < bytes; ++at) out.push_back(static_cast<std::uint8_t>(number >> 8 * at));
}

// A WebP of 64 by 48 pixels whose image is noise (item/kinds/picture.hpp).
base::Bytes picture_of(const base::Bytes& noise) {
    constexpr std::size_t frame_head = 10, head = 12;
    const std::size_t frame = frame_head + noise.size();
    base::Bytes out = base::to_bytes("RIFF");
    put_little_endian(out, head + frame + frame % 2, 4);
    base::append(out, base::to_bytes("WEBPVP8 "));
    put_little_endian(out, frame, 4);
    put_little_endian(out, noise.size() << 5 | 0x10, 3);
    base::append(out, base::to_bytes("\x9d\x01\x2a"));
    put_little_endian(out, 64, 2);
    put_little_endian(out, 48, 2);
    base::append(out, noise);
    out.resize(out.size() + frame % 2);
    return out;
}

base::Bytes spam_of(item::Kind kind, const base::Bytes& noise) {
    if (kind == item::kind_picture) return picture_of(noise);
    if (kind == item::kind_offer)
        return item::write_offer({"spam", base::to_hex(noise), "", "", {}});
    return base::to_bytes(base::to_hex(noise));
}

// Mail has no signature.
bool is_signed(const item::Read& item) {
    const auto* publication = item.header.publication();
    return !publication ||
           crypto::ed25519_verify(publication->publisher.view(),
                                  item::signed_message(item.item.header), item.item.signature);
}

}  // namespace

ItemNumber Oracle::make(base::WallTime by_clock, base::MonoTime now, base::Seconds lifetime,
                        Purpose purpose, std::optional<ItemNumber> like) {
    Persona persona;
    persona.seed = like ? things_[made_[*like].thing].seed : rng_.secret();
    persona.key.data = crypto::ed25519_public_key(persona.seed).data;
    rng_.fill(persona.slot);
    persona.lifetime = lifetime;
    things_.push_back(std::move(persona));
    return add(static_cast<std::uint32_t>(things_.size() - 1), by_clock, now, false, purpose);
}

// An attacker needs no persona for each item: one is as good as many.
item::Item Oracle::make_spam_item(const SpamOrder& order, base::WallTime by_clock) {
    const item::Terms terms{network, order.kind, by_clock, order.lifetime};
    if (order.kind == item::kind_mail) {
        item::Mail mail;
        rng_.fill(mail.removal_commitment);
        rng_.fill(mail.encapsulation_hash);
        const auto& sizes = base::limits::mail_payload_bytes;
        const auto fits = std::ranges::lower_bound(sizes, order.payload_bytes);
        base::Bytes payload(fits == sizes.end() ? sizes.back() : *fits);
        rng_.fill(payload);
        return item::make_mail(terms, mail, std::move(payload));
    }
    if (spammer_ == base::Secret{}) spammer_ = rng_.secret();
    item::Publication publication;
    publication.publisher.data = crypto::ed25519_public_key(spammer_).data;
    rng_.fill(publication.slot);
    publication.sequence = 1;
    const bool is_picture = order.kind == item::kind_picture;  // others are written in hexadecimal
    const std::size_t noise_bytes =
        is_picture ? std::min(order.payload_bytes, picture_noise_max) : order.payload_bytes / 2;
    base::Bytes noise(std::max<std::size_t>(noise_bytes, 1));
    rng_.fill(noise);
    base::Bytes payload = spam_of(order.kind, noise);
    if (is_picture) publication.slot = item::picture_slot(crypto::sha256(payload));
    return item::make_publication(terms, publication, std::move(payload), spammer_);
}

ItemNumber Oracle::make_spam(const SpamOrder& order, base::WallTime by_clock, base::MonoTime now) {
    // What a grinder tries for each item: each further one costs nothing but a signature.
    constexpr int tries = 16;
    const auto beginning = [](const base::ItemId& id) {
        return base::read_big_endian<std::uint64_t>(id.view().first<8>());
    };
    const auto distance = [&](const base::ItemId& id) {
        const std::uint64_t a = beginning(id), b = beginning(*order.near);
        return a < b ? b - a : a - b;
    };
    item::Item best = make_spam_item(order, by_clock);
    for (int left = order.near ? tries - 1 : 0; left > 0; --left) {
        item::Item other = make_spam_item(order, by_clock);
        if (distance(item::id_of(other.header, other.signature)) <
            distance(item::id_of(best.header, best.signature)))
            best = std::move(other);
    }
    best.nonce = std::uint64_t{order.level} << 56;
    Made made;
    made.item = *item::read(std::move(best), network);
    ENSURE(!item::check_all_but_work(*made.item), "the simulator makes spam that breaks the rules");
    made.purpose = Purpose::attack;
    made.sequence = made.item->version.sequence;
    made.kept = true;
    made.published = now;
    made.thing = static_cast<std::uint32_t>(things_.size());
    things_.emplace_back();
    return enter(std::move(made));
}

ItemNumber Oracle::renew(ItemNumber of, base::WallTime by_clock, base::MonoTime now, bool removal) {
    return add(made_[of].thing, by_clock, now, removal, made_[of].purpose);
}

ItemNumber Oracle::add(std::uint32_t thing, base::WallTime by_clock, base::MonoTime now,
                       bool removal, Purpose purpose) {
    const Persona& persona = things_[thing];
    Made made;
    made.purpose = purpose;
    made.thing = thing;
    made.sequence = persona.versions.size() + 1;
    made.removal = removal;
    made.kept = true;
    made.published = now;
    const item::Terms terms{network, item::kind_offer, by_clock, persona.lifetime};
    const item::Publication publication{persona.key, persona.slot, made.sequence, removal,
                                        std::nullopt};
    auto item = item::make_publication(terms, publication,
                                       removal ? base::Bytes{} : item::write_offer(offer_text()),
                                       persona.seed);
    auto unworked = item::read(item, network);
    ENSURE(unworked.has_value(), "the simulator makes items that do not read");
    item.nonce = work_for((*unworked)->id, item::required_work(**unworked));
    made.item = *item::read(std::move(item), network);
    ENSURE(!item::check_all_but_work(*made.item), "the simulator makes items that break the rules");
    return enter(std::move(made));
}

ItemNumber Oracle::learn(const item::ReadPtr& item, base::MonoTime now, Purpose purpose) {
    Made made;
    made.item = item;
    made.purpose = purpose;
    made.published = now;
    made.thing = static_cast<std::uint32_t>(things_.size());
    const item::Version version = item->version;
    made.sequence = version.sequence;
    made.removal = version.removed;
    made.thing = learned_.try_emplace(version.thing, made.thing).first->second;
    if (made.thing == things_.size()) things_.emplace_back();
    return enter(std::move(made));
}

ItemNumber Oracle::enter(Made made) {
    const auto number = static_cast<ItemNumber>(made_.size());
    std::vector<ItemNumber>& versions = things_[made.thing].versions;
    for (const ItemNumber other : versions) {
        if (made_[other].sequence < made.sequence)
            made_[other].newer.push_back(number);
        else
            made.newer.push_back(other);
    }
    versions.push_back(number);
    by_id_[made.item->id] = number;
    made_.push_back(std::move(made));
    return number;
}

std::uint64_t Oracle::work_for(const base::ItemId& id, std::uint64_t trials) {
    if (const auto known = mined_.find(id); known != mined_.end()) return known->second;
    if (mined_.size() >= mined_items) return 0;
    const std::atomic<bool> never{false};
    return mined_[id] = *crypto::find_work(id, trials, 0, never);
}

base::Bytes Oracle::picture() {
    base::Bytes noise(offer_picture_bytes);
    rng_.fill(noise);
    return picture_of(noise);
}

item::OfferText Oracle::offer_text() {
    base::Bytes noise(text_bytes / 2);
    rng_.fill(noise);
    return {
        "offer " + std::to_string(made_.size()), base::to_hex(noise), "1 goat", "2 sheep", {"sim"}};
}

std::optional<ItemNumber> Oracle::find(const base::ItemId& id) const {
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? std::nullopt : std::optional(found->second);
}

bool Oracle::is_genuine(const base::ItemId& id, const item::Item& item) const {
    const auto number = find(id);
    if (!number) return false;
    const Made& made = made_[*number];
    if (made.item->item == item) return true;
    const bool showed_less = std::ranges::count(made.nonces, item.nonce) > 0;
    return showed_less && made.item->item.header == item.header &&
           made.item->item.payload == item.payload && made.item->item.signature == item.signature;
}

item::ReadPtr Oracle::shared(const item::ReadPtr& item) const {
    const auto number = find(item->id);
    return number && made_[*number].item->item == item->item ? made_[*number].item : item;
}

void Oracle::add_work(ItemNumber number, const item::ReadPtr& better) {
    Made& made = made_[number];
    made.nonces.push_back(made.item->item.nonce);
    made.item = better;
}

std::optional<base::Fault> Oracle::verdict(const item::Read& item) {
    if (is_genuine(item)) return std::nullopt;
    const auto fault = item::check_costly(item);
    if (fault == base::Fault::item_little_work && !is_signed(item))
        return base::Fault::item_bad_signature;
    return fault;
}

bool Oracle::is_live(ItemNumber number, base::WallTime truth) const {
    const Made& made = made_[number];
    return made.kept && made.newer.empty() && made.item->header.expires > truth;
}

}  // namespace hearsay::sim
