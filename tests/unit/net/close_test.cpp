// How links end from our side.
#include <sys/stat.h>

#include <doctest/doctest.h>

#include "base/limits/frames.hpp"
#include "crypto/certificate.hpp"
#include "net/links.hpp"
#include "net_support.hpp"

using namespace hearsay::net;
using namespace hearsay::net::test;
using hearsay::base::Fault;
using hearsay::base::Millis;
namespace limits = hearsay::base::limits;

TEST_CASE_FIXTURE(Fixture, "closing gracefully delivers what was queued first") {
    const auto [a, b] = connect();
    for (int i = 0; i < 20; ++i)
        alice.send(a, bytes_of(limits::frame_bytes_max, static_cast<std::uint8_t>(i)));
    alice.close(a, true);
    REQUIRE(wait([&] { return bob.news.downs.size() == 1 && alice.news.downs.size() == 1; }));
    CHECK(bob.news.frames[b].size() == 20);
    CHECK(bob.news.downs[0].fault == std::nullopt);
    CHECK(alice.news.downs[0].fault == std::nullopt);
    CHECK(alice.links->list().empty());
    CHECK(bob.links->list().empty());
}

TEST_CASE_FIXTURE(Fixture,
                  "what the other side sends against a graceful close loses none of our frames") {
    const auto [a, b] = connect();
    for (int i = 0; i < 20; ++i) {
        alice.send(a, bytes_of(limits::frame_bytes_max, 1));
        bob.send(b, bytes_of(limits::frame_bytes_max, 2));
    }
    alice.close(a, true);
    REQUIRE(wait([&] { return bob.news.downs.size() == 1 && alice.news.downs.size() == 1; }));
    CHECK(bob.news.frames[b].size() == 20);
    CHECK(alice.news.frame_count() == 0);  // nothing is received after close()
}

TEST_CASE_FIXTURE(
    Fixture, "an injection - link, one frame, goodbye - arrives though the other side greets") {
    for (int i = 0; i < 30; ++i) {
        bob.news.up_hook = [&](LinkId link) { bob.send(link, bytes_of(20000, 5)); };
        alice.news.up_hook = [&](LinkId link) {
            alice.send(link, bytes_of(2000, 6));
            alice.close(link, true);
        };
        alice.dial(bob.id, DialKind::anonymous);
        const auto count = static_cast<std::size_t>(i) + 1;
        REQUIRE(wait(
            [&] { return bob.news.downs.size() == count && alice.news.downs.size() == count; }));
        CHECK(bob.news.frame_count() == count);
    }
}

TEST_CASE_FIXTURE(Fixture, "closing at once drops what was queued") {
    const auto [a, b] = connect();
    for (int i = 0; i < 20; ++i) alice.send(a, bytes_of(limits::frame_bytes_max, 1));
    alice.close(a, false);
    CHECK(alice.news.downs.empty());  // never from inside the call
    CHECK(alice.links->list().empty());
    REQUIRE(wait([&] { return bob.news.downs.size() == 1 && alice.news.downs.size() == 1; }));
    CHECK(bob.news.frames[b].size() < 20);
}

TEST_CASE("a graceful close of a link that reads nothing ends after flush_wait") {
    LinksOptions hasty = Fixture::options();
    hasty.flush_wait = Millis(150);
    Fixture net;
    Node node(net.loop, net.tor, net.tor_directory.fd(), 4, hasty);
    const auto context = hearsay::crypto::client_context(std::nullopt);
    const auto peer = connect_raw(node);
    peer->start_tls(context->get(), false);
    REQUIRE(net.wait([&] { return peer->handshake() && node.news.ups.size() == 1; }));
    const LinkId link = node.news.ups[0].link;
    for (int i = 0; i < 20; ++i) node.send(link, bytes_of(limits::frame_bytes_max, 1));
    const auto start = now().mono;
    node.close(link, true);
    REQUIRE(net.wait([&] { return node.news.downs.size() == 1; }));
    CHECK(now().mono - start >= Millis(150));
    CHECK(node.news.downs[0].fault == std::nullopt);
}

TEST_CASE_FIXTURE(Fixture, "a link can be closed from inside any of its callbacks") {
    SUBCASE("on_link_up") {
        bob.news.up_hook = [&](LinkId link) { bob.close(link, false); };
    }
    SUBCASE("on_frame, with more frames behind") {
        bob.news.frame_hook = [&](LinkId link) { bob.close(link, false); };
    }
    SUBCASE("on_frame, gracefully") {
        bob.news.frame_hook = [&](LinkId link) { bob.close(link, true); };
    }
    alice.news.up_hook = [&](LinkId link) {
        for (int i = 0; i < 100; ++i) alice.send(link, {1, 2, 3});
    };
    alice.dial(bob.id);
    REQUIRE(wait([&] { return alice.news.downs.size() == 1 && bob.news.downs.size() == 1; }));
    CHECK(bob.news.frame_count() <= 1);
}

TEST_CASE_FIXTURE(Fixture, "calls about a link that is gone do nothing") {
    const auto [a, b] = connect();
    alice.close(a, false);
    alice.close(a, false);
    alice.close(a, true);
    alice.send(a, {1});
    alice.send(static_cast<LinkId>(999), {1});
    alice.close(static_cast<LinkId>(999), true);
    REQUIRE(wait([&] { return alice.news.downs.size() == 1 && bob.news.downs.size() == 1; }));
    alice.send(a, {1});
    alice.close(a, true);
    const auto [a2, b2] = connect();
    CHECK(a2 != a);
    CHECK(alice.news.downs.size() == 1);
}

TEST_CASE("destruction in the middle of everything leaves no callback, no leak and no socket") {
    Loop loop;
    const Directory tor_directory;
    FakeTor tor(loop, tor_directory.fd());
    Node bob(loop, tor, tor_directory.fd(), 2, Fixture::options());
    {
        Node alice(loop, tor, tor_directory.fd(), 1, Fixture::options());
        for (int i = 0; i < 3; ++i) alice.dial(bob.id);
        REQUIRE(wait_until(loop,
                           [&] { return alice.news.ups.size() == 3 && bob.news.ups.size() == 3; }));
        const FramePtr frame = frame_of(bytes_of(limits::frame_bytes_max, 1));
        for (int i = 0; i < 10; ++i) alice.links->send(alice.news.ups[0].link, frame);
        alice.close(alice.news.ups[1].link, true);   // flushing
        alice.close(alice.news.ups[2].link, false);  // its end not told yet
        alice.dial(bob.id);                          // asking Tor
        alice.dial(peer_of(9));
        const auto visitor = connect_raw(alice);  // not accepted yet
        alice.links.reset();
        struct stat status{};
        CHECK(::stat((alice.directory.path() + "/onion").c_str(), &status) != 0);
        alice.news.inside_call = true;  // no news may come any more
        REQUIRE(wait_until(loop, [&] { return bob.news.downs.size() >= 3; }));
        CHECK(wait_until(loop, [&] { return frame.use_count() == 1; }));
    }
}

TEST_CASE("the loop may end right after Links, and what was queued is freed with it") {
    const FramePtr frame = frame_of(bytes_of(limits::frame_bytes_max, 1));
    for (int turns = 0; turns < 3; ++turns) {
        Loop loop;
        const Directory tor_directory;
        FakeTor tor(loop, tor_directory.fd());
        Node alice(loop, tor, tor_directory.fd(), 1, Fixture::options());
        Node bob(loop, tor, tor_directory.fd(), 2, Fixture::options());
        alice.dial(bob.id);
        if (turns > 0) REQUIRE(wait_until(loop, [&] { return bob.news.ups.size() == 1; }));
        if (turns > 1) alice.links->send(alice.news.ups.at(0).link, frame);
        if (turns > 1) CHECK(frame.use_count() == 2);
    }
    CHECK(frame.use_count() == 1);
}

TEST_CASE("links that are being closed have a maximum, and the oldest is cut") {
    LinksOptions few = Fixture::options();
    few.closings_max = 2;
    Fixture net;
    Node node(net.loop, net.tor, net.tor_directory.fd(), 4, few);
    const auto context = hearsay::crypto::client_context(std::nullopt);
    std::vector<std::unique_ptr<RawPeer>> peers;
    for (int i = 1; i <= 3; ++i) {
        peers.push_back(connect_raw(
            node, "PROXY TCP6 fc00:dead:beef:4dad::0:" + std::to_string(i) + " ::1 1 1\r\n"));
        peers.back()->start_tls(context->get(), false);
        REQUIRE(net.wait(
            [&] { return peers.back()->handshake() && node.news.ups.size() == peers.size(); }));
        for (int n = 0; n < 4; ++n)
            node.send(node.news.ups.back().link, bytes_of(limits::frame_bytes_max, 1));
    }
    for (const Up& up : std::vector<Up>(node.news.ups)) node.close(up.link, true);
    REQUIRE(net.wait([&] { return !node.news.downs.empty(); }));
    CHECK(node.news.downs.size() == 1);
    CHECK(node.news.downs[0].link == node.news.ups[0].link);
}
