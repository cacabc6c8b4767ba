// Full networks: what attackers make of their hashes, what a search for work takes, and that the
// rules of a store's budget notice when they are broken.
#include <algorithm>
#include <memory>

#include <doctest/doctest.h>

#include "run_support.hpp"

using namespace hearsay;

namespace {

sim::RunOptions options(const std::string& scenario, const std::vector<std::string>& changes = {}) {
    return sim::small_run(scenario, 12, 4, changes);
}

// Soon full, and over in an hour.
sim::RunOptions flooded(const std::vector<std::string>& changes = {}) {
    std::vector<std::string> all{"budget_kib=64",  "warmup_offers=4", "attack_from_s=600",
                                 "publish_s=3000", "faults_s=3600",   "calm_s=600",
                                 "mails=0"};
    all.insert(all.end(), changes.begin(), changes.end());
    return options("flood-gpu", all);
}

}  // namespace

TEST_CASE("a flood raises floors, what was there before stays, and new offers arrive at a price") {
    const sim::Outcome outcome = sim::World(flooded()).run();
    CHECK(outcome.failures.empty());
    CHECK(sim::figure(outcome, "attack_items") > 20);
    CHECK(sim::figure(outcome, "floor_most_offers") > 4);
    CHECK(sim::figure(outcome, "evictions_by_node") > 0);
    CHECK(sim::figure(outcome, "incumbents_kept_share") == 1);
    CHECK(sim::figure(outcome, "kept_from_before_share") == 1);
    CHECK(sim::figure(outcome, "held_most_by_budget") > 0.8);
    CHECK(sim::figure(outcome, "held_most_by_budget") <= 1);
    CHECK(sim::figure(outcome, "offers_everywhere_share") == 1);
    CHECK(sim::figure(outcome, "offers_core_most_s") >
          sim::figure(outcome, "offers_core_t50_s") / 2);
}

TEST_CASE("attackers have as much less as the budgets are smaller, and floors rise alike") {
    const sim::Outcome small = sim::World(flooded({"budget_kib=64"})).run();
    const sim::Outcome large = sim::World(flooded({"budget_kib=128"})).run();
    const double ratio = sim::figure(large, "attack_items") / sim::figure(small, "attack_items");
    CHECK(ratio > 1.4);
    CHECK(ratio < 2.9);
    const double between =
        sim::figure(large, "floor_most_offers") - sim::figure(small, "floor_most_offers");
    CHECK(std::max(between, -between) <= 4);  // a doubling
}

TEST_CASE("a node that keeps what should have made room is above its budget") {
    sim::RunOptions broken = flooded();
    broken.sabotage = [](std::uint32_t node, core::Effects& effects) {
        if (node != 5) return;
        std::erase_if(effects, [](const auto& effect) {
            const auto* forget = std::get_if<core::Forget>(&effect);
            return forget && forget->reason == core::ForgetReason::evicted;
        });
    };
    CHECK(sim::mentions(sim::World(broken).run(), "S12: it holds"));
}

TEST_CASE("a node that evicts an incumbent fails") {
    sim::RunOptions broken = flooded();
    auto first = std::make_shared<std::optional<base::ItemId>>();
    broken.sabotage = [first](std::uint32_t node, core::Effects& effects) {
        if (node != 5) return;
        if (const auto gone = std::exchange(*first, std::nullopt)) {
            effects.emplace_back(
                core::Forget{*gone, core::ForgetReason::evicted, base::WallTime{}});
            return;
        }
        for (const core::Effect& effect : effects)
            if (const auto* store = std::get_if<core::Store>(&effect))
                if (store->pile == core::pile_incumbents) *first = store->item->id;
    };
    CHECK(sim::mentions(sim::World(broken).run(), "S13: it evicts an incumbent"));
}

TEST_CASE("a search for work takes the time of one core, where the scenario asks for it") {
    const sim::Outcome at_once = sim::World(options("calm")).run();
    const sim::Outcome searched = sim::World(options("calm", {"search=1"})).run();
    CHECK(searched.failures.empty());
    CHECK(searched.digest != at_once.digest);
    // 560 x (1687 + 1000) x (1 + 604800 / 65536) hashes at 7.7 million a second
    CHECK(sim::figure(searched, "offers_core_t50_s") > 1.9);
    CHECK(sim::figure(searched, "offers_core_t50_s") < 2.1);
    CHECK(sim::figure(searched, "offers_wait_t50_s") > 1.9);
    CHECK(sim::figure(searched, "offers_searches") == 1);
}

TEST_CASE("attackers who are no spammers, or without a budget to fill, are refused") {
    sim::Scenario scenario = *sim::find_scenario("flood-gpu");
    REQUIRE(sim::change(scenario, "vice=3"));
    CHECK(!sim::check(scenario));
    REQUIRE(sim::change(scenario, "vice=16"));
    CHECK(sim::check(scenario));
    REQUIRE(sim::change(scenario, "budget_kib=0"));
    CHECK(!sim::check(scenario));
}

TEST_CASE("spam is of the kind, the level and about the size that was ordered") {
    sim::Oracle oracle{base::Rng(base::Secret{})};
    constexpr base::WallTime noon = base::from_unix_seconds(1'800'000'000);
    for (const item::Kind kind : {item::kind_mail, item::kind_offer, item::Kind{8}}) {
        const auto number =
            oracle.make_spam({kind, 5000, base::Seconds(86400), 9, {}}, noon, base::MonoTime{});
        const item::Read& item = *oracle[number].item;
        CHECK(item.header.kind == kind);
        CHECK(item::level_of(item) == 9);
        CHECK(item.item.size() > 4900);
        CHECK(item.item.size() < 5500);
        CHECK(oracle.is_genuine(item));
    }
}

TEST_CASE("ground ids lie nearer than others") {
    sim::Oracle oracle{base::Rng(base::Secret{})};
    constexpr base::WallTime noon = base::from_unix_seconds(1'800'000'000);
    const base::ItemId aim{};
    int nearer = 0;
    for (int i = 0; i < 20; ++i) {
        const auto ground = oracle.make_spam({item::kind_offer, 300, base::Seconds(86400), 0, aim},
                                             noon, base::MonoTime{});
        const auto any = oracle.make_spam({item::kind_offer, 300, base::Seconds(86400), 0, {}},
                                          noon, base::MonoTime{});
        nearer += oracle[ground].item->id < oracle[any].item->id ? 1 : 0;
    }
    CHECK(nearer >= 15);
}

TEST_CASE("an item with more work is the same item, in two genuine copies") {
    sim::Oracle oracle{base::Rng(base::Secret{})};
    constexpr base::WallTime noon = base::from_unix_seconds(1'800'000'000);
    const auto number = oracle.make_spam({item::kind_offer, 300, base::Seconds(86400), 2, {}}, noon,
                                         base::MonoTime{});
    const item::ReadPtr first = oracle[number].item;
    item::Item more = first->item;
    more.nonce = std::uint64_t{7} << 56;
    const item::ReadPtr better = *item::read(more, item::Network::sim);
    CHECK(!oracle.is_genuine(*better));
    oracle.add_work(number, better);
    CHECK(oracle.is_genuine(*better));
    CHECK(oracle.is_genuine(*first));
    CHECK(oracle[number].item == better);
    more.nonce = 1;
    CHECK(!oracle.is_genuine(**item::read(more, item::Network::sim)));
}
