#include "crypto/ed25519_equation.hpp"

#include <sodium/core.h>
#include <sodium/crypto_sign_ed25519.h>

#include "crypto/openssl.hpp"

namespace hearsay::crypto {
namespace {

// Vector 4 of "Taming the many EdDSAs" (Chalkias, Garillot and Nikolaenko, SSR 2020, section 5): A
// and R have parts of small order, and the equation holds only when both sides are multiplied by 8.
constexpr std::array<std::uint8_t, 32> probe_message{
    0xe4, 0x7d, 0x62, 0xc6, 0x3f, 0x83, 0x0d, 0xc7, 0xa6, 0x85, 0x1a, 0x0b, 0x1f, 0x33, 0xae, 0x4b,
    0xb2, 0xf5, 0x07, 0xfb, 0x6c, 0xff, 0xec, 0x40, 0x11, 0xea, 0xcc, 0xd5, 0x5b, 0x53, 0xf5, 0x6c};
constexpr std::array<std::uint8_t, 32> probe_key{
    0xcd, 0xb2, 0x67, 0xce, 0x40, 0xc5, 0xcd, 0x45, 0x30, 0x6f, 0xa5, 0xd2, 0xf2, 0x97, 0x31, 0x45,
    0x93, 0x87, 0xdb, 0xf9, 0xeb, 0x93, 0x3b, 0x7b, 0xd5, 0xae, 0xd9, 0xa7, 0x65, 0xb8, 0x8d, 0x4d};
constexpr std::array<std::uint8_t, 64> probe_signature{
    0x16, 0x0a, 0x1c, 0xb0, 0xdc, 0x9c, 0x02, 0x58, 0xcd, 0x0a, 0x7d, 0x23, 0xe9, 0x4d, 0x8f, 0xa8,
    0x78, 0xbc, 0xb1, 0x92, 0x5f, 0x2c, 0x64, 0x24, 0x6b, 0x2d, 0xee, 0x17, 0x96, 0xbe, 0xd5, 0x12,
    0x5e, 0xc6, 0xbc, 0x98, 0x2a, 0x26, 0x9b, 0x72, 0x3e, 0x06, 0x68, 0xe5, 0x40, 0x91, 0x1a, 0x9a,
    0x6a, 0x58, 0x92, 0x1d, 0x69, 0x25, 0xe4, 0x34, 0xab, 0x10, 0xaa, 0x79, 0x40, 0x55, 0x1a, 0x09};

}  // namespace

bool equation_by_openssl(base::ByteView public_key, base::ByteView message,
                         base::ByteView signature) {
    const openssl::QuietErrors quiet;
    const openssl::Pkey key(EVP_PKEY_new_raw_public_key_ex(nullptr, "ED25519", nullptr,
                                                           public_key.data(), public_key.size()));
    const openssl::DigestContext context(EVP_MD_CTX_new());
    ENSURE(key && context, "OpenSSL refuses 32 bytes as an Ed25519 key");
    ENSURE(EVP_DigestVerifyInit_ex(context.get(), nullptr, nullptr, nullptr, nullptr, key.get(),
                                   nullptr) == 1,
           "Ed25519 verification does not start");
    return EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(),
                            message.size()) == 1;
}

bool equation_by_sodium(base::ByteView public_key, base::ByteView message,
                        base::ByteView signature) {
    return crypto_sign_ed25519_verify_detached(signature.data(), message.data(), message.size(),
                                               public_key.data()) == 0;
}

bool sodium_is_cofactorless() {
    return sodium_init() >= 0 && !equation_by_sodium(probe_key, probe_message, probe_signature);
}

bool ed25519_equation_holds(base::ByteView public_key, base::ByteView message,
                            base::ByteView signature) {
    static const bool by_sodium = sodium_is_cofactorless();
    return by_sodium ? equation_by_sodium(public_key, message, signature)
                     : equation_by_openssl(public_key, message, signature);
}

}  // namespace hearsay::crypto
