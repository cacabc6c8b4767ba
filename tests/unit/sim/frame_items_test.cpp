#include "sim/frame_items.hpp"

#include <doctest/doctest.h>

#include "core/messages.hpp"

using namespace hearsay;

namespace {

constexpr base::WallTime noon = base::from_unix_seconds(1'800'000'000);

struct Fixture {
    sim::Oracle oracle{base::Rng(base::Secret{})};
    sim::FrameItems frames{oracle};

    sim::ItemNumber make(sim::Purpose purpose) {
        return oracle.make(noon, {}, base::Seconds(86400), purpose);
    }
    static core::FramePtr frame_of(const std::vector<item::ReadPtr>& items) {
        std::size_t from = 0;
        return core::encode_items(items, from, 1);
    }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture,
                  "items are known by number, and a copy that nobody made is none of them") {
    const auto first = make(sim::Purpose::offer);
    const auto second = make(sim::Purpose::spam);
    auto spoiled = std::make_shared<item::Read>(*oracle[first].item);
    spoiled->item.nonce += 1;
    const auto frame = frame_of({oracle[second].item, spoiled});
    CHECK(frames.in(frame) == std::vector<sim::ItemNumber>{second, sim::no_item});
}

TEST_CASE_FIXTURE(Fixture, "warm-up does not count, and what is no Items carries none") {
    const auto frame =
        frame_of({oracle[make(sim::Purpose::warm_up)].item, oracle[make(sim::Purpose::mail)].item});
    CHECK(frames.counted_in(frame) == 1);
    CHECK(frames.in(core::encode(core::Ping{7})).empty());
}

TEST_CASE_FIXTURE(Fixture, "a frame that was looked at long ago is looked at again") {
    const auto number = make(sim::Purpose::offer);
    const auto frame = frame_of({oracle[number].item});
    CHECK(frames.in(frame).size() == 1);
    for (int others = 0; others < 20; ++others)
        CHECK(frames.in(frame_of({oracle[make(sim::Purpose::offer)].item})).size() == 1);
    CHECK(frames.in(frame) == std::vector<sim::ItemNumber>{number});
}
