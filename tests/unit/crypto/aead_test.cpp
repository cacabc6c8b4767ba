#include "crypto/aead.hpp"

#include <doctest/doctest.h>

#include "crypto_support.hpp"

using namespace hearsay;
using namespace hearsay::crypto;

namespace {

// RFC 8439 section 2.8.2.
const base::Secret key = *base::Secret::from(test::counting(0x80, 0x9f));
constexpr Nonce nonce{0x07, 0, 0, 0, 0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47};
const base::Bytes associated = test::hex("50515253c0c1c2c3c4c5c6c7");
constexpr std::string_view plain =
    "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, "
    "sunscreen "
    "would be "
    "it.";
constexpr std::string_view sealed_hex =
    "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da9272"
    "8b1a71de0a"
    "9e060b29"
    "05d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc3ff4def08e4b7a"
    "9de576d265"
    "86cec64b"
    "61161ae10b594f09e26a7e902ecbd0600691";

}  // namespace

TEST_CASE("sealing meets the vector of RFC 8439 section 2.8.2") {
    CHECK(base::to_hex(aead_seal(key, nonce, associated, base::as_bytes(plain))) == sealed_hex);
}

TEST_CASE("what was sealed opens with the same key, nonce and associated data") {
    const auto opened = aead_open(key, nonce, associated, test::hex(sealed_hex));
    REQUIRE(opened);
    CHECK(base::to_text(*opened) == plain);
}

TEST_CASE("nothing opens after any one bit was changed") {
    const base::Bytes sealed = test::hex(sealed_hex);
    for (std::size_t at = 0; at < sealed.size(); ++at) {
        base::Bytes wrong = sealed;
        wrong[at] ^= static_cast<std::uint8_t>(1 << at % 8);
        CHECK_FALSE(aead_open(key, nonce, associated, wrong));
    }
    base::Bytes other_data = associated;
    other_data[0] ^= 1;
    CHECK_FALSE(aead_open(key, nonce, other_data, sealed));
    CHECK_FALSE(aead_open(key, nonce, {}, sealed));
    CHECK_FALSE(aead_open(key, Nonce{}, associated, sealed));
    CHECK_FALSE(aead_open(test::seed_of(1), nonce, associated, sealed));
}

TEST_CASE("nothing opens when it is shorter than a tag or cut") {
    const base::Bytes sealed = test::hex(sealed_hex);
    for (std::size_t size :
         {std::size_t{0}, std::size_t{1}, aead_tag_size - 1, aead_tag_size, sealed.size() - 1})
        CHECK_FALSE(aead_open(key, nonce, associated, base::ByteView(sealed).first(size)));
}

TEST_CASE("an empty message without associated data is a tag alone") {
    const base::Bytes sealed = aead_seal(key, nonce, {}, {});
    CHECK(sealed.size() == aead_tag_size);
    const auto opened = aead_open(key, nonce, {}, sealed);
    REQUIRE(opened);
    CHECK(opened->empty());
    CHECK_FALSE(aead_open(key, nonce, associated, sealed));
}
