#include "sim/latency.hpp"

#include <array>

namespace hearsay::sim {
namespace {

// One way, milliseconds, at 0, 1/16, ... 15/16; the last sixteenth has its own table: the tail.
constexpr std::array<std::int64_t, 16> body{60,  95,  120, 140, 160, 181, 204, 233,
                                            265, 300, 340, 390, 450, 530, 640, 800};
constexpr std::array<std::int64_t, 9> tail{800, 860, 920, 980, 1050, 1130, 1240, 1400, 2500};

template <std::size_t N>
std::int64_t between(const std::array<std::int64_t, N>& table, std::uint64_t place) {
    const std::uint64_t at = place / 1024;
    const auto rest = static_cast<std::int64_t>(place % 1024);
    return table[at] + (table[at + 1] - table[at]) * rest / 1024;
}

}  // namespace

base::Millis draw_circuit(base::Rng& rng) {
    const std::uint64_t place = rng.below(16 * 1024);
    if (place < 15 * 1024) return base::Millis(between(body, place));
    return base::Millis(between(tail, (place - 15 * 1024) * 8));
}

base::Millis frame_latency(base::Millis circuit, base::Rng& rng) {
    return circuit + base::Millis(static_cast<std::int64_t>(
                         rng.below(static_cast<std::uint64_t>(circuit.count()) / 4 + 1)));
}

base::Millis draw_setup(base::Rng& rng) {
    const base::Millis first = draw_circuit(rng);  // one after the other: compilers choose in sums
    return base::Millis(800) + first * 4 + draw_circuit(rng) * 2;
}

}  // namespace hearsay::sim
