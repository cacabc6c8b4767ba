#include "crypto/work_lanes.hpp"

#include "base/bytes.hpp"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace hearsay::crypto {

#if defined(__x86_64__)

namespace {

constexpr std::size_t block_words = 16;
constexpr std::size_t rounds = 64;
// FIPS 180-4, sections 4.2.2 and 5.3.3: the fractional parts of the cube roots of the first 64
// primes, and of the square roots of the first 8.
constexpr std::array<std::uint32_t, rounds> round_constants = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};
constexpr std::array<std::uint32_t, 8> start = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                                0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

// Word: the same word of many messages. GCC and clang make one instruction of each operation on it.
template <std::size_t count>
struct Vector {
    using Word [[gnu::vector_size(count * sizeof(std::uint32_t))]] = std::uint32_t;
};
// A block of each message. An array of the library would lose the attribute of its elements.
template <class Word>
struct Blocks {
    Word words[block_words];
};

template <class Word>
[[gnu::always_inline]] inline Word rotated(const Word& x, int bits) {
    return (x >> bits) | (x << (32 - bits));
}

// The first word of the hashes of one block each. The names are those of section 6.2.2.
template <class Word>
[[gnu::always_inline]] inline Word first_words(const Blocks<Word>& blocks) {
    Word w[block_words];
    for (std::size_t i = 0; i < block_words; ++i) w[i] = blocks.words[i];
    Word state[start.size()];
    for (std::size_t i = 0; i < start.size(); ++i) state[i] = Word{} + start[i];
#pragma GCC unroll 64
    for (std::size_t t = 0; t < rounds; ++t) {
        if (t >= block_words) {
            const Word& two_back = w[(t - 2) % block_words];
            const Word& fifteen_back = w[(t - 15) % block_words];
            w[t % block_words] +=
                (rotated(two_back, 17) ^ rotated(two_back, 19) ^ (two_back >> 10)) +
                w[(t - 7) % block_words] +
                (rotated(fifteen_back, 7) ^ rotated(fifteen_back, 18) ^ (fifteen_back >> 3));
        }
        // Instead of moving all eight names on by one, their places are counted back.
        const auto at = [&state, t](std::size_t name) -> Word& {
            return state[(name + rounds - t) % start.size()];
        };
        const Word &a = at(0), &b = at(1), &c = at(2), &e = at(4), &f = at(5), &g = at(6);
        Word &d = at(3), &h = at(7);
        const Word t1 = h + (rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)) +
                        (g ^ (e & (f ^ g))) + round_constants[t] + w[t % block_words];
        const Word t2 =
            (rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) + ((a & b) | (c & (a | b)));
        d += t1;
        h = t1 + t2;
    }
    return state[0] + start[0];
}

// The nonce fills the last byte of word 11, word 12, and the first 3 bytes of word 13. Among the
// nonces of one group only the last of these bytes differ: a group begins at a multiple of lanes.
constexpr std::size_t nonce_word = work_nonce_at / sizeof(std::uint32_t);
static_assert(work_nonce_at % sizeof(std::uint32_t) == 3);

std::uint32_t word_of(const WorkBlock& block, std::size_t i) {
    const auto bytes = std::span(block).subspan(i * sizeof(std::uint32_t));
    return base::read_big_endian<std::uint32_t>(bytes.first<sizeof(std::uint32_t)>());
}

template <std::size_t lanes>
[[gnu::always_inline]] inline std::uint64_t surely_none(const WorkBlock& block, std::uint64_t first,
                                                        std::uint64_t count, std::uint32_t most) {
    using Word = typename Vector<lanes>::Word;
    Blocks<Word> blocks;
    auto& message = blocks.words;
    for (std::size_t i = 0; i < block_words; ++i) message[i] = Word{} + word_of(block, i);
    const Word before_nonce = message[nonce_word] & ~0xffU;
    const Word after_nonce = message[nonce_word + 2] & 0xffU;
    Word lane;
    for (std::size_t i = 0; i < lanes; ++i) lane[i] = static_cast<std::uint32_t>(i);
    for (std::uint64_t done = 0; done < count; done += lanes) {
        const std::uint64_t nonce = first + done;
        message[nonce_word] = before_nonce | static_cast<std::uint32_t>(nonce >> 56);
        message[nonce_word + 1] = Word{} + static_cast<std::uint32_t>(nonce >> 24);
        message[nonce_word + 2] = after_nonce | ((static_cast<std::uint32_t>(nonce) + lane) << 8);
        const auto small = first_words(blocks) <= Word{} + most;
        bool any = false;
        for (std::size_t i = 0; i < lanes; ++i) any |= small[i] != 0;
        if (any) return done;
    }
    return count;
}

[[gnu::target("avx512f,avx512vl")]]
#if defined(__clang__)
[[clang::min_vector_width(512)]]
#endif
std::uint64_t surely_none_16(const WorkBlock& block, std::uint64_t first, std::uint64_t count,
                             std::uint32_t most) {
    return surely_none<16>(block, first, count, most);
}

[[gnu::target("avx2")]] std::uint64_t surely_none_8(const WorkBlock& block, std::uint64_t first,
                                                    std::uint64_t count, std::uint32_t most) {
    return surely_none<8>(block, first, count, most);
}

// Clang's __builtin_cpu_supports does not know them before version 15.
bool has_sha_extensions() {
    constexpr unsigned leaf = 7, sha_bit = 1U << 29;  // of EBX (Intel's manual, CPUID)
    unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
    return __get_cpuid_count(leaf, 0, &eax, &ebx, &ecx, &edx) == 1 && (ebx & sha_bit) != 0;
}

}  // namespace

std::vector<Lanes> lanes_here() {
    std::vector<Lanes> out;
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl"))
        out.push_back({"AVX-512", 16, surely_none_16});
    if (__builtin_cpu_supports("avx2")) out.push_back({"AVX2", 8, surely_none_8});
    return out;
}

std::optional<Lanes> fastest_lanes() {
    const std::vector<Lanes> all = lanes_here();
    if (all.empty() || (all.front().lanes < 16 && has_sha_extensions())) return std::nullopt;
    return all.front();
}

#else

std::vector<Lanes> lanes_here() {
    return {};
}

std::optional<Lanes> fastest_lanes() {
    return std::nullopt;
}

#endif

}  // namespace hearsay::crypto
