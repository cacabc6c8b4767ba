// What the tests of this room share: bytes written as hex, seeds, and keys with a part of small
// order.
#pragma once

#include <string_view>

#include "base/encoding.hpp"
#include "base/ensure.hpp"
#include "base/ids.hpp"
#include "crypto/ed25519.hpp"

namespace hearsay::crypto::test {

inline base::Bytes hex(std::string_view text) {
    const auto bytes = base::from_hex(text);
    ENSURE(bytes, "a test vector is no hex");
    return *bytes;
}
template <class Fixed>
Fixed fixed(std::string_view text) {
    const auto value = Fixed::from(hex(text));
    ENSURE(value, "a test vector has another size");
    return *value;
}
inline base::Secret seed_of(std::uint8_t last) {
    base::Secret seed;
    seed.data[31] = last;
    return seed;
}
// The bytes first, first + 1, ... up to last.
inline base::Bytes counting(unsigned first, unsigned last) {
    base::Bytes out;
    for (unsigned value = first; value <= last; ++value)
        out.push_back(static_cast<std::uint8_t>(value));
    return out;
}

// The key plus the point of order 2, (x, y) + (0, -1) = (-x, -y): p - y with the other sign.
inline Ed25519Key plus_order_two(const Ed25519Key& key) {
    Ed25519Key out;
    unsigned borrow = 0;
    for (std::size_t i = 0; i < out.size; ++i) {
        const unsigned prime = i == 0 ? 0xed : i == 31 ? 0x7f : 0xff;
        const unsigned y = i == 31 ? key.data[i] & 0x7fU : key.data[i];
        const unsigned difference = 0x100 + prime - y - borrow;
        out.data[i] = static_cast<std::uint8_t>(difference);
        borrow = difference < 0x100 ? 1 : 0;
    }
    out.data[31] |= static_cast<std::uint8_t>(~key.data[31] & 0x80);
    return out;
}

}  // namespace hearsay::crypto::test
