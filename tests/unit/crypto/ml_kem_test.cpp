#include "crypto/ml_kem.hpp"

#include <doctest/doctest.h>
#include <openssl/err.h>

#include "crypto/sha256.hpp"
#include "vectors_support.hpp"

using namespace hearsay;
using namespace hearsay::crypto;

TEST_CASE("Wycheproof's seeds make Wycheproof's ML-KEM-768 keys") {
    for (const test::Case& each : test::cases("ml_kem_768_keys.txt")) {
        CAPTURE(each.text("number"));
        const MlKemKey key(each.value<MlKemSeed>("seed"));
        CHECK(sha256(key.public_key().view()) == each.value<base::Digest>("key_sha256"));
    }
}

TEST_CASE("Wycheproof's ciphertexts of ML-KEM-768 give their secrets, those of nobody too") {
    for (const test::Case& each : test::cases("ml_kem_768_decapsulate.txt")) {
        CAPTURE(each.text("number"));
        REQUIRE(each.text("result") == "valid");
        const MlKemKey key(each.value<MlKemSeed>("seed"));
        CHECK(sha256(key.public_key().view()) == each.value<base::Digest>("key_sha256"));
        CHECK(key.decapsulate(each.value<MlKemCiphertext>("ciphertext")) ==
              each.value<base::Secret>("secret"));
    }
}

TEST_CASE("Wycheproof's encapsulations come out, and keys that are not reduced are refused") {
    for (const test::Case& each : test::cases("ml_kem_768_encapsulate.txt")) {
        CAPTURE(each.text("number"));
        const auto key = each.value<MlKemPublic>("key");
        const auto made = ml_kem_encapsulate(key, each.value<base::Secret>("message"));
        CHECK(ml_kem_is_usable(key) == made.has_value());
        REQUIRE(made.has_value() == (each.text("result") == "valid"));
        if (!made) continue;
        CHECK(sha256(made->ciphertext.view()) == each.value<base::Digest>("ciphertext_sha256"));
        CHECK(made->secret == each.value<base::Secret>("secret"));
    }
    CHECK(ERR_peek_error() == 0);
}
