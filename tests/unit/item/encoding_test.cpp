// The one encoding of a header, and headers of a later time: what is malformed,
// and what is nobody's fault.
#include <doctest/doctest.h>

#include "base/limits/items.hpp"
#include "unit/item/samples.hpp"

namespace hearsay {
namespace {

using namespace samples;
namespace limits = base::limits;

base::Bytes of(std::initializer_list<int> bytes) {
    base::Bytes out;
    for (const int byte : bytes) out.push_back(static_cast<std::uint8_t>(byte));
    return out;
}

// The same item with these bytes in place of `size` others of its header.
std::string replaced(item::Item item, std::size_t at, std::size_t size,
                     std::initializer_list<int> bytes) {
    const base::Bytes more = of(bytes);
    const auto from = item.header.begin() + static_cast<std::ptrdiff_t>(at);
    item.header.erase(from, from + static_cast<std::ptrdiff_t>(size));
    item.header.insert(item.header.begin() + static_cast<std::ptrdiff_t>(at), more.begin(),
                       more.end());
    return read_verdict(item);
}
// A header begins 08 01 (version), 10 03 (network), 18 .. .. (kind).
const item::Item good = publication();
const std::size_t claim = good.header.size() - 54 - 2;  // 42 36, then publisher, slot, sequence

TEST_CASE("a header is accepted as our own library writes it") {
    CHECK(read_verdict(good) == "ok");
    REQUIRE(good.header[claim] == 0x42);
    wire::ItemHeader header;
    REQUIRE(header.ParseFromArray(good.header.data(), static_cast<int>(good.header.size())));
    CHECK(base::to_bytes(header.SerializeAsString()) == good.header);
}

TEST_CASE("fields that nobody knows make a header malformed, however they are written") {
    const std::size_t end = good.header.size();
    CHECK(replaced(good, end, 0, {0xa2, 0x06, 0x01, 'x'}) == "item_malformed");
    CHECK(replaced(good, end, 0, {0xa0, 0x06, 0x01}) == "item_malformed");
    CHECK(replaced(good, end, 0, {0xa3, 0x06, 0xa4, 0x06}) == "item_malformed");  // a group
    CHECK(replaced(good, claim, 0, {0xa2, 0x06, 0x01, 'x'}) == "item_malformed");
    CHECK(replaced(good, claim + 1, 1 + 54, {0x38}) == "item_malformed");
}

TEST_CASE("a header that says a field twice, its default or in another order is malformed") {
    CHECK(replaced(good, 0, 0, {0x08, 0x01}) == "item_malformed");
    CHECK(replaced(good, 2, 0, {0x08, 0x01}) == "item_malformed");
    CHECK(replaced(good, 0, 4, {0x10, 0x03, 0x08, 0x01}) == "item_malformed");
    const item::Item removed = publication({.removed = true});
    // where payload_size would stand
    const std::size_t before_hash = removed.header.size() - 34 - 2 - 56;
    REQUIRE(removed.header[before_hash] == 0x3a);
    CHECK(replaced(removed, before_hash, 0, {0x30, 0x00}) == "item_malformed");
    // sequence 0
    CHECK(replaced(good, good.header.size() - 2, 2, {0x18, 0x00}) == "item_malformed");
}

TEST_CASE(
    "a header with a number that is not the shortest, or too large for its field, is malformed") {
    CHECK(replaced(good, 3, 1, {0x83, 0x00}) == "item_malformed");
    // 3 in its lower 32 bits
    CHECK(replaced(good, 3, 1, {0x83, 0x80, 0x80, 0x80, 0x10}) == "item_malformed");
    CHECK(replaced(good, 2, 1, {0x90, 0x00}) == "item_malformed");
    CHECK(replaced(good, 1, 1, {0x81, 0x00}) == "item_malformed");
    CHECK(replaced(good, 1, 1, {0x81, 0x80, 0x80, 0x80, 0x10}) == "item_malformed");
    CHECK(replaced(publication({.removed = true}), publication({.removed = true}).header.size() - 1,
                   1, {2}) == "item_malformed");
}

TEST_CASE("two claims, equal or not, are malformed") {
    item::Item item = good;
    item.header.insert(item.header.end(), good.header.begin() + static_cast<std::ptrdiff_t>(claim),
                       good.header.end());
    CHECK(read_verdict(item) == "item_malformed");
    const item::Item letter = mail();
    item = good;
    item.header.insert(item.header.end(), letter.header.end() - 70, letter.header.end());
    CHECK(read_verdict(item) == "item_malformed");
}

TEST_CASE("an item of a later version is nobody's fault, whatever else is in it") {
    CHECK(replaced(good, 1, 1, {2}) == "item_unknown");
    CHECK(replaced(good, 1, 1, {0xff, 0xff, 0xff, 0xff, 0x0f}) == "item_unknown");
    item::Item item{of({0x08, 0x02}), {}, {}, 0};
    CHECK(read_verdict(item) == "item_unknown");
    item.header.resize(limits::header_bytes_max + 1, 0xff);
    item.payload.resize(limits::payload_bytes_max + 1);
    item.signature.resize(2420);  // of another scheme
    CHECK(read_verdict(item) == "item_unknown");
    CHECK(replaced(good, 1, 1, {0x82, 0x00}) == "item_malformed");
    // beyond 32 bits
    CHECK(replaced(good, 1, 1, {0x80, 0x80, 0x80, 0x80, 0x10}) == "item_malformed");
    CHECK(replaced(good, 0, 2, {0x10, 0x02}) == "item_malformed");
}

TEST_CASE("an item with a claim of a later time is nobody's fault, while the rest is a header") {
    const std::size_t size = good.header.size() - claim;
    CHECK(replaced(good, claim, size, {0x5a, 0x01, 'x'}) == "item_unknown");  // 11
    CHECK(replaced(good, claim, size, {0x5a, 0x00}) == "item_unknown");
    CHECK(replaced(good, claim, size, {0xfa, 0x01, 0x01, 'x'}) == "item_unknown");    // 31
    CHECK(replaced(good, claim, size, {0x82, 0x02, 0x01, 'x'}) == "item_malformed");  // 32
    CHECK(replaced(good, claim, size, {0x58, 0x01}) == "item_malformed");  // 11, a number
    CHECK(replaced(good, claim, size, {0x5a, 0x02, 'x'}) == "item_malformed");
    CHECK(replaced(good, claim, size, {0x5a, 0x01, 'x', 0x62, 0x00}) == "item_malformed");
    item::Item item = good;
    item.header.resize(claim);
    base::append(item.header, of({0x5a, 0xa0, 0x0a}));
    item.header.resize(item.header.size() + 1312, 'k');  // a larger key, and a larger signature
    item.signature.resize(2420);
    CHECK(read_verdict(item) == "item_unknown");
    item.header[3] = 0;  // network 0, said in vain
    CHECK(read_verdict(item) == "item_too_large");
}

TEST_CASE("the smallest item that there can be has the size that Announce may not fall below") {
    item::Item item = good;
    item.payload.clear();
    item = with_header(item, [](wire::ItemHeader& header) {
        header.set_kind(2);
        header.set_created(0);
        header.set_expires(600);
        header.clear_payload_size();
        header.mutable_publication()->clear_sequence();
    });
    REQUIRE(read_verdict(item) == "ok");
    CHECK(item.size() == limits::item_bytes_min);
}

}  // namespace
}  // namespace hearsay
