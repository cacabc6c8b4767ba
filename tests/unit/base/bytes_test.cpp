#include "base/bytes.hpp"

#include <type_traits>

#include <doctest/doctest.h>

#include "base/ids.hpp"
#include "base/rng.hpp"

using namespace hearsay::base;

static_assert(!std::is_convertible_v<ItemId, PeerId> && !std::is_constructible_v<PeerId, ItemId>,
              "one kind of identifier must not pass for another");

TEST_CASE("a fixed-size value is made of exactly its size") {
    CHECK(Slot::from(Bytes(16, 7)));
    CHECK_FALSE(Slot::from(Bytes(15, 7)));
    CHECK_FALSE(Slot::from(Bytes(17, 7)));
    CHECK_FALSE(Slot::from({}));
    CHECK(equal(Slot::from(Bytes(16, 7))->view(), Bytes(16, 7)));
}

TEST_CASE("a fixed-size value starts as zero") {
    ItemId id;
    CHECK(id.is_zero());
    id.data[31] = 1;
    CHECK_FALSE(id.is_zero());
}

TEST_CASE("fixed-size values are ordered by their bytes from the front") {
    Slot small;
    Slot large;
    small.data[15] = 0xff;
    large.data[0] = 1;
    CHECK(small < large);
    CHECK(small == small);
}

TEST_CASE("their order is that of their bytes, however long they are and wherever they differ") {
    const auto check = [](auto sample) {
        using Value = decltype(sample);
        Rng rng(Secret{});
        for (int round = 0; round < 2000; ++round) {
            Value a, b;
            rng.fill(a);
            b = a;
            if (round % 4 != 0)
                b.data[rng.below(Value::size)] = static_cast<std::uint8_t>(rng.next());
            CHECK((a <=> b) == std::lexicographical_compare_three_way(
                                   a.data.begin(), a.data.end(), b.data.begin(), b.data.end()));
            CHECK((a == b) == (a.data == b.data));
        }
    };
    check(FixedBytes<4, int>{});
    check(FixedBytes<8, int>{});
    check(FixedBytes<9, int>{});
    check(Slot{});
    check(ItemId{});
}

TEST_CASE("big-endian bytes compare as their numbers do and read back") {
    CHECK(big_endian(std::uint32_t{0x01020304}) == std::array<std::uint8_t, 4>{1, 2, 3, 4});
    CHECK(big_endian(std::uint8_t{0xab}) == std::array<std::uint8_t, 1>{0xab});
    CHECK(big_endian(std::uint64_t{255}) < big_endian(std::uint64_t{256}));
    for (std::uint64_t value : {std::uint64_t{0}, std::uint64_t{0x8000000000000001}, UINT64_MAX})
        CHECK(read_big_endian<std::uint64_t>(big_endian(value)) == value);
    CHECK(read_big_endian<std::uint16_t>(big_endian(std::uint16_t{0xfffe})) == 0xfffe);
}

TEST_CASE("text and bytes turn into each other unchanged, zero bytes included") {
    const std::string text("a\0\xff z", 5);
    CHECK(to_bytes(text).size() == 5);
    CHECK(to_text(to_bytes(text)) == text);
    CHECK(as_text(as_bytes(text)) == text);
}

TEST_CASE("bytes are equal when size and content are") {
    CHECK(equal(Bytes{1, 2}, Bytes{1, 2}));
    CHECK_FALSE(equal(Bytes{1, 2}, Bytes{1, 3}));
    CHECK_FALSE(equal(Bytes{1, 2}, Bytes{1, 2, 3}));
    CHECK(equal({}, {}));
}

TEST_CASE("append adds at the end") {
    Bytes out{1};
    append(out, Bytes{2, 3});
    append(out, {});
    CHECK(out == Bytes{1, 2, 3});
}
