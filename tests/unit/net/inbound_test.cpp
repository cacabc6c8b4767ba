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

TEST_CASE_FIXTURE(Fixture,
                  "a PROXY line that comes in pieces is understood, and TLS right behind it") {
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

TEST_CASE_FIXTURE(Fixture, "each stage of a stream that does not proceed has a time of its own") {
    LinksOptions hasty_options = options();
    hasty_options.proxy_line_wait = Millis(50);
    hasty_options.client_hello_wait = Millis(60);
    hasty_options.accept_wait = Millis(70);
    Node hasty(loop, tor, tor_directory.fd(), 4, hasty_options);
    const auto mute = connect_raw(hasty, "");
    CHECK(only_refusal(*this, hasty).why == "the stream did not name its circuit in time");
    CHECK(wait([&] { return mute->closed(); }));
    hasty.news.refusals.clear();

    const auto stuck = connect_raw(hasty);
    const Refusal refusal = only_refusal(*this, hasty);
    CHECK(refusal.fault == Fault::bad_handshake);
    CHECK(refusal.why == "TLS did not begin in time");
    CHECK(wait([&] { return stuck->closed(); }));
    hasty.news.refusals.clear();

    const auto slow = connect_raw(hasty, line_of(2));
    slow->write_plain(Bytes{22});
    CHECK(only_refusal(*this, hasty).why == "no TLS handshake in time");
}

TEST_CASE_FIXTURE(Fixture, "a stream that does not begin with TLS ends at its first byte") {
    const auto peer = connect_raw(bob);
    peer->write_plain(Bytes{'G'});
    const Refusal refusal = only_refusal(*this, bob);
    CHECK(refusal.fault == Fault::bad_handshake);
    CHECK(refusal.why == "the stream does not begin with TLS");
}

TEST_CASE_FIXTURE(Fixture, "a handshake that never ends costs no more than handshake_bytes_max") {
    const auto peer = connect_raw(bob);
    // One record after the other of a client hello that says it is 128 KiB long.
    constexpr std::size_t record = 16384;
    Bytes bytes{22, 3, 1, record >> 8, record & 0xff, 1, 1, 0xff, 0};
    bytes.resize(5 + record, 0);
    for (int records = 0; records < 3; ++records) {
        peer->write_plain(bytes);
        bytes[5] = bytes[6] = bytes[7] = 0;
    }
    CHECK(only_refusal(*this, bob).fault == Fault::bad_handshake);
    CHECK(wait([&] { return peer->closed(); }));
}

namespace {

// A node with few places, and strangers who hold them.
struct Crowd : Fixture {
    static LinksOptions few() {
        LinksOptions out = options();
        out.proxy_lines_max = out.client_hellos_max = out.handshakes_max = 3;
        out.seen_circuits_max = 2;
        return out;
    }
    Node modest{loop, tor, tor_directory.fd(), 4, few()};
    std::vector<std::unique_ptr<RawPeer>> strangers;
    RawPeer& come(const std::string& line, const Bytes& more = {}) {
        strangers.push_back(connect_raw(modest, line));
        if (!more.empty()) strangers.back()->write_plain(more);
        return *strangers.back();
    }
    bool refused(std::size_t so_many) {
        return wait([&] { return modest.news.refusals.size() == so_many; });
    }
    bool honest_dial_succeeds() {
        const std::size_t ups = modest.news.ups.size();
        alice.dial(modest.id);
        return wait([&] { return modest.news.ups.size() > ups || !alice.news.failures.empty(); }) &&
               alice.news.failures.empty();
    }
};

}  // namespace

TEST_CASE_FIXTURE(
    Crowd, "whoever fills the places of one stage goes first himself, and keeps nobody out") {
    std::string line;
    Bytes more;
    SUBCASE("without a PROXY line") {}
    SUBCASE("with half of one") {
        line = "PROXY TCP6";
    }
    SUBCASE("with a byte of TLS, each") {
        line = "circuit";
        more = {22};
    }
    SUBCASE("with a line and no TLS") {
        line = "circuit";
    }
    for (int i = 0; i < 3; ++i) come(line == "circuit" ? line_of(i + 1) : line, more);
    REQUIRE(wait([&] { return modest.links->handshakes() == 3; }));
    CHECK(honest_dial_succeeds());
    come(line == "circuit" ? line_of(4) : line, more);
    REQUIRE(refused(1));
    CHECK(modest.news.refusals[0].why == "others came after it");
    CHECK(modest.news.refusals[0].fault == Fault::too_many_requests);
    CHECK(wait([&] { return strangers[0]->closed(); }));
    CHECK(!strangers[1]->closed());
    CHECK(wait([&] { return modest.links->handshakes() == 3; }));
    CHECK(honest_dial_succeeds());
}

TEST_CASE_FIXTURE(
    Crowd, "streams of circuits that came before are in each other's way and in nobody else's") {
    for (int i = 1; i <= 3; ++i) come(line_of(i));  // as many as there is room for
    REQUIRE(wait([&] { return modest.links->handshakes() == 3; }));
    for (int i = 1; i <= 3; ++i) come(line_of(i));
    REQUIRE(refused(1));  // the first of the second round
    CHECK(modest.links->handshakes() == 5);
    for (int i = 0; i < 3; ++i) CHECK(!strangers[static_cast<std::size_t>(i)]->closed());
    CHECK(wait([&] { return strangers[3]->closed(); }));
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

TEST_CASE_FIXTURE(Fixture, "inbound links have a total, and dialled ones do not count") {
    LinksOptions few = options();
    few.inbound_max = 2;
    Node modest(loop, tor, tor_directory.fd(), 4, few);
    modest.dial(alice.id);
    REQUIRE(wait([&] { return modest.news.ups.size() == 1; }));
    alice.dial(modest.id);
    bob.dial(modest.id);
    REQUIRE(wait([&] { return modest.news.ups.size() == 3; }));
    bob.dial(modest.id);
    REQUIRE(wait([&] { return modest.news.refusals.size() == 1; }));
    CHECK(modest.news.refusals[0].why == "too many inbound links");
    modest.close(modest.news.ups[1].link, false);
    REQUIRE(wait([&] { return modest.links->list().size() == 2; }));
    bob.dial(modest.id);
    CHECK(wait([&] { return modest.news.ups.size() == 4; }));
}
