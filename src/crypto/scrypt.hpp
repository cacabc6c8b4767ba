// crypto/scrypt.hpp - from a passphrase to a key (RFC 7914).
#pragma once

#include "base/error.hpp"
#include "base/ids.hpp"

namespace hearsay::crypto {

struct ScryptCost {
    std::uint64_t n = 1 << 17;  // 128 MiB with r = 8
    std::uint32_t r = 8;
    std::uint32_t p = 1;
    bool operator==(const ScryptCost&) const = default;
};
// Costs read from a file are refused above 1 GiB of memory or p > 16, or when n is no power of two.
base::Result<base::Secret> scrypt(base::ByteView passphrase, base::ByteView salt,
                                  const ScryptCost& cost);

}  // namespace hearsay::crypto
