// Disks that are lost or full in a world,
// and that the checks notice what a broken market makes of it.
#include <doctest/doctest.h>

#include "sim/world.hpp"

using namespace hearsay;

namespace {

sim::RunOptions options(const std::string& scenario) {
    sim::RunOptions out;
    out.scenario = *sim::find_scenario(scenario);
    out.scenario.warmup_offers = 4;
    out.nodes = 12;
    out.offers = 6;
    return out;
}

bool mentions(const sim::Outcome& outcome, const std::string& words) {
    for (const std::string& failure : outcome.failures)
        if (failure.find(words) != std::string::npos) return true;
    return false;
}

double value(const sim::Outcome& outcome, const std::string& name) {
    for (const auto& [known, number] : outcome.extra)
        if (known == name) return number;
    return -1;
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
    for (const std::uint64_t seed : {1, 2}) {
        CAPTURE(seed);
        sim::RunOptions run = options("recovery");
        run.seed = seed;
        run.scenario.recover = 40;
        run.scenario.restore = 40;
        const sim::Outcome outcome = sim::World(run).run();
        for (const std::string& failure : outcome.failures) MESSAGE(failure);
        CHECK(outcome.failures.empty());
        CHECK(value(outcome, "disks_lost") >= 2);
        CHECK(value(outcome, "came_back") == value(outcome, "disks_lost"));
        CHECK(value(outcome, "mails_erased") >= 1);
    }
}

TEST_CASE("a disk that is full for a while costs nothing that was kept") {
    sim::RunOptions run = options("calm");
    run.scenario.full = 2000;
    run.scenario.mails = 100;
    const sim::Outcome outcome = sim::World(run).run();
    for (const std::string& failure : outcome.failures) MESSAGE(failure);
    CHECK(outcome.failures.empty());
    CHECK(value(outcome, "disks_full") >= 2);
}

TEST_CASE("a market that does not look for its own after a recovery is noticed") {
    sim::RunOptions broken = options("recovery");
    broken.scenario.recover = 100;
    broken.scenario.restore = 0;
    broken.scenario.remove = 0;
    broken.sabotage_market = without<market::ListPersonas>();
    CHECK(mentions(sim::World(broken).run(), "does not know its own item"));
}

TEST_CASE("a key that stays in the vault's file after its time is noticed") {
    sim::RunOptions broken = options("calm");
    broken.scenario.mails = 100;
    broken.scenario.forget = 100;
    broken.scenario.faults_s = 2400;
    broken.sabotage_market = without<market::SaveVault>();
    CHECK(mentions(sim::World(broken).run(), "S11"));
}
