// base/rng.hpp - deterministic randomness from a 32-byte seed.
//
// A ChaCha20 keystream (RFC 8439 section 2.3, all-zero nonce, 64-bit block counter), so the node's
// choices cannot be predicted from earlier ones, and the same seed replays the same run on any
// machine. The app seeds it once from the operating system; the simulator from its seed. Keys may
// be drawn from it: it is as strong as its seed. Not thread-safe, not copyable by accident.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "base/bytes.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"

namespace hearsay::base {

class Rng {
public:
    explicit Rng(const Secret& seed);
    Rng(const Rng&) = delete;
    Rng& operator=(const Rng&) = delete;
    Rng(Rng&&) = default;

    void fill(std::span<std::uint8_t> out);
    std::uint64_t next();
    // Uniform in [0, bound); bound must be positive. Unbiased (rejection).
    std::uint64_t below(std::uint64_t bound);
    Millis between(Millis least, Millis most);  // inclusive
    Secret secret();
    Rng fork();  // an independent generator; both stay deterministic

    template <std::size_t N, class Tag>
    void fill(FixedBytes<N, Tag>& out) {
        fill(std::span<std::uint8_t>(out.data));
    }

private:
    void refill();
    std::array<std::uint32_t, 8> key_{};
    std::uint64_t counter_ = 0;
    std::array<std::uint8_t, 64> block_{};
    std::size_t used_ = 64;
};

}  // namespace hearsay::base
