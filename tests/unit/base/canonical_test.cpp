// base/canonical.hpp: one rule, one test.
// That it agrees with protobuf is tests/fuzz/header_fuzz.cpp's.
#include "base/canonical.hpp"

#include <initializer_list>

#include <doctest/doctest.h>

namespace hearsay::base {
namespace {

Bytes of(std::initializer_list<int> bytes) {
    Bytes out;
    for (const int byte : bytes) out.push_back(static_cast<std::uint8_t>(byte));
    return out;
}

// number in 1, bytes in 2, a part in 3
bool is_read(std::initializer_list<int> bytes) {
    const Bytes message = of(bytes);
    CanonicalReader in(message);
    (void)in.number32(1);
    (void)in.bytes(2);
    (void)in.part(3);
    return in.is_whole();
}

bool is_read_as(std::uint64_t value, std::initializer_list<int> bytes) {
    const Bytes message = of(bytes);
    CanonicalReader in(message);
    return in.number(1) == value && in.is_whole();
}

TEST_CASE("fields are read in order, and what is absent is its default") {
    const Bytes message =
        of({0x08, 0x96, 0x01, 0x12, 0x02, 'h', 'i', 0x21, 1, 0, 0, 0, 0, 0, 0, 0x80, 0x30, 0x01});
    CanonicalReader in(message);
    CHECK(in.next_field() == 1);
    CHECK(in.number(1) == 150);
    CHECK(as_text(in.bytes(2)) == "hi");
    CHECK(!in.part(3));
    CHECK(in.fixed64(4) == 0x8000000000000001ULL);
    CHECK(in.number(5) == 0);
    CHECK(in.flag(6));
    CHECK(in.next_field() == 0);
    CHECK(in.is_whole());
}

TEST_CASE("an empty message is whole") {
    CHECK(is_read({}));
}

TEST_CASE("fields out of order, twice or unknown are left over") {
    CHECK(is_read({0x08, 0x01, 0x12, 0x01, 'x'}));
    CHECK(!is_read({0x12, 0x01, 'x', 0x08, 0x01}));
    CHECK(!is_read({0x08, 0x01, 0x08, 0x01}));
    CHECK(!is_read({0x08, 0x01, 0x20, 0x01}));
    CHECK(!is_read({0x08, 0x01, 0x00}));
}

TEST_CASE("a field that says its default is a fault, but a message may be empty") {
    CHECK(!is_read({0x08, 0x00}));
    CHECK(!is_read({0x12, 0x00}));
    CHECK(is_read({0x1a, 0x00}));
}

TEST_CASE("numbers are shortest and fit their type") {
    CHECK(is_read_as(127, {0x08, 0x7f}));
    CHECK(is_read_as(128, {0x08, 0x80, 0x01}));
    CHECK(is_read_as(UINT64_MAX, {0x08, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0x01}));
    CHECK(!is_read_as(127, {0x08, 0xff, 0x00}));
    CHECK(!is_read_as(1, {0x08, 0x81, 0x80, 0x00}));
    CHECK(!is_read_as(UINT64_MAX, {0x08, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0x03}));
    CHECK(!is_read_as(1, {0x08, 0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00}));
    CHECK(is_read({0x08, 255, 255, 255, 255, 0x0f}));   // 2^32 - 1 in 32 bits
    CHECK(!is_read({0x08, 128, 128, 128, 128, 0x10}));  // 2^32
    CHECK(!is_read({0x08, 0x80}));
    CHECK(!is_read({0x88, 0x00, 0x01}));  // a tag that is not shortest
    CHECK(!is_read({0x12, 0x81, 0x00, 'x'}));
}

TEST_CASE("a flag is 1 or absent") {
    for (const int value : {0, 2, 127}) {
        const Bytes message = of({0x08, value});
        CanonicalReader in(message);
        (void)in.flag(1);
        CHECK(!in.is_whole());
    }
}

TEST_CASE("another wire type than the field's is no field, and groups are none at all") {
    CHECK(!is_read({0x0a, 0x01, 'x'}));
    CHECK(!is_read({0x10, 0x01}));
    CHECK(!is_read({0x0d, 1, 0, 0, 0}));
    CHECK(!is_read({0x0b, 0x0c}));
    CHECK(!is_read({0x0f}));
}

TEST_CASE("a length beyond the end is a fault") {
    CHECK(!is_read({0x12, 0x02, 'x'}));
    CHECK(!is_read({0x12}));
    CHECK(!is_read({0x12, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0x01, 'x'}));
}

TEST_CASE("after a fault everything is absent") {
    const Bytes message = of({0x08, 0x00, 0x12, 0x01, 'x'});
    CanonicalReader in(message);
    CHECK(in.number(1) == 0);
    CHECK(in.bytes(2).empty());
    CHECK(!in.part(2));
    CHECK(in.next_field() == 0);
    CHECK(!in.is_whole());
}

TEST_CASE("packed lists are read whole, within their bound and not empty") {
    const auto read = [](std::initializer_list<int> bytes, std::size_t most) {
        const Bytes message = of(bytes);
        CanonicalReader in(message);
        auto out = in.packed32(1, most);
        return in.is_whole() ? out : std::vector<std::uint32_t>{404};
    };
    CHECK(read({}, 2).empty());
    CHECK(read({0x0a, 0x03, 0x00, 0x80, 0x01}, 2) == std::vector<std::uint32_t>{0, 128});
    CHECK(read({0x0a, 0x03, 0x00, 0x80, 0x01}, 1) == std::vector<std::uint32_t>{404});
    CHECK(read({0x0a, 0x00}, 2) == std::vector<std::uint32_t>{404});
    CHECK(read({0x0a, 0x01, 0x80}, 2) == std::vector<std::uint32_t>{404});
    CHECK(read({0x0a, 0x05, 0x80, 0x80, 0x80, 0x80, 0x10}, 2) == std::vector<std::uint32_t>{404});
    CHECK(read({0x08, 0x01}, 2) == std::vector<std::uint32_t>{404});  // not packed
    const Bytes zigzag = of({0x0a, 0x08, 0x00, 0x01, 0x02, 255, 255, 255, 255, 0x0f});
    CanonicalReader in(zigzag);
    CHECK(in.packed_signed32(1, 4) == std::vector<std::int32_t>{0, -1, 1, INT32_MIN});
    CHECK(in.is_whole());
    const Bytes fixed = of({0x0a, 0x08, 1, 0, 0, 0, 0, 0, 0, 2});
    CanonicalReader eight(fixed);
    CHECK(eight.packed_fixed64(1, 1) == std::vector<std::uint64_t>{0x0200000000000001ULL});
    CHECK(eight.is_whole());
    const Bytes cut = of({0x0a, 0x07, 1, 0, 0, 0, 0, 0, 0});
    CanonicalReader seven(cut);
    CHECK(seven.packed_fixed64(1, 1).empty());
    CHECK(!seven.is_whole());
}

TEST_CASE("fields of later texts are handed over as they came, so many bytes and no more") {
    const Bytes message = of({0x08, 0x01, 0x18, 0x00, 0x1a, 0x01, 'x', 0x25, 1, 2, 3, 4});
    for (const std::size_t most : {std::size_t{10}, std::size_t{9}}) {
        CanonicalReader in(message);
        CHECK(in.flag(1));
        const ByteView later = in.later(2, most);
        CHECK(in.is_whole() == (most == 10));
        CHECK(to_bytes(later) ==
              (most == 10 ? Bytes(message.begin() + 2, message.end()) : Bytes()));
    }
    CanonicalReader none(ByteView(message).first(2));
    CHECK(none.flag(1));
    CHECK(none.later(2, 0).empty());
    CHECK(none.is_whole());
    CanonicalReader known(message);  // 3 is no later field where 3 is known
    CHECK(known.flag(1));
    CHECK(known.later(3, 10).empty());
    CHECK(!known.is_whole());
}

}  // namespace
}  // namespace hearsay::base
