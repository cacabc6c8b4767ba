// reconcile/reconcile.hpp, "Against a peer that lies":
// what cannot be true ends a round or the link.
#include <doctest/doctest.h>

#include "base/limits/relay.hpp"
#include "comparing.hpp"

namespace hearsay::core {
namespace {

TEST_CASE_FIXTURE(
    Comparing, "symbols that never decode lead to a list once, and the second time cost the link") {
    dialled(bob);
    std::size_t symbols = 0;
    CHECK(lie(symbols).find("tell bob have 1") == 0);
    CHECK(symbols <= limits::symbols_max);
    hear(bob, Have{1, {}, true});
    hear(bob, Want{1, {}});
    hear(bob, Want{2, {}});
    CHECK(node->in_sync(bob.link));
    hear(bob, Ping{1});
    REQUIRE(wait(limits::compare_wait_max).find("tell bob compare") != std::string::npos);
    CHECK(lie(symbols) == ended_sketch);
}

TEST_CASE_FIXTURE(Comparing,
                  "a first symbol that does not hold all that was announced costs the link") {
    dialled(bob);
    Symbols symbols = noise(0, 20);
    symbols.symbols[0].count = 99;
    CHECK(hear(bob, symbols) == ended_sketch);
}

TEST_CASE_FIXTURE(
    Comparing,
    "a difference that is neither ours nor news ends the round, and three in a row cost the link") {
    dialled(bob);
    // They claim to hold all that we do and, besides, to lack something that we never had.
    std::vector<Symbol> symbols = ours_coded(40);
    code(symbols, 0, 12345, -1);
    Symbols said{0, symbols, 99, key};
    for (Symbol& symbol : said.symbols) symbol.count = std::clamp(symbol.count, 0, 99);
    for (std::uint32_t times = 1; times < limits::void_rounds_max; ++times) {
        CHECK(hear(bob, said) == "tell bob done unsettled");
        CHECK(!node->in_sync(bob.link));
        wait_for_round(bob);
    }
    CHECK(hear(bob, said) == ended_sketch);
}

TEST_CASE_FIXTURE(Comparing,
                  "a few elements that never decode end the round after what the others show") {
    dialled(bob);
    std::vector<Symbol> symbols = ours_coded(400);
    code(symbols, 0, 12345, 1);
    // Two that are in symbol 0 alone, as somebody can grind them who knows the key.
    symbols[0].put(11, check_of(11), 1);
    symbols[0].put(12, check_of(12), 1);
    CHECK(hear(bob, Symbols{0, symbols, 103, key}) == "tell bob fetch 1; tell bob done unsettled");
    hear(bob, Done{true});
    CHECK(!node->in_sync(bob.link));
    CHECK(linked(bob));
    SUBCASE("also if they are all there is") {
        wait_for_round(bob);
        std::vector<Symbol> alone = ours_coded(400);
        alone[0].put(11, check_of(11), 1);
        alone[0].put(12, check_of(12), 1);
        CHECK(hear(bob, Symbols{0, alone, 102, key}) ==
              "tell bob fetch 0; tell bob done unsettled");
        CHECK(linked(bob));
    }
}

TEST_CASE_FIXTURE(Comparing, "items named and never delivered make no match") {
    dialled(bob);
    std::vector<Symbol> symbols = ours_coded(40);
    code(symbols, 0, 12345, 1);
    CHECK(hear(bob, Symbols{0, symbols, 101, key}) == "tell bob fetch 1; tell bob done");
    hear(bob, Done{true});
    CHECK(!node->in_sync(bob.link));
    CHECK(linked(bob));
}

TEST_CASE_FIXTURE(Comparing,
                  "who says to hold, besides what we do, something of ours says what cannot be") {
    dialled(bob);
    std::vector<Symbol> symbols = ours_coded(40);
    const auto held = store.newest(UINT64_MAX, 1);
    REQUIRE(held.size() == 1);
    code(symbols, 0, short_id(key, held.front().id), 1);
    const Symbols said{0, symbols, 101, key};
    for (std::uint32_t times = 1; times < limits::void_rounds_max; ++times) {
        CHECK(hear(bob, said) == "tell bob done unsettled");
        wait_for_round(bob);
    }
    CHECK(hear(bob, said) == ended_sketch);
}

TEST_CASE_FIXTURE(Comparing, "how many items there are is the same in every batch of a round") {
    dialled(bob);
    std::vector<Symbol> symbols = ours_coded(400);
    for (ShortId id = 1; id <= 30; ++id) code(symbols, 0, id, 1);
    const auto from = symbols.begin() + 10;
    const std::string said = hear(bob, Symbols{0, {symbols.begin(), from}, 130, key});
    REQUIRE(said.find("tell bob more ") == 0);
    const auto more = static_cast<std::ptrdiff_t>(std::stoul(said.substr(14)));
    Symbols next{10, {from, from + more}, 130, key};
    SUBCASE("the same") {
        CHECK(hear(bob, next).find("tell bob ") == 0);
        CHECK(linked(bob));
    }
    SUBCASE("another") {
        next.items = 131;
        CHECK(hear(bob, next) == ended_sketch);
    }
}

}  // namespace
}  // namespace hearsay::core
