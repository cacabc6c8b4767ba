// item/standing.hpp: which class an item belongs to, and what level its work shows.
#include "item/standing.hpp"

#include <doctest/doctest.h>

#include "crypto/work.hpp"
#include "samples.hpp"

namespace hearsay::item {
namespace {

constexpr base::Seconds week(7 * 24 * 3600);
const base::ItemId id = samples::filled<base::ItemId>(7);

TEST_CASE("mail and its removals share a class, and what we do not know stands with posts") {
    CHECK(store_class(kind_mail) == StoreClass::mail);
    CHECK(store_class(kind_mail_removal) == StoreClass::mail);
    CHECK(store_class(kind_offer) == StoreClass::offers);
    CHECK(store_class(4) == StoreClass::offers);
    CHECK(store_class(6) == StoreClass::offers);
    CHECK(store_class(5) == StoreClass::ratings);
    CHECK(store_class(8) == StoreClass::pictures);
    for (const Kind other : {7U, 9U, 1000U, UINT32_MAX})
        CHECK(store_class(other) == StoreClass::posts);
}

TEST_CASE("four levels are a doubling of the work, and level 0 is what is asked of all") {
    CHECK(required_work(1000, week, 0) == required_work(1000, week));
    CHECK(required_work(1000, week, 4) == 2 * required_work(1000, week));
    CHECK(required_work(1000, week, 40) == 1024 * required_work(1000, week));
    for (Level level = 0; level < 4; ++level) {
        const auto lower = static_cast<double>(required_work(34376, week, level));
        const auto higher = static_cast<double>(required_work(34376, week, Level(level + 1)));
        CHECK(higher / lower == doctest::Approx(1.18921).epsilon(0.0001));
    }
}

TEST_CASE("the largest item at the highest level still asks for a number that fits") {
    const base::Seconds longest(15 * 24 * 3600);
    const std::uint64_t below = required_work(34376, longest, level_max - 4);
    CHECK(required_work(34376, longest, level_max) == 2 * below);
}

TEST_CASE("a nonce shows the highest level whose work it would be enough for") {
    int shown = 0;
    for (std::uint64_t nonce = 0; nonce < 20000; ++nonce) {
        // A tiny item asks for 800,000 hashes; few nonces show that, fewer more.
        const Level level = level_of(Network::local, id, nonce, 169, base::Seconds(600));
        const auto enough = [&](Level asked) {
            return crypto::work_is_enough(id, nonce, required_work(169, base::Seconds(600), asked));
        };
        if (level == 0) continue;
        ++shown;
        CHECK(enough(level));
        CHECK(!enough(Level(level + 1)));
    }
    CHECK(shown < 20);
}

TEST_CASE("work for a level shows it, or a higher one") {
    const std::atomic<bool> never{false};
    for (Level level = 0; level < 4; ++level) {
        const std::uint64_t trials = required_work(169, base::Seconds(600), level) / 256;
        const auto nonce = crypto::find_work(id, trials, 0, never);
        REQUIRE(nonce);
        CHECK(crypto::head_is_enough(crypto::work_head(id, *nonce), trials));
    }
}

TEST_CASE("in the simulated network the nonce says the level, up to the highest") {
    const auto level = [](std::uint64_t nonce) {
        return level_of(Network::sim, id, nonce, 1000, week);
    };
    CHECK(level(0) == 0);
    CHECK(level(0xffffffffffffff) == 0);
    CHECK(level(std::uint64_t{5} << 56) == 5);
    CHECK(level(UINT64_MAX) == level_max);
}

TEST_CASE("floors hold for their own class only") {
    Floors floors{};
    floors[static_cast<std::size_t>(StoreClass::posts)] = 8;
    CHECK(!is_above({StoreClass::posts, 7}, floors));
    CHECK(is_above({StoreClass::posts, 8}, floors));
    CHECK(is_above({StoreClass::mail, 0}, floors));
}

TEST_CASE("the highest floor takes nothing of its class") {
    Floors floors{};
    floors[static_cast<std::size_t>(StoreClass::pictures)] = level_max;
    CHECK(!is_above({StoreClass::pictures, level_max}, floors));
    CHECK(is_above({StoreClass::posts, 0}, floors));
    floors[static_cast<std::size_t>(StoreClass::pictures)] = level_max - 1;
    CHECK(is_above({StoreClass::pictures, level_max - 1}, floors));
}

TEST_CASE("the higher of two floors is that of each class, and one exceeds another in any class") {
    const Floors a{1, 5, 0, 0, 9};
    const Floors b{2, 3, 0, 0, 9};
    CHECK(higher(a, b) == Floors{2, 5, 0, 0, 9});
    CHECK(exceeds(a, b));
    CHECK(exceeds(b, a));
    CHECK(!exceeds(a, higher(a, b)));
    CHECK(!exceeds(a, a));
}

}  // namespace
}  // namespace hearsay::item
