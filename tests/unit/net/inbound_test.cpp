// What a stranger can do to the listener before there is a link: nothing that lasts.
#include <doctest/doctest.h>
#include <openssl/ssl.h>

#include "crypto/certificate.hpp"
#include "net/links.hpp"
#include "net_support.hpp"

using namespace hearsay::net;
using namespace hearsay::net::test;
using hearsay::base::as_bytes;
using hearsay::base::Fault;
using hearsay::base::Millis;

namespace {

// Bob refuses exactly one stream; this is how.
Refusal only_refusal(Fixture& net, Node& node) {
    REQUIRE(net.wait([&] { return !node.news.refusals.empty(); }));
    CHECK(node.news.refusals.size() == 1);
    CHECK(node.news.ups.empty());
    CHECK(node.links->handshakes() == 0);
    return node.news.refusals[0];
}

std::string line_of(int circuit) {
    return "PROXY TCP6 fc00:dead:beef:4dad::0:" + std::to_string(circuit) + " ::1 22 9999\r\n";
}

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a stream that begins with another line is refused") {
    const auto peer = connect_raw(bob, "GET / HTTP/1.1\r\n");
    const Refusal refusal = only_refusal(*this, bob);
    CHECK(refusal.fault == Fault::bad_handshake);
    CHECK(refusal.why == "the stream began with a malformed PROXY line");
    CHECK(wait([&] { return peer->closed(); }));
}

TEST_CASE_FIXTURE(Fixture, "a first line without an end is refused at its 107th byte") {
    const auto peer = connect_raw(bob, std::string(106, 'P'));
    REQUIRE(wait([&] { return bob.links->handshakes() == 1; }));
    CHECK(bob.news.refusals.empty());
    peer->write_plain(as_bytes("PPPPPPPPPPPPPPP"));
    const Refusal refusal = only_refusal(*this, bob);
    CHECK(refusal.fault == Fault::bad_handshake);
    CHECK(refusal.why == "the stream did not begin with a PROXY line");
}

TEST_CASE_FIXTURE(Fixture, "a PROXY line that comes in pieces is understood, and TLS right behind it") {
    const auto client = hearsay::crypto::client_context(seed_of(7));
    REQUIRE(client.has_value());
    const auto peer = connect_raw(bob, "");
    for (const char letter : line_of(5)) {
        peer->write_plain(as_bytes(std::string(1, letter)));
        event_turn(loop);
    }
    peer->start_tls(client->get(), false);
    REQUIRE(wait([&] { return peer->handshake(); }));
    REQUIRE(wait([&] { return bob.news.ups.size() == 1; }));
    CHECK(bob.news.ups[0].peer == peer_of(7));
    CHECK(bob.news.ups[0].circuit == 5);
}

TEST_CASE_FIXTURE(Fixture, "garbage instead of TLS is bad_handshake") {
    const auto peer = connect_raw(bob);
    peer->write_plain(as_bytes("GET / HTTP/1.1\r\nHost: example.onion\r\n\r\n"));
    const Refusal refusal = only_refusal(*this, bob);
    CHECK(refusal.fault == Fault::bad_handshake);
    CHECK(refusal.circuit == 1);
    CHECK(wait([&] { return peer->closed(); }));
}

TEST_CASE_FIXTURE(Fixture, "a stream that ends before its handshake is nobody's fault") {
    for (const char* first : {"", "PROXY ", proxy_line_1.c_str()}) {
        bob.news.refusals.clear();
        connect_raw(bob, first).reset();
        CHECK(only_refusal(*this, bob).fault == std::nullopt);
    }
}

TEST_CASE_FIXTURE(Fixture, "a handshake that does not proceed ends after handshake_wait") {
    LinksOptions hasty_options = options();
    hasty_options.handshake_wait = Millis(100);
    Node hasty(loop, tor, tor_directory.fd(), 4, hasty_options);
    const auto mute = connect_raw(hasty, "");
    CHECK(only_refusal(*this, hasty).why == "the stream did not name its circuit in time");
    CHECK(wait([&] { return mute->closed(); }));
    hasty.news.refusals.clear();

    const auto stuck = connect_raw(hasty);
    const Refusal refusal = only_refusal(*this, hasty);
    CHECK(refusal.fault == Fault::bad_handshake);
    CHECK(refusal.why == "no TLS handshake in time");
    CHECK(wait([&] { return stuck->closed(); }));
}

TEST_CASE_FIXTURE(Fixture, "a PROXY line does not buy a second handshake_wait") {
    LinksOptions hasty_options = options();
    hasty_options.handshake_wait = Millis(400);
    Node hasty(loop, tor, tor_directory.fd(), 4, hasty_options);
    const auto slow = connect_raw(hasty, "");
    const auto start = now().mono;
    REQUIRE(wait([&] { return now().mono - start > Millis(250); }));
    slow->write_plain(as_bytes(proxy_line_1));
    REQUIRE(wait([&] { return hasty.news.refusals.size() == 1; }));
    CHECK(hasty.news.refusals[0].why == "no TLS handshake in time");
    CHECK(now().mono - start < Millis(650));
}

TEST_CASE_FIXTURE(Fixture, "streams beyond handshakes_max are refused until one is done") {
    LinksOptions few = options();
    few.handshakes_max = 3;
    Node modest(loop, tor, tor_directory.fd(), 4, few);
    std::vector<std::unique_ptr<RawPeer>> waiting;
    for (int i = 0; i < 3; ++i) waiting.push_back(connect_raw(modest, line_of(i)));
    REQUIRE(wait([&] { return modest.links->handshakes() == 3; }));
    const auto late = connect_raw(modest, line_of(9));
    REQUIRE(wait([&] { return modest.news.refusals.size() == 1; }));
    CHECK(modest.news.refusals[0].fault == Fault::too_many_requests);
    CHECK(modest.links->handshakes() == 3);

    waiting.pop_back();
    REQUIRE(wait([&] { return modest.links->handshakes() == 2; }));
    alice.dial(modest.id);
    CHECK(wait([&] { return modest.news.ups.size() == 1 && alice.news.ups.size() == 1; }));
}

TEST_CASE_FIXTURE(Fixture, "one circuit holds two streams and no third, links included") {
    const auto client = hearsay::crypto::client_context(std::nullopt);
    REQUIRE(client.has_value());
    const auto first = connect_raw(bob, line_of(7));
    first->start_tls(client->get(), false);
    REQUIRE(wait([&] { return first->handshake() && bob.news.ups.size() == 1; }));
    auto second = connect_raw(bob, line_of(7));
    REQUIRE(wait([&] { return bob.links->handshakes() == 1; }));
    const auto third = connect_raw(bob, line_of(7));
    REQUIRE(wait([&] { return bob.news.refusals.size() == 1; }));
    CHECK(bob.news.refusals[0].fault == Fault::too_many_requests);
    CHECK(bob.news.refusals[0].circuit == 7);
    const auto elsewhere = connect_raw(bob, line_of(8));
    REQUIRE(wait([&] { return bob.links->handshakes() == 2; }));

    second.reset();  // and there is room again
    REQUIRE(wait([&] { return bob.news.refusals.size() == 2; }));
    const auto fourth = connect_raw(bob, line_of(7));
    REQUIRE(wait([&] { return bob.links->handshakes() == 2; }));
    CHECK(bob.news.refusals.size() == 2);
}

TEST_CASE_FIXTURE(Fixture, "inbound streams have a total, links included") {
    LinksOptions few = options();
    few.inbound_max = 2;
    Node modest(loop, tor, tor_directory.fd(), 4, few);
    alice.dial(modest.id);
    bob.dial(modest.id);
    REQUIRE(wait([&] { return modest.news.ups.size() == 2; }));
    const auto late = connect_raw(modest, line_of(9));
    REQUIRE(wait([&] { return modest.news.refusals.size() == 1; }));
    CHECK(modest.news.refusals[0].why == "too many inbound streams");
    modest.close(modest.news.ups[0].link, false);
    REQUIRE(wait([&] { return modest.links->list().size() == 1; }));
    bob.dial(modest.id);
    CHECK(wait([&] { return modest.news.ups.size() == 3; }));
}
