// core/relay/laid_aside.hpp: what the user's lists hide is neither kept nor passed on, it is not
// fetched again, and nobody takes this node for one that holds it.
#include "core/relay/laid_aside.hpp"

#include <doctest/doctest.h>

#include "base/limits/budgets.hpp"
#include "base/limits/relay.hpp"
#include "fixture.hpp"
#include "pair.hpp"

namespace hearsay::core {
namespace {

struct Choosy : Fixture {
    item::Item apple = named("apple", samples::publication({.slot = 1}));
    item::Item riper = named("riper", samples::publication({.slot = 1, .sequence = 2}));
    item::Item pear = named("pear", samples::publication({.slot = 2}));

    Choosy() {
        keeps_hidden = false;
        restart();
    }
    static Announced announced(const item::Item& item) {
        return {Fixture::id(item), item.nonce, static_cast<std::uint32_t>(item.size()), 3600,
                item::StoreClass::posts};
    }
    // How many items the symbols are of by which it answers this peer's round.
    std::uint64_t counted_by(const Peer& peer) {
        const SetSummary held = store.shelves().summary();
        hear(peer, Compare{{}, held.counters(), held.count() + 1});
        for (const Effect& effect : last)
            if (const auto* send = std::get_if<Send>(&effect)) {
                const auto message = parse(*send->frame);
                if (const auto* symbols = std::get_if<Symbols>(&*message)) return symbols->items;
            }
        return 0;
    }
    std::string offered(const Peer& peer, const item::Item& item) {
        return hear(peer, Announce{{announced(item)}});
    }
};

TEST_CASE_FIXTURE(Choosy, "what lists hide is verified, and neither kept nor passed on") {
    connect(alice);
    connect(bob);
    REQUIRE(receive(alice, apple) == "verify apple");
    CHECK(hidden(apple) == "refused item_laid_aside");
    CHECK_FALSE(holds(apple));
    CHECK(node->laid_aside().size() == 1);
    REQUIRE(receive(alice, pear) == "verify pear");
    CHECK(verified(pear).starts_with("store pear; stored pear"));
}

TEST_CASE_FIXTURE(Choosy, "it is not asked for or verified again, and costs nobody anything") {
    connect(alice);
    connect(bob);
    receive(alice, apple);
    hidden(apple);
    CHECK(offered(bob, apple).empty());
    CHECK(receive(bob, apple) == "refused bob item_laid_aside");
    CHECK(verifications == 1);
    CHECK(linked(bob));
    CHECK(node->laid_aside().total() == 1);
}

TEST_CASE_FIXTURE(Choosy, "a spoiled copy hides nothing: only what was verified is laid aside") {
    connect(alice);
    connect(bob);
    receive(alice, apple);
    verified(apple, Fault::item_bad_payload);
    CHECK(node->laid_aside().size() == 0);
    CHECK(receive(bob, apple) == "verify apple");
}

TEST_CASE_FIXTURE(Choosy, "an id is passed on only once its item is here") {
    connect(alice);
    connect(bob);
    const std::string said = offered(alice, pear);
    CHECK(said.find("tell alice request: pear") != std::string::npos);
    CHECK(said.find("tell bob") == std::string::npos);
    receive(alice, pear);
    CHECK(verified(pear).find("tell bob ") != std::string::npos);
}

TEST_CASE_FIXTURE(Choosy, "of a thing the newest version counts, kept or laid aside") {
    connect(alice);
    receive(alice, apple);
    verified(apple);
    REQUIRE(holds(apple));
    receive(alice, riper);
    CHECK(hidden(riper) == "forget apple superseded; forgotten apple; refused item_laid_aside");
    CHECK_FALSE(holds(apple));
    const item::Item third = named("third", samples::publication({.slot = 1, .sequence = 3}));
    const item::Item late = named("late", samples::publication({.slot = 1, .payload = "late"}));
    CHECK(receive(alice, late) == "refused alice item_superseded");
    receive(alice, third);
    verified(third);
    CHECK(holds(third));
    CHECK(node->laid_aside().size() == 0);
}

TEST_CASE_FIXTURE(Choosy, "a newer version that is laid aside, too, takes the older one's place") {
    connect(alice);
    receive(alice, apple);
    hidden(apple);
    receive(alice, riper);
    hidden(riper);
    CHECK(node->laid_aside().size() == 1);
    CHECK(node->laid_aside().contains(id(riper)));
}

TEST_CASE_FIXTURE(Choosy, "an older version than the one laid aside is verified once") {
    connect(alice);
    receive(alice, riper);
    hidden(riper);
    REQUIRE(receive(alice, apple) == "verify apple");
    CHECK(verified(apple, Fault::item_bad_payload).find("end alice") != std::string::npos);
    connect(bob);
    REQUIRE(receive(bob, apple) == "verify apple");
    CHECK(verified(apple) == "refused item_laid_aside");
    CHECK(receive(bob, apple) == "refused bob item_laid_aside");
    CHECK(node->laid_aside().size() == 2);
}

TEST_CASE_FIXTURE(Choosy, "one that was held until then is remembered when it comes again") {
    connect(alice);
    receive(alice, apple);
    verified(apple);
    receive(alice, riper);
    hidden(riper);
    REQUIRE(node->laid_aside().size() == 1);
    CHECK(receive(alice, apple).empty());
    CHECK(node->laid_aside().size() == 2);
    CHECK(node->laid_aside().contains(id(apple)));
}

TEST_CASE_FIXTURE(Choosy,
                  "of two versions with one sequence the smaller id counts, as in a store") {
    connect(alice);
    item::Item other = named("other", samples::publication({.slot = 1, .payload = "other"}));
    const item::Item& small = id(apple) < id(other) ? apple : other;
    const item::Item& large = id(apple) < id(other) ? other : apple;
    receive(alice, large);
    hidden(large);
    receive(alice, small);
    verified(small);
    CHECK(holds(small));
    CHECK(node->laid_aside().size() == 0);
}

TEST_CASE_FIXTURE(Choosy, "copies that nobody asked for are in vain, and have a budget") {
    connect_all();
    const item::Item large =
        named("large", samples::publication({.slot = 9, .payload = std::string(30'000, 'x')}));
    offered(alice, large);
    receive(alice, large);
    hidden(large);
    const auto copies = static_cast<std::size_t>(limits::waste_rate.burst) / large.size();
    for (std::size_t copy = 0; copy + 1 < copies; ++copy) receive(bob, large);
    CHECK(linked(bob));
    receive(bob, large);
    receive(bob, large);
    CHECK_FALSE(linked(bob));
    // Its answer to our question is none, however late it comes.
    CHECK(receive(alice, large) == "refused alice item_laid_aside");
    CHECK(linked(alice));
}

TEST_CASE_FIXTURE(Choosy,
                  "the set that answers rounds counts what is laid aside since it was made") {
    connect_all();
    for (std::uint32_t slot = 10; slot < 20; ++slot) hold(samples::publication({.slot = slot}));
    CHECK(counted_by(alice) == 10);
    receive(carol, apple);
    hidden(apple);
    CHECK(counted_by(bob) == 11);
    receive(carol, riper);
    verified(riper);  // kept: it ends the memory of apple
    CHECK(counted_by(carol) == 11);
}

TEST_CASE_FIXTURE(Choosy, "what lists hide no more is welcome") {
    connect(alice);
    receive(alice, apple);
    hidden(apple);
    step(ListsChanged{});
    CHECK(receive(alice, apple) == "verify apple");
    verified(apple);
    CHECK(holds(apple));
}

TEST_CASE_FIXTURE(Choosy, "lists that change while symbols are on their way blame nobody") {
    connect(alice, true);  // and compare
    constexpr std::int32_t theirs = 300;
    const auto symbols = [](std::uint32_t first, std::uint32_t count) {
        Symbols out{first, std::vector<Symbol>(count), theirs, {}};
        for (Symbol& each : out.symbols) {
            each.sum = 7;  // which stands for nothing that could be decoded
            each.count = 2 * theirs / static_cast<std::int32_t>(2 + first++);
        }
        return out;
    };
    const std::string asked = hear(alice, symbols(0, 4));
    REQUIRE(asked == "tell alice more 12");
    CHECK(step(ListsChanged{}).empty());
    CHECK(hear(alice, symbols(4, 12)) == "tell alice done unsettled");
    CHECK(linked(alice));
}

TEST_CASE_FIXTURE(Choosy, "its id is forgotten when it expires") {
    connect(alice);
    receive(alice, apple);
    hidden(apple);
    wait(Seconds(3600));
    CHECK(node->laid_aside().size() == 0);
    CHECK(node->laid_aside().total() == 1);
}

TEST_CASE_FIXTURE(Choosy, "what the user brings is refused as well, and they are told why") {
    step(Brought{apple});
    CHECK(hidden(apple).find("judged apple refused item_laid_aside") != std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "a node that keeps what lists hide keeps it") {
    const item::Item apple = named("apple", samples::publication());
    connect(alice);
    receive(alice, apple);
    hidden(apple);
    CHECK(holds(apple));
}

TEST_CASE("beyond what can be remembered it is kept") {
    LaidAside aside;
    item::Read item = *samples::accepted(samples::publication());
    for (std::uint32_t number = 0; number <= limits::laid_aside_max; ++number) {
        item.id = samples::numbered<base::ItemId>(number);
        item.version.thing = samples::numbered<item::ThingId>(number);
        CHECK(aside.add(item) == (number < limits::laid_aside_max));
    }
    aside.sanity_check();
    CHECK(aside.size() == limits::laid_aside_max);
    CHECK(aside.kept() == 1);
    CHECK(aside.summary({}).count() == limits::laid_aside_max);
    aside.expire(item.header.expires);
    aside.sanity_check();
    CHECK(aside.size() == 0);
    CHECK(aside.summary({}) == SetSummary{});
}

// Two nodes, of which one lays some of what it gets aside.
struct OneIsChoosy : Pair {
    int choosy = 0;
    std::size_t verified = 0;

    // Once for each side, in a subcase of its own.
    static int either() {
        int side = 0;
        SUBCASE("that dialled") {
            side = 0;
        }
        SUBCASE("that was dialled") {
            side = 1;
        }
        return side;
    }
    void begin(int side, std::uint32_t hidden, std::uint32_t others) {
        choosy = side;
        NodeOptions options = Pair::options(side, 9);
        options.keeps_hidden = false;
        sides[side].node = std::make_unique<Node>(std::move(options));
        hides = [this](int at, const item::Read& item) {
            verified += at == choosy ? 1 : 0;
            return at == choosy && base::as_text(item.item.payload) == "casino";
        };
        for (std::uint32_t at = 0; at < others; ++at)
            for (const int both : {0, 1}) give(both, samples::publication({.slot = 1000 + at}));
        for (std::uint32_t at = 0; at < hidden; ++at)
            give(1 - side, samples::publication({.slot = 1 + at, .payload = "casino"}));
        connect();
        run();
    }
    void next_round() {
        for (Side& side : sides) {
            side.items_sent = 0;
            side.log.clear();
        }
        verified = 0;
        now.mono += base::limits::compare_wait_max;
        sides[0].inputs.push_back(TimerFired{});
        run();
    }
    std::string said(int side) const {
        const Names names;
        std::string out;
        for (const Effects& effects : sides[side].log) out += Trace(names)(effects) + "; ";
        return out;
    }
};

TEST_CASE_FIXTURE(OneIsChoosy, "comparing does not bring again what was laid aside") {
    const int side = either();
    begin(side, 30, 500);
    CHECK(verified == 30);
    CHECK(sides[side].store.alive_count() == 500);
    CHECK(sides[side].node->laid_aside().size() == 30);
    for (int round = 0; round < 3; ++round) {
        next_round();
        CHECK(verified == 0);
        CHECK(sides[1 - side].items_sent == 0);
        CHECK(said(0).find("compare 530") != std::string::npos);
        const bool compared = (said(0) + said(1)).find("symbols 0+16") != std::string::npos;
        CHECK(compared == (side == 0));
        CHECK(said(side).find("done unsettled") != std::string::npos);
        // Nobody takes it for a holder.
        CHECK_FALSE(sides[1 - side].node->in_sync(link));
        CHECK(sides[0].node->links().find(link) != nullptr);
    }
}

TEST_CASE_FIXTURE(OneIsChoosy, "rounds bring what is new all the same, both ways") {
    const int side = either();
    begin(side, 30, 500);
    for (const int both : {0, 1}) give(both, samples::publication({.slot = 5000 + both * 1U}));
    next_round();
    CHECK(sides[side].store.alive_count() == 502);
    CHECK(sides[1 - side].store.alive_count() == 532);
    CHECK(sides[1 - side].items_sent == 1);
    CHECK(verified == 1);
}

TEST_CASE_FIXTURE(OneIsChoosy, "who lacks what was laid aside asks in vain, and no harm is done") {
    const int side = either();
    begin(side, 30, 500);
    const item::Item gone = samples::publication({.slot = 1, .payload = "casino"});
    sides[1 - side].store.apply(Forget{Fixture::id(gone), ForgetReason::evicted, base::WallTime{}});
    for (int round = 0; round < 4; ++round) next_round();
    CHECK(sides[0].node->links().find(link) != nullptr);
    CHECK(sides[1 - side].store.alive_count() == 529);
    CHECK_FALSE(sides[1 - side].node->in_sync(link));
}

TEST_CASE_FIXTURE(OneIsChoosy, "after lists changed the next round brings what they hide no more") {
    const int side = either();
    begin(side, 30, 500);
    next_round();
    hides = [](int, const item::Read&) { return false; };
    sides[side].inputs.push_back(ListsChanged{});
    run();
    next_round();
    CHECK(sides[side].store.alive_count() == 530);
    next_round();
    CHECK(in_sync());
    CHECK(sides[0].node->links().find(link) != nullptr);
}

}  // namespace
}  // namespace hearsay::core
