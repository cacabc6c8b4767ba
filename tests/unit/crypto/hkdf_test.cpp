#include "crypto/hkdf.hpp"

#include <doctest/doctest.h>

#include "crypto_support.hpp"

using namespace hearsay;
using namespace hearsay::crypto;
using test::counting;

TEST_CASE("HKDF meets test case 1 of RFC 5869") {
    const base::Digest extracted = hkdf_extract(counting(0, 12), base::Bytes(22, 0x0b));
    CHECK(base::to_hex(extracted) ==
          "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5");
    CHECK(base::to_hex(hkdf_expand(extracted.view(), counting(0xf0, 0xf9), 42)) ==
          "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
}

TEST_CASE("HKDF meets test case 2 of RFC 5869, with long inputs") {
    const base::Digest extracted = hkdf_extract(counting(0x60, 0xaf), counting(0, 0x4f));
    CHECK(base::to_hex(extracted) ==
          "06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244");
    CHECK(base::to_hex(hkdf_expand(extracted.view(), counting(0xb0, 0xff), 82)) ==
          "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c6"
          "5e590e09da"
          "3275600c2f0"
          "9b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87");
}

TEST_CASE("HKDF meets test case 3 of RFC 5869, without salt and info") {
    const base::Digest extracted = hkdf_extract({}, base::Bytes(22, 0x0b));
    CHECK(base::to_hex(extracted) ==
          "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04");
    CHECK(base::to_hex(hkdf_expand(extracted.view(), {}, 42)) ==
          "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

TEST_CASE("a short expansion is the beginning of a long one, up to the most there is") {
    const base::Bytes most = hkdf_expand(counting(0, 31), base::as_bytes("info"), 255 * 32);
    CHECK(most.size() == 8160);
    const base::Bytes part = hkdf_expand(counting(0, 31), base::as_bytes("info"), 33);
    CHECK(part == base::Bytes(most.begin(), most.begin() + 33));
    CHECK(hkdf_expand(counting(0, 31), {}, 0).empty());
}

TEST_CASE("a derived key is extracted without salt and expanded to 32 bytes") {
    const base::Secret root = *base::Secret::from(counting(1, 32));
    const base::Secret derived = derive(root, base::as_bytes("purpose"));
    CHECK(base::to_hex(derived) == base::to_hex(hkdf_expand(hkdf_extract({}, root.view()).view(),
                                                            base::as_bytes("purpose"), 32)));
    CHECK(derived != derive(root, base::as_bytes("other purpose")));
    CHECK(derived != root);
}
