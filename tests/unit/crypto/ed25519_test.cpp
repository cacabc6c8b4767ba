#include "crypto/ed25519.hpp"

#include <doctest/doctest.h>
#include <openssl/err.h>

#include "crypto/ed25519_equation.hpp"
#include "crypto_support.hpp"

using namespace hearsay;
using namespace hearsay::crypto;
using test::fixed;
using test::hex;

namespace {

struct Vector {
    std::string_view seed;
    std::string_view key;
    std::string_view message;
    std::string_view signature;
};

// RFC 8032 section 7.1: tests 1, 2, 3 and SHA(abc).
constexpr Vector vectors[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b"
     "46bd25bf5f"
     "0595bbe246"
     "55141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11"
     "d8c387b2ea"
     "eb4302aee"
     "b00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc"
     "6594a7c15e"
     "9716ed28d"
     "c027beceea1ec40a"},
    {"833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
     "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3fee"
     "bbd454d442"
     "3643ce80e"
     "2a9ac94fa54ca49f",
     "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e"
     "0303dca179"
     "c138ac17a"
     "d9bef1177331a704"},
};

// S + L, little-endian; the sum stays below 2^256.
base::Bytes with_order_added(base::Bytes signature) {
    const base::Bytes order =
        hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    unsigned carry = 0;
    for (std::size_t i = 0; i < 32; ++i) {
        carry += static_cast<unsigned>(signature[32 + i]) + order[i];
        signature[32 + i] = static_cast<std::uint8_t>(carry);
        carry >>= 8;
    }
    return signature;
}

}  // namespace

TEST_CASE("keys and signatures are those of RFC 8032 section 7.1") {
    for (const Vector& vector : vectors) {
        const auto seed = fixed<base::Secret>(vector.seed);
        CHECK(base::to_hex(ed25519_public_key(seed)) == vector.key);
        CHECK(base::to_hex(ed25519_sign(seed, hex(vector.message))) == vector.signature);
        CHECK(ed25519_verify(hex(vector.key), hex(vector.message), hex(vector.signature)));
        CHECK(equation_by_openssl(hex(vector.key), hex(vector.message), hex(vector.signature)));
        CHECK(equation_by_sodium(hex(vector.key), hex(vector.message), hex(vector.signature)));
    }
}

TEST_CASE("a signature holds for its key, its message and its bytes alone") {
    const Vector& vector = vectors[2];
    const base::Bytes key = hex(vector.key);
    const base::Bytes message = hex(vector.message);
    const base::Bytes signature = hex(vector.signature);
    for (std::size_t bit = 0; bit < 512; ++bit) {
        base::Bytes wrong = signature;
        wrong[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
        CHECK_FALSE(ed25519_verify(key, message, wrong));
    }
    for (std::size_t bit = 0; bit < 256; ++bit) {
        base::Bytes wrong = key;
        wrong[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
        CHECK_FALSE(ed25519_verify(wrong, message, signature));
    }
    CHECK_FALSE(ed25519_verify(key, hex("af83"), signature));
    CHECK_FALSE(ed25519_verify(key, {}, signature));
    CHECK_FALSE(equation_by_openssl(key, {}, signature));
    CHECK(ERR_peek_error() == 0);  // SSL_get_error would take it for its own
}

TEST_CASE("keys and signatures of another size are refused") {
    const Vector& vector = vectors[0];
    const base::Bytes key = hex(vector.key);
    const base::Bytes signature = hex(vector.signature);
    for (std::size_t size : {std::size_t{0}, std::size_t{31}, std::size_t{33}}) {
        base::Bytes other = key;
        other.resize(size);
        CHECK_FALSE(ed25519_verify(other, {}, signature));
        CHECK_FALSE(ed25519_key_is_acceptable(other));
        CHECK_FALSE(ed25519_key_is_torsion_free(other));
    }
    for (std::size_t size : {std::size_t{0}, std::size_t{63}, std::size_t{65}}) {
        base::Bytes other = signature;
        other.resize(size);
        CHECK_FALSE(ed25519_verify(key, {}, other));
    }
}

TEST_CASE("adding the group order to S makes no second signature") {
    for (const Vector& vector : vectors)
        CHECK_FALSE(ed25519_verify(hex(vector.key), hex(vector.message),
                                   with_order_added(hex(vector.signature))));
}

TEST_CASE("a seed expands to the clamped scalar and prefix that Tor stores") {
    // SHA-512 of RFC 8032's first seed: the lower half, clamped, then the upper half.
    const Ed25519Expanded expanded = ed25519_expand(fixed<base::Secret>(vectors[0].seed));
    CHECK(base::to_hex(expanded) ==
          "307c83864f2833cb427a2ef1c00a013cfdff2768d980c0a3a520f006904de94f"
          "9b4f0afe280b746a778684e75442502057b7473a03f08f96f5a38e9287e01f8f");
    for (std::uint8_t last = 0; last < 20; ++last) {
        const Ed25519Expanded other = ed25519_expand(test::seed_of(last));
        CHECK((other.data[0] & 7) == 0);
        CHECK((other.data[31] & 0xc0) == 0x40);
    }
}
