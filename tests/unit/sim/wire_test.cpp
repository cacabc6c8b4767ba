#include "sim/wire.hpp"

#include <doctest/doctest.h>

using namespace hearsay;
using base::Millis;
using base::MonoTime;

namespace {

sim::Wire wire_of(std::int64_t rate) {
    sim::Wire wire;
    wire.circuit = Millis(300);
    wire.ends[0].rate = rate;
    wire.ends[1].rate = rate;
    return wire;
}

}  // namespace

TEST_CASE("frames never overtake each other") {
    base::Rng rng(base::Secret{});
    sim::Wire wire = wire_of(100'000);
    MonoTime last{};
    for (int i = 0; i < 1000; ++i) {
        const MonoTime arrives = wire.send(0, 10, MonoTime(Millis(i)), rng);
        CHECK(arrives >= last);
        last = arrives;
    }
}

TEST_CASE("a link carries no more than its rate, and what waits is its queue") {
    base::Rng rng(base::Secret{});
    sim::Wire wire = wire_of(1000);
    CHECK(wire.send(0, 60'000, MonoTime{}, rng) >= MonoTime(Millis(60'000)));
    CHECK(wire.queued_bytes(0, MonoTime{}) == 60'000);
    CHECK(wire.queued_bytes(0, MonoTime(Millis(59'000))) == 1000);
    CHECK(wire.queued_bytes(1, MonoTime{}) == 0);
}

TEST_CASE(
    "nothing sent on a stalled direction leaves before the stall ends, and the other direction "
    "flows") {
    base::Rng rng(base::Secret{});
    sim::Wire wire = wire_of(1000);
    wire.ends[0].stalled_until = MonoTime(Millis(50'000));
    CHECK(wire.send(0, 1, MonoTime{}, rng) > MonoTime(Millis(50'000)));
    CHECK(wire.send(1, 1, MonoTime{}, rng) < MonoTime(Millis(1000)));
    CHECK(wire.queued_bytes(0, MonoTime{}) == 1);
}

TEST_CASE("a link is released when its second end closes, and its number is never used again") {
    sim::Wires wires;
    sim::Wire wire = wire_of(1000);
    wire.ends[0].open = wire.ends[1].open = true;
    wire.visit = 7;
    const std::uint64_t number = wires.add(wire);
    CHECK(!wires.close_end(number, 1));
    REQUIRE(wires.find(number) != nullptr);
    CHECK(wires.open_count() == 1);
    const auto gone = wires.close_end(number, 0);
    REQUIRE(gone);
    CHECK(gone->visit == 7);
    CHECK(wires.find(number) == nullptr);
    CHECK(wires.open_count() == 0);
    CHECK(wires.add(wire) > number);
}
