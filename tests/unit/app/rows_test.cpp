#include "app/node/rows.hpp"

#include <deque>

#include <doctest/doctest.h>

namespace hearsay::app {
namespace {

struct Turn {
    int number = 0;
};
using Listed = Rows<Turn, int, int>;

// Runs what is asked for turn by turn; those whose number is in `failing` are done again, as the
// shell does it.
struct Turns {
    std::deque<std::function<Listed::Finish(Turn&)>> asked{};
    std::vector<int> failing{};
    int count = 0;

    void run() {
        while (!asked.empty()) {
            REQUIRE(count < 100);
            Turn turn{++count};
            const auto work = asked.front();
            const Listed::Finish finish = work(turn);
            if (std::erase(failing, turn.number) > 0) continue;
            asked.pop_front();
            finish(std::nullopt);
        }
    }
};

struct Made {
    std::vector<int> rows{};
    int times = 0;
};

Made make(Turns& turns, std::vector<int> places, std::chrono::steady_clock::duration a_turn,
          std::vector<std::pair<int, int>>* turn_of = nullptr) {
    Made out;
    Listed::begin({[&](auto work) { turns.asked.push_back(std::move(work)); }, std::move(places),
                   [&, turn_of](const int& place, Turn& turn) -> std::optional<int> {
                       if (turn_of) turn_of->emplace_back(place, turn.number);
                       if (place < 0) return std::nullopt;
                       return place * 10;
                   },
                   [&](std::vector<int> rows) {
                       out.rows = std::move(rows);
                       ++out.times;
                   },
                   a_turn});
    turns.run();
    return out;
}

using Pairs = std::vector<std::pair<int, int>>;

TEST_CASE("a turn without time makes one row, and all come in their order") {
    Turns turns;
    Pairs turn_of;
    const Made made = make(turns, {3, 1, 2}, std::chrono::seconds(0), &turn_of);
    CHECK(made.rows == std::vector{30, 10, 20});
    CHECK(made.times == 1);
    CHECK(turn_of == Pairs{{3, 1}, {1, 2}, {2, 3}});
}

TEST_CASE("a turn with time makes all rows") {
    Turns turns;
    Pairs turn_of;
    const Made made = make(turns, {3, 1, 2}, std::chrono::hours(1), &turn_of);
    CHECK(made.rows == std::vector{30, 10, 20});
    CHECK(turn_of == Pairs{{3, 1}, {1, 1}, {2, 1}});
}

TEST_CASE("what is gone has no row, and nothing at all is answered at once") {
    Turns turns;
    CHECK(make(turns, {-1, 4, -2}, std::chrono::seconds(0)).rows == std::vector{40});
    CHECK(make(turns, {-1}, std::chrono::seconds(0)).times == 1);
    Turns none;
    const Made nothing = make(none, {}, std::chrono::seconds(0));
    CHECK(nothing.times == 1);
    CHECK(nothing.rows.empty());
    CHECK(none.count == 0);
}

TEST_CASE("the rows of a turn that is done again are there once") {
    Turns turns{.failing = {1, 3}};
    const Made made = make(turns, {1, 2, 3}, std::chrono::seconds(0));
    CHECK(made.rows == std::vector{10, 20, 30});
    CHECK(made.times == 1);
    CHECK(turns.count == 5);
}

}  // namespace
}  // namespace hearsay::app
