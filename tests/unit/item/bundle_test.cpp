#include "item/bundle.hpp"

#include <doctest/doctest.h>

#include "crypto/sha256.hpp"
#include "item/encoding.hpp"

namespace {

using namespace hearsay;

base::PeerId peer(std::uint8_t number) {
    base::PeerId out;
    out.data.fill(number);
    return out;
}
item::Bundle example() {
    return {item::Network::local, {peer(2), peer(1)}, {base::to_bytes("tea"), base::to_bytes("b")}};
}
// With the digest that would fit.
base::Bytes sealed(base::Bytes body) {
    base::append(body, crypto::sha256(body).view());
    return body;
}
base::Bytes body_of(const item::Bundle& bundle) {
    base::Bytes out = item::write_bundle(bundle);
    out.resize(out.size() - 32);
    return out;
}
std::string problem_of(const base::Bytes& bytes) {
    const auto read = item::read_bundle(bytes);
    return read ? "" : read.error().text;
}

TEST_CASE("a bundle reads as it was written, and its parts in the order of their bytes") {
    const auto read = item::read_bundle(item::write_bundle(example()));
    REQUIRE(read);
    CHECK(read->network == item::Network::local);
    CHECK(read->contacts == std::vector{peer(1), peer(2)});
    CHECK(read->items == std::vector{base::to_bytes("b"), base::to_bytes("tea")});
    CHECK(item::write_bundle({}).size() == item::bundle_frame_bytes);
    CHECK(item::read_bundle(item::write_bundle({})) == item::Bundle{});
}

TEST_CASE("the order in which things came to a node does not show") {
    item::Bundle other = example();
    std::ranges::reverse(other.contacts);
    std::ranges::reverse(other.items);
    CHECK(item::write_bundle(other) == item::write_bundle(example()));
}

TEST_CASE("every beginning of a bundle is refused, and every changed byte") {
    const base::Bytes whole = item::write_bundle(example());
    for (std::size_t size = 0; size < whole.size(); ++size)
        CHECK_FALSE(item::read_bundle(base::ByteView(whole).first(size)));
    for (std::size_t at = 0; at < whole.size(); ++at) {
        base::Bytes changed = whole;
        changed[at] ^= 1;
        CHECK_FALSE(item::read_bundle(changed));
    }
    base::Bytes longer = whole;
    longer.push_back(0);
    CHECK_FALSE(item::read_bundle(longer));
}

TEST_CASE("what is wrong with a file is said") {
    CHECK(problem_of(base::to_bytes("PK\x03\x04")) == "this file is no bundle");
    CHECK(problem_of(base::to_bytes("HSBUNDLE")) == "this bundle is damaged: it is cut off");
    base::Bytes cut = item::write_bundle(example());
    cut.pop_back();
    CHECK(problem_of(cut) ==
          "this bundle is damaged: its digest is another one. It was cut off or changed; copy it "
          "once more");
    base::Bytes later = body_of(example());
    later[11] = 2;
    CHECK(problem_of(sealed(later)) == "this bundle is of version 2; this program reads version 1");
}

TEST_CASE("a digest that fits does not make a bundle: whoever made it may mean harm") {
    const auto spoilt = [](std::size_t at, std::initializer_list<std::uint8_t> bytes) {
        base::Bytes body = body_of(example());
        std::ranges::copy(bytes, body.begin() + static_cast<std::ptrdiff_t>(at));
        return problem_of(sealed(body));
    };
    CHECK(spoilt(12, {0, 0, 0, 9}) == "this bundle is damaged: it names no network");
    CHECK(spoilt(16, {0xff, 0xff, 0xff, 0xff}) ==
          "this bundle is damaged: it names more than a bundle holds");
    CHECK(spoilt(20, {0xff, 0xff, 0xff, 0xff}) ==
          "this bundle is damaged: it names more than a bundle holds");
    CHECK(spoilt(16, {0, 0, 0, 3}) != "");
    CHECK(spoilt(20, {0, 0, 0, 3}) ==
          "this bundle is damaged: an item has no length that an item can have");
    CHECK(spoilt(20, {0, 0, 0, 1}) == "this bundle is damaged: something follows its last item");
    constexpr std::size_t first_item = 24 + 2 * 32;
    CHECK(spoilt(first_item, {0, 0, 0, 0}) ==
          "this bundle is damaged: an item has no length that an item can have");
    CHECK(spoilt(first_item, {0, 1, 0, 0}) ==
          "this bundle is damaged: an item has no length that an item can have");
    CHECK(spoilt(first_item, {0, 0, 0x80, 0}) == "this bundle is damaged: an item is cut off");
}

TEST_CASE("an item is the same in a frame and in a bundle") {
    const item::Item item{base::to_bytes("header"), {}, base::to_bytes("s"), 7};
    CHECK(item::parse_item(item::write_item(item)) == item);
    CHECK(item::parse_item(base::Bytes{}) == item::Item{});
    CHECK_FALSE(item::parse_item(base::to_bytes("x")));
}

}  // namespace
