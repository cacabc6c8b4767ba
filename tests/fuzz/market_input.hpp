// fuzz/market_input.hpp - a fuzzer's bytes as numbers and choices, the same under every compiler.
// What is read beyond the end is 0, so every input is a whole script.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include "base/bytes.hpp"

namespace hearsay::fuzz {

class Input {
public:
    explicit Input(base::ByteView bytes) : rest_(bytes) {}

    bool is_empty() const { return rest_.empty(); }
    std::uint8_t byte() {
        if (rest_.empty()) return 0;
        const std::uint8_t out = rest_.front();
        rest_ = rest_.subspan(1);
        return out;
    }
    std::size_t below(std::size_t end) { return end == 0 ? 0 : byte() % end; }
    std::uint32_t word() {
        std::uint32_t out = 0;
        for (int i = 0; i < 4; ++i) out = out << 8 | byte();
        return out;
    }
    bool flag() { return byte() % 2 != 0; }
    // One time in so many.
    bool one_in(std::size_t times) { return below(times) == times - 1; }
    base::Bytes bytes(std::size_t most) {
        const base::ByteView part = rest_.first(std::min(most, rest_.size()));
        rest_ = rest_.subspan(part.size());
        return base::to_bytes(part);
    }
    template <class Choices>
    const auto& choose(const Choices& choices) {
        return choices[below(std::size(choices))];
    }

private:
    base::ByteView rest_;
};

// A value that names itself: all of its bytes are this one.
template <class Value>
Value filled(std::uint8_t byte) {
    Value out;
    out.data.fill(byte);
    return out;
}

}  // namespace hearsay::fuzz
