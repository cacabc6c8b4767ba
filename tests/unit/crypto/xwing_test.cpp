#include "crypto/xwing.hpp"

#include <doctest/doctest.h>
#include <openssl/err.h>

#include "vectors_support.hpp"

using namespace hearsay;
using namespace hearsay::crypto;

namespace {

const base::Secret seed = test::seed_of(1);

EncapsulationSeed random_of(std::uint8_t filler) {
    EncapsulationSeed out;
    out.data.fill(filler);
    return out;
}

// u-coordinates below 2^255 that any scalar takes to zero.
constexpr std::string_view small_orders[] = {
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"};

template <class Whole>
Whole ending_in(Whole whole, std::string_view last) {
    const base::Bytes bytes = test::hex(last);
    std::copy(bytes.begin(), bytes.end(), whole.data.end() - 32);
    return whole;
}

}  // namespace

TEST_CASE("X-Wing meets the vectors of draft-connolly-cfrg-xwing-kem, both ways") {
    for (const test::Case& each : test::cases("xwing.txt")) {
        const XWingKey key(each.value<base::Secret>("seed"));
        CHECK(key.public_key() == each.value<base::MailboxKey>("key"));
        const auto made =
            xwing_encapsulate(key.public_key(), each.value<EncapsulationSeed>("random"));
        REQUIRE(made);
        CHECK(made->encapsulation == each.value<Encapsulation>("encapsulation"));
        CHECK(made->shared == each.value<base::Secret>("shared"));
        CHECK(key.shared_secret(made->encapsulation) == made->shared);
        CHECK(key.ml_kem_secret(made->encapsulation) == made->ml_kem);
    }
}

TEST_CASE("another key finds neither secret") {
    const auto made = xwing_encapsulate(XWingKey(seed).public_key(), random_of(1));
    REQUIRE(made);
    const XWingKey other(test::seed_of(2));
    CHECK(other.ml_kem_secret(made->encapsulation) != made->ml_kem);
    CHECK(other.shared_secret(made->encapsulation) != made->shared);
    // FIPS 203: what looks random is the same each time.
    CHECK(other.ml_kem_secret(made->encapsulation) == other.ml_kem_secret(made->encapsulation));
}

TEST_CASE("every byte of an encapsulation counts, and the last 32 only for the whole") {
    const XWingKey key(seed);
    const auto made = xwing_encapsulate(key.public_key(), random_of(2));
    REQUIRE(made);
    for (std::size_t at = 0; at < Encapsulation::size; ++at) {
        Encapsulation wrong = made->encapsulation;
        wrong.data[at] ^= 0x10;
        CHECK(key.shared_secret(wrong) != made->shared);
        CHECK((key.ml_kem_secret(wrong) == made->ml_kem) == (at >= MlKemCiphertext::size));
    }
}

// X25519 ignores this bit, but X-Wing hashes the exact bytes.
TEST_CASE("the ignored high bit of the X25519 key is not malleable") {
    const XWingKey key(seed);
    const auto made = xwing_encapsulate(key.public_key(), random_of(3));
    REQUIRE(made);
    Encapsulation twin = made->encapsulation;
    twin.data.back() ^= 0x80;
    REQUIRE(key.shared_secret(twin));
    CHECK(key.shared_secret(twin) != made->shared);
}

TEST_CASE("X25519 of small order is refused, in a key and in an encapsulation") {
    const XWingKey key(seed);
    const auto made = xwing_encapsulate(key.public_key(), random_of(4));
    REQUIRE(made);
    CHECK(xwing_is_usable(key.public_key()));
    for (const std::string_view point : small_orders) {
        CAPTURE(point);
        const base::MailboxKey bad = ending_in(key.public_key(), point);
        CHECK_FALSE(xwing_is_usable(bad));
        CHECK_FALSE(xwing_encapsulate(bad, random_of(4)));
        CHECK_FALSE(key.shared_secret(ending_in(made->encapsulation, point)));
    }
    CHECK(ERR_peek_error() == 0);
}

// FIPS 203, section 7.2: coefficients are below 3329 = 0xd01, twelve bits each.
TEST_CASE("a key with a coefficient that is not reduced is refused, whichever it is") {
    const base::MailboxKey good = XWingKey(seed).public_key();
    for (std::size_t coefficient = 0; coefficient < 768; coefficient += 37) {
        base::MailboxKey bad = good;
        std::uint8_t* const low = bad.data.data() + coefficient / 2 * 3 + coefficient % 2;
        if (coefficient % 2 == 0) {
            low[0] = 0x01;
            low[1] = static_cast<std::uint8_t>((low[1] & 0xf0) | 0x0d);
        } else {
            low[0] = static_cast<std::uint8_t>((low[0] & 0x0f) | 0x10);
            low[1] = 0xd0;
        }
        CAPTURE(coefficient);
        CHECK_FALSE(xwing_is_usable(bad));
        CHECK_FALSE(xwing_encapsulate(bad, random_of(5)));
    }
    CHECK_FALSE(xwing_is_usable(base::MailboxKey{}));  // whose X25519 part is zero
    CHECK(ERR_peek_error() == 0);
}

TEST_CASE("keys and encapsulations have one size each") {
    CHECK_FALSE(base::MailboxKey::from(base::Bytes(1215)));
    CHECK_FALSE(base::MailboxKey::from(base::Bytes(1217)));
    CHECK_FALSE(Encapsulation::from(base::Bytes(1119)));
    CHECK_FALSE(Encapsulation::from(base::Bytes(1121)));
}
