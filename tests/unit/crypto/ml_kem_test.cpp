// All tests of ML-KEM-768 of Wycheproof. data/from_published.py says how they are kept.
#include "crypto/ml_kem.hpp"

#include <doctest/doctest.h>
#include <openssl/err.h>

#include "crypto/openssl.hpp"
#include "crypto/sha256.hpp"
#include "vectors_support.hpp"

using namespace hearsay;
using namespace hearsay::crypto;
using test::Case;

namespace {

// FIPS 203, section 7.2: 3,329 more wherever twelve bits have room for it.
MlKemPublic not_reduced(MlKemPublic key) {
    constexpr unsigned q = 3329;
    for (std::size_t at = 0; at + 2 < 1152; at += 3) {
        std::uint8_t* const three = key.data.data() + at;
        unsigned first = three[0] | (three[1] & 0x0fU) << 8;
        unsigned second = three[1] >> 4U | static_cast<unsigned>(three[2]) << 4;
        if (first + q < 4096) first += q;
        if (second + q < 4096) second += q;
        three[0] = static_cast<std::uint8_t>(first);
        three[1] = static_cast<std::uint8_t>(first >> 8 | (second & 0x0fU) << 4);
        three[2] = static_cast<std::uint8_t>(second >> 4);
    }
    return key;
}

// Of a right size.
MlKemPublic key_of(const Case& each) {
    if (each.has("key")) return each.value<MlKemPublic>("key");
    const MlKemPublic made = MlKemKey(each.value<MlKemSeed>("seed")).public_key();
    const MlKemPublic key = each.has("over") ? not_reduced(made) : made;
    CHECK(sha256(key.view()) == each.value<base::Digest>("key_sha256"));
    return key;
}

// Of a right size, made for this key where it is not told.
MlKemCiphertext ciphertext_of(const Case& each, const MlKemPublic& key) {
    if (each.has("ciphertext")) return each.value<MlKemCiphertext>("ciphertext");
    const auto made = ml_kem_encapsulate(key, each.value<base::Secret>("message"));
    REQUIRE(made);
    CHECK(sha256(made->ciphertext.view()) == each.value<base::Digest>("ciphertext_sha256"));
    return made->ciphertext;
}

// Whether a value of this many bytes could be made at all.
template <class Fixed>
bool has_size(std::size_t size) {
    return Fixed::from(base::Bytes(size)).has_value();
}

}  // namespace

TEST_CASE("Wycheproof's seeds make Wycheproof's ML-KEM-768 keys") {
    const std::vector<Case> all = test::cases("ml_kem_768_keys.txt");
    CHECK(all.size() == 100);
    for (const Case& each : all) {
        CAPTURE(each.text("number"));
        REQUIRE(each.text("result") == "valid");
        CHECK(ml_kem_is_usable(key_of(each)));
    }
}

TEST_CASE("Wycheproof's ciphertexts of ML-KEM-768 give their secrets, those of nobody too") {
    const std::vector<Case> all = test::cases("ml_kem_768_decapsulate.txt");
    CHECK(all.size() == 193);
    for (const Case& each : all) {
        CAPTURE(each.text("number"));
        const bool valid = each.text("result") == "valid";
        if (each.has("seed_size")) CHECK_FALSE(has_size<MlKemSeed>(each.number("seed_size")));
        if (each.has("ciphertext_size"))
            CHECK_FALSE(has_size<MlKemCiphertext>(each.number("ciphertext_size")));
        REQUIRE(valid == !(each.has("seed_size") || each.has("ciphertext_size")));
        if (!valid) continue;
        const MlKemKey key(each.value<MlKemSeed>("seed"));
        CHECK(sha256(key.public_key().view()) == each.value<base::Digest>("key_sha256"));
        CHECK(key.decapsulate(ciphertext_of(each, key.public_key())) ==
              each.value<base::Secret>("secret"));
    }
}

TEST_CASE("Wycheproof's encapsulations come out, and keys that are not reduced are refused") {
    const std::vector<Case> all = test::cases("ml_kem_768_encapsulate.txt");
    CHECK(all.size() == 265);
    for (const Case& each : all) {
        CAPTURE(each.text("number"));
        if (each.has("key_size")) {
            REQUIRE(each.text("result") == "invalid");
            CHECK_FALSE(has_size<MlKemPublic>(each.number("key_size")));
            continue;
        }
        const MlKemPublic key = key_of(each);
        const auto made = ml_kem_encapsulate(key, each.value<base::Secret>("message"));
        CHECK(ml_kem_is_usable(key) == made.has_value());
        REQUIRE(made.has_value() == (each.text("result") == "valid"));
        if (!made) continue;
        CHECK(sha256(made->ciphertext.view()) == each.value<base::Digest>("ciphertext_sha256"));
        CHECK(made->secret == each.value<base::Secret>("secret"));
    }
    CHECK(ERR_peek_error() == 0);
}

// We keep seeds and never read an expanded key. But what stands in one decides here how thoroughly
// the library compares when it encrypts again: with every byte, of both parts.
TEST_CASE("Wycheproof's expanded ML-KEM-768 keys: the library refuses broken ones") {
    const std::vector<Case> all = test::cases("ml_kem_768_expanded.txt");
    CHECK(all.size() == 9);
    for (const Case& each : all) {
        CAPTURE(each.text("number"));
        const openssl::QuietErrors quiet;
        const base::Bytes expanded = each.bytes("expanded");
        const base::Bytes ciphertext = each.bytes("ciphertext");
        const openssl::Pkey key(EVP_PKEY_new_raw_private_key_ex(nullptr, "ML-KEM-768", nullptr,
                                                                expanded.data(), expanded.size()));
        const openssl::PkeyContext context(
            key ? EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr) : nullptr);
        base::Secret secret;
        std::size_t size = secret.size;
        const bool opened = context && EVP_PKEY_decapsulate_init(context.get(), nullptr) == 1 &&
                            EVP_PKEY_decapsulate(context.get(), secret.data.data(), &size,
                                                 ciphertext.data(), ciphertext.size()) == 1;
        CHECK(opened == (each.text("result") == "valid"));
        if (opened) CHECK(secret == each.value<base::Secret>("secret"));
    }
}
