// Each vice against one real node: what a lie costs the liar, and what it must not do to the node.
#include "sim/byzantine.hpp"

#include <algorithm>

#include <doctest/doctest.h>

#include "base/limits/links.hpp"
#include "base/limits/retention.hpp"
#include "core/discovery/routing_table.hpp"
#include "core/node.hpp"
#include "sim/memory_store.hpp"
#include "sim/oracle.hpp"

using namespace hearsay;
using base::Millis;
using base::MonoTime;
using sim::Vice;

namespace {

constexpr base::WallTime noon = base::from_unix_seconds(1'800'000'000);

core::KnownPeer known(const base::PeerId& peer) {
    core::KnownPeer out;
    out.peer = peer;
    out.pinned = true;
    out.added = noon;
    return out;
}

// A node that holds a few items and a byzantine peer, over a link without latency.
struct Duel {
    base::PeerId node_id{{1}};
    base::PeerId byzantine_id{{2}};
    base::LinkId link{1};
    MonoTime now{Millis(1000)};
    sim::Oracle oracle{base::Rng(base::Secret{})};
    sim::MemoryStore store;
    core::Node node;
    sim::Byzantine byzantine;
    std::deque<std::pair<bool, core::Input>> waiting;  // to the node, or else to its peer
    bool up = false;
    std::optional<base::Fault> ended;
    std::size_t frames_from_byzantine = 0;

    explicit Duel(Vice vice)
        : node({node_id, item::Network::sim, base::Secret{{7}}, {known(byzantine_id)}}),
          byzantine(vice, {}, base::Rng(base::Secret{{9}}), nullptr) {
        for (int i = 0; i < 20; ++i) {
            const auto number = oracle.make(noon, now, base::Seconds(86400), sim::Purpose::offer);
            store.apply(core::Store{oracle[number].item, noon + base::Seconds(86400)});
        }
        store.commit();
    }
    base::Now time() const {
        return {now, noon + std::chrono::duration_cast<base::Seconds>(now.time_since_epoch())};
    }

    // In order, as over one circuit; a duel has an end.
    void settle() {
        while (!waiting.empty() && frames_from_byzantine < 20'000) {
            const auto [to_node, input] = std::move(waiting.front());
            waiting.pop_front();
            if (to_node)
                step_node(input);
            else
                step_byzantine(input);
        }
    }
    void step_node(const core::Input& input) {
        core::Effects out;
        node.step(input, time(), store, out);
        for (const core::Effect& effect : out) {
            const bool is_stores = std::holds_alternative<core::Store>(effect) ||
                                   std::holds_alternative<core::Forget>(effect) ||
                                   std::holds_alternative<core::Sweep>(effect);
            if (!is_stores) continue;
            store.apply(effect);
            REQUIRE(store.commit());
        }
        for (const core::Effect& effect : out) {
            if (const auto* gone = std::get_if<core::Disconnect>(&effect)) {
                up = false;
                ended = gone->fault;
                waiting.clear();
            }
            if (const auto* send = std::get_if<core::Send>(&effect); send && up)
                waiting.emplace_back(false, core::FrameReceived{link, *send->frame});
            if (const auto* verify = std::get_if<core::Verify>(&effect))
                waiting.emplace_back(true,
                                     core::Verified{verify->job, oracle.verdict(*verify->item)});
        }
    }
    void step_byzantine(const core::Input& input) {
        core::Effects out;
        byzantine.step(input, time(), out);
        for (const core::Effect& effect : out) {
            const auto* send = std::get_if<core::Send>(&effect);
            if (!send || !up) continue;
            ++frames_from_byzantine;
            waiting.emplace_back(true, core::FrameReceived{link, *send->frame});
        }
    }
    void connect(bool node_dials) {
        up = true;
        if (node_dials) {
            waiting.emplace_back(true, core::NetworkReady{true});
            waiting.emplace_back(true, core::AddPeer{byzantine_id, true});
        }
        waiting.emplace_back(false, core::LinkUp{link, node_id, !node_dials});
        waiting.emplace_back(true, core::LinkUp{link, byzantine_id, node_dials});
        settle();
    }
    void pass(int seconds) {
        for (; seconds > 0 && up; --seconds) {
            now += Millis(1000);
            waiting.emplace_back(false, core::TimerFired{});
            settle();
            if (up && node.next_deadline() <= now) waiting.emplace_back(true, core::TimerFired{});
            if (up) waiting.emplace_back(true, core::LinkDrained{link});
            settle();
        }
    }
};

}  // namespace

TEST_CASE("no vice talks a node into storing or losing anything, whoever dialled") {
    for (std::uint32_t vice = 0; vice < sim::all_vices; ++vice)
        for (const bool node_dials : {false, true}) {
            Duel duel{Vice(vice)};
            const std::string side = node_dials ? ", dialled" : ", dialling";
            INFO(sim::name_of(Vice(vice)) << side);
            duel.connect(node_dials);
            duel.pass(900);
            CHECK(duel.frames_from_byzantine > 1);
            CHECK(duel.frames_from_byzantine < 20'000);
            CHECK(duel.store.alive_count() == 20);
        }
}

TEST_CASE("a floorer says that it takes nothing, and nobody is shunned for it") {
    Duel duel{Vice::floorer};
    duel.connect(true);
    duel.pass(600);
    CHECK(!duel.ended);
    item::Floors believed{};
    believed.fill(base::limits::believed_levels);  // so far, and no further
    // Of pictures it is no price: who says so wants none.
    believed[static_cast<std::size_t>(item::StoreClass::pictures)] = 0;
    CHECK(duel.node.price() == believed);
    CHECK(duel.node.retention().floors() == item::Floors{});
}

TEST_CASE("a spammer floods over links that greeted, and remembers the floors it was told") {
    Duel duel{Vice::spammer};
    const auto number =
        duel.oracle.make_spam({item::kind_offer, 400, base::Seconds(86400), 3, {}}, noon, duel.now);
    core::Effects nobody;
    duel.byzantine.flood(duel.oracle[number].item, nobody);
    CHECK(nobody.empty());
    duel.connect(true);
    const core::FramePtr told = core::encode(core::Floor{{0, 4, 0, 0, 9}});
    duel.step_byzantine(core::FrameReceived{duel.link, *told});
    CHECK(duel.byzantine.floors() == item::Floors{0, 4, 0, 0, 9});
    core::Effects out;
    duel.byzantine.flood(duel.oracle[number].item, out);
    REQUIRE(out.size() == 1);
    duel.waiting.emplace_back(
        true, core::FrameReceived{duel.link, *std::get<core::Send>(out.front()).frame});
    duel.settle();
    CHECK(duel.store.presence(duel.oracle[number].item->id) == core::Presence::alive);
}

TEST_CASE("symbols that never decode end the link") {
    Duel duel{Vice::garbler};
    duel.connect(true);
    duel.pass(3600);
    REQUIRE(duel.ended);
    CHECK(base::cost(*duel.ended) == base::Cost::link);
}

TEST_CASE("asking for symbols without end ends the link") {
    Duel duel{Vice::garbler};
    duel.connect(false);
    duel.pass(3600);
    REQUIRE(duel.ended);
    CHECK(base::cost(*duel.ended) == base::Cost::link);
}

TEST_CASE("promised items that never come leave the view unmatched") {
    Duel duel{Vice::promiser};
    duel.connect(true);
    duel.pass(3600);
    CHECK(!duel.node.in_sync(duel.link));
}

TEST_CASE("a forger is found out") {
    Duel duel{Vice::forger};
    duel.connect(true);
    duel.pass(600);
    REQUIRE(duel.ended);
    CHECK(base::cost(*duel.ended) == base::Cost::link);
}

TEST_CASE("asked for contacts, a liar names the nearest of its accomplices") {
    std::vector<base::PeerId> peers;
    for (std::uint8_t number = 1; number <= 40; ++number) peers.push_back(base::PeerId{{number}});
    const auto liars = std::make_shared<const sim::Liars>(peers);
    sim::Byzantine liar(Vice::liar, {}, base::Rng(base::Secret{{9}}), liars);
    core::Effects out;
    const base::LinkId link{1};
    liar.step(core::LinkUp{link, base::PeerId{{200}}, false}, {MonoTime{}, noon}, out);
    out.clear();
    const base::NodeId target = core::node_id_of(peers[7]);
    liar.step(core::FrameReceived{link, *core::encode(core::Find{3, target})}, {MonoTime{}, noon},
              out);
    REQUIRE(out.size() == 1);
    const auto answer = std::get<core::Contacts>(*core::parse(*std::get<core::Send>(out[0]).frame));
    CHECK(answer.number == 3);
    REQUIRE(answer.peers.size() == base::limits::contacts_per_answer_max);
    std::ranges::sort(peers, [&](const base::PeerId& a, const base::PeerId& b) {
        return core::is_closer(target, core::node_id_of(a), core::node_id_of(b));
    });
    peers.resize(answer.peers.size());
    CHECK(answer.peers == peers);
}
