#include "crypto/scrypt.hpp"

#include <bit>

#include "crypto/openssl.hpp"

namespace hearsay::crypto {
namespace {

// 1 GiB for the table of n blocks, and some room for the p input blocks and the two at work.
constexpr std::uint64_t memory_max = (1ULL << 30) + (1ULL << 20);
constexpr std::uint32_t p_max = 16;

// 128 r bytes a block (RFC 7914 section 2), counted as OpenSSL does and without overflow.
bool fits_memory(const ScryptCost& cost) {
    const std::uint64_t blocks_max = memory_max / 128 / cost.r;
    return cost.n <= blocks_max && cost.n + cost.p + 2 <= blocks_max;
}

}  // namespace

base::Result<base::Secret> scrypt(base::ByteView passphrase, base::ByteView salt,
                                  const ScryptCost& cost) {
    if (cost.n < 2 || !std::has_single_bit(cost.n))
        return base::fail(base::ErrorCode::invalid,
                          "scrypt cost n must be a power of two from 2 on");
    if (cost.r == 0 || cost.p == 0)
        return base::fail(base::ErrorCode::invalid, "scrypt costs r and p must be at least 1");
    if (cost.p > p_max) return base::fail(base::ErrorCode::refused, "scrypt cost p is over 16");
    if (!fits_memory(cost))
        return base::fail(base::ErrorCode::refused,
                          "scrypt costs ask for more than 1 GiB of memory");
    if (cost.r < 4 && cost.n >> (16 * cost.r) != 0)
        return base::fail(base::ErrorCode::invalid, "scrypt cost n must be below 2^(16 r)");

    const openssl::QuietErrors quiet;
    base::Secret out;
    if (EVP_PBE_scrypt(base::as_text(passphrase).data(), passphrase.size(), salt.data(),
                       salt.size(), cost.n, cost.r, cost.p, memory_max, out.data.data(),
                       out.size) != 1)
        return base::fail(base::ErrorCode::exhausted,
                          "not enough memory to derive the key from the passphrase");
    return out;
}

}  // namespace hearsay::crypto
