// relay/floors.hpp and what the others do with it: what is below a floor is not asked for, passed
// on or compared, and peers and makers are told.
#include "core/relay/floors.hpp"

#include <doctest/doctest.h>

#include "base/limits/relay.hpp"
#include "comparing.hpp"
#include "injecting.hpp"

namespace hearsay::core {
namespace {

using item::Floors;
using item::StoreClass;

item::Item with_level(item::Item item, item::Level level) {
    item.nonce = std::uint64_t{level} << 56;  // as the simulated network says it
    return item;
}

Announced announced(const item::Item& item, StoreClass of = StoreClass::posts) {
    return {Fixture::id(item), item.nonce, static_cast<std::uint32_t>(item.size()), 86400, of};
}

// A node whose store is full of posts of level 8: its floor for them is 9.
struct FullNode : Fixture {
    item::Item apple = named("apple", sample(4, 900));
    item::Item pear = named("pear", sample(12, 901));
    static constexpr std::uint64_t small_budget = 200'000;

    static item::Item sample(item::Level level, std::uint32_t slot) {
        return with_level(samples::publication({.slot = slot, .lifetime = Seconds(86400)}), level);
    }
    static Floors posts_only(item::Level level) {
        Floors out{};
        out[static_cast<std::size_t>(StoreClass::posts)] = level;
        return out;
    }
    FullNode() {
        store_budget = small_budget;
        restart();
    }
    void fill() {
        for (std::uint32_t slot = 1; slot < 1000; ++slot) {
            publish(sample(8, slot));
            if (node->retention().has_floors()) return;
        }
        FAIL("the store never was full");
    }
};

TEST_CASE_FIXTURE(FullNode,
                  "the budget holds, and who is linked hears of the floor when it rises") {
    connect(alice);
    fill();
    CHECK(store.shelves().bytes() <= small_budget);
    CHECK(Trace(names)(untaken).find("tell alice floor 0 0 0 9 0") != std::string::npos);
    CHECK(node->price() == posts_only(9));
    up(bob);
    CHECK(greet(bob).find("tell bob floor 0 0 0 9 0") != std::string::npos);
}

TEST_CASE_FIXTURE(FullNode,
                  "what is below the floor is neither verified nor held against anybody") {
    connect(alice);
    fill();
    CHECK(receive(alice, apple) == "refused alice item_below_floor");
    CHECK(linked(alice));
    CHECK(receive(alice, pear) == "verify pear");
}

TEST_CASE_FIXTURE(FullNode, "an announced id below the floor is neither asked for nor passed on") {
    connect(alice);
    connect(bob);
    fill();
    wait(limits::floor_pause);
    CHECK(hear(alice, Announce{{announced(apple)}}) == "");
    const std::string said = hear(alice, Announce{{announced(pear)}});
    CHECK(said.find("tell alice request: pear") != std::string::npos);
    CHECK(said.find("tell bob announce pear") != std::string::npos);
}

TEST_CASE_FIXTURE(FullNode,
                  "it lets go of the poorest and says so, and what was asked for it is over") {
    connect(alice);
    fill();
    receive(alice, pear);
    const std::string said = verified(pear);
    CHECK(said.find("evicted") != std::string::npos);
    CHECK(said.find("store pear") != std::string::npos);
    CHECK(holds(pear));
}

TEST_CASE_FIXTURE(FullNode, "a removal of what it holds is taken whatever its level") {
    fill();
    const item::Item gone = named("gone", sample(12, 950));
    publish(gone);
    REQUIRE(holds(gone));
    const item::Item removal = named(
        "removal", samples::publication(
                       {.slot = 950, .sequence = 2, .removed = true, .lifetime = Seconds(86400)}));
    publish(removal);
    CHECK(holds(removal));
    CHECK(!holds(gone));
}

TEST_CASE_FIXTURE(FullNode, "floors are told anew no sooner than a while after the last time") {
    connect(alice);
    fill();
    wait(limits::floor_pause);
    untaken.clear();
    for (std::uint32_t slot = 2000; slot < 2400; ++slot) publish(sample(16, slot));
    CHECK(Trace(names)(untaken).find("tell alice floor 0 0 0 17 0") != std::string::npos);
    untaken.clear();
    for (std::uint32_t slot = 3000; slot < 3400; ++slot) publish(sample(30, slot));
    CHECK(node->retention().floors() == posts_only(31));
    CHECK(Trace(names)(untaken).find("tell alice floor") == std::string::npos);
    CHECK(wait(limits::floor_pause).find("tell alice floor 0 0 0 31 0") != std::string::npos);
}

struct WithPeers : Fixture {
    item::Item apple =
        named("apple", with_level(samples::publication({.lifetime = Seconds(86400)}), 4));
    Floor posts(item::Level level) const {
        Floor out;
        out.levels[static_cast<std::size_t>(StoreClass::posts)] = level;
        return out;
    }
};

TEST_CASE_FIXTURE(WithPeers, "what is below a peer's floor is neither pushed nor announced to it") {
    connect(alice);
    connect(bob);
    connect(carol);
    CHECK(hear(bob, posts(5)) == "");
    const std::string said = publish(apple);
    CHECK(said.find("tell alice items apple") != std::string::npos);
    CHECK(said.find("tell bob") == std::string::npos);
    CHECK(wait(limits::announce_pause).find("tell bob") == std::string::npos);
    // It is sent to whoever asks for it.
    CHECK(hear(bob, Request{{id(apple)}}) == "tell bob items apple");
}

TEST_CASE_FIXTURE(WithPeers, "ids run ahead to those only whose floor they reach") {
    connect(alice);
    connect(bob);
    connect(carol);
    hear(bob, posts(5));
    const std::string said = hear(alice, Announce{{announced(apple)}});
    CHECK(said.find("tell carol announce apple") != std::string::npos);
    CHECK(said.find("tell bob") == std::string::npos);
}

TEST_CASE_FIXTURE(WithPeers, "a floor of a link that only passes is out of turn") {
    step(LinkUp{base::LinkId{70}, std::nullopt, false});
    names.links[base::LinkId{70}] = "visitor";
    frame(base::LinkId{70}, encode(hello()));
    CHECK(frame(base::LinkId{70}, encode(posts(1))) ==
          "refused visitor frame_unexpected; end visitor frame_unexpected");
}

TEST_CASE_FIXTURE(WithPeers, "the price follows most peers, not a single liar") {
    connect(alice);
    connect(bob);
    connect(carol);
    hear(alice, posts(item::level_max));
    CHECK(node->price() == Floors{});
    CHECK(hear(bob, posts(7)) == "price 0 0 0 7 0");
    hear(carol, posts(8));
    CHECK(node->price()[3] == 8);
    step(LinkDown{alice.link, std::nullopt});
    CHECK(node->price()[3] == 7);
}

TEST_CASE("where most peers lie the price is near our own floor, until items go out in vain") {
    FloorTable table;
    Floors highest;
    highest.fill(item::level_max);
    for (std::uint64_t link = 1; link <= 3; ++link) {
        table.on_greeted(base::LinkId{link});
        REQUIRE(table.on_floor(base::LinkId{link}, Floor{highest}));
    }
    CHECK(table.price()[0] == limits::believed_levels);
    table.believe_more();
    CHECK(table.price()[0] == limits::believed_levels + limits::believed_step);
    for (int times = 0; times < 100; ++times) table.believe_more();
    Floors most = highest;
    most[static_cast<std::size_t>(StoreClass::pictures)] = 0;  // who says that wants none
    CHECK(table.price() == most);
    table.believe_as_usual();
    CHECK(table.price()[0] == limits::believed_levels);
    table.set_ours({20, 0, 0, 0, 0});
    CHECK(table.price()[0] == 20 + limits::believed_levels);
    CHECK(table.price()[1] == limits::believed_levels);
}

TEST_CASE_FIXTURE(Injecting, "each fourth injection in vain makes it believe its peers more") {
    know({dave, erin});
    Floor highest{};
    highest.levels[3] = item::level_max;
    for (const Peer& peer : {alice, bob, carol}) {
        connect(peer);
        hear(peer, highest);
    }
    submit(apple);
    for (std::uint32_t times = 1; times <= 2 * limits::vain_injections; ++times) {
        const auto next = next_injection(limits::injection_wait_max);
        REQUIRE(next);
        answer(*next, true);
        CHECK(node->price()[3] ==
              limits::believed_levels + times / limits::vain_injections * limits::believed_step);
    }
    receive(alice, apple);
    verified(apple);  // it came back
    CHECK(node->price()[3] == limits::believed_levels);
}

TEST_CASE_FIXTURE(Comparing,
                  "a comparison states the higher of both floors and leaves out the rest") {
    for (std::uint32_t at = 0; at < 30; ++at) {
        const auto item = with_level(samples::publication({.slot = at}), 20);
        store.apply(Store{samples::accepted(item), now.wall + limits::lifetime_max, 20});
    }
    dialled(bob);
    Floor floor;
    floor.levels[static_cast<std::size_t>(StoreClass::mail)] = 1;
    hear(bob, Done{true});
    hear(bob, floor);
    last.clear();
    wait_for_round(bob);
    std::optional<Compare> compare;
    for (const Effect& effect : last)
        if (const auto* send = std::get_if<Send>(&effect)) {
            const Message message = *parse(*send->frame);
            if (const auto* found = std::get_if<Compare>(&message)) compare = *found;
        }
    REQUIRE(compare);
    CHECK(compare->items == 30);
    CHECK(compare->floors == floor.levels);
}

TEST_CASE_FIXTURE(FullNode, "who states lower floors than ours is told that the round is off") {
    connect(bob);
    fill();
    const SetSummary all = store.shelves().summary();
    CHECK(hear(bob, Compare{all.digest(), all.counters(), all.count()}) ==
          "tell bob done unsettled");
    wait(limits::compare_wait_least);
    const SetSummary ours = store.shelves().summary(posts_only(9));
    CHECK(hear(bob, Compare{ours.digest(), ours.counters(), ours.count(), posts_only(9)}) ==
          "tell bob done");
}

TEST_CASE_FIXTURE(Comparing, "tables for floors that nobody else has are made one in a while") {
    Floors odd{};
    odd[4] = 3;
    connect(bob);
    connect(carol);
    connect(alice);
    CHECK(hear(bob, unlike()).find("tell bob symbols") != std::string::npos);
    Compare other = unlike();
    other.floors = odd;
    CHECK(hear(carol, other).find("tell carol symbols") != std::string::npos);
    const Peer dave = named(4, 40, "dave");
    connect(dave);
    CHECK(hear(dave, other).find("tell dave symbols") != std::string::npos);  // out of carol's
    other.floors[4] = 4;
    CHECK(hear(alice, other) == "tell alice done unsettled");
    wait(limits::compare_wait_least);
    CHECK(hear(alice, other).find("tell alice symbols") != std::string::npos);
}

TEST_CASE("who takes nothing of a class does not say what an item of it should show") {
    constexpr auto pictures = static_cast<std::size_t>(StoreClass::pictures);
    const auto told = [](FloorTable& table, std::uint64_t link, item::Level level) {
        Floor floor{};
        floor.levels[pictures] = level;
        table.on_greeted(base::LinkId{link});
        REQUIRE(table.on_floor(base::LinkId{link}, floor));
    };
    FloorTable table;
    told(table, 1, item::level_max);
    told(table, 2, item::level_max);
    CHECK(table.price() == Floors{});
    told(table, 3, 4);
    CHECK(table.price()[pictures] == 4);
    Floors ours{};
    ours[pictures] = item::level_max;  // then none is made here
    table.set_ours(ours);
    CHECK(table.price() == Floors{});
}

}  // namespace
}  // namespace hearsay::core
