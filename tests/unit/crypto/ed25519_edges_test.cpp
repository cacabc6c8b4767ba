// The inputs on which Ed25519 implementations are known to disagree (Chalkias, Garillot and
// Nikolaenko, "Taming the many EdDSAs", SSR 2020), and what our rules say about each.
#include <doctest/doctest.h>

#include "crypto/ed25519.hpp"
#include "crypto/ed25519_equation.hpp"
#include "crypto_support.hpp"

using namespace hearsay;
using namespace hearsay::crypto;
using test::hex;

namespace {

struct Case {
    std::string_view what;
    bool accepted;
    std::string_view message;
    std::string_view key;
    std::string_view signature;
};

// The twelve vectors of the paper's section 5, in its order (0 to 11).
constexpr Case cases[] = {
    {"0: A and R small, S = 0; the equation holds. Refused: small A", false,
     "8c93255d71dcab10e8f379c26200f3c7bd5f09d9bc3068d3ef4edeb4853022b6",
     "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
     "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a00000000000000000000000000000"
     "0000000000"
     "000000000"
     "0000000000000000"},
    {"1: A small, R mixed; the equation holds. Refused: small A", false,
     "9bd9f44f4dcc75bd531b56b2cd280b0bb38fc1cd6d1230e14861d861de092e79",
     "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
     "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43a5bb704786be79fc476f91d3f3f89"
     "b03984d806"
     "8dcf1bb7d"
     "fc6637b45450ac04"},
    {"2: A mixed, R small and canonical; the equation holds. Refused: small R", false,
     "aebf3f2601a0c8c5d39cc7d8911642f740b78168218da8471772b35f9d35b9ab",
     "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
     "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa8c4bd45aecaca5b24fb97bc10ac27"
     "ac8751a7df"
     "e1baff8b9"
     "53ec9f5833ca260e"},
    {"3: A and R mixed; the cofactorless equation holds. Accepted", true,
     "9bd9f44f4dcc75bd531b56b2cd280b0bb38fc1cd6d1230e14861d861de092e79",
     "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
     "9046a64750444938de19f227bb80485e92b83fdb4b6506c160484c016cc1852f87909e14428a7a1d62e9f22f3d3ad"
     "7802db02eb"
     "2e688b6c5"
     "2fcd6648a98bd009"},
    {"4: A and R mixed; holds only when multiplied by 8. Refused: cofactorless", false,
     "e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c",
     "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
     "160a1cb0dc9c0258cd0a7d23e94d8fa878bcb1925f2c64246b2dee1796bed5125ec6bc982a269b723e0668e540911"
     "a9a6a58921"
     "d6925e434"
     "ab10aa7940551a09"},
    {"5: A mixed; holds only with 8 taken into k before its reduction. Refused: cofactorless",
     false, "e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c",
     "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
     "21122a84e0b5fca4052f5b1235c80a537878b38f3142356b2c2384ebad4668b7e40bc836dac0f71076f9abe3a53f9"
     "c03c1ceeed"
     "db658d003"
     "0494ace586687405"},
    {"6: S over L. Refused: S", false,
     "85e241a07d148b41e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec40",
     "442aad9f089ad9e14647b1ef9099a1ff4798d78589e66f28eca69c11f582a623",
     "e96f66be976d82e60150baecff9906684aebb1ef181f67a7189ac78ea23b6c0e547f7690a0e2ddcd04d87dbc3490d"
     "c19b3b3052"
     "f7ff0538c"
     "b68afb369ba3a514"},
    {"7: S far over L, past a test of its top bits. Refused: S", false,
     "85e241a07d148b41e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec40",
     "442aad9f089ad9e14647b1ef9099a1ff4798d78589e66f28eca69c11f582a623",
     "8ce5b96c8f26d0ab6c47958c9e68b937104cd36e13c33566acd2fe8d38aa19427e71f98a473474f2f13f06f97c20d"
     "58cc3f54b8"
     "bd0d272f4"
     "2b695dd7e89a8c22"},
    {"8: R not canonical (x = 0 with sign 1), k over its bytes. Refused: R", false,
     "9bedc267423725d473888631ebf45988bad3db83851ee85c85e241a07d148b41",
     "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
     "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff03be9678ac102edcd92b0210bb34d"
     "7428d12ffc"
     "5df5f37e3"
     "59941266a4e35f0f"},
    {"9: the same, k over the canonical bytes. Refused: R", false,
     "9bedc267423725d473888631ebf45988bad3db83851ee85c85e241a07d148b41",
     "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
     "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffca8c5b64cd208982aa38d4936621a"
     "4775aa233a"
     "a0505711d"
     "8fdcfdaa943d4908"},
    {"10: A small and not canonical, k over its bytes. Refused: A", false,
     "e96b7021eb39c1a163b6da4e3093dcd3f21387da4cc4572be588fafae23c155b",
     "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
     "a9d55260f765261eb9b84e106f665e00b867287a761990d7135963ee0a7d59dca5bb704786be79fc476f91d3f3f89"
     "b03984d806"
     "8dcf1bb7d"
     "fc6637b45450ac04"},
    {"11: the same, k over the canonical bytes. Refused: A", false,
     "39a591f5321bbe07fd5a23dc2f39d025d74526615746727ceefd6e82ae65c06f",
     "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
     "a9d55260f765261eb9b84e106f665e00b867287a761990d7135963ee0a7d59dca5bb704786be79fc476f91d3f3f89"
     "b03984d806"
     "8dcf1bb7d"
     "fc6637b45450ac04"},
};

// The eight points of small order.
constexpr std::string_view small_points[] = {
    "0100000000000000000000000000000000000000000000000000000000000000",  // order 1
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",  // order 2
    "0000000000000000000000000000000000000000000000000000000000000000",  // order 4
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",  // order 8
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
};
// Other bytes that a lax decoder takes for one of them.
constexpr std::string_view small_aliases[] = {
    "0100000000000000000000000000000000000000000000000000000000000080",  // x = 0 with sign 1
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",  // y = p
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",  // y = p + 1
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
};

}  // namespace

TEST_CASE("the vectors of Taming the many EdDSAs are judged by our rules") {
    for (const Case& edge : cases) {
        CAPTURE(edge.what);
        CHECK(ed25519_verify(hex(edge.key), hex(edge.message), hex(edge.signature)) ==
              edge.accepted);
    }
}

TEST_CASE("OpenSSL and libsodium agree wherever the shape is right") {
    for (const Case& edge : cases) {
        CAPTURE(edge.what);
        const auto key = hex(edge.key), message = hex(edge.message),
                   signature = hex(edge.signature);
        if (!ed25519_shape_is_right(key, signature)) {
            CHECK_FALSE(edge.accepted);
            continue;
        }
        CHECK(equation_by_openssl(key, message, signature) == edge.accepted);
        if (sodium_is_cofactorless())
            CHECK(equation_by_sodium(key, message, signature) == edge.accepted);
    }
    for (std::uint8_t last = 0; last < 8; ++last) {
        const base::Secret seed = test::seed_of(last);
        const base::Bytes message(last * 37U, last);
        const base::Bytes key = base::to_bytes(ed25519_public_key(seed).view());
        base::Bytes signature = base::to_bytes(ed25519_sign(seed, message).view());
        CHECK(equation_by_openssl(key, message, signature));
        CHECK(equation_by_sodium(key, message, signature));
        for (const std::size_t at : {0U, 31U, 32U, 62U}) {
            signature[at] ^= 1;
            CHECK_FALSE(equation_by_openssl(key, message, signature));
            CHECK_FALSE(equation_by_sodium(key, message, signature));
            signature[at] ^= 1;
        }
    }
}

TEST_CASE("a signature whose R is of small order is refused though the equation holds") {
    // Vector 2: OpenSSL accepts it, libsodium does not; the shape decides before either is asked.
    const Case& small = cases[2];
    const auto key = hex(small.key), message = hex(small.message), signature = hex(small.signature);
    CHECK(equation_by_openssl(key, message, signature));
    CHECK_FALSE(ed25519_shape_is_right(key, signature));
    CHECK_FALSE(ed25519_verify(key, message, signature));
    for (std::string_view point : small_points) {
        base::Bytes other = base::to_bytes(signature);
        const base::Bytes r = hex(point);
        std::copy(r.begin(), r.end(), other.begin());
        CHECK_FALSE(ed25519_shape_is_right(key, other));
    }
}

TEST_CASE("the libsodium of this build decides without the cofactor, so it does the work") {
    CHECK(sodium_is_cofactorless());
}

TEST_CASE("keys of small order are never acceptable, in any encoding") {
    for (std::string_view key : small_points) {
        CAPTURE(key);
        CHECK_FALSE(ed25519_key_is_acceptable(hex(key)));
        CHECK_FALSE(ed25519_key_is_torsion_free(hex(key)));
    }
    for (std::string_view key : small_aliases) {
        CAPTURE(key);
        CHECK_FALSE(ed25519_key_is_acceptable(hex(key)));
        CHECK_FALSE(ed25519_key_is_torsion_free(hex(key)));
    }
}

TEST_CASE("a key whose y is not below p is not acceptable, the largest below p may be") {
    // p - 2 is no y of small order; p + 2 up to 2^255 - 1 are p's remainders 2 to 18 written
    // wrongly.
    for (unsigned low = 0xeb; low <= 0xff; ++low) {
        base::Bytes key(32, 0xff);
        key[0] = static_cast<std::uint8_t>(low);
        for (std::uint8_t top : {std::uint8_t{0x7f}, std::uint8_t{0xff}}) {
            key[31] = top;
            CHECK(ed25519_key_is_acceptable(key) == (low == 0xeb));
        }
    }
}

TEST_CASE("keys made of seeds are torsion free, and so is the key of vectors 6 and 7") {
    CHECK(ed25519_key_is_torsion_free(
        hex("442aad9f089ad9e14647b1ef9099a1ff4798d78589e66f28eca69c11f582a623")));
    for (std::uint8_t last = 0; last < 8; ++last) {
        const Ed25519Key key = ed25519_public_key(test::seed_of(last));
        CHECK(ed25519_key_is_acceptable(key.view()));
        CHECK(ed25519_key_is_torsion_free(key.view()));
    }
}

TEST_CASE("a key plus a point of small order is acceptable for items and not for nodes") {
    // The mixed keys of the vectors; both have a part of order 8.
    for (std::string_view key :
         {"cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
          "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43"}) {
        CHECK(ed25519_key_is_acceptable(hex(key)));
        CHECK_FALSE(ed25519_key_is_torsion_free(hex(key)));
    }
    // Adding the point of order 2 takes (x, y) to (-x, -y): p - y, and the other sign.
    for (std::uint8_t last = 0; last < 8; ++last) {
        const Ed25519Key twin = test::plus_order_two(ed25519_public_key(test::seed_of(last)));
        CHECK(ed25519_key_is_acceptable(twin.view()));
        CHECK_FALSE(ed25519_key_is_torsion_free(twin.view()));
        CHECK(ed25519_key_is_torsion_free(test::plus_order_two(twin).view()));
    }
}

TEST_CASE("a y that no point of the curve has is no key of a node") {
    // Half of all y have no x. These are the small ones for which (y^2 - 1) / (d y^2 + 1)
    // is no square.
    for (std::uint8_t y : {std::uint8_t{2}, std::uint8_t{7}, std::uint8_t{8}}) {
        base::Bytes key(32, 0);
        key[0] = y;
        CAPTURE(int{y});
        CHECK(ed25519_key_is_acceptable(key));
        CHECK_FALSE(ed25519_key_is_torsion_free(key));
        CHECK_FALSE(ed25519_verify(key, {}, base::Bytes(64, 0)));
    }
}
