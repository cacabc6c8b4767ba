// unit/item/samples.hpp - items for tests: small, short-lived, made the way a node makes them.
//
// Everything follows from the numbers given, so the same call makes the same bytes. Items come
// without their work; worked() finds it (about two thirds of a million hashes for the smallest).
#pragma once

#include <algorithm>
#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/fault.hpp"
#include "base/limits/items.hpp"
#include "crypto/ed25519.hpp"
#include "crypto/sha256.hpp"
#include "crypto/work.hpp"
#include "item.pb.h"
#include "item/item.hpp"
#include "item/kinds.hpp"
#include "item/make.hpp"
#include "item/signing.hpp"

namespace hearsay::samples {

// a multiple of created_step
inline constexpr base::WallTime noon = base::from_unix_seconds(1'800'000'000);
inline constexpr item::Kind kind_unknown = 4711;
inline constexpr item::Network network = item::Network::sim;

template <class Value>
Value filled(std::uint8_t byte) {
    Value out;
    out.data.fill(byte);
    return out;
}

// A value that ends with this number.
template <class Value>
Value numbered(std::uint32_t number) {
    Value out;
    const auto bytes = base::big_endian(number);
    std::copy(bytes.begin(), bytes.end(),
              out.data.end() - static_cast<std::ptrdiff_t>(bytes.size()));
    return out;
}

inline base::PublisherKey persona(std::uint8_t seed) {
    return base::PublisherKey{crypto::ed25519_public_key(filled<base::Secret>(seed)).data};
}

struct Wish {
    std::uint8_t persona = 1;
    std::uint32_t slot = 1;
    std::uint64_t sequence = 1;
    bool removed = false;
    std::string payload = "content";
    item::Kind kind = kind_unknown;
    base::WallTime created = noon;
    base::Seconds lifetime = base::Seconds(3600);
    item::Network network = samples::network;
};

inline item::Item publication(const Wish& wish = {}) {
    const item::Terms terms{wish.network, wish.kind, wish.created, wish.lifetime};
    const item::Publication claim{persona(wish.persona), numbered<base::Slot>(wish.slot),
                                  wish.sequence, wish.removed, std::nullopt};
    return item::make_publication(terms, claim,
                                  wish.removed ? base::Bytes{} : base::to_bytes(wish.payload),
                                  filled<base::Secret>(wish.persona));
}

// As mail is: of the smallest size that holds the wish's payload, of the shortest life that is no
// shorter.
inline item::Item mail_with(const base::Digest& commitment, const Wish& wish) {
    const item::Terms terms{wish.network, item::kind_mail, wish.created, wish.lifetime};
    const item::Mail claim{commitment, filled<base::Digest>(wish.persona)};
    base::Bytes payload = base::to_bytes(wish.payload);
    payload.resize(*std::ranges::lower_bound(base::limits::mail_payload_bytes, payload.size()));
    return item::make_mail(terms, claim, std::move(payload));
}

inline item::Item mail(const Wish& wish = {}) {
    return mail_with(numbered<base::Digest>(wish.slot), wish);
}

// A mail that `removal` ends.
inline item::Item mail_of(const base::Secret& secret, const Wish& wish = {}) {
    return mail_with(item::removal_commitment(secret), wish);
}

inline item::Item removal(const item::Item& mail, const base::Secret& secret,
                          base::WallTime now = noon) {
    return item::make_removal(network, now, mail.header, secret);
}

inline item::Item offer(const item::OfferText& text, Wish wish = {}) {
    wish.kind = item::kind_offer;
    wish.payload = base::to_text(item::write_offer(text));
    return publication(wish);
}

// The same item with another header; what the signature says about it is up to the test.
inline item::Item with_header(item::Item item,
                              const std::function<void(wire::ItemHeader&)>& change) {
    wire::ItemHeader header;
    header.ParseFromArray(item.header.data(), static_cast<int>(item.header.size()));
    change(header);
    item.header = base::to_bytes(header.SerializeAsString());
    return item;
}

inline item::Item signed_by(item::Item item, std::uint8_t seed) {
    const auto signature =
        crypto::ed25519_sign(filled<base::Secret>(seed), item::signed_message(item.header));
    item.signature = base::to_bytes(signature.view());
    return item;
}

inline item::Item worked(item::Item item) {
    const auto read = item::read(item, network);
    if (!read) return item;
    const std::atomic<bool> cancelled{false};
    item.nonce = *crypto::find_work((*read)->id, item::required_work(**read), 0, cancelled);
    return item;
}

inline item::ReadPtr accepted(const item::Item& item) {
    return item::read(item, network).value();
}

// "ok", or the fault's name: what a failed test should print.
inline std::string verdict(const std::optional<base::Fault>& fault) {
    return fault ? std::string(base::name(*fault)) : "ok";
}
inline std::string read_verdict(const item::Item& item) {
    const auto read = item::read(item, network);
    return read ? "ok" : std::string(base::name(read.error()));
}
inline std::string costly_verdict(const item::Item& item) {
    const auto read = item::read(item, network);
    return read ? verdict(item::check_costly(**read))
                : "unreadable: " + std::string(base::name(read.error()));
}

}  // namespace hearsay::samples
