#include "bench/supply.hpp"

#include <doctest/doctest.h>

#include "bench/frames.hpp"
#include "bench/host.hpp"
#include "core/messages.hpp"

using namespace hearsay;
using namespace hearsay::bench;

namespace {

constexpr base::WallTime now = base::from_unix_seconds(1'800'000'000);

}  // namespace

TEST_CASE(
    "a signed offer of the supply passes every check but that of the work, and has 600 bytes") {
    Supply supply(rng_for(1, 2), now);
    for (int i = 0; i < 20; ++i) {
        const auto read = item::read(supply.signed_offer(), bench_network);
        REQUIRE(read);
        CHECK((*read)->item.size() == item_bytes);
        CHECK_FALSE(item::check_time((*read)->header, now));
        CHECK_FALSE(check_without_work(**read));
        CHECK(item::check_costly(**read) == base::Fault::item_little_work);
    }
}

TEST_CASE("what checks without the work still finds a wrong signature and a wrong payload") {
    Supply supply(rng_for(1, 2), now);
    item::Item item = supply.signed_offer();
    item::Item other = item;
    item.signature[40] ^= 1;
    CHECK(check_without_work(**item::read(item, bench_network)) == base::Fault::item_bad_signature);
    other.payload[10] ^= 1;
    CHECK(check_without_work(**item::read(other, bench_network)) == base::Fault::item_bad_payload);
}

TEST_CASE(
    "unsigned offers are alive, of 600 bytes, all different, and the same for the same seed") {
    Supply supply(rng_for(1, 2), now);
    Supply again(rng_for(1, 2), now);
    Supply other(rng_for(2, 2), now);
    std::set<base::ItemId> ids;
    for (std::uint64_t i = 0; i < 50; ++i) {
        const auto item = supply.unsigned_offer(i, 50);
        CHECK(item->item.size() == item_bytes);
        CHECK_FALSE(item::check_time(item->header, now));
        CHECK(again.unsigned_offer(i, 50)->id == item->id);
        CHECK(other.unsigned_offer(i, 50)->id != item->id);
        ids.insert(item->id);
    }
    CHECK(ids.size() == 50);
}

TEST_CASE("the kind of a frame and its number of items are told from its bytes") {
    Supply supply(rng_for(1, 2), now);
    std::vector<item::ReadPtr> items{supply.unsigned_offer(0, 2), supply.unsigned_offer(1, 2)};
    std::size_t from = 0;
    const auto frame = core::encode_items(items, from, 0);
    CHECK(kind_of(*frame) == FrameKind::items);
    CHECK(items_in(*frame) == 2);
    const auto ping = core::encode(core::Ping{7});
    CHECK(kind_of(*ping) == FrameKind::ping);
    CHECK(items_in(*ping) == 0);
    const base::Bytes cut(frame->begin(), frame->end() - 1);
    CHECK(kind_of(cut) == FrameKind::none);
    CHECK(items_in(cut) == 0);
    CHECK(kind_of({}) == FrameKind::none);
}
