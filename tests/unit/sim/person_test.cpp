#include "sim/person.hpp"

#include <doctest/doctest.h>

using namespace hearsay;

namespace {

constexpr base::WallTime noon = base::from_unix_seconds(1'800'000'000);

struct Fixture {
    sim::Person person{base::Rng(base::Secret{}), noon};
    market::Market market = person.open();

    std::uint32_t saved_personas() {
        market::Market opened = person.open();
        return opened.vault().next_persona();
    }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a crash keeps the vault as it was saved last") {
    market.vault().new_persona();
    REQUIRE(person.save(market.vault()));
    const std::uint32_t saved = market.vault().next_persona();
    market.vault().new_persona();
    person.close();
    CHECK(saved_personas() == saved);
}

TEST_CASE_FIXTURE(Fixture, "a disk that is broken saves nothing until it is mended") {
    const std::uint32_t before = market.vault().next_persona();
    market.vault().new_persona();
    person.break_saves(true);
    CHECK_FALSE(person.save(market.vault()));
    CHECK(saved_personas() == before);
    person.break_saves(false);
    REQUIRE(person.save(market.vault()));
    CHECK(saved_personas() == before + 1);
}

TEST_CASE_FIXTURE(Fixture, "the words on the user's paper are those of the vault") {
    base::Rng rng(base::Secret{});
    const auto again = market::Vault::recover(person.words(), rng, noon);
    REQUIRE(again);
    CHECK(again->persona_seed(0) == market.vault().persona_seed(0));
}

TEST_CASE_FIXTURE(Fixture, "work that was cancelled is answered to nobody, other work once") {
    const base::ItemId one{};
    base::ItemId two{};
    two.data[0] = 1;
    const std::uint64_t first = person.wait(market::FindWork{one, 5});
    const std::uint64_t second = person.wait(market::FindWork{two, 5});
    person.cancel_work(one);
    CHECK(!person.take_work(first));
    REQUIRE(person.take_work(second));
    CHECK(!person.take_work(second));
}

TEST_CASE_FIXTURE(Fixture, "what workers were asked is lost with the process") {
    const std::uint64_t work = person.wait(market::FindWork{});
    const std::uint64_t attempt = person.wait(market::TryOpen{});
    const std::uint64_t list = person.wait(market::ListPersonas{});
    person.close();
    CHECK(!person.take_work(work));
    CHECK(!person.take_try(attempt));
    CHECK(!person.take_list(list));
}
