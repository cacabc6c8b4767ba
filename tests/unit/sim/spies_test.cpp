#include "sim/spies.hpp"

#include <doctest/doctest.h>

#include "core/messages.hpp"

using namespace hearsay;

namespace {

constexpr base::WallTime noon = base::from_unix_seconds(1'800'000'000);

struct Fixture {
    sim::Oracle oracle{base::Rng(base::Secret{})};
    sim::Spies spies;

    Fixture() {
        spies.enlist(0);
        spies.enlist(1);
        for (std::uint32_t peer = 2; peer < 6; ++peer)
            for (std::uint32_t spy = 0; spy < 2; ++spy)
                spies.on_link(spy, base::LinkId{peer}, peer);
        spies.on_link(0, base::LinkId{1}, 1);
        spies.on_link(0, base::LinkId{9}, std::nullopt);
    }
    sim::ItemNumber make(std::uint32_t maker, std::optional<sim::ItemNumber> like = {}) {
        const auto number = oracle.make(noon, {}, base::Seconds(86400), sim::Purpose::offer, like);
        oracle.set_maker(number, maker);
        return number;
    }
    void bring(std::uint32_t spy, std::uint64_t link, sim::ItemNumber number) {
        std::size_t from = 0;
        const auto frame = core::encode_items({oracle[number].item}, from, 1);
        spies.on_frame(spy, {base::LinkId{link}, *frame}, oracle);
    }
    void announce(std::uint32_t spy, std::uint64_t link, sim::ItemNumber number) {
        const auto frame = core::encode(core::Announce{{{oracle[number].item->id, 0, 600, 600}}});
        spies.on_frame(spy, {base::LinkId{link}, *frame}, oracle);
    }
    sim::Spies::Score score() const { return spies.score(oracle); }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "the guess is who was first, with any spy, by item or by id") {
    const auto first = make(3);
    const auto second = make(4);
    bring(1, 3, first);
    bring(0, 4, first);
    announce(0, 5, second);
    bring(0, 4, second);
    CHECK(score().items == 2);
    CHECK(score().hit_share == 0.5);
}

TEST_CASE_FIXTURE(Fixture, "spies do not suspect each other, and anonymous links tell nothing") {
    const auto number = make(3);
    bring(0, 1, number);
    bring(0, 9, number);
    CHECK(score().hit_share == 0.0);
    bring(1, 3, number);
    CHECK(score().hit_share == 1.0);
}

TEST_CASE_FIXTURE(Fixture, "several items of one persona are guessed together") {
    const auto first = make(3);
    const auto second = make(3, first);
    const auto third = make(3, first);
    bring(0, 4, first);
    bring(0, 3, second);
    bring(0, 3, third);
    CHECK(score().hit_share == doctest::Approx(2.0 / 3));
    CHECK(score().counting_hit_share == 1.0);
}
