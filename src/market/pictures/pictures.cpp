#include "market/pictures/pictures.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "base/limits/items.hpp"
#include "base/limits/person.hpp"
#include "crypto/sha256.hpp"
#include "item/make.hpp"
#include "market.pb.h"

namespace hearsay::market {
namespace {

namespace limits = base::limits;
using base::ErrorCode;

bool is_among(const std::vector<base::Digest>& hashes, const base::Digest& hash) {
    return std::ranges::find(hashes, hash) != hashes.end();
}

}  // namespace

bool Pictures::read(base::ByteView payload, PictureView& out) const {
    const auto facts = item::read_picture(payload);
    if (!facts) return false;
    out.facts = *facts;
    out.hash = crypto::sha256(payload);
    return true;
}

void Pictures::read_record(const records::OwnPublication& record, PictureView& out) const {
    out.hash = get_id<base::Digest>(record.content()).value_or(base::Digest{});
    if (const auto facts = item::read_picture(base::as_bytes(record.item().payload())))
        out.facts = *facts;
}

void Pictures::take_found(records::OwnPublication& record, const item::Read& found, const Turn&) {
    set_id(record.mutable_content(), found.header.payload_sha256);
}

base::Result<void> Pictures::add(const std::vector<base::Bytes>& files,
                                 std::vector<base::Digest>& shown) const {
    if (files.empty()) return {};
    if (!settings_.pictures)
        return base::fail(ErrorCode::refused,
                          "this node takes no pictures (relay-pictures = no), so it cannot publish "
                          "any");
    if (publications_.alive(*this) + files.size() > limits::own_offers_max)
        return base::fail(ErrorCode::exhausted,
                          "there are " + std::to_string(publications_.alive(*this)) +
                              " own pictures already; " + std::to_string(limits::own_offers_max) +
                              " may be, and removed ones count until they expire");
    for (const base::Bytes& file : files) {
        if (const auto facts = item::read_picture(file); !facts)
            return base::fail(ErrorCode::invalid, facts.error());
        const base::Digest hash = crypto::sha256(file);
        if (!is_among(shown, hash)) shown.push_back(hash);
    }
    return {};
}

base::Result<void> Pictures::check_kept(const std::vector<base::Digest>& kept,
                                        const std::vector<base::Digest>& before,
                                        const std::optional<base::PublisherKey>& publisher) const {
    for (const base::Digest& hash : kept) {
        if (is_among(before, hash)) continue;
        const Publications::Own* const own =
            publisher ? publications_.find(item::picture_thing(*publisher, hash), *this) : nullptr;
        if (!own || own->removed || own->over)
            return base::fail(ErrorCode::refused, "this persona has no picture with the hash " +
                                                      base::to_hex(hash) +
                                                      ": give the picture itself");
    }
    return {};
}

void Pictures::publish_version(records::OwnPublication& record, base::ByteView bytes,
                               base::WallTime expires, const Turn& turn) {
    const base::Seconds lifetime = std::clamp(expires - item::created_for(turn.now),
                                              limits::created_step, limits::lifetime_max);
    publications_.publish(*this, publications_.next_claim(record), lifetime, bytes, record, turn);
}

void Pictures::publish(const std::vector<base::Bytes>& files, std::uint32_t persona,
                       const Turn& turn) {
    const base::PublisherKey publisher = publisher_of(vault_.persona_seed(persona));
    const auto needed = publications_.needed_pictures(turn.now);
    for (const base::Bytes& file : files) {
        const base::Digest hash = crypto::sha256(file);
        const item::ThingId thing = item::picture_thing(publisher, hash);
        const auto until = needed.find(thing);
        const Publications::Own* const own = publications_.find(thing);
        if (until == needed.end()) continue;
        if (own && !own->removed && !own->over && own->expires >= until->second) continue;
        records::OwnPublication record =
            publications_.record(thing, turn.store).value_or(records::OwnPublication{});
        record.set_persona(persona);
        set_id(record.mutable_slot(), item::picture_slot(hash));
        set_id(record.mutable_content(), hash);
        publish_version(record, file, until->second, turn);
    }
    follow(turn);
}

void Pictures::follow(const Turn& turn) {
    const auto needed = publications_.needed_pictures(turn.now);
    std::vector<item::ThingId> unneeded, longer;
    for (const auto& [thing, own] : publications_.all()) {
        if (own.kind != this || own.removed) continue;
        const auto until = needed.find(thing);
        if (until != needed.end() && own.expires < until->second) longer.push_back(thing);
        if (until == needed.end() && own.expires > turn.now) unneeded.push_back(thing);
    }
    for (const item::ThingId& thing : longer) {
        auto record = publications_.record(thing, turn.store);
        if (!record || !record->has_item()) continue;
        const base::Bytes bytes = base::to_bytes(record->item().payload());
        publish_version(*record, bytes, needed.at(thing), turn);
    }
    if (publications_.is_settling(turn.now)) return;
    for (const item::ThingId& thing : unneeded)
        if (auto record = publications_.record(thing, turn.store))
            publications_.remove(thing, *record, turn);
}

bool Pictures::is_needed(const item::ThingId& thing) const {
    return publications_.needed_pictures(std::nullopt).contains(thing);
}

item::ReadPtr Pictures::find(const base::PublisherKey& publisher, const base::Digest& hash,
                             const OwnStore& store, const Catalogue& flood) const {
    const item::ReadPtr found =
        publications_.newest(item::picture_thing(publisher, hash), store, flood);
    const item::Publication* const claim = found ? found->header.publication() : nullptr;
    if (!claim || claim->removed || found->header.kind != item::kind_picture ||
        found->header.payload_sha256 != hash)
        return nullptr;
    return found;
}

}  // namespace hearsay::market
