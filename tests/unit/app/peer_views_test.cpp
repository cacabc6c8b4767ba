#include "app/node/peer_views.hpp"

#include <doctest/doctest.h>

#include "crypto/ed25519.hpp"
#include "unit/core/memory_store.hpp"

namespace hearsay::app {
namespace {

using namespace std::chrono_literals;

base::PeerId peer_key(std::uint8_t number) {
    base::Secret seed;
    seed.data.fill(number);
    return base::PeerId{crypto::ed25519_public_key(seed).data};
}

struct Fixture {
    base::Now now{base::MonoTime{1h}, base::from_unix_seconds(1'800'000'000)};
    core::MemoryStore store;
    core::NodeOptions options{peer_key(99), item::Network::local, {}, {}};
    std::unique_ptr<core::Node> node;
    core::Effects effects;

    void start() { node = std::make_unique<core::Node>(options); }
    void step(const core::Input& input) {
        effects.clear();
        node->step(input, now, store, effects);
    }
    void known(std::uint8_t number, bool pinned = false) {
        core::KnownPeer out;
        out.peer = peer_key(number);
        out.pinned = pinned;
        out.added = out.first_proved = out.last_seen = now.wall - base::Seconds(3 * 86400);
        options.known_peers.push_back(out);
    }
    void link(std::uint8_t number, std::uint64_t id, bool outbound, bool visit = false) {
        step(core::LinkUp{base::LinkId{id}, peer_key(number), outbound});
        const auto hello = core::encode(
            core::Hello{core::protocol_version, static_cast<std::uint32_t>(item::Network::local),
                        now.wall, true, id, visit});
        step(core::FrameReceived{base::LinkId{id}, *hello});
    }
    std::string state(std::uint8_t number) const {
        return std::string(peer_state(*node, peer_key(number), now));
    }
    api::Status status(bool ready = true) const {
        api::Status out;
        fill_peers(out, *node, ready);
        return out;
    }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "who knows nobody is told what to do, unless there is a bootstrapper") {
    start();
    CHECK(status().peers().state() == "alone");
    CHECK(status().peers().detail() == "no peer is known: hearsay peers add ONION");
    options.discovery.bootstrappers = {peer_key(1)};
    start();
    CHECK(status().peers().state() == "connecting");
    CHECK(status().peers().detail() ==
          "0 of 8 links out, 0 in; knows 0 nodes; asks the bootstrapper");
    CHECK(status(false).peers().detail() == "0 of 8 links out, 0 in; knows 0 nodes; waits for Tor");
}

TEST_CASE_FIXTURE(Fixture, "the status counts links that stand, nodes known and nodes heard of") {
    for (std::uint8_t number = 1; number <= 3; ++number) known(number);
    options.candidates = {{peer_key(50), peer_key(1), now.wall},
                          {peer_key(51), peer_key(1), now.wall}};
    start();
    step(core::NetworkReady{true});
    link(1, 1, true);
    link(40, 2, false);
    link(41, 3, false, true);  // only a visit
    const api::Status out = status();
    CHECK(out.peers().state() == "connected");
    CHECK(out.peers().percent() == 66);
    CHECK(out.peers().detail().starts_with("1 of 8 links out, 1 in; knows 3 nodes, heard of "));
    CHECK(out.peers_known() == 3);
    CHECK(out.links_wanted() == 8);
}

TEST_CASE_FIXTURE(Fixture, "each state of a peer has its word") {
    for (std::uint8_t number = 1; number <= 4; ++number) known(number);
    options.discovery.degree = 2;
    options.known_peers[3].banned_until = now.wall + base::Seconds(60);
    options.known_peers[3].ban_reason = "lies";
    start();
    CHECK(state(1) == "waiting");
    CHECK(state(4) == "banned");
    link(40, 2, false);
    CHECK(state(40) == "linked");
    link(41, 3, false, true);
    CHECK(state(41) == "visiting");
    step(core::FrameReceived{base::LinkId{2}, base::to_bytes(std::string_view("\xff\xff"))});
    CHECK(state(40) == "shunned");
    CHECK(peer_to_api(*node, peer_key(40), now).score() > 0.9);
    step(core::NetworkReady{true});
    std::size_t dialling = 0;
    for (std::uint8_t number = 1; number <= 3; ++number)
        dialling += state(number) == "waiting" ? 0 : 1;
    CHECK(dialling >= 2);
    const api::Peer banned = peer_to_api(*node, peer_key(4), now);
    CHECK(banned.ban_reason() == "lies");
    CHECK(banned.banned_until().seconds() == 1'800'000'060);
    now.wall += base::Seconds(61);
    CHECK(peer_to_api(*node, peer_key(4), now).ban_reason().empty());
}

TEST_CASE_FIXTURE(Fixture, "a peer is told with its link, its place and how it is known") {
    known(1, true);
    start();
    step(core::NetworkReady{true});
    CHECK(state(1) == "dialling");
    link(1, 1, true);
    const api::Peer out = peer_to_api(*node, peer_key(1), now);
    CHECK(out.state() == "linked");
    CHECK(out.direction() == "outbound");
    CHECK(out.place() == "pinned");
    CHECK(out.manual());
    CHECK(out.in_table());
    CHECK_FALSE(out.hearsay());
    CHECK(out.first_proved().seconds() == 1'800'000'000 - 3 * 86400);
    CHECK(out.connected_since().seconds() == 1'800'000'000);
    CHECK(is_known(*node, peer_key(1)));
    CHECK_FALSE(is_known(*node, peer_key(2)));
}

}  // namespace hearsay::app
