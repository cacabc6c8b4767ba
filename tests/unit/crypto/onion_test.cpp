#include "crypto/onion.hpp"

#include <doctest/doctest.h>

#include "crypto/ed25519.hpp"
#include "crypto_support.hpp"

using namespace hearsay;
using namespace hearsay::crypto;

namespace {

// The three examples of rend-spec-v3, "Encoding onion addresses", and the Tor project's own site.
constexpr std::string_view example = "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd";
constexpr std::string_view others[] = {"sp3k262uwy4r2k3ycr5awluarykdpag6a7y33jxop4cs2lu5uz5sseqd",
                                       "xa4r2iadxm55fbnqgwwi5mymqdcofiu3w6rpbtqn7b2dyn7mgwj64jyd",
                                       "2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid"};

std::string error_of(std::string_view text) {
    const auto peer = parse_onion(text);
    if (peer) return "accepted";
    CHECK(peer.error().code == base::ErrorCode::invalid);
    return peer.error().text;
}
std::string with_first(char letter) {
    std::string out(example);
    out.front() = letter;
    return out;
}
std::string with_last(char letter) {
    std::string out(example);
    out.back() = letter;
    return out;
}
bool mentions(const std::string& text, std::string_view word) {
    return text.find(word) != std::string::npos;
}

}  // namespace

TEST_CASE("public onion addresses are read, and written again the same") {
    const auto peer = parse_onion(example);
    REQUIRE(peer);
    CHECK(base::to_hex(*peer) ==
          "79bcc625184b05194975c28b66b66b0469f7f6556fb1ac3189a79b40dda32f1f");
    CHECK(onion_address(*peer) == std::string(example) + ".onion");
    for (std::string_view text : others) {
        const auto other = parse_onion(text);
        REQUIRE(other);
        CHECK(onion_address(*other) == std::string(text) + ".onion");
    }
}

TEST_CASE("an address is read with or without .onion and in either case") {
    const auto peer = parse_onion(example);
    REQUIRE(peer);
    std::string upper = std::string(example) + ".Onion";
    CHECK(parse_onion(upper) == peer);
    for (char& c : upper) c = static_cast<char>(std::toupper(c));
    CHECK(parse_onion(upper) == peer);
}

TEST_CASE("a key's own address gives the key back") {
    const base::PeerId peer{ed25519_public_key(test::seed_of(1)).data};
    CHECK(parse_onion(onion_address(peer)) == peer);
}

TEST_CASE("each kind of wrong address is told apart") {
    const std::string good(example);
    CHECK(mentions(error_of(""), "56 letters"));
    CHECK(mentions(error_of(".onion"), "56 letters"));
    CHECK(mentions(error_of(good.substr(1)), "has 55"));
    CHECK(mentions(error_of(good + "a"), "has 57"));
    CHECK(mentions(error_of("expyuzz4wqqyqhjn"), "version 2"));
    CHECK(mentions(error_of("www.pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion"),
                   "sub-domain"));
    CHECK(mentions(error_of(good + ".onion:80"), "port"));
    CHECK(mentions(error_of(with_first('1')), "2 to 7"));
    CHECK(mentions(error_of(with_first(' ')), "2 to 7"));
    CHECK(mentions(error_of(with_first('a')), "checksum"));
    CHECK(mentions(error_of(with_last('c')), "version 2;"));
    CHECK(mentions(error_of(with_last('e')), "version 4;"));
}

TEST_CASE("every single wrong letter is found") {
    for (std::size_t at = 0; at < example.size(); ++at) {
        std::string wrong(example);
        wrong[at] = wrong[at] == 'a' ? 'b' : 'a';
        CHECK_FALSE(parse_onion(wrong));
    }
}

TEST_CASE(
    "an address whose key has a part of small order is refused though its checksum is right") {
    for (std::string_view key :
         {"0100000000000000000000000000000000000000000000000000000000000000",
          "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d"}) {
        const std::string address = onion_address(test::fixed<base::PeerId>(key));
        CHECK(mentions(error_of(address), "no acceptable Ed25519 key"));
    }
}
