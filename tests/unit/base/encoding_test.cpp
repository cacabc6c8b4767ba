#include "base/encoding.hpp"

#include <doctest/doctest.h>

using namespace hearsay::base;

namespace {

struct Pair {
    std::string_view plain;
    std::string_view encoded;
};

std::optional<std::string> text_of(const std::optional<Bytes>& bytes) {
    return bytes ? std::optional(to_text(*bytes)) : std::nullopt;
}

}  // namespace

TEST_CASE("hex is written in lower case and read in either") {
    const Bytes bytes{0x00, 0x0f, 0xa5, 0xff};
    CHECK(to_hex(bytes) == "000fa5ff");
    CHECK(from_hex("000fa5ff") == bytes);
    CHECK(from_hex("000Fa5FF") == bytes);
    CHECK(from_hex("") == Bytes{});
}

TEST_CASE("hex of odd length or with foreign letters is nothing") {
    for (std::string_view text : {"0", "000", "0g", " 00", "0x00", "00 "}) {
        CAPTURE(text);
        CHECK_FALSE(from_hex(text));
    }
}

TEST_CASE("base64 meets the vectors of RFC 4648 section 10") {
    for (const auto& [plain, encoded] : std::initializer_list<Pair>{{"", ""},
                                                                    {"f", "Zg=="},
                                                                    {"fo", "Zm8="},
                                                                    {"foo", "Zm9v"},
                                                                    {"foob", "Zm9vYg=="},
                                                                    {"fooba", "Zm9vYmE="},
                                                                    {"foobar", "Zm9vYmFy"}}) {
        CHECK(to_base64(as_bytes(plain)) == encoded);
        CHECK(text_of(from_base64(encoded)) == plain);
    }
    CHECK(to_base64(Bytes{0xfb, 0xff}) == "+/8=");
}

TEST_CASE("base64 that is not the one text for its value is nothing") {
    for (std::string_view text : {"Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Z===", "====", "=Zg=",
                                  "Zg==Zg==", "Zm9v\n", "Zm-_", "Zm 9"}) {
        CAPTURE(text);
        CHECK_FALSE(from_base64(text));
    }
}

TEST_CASE("base32 meets the vectors of RFC 4648 section 10, in lower case and without padding") {
    for (const auto& [plain, encoded] : std::initializer_list<Pair>{{"", ""},
                                                                    {"f", "my"},
                                                                    {"fo", "mzxq"},
                                                                    {"foo", "mzxw6"},
                                                                    {"foob", "mzxw6yq"},
                                                                    {"fooba", "mzxw6ytb"},
                                                                    {"foobar", "mzxw6ytboi"}}) {
        CHECK(to_base32(as_bytes(plain)) == encoded);
        CHECK(text_of(from_base32(encoded)) == plain);
    }
    CHECK(text_of(from_base32("MZXW6YTBOI")) == "foobar");
}

TEST_CASE("base32 of an impossible length, with set padding bits or foreign letters is nothing") {
    for (std::string_view text :
         {"m", "mzx", "mzxw6y", "mz", "mzxr", "my======", "m1", "m8", "m y"}) {
        CAPTURE(text);
        CHECK_FALSE(from_base32(text));
    }
}

// BIP-350 lists texts whose groups are no whole bytes; those are valid there and nothing here.
TEST_CASE("bech32m accepts the valid texts of BIP-350 that hold whole bytes") {
    for (std::string_view text : {"A1LQFN3A", "a1lqfn3a",
                                  "an83characterlonghumanreadablepartthatcontainsthetheexcludedchar"
                                  "actersbioandnumber11sg7hg6",
                                  "?1v759aa"}) {
        CAPTURE(text);
        const auto read = from_bech32m(text);
        REQUIRE(read);
        CHECK(read->bytes.empty());
    }
    const auto split = from_bech32m("split1checkupstagehandshakeupstreamerranterredcaperredlc445v");
    REQUIRE(split);
    CHECK(split->prefix == "split");
    CHECK(to_hex(split->bytes) == "c5f38b70305f519bf66d85fb6cf03058f3dde463ecd7918f2dc743918f2d");
}

TEST_CASE(
    "bech32m with set bits beyond the last byte is nothing though BIP-350 calls its checksum "
    "right") {
    CHECK_FALSE(
        from_bech32m("11lllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllll"
                     "lllllllludsr8"));
}

TEST_CASE("bech32m refuses the invalid texts of BIP-350") {
    for (std::string_view text :
         {"\x20"
          "1xj0phk",
          "\x7f"
          "1g6xzxy",
          "\x80"
          "1vctc34",
          "an84characterslonghumanreadablepartthatcontainsthetheexcludedcharactersbioandnumber11d6p"
          "ts4",
          "qyrz8wqd2c9m", "1qyrz8wqd2c9m", "y1b0jsk6g", "lt1igcx5c0", "in1muywd", "mm1crxm3i",
          "au1s5cgom", "M1VUXWEZ", "16plkw9", "1p2gdwpf"}) {
        CAPTURE(text);
        CHECK_FALSE(from_bech32m(text));
    }
}

TEST_CASE("bech32m refuses mixed case and the older checksum of BIP-173") {
    CHECK_FALSE(from_bech32m("A1lqfn3a"));
    CHECK_FALSE(from_bech32m("a12uel5l"));
}

TEST_CASE("bech32m gives back the prefix and the bytes it was made of") {
    Bytes bytes;
    for (std::uint8_t i = 0; i < 32; ++i) bytes.push_back(static_cast<std::uint8_t>(i * 37 + 5));
    const std::string text = to_bech32m("hs", bytes);
    CHECK(text.size() == 2 + 1 + 52 + 6);
    const auto read = from_bech32m(text);
    REQUIRE(read);
    CHECK(read->prefix == "hs");
    CHECK(read->bytes == bytes);
}

TEST_CASE("bech32m finds every single wrong letter") {
    const std::string text = to_bech32m("hs", to_bytes("sixteen bytes ok"));
    for (std::size_t at = 3; at < text.size(); ++at) {
        for (char letter : std::string_view("qpzry9x8gf2tvdw0s3jn54khce6mua7l")) {
            if (letter == text[at]) continue;
            std::string wrong = text;
            wrong[at] = letter;
            CHECK_FALSE(from_bech32m(wrong));
        }
    }
}
