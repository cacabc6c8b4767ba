// Disks that are lost or full in a world, and that the checks notice what a broken market makes of
// it.
#include <doctest/doctest.h>

#include "run_support.hpp"

using namespace hearsay;

namespace {

sim::RunOptions options(const std::string& scenario) {
    return sim::small_run(scenario, 12, 6, {"warmup_offers=4"});
}

template <class Wish>
auto without() {
    return [](std::uint32_t, market::Effects& wishes) {
        std::erase_if(wishes, [](const auto& wish) { return std::holds_alternative<Wish>(wish); });
    };
}

}  // namespace

TEST_CASE(
    "users come back by words and by backups while the network runs, and nothing else is lost") {
    double erased = 0;  // in a run of this size it may be none
    for (const std::uint64_t seed : {1, 2, 3}) {
        CAPTURE(seed);
        sim::RunOptions run = options("recovery");
        run.seed = seed;
        run.scenario.recover = 40;
        run.scenario.restore = 40;
        const sim::Outcome outcome = sim::World(run).run();
        for (const std::string& failure : outcome.failures) MESSAGE(failure);
        CHECK(outcome.failures.empty());
        CHECK(sim::figure(outcome, "disks_lost") >= 2);
        CHECK(sim::figure(outcome, "came_back") == sim::figure(outcome, "disks_lost"));
        erased += sim::figure(outcome, "mails_erased");
    }
    CHECK(erased >= 3);
}

TEST_CASE("a disk that is full for a while costs nothing that was kept") {
    sim::RunOptions run = options("calm");
    run.scenario.full = 2000;
    run.scenario.mails = 100;
    const sim::Outcome outcome = sim::World(run).run();
    for (const std::string& failure : outcome.failures) MESSAGE(failure);
    CHECK(outcome.failures.empty());
    CHECK(sim::figure(outcome, "disks_full") >= 2);
}

TEST_CASE("a market that does not look for its own after a recovery is noticed") {
    sim::RunOptions broken = options("recovery");
    broken.scenario.recover = 100;
    broken.scenario.restore = 0;
    broken.scenario.remove = 0;
    broken.sabotage_market = without<market::ListPersonas>();
    CHECK(sim::mentions(sim::World(broken).run(), "does not know its own item"));
}

TEST_CASE("a key that stays in the vault's file after its time is noticed") {
    sim::RunOptions broken = options("calm");
    broken.scenario.mails = 100;
    broken.scenario.forget = 100;
    broken.scenario.faults_s = 2400;
    broken.sabotage_market = without<market::SaveVault>();
    CHECK(sim::mentions(sim::World(broken).run(), "S11"));
}
