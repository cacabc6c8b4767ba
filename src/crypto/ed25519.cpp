#include "crypto/ed25519.hpp"

#include "crypto/ed25519_equation.hpp"
#include "crypto/openssl.hpp"

namespace hearsay::crypto {
namespace {

using Encoded = std::array<std::uint8_t, 32>;  // little-endian

// p = 2^255 - 19 and L = 2^252 + 27742317777372353535851937790883648493 (RFC 8032 section 5.1).
constexpr Encoded field_prime{0xed, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                              0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                              0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f};
constexpr Encoded group_order{0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7,
                              0xa2, 0xde, 0xf9, 0xde, 0x14, 0,    0,    0,    0,    0,    0,
                              0,    0,    0,    0,    0,    0,    0,    0,    0,    0x10};

// The y of the eight points of small order: 1 (neutral), p - 1 (order 2), 0 (order 4, two points)
// and the two of order 8 (four points).
constexpr std::array<Encoded, 5> small_order_y{{
    {1},
    {0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
    {0},
    {0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4,
     0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6,
     0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05},
    {0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b,
     0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39,
     0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a},
}};

bool is_below(base::ByteView value, const Encoded& bound) {
    return std::lexicographical_compare(value.rbegin(), value.rend(), bound.rbegin(), bound.rend());
}

struct Point {
    Encoded y{};  // without the sign
    bool x_is_odd = false;
};

Point split(base::ByteView encoded) {
    Point out;
    std::copy(encoded.begin(), encoded.end(), out.y.begin());
    out.x_is_odd = (out.y[31] & 0x80) != 0;
    out.y[31] &= 0x7f;
    return out;
}

// x is 0 for y = 1 and y = p - 1 only, and zero has no odd form.
bool is_canonical(const Point& point) {
    if (!is_below(point.y, field_prime)) return false;
    const bool x_is_zero = point.y == small_order_y[0] || point.y == small_order_y[1];
    return !(x_is_zero && point.x_is_odd);
}

bool is_small_order(const Point& point) {
    return std::find(small_order_y.begin(), small_order_y.end(), point.y) != small_order_y.end();
}

bool is_canonical_and_large(base::ByteView encoded) {
    const Point point = split(encoded);
    return is_canonical(point) && !is_small_order(point);
}

openssl::Pkey private_key(const base::Secret& seed) {
    openssl::Pkey key(
        EVP_PKEY_new_raw_private_key_ex(nullptr, "ED25519", nullptr, seed.data.data(), seed.size));
    ENSURE(key, "OpenSSL refuses an Ed25519 seed");
    return key;
}

}  // namespace

Ed25519Key ed25519_public_key(const base::Secret& seed) {
    const openssl::Pkey key = private_key(seed);
    Ed25519Key out;
    std::size_t size = out.size;
    ENSURE(EVP_PKEY_get_raw_public_key(key.get(), out.data.data(), &size) == 1 && size == out.size,
           "OpenSSL gives no Ed25519 public key");
    return out;
}

Ed25519Expanded ed25519_expand(const base::Secret& seed) {
    static const EVP_MD* const algorithm = openssl::fetch_digest("SHA512");
    Ed25519Expanded out;
    ENSURE(
        EVP_Digest(seed.data.data(), seed.size, out.data.data(), nullptr, algorithm, nullptr) == 1,
        "SHA-512 does not work");
    out.data[0] &= 0xf8;
    out.data[31] &= 0x7f;
    out.data[31] |= 0x40;
    return out;
}

Signature ed25519_sign(const base::Secret& seed, base::ByteView message) {
    const openssl::Pkey key = private_key(seed);
    const openssl::DigestContext context(EVP_MD_CTX_new());
    ENSURE(context && EVP_DigestSignInit_ex(context.get(), nullptr, nullptr, nullptr, nullptr,
                                            key.get(), nullptr) == 1,
           "Ed25519 signing does not start");
    Signature out;
    std::size_t size = out.size;
    ENSURE(EVP_DigestSign(context.get(), out.data.data(), &size, message.data(), message.size()) ==
                   1 &&
               size == out.size,
           "Ed25519 does not sign");
    return out;
}

bool ed25519_verify(base::ByteView public_key, base::ByteView message, base::ByteView signature) {
    return ed25519_shape_is_right(public_key, signature) &&
           ed25519_equation_holds(public_key, message, signature);
}

bool ed25519_shape_is_right(base::ByteView public_key, base::ByteView signature) {
    if (signature.size() != Signature::size || !ed25519_key_is_acceptable(public_key)) return false;
    return is_canonical_and_large(signature.first(32)) &&
           is_below(signature.subspan(32), group_order);
}

bool ed25519_key_is_acceptable(base::ByteView public_key) {
    return public_key.size() == Ed25519Key::size && is_canonical_and_large(public_key);
}

}  // namespace hearsay::crypto
