// Frames on a link: whole, in order, limited, and what happens when they are not.
#include "base/limits/frames.hpp"

#include <algorithm>
#include <array>

#include <doctest/doctest.h>
#include <openssl/ssl.h>

#include "base/limits/links.hpp"
#include "base/rng.hpp"
#include "crypto/certificate.hpp"
#include "net/links.hpp"
#include "net_support.hpp"

using namespace hearsay::net;
using namespace hearsay::net::test;
using hearsay::base::Fault;
using hearsay::base::Millis;
using hearsay::base::Rng;
namespace limits = hearsay::base::limits;

namespace {

Bytes random_frame(Rng& sizes) {
    // Mostly small, sometimes large, up to the largest allowed.
    const std::uint64_t scale = 1ULL << sizes.below(13);
    Bytes bytes(static_cast<std::size_t>(1 + sizes.below(scale)));
    if (sizes.below(1000) == 0) bytes.resize(limits::frame_bytes_max);
    sizes.fill(bytes);
    return bytes;
}

}  // namespace

TEST_CASE_FIXTURE(Fixture,
                  "10,000 frames of random sizes arrive whole and in order, each way at once") {
    const auto [a, b] = connect();
    constexpr std::size_t total = 10000;
    struct Side {
        Node& node;
        LinkId link;
        Rng sends;
        Rng expected;
        std::size_t sent = 0, received = 0;
    };
    Side sides[] = {{alice, a, Rng(seed_of(50)), Rng(seed_of(51))},
                    {bob, b, Rng(seed_of(51)), Rng(seed_of(50))}};
    for (Side& side : sides)
        side.node.news.frame_hook = [&side](LinkId link) {
            if (side.node.news.frames[link].back() != random_frame(side.expected))
                FAIL_CHECK("another frame");
            side.node.news.frames[link].clear();
            ++side.received;
        };
    REQUIRE(wait_until(
        loop,
        [&] {
            for (Side& side : sides) {
                const auto queued = side.node.links->list().at(0).queued;
                for (std::size_t n = 0; queued < (1 << 20) && n < 100 && side.sent < total;
                     ++n, ++side.sent)
                    side.node.send(side.link, random_frame(side.sends));
            }
            return sides[0].received == total && sides[1].received == total;
        },
        std::chrono::seconds(120)));
    const LinkInfo sent = alice.links->list()[0];
    const LinkInfo received = bob.links->list()[0];
    CHECK(sent.bytes_out == received.bytes_in);
    CHECK(sent.bytes_in == received.bytes_out);
    CHECK(alice.news.downs.empty());
    alice.links->close(sides[0].link, true);
    REQUIRE(wait([&] { return bob.links->list().empty() && alice.links->list().empty(); }));
    CHECK(alice.links->traffic().bytes_in == sent.bytes_in);  // what a link carried stays counted
    CHECK(alice.links->traffic().bytes_out == sent.bytes_out);
    CHECK(bob.links->traffic().bytes_in == sent.bytes_out);
}

TEST_CASE_FIXTURE(Fixture, "a frame of one byte and a frame of the largest size both pass") {
    const auto [a, b] = connect();
    alice.send(a, {42});
    alice.send(a, bytes_of(limits::frame_bytes_max, 7));
    REQUIRE(wait([&] { return bob.news.frame_count() == 2; }));
    CHECK(bob.news.frames[b][0] == Bytes{42});
    CHECK(bob.news.frames[b][1] == bytes_of(limits::frame_bytes_max, 7));
}

TEST_CASE_FIXTURE(Fixture, "frames sent from inside on_link_up and on_frame arrive") {
    bob.news.up_hook = [&](LinkId link) { bob.send(link, {1}); };
    alice.news.frame_hook = [&](LinkId link) { alice.send(link, {2}); };
    connect();
    CHECK(wait([&] { return bob.news.frame_count() == 1 && alice.news.frame_count() == 1; }));
}

TEST_CASE_FIXTURE(RawVisitor, "a frame of length zero is frame_malformed") {
    REQUIRE(peer->write(Bytes{0, 0, 0, 0}));
    CHECK(fault_of_end() == Fault::frame_malformed);
    CHECK(wait([&] { return peer->closed(); }));
}

TEST_CASE_FIXTURE(RawVisitor, "a frame of 4 GiB is frame_too_long, known from its length alone") {
    REQUIRE(peer->write(Bytes{0xFF, 0xFF, 0xFF, 0xFF}));
    CHECK(fault_of_end() == Fault::frame_too_long);
}

TEST_CASE_FIXTURE(RawVisitor, "a frame one byte over the limit is frame_too_long") {
    const auto length =
        hearsay::base::big_endian(static_cast<std::uint32_t>(limits::frame_bytes_max + 1));
    REQUIRE(peer->write(length));
    CHECK(fault_of_end() == Fault::frame_too_long);
}

TEST_CASE_FIXTURE(RawVisitor,
                  "a stream that ends inside a frame is frame_truncated, what was whole counts") {
    REQUIRE(peer->write(Bytes{0, 0, 0, 1, 42, 0, 0, 0, 9, 1, 2, 3}));
    SUBCASE("with a TLS goodbye") {
        SSL_shutdown(peer->tls());
    }
    SUBCASE("cut") {}
    peer.reset();
    CHECK(fault_of_end() == Fault::frame_truncated);
    CHECK(bob.news.frames[link] == std::vector<Bytes>{{42}});
}

TEST_CASE_FIXTURE(RawVisitor, "a stream that ends inside a length is frame_truncated") {
    REQUIRE(peer->write(Bytes{0, 0}));
    peer.reset();
    CHECK(fault_of_end() == Fault::frame_truncated);
}

TEST_CASE_FIXTURE(RawVisitor, "a stream that ends between frames has no fault") {
    REQUIRE(peer->write(Bytes{0, 0, 0, 1, 42}));
    peer.reset();
    CHECK(fault_of_end() == std::nullopt);
    CHECK(bob.news.frame_count() == 1);
}

TEST_CASE_FIXTURE(RawVisitor, "bytes that are not TLS end the link with bad_handshake") {
    peer->write_plain(bytes_of(100, 0x17));
    CHECK(fault_of_end() == Fault::bad_handshake);
}

TEST_CASE_FIXTURE(RawVisitor, "the last frames count although our own writing noticed the end") {
    Bytes bytes;
    for (int i = 0; i < 100; ++i)
        bytes.insert(bytes.end(), {0, 0, 0, 1, static_cast<std::uint8_t>(i)});
    REQUIRE(peer->write(bytes));
    peer.reset();
    bob.send(link, bytes_of(limits::frame_bytes_max, 1));  // nothing was read yet
    CHECK(fault_of_end() == std::nullopt);
    CHECK(bob.news.frame_count() == 100);
}

TEST_CASE_FIXTURE(RawVisitor, "a frame that comes byte by byte arrives as one") {
    const Bytes bytes{0, 0, 0, 3, 7, 8, 9};
    for (const std::uint8_t byte : bytes) {
        CHECK(bob.news.frames.empty());
        REQUIRE(peer->write(Bytes{byte}));
        event_turn(loop);
    }
    REQUIRE(wait([&] { return bob.news.frame_count() == 1; }));
    CHECK(bob.news.frames[link][0] == Bytes{7, 8, 9});
}

TEST_CASE_FIXTURE(RawVisitor, "small frames of one turn leave as one TLS record") {
    Bytes sent;
    for (std::uint8_t i = 0; i < 50; ++i) {
        bob.send(link, {i});
        sent.insert(sent.end(), {0, 0, 0, 1, i});
    }
    Bytes record(1000);  // SSL_read answers with one record at most
    int got = 0;
    REQUIRE(wait([&] {
        got = SSL_read(peer->tls(), record.data(), static_cast<int>(record.size()));
        return got > 0;
    }));
    record.resize(static_cast<std::size_t>(got));
    CHECK(record == sent);
}

TEST_CASE_FIXTURE(RawVisitor, "of many records that come at once none waits for the next byte") {
    for (std::uint8_t i = 0; i < 200; ++i) REQUIRE(peer->write(Bytes{0, 0, 0, 1, i}));
    REQUIRE(wait([&] { return bob.news.frame_count() == 200; }));
    SUBCASE("nor after the link was throttled in the middle") {
        bob.news.frame_hook = [&](LinkId) { bob.links->throttle(true); };
        for (std::uint8_t i = 0; i < 5; ++i) REQUIRE(peer->write(Bytes{0, 0, 0, 1, i}));
        for (std::size_t i = 1; i <= 5; ++i) {
            REQUIRE(wait([&] { return bob.news.frame_count() == 200 + i; }));
            bob.links->throttle(false);
        }
    }
}

TEST_CASE_FIXTURE(RawVisitor, "a slow reader loses its link and others notice nothing") {
    alice.dial(bob.id);
    REQUIRE(wait([&] { return alice.news.ups.size() == 1 && bob.news.ups.size() == 2; }));
    const LinkId good = bob.news.ups[1].link;
    const FramePtr frame = frame_of(bytes_of(limits::frame_bytes_max, 1));
    std::size_t sent = 0;
    REQUIRE(wait([&] {
        if (alice.news.frame_count() == sent &&
            bob.news.downs.empty()) {  // Alice keeps up, the other never reads
            bob.links->send(link, frame);
            bob.links->send(good, frame);
            ++sent;
        }
        return !bob.news.downs.empty();
    }));
    CHECK(bob.news.downs[0].link == link);
    CHECK(bob.news.downs[0].fault == Fault::slow_reader);
    CHECK(sent >= limits::send_queue_bytes_max / limits::frame_bytes_max);
    REQUIRE(wait([&] { return alice.news.frame_count() == sent; }));
    CHECK(alice.news.downs.empty());
    REQUIRE(bob.links->list().size() == 1);
    // Nothing keeps the frames of the dead link alive.
    CHECK(wait([&] { return frame.use_count() == 1; }));
}

TEST_CASE_FIXTURE(Fixture, "a frame to many links is shared, not copied") {
    std::vector<LinkId> links;
    for (int i = 0; i < 5; ++i) links.push_back(connect().first);
    const FramePtr frame = frame_of(bytes_of(limits::frame_bytes_max, 9));
    for (const LinkId link : links) alice.links->send(link, frame);
    CHECK(frame.use_count() == 6);
    REQUIRE(wait([&] { return bob.news.frame_count() == 5; }));
    CHECK(wait([&] { return frame.use_count() == 1; }));
}

TEST_CASE_FIXTURE(Fixture, "on_drained comes once for each time the queue became empty") {
    const auto [a, b] = connect();
    for (int i = 0; i < 50; ++i) alice.send(a, bytes_of(10000, 1));
    CHECK(alice.news.drained.empty());
    REQUIRE(wait([&] { return bob.news.frame_count() == 50; }));
    REQUIRE(wait([&] { return alice.news.drained.size() == 1; }));
    CHECK(alice.links->list()[0].queued == 0);
    alice.send(a, {1});
    REQUIRE(wait([&] { return alice.news.drained.size() == 2 && bob.news.frame_count() == 51; }));
    CHECK(bob.news.drained.empty());  // it never sent anything
}

TEST_CASE_FIXTURE(Fixture, "throttled links deliver nothing, and everything afterwards") {
    const auto [a, b] = connect();
    bob.links->throttle(true);
    for (int i = 0; i < 40; ++i)
        alice.send(a, bytes_of(limits::frame_bytes_max / 2, static_cast<std::uint8_t>(i)));
    // It goes as far as the buffers on the way and stops there: 5 MiB do not fit.
    std::size_t left = alice.links->list()[0].queued;
    auto since = now().mono;
    REQUIRE(wait([&] {
        const std::size_t queued = alice.links->list()[0].queued;
        if (queued != left) since = now().mono;
        left = queued;
        return now().mono - since > std::chrono::milliseconds(200);
    }));
    CHECK(left > 0);
    CHECK(bob.news.frame_count() == 0);
    // A link that comes up meanwhile is throttled too.
    const auto [a2, b2] = connect();
    alice.send(a2, {1});
    bob.links->throttle(false);
    REQUIRE(
        wait([&] { return bob.news.frames[b].size() == 40 && bob.news.frames[b2].size() == 1; }));
    for (int i = 0; i < 40; ++i) CHECK(bob.news.frames[b][static_cast<std::size_t>(i)][0] == i);
}

TEST_CASE_FIXTURE(Fixture,
                  "throttling from inside on_frame holds back the frames that came with it") {
    const auto [a, b] = connect();
    bob.news.frame_hook = [&](LinkId) { bob.links->throttle(true); };
    for (int i = 0; i < 10; ++i) alice.send(a, {static_cast<std::uint8_t>(i)});
    for (std::size_t i = 1; i <= 10; ++i) {
        REQUIRE(wait([&] { return bob.news.frame_count() == i; }));
        event_turn(loop);
        CHECK(bob.news.frame_count() == i);
        bob.links->throttle(false);
    }
}

// ---- who does not read, who does not finish, who never stops
TEST_CASE_FIXTURE(RawVisitor, "from a link that does not read its answers nothing more is read") {
    alice.dial(bob.id);
    REQUIRE(wait([&] { return alice.news.ups.size() == 1 && bob.news.ups.size() == 2; }));
    const LinkId good = bob.news.ups[1].link;
    // It asks for 1 KiB with five bytes, as often as the socket takes them.
    std::size_t asked = 0;
    bob.news.frame_hook = [&](LinkId from) {
        if (from == link) ++asked, bob.send(from, bytes_of(1024, 1));
    };
    const Bytes question{0, 0, 0, 1, 7};
    std::size_t still = 0;
    REQUIRE(wait([&] {
        const std::size_t before = asked;
        bool went = true;
        for (int i = 0; i < 100 && went; ++i) went = peer->write(question);
        still = asked == before && !went ? still + 1 : 0;
        return still > 20;
    }));
    CHECK(bob.news.downs.empty());
    const LinkInfo info = bob.links->list()[0];
    CHECK(info.queued > limits::send_queue_busy_bytes);
    // what was asked in one turn
    CHECK(info.queued < limits::send_queue_busy_bytes + 64 * 1024 * 2);
    alice.send(alice.news.ups[0].link, {9});
    REQUIRE(wait([&] { return bob.news.frames[good].size() == 1; }));
    // It is read on once it has read.
    Bytes sink(16 * 1024);
    REQUIRE(wait([&] {
        while (SSL_read(peer->tls(), sink.data(), static_cast<int>(sink.size())) > 0) {
        }
        return asked > still && bob.links->list()[0].queued == 0;
    }));
}

TEST_CASE_FIXTURE(RawVisitor,
                  "a link that asks without end gets no more of a turn than any other") {
    alice.dial(bob.id);
    REQUIRE(wait([&] { return alice.news.ups.size() == 1 && bob.news.ups.size() == 2; }));
    const LinkId good = bob.news.ups[1].link;
    Bytes flood;
    for (int i = 0; i < 3000; ++i) flood.insert(flood.end(), {0, 0, 0, 1, 7});
    std::size_t before_alice = 0;
    REQUIRE(peer->write(flood));
    alice.send(alice.news.ups[0].link, {9});
    bob.news.frame_hook = [&](LinkId from) {
        if (from == good) before_alice = bob.news.frames[link].size();
    };
    REQUIRE(wait([&] { return bob.news.frames[good].size() == 1; }));
    CHECK(before_alice <= 4 * 64);  // a few turns until hers is read
    REQUIRE(wait([&] { return bob.news.frames[link].size() == 3000; }));
}

namespace {

struct Hasty : Fixture {
    static LinksOptions strict() {
        LinksOptions out = options();
        out.drain_wait = Millis(150);
        out.frame_wait = Millis(150);
        out.partial_bytes_max = 3 * 200'000;
        out.send_queues_bytes_max = 4 * limits::frame_bytes_max;
        return out;
    }
    Node node{loop, tor, tor_directory.fd(), 4, strict()};
    hearsay::crypto::TlsContext context = std::move(*hearsay::crypto::client_context(std::nullopt));
    std::vector<std::unique_ptr<RawPeer>> peers;
    RawPeer& meet() {
        const std::size_t ups = node.news.ups.size();
        peers.push_back(connect_raw(node, "PROXY TCP6 fc00:dead:beef:4dad::1:" +
                                              std::to_string(1000 + ups) + " ::1 1 7788\r\n"));
        RawPeer& peer = *peers.back();
        peer.start_tls(context.get(), false);
        REQUIRE(wait([&] { return peer.handshake() && node.news.ups.size() > ups; }));
        return peer;
    }
    // The beginning of a frame of the largest size.
    static Bytes beginning(std::size_t size) {
        Bytes out = to_bytes(
            hearsay::base::big_endian(static_cast<std::uint32_t>(limits::frame_bytes_max)));
        out.resize(4 + size);
        return out;
    }
    static Bytes to_bytes(const std::array<std::uint8_t, 4>& length) {
        return {length.begin(), length.end()};
    }
    bool write_all(RawPeer& peer, const Bytes& bytes) {
        for (std::size_t at = 0; at < bytes.size(); at += 10'000) {
            const hearsay::base::ByteView piece = hearsay::base::ByteView(bytes).subspan(
                at, std::min<std::size_t>(10'000, bytes.size() - at));
            if (!wait([&] { return peer.write(piece); })) return false;
        }
        return true;
    }
};

}  // namespace

TEST_CASE_FIXTURE(Hasty, "a frame that does not come to its end in time ends its link") {
    RawPeer& slow = meet();
    REQUIRE(slow.write(beginning(100)));
    REQUIRE(wait([&] { return node.news.downs.size() == 1; }));
    CHECK(node.news.downs[0].fault == Fault::frame_truncated);
    CHECK(wait([&] { return slow.closed(); }));
}

TEST_CASE_FIXTURE(Hasty, "a link that is only silent has time") {
    RawPeer& quiet = meet();
    REQUIRE(quiet.write(Bytes{0, 0, 0, 1, 5}));
    const auto start = now().mono;
    REQUIRE(wait([&] { return now().mono - start > Millis(400); }));
    CHECK(node.news.downs.empty());
}

TEST_CASE_FIXTURE(Hasty, "who takes nothing of what is unsent for drain_wait is a slow reader") {
    meet();
    for (int i = 0; i < 3; ++i)
        node.send(node.news.ups[0].link, bytes_of(limits::frame_bytes_max, 1));
    REQUIRE(wait([&] { return node.news.downs.size() == 1; }));
    CHECK(node.news.downs[0].fault == Fault::slow_reader);
}

TEST_CASE("of unfinished frames all links together hold so much, and the youngest link goes") {
    LinksOptions strict = Hasty::strict();
    strict.frame_wait = Millis(60'000);
    Hasty net;
    Node node(net.loop, net.tor, net.tor_directory.fd(), 5, strict);
    std::vector<std::unique_ptr<RawPeer>> peers;
    for (int i = 0; i < 4; ++i) {
        peers.push_back(connect_raw(
            node, "PROXY TCP6 fc00:dead:beef:4dad::2:" + std::to_string(i) + " ::1 1 1\r\n"));
        peers.back()->start_tls(net.context.get(), false);
        REQUIRE(net.wait(
            [&] { return peers.back()->handshake() && node.news.ups.size() == peers.size(); }));
        REQUIRE(net.write_all(*peers.back(), Hasty::beginning(160'000)));
        REQUIRE(net.wait([&] { return i < 3 || !node.news.downs.empty(); }));
    }
    CHECK(node.news.downs.size() == 1);
    CHECK(node.news.downs[0].link == node.news.ups[3].link);
    CHECK(node.news.downs[0].fault == Fault::frame_truncated);
}

TEST_CASE("a slow link that was there before keeps its frame when strangers begin theirs") {
    LinksOptions strict = Hasty::strict();
    strict.frame_wait = Millis(60'000);
    Hasty net;
    Node node(net.loop, net.tor, net.tor_directory.fd(), 5, strict);
    std::vector<std::unique_ptr<RawPeer>> peers;
    const auto meet = [&] {
        const std::size_t before = node.news.ups.size();
        peers.push_back(connect_raw(
            node, "PROXY TCP6 fc00:dead:beef:4dad::2:" + std::to_string(before) + " ::1 1 1\r\n"));
        peers.back()->start_tls(net.context.get(), false);
        REQUIRE(
            net.wait([&] { return peers.back()->handshake() && node.news.ups.size() > before; }));
        return peers.back().get();
    };
    RawPeer* const slow = meet();
    REQUIRE(net.write_all(*slow, Hasty::beginning(100'000)));
    for (std::size_t strangers = 1; strangers <= 10; ++strangers) {
        // From the third on it is too much with the last bytes.
        REQUIRE(net.write_all(*meet(), Hasty::beginning(strangers <= 2 ? 190'000 : 119'990)));
        REQUIRE(net.wait([&] { return node.news.downs.size() + 2 >= strangers; }));
    }
    RawPeer* const young = meet();  // with a small part of a frame
    REQUIRE(net.write_all(*young, Hasty::beginning(1000)));
    REQUIRE(net.write_all(*slow, Bytes(limits::frame_bytes_max - 100'000)));
    REQUIRE(net.wait([&] { return !node.news.frames[node.news.ups[0].link].empty(); }));
    for (const auto& down : node.news.downs) {
        CHECK(down.link != node.news.ups.front().link);
        CHECK(down.link != node.news.ups.back().link);
    }
}

TEST_CASE_FIXTURE(Hasty,
                  "of what is unsent all links together hold so much, and who holds most goes") {
    for (int i = 0; i < 3; ++i) meet();
    const auto& ups = node.news.ups;
    for (int i = 0; i < 2; ++i) node.send(ups[0].link, bytes_of(limits::frame_bytes_max, 1));
    node.send(ups[1].link, bytes_of(limits::frame_bytes_max, 1));
    CHECK(node.links->list().size() == 3);
    for (int i = 0; i < 2; ++i) node.send(ups[2].link, bytes_of(limits::frame_bytes_max / 2, 1));
    REQUIRE(wait([&] { return !node.news.downs.empty(); }));
    CHECK(node.news.downs[0].link == ups[0].link);
    CHECK(node.news.downs[0].fault == Fault::slow_reader);
}
