// Which items a run finds to be late, and what it says of each.

#include <doctest/doctest.h>

#include "run_support.hpp"

using namespace hearsay;

namespace {

sim::RunOptions options(const std::string& scenario, const std::vector<std::string>& changes = {}) {
    return sim::small_run(scenario, 16, 4, changes);
}

// In a run in which an item is late after a second, so that all are and tell to whom they were
// handed.
std::vector<std::string> ways_among(const std::string& vice) {
    sim::RunOptions hasty =
        options("byzantine-33", {"timely_s=1", "update=0", "remove=0", "brief=0", vice});
    hasty.offers = 12;
    return sim::World(hasty).run().timely.reasons;
}

}  // namespace

TEST_CASE("in the calm every item is in time, and the last node's wait is told") {
    const sim::Timeliness timely =
        sim::World(options("calm", {"timely_permille=1000"})).run().timely;
    CHECK(timely.items == 4);
    CHECK(timely.late == 0);
    CHECK(timely.share() == 1.0);
    CHECK(timely.everywhere_t50_ms > 0);
    CHECK(timely.everywhere_most_ms >= timely.everywhere_t99_ms);
    CHECK(timely.reasons.empty());
}

TEST_CASE("an item that one node lacks when it is due is late, with that node and its links") {
    sim::RunOptions deaf = options("calm");
    deaf.sabotage = [](std::uint32_t node, core::Effects& effects) {
        if (node == 3)
            std::erase_if(effects, [](const auto& effect) {
                return std::holds_alternative<core::Verify>(effect);
            });
    };
    const sim::Timeliness timely = sim::World(deaf).run().timely;
    CHECK(timely.late == timely.items);
    REQUIRE(!timely.reasons.empty());
    CHECK(sim::mentions(timely.reasons, "1 of 16 nodes lacked it 900 s after it was made"));
    CHECK(sim::mentions(timely.reasons, "injected 1 times: "));
    CHECK(sim::mentions(timely.reasons, "; node 3 had "));
}

TEST_CASE("a run fails if fewer items are in time than its scenario asks for") {
    const sim::Outcome strict =
        sim::World(options("calm", {"timely_s=1", "timely_permille=1000"})).run();
    CHECK(sim::mentions(strict.failures, "not in time: 4 of 4 items"));
    CHECK(sim::World(options("calm", {"timely_s=1"})).run().failures.empty());
}

TEST_CASE("what expires before it is due is not counted") {
    const std::vector<std::string> brief{"brief=100", "publish_s=1", "faults_s=2400"};
    const auto counted = [&](const std::string& within) {
        std::vector<std::string> changes = brief;
        changes.push_back(within);
        return sim::World(options("calm", changes)).run().timely.items;
    };
    CHECK(counted("timely_s=300") == 4);
    CHECK(counted("timely_s=1900") == 0);
}

TEST_CASE(
    "a late item tells to whom it was handed, and byzantine nodes have the one vice that is asked "
    "for") {
    const auto sinks = ways_among("vice=3");
    CHECK(sim::mentions(sinks, " (sink) +"));
    CHECK(!sim::mentions(sinks, "(denier)"));
    const auto deniers = ways_among("vice=6");
    CHECK(sim::mentions(deniers, " (denier) +"));
    CHECK(!sim::mentions(deniers, "(sink)"));
}

TEST_CASE("liars alone are refused where nobody finds anybody") {
    const std::string liars = "byzantine = 20\nvice = " + std::to_string(sim::vice_count) + "\n";
    CHECK(!sim::parse_scenario("mine", liars));
    CHECK(sim::parse_scenario("mine", liars + "discover = 1\n"));
    CHECK(!sim::parse_scenario("mine", "vice = " + std::to_string(sim::all_vices + 1) + "\n"));
}
