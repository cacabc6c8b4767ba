// fuzz/stranger_script.hpp - what a fuzz target reads its input with: choices from the front, and
// zeros once it is over, so that each input is a whole script.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "base/bytes.hpp"

namespace hearsay::fuzz {

class Script {
public:
    explicit Script(base::ByteView bytes) : left_(bytes) {}

    bool over() const { return left_.empty(); }
    std::uint8_t byte() {
        if (left_.empty()) return 0;
        const std::uint8_t out = left_.front();
        left_ = left_.subspan(1);
        return out;
    }
    std::uint32_t number() {
        std::uint32_t out = 0;
        for (int i = 0; i < 4; ++i) out = out << 8 | byte();
        return out;
    }
    std::size_t below(std::size_t end) { return end <= 256 ? byte() % end : number() % end; }
    base::ByteView take(std::size_t most) {
        const base::ByteView out = left_.first(std::min(most, left_.size()));
        left_ = left_.subspan(out.size());
        return out;
    }
    template <class T, std::size_t n>
    const T& one_of(const T (&choices)[n]) {
        return choices[below(n)];
    }

private:
    base::ByteView left_;
};

}  // namespace hearsay::fuzz
