// Markets in a world: what they do, and that the checks notice when they do it wrong.
#include <set>

#include <doctest/doctest.h>

#include "run_support.hpp"

using namespace hearsay;

namespace {

sim::RunOptions options(const std::string& scenario, std::uint64_t seed = 1) {
    sim::RunOptions out = sim::small_run(scenario, 16, 6, {"warmup_offers=8"});
    out.seed = seed;
    return out;
}

sim::RunOptions with_mail() {
    sim::RunOptions out = options("calm");
    out.scenario.mails = 100;
    return out;
}

bool is_arrival(const market::Effect& wish) {
    const auto* tell = std::get_if<market::Tell>(&wish);
    return tell && tell->what == market::Happening::mail_arrived;
}

}  // namespace

TEST_CASE("in the calm every mail and every answer arrives once") {
    const sim::Outcome outcome = sim::World(with_mail()).run();
    CHECK(outcome.failures.empty());
    CHECK(sim::figure(outcome, "mails_sent") >= 6);
    CHECK(sim::figure(outcome, "mails_arrived") == sim::figure(outcome, "mails_sent"));
    CHECK(sim::figure(outcome, "mail_t50_ms") > 0);
}

TEST_CASE(
    "with crashes in each step of a commit nothing that was kept is lost, told twice or made "
    "twice") {
    sim::RunOptions rough = options("mail");
    rough.scenario.crash = 2000;
    rough.offers = 10;
    auto saved = std::make_shared<std::size_t>(0);
    rough.sabotage_market = [saved](std::uint32_t, market::Effects& wishes) {
        for (const market::Effect& wish : wishes)
            *saved += std::holds_alternative<market::SaveVault>(wish) ? 1 : 0;
    };
    for (const std::uint64_t seed : {1, 2}) {
        rough.seed = seed;
        const sim::Outcome outcome = sim::World(rough).run();
        CHECK(outcome.failures.empty());
        CHECK(sim::figure(outcome, "mails_arrived") > 0);
    }
    CHECK(*saved > 0);
}

TEST_CASE(
    "each offer of a maker has a persona and a mailbox of its own, and an update keeps them") {
    sim::RunOptions run = options("calm");
    run.scenario.update = 100;
    run.scenario.faults_s = 1800;
    auto made = std::make_shared<std::map<item::ThingId, std::vector<item::ReadPtr>>>();
    run.sabotage_market = [made](std::uint32_t, market::Effects& wishes) {
        for (const market::Effect& wish : wishes)
            if (const auto* submit = std::get_if<market::Submit>(&wish))
                (*made)[item::thing_of(*submit->item->header.publication())].push_back(
                    submit->item);
    };
    CHECK(sim::World(run).run().failures.empty());
    std::set<base::PublisherKey> personas;
    std::set<base::MailboxId> mailboxes;
    std::size_t updated = 0;
    for (const auto& [thing, versions] : *made) {
        personas.insert(versions.front()->header.publication()->publisher);
        mailboxes.insert(*versions.front()->header.publication()->mailbox);
        if (versions.size() == 1) continue;
        ++updated;
        CHECK(versions[1]->header.publication()->sequence == 2);
        CHECK(versions[1]->header.publication()->mailbox ==
              versions[0]->header.publication()->mailbox);
    }
    CHECK(made->size() == 6 + 8);
    CHECK(personas.size() == made->size());
    CHECK(mailboxes.size() == made->size());
    CHECK(updated == 6);
}

TEST_CASE("a user who is told twice of a mail is noticed") {
    sim::RunOptions broken = with_mail();
    broken.sabotage_market = [](std::uint32_t, market::Effects& wishes) {
        for (std::size_t i = 0, all = wishes.size(); i < all; ++i)
            if (is_arrival(wishes[i])) {
                const market::Effect again = wishes[i];
                wishes.push_back(again);
            }
    };
    CHECK(sim::mentions(sim::World(broken).run(), "S9: its user is told twice of mail"));
}

TEST_CASE("a mail that no worker tried to open is noticed as lost") {
    sim::RunOptions broken = with_mail();
    broken.sabotage_market = [](std::uint32_t, market::Effects& wishes) {
        std::erase_if(
            wishes, [](const auto& wish) { return std::holds_alternative<market::TryOpen>(wish); });
    };
    const sim::Outcome outcome = sim::World(broken).run();
    CHECK(sim::mentions(outcome, "liveness: mail 0"));
    CHECK(sim::mentions(outcome, "did not arrive"));
    CHECK(sim::mentions(outcome, "the inbox lacks"));
}

TEST_CASE("a market that tells of no mail that it keeps is noticed") {
    sim::RunOptions broken = with_mail();
    broken.sabotage_market = [](std::uint32_t, market::Effects& wishes) {
        std::erase_if(wishes, is_arrival);
    };
    CHECK(sim::mentions(sim::World(broken).run(), "did not arrive"));
}

TEST_CASE("an offer whose work nobody does is noticed as not heard back") {
    sim::RunOptions broken = options("calm");
    broken.sabotage_market = [](std::uint32_t, market::Effects& wishes) {
        std::erase_if(wishes, [](const auto& wish) {
            return std::holds_alternative<market::FindWork>(wish);
        });
    };
    CHECK(sim::mentions(sim::World(broken).run(), "has not heard back"));
}

TEST_CASE("in a large run only those have a market who do something") {
    sim::RunOptions large = with_mail();
    large.nodes = sim::all_persons_max + 1;
    large.offers = 3;
    large.scenario.faults_s = 700;
    std::set<std::uint32_t> busy;
    large.sabotage_market = [&busy](std::uint32_t node, market::Effects&) { busy.insert(node); };
    const sim::Outcome outcome = sim::World(large).run();
    CHECK(outcome.failures.empty());
    CHECK(sim::figure(outcome, "mails_arrived") >= 1);
    CHECK(busy.size() >= 3);
    CHECK(busy.size() < 20);
}
