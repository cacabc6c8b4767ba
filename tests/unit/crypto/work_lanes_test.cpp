#include "crypto/work_lanes.hpp"

#include <algorithm>

#include <doctest/doctest.h>

#include "crypto/work.hpp"

using namespace hearsay;
using namespace hearsay::crypto;

namespace {

// The block as FIPS 180-4, section 5.1.1, pads the message of work.hpp.
WorkBlock block_of(const base::ItemId& id) {
    constexpr std::string_view tag{"hearsay pow v1", 15};
    WorkBlock out{};
    std::ranges::copy(tag, out.begin());
    std::ranges::copy(id.data, out.begin() + tag.size());
    out[55] = 0x80;
    out[62] = 55 * 8 >> 8;
    out[63] = 55 * 8 & 0xff;
    return out;
}

std::uint32_t first_word(const base::ItemId& id, std::uint64_t nonce) {
    return static_cast<std::uint32_t>(work_head(id, nonce) >> 32);
}

// Where the bytes of a nonce carry over into the next word, and where all of them begin anew.
constexpr std::array<std::uint64_t, 7> beginnings = {
    0, 0xff0, 0xffffc0, 0xffffffc0, 0xffffffffffc0, 0xffffffffffffc0, UINT64_MAX - 127};

}  // namespace

TEST_CASE("lanes leave exactly the group of the first nonce whose hash begins small enough") {
    for (const Lanes& lanes : lanes_here()) {
        CAPTURE(lanes.name);
        std::size_t number = 0;
        for (const std::uint64_t beginning : beginnings) {
            CAPTURE(beginning);
            base::ItemId id;
            id.data[number++] = 9;
            constexpr std::uint64_t count = 256;
            std::vector<std::uint32_t> words;
            for (std::uint64_t i = 0; i < count; ++i)
                words.push_back(first_word(id, beginning + i));
            auto sorted = words;
            std::ranges::sort(sorted);
            // Each hash is the first in its turn, and the one before the smallest is too large.
            for (const std::uint32_t most : {sorted[0] - 1, sorted[0], sorted[1], sorted[2],
                                             sorted[7], sorted[64], sorted[255]}) {
                const auto first = static_cast<std::uint64_t>(
                    std::ranges::find_if(words, [&](std::uint32_t word) { return word <= most; }) -
                    words.begin());
                const std::uint64_t expected =
                    first == count ? count : first / lanes.lanes * lanes.lanes;
                CHECK(lanes.surely_none(block_of(id), beginning, count, most) == expected);
            }
            for (const std::uint32_t most : words) {
                const auto none = lanes.surely_none(block_of(id), beginning, count, most);
                CHECK(none < count);
                CHECK(none % lanes.lanes == 0);
                for (std::uint64_t i = 0; i < none; ++i) REQUIRE(words[i] > most);
            }
        }
    }
}

TEST_CASE("lanes leave nothing of nothing") {
    for (const Lanes& lanes : lanes_here())
        CHECK(lanes.surely_none(WorkBlock{}, 0, 0, UINT32_MAX) == 0);
}

TEST_CASE("the fastest lanes are among those of this processor") {
    const auto fastest = fastest_lanes();
    const auto all = lanes_here();
    CHECK(std::ranges::is_sorted(all, std::ranges::greater{}, &Lanes::lanes));
    if (fastest) CHECK(fastest->lanes == all.front().lanes);
}

TEST_CASE("a search finds the first nonce from any start, whatever lanes there are") {
    base::ItemId id;
    id.data[3] = 7;
    for (const std::uint64_t trials : {2, 16, 300, 5000}) {
        for (std::uint64_t start = 0; start < 40; ++start) {
            const std::uint64_t from = start < 20 ? start : UINT64_MAX - (start - 20);
            std::atomic<std::uint64_t> tried{0};
            const std::atomic<bool> never{false};
            const auto found = find_work(id, trials, from, never, &tried);
            std::uint64_t expected = from, count = 1;
            for (; !work_is_enough(id, expected, trials); ++expected) ++count;
            CHECK(found == expected);
            CHECK(tried == count);
        }
    }
}
