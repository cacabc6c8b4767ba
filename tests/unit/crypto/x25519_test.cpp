#include "crypto/x25519.hpp"

#include <doctest/doctest.h>
#include <openssl/err.h>

#include "crypto_support.hpp"

using namespace hearsay;
using namespace hearsay::crypto;
using test::fixed;

namespace {

std::optional<std::string> shared(std::string_view secret, std::string_view peer) {
    const auto result = x25519(fixed<base::Secret>(secret), fixed<X25519Public>(peer));
    return result ? std::optional(base::to_hex(*result)) : std::nullopt;
}

}  // namespace

TEST_CASE("X25519 meets the vectors of RFC 7748 section 5.2, with its masked bits set") {
    CHECK(shared("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
                 "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c") ==
          "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552");
    CHECK(shared("4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
                 "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493") ==
          "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957");
}

TEST_CASE("X25519 meets the iterated vector of RFC 7748 section 5.2 after 1,000 rounds") {
    base::Secret scalar;
    scalar.data[0] = 9;
    X25519Public point{scalar.data};
    for (int round = 0; round < 1000; ++round) {
        const auto next = x25519(scalar, point);
        REQUIRE(next);
        point.data = scalar.data;
        scalar = *next;
    }
    CHECK(base::to_hex(scalar) ==
          "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51");
}

TEST_CASE("two sides agree as in RFC 7748 section 6.1") {
    constexpr std::string_view alice =
        "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a";
    constexpr std::string_view bob =
        "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb";
    constexpr std::string_view alice_key =
        "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a";
    constexpr std::string_view bob_key =
        "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f";
    CHECK(base::to_hex(x25519_public_key(fixed<base::Secret>(alice))) == alice_key);
    CHECK(base::to_hex(x25519_public_key(fixed<base::Secret>(bob))) == bob_key);
    constexpr std::string_view agreed =
        "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742";
    CHECK(shared(alice, bob_key) == agreed);
    CHECK(shared(bob, alice_key) == agreed);
}

TEST_CASE("points of small order are refused, in every encoding, and leave no error behind") {
    // The seven u-coordinates below 2^255 that any scalar takes to zero; the high bit is ignored.
    for (std::string_view peer :
         {"0000000000000000000000000000000000000000000000000000000000000000",
          "0100000000000000000000000000000000000000000000000000000000000000",
          "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
          "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
          "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
          "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
          "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"}) {
        CAPTURE(peer);
        X25519Public key = fixed<X25519Public>(peer);
        CHECK_FALSE(x25519(test::seed_of(1), key));
        key.data[31] |= 0x80;
        CHECK_FALSE(x25519(test::seed_of(1), key));
    }
    CHECK(ERR_peek_error() == 0);
}
