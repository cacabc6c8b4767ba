// crypto/work_lanes.hpp - the search for work, many nonces at a time.
//
// A vector register of the processor holds the same word of as many messages as it has lanes, and
// each instruction of SHA-256 (FIPS 180-4, section 6.2) works on all of them. A library hashes one
// message at a time, because each step of a hash needs the one before. That a nonce is good is
// always said by the library (crypto/work.hpp): lanes only tell which nonces are worth a look, so a
// fault here could cost time and never let a wrong nonce out. docs/decisions/0032.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace hearsay::crypto {

// A whole block of SHA-256 with its padding, in which only the 8 bytes of the nonce change.
inline constexpr std::size_t work_block_size = 64;
inline constexpr std::size_t work_nonce_at = 47;
using WorkBlock = std::array<std::uint8_t, work_block_size>;

// The search of one kind of processor.
struct Lanes {
    const char* name;  // of the instructions that it needs
    std::uint64_t lanes;
    // Of the `count` nonces from `first` on, so many at their beginning surely have no hash that
    // begins with 4 bytes of at most `most`, read big-endian. `first`, `count` and the answer are
    // multiples of the number of lanes; less than `count` means that one of the next is worth a
    // look.
    std::uint64_t (*surely_none)(const WorkBlock& block, std::uint64_t first, std::uint64_t count,
                                 std::uint32_t most);
};

// All that this processor runs.
std::vector<Lanes> lanes_here();
// The one that is faster here than the library's hash. Nothing with SHA extensions and no AVX-512,
// where one message at a time is as fast, and where there is no code for the processor.
std::optional<Lanes> fastest_lanes();

}  // namespace hearsay::crypto
