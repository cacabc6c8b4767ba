// market/mail/letter_padding.hpp - the plaintext of a mail: 4-byte length || content || zeros, as
// long as one of the five payloads holds beside its seal.
#pragma once

#include <optional>

#include "base/bytes.hpp"
#include "base/limits/items.hpp"

namespace hearsay::market {

inline constexpr std::size_t padded_bytes_max =
    base::limits::mail_payload_bytes.back() - base::limits::mail_seal_bytes;

// To the smallest size that holds it. The content must fit the largest.
base::Bytes pad(base::ByteView content);
// Nothing unless the size is one of the five, the length lies within it and the rest is zeros.
std::optional<base::ByteView> unpad(base::ByteView padded);

}  // namespace hearsay::market
