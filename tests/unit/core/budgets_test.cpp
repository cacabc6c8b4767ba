// links/budgets.hpp: every row of the table, at its limit and beyond it.
#include "core/links/budgets.hpp"

#include <functional>

#include <doctest/doctest.h>

#include "base/limits/budgets.hpp"
#include "base/limits/relay.hpp"
#include "fixture.hpp"

namespace hearsay::core {
namespace {

using Verdict = FrameBudgets::Verdict;

struct Budgeting : Fixture {
    // One frame of as many units.
    using Make = std::function<FramePtr(std::uint32_t number, std::int64_t units)>;
    static std::vector<base::ItemId> ids(std::uint32_t number, std::int64_t count) {
        std::vector<base::ItemId> out;
        for (std::int64_t at = 0; at < count; ++at)
            out.push_back(
                samples::numbered<base::ItemId>(number * 1000 + static_cast<std::uint32_t>(at)));
        return out;
    }
    // What an unsolicited frame of this type may be, if it may be.
    static Make make(FrameType type) {
        switch (type) {
            case FrameType::ping:
                return [](std::uint32_t number, std::int64_t) { return encode(Ping{number}); };
            case FrameType::announce:
                return [](std::uint32_t number, std::int64_t units) {
                    Announce out;
                    for (const base::ItemId& id : ids(number, units))
                        out.items.push_back({id, 0, 600, 86400});
                    return encode(out);
                };
            case FrameType::request:
                return [](std::uint32_t number, std::int64_t units) {
                    return encode(Request{ids(number, units)});
                };
            case FrameType::push:
                return [](std::uint32_t number, std::int64_t) { return encode(Push{number % 5}); };
            case FrameType::find:
                return [](std::uint32_t number, std::int64_t) { return encode(Find{number, {}}); };
            case FrameType::contacts:
                return
                    [](std::uint32_t number, std::int64_t) { return encode(Contacts{number, {}}); };
            default:
                return {};
        }
    }
    static bool counts_ids(FrameType type) {
        return type == FrameType::announce || type == FrameType::request;
    }
};

TEST_CASE(
    "every row of the table: at the limit within it, beyond it what the row says, later within it "
    "again") {
    std::size_t bounded = 0;
    for (const FrameBudget& row : frame_budgets()) {
        CAPTURE(row.name);
        FrameBudgets budgets;
        base::MonoTime now{Millis(5000)};
        if (row.beyond == Beyond::by_rule) {
            for (int times = 0; times < 1000; ++times)
                CHECK(budgets.take(row.type, 1, now) == Verdict::within);
            continue;
        }
        ++bounded;
        CHECK(row.rate.burst > 0);
        CHECK(row.rate.units > 0);
        const Verdict beyond = row.beyond == Beyond::ends ? Verdict::too_many : Verdict::ignored;
        for (std::int64_t at = 0; at < row.rate.burst; ++at)
            REQUIRE(budgets.take(row.type, 1, now) == Verdict::within);
        CHECK(budgets.take(row.type, 1, now) == beyond);
        now += row.rate.per;
        for (std::int64_t at = 0; at < row.rate.units; ++at)
            REQUIRE(budgets.take(row.type, 1, now) == Verdict::within);
        CHECK(budgets.take(row.type, 1, now) == beyond);
        // Nobody else's budget is touched.
        for (const FrameBudget& other : frame_budgets())
            if (other.type != row.type) CHECK(budgets.take(other.type, 1, now) == Verdict::within);
    }
    CHECK(bounded == frame_type_count - 3);
}

TEST_CASE_FIXTURE(
    Budgeting,
    "a node takes each frame type up to its limit, and does beyond it what the table says") {
    std::size_t tried = 0;
    for (const FrameBudget& row : frame_budgets()) {
        const Make frame_with = make(row.type);
        if (!frame_with) continue;
        CAPTURE(row.name);
        ++tried;
        restart();
        connect(bob);
        const std::int64_t each = counts_ids(row.type) ? 1000 : 1;
        std::uint32_t number = 0;
        for (std::int64_t sent = 0; sent < row.rate.burst; sent += each)
            frame(bob.link, frame_with(++number, each));
        REQUIRE(linked(bob));
        const std::string said = frame(bob.link, frame_with(++number, 1));
        if (row.beyond == Beyond::ends)
            CHECK(said == "refused bob too_many_requests; end bob too_many_requests");
        else
            CHECK(said == "");
        CHECK(linked(bob) == (row.beyond == Beyond::ignored));
    }
    CHECK(tried == 6);
}

TEST_CASE_FIXTURE(Budgeting, "a second Compare within a minute is too many") {
    connect(bob);
    const SetSummary ours = store.shelves().summary();
    const Compare same{ours.digest(), ours.counters(), ours.count()};
    CHECK(hear(bob, same) == "tell bob done");
    now.mono += limits::compare_rate.per - Millis(1);
    CHECK(hear(bob, same).find("end bob too_many_requests") != std::string::npos);
}

TEST_CASE_FIXTURE(Budgeting, "a second Hello and a Pong that nobody asked for are out of turn") {
    connect(bob);
    CHECK(greet(bob).find("end bob frame_unexpected") != std::string::npos);
    connect(carol);
    CHECK(hear(carol, Pong{1}).find("end carol frame_unexpected") != std::string::npos);
}

TEST_CASE_FIXTURE(Budgeting,
                  "announcements beyond the budget are not looked at, until there is some again") {
    connect(bob);
    for (std::uint32_t at = 0; at < 20; ++at) frame(bob.link, make(FrameType::announce)(at, 1000));
    const item::Item apple = named("apple", samples::publication({.lifetime = Seconds(86400)}));
    const Announce word{
        {{id(apple), apple.nonce, static_cast<std::uint32_t>(apple.size()), 86400}}};
    CHECK(hear(bob, word) == "");
    wait(Millis(1000));
    CHECK(hear(bob, word).find("tell bob request: apple") != std::string::npos);
}

TEST_CASE("frames of unknown types count by their size") {
    FrameBudgets budgets;
    const base::MonoTime now{Millis(5000)};
    const std::size_t largest = 256 * 1024;
    std::size_t taken = 0;
    while (budgets.take_unknown(largest, now) == Verdict::within) ++taken;
    CHECK(taken >= 10);
    CHECK(taken < 20);
    CHECK(budgets.take_unknown(largest, now) == Verdict::ignored);
}

}  // namespace
}  // namespace hearsay::core
