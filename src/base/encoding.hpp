// base/encoding.hpp - how bytes are written as text: hex, base64, base32, bech32m.
//
// Decoders are strict: one text for one value. Anything else (odd length, foreign letters,
// set padding bits, mixed case in bech32m) is nothing, never a guess.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace hearsay::base {

std::string to_hex(ByteView bytes);                    // lower case
std::optional<Bytes> from_hex(std::string_view text);  // either case

std::string to_base64(ByteView bytes);  // RFC 4648 section 4, padded
std::optional<Bytes> from_base64(std::string_view text);

// RFC 4648 section 6, lower case, no padding
std::string to_base32(ByteView bytes);
std::optional<Bytes> from_base32(std::string_view text);  // either case, no padding

// BIP-350. `prefix` is the human-readable part, lower case. At most 90 characters in all, the
// length up to which the checksum finds any four wrong characters.
std::string to_bech32m(std::string_view prefix, ByteView bytes);
struct Bech32m {
    std::string prefix;
    Bytes bytes;
};
std::optional<Bech32m> from_bech32m(std::string_view text);

template <std::size_t N, class Tag>
std::string to_hex(const FixedBytes<N, Tag>& value) {
    return to_hex(value.view());
}

}  // namespace hearsay::base
