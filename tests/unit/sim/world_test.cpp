#include <doctest/doctest.h>

#include "base/limits/relay.hpp"
#include "run_support.hpp"
#include "sim/command.hpp"
#include "sim/experiments.hpp"

using namespace hearsay;

namespace {

sim::RunOptions options(const std::string& scenario, std::uint64_t seed = 1) {
    sim::RunOptions out;
    out.scenario = *sim::find_scenario(scenario);
    out.nodes = 16;
    out.offers = 4;
    out.seed = seed;
    out.relay = core::RelayMode::flood;
    return out;
}

}  // namespace

TEST_CASE("in the calm everything is everywhere, and flooding sends about degree - 1 copies") {
    const sim::Outcome outcome = sim::World(options("calm")).run();
    CHECK(outcome.failures.empty());
    CHECK(outcome.delivered_share == 1.0);
    CHECK(outcome.deliveries == 4 * 16);  // the maker's own copy comes over a link, too
    CHECK(outcome.copies_per_delivery > 4);
    CHECK(outcome.copies_per_delivery < 8);
    CHECK(outcome.t50_ms > 0);
    CHECK(outcome.t99_ms >= outcome.t50_ms);
    CHECK(outcome.back_t50_ms > outcome.t50_ms);
}

TEST_CASE("the same seed makes the same run, another seed another") {
    const sim::Outcome once = sim::World(options("churn")).run();
    const sim::Outcome again = sim::World(options("churn")).run();
    CHECK(once.digest == again.digest);
    CHECK(once.steps == again.steps);
    CHECK(once.t99_ms == again.t99_ms);
    CHECK(sim::World(options("churn", 2)).run().digest != once.digest);
}

TEST_CASE("a network that cannot deliver fails its liveness") {
    sim::RunOptions deaf = options("calm");
    deaf.sabotage = [](std::uint32_t node, core::Effects& effects) {
        if (node == 3)
            std::erase_if(effects, [](const auto& effect) {
                return std::holds_alternative<core::Verify>(effect);
            });
    };
    const sim::Outcome outcome = sim::World(deaf).run();
    CHECK(sim::mentions(outcome, "liveness: node 3 lacks item"));
    CHECK(outcome.delivered_share < 1.0);
}

TEST_CASE("a node that sends a spoiled item fails, with a trace of that node") {
    sim::RunOptions broken = options("calm");
    broken.sabotage = [](std::uint32_t node, core::Effects& effects) {
        for (core::Effect& effect : effects)
            if (auto* send = std::get_if<core::Send>(&effect);
                send && node == 3 && send->frame->size() > 300) {
                auto spoiled = std::make_shared<base::Bytes>(*send->frame);
                (*spoiled)[spoiled->size() / 2] ^= 1;
                send->frame = spoiled;
            }
    };
    const sim::Outcome outcome = sim::World(broken).run();
    CHECK(sim::mentions(outcome, "node 3"));
    CHECK(sim::mentions(outcome, "S1"));
    CHECK(outcome.trace.find("node 3: ") != std::string::npos);
}

TEST_CASE("a node that sends its own item, or names it, before it came back fails") {
    bool whole = true;
    SUBCASE("whole") {}
    SUBCASE("its id") {
        whole = false;
    }
    sim::RunOptions broken = options("calm");
    auto links = std::make_shared<std::map<std::uint32_t, base::LinkId>>();
    broken.sabotage = [links, whole](std::uint32_t node, core::Effects& effects) {
        core::FramePtr frame;
        for (const core::Effect& effect : effects) {
            if (const auto* send = std::get_if<core::Send>(&effect))
                links->insert({node, send->link});
            const auto* inject = std::get_if<core::Inject>(&effect);
            if (inject)
                frame =
                    whole ? inject->frames.at(1) : core::encode(core::Have{1, {inject->id}, false});
        }
        if (frame && links->contains(node))
            effects.emplace_back(core::Send{links->at(node), frame});
    };
    CHECK(sim::mentions(sim::World(broken).run(), "S7: it sends its own item"));
}

TEST_CASE("a node that stores its own item before it came back fails") {
    sim::RunOptions broken = options("calm");
    broken.sabotage = [](std::uint32_t, core::Effects& effects) {
        item::ReadPtr own;
        for (const core::Effect& effect : effects) {
            const auto* inject = std::get_if<core::Inject>(&effect);
            if (!inject) continue;
            const auto items = core::parse(*inject->frames.at(1));
            REQUIRE(items);
            own = *item::read(std::get<core::Items>(*items).items.at(0), item::Network::sim);
        }
        if (!own) return;
        effects.emplace_back(core::Store{own, own->header.expires});
        effects.emplace_back(core::Notify{core::ItemStored{own}});
    };
    CHECK(sim::mentions(sim::World(broken).run(), "S7: it stores its own item"));
}

TEST_CASE("a node that tells of an item and does not store it fails") {
    sim::RunOptions broken = options("calm");
    broken.sabotage = [](std::uint32_t node, core::Effects& effects) {
        if (node != 3) return;
        std::erase_if(effects, [](const auto& effect) {
            return std::holds_alternative<core::Store>(effect);
        });
    };
    const sim::Outcome outcome = sim::World(broken).run();
    CHECK(sim::mentions(outcome, "S5"));
    CHECK(sim::mentions(outcome, "S4"));
}

TEST_CASE("a node at which a superseded item returns fails") {
    sim::RunOptions broken = options("churn");
    broken.offers = 20;
    auto first = std::make_shared<std::map<base::ItemId, core::Store>>();
    auto returning = std::make_shared<std::optional<core::Store>>();
    broken.sabotage = [first, returning](std::uint32_t node, core::Effects& effects) {
        if (node != 3) return;
        if (const auto back = std::exchange(*returning, std::nullopt)) {
            effects.emplace_back(*back);
            effects.emplace_back(core::Notify{core::ItemStored{back->item}});
        }
        for (core::Effect& effect : effects) {
            if (const auto* store = std::get_if<core::Store>(&effect))
                first->insert({store->item->id, *store});
            auto* forget = std::get_if<core::Forget>(&effect);
            if (!forget || !core::is_final(forget->reason)) continue;
            forget->remember_until = {};  // does not remember that it went
            if (const auto kept = first->find(forget->id); kept != first->end())
                *returning = kept->second;
        }
    };
    CHECK(sim::mentions(sim::World(broken).run(), "S3"));
}

TEST_CASE("what goes round in the warm-up is everywhere and in no figure") {
    sim::RunOptions warm = options("calm");
    warm.scenario.warmup_offers = 10;
    sim::RunOptions cold = options("calm");
    cold.scenario.warmup_offers = 0;
    const sim::Outcome with = sim::World(warm).run();
    const sim::Outcome without = sim::World(cold).run();
    CHECK(with.failures.empty());
    CHECK(with.deliveries == without.deliveries);
    CHECK(with.copies_per_delivery == doctest::Approx(without.copies_per_delivery).epsilon(0.3));
    CHECK(with.steps > without.steps + 10 * 15);
}

TEST_CASE("the relay that was asked for is the one that runs") {
    sim::RunOptions flood = options("calm");
    sim::RunOptions announce = options("calm");
    announce.relay = core::RelayMode::announce;
    const sim::Outcome flooded = sim::World(flood).run();
    const sim::Outcome announced = sim::World(announce).run();
    CHECK(announced.failures.empty());
    CHECK(announced.copies_per_delivery < flooded.copies_per_delivery / 2);
    CHECK(announced.t50_ms > flooded.t50_ms);
}

namespace {

// Node 3 sends this frame, too, in each step in which it sends any.
sim::RunOptions with_frame(core::FramePtr frame, std::size_t times = 1) {
    sim::RunOptions broken = options("calm");
    broken.sabotage = [frame, times](std::uint32_t node, core::Effects& effects) {
        for (std::size_t i = 0; node == 3 && i < effects.size(); ++i)
            if (const auto* send = std::get_if<core::Send>(&effects[i])) {
                const base::LinkId link = send->link;
                for (std::size_t more = 0; more < times; ++more)
                    effects.emplace_back(core::Send{link, frame});
                return;
            }
    };
    return broken;
}

}  // namespace

TEST_CASE("a frame that nobody may accept, a second Hello and rounds without pause are noticed") {
    const auto noise = std::make_shared<const base::Bytes>(base::Bytes(20, 0xff));
    CHECK(sim::mentions(sim::World(with_frame(noise)).run(), "S6: a frame that nobody may accept"));
    CHECK(sim::mentions(sim::World(with_frame(core::encode(core::Hello{}))).run(),
                        "S6: a second Hello"));
    CHECK(sim::mentions(sim::World(with_frame(core::encode(core::Compare{}))).run(),
                        "S6: rounds follow"));
    CHECK(sim::mentions(sim::World(with_frame(core::encode(core::More{1}), 10)).run(),
                        "S6: it asks for more"));
}

TEST_CASE("an honest node that is accused by another is noticed") {
    CHECK(sim::mentions(sim::World(with_frame(core::encode(core::Done{true}))).run(),
                        "S8: it ends the link"));
}

TEST_CASE("too many forgotten at once, or a dial without patience, are noticed") {
    sim::RunOptions broken = options("calm");
    broken.sabotage = [](std::uint32_t node, core::Effects& effects) {
        if (node != 3) return;
        for (core::Effect& effect : effects)
            if (auto* dial = std::get_if<core::Dial>(&effect)) dial->patience = base::Millis(0);
        effects.emplace_back(core::Sweep{{}, base::limits::sweep_memories_max + 1});
    };
    const sim::Outcome outcome = sim::World(broken).run();
    CHECK(sim::mentions(outcome, "S6: a sweep over the limit"));
    CHECK(sim::mentions(outcome, "S6: a dial with too little"));
}

TEST_CASE(
    "when most nodes crash for ever the others still have everything, and a small Kademlia has "
    "not") {
    sim::RunOptions lossy = options("availability");
    lossy.nodes = 40;
    const sim::Outcome outcome = sim::run_scenario(lossy);
    CHECK(outcome.failures.empty());
    const auto value = [&](const std::string& name) {
        for (const auto& [known, number] : outcome.extra)
            if (known == name) return number;
        return -1.0;
    };
    CHECK(value("found_share_full") == 1.0);
    CHECK(value("found_share_full_later_g90") == 1.0);
    CHECK(value("found_share_kademlia_8") < 1.0);
    CHECK(value("found_share_kademlia_8_g10") >= value("found_share_kademlia_8_g90"));
}

TEST_CASE("a scenario says in which line it is wrong") {
    const auto wrong = sim::parse_scenario("mine", "# words\nchurn = 20\n\nspam = lots\n");
    REQUIRE(!wrong);
    CHECK(wrong.error().text == "mine, line 4: spam is a whole number from 0 to 1000");
    CHECK(!sim::parse_scenario("mine", "chrun = 20\n"));
    CHECK(!sim::parse_scenario("mine", "byzantine = 61\n"));
    CHECK(!sim::find_scenario("no-such"));
}

TEST_CASE("all scenarios that were promised are there") {
    for (const char* name : {"calm",          "churn",           "partition",
                             "flash-crowd",   "cold-start",      "skewed-clocks",
                             "spam-10x",      "byzantine-20",    "byzantine-33",
                             "availability",  "synchronization", "spy",
                             "mail",          "join-storm",      "seeds-gone",
                             "replace-half",  "sybil-4to1",      "sybil-4to1-alone",
                             "partition-day", "lookups",         "idle"})
        CHECK_MESSAGE(sim::find_scenario(name).has_value(), name);
}

TEST_CASE("what is printed has the fields that others read, and the command that replays it") {
    sim::Outcome outcome;
    outcome.digest = "00";
    outcome.steps = 10;
    const std::string json = sim::to_json(options("calm", 9), outcome, 2);
    for (const char* field :
         {"scenario", "seed", "nodes", "delivered_share", "copies_per_delivery",
          "bytes_per_delivery", "t50_ms", "t99_ms", "steps", "steps_per_second", "digest"})
        CHECK_MESSAGE(json.find('"' + std::string(field) + "\":") != std::string::npos, field);
    CHECK(json.find("\"steps_per_second\":5,") != std::string::npos);
    CHECK(sim::replay_command(options("calm", 9)) ==
          "hearsay-sim run calm --nodes 16 --offers 4 --seed 9 --relay flood");
}
