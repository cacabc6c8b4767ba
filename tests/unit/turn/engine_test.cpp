// The order of a turn, and what is left of one that was not kept.
#include "turn/engine.hpp"

#include "base/limits/quarantine.hpp"
#include "node.hpp"
#include "sim/oracle.hpp"

namespace hearsay::turn {
namespace {

bool has(const std::string& trace, const std::string& words) {
    return (" " + trace + " ").find(" " + words + " ") != std::string::npos;
}

item::ReadPtr any_item() {
    sim::Oracle oracle(seeded(5));
    return oracle[oracle.make(early, {}, base::Seconds(3600), sim::Purpose::offer)].item;
}

}  // namespace

TEST_CASE(
    "the first turn starts the market before the core steps, and keeps all before it says "
    "anything") {
    Node node(1);
    node.engine->post(core::NetworkReady{true});
    const Outcome done = node.run();
    CHECK_FALSE(done.failed);
    CHECK(done.own_kept);
    CHECK(node.trace ==
          "start tended step-timer step-ready decided vault own flood said do-save end");
}

TEST_CASE("a command's wish is done after the commits, and the command is answered last") {
    Node node(1);
    node.settle();
    REQUIRE(node.publish("bicycle"));
    CHECK(node.trace == "command decided vault own flood said do-save do answered end");
}

TEST_CASE("a turn that changes no key does not touch the vault's file") {
    Node node(1);
    node.settle();
    node.ask([](Context&) {});
    CHECK(node.trace == "command decided own flood said answered end");
}

TEST_CASE("what the market submits is stepped in the same turn, before anything is kept") {
    Node node(1);
    node.settle();
    REQUIRE(node.publish("bicycle"));
    node.engine->post(WorkFound{node.work.at(0).id, 7});
    node.run();
    CHECK(node.trace.starts_with("step-submit decided own flood"));
}

TEST_CASE("the core is told how long an item waited for its work, if it waited alone") {
    Node node(1);
    node.settle();
    REQUIRE(node.publish("bicycle"));
    node.wait(base::Seconds(4));
    node.engine->post(WorkFound{node.work.at(0).id, 7});
    node.run();
    REQUIRE(node.submitted.size() == 1);
    CHECK(node.submitted[0].worked == base::Seconds(4));

    REQUIRE(node.publish("bell"));
    REQUIRE(node.publish("pump"));
    node.wait(base::Seconds(3));
    for (const std::size_t number : {1, 2}) {
        node.engine->post(WorkFound{node.work.at(number).id, 7});
        node.run();
        node.wait(base::Seconds(2));
    }
    REQUIRE(node.submitted.size() == 3);
    CHECK(node.submitted[1].worked == base::Millis(0));  // the pump waited, too
    CHECK(node.submitted[2].worked == base::Seconds(5));
}

TEST_CASE("a search that ended without work is no longer waited for") {
    Node node(1);
    node.settle();
    const auto given_up = node.publish("bicycle");
    REQUIRE(given_up);
    REQUIRE(node.publish("bell"));
    node.ask(
        [&](Context& context) { REQUIRE(context.market.remove_offer(given_up->thing, context)); });
    node.wait(base::Seconds(3));
    node.engine->post(WorkFound{node.work.at(1).id, 7});
    node.run();
    REQUIRE(node.submitted.size() == 1);
    CHECK(node.submitted[0].worked == base::Seconds(3));
}

TEST_CASE("a commit that fails ends the turn: later ones do not follow, and nothing is said") {
    for (const Broken broken : every_break) {
        CAPTURE(static_cast<int>(broken));
        Node node(1);
        node.settle();
        node.broken = broken;
        REQUIRE(node.publish("bicycle"));
        const bool own_kept = broken == Broken::from_flood || broken == Broken::nowhere;
        CHECK(has(node.trace, "own") == own_kept);
        CHECK(has(node.trace, "no-vault") == (broken == Broken::from_vault));
        CHECK(has(node.trace, "flood") == (broken == Broken::nowhere));
        CHECK(has(node.trace, "said") == (broken == Broken::nowhere));
        // Once the own store has it, what was asked for is done.
        CHECK(has(node.trace, own_kept ? "answered" : "refused"));
        CHECK(node.trace.ends_with(own_kept ? "answered end" : "refused end"));
    }
}

TEST_CASE("after a commit that failed the market knows what was kept, and links no two offers") {
    for (const Broken broken : every_break) {
        CAPTURE(static_cast<int>(broken));
        Node node(1);
        node.settle();
        node.broken = broken;
        const auto first = node.publish("one");
        node.broken = Broken::nowhere;
        const bool own_kept = broken == Broken::from_flood || broken == Broken::nowhere;
        const Outcome next = node.run();
        CHECK_FALSE(next.failed);
        CHECK(node.trace.starts_with("start-anew") == !own_kept);
        CHECK(node.offers() == (own_kept ? 1U : 0U));
        const auto second = node.publish("two");
        REQUIRE(second);
        CHECK(first->publisher != second->publisher);
        CHECK(first->mailbox != second->mailbox);
    }
}

TEST_CASE("a crash after any of the commits leaves a state from which the next start goes on") {
    for (const Broken broken : every_break) {
        CAPTURE(static_cast<int>(broken));
        Node node(1);
        node.settle();
        node.broken = broken;
        const auto first = node.publish("one");
        node.broken = Broken::nowhere;
        node.crash();
        node.settle();
        const bool own_kept = broken == Broken::from_flood || broken == Broken::nowhere;
        CHECK(node.offers() == (own_kept ? 1U : 0U));
        CHECK(node.work.size() == (own_kept ? 1U : 0U));
        const auto second = node.publish("two");
        REQUIRE(second);
        // Before the vault is saved nothing of the first can have left the machine: reuse links
        // nothing.
        if (broken != Broken::from_vault) CHECK(first->publisher != second->publisher);
    }
}

TEST_CASE("a market that does not start keeps nothing, and commands hear why instead of waiting") {
    Node node(1);
    node.settle();
    node.own.put(market::Table::inbox, base::to_bytes(std::string_view("x")),
                 base::to_bytes(std::string_view("damaged")));
    REQUIRE(node.own.commit());
    const std::size_t rows = node.own.size();
    node.crash();
    for (int turn = 0; turn < 2; ++turn) {
        const Outcome done =
            node.ask([](Context& context) { (void)context.market.new_persona("me", context); });
        REQUIRE(done.failed);
        CHECK(done.failed->code == base::ErrorCode::corrupt);
        CHECK_FALSE(done.own_kept);
        CHECK_FALSE(done.again);
        CHECK(node.trace.find("start") == 0);
        CHECK(node.trace.ends_with("refused end"));
        CHECK(node.own.size() == rows);
    }
}

TEST_CASE("what waits is taken in portions, and a turn says that more is left") {
    Node node(1);
    node.settle();
    for (std::size_t i = 0; i <= verdicts_a_turn_max; ++i)
        node.engine->post(core::Verified{base::JobId{i}, {}});
    CHECK(node.run().again);
    CHECK_FALSE(node.run().again);

    const item::ReadPtr item = any_item();
    const auto letter = std::make_shared<const market::Letter>();
    constexpr std::size_t letters = base::limits::letters_a_turn_max;
    const auto taken = [&] {
        std::size_t found = 0;
        for (auto at = node.trace.find("taken"); at != std::string::npos;
             at = node.trace.find("taken", at + 1))
            ++found;
        return found;
    };
    // Mail that no key opened costs nothing, and is not counted.
    for (std::size_t i = 0; i < 2 * letters; ++i) node.engine->post(MailTried{item, {}, nullptr});
    for (std::size_t i = 0; i < letters + 1; ++i) node.engine->post(MailTried{item, {}, letter});
    CHECK(node.run().again);
    CHECK(taken() == 3 * letters);
    CHECK_FALSE(node.run().again);
    CHECK(taken() == 1);
}

TEST_CASE("the market ticks every minute, and not before its moment") {
    Node node(1);
    node.settle();
    const base::MonoTime next = node.engine->market_deadline();
    CHECK(next == node.now.mono + tick_interval);
    node.wait(base::Seconds(59));
    node.engine->on_deadline(node.now.mono);
    node.run();
    CHECK_FALSE(has(node.trace, "tended"));
    node.wait(base::Seconds(1));
    CHECK(node.engine->on_deadline(node.now.mono));
    node.run();
    CHECK(has(node.trace, "tended"));
    CHECK(node.engine->market_deadline() == next + tick_interval);
}

TEST_CASE(
    "paused, the core takes no step and forgets what is meant for it, and commands are answered") {
    Node node(1);
    node.settle();
    node.engine->pause();
    CHECK(node.engine->core_deadline() == base::never);
    node.engine->post(core::NetworkReady{true});
    node.ask([](Context&) {});
    CHECK(node.trace == "command decided own flood said answered end");
    node.engine->resume(Node::core_options());
    node.engine->post(core::TimerFired{});
    node.run();
    CHECK(node.trace.starts_with("start tended step-timer decided"));
}

TEST_CASE("verdicts on items of an earlier core are dropped") {
    Node node(1);
    node.settle();
    node.engine->post(core::Verified{base::JobId{1}, {}});
    node.engine->begin_core(Node::core_options());
    node.run();
    CHECK(node.trace.starts_with("decided"));
}

}  // namespace hearsay::turn
