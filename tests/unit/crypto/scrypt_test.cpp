#include "crypto/scrypt.hpp"

#include <doctest/doctest.h>

#include "crypto_support.hpp"

using namespace hearsay;
using namespace hearsay::crypto;

namespace {

std::optional<std::string> key_of(std::string_view passphrase, std::string_view salt,
                                  const ScryptCost& cost) {
    const auto key = scrypt(base::as_bytes(passphrase), base::as_bytes(salt), cost);
    return key ? std::optional(base::to_hex(*key)) : std::nullopt;
}
std::optional<base::ErrorCode> refusal(const ScryptCost& cost) {
    const auto key = scrypt(base::as_bytes("passphrase"), base::as_bytes("salt"), cost);
    return key ? std::nullopt : std::optional(key.error().code);
}

}  // namespace

// RFC 7914 section 12 gives 64 bytes each; PBKDF2's first 32 do not depend on what follows. Its
// fourth vector takes 1 GiB and is left out.
TEST_CASE("scrypt meets the vectors of RFC 7914 section 12") {
    CHECK(key_of("", "", {16, 1, 1}) ==
          "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442");
    CHECK(key_of("password", "NaCl", {1024, 8, 16}) ==
          "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162");
    CHECK(key_of("pleaseletmein", "SodiumChloride", {16384, 8, 1}) ==
          "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2");
}

TEST_CASE("the default cost works and depends on passphrase and salt") {
    const auto key = key_of("one", "salt", {});
    REQUIRE(key);
    CHECK(key != key_of("two", "salt", {}));
    CHECK(key != key_of("one", "malt", {}));
}

TEST_CASE("costs that scrypt does not define are invalid") {
    CHECK(refusal({0, 8, 1}) == base::ErrorCode::invalid);
    CHECK(refusal({1, 8, 1}) == base::ErrorCode::invalid);
    CHECK(refusal({1000, 8, 1}) == base::ErrorCode::invalid);
    CHECK(refusal({1024, 0, 1}) == base::ErrorCode::invalid);
    CHECK(refusal({1024, 8, 0}) == base::ErrorCode::invalid);
    // RFC 7914 section 2: n < 2^(128 r / 8)
    CHECK(refusal({1 << 16, 1, 1}) == base::ErrorCode::invalid);
}

TEST_CASE("costs above 1 GiB or p over 16 are refused before any memory is taken") {
    CHECK(refusal({1 << 21, 8, 1}) == base::ErrorCode::refused);
    CHECK(refusal({1ULL << 63, 8, 1}) == base::ErrorCode::refused);
    CHECK(refusal({1ULL << 63, UINT32_MAX, 1}) == base::ErrorCode::refused);
    CHECK(refusal({2, UINT32_MAX, 1}) == base::ErrorCode::refused);
    CHECK(refusal({2, 1 << 22, 16}) == base::ErrorCode::refused);  // the input blocks count too
    CHECK(refusal({1024, 8, 17}) == base::ErrorCode::refused);
}
