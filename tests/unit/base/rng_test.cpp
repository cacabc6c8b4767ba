#include "base/rng.hpp"

#include <doctest/doctest.h>

#include "base/encoding.hpp"

using namespace hearsay::base;

namespace {

Secret seed_of(std::uint8_t last) {
    Secret seed;
    seed.data[31] = last;
    return seed;
}
std::string stream(Rng& rng, std::size_t size) {
    Bytes out(size);
    rng.fill(std::span<std::uint8_t>(out));
    return to_hex(out);
}

// RFC 8439 appendix A.1, test vectors 1 and 2: the first two blocks of the zero key.
constexpr std::string_view zero_key_stream =
    "76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7"
    "da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586"
    "9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed"
    "29b721769ce64e43d57133b074d839d531ed1f28510afb45ace10a1f4b794d6f";
// Vector 3: block 1 of the key that ends in 01.
constexpr std::string_view one_key_block =
    "3aeb5224ecf849929b9d828db1ced4dd832025e8018b8160b82284f3c949aa5a"
    "8eca00bbb4a73bdad192b5c42f73f2fd4e273644c8b36125a64addeb006c13a0";

}  // namespace

TEST_CASE("the stream is ChaCha20's as RFC 8439 gives it") {
    Rng zero{Secret{}};
    CHECK(stream(zero, 128) == zero_key_stream);
    Rng one(seed_of(1));
    stream(one, 64);
    CHECK(stream(one, 64) == one_key_block);
}

TEST_CASE("the stream does not depend on the sizes it is drawn in") {
    Rng rng{Secret{}};
    std::string pieces;
    for (std::size_t size :
         {std::size_t{1}, std::size_t{7}, std::size_t{0}, std::size_t{63}, std::size_t{57}})
        pieces += stream(rng, size);
    CHECK(pieces == zero_key_stream);
}

TEST_CASE("next() reads eight bytes big-endian") {
    Rng rng{Secret{}};
    CHECK(rng.next() == 0x76b8e0ada0f13d90ULL);
}

TEST_CASE("the same seed replays the same choices, another seed others") {
    Rng first(seed_of(7));
    Rng second(seed_of(7));
    Rng other(seed_of(8));
    bool differs = false;
    for (int i = 0; i < 100; ++i) {
        const std::uint64_t choice = first.below(1000);
        CHECK(choice == second.below(1000));
        differs |= choice != other.below(1000);
    }
    CHECK(differs);
}

TEST_CASE("below() reaches every value about equally often and never the bound") {
    Rng rng(seed_of(3));
    constexpr std::uint64_t bound = 10;
    constexpr int rounds = 100000;
    std::array<int, bound> counts{};
    for (int i = 0; i < rounds; ++i) {
        const std::uint64_t value = rng.below(bound);
        REQUIRE(value < bound);
        ++counts[value];
    }
    double chi_squared = 0;
    for (int count : counts) {
        const double off = count - rounds / 10.0;
        chi_squared += off * off / (rounds / 10.0);
    }
    CHECK(chi_squared < 27.9);  // 9 degrees of freedom, p = 0.001; the seed is fixed
}

TEST_CASE("below() keeps huge bounds unbiased") {
    // Two thirds of 2^64: a plain remainder would hit the lower half of the range twice as often.
    Rng rng(seed_of(4));
    constexpr std::uint64_t bound = 0xaaaaaaaaaaaaaaaaULL;
    int low = 0;
    constexpr int rounds = 10000;
    for (int i = 0; i < rounds; ++i) low += rng.below(bound) < bound / 2 ? 1 : 0;
    CHECK(low > rounds / 2 - 200);
    CHECK(low < rounds / 2 + 200);
}

TEST_CASE("below(1) is zero") {
    Rng rng(seed_of(5));
    for (int i = 0; i < 10; ++i) CHECK(rng.below(1) == 0);
}

TEST_CASE("between() includes both ends") {
    Rng rng(seed_of(6));
    bool least = false;
    bool most = false;
    for (int i = 0; i < 200; ++i) {
        const Millis delay = rng.between(Millis(-1), Millis(1));
        REQUIRE(delay >= Millis(-1));
        REQUIRE(delay <= Millis(1));
        least |= delay == Millis(-1);
        most |= delay == Millis(1);
    }
    CHECK(least);
    CHECK(most);
    CHECK(rng.between(Millis(5), Millis(5)) == Millis(5));
}

TEST_CASE("a fork is deterministic and has a stream of its own") {
    Rng parent(seed_of(9));
    Rng twin(seed_of(9));
    Rng child = parent.fork();
    Rng twin_child = twin.fork();
    CHECK(stream(child, 64) == stream(twin_child, 64));
    CHECK(stream(child, 64) != stream(parent, 64));
    CHECK(parent.next() == (stream(twin, 64), twin.next()));
}

TEST_CASE("a fixed-size value is filled whole") {
    Rng rng{Secret{}};
    ItemId id;
    rng.fill(id);
    CHECK(to_hex(id) == zero_key_stream.substr(0, 64));
}
