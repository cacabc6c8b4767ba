// crypto/aead.hpp - ChaCha20-Poly1305 (RFC 8439): 32-byte key, 12-byte nonce,
// 16-byte tag at the end.
#pragma once

#include <array>
#include <optional>

#include "base/ids.hpp"

namespace hearsay::crypto {

using Nonce = std::array<std::uint8_t, 12>;
constexpr std::size_t aead_tag_size = 16;

base::Bytes aead_seal(const base::Secret& key, const Nonce& nonce, base::ByteView associated,
                      base::ByteView plain);
std::optional<base::Bytes> aead_open(const base::Secret& key, const Nonce& nonce,
                                     base::ByteView associated, base::ByteView sealed);

}  // namespace hearsay::crypto
