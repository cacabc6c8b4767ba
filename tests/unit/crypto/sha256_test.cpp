#include "crypto/sha256.hpp"

#include <doctest/doctest.h>

#include "crypto_support.hpp"

using namespace hearsay;
using namespace hearsay::crypto;

TEST_CASE("SHA-256 meets the examples of FIPS 180-4") {
    CHECK(base::to_hex(sha256(base::ByteView())) ==
          "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(base::to_hex(sha256(base::as_bytes("abc"))) ==
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(base::to_hex(
              sha256(base::as_bytes("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"))) ==
          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    CHECK(base::to_hex(sha256(base::Bytes(1000000, 'a'))) ==
          "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("parts are hashed as if they were one") {
    const base::Digest whole = sha256(base::as_bytes("abc"));
    CHECK(sha256({base::as_bytes("a"), base::ByteView(), base::as_bytes("bc")}) == whole);
    CHECK(sha256(std::initializer_list<base::ByteView>{}) == sha256(base::ByteView()));
}

TEST_CASE("a tagged hash puts the tag and one zero byte in front") {
    const std::string all("tag\0abc", 7);
    CHECK(tagged_sha256("tag", {base::as_bytes("ab"), base::as_bytes("c")}) ==
          sha256(base::as_bytes(all)));
    CHECK(tagged_sha256("tag", {base::as_bytes("abc")}) !=
          tagged_sha256("taga", {base::as_bytes("bc")}));
}
