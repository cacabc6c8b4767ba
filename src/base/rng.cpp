#include "base/rng.hpp"

#include <bit>

#include "base/ensure.hpp"

namespace hearsay::base {
namespace {

void quarter_round(std::array<std::uint32_t, 16>& s, std::size_t a, std::size_t b, std::size_t c,
                   std::size_t d) {
    s[a] += s[b];
    s[d] = std::rotl(s[d] ^ s[a], 16);
    s[c] += s[d];
    s[b] = std::rotl(s[b] ^ s[c], 12);
    s[a] += s[b];
    s[d] = std::rotl(s[d] ^ s[a], 8);
    s[c] += s[d];
    s[b] = std::rotl(s[b] ^ s[c], 7);
}

}  // namespace

Rng::Rng(const Secret& seed) {
    for (std::size_t i = 0; i < key_.size(); ++i)
        for (std::size_t byte = 0; byte < 4; ++byte)
            key_[i] |= static_cast<std::uint32_t>(seed.data[4 * i + byte]) << (8 * byte);
}

void Rng::refill() {
    const std::array<std::uint32_t, 16> start{0x61707865,
                                              0x3320646e,
                                              0x79622d32,
                                              0x6b206574,
                                              key_[0],
                                              key_[1],
                                              key_[2],
                                              key_[3],
                                              key_[4],
                                              key_[5],
                                              key_[6],
                                              key_[7],
                                              static_cast<std::uint32_t>(counter_),
                                              static_cast<std::uint32_t>(counter_ >> 32),
                                              0,
                                              0};
    std::array<std::uint32_t, 16> s = start;
    for (int double_round = 0; double_round < 10; ++double_round) {
        quarter_round(s, 0, 4, 8, 12);
        quarter_round(s, 1, 5, 9, 13);
        quarter_round(s, 2, 6, 10, 14);
        quarter_round(s, 3, 7, 11, 15);
        quarter_round(s, 0, 5, 10, 15);
        quarter_round(s, 1, 6, 11, 12);
        quarter_round(s, 2, 7, 8, 13);
        quarter_round(s, 3, 4, 9, 14);
    }
    for (std::size_t i = 0; i < 16; ++i) {
        const std::uint32_t word = s[i] + start[i];
        for (std::size_t byte = 0; byte < 4; ++byte)
            block_[4 * i + byte] = static_cast<std::uint8_t>(word >> (8 * byte));
    }
    ++counter_;
    used_ = 0;
}

void Rng::fill(std::span<std::uint8_t> out) {
    for (std::uint8_t& byte : out) {
        if (used_ == block_.size()) refill();
        byte = block_[used_];
        block_[used_++] = 0;  // what was handed out is not kept
    }
}

std::uint64_t Rng::next() {
    std::array<std::uint8_t, 8> raw;
    fill(raw);
    return read_big_endian<std::uint64_t>(raw);
}

std::uint64_t Rng::below(std::uint64_t bound) {
    ENSURE(bound > 0, "a random choice among nothing");
    const std::uint64_t unbiased = UINT64_MAX - UINT64_MAX % bound;
    std::uint64_t value = next();
    while (value >= unbiased) value = next();
    return value % bound;
}

Millis Rng::between(Millis least, Millis most) {
    ENSURE(least <= most, "an empty range of delays");
    return least + Millis(static_cast<std::int64_t>(
                       below(static_cast<std::uint64_t>((most - least).count()) + 1)));
}

Secret Rng::secret() {
    Secret out;
    fill(out);
    return out;
}

Rng Rng::fork() {
    return Rng(secret());
}

}  // namespace hearsay::base
