// Runs in which nodes find each other, at sizes of seconds.
#include "base/limits/discovery.hpp"

#include <doctest/doctest.h>

#include "core/messages.hpp"
#include "run_support.hpp"

using namespace hearsay;

namespace {

sim::RunOptions options(const std::string& scenario, std::uint32_t nodes = 16) {
    return sim::small_run(scenario, nodes, 2);
}

// What node 5 does to each frame of this kind that it sends.
template <class Kind>
sim::RunOptions with(
    const std::function<void(const core::Send&, const Kind&, core::Effects&)>& change) {
    sim::RunOptions out = options("join-storm");
    out.sabotage = [change](std::uint32_t node, core::Effects& effects) {
        if (node != 5) return;
        for (std::size_t at = 0, all = effects.size(); at < all; ++at) {
            const auto* send = std::get_if<core::Send>(&effects[at]);
            const auto message =
                send ? core::parse(*send->frame) : std::unexpected(base::Fault::frame_malformed);
            if (message && std::holds_alternative<Kind>(*message))
                change(core::Send(*send), std::get<Kind>(*message), effects);
        }
    };
    return out;
}

}  // namespace

TEST_CASE("nodes that know nobody but a seed are soon one network, and find who is where") {
    const sim::Outcome outcome = sim::World(options("join-storm")).run();
    CHECK_MESSAGE(outcome.failures.empty(),
                  (outcome.failures.empty() ? "" : outcome.failures.front()));
    CHECK(sim::figure(outcome, "connected_share") == 1.0);
    CHECK(sim::figure(outcome, "components") == 1.0);
    CHECK(sim::figure(outcome, "two_honest_outbound_share") == 1.0);
    CHECK(sim::figure(outcome, "closest_found_share") > 0.99);
    CHECK(outcome.settled_ms > 0);
    CHECK(outcome.settled_ms < 600'000);
    CHECK(outcome.delivered_share == 1.0);
}

TEST_CASE("with discovery, too, the same seed makes the same run") {
    CHECK(sim::World(options("seeds-gone")).run().digest ==
          sim::World(options("seeds-gone")).run().digest);
}

TEST_CASE("a network in which nobody asks does not settle, and that is noticed") {
    sim::RunOptions mute = options("join-storm");
    mute.sabotage = [](std::uint32_t, core::Effects& effects) {
        std::erase_if(effects, [](const core::Effect& effect) {
            const auto* send = std::get_if<core::Send>(&effect);
            const auto message =
                send ? core::parse(*send->frame) : std::unexpected(base::Fault::frame_malformed);
            return message && std::holds_alternative<core::Find>(*message);
        });
    };
    const sim::Outcome outcome = sim::World(mute).run();
    CHECK(sim::mentions(outcome, "not settled within 600 s"));
    CHECK(sim::figure(outcome, "connected_share") < 1.0);
}

TEST_CASE("a node that tells of others by hearsay, asks too much or answers unasked is noticed") {
    const auto hearsay = with<core::Contacts>([](const auto& send, const auto& contacts,
                                                 auto& effects) {
        core::Contacts told{contacts.number, {base::PeerId{{77}}}};
        for (core::Effect& effect : effects)
            if (auto* sent = std::get_if<core::Send>(&effect); sent && sent->frame == send.frame)
                sent->frame = core::encode(told);
    });
    CHECK(sim::mentions(sim::World(hearsay).run(), "S10: it tells of a node that never answered"));
    const auto curious = with<core::Find>([](const auto& send, const auto& find, auto& effects) {
        for (std::int64_t more = 0; more < base::limits::find_burst; ++more)
            effects.emplace_back(core::Send{send.link, core::encode(find)});
    });
    CHECK(
        sim::mentions(sim::World(curious).run(), "S6: more questions over a link than the limit"));
    const auto eager =
        with<core::Contacts>([](const auto& send, const auto& contacts, auto& effects) {
            effects.emplace_back(core::Send{send.link, core::encode(contacts)});
        });
    CHECK(sim::mentions(sim::World(eager).run(), "S6: an answer that nobody asked for"));
}

TEST_CASE("what discovery costs is measured, and held against what the scenario allows") {
    sim::RunOptions still = options("idle", 64);  // fewer know each other all
    still.scenario.faults_s = 4000;
    const sim::Outcome outcome = sim::World(still).run();
    CHECK(outcome.failures.empty());
    CHECK(sim::figure(outcome, "idle_circuits_per_hour") > 0);
    CHECK(sim::figure(outcome, "idle_bytes_per_s") > 0);
    still.scenario.idle_bytes = 1;
    still.scenario.idle_circuits = 1;
    const sim::Outcome poor = sim::World(still).run();
    CHECK(sim::mentions(poor, "bytes a second"));
    CHECK(sim::mentions(poor, "circuits an hour"));
}

TEST_CASE("nodes among liars hold the links that the scenario wants, or it fails") {
    // Of ten nodes one may be dialled by all the others: then it has honest links,
    // and none is outbound.
    sim::RunOptions beset = options("sybil-4to1", 20);
    const sim::Outcome outcome = sim::World(beset).run();
    CHECK(sim::figure(outcome, "two_honest_outbound_share") == 1.0);
    CHECK(sim::figure(outcome, "one_honest_outbound_share") == 1.0);
    // A node that dials nobody after its restart has no such link.
    beset.sabotage = [](std::uint32_t node, core::Effects& effects) {
        if (node == 3)
            std::erase_if(effects, [](const auto& effect) {
                return std::holds_alternative<core::Dial>(effect);
            });
    };
    beset.scenario.calm_s = 60;  // what it did not hear it will not
    CHECK(sim::mentions(sim::World(beset).run(), "% of the nodes have an honest outbound link"));
}
