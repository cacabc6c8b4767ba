// market/letter_padding.hpp - the plaintext of a mail: 4-byte length || content || zeros, in all 1, 2, 4, 8,
// 16 or 32 KiB.
#pragma once

#include <optional>

#include "base/bytes.hpp"

namespace hearsay::market {

inline constexpr std::size_t padded_bytes_min = 1024;
inline constexpr std::size_t padded_bytes_max = 32 * 1024;

// To the smallest size that holds it. The content must fit the largest.
base::Bytes pad(base::ByteView content);
// Nothing unless the size is one of the six, the length lies within it and the rest is zeros.
std::optional<base::ByteView> unpad(base::ByteView padded);

}  // namespace hearsay::market
