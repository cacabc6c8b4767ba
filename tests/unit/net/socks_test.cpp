#include "net/socks.hpp"

#include <set>

#include <doctest/doctest.h>

using hearsay::base::Bytes;
using hearsay::net::socks_error_text;
using hearsay::net::SocksClient;

namespace {

SocksClient client() {
    return {"abc.onion", 7788, "us", "pass"};
}
// Up to where the reply to the request is awaited.
SocksClient asked() {
    SocksClient socks = client();
    REQUIRE(socks.on_reply(Bytes{5, 2}).has_value());
    REQUIRE(socks.on_reply(Bytes{1, 0}).has_value());
    return socks;
}

}  // namespace

TEST_CASE("the SOCKS conversation is RFC 1928 with RFC 1929, byte for byte") {
    SocksClient socks = client();
    CHECK(socks.greeting() == Bytes{5, 1, 2});
    REQUIRE(socks.wanted() == 2);
    CHECK(socks.on_reply(Bytes{5, 2}).value() == Bytes{1, 2, 'u', 's', 4, 'p', 'a', 's', 's'});
    REQUIRE(socks.wanted() == 2);
    CHECK(socks.on_reply(Bytes{1, 0}).value() ==
          Bytes{5, 1, 0, 3, 9, 'a', 'b', 'c', '.', 'o', 'n', 'i', 'o', 'n', 0x1E, 0x6C});
    REQUIRE(socks.wanted() == 4);
    CHECK(socks.on_reply(Bytes{5, 0, 0, 1}).value().empty());
    REQUIRE(socks.wanted() == 6);
    CHECK(socks.on_reply(Bytes{0, 0, 0, 0, 0, 0}).value().empty());
    CHECK(socks.wanted() == 0);
}

TEST_CASE("a SOCKS reply is read past whatever kind of address it carries") {
    SocksClient v6 = asked();
    REQUIRE(v6.on_reply(Bytes{5, 0, 0, 4}).has_value());
    CHECK(v6.wanted() == 18);

    SocksClient name = asked();
    REQUIRE(name.on_reply(Bytes{5, 0, 0, 3}).has_value());
    REQUIRE(name.wanted() == 1);
    REQUIRE(name.on_reply(Bytes{255}).has_value());
    REQUIRE(name.wanted() == 257);
    REQUIRE(name.on_reply(Bytes(257)).has_value());
    CHECK(name.wanted() == 0);

    SocksClient unknown = asked();
    CHECK(!unknown.on_reply(Bytes{5, 0, 0, 2}).has_value());
}

TEST_CASE("a SOCKS server that is none or wants no credentials is told apart") {
    CHECK(client().on_reply(Bytes{'H', 'T'}).error() == "what listens there does not speak SOCKS5");
    CHECK(client().on_reply(Bytes{5, 0xFF}).error() ==
          "the SOCKS server takes no user name and password");
    SocksClient refused = client();
    REQUIRE(refused.on_reply(Bytes{5, 2}).has_value());
    CHECK(refused.on_reply(Bytes{1, 1}).error() ==
          "the SOCKS server refused user name and password");
    CHECK(asked().on_reply(Bytes{4, 0, 0, 1}).error() == "the SOCKS server sent a malformed reply");
}

TEST_CASE("every SOCKS error has a text of its own that ends in its number") {
    CHECK(asked().on_reply(Bytes{5, 0xF0, 0, 1}).error() ==
          "the onion service's descriptor cannot be found: it is offline, new, or does not exist "
          "(SOCKS error 0xf0)");
    std::set<std::string> texts;
    for (int code = 1; code < 256; ++code) {
        const std::string text = socks_error_text(static_cast<std::uint8_t>(code));
        CHECK(text.ends_with(")"));
        texts.insert(text);
    }
    CHECK(texts.size() == 255);
}
