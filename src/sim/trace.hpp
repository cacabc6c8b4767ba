// sim/trace.hpp - the last steps of a run, for a person who wants to know why a check failed; and
// the digest by which two runs are told apart.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "core/effects.hpp"
#include "core/inputs.hpp"

namespace hearsay::sim {

// Order matters; 64 bits are enough to notice a difference, nobody has a reason to forge one.
class Digest {
public:
    void mix(std::uint64_t word) {
        state_ = (state_ ^ word) * 0x9E3779B97F4A7C15ULL;
        state_ ^= state_ >> 32;
    }
    void mix(base::ByteView bytes);
    std::string text() const;  // 16 hexadecimal digits

private:
    std::uint64_t state_ = 0x6865617273617921ULL;
};

class TraceRing {
public:
    static constexpr std::size_t lines_max = 1 << 14;

    void add(base::MonoTime at, std::uint32_t node, const core::Input& input,
             const core::Effects& effects);
    // The newest `most` steps of these nodes, oldest first, one a line.
    std::string text(std::uint32_t node, std::size_t most) const;

private:
    static constexpr std::size_t effects_shown = 10;
    struct Line {
        base::MonoTime at;
        std::uint32_t node = 0;
        std::uint8_t input = 0;
        std::uint8_t frame = 0;  // field number of the Frame's body
        std::uint8_t shown = 0;
        std::uint32_t effects = 0;
        std::uint64_t link = 0;
        std::array<std::pair<std::uint8_t, std::uint32_t>, effects_shown> what{};  // effect, link
    };
    static std::string words(const Line& line);

    std::vector<Line> lines_;
    std::size_t next_ = 0;
};

}  // namespace hearsay::sim
