// core/retention/: what stays when there is not room for all, rule by rule, and beside a naive
// model.
#include "core/retention/retention.hpp"

#include <doctest/doctest.h>

#include "base/limits/relay.hpp"
#include "base/rng.hpp"
#include "memory_store.hpp"
#include "unit/item/samples.hpp"

namespace hearsay::core {
namespace {

using base::Millis;
using base::Seconds;
using item::StoreClass;
namespace limits = base::limits;

constexpr item::Kind offer = 2, post = 7, picture = 8;
constexpr std::uint64_t budget = 100'000;

// Items without signatures: nothing here looks at one.
item::ReadPtr made(item::Kind kind, item::Level level, std::size_t size, std::uint32_t number,
                   Seconds lifetime = Seconds(3600)) {
    auto read = std::make_shared<item::Read>();
    read->id = samples::numbered<base::ItemId>(number);
    read->id.data[0] = static_cast<std::uint8_t>(number);  // as spread as ids are
    read->header.network = item::Network::sim;
    read->header.kind = kind;
    read->header.created = samples::noon;
    read->header.expires = samples::noon + lifetime;
    read->header.claim = item::Publication{};
    read->version.thing = samples::numbered<item::ThingId>(number);
    read->item.nonce = std::uint64_t{level} << 56;
    read->item.payload.resize(size - sizeof read->item.nonce);
    return read;
}

struct Taking : MemoryStore {
    std::uint64_t beyond = 0;
    std::uint64_t bytes_beyond() const override { return beyond; }
};

struct Full {
    Taking store;
    Retention retention{budget};
    base::Now now{base::MonoTime(Millis(5000)), samples::noon};
    std::uint32_t next = 1;
    Effects last;

    static std::size_t at(StoreClass of) { return static_cast<std::size_t>(of); }
    item::Level floor(StoreClass of) const { return retention.floors()[at(of)]; }

    // Its id, if it was taken.
    std::optional<base::ItemId> offer_item(item::Kind kind, item::Level level,
                                           std::size_t size = 500, Pile from = 1,
                                           const Replaced& replaced = {}) {
        const item::ReadPtr item = made(kind, level, size, next++);
        last.clear();
        const auto place = retention.admit(*item, from, replaced, store, now, last);
        if (!place) {
            CHECK(last.empty());
            return std::nullopt;
        }
        for (const base::ItemId& id : replaced.ids)
            last.push_back(Forget{id, ForgetReason::superseded, now.wall});
        last.push_back(Store{item, now.wall, place->level, place->pile});
        for (const Effect& effect : last) store.apply(effect);
        return item->id;
    }
    std::size_t evicted() const {
        return static_cast<std::size_t>(std::ranges::count_if(last, [](const Effect& effect) {
            const auto* forget = std::get_if<Forget>(&effect);
            return forget && forget->reason == ForgetReason::evicted;
        }));
    }
    bool holds(const std::optional<base::ItemId>& id) const {
        return id && store.presence(*id) == Presence::alive;
    }
    // A thousand bytes of the budget each.
    void fill(item::Kind kind, item::Level level, int items, Pile from = 1) {
        for (int i = 0; i < items; ++i) REQUIRE(offer_item(kind, level, 500, from));
    }
    void wait(Millis time) {
        now.mono += time;
        last.clear();
        retention.on_timer(now, store, last);
        for (const Effect& effect : last) store.apply(effect);
    }
};

std::vector<base::ItemId> last_forgotten(const Full& full) {
    std::vector<base::ItemId> out;
    for (const Effect& effect : full.last)
        if (const auto* forget = std::get_if<Forget>(&effect)) out.push_back(forget->id);
    return out;
}

TEST_CASE("while there is room everything is taken, whatever its work") {
    Full full;
    full.fill(post, 0, 100);
    CHECK(full.store.shelves().bytes() == budget);
    CHECK(full.retention.floors() == item::Floors{});
}

TEST_CASE("what the store takes beyond what items count for makes the budget and shares smaller") {
    Full full;
    full.store.beyond = 50'000;
    full.fill(offer, 0, 50);
    CHECK(full.store.shelves().incumbent_bytes(StoreClass::offers) == 7'000);  // half of 15
    CHECK(!full.offer_item(offer, 0));
    full.store.beyond = 40'000;
    full.fill(offer, 9, 10);
    full.store.beyond = 43'000;
    CHECK(full.offer_item(offer, 9));  // and four go: what it needs, and what is too much
    CHECK(full.evicted() == 4);
    full.store.beyond = 2 * budget;
    CHECK(full.offer_item(offer, 60));  // no item has to make all the room
    CHECK(full.evicted() == 8);
}

TEST_CASE("what came while half of its class's share was free stays, whatever comes later") {
    Full full;
    const auto first = full.offer_item(offer, 0);
    full.fill(offer, 0, 14);  // 15 of 30 thousand: half of the share
    full.fill(offer, 1, 85);
    full.fill(offer, 50, 85);
    CHECK(full.holds(first));
    CHECK(full.store.shelves().incumbent_bytes(StoreClass::offers) == 15'000);
    CHECK(!full.offer_item(offer, 50));
}

TEST_CASE("more work drives out less, and the floor rises above what went") {
    Full full;
    full.fill(offer, 3, 15);
    const auto poor = full.offer_item(offer, 4);
    full.fill(offer, 5, 84);
    CHECK(full.floor(StoreClass::offers) == 0);
    CHECK(full.offer_item(offer, 9));
    CHECK(!full.holds(poor));
    CHECK(full.floor(StoreClass::offers) == 5);
}

TEST_CASE("where the budget becomes smaller, the poorest go, and incumbents stay") {
    Full full;
    full.fill(offer, 3, 15);
    full.fill(offer, 4, 40);
    full.fill(offer, 7, 45);
    full.retention.set_budget(60'000);
    full.wait(Millis(0));
    CHECK(full.evicted() == 40);
    CHECK(full.store.shelves().bytes() == 60'000);
    CHECK(full.floor(StoreClass::offers) == 5);
    full.retention.set_budget(0);
    full.wait(Millis(0));
    CHECK(full.store.shelves().bytes() == 15'000);
    CHECK(full.store.shelves().incumbent_bytes(StoreClass::offers) == 15'000);
    CHECK(!full.offer_item(item::kind_mail, 40));
}

TEST_CASE(
    "thousands that a smaller budget has no room for go by turns, and what comes meanwhile "
    "makes room for itself only") {
    Full full;
    full.retention.set_budget(2'100'000);
    full.fill(post, 0, 105);  // incumbents
    full.fill(post, 4, 1'995);
    full.retention.set_budget(1'100'000);
    CHECK(full.offer_item(post, 9));
    CHECK(full.evicted() == 1);
    full.retention.set_budget(110'000);
    full.wait(Millis(0));
    CHECK(full.evicted() == limits::sweep_items_max);
    CHECK(full.retention.next_deadline() == full.now.mono);
    full.wait(Millis(0));
    CHECK(full.store.shelves().bytes() == 110'000);
    CHECK(full.retention.next_deadline() > full.now.mono);
}

TEST_CASE("a larger budget takes what the smaller one refused, when the floor has come down") {
    Full full;
    full.fill(offer, 5, 100);
    REQUIRE(!full.offer_item(offer, 5));
    full.retention.set_budget(2 * budget);
    CHECK(!full.offer_item(offer, 5));  // below the floor, which peers were told of
    for (int level = 0; level < 6; ++level) full.wait(limits::floor_wait);
    CHECK(full.floor(StoreClass::offers) == 0);
    CHECK(full.offer_item(offer, 0));
}

TEST_CASE("an item drives out none of its own level") {
    Full full;
    full.fill(offer, 5, 100);
    CHECK(!full.offer_item(offer, 5));
    CHECK(full.floor(StoreClass::offers) == 6);
    CHECK(full.offer_item(offer, 6));
}

TEST_CASE("what is below the floor is refused without a look at the store") {
    Full full;
    full.fill(offer, 5, 100);
    REQUIRE(full.offer_item(offer, 8));
    CHECK(!full.retention.is_welcome({StoreClass::offers, 5}, 500, 0));
    CHECK(full.retention.is_welcome({StoreClass::offers, 6}, 500, 0));
    CHECK(full.retention.is_welcome({StoreClass::mail, 0}, 500, 0));
}

TEST_CASE("what cannot be brought in in time raises the floor as what has no room does") {
    Full full;
    full.retention.hold_up({StoreClass::offers, 6}, full.now);
    CHECK(full.floor(StoreClass::offers) == 7);
    CHECK(full.floor(StoreClass::mail) == 0);
    full.retention.hold_up({StoreClass::offers, 2}, full.now);  // lower than what is there
    CHECK(full.floor(StoreClass::offers) == 7);
    full.wait(limits::floor_wait);
    CHECK(full.floor(StoreClass::offers) == 6);
}

TEST_CASE("a class that borrowed gives back to one that wants its share") {
    Full full;
    full.fill(picture, 40, 100);  // ten thousand are theirs
    const auto mail = full.offer_item(item::kind_mail, 0);
    CHECK(full.holds(mail));
    CHECK(full.evicted() == 1);
    CHECK(full.floor(StoreClass::pictures) == 41);
    CHECK(full.floor(StoreClass::mail) == 0);
}

TEST_CASE("the class furthest beyond its share makes room, not the one that is below it") {
    Full full;
    full.fill(offer, 0, 20);
    full.fill(post, 0, 80);
    full.fill(offer, 0, 10);
    CHECK(full.store.shelves().bytes(StoreClass::offers) == 30'000);
    CHECK(full.store.shelves().bytes(StoreClass::posts) == 70'000);
    CHECK(full.floor(StoreClass::offers) == 0);
}

TEST_CASE("shelves that a store kept are added up as those that were filled") {
    Shelves filled;
    const item::Standing poor{StoreClass::offers, 3}, rich{StoreClass::offers, 9};
    filled.add(poor, pile_incumbents, samples::numbered<base::ItemId>(1), 700);
    filled.add(poor, 1, samples::numbered<base::ItemId>(2), 800);
    filled.add(rich, pile_incumbents, samples::numbered<base::ItemId>(3), 900);
    Shelves kept;
    kept.set(poor, Shelf{{}, 1, 1});  // an empty one is none
    kept.set(poor, *filled.find(rich));
    for (const auto& [standing, shelf] : filled.all()) kept.set(standing, shelf);
    kept.sanity_check();
    CHECK(kept.incumbent_bytes(StoreClass::offers) == 1'600);
    CHECK(kept.bytes() == filled.bytes());
    CHECK(kept.summary() == filled.summary());
}

TEST_CASE("what is coming counts to its class when the one furthest beyond is looked for") {
    Full full;
    full.fill(offer, 0, 60);
    full.fill(post, 0, 40);  // both are 30 thousand beyond their shares
    CHECK(full.offer_item(post, 20));
    CHECK(full.store.shelves().bytes(StoreClass::offers) == 60'000);
    CHECK(full.store.shelves().bytes(StoreClass::posts) == 40'000);
}

TEST_CASE("among equals the link that brought the most makes room, and visitors count as one") {
    Full full;
    full.fill(offer, 5, 15);
    const auto single = full.offer_item(offer, 5, 500, 7);
    full.fill(offer, 5, 40, pile_visitors);
    full.fill(offer, 5, 44, 3);
    for (int i = 0; i < 20; ++i) REQUIRE(full.offer_item(offer, 20));
    CHECK(full.holds(single));
    CHECK(full.store.lowest_piles(StoreClass::offers, 0).size() == 3);
}

TEST_CASE("a large item needs as much room as many small ones, or is refused and takes none") {
    Full full;
    full.fill(offer, 5, 95);
    full.fill(offer, 9, 5);
    const std::uint64_t before = full.store.alive_count();
    CHECK(full.offer_item(offer, 6, 9'500));
    CHECK(full.evicted() == 10);
    CHECK(full.store.alive_count() == before - 10 + 1);
    full.offer_item(offer, 7, 99'000);
    CHECK(full.evicted() == 0);
    CHECK(full.store.shelves().bytes() <= budget);
}

TEST_CASE("what replaces as many bytes as it takes needs no level, and is never its own victim") {
    Full full;
    full.fill(offer, 5, 15);
    const auto old = full.offer_item(offer, 5);
    full.fill(offer, 9, 84);
    REQUIRE(full.offer_item(offer, 12));  // drives out `old`, the poorest
    CHECK(!full.holds(old));
    const auto held = full.offer_item(offer, 10);
    REQUIRE(full.holds(held));
    const Replaced replaced{{*held}, stored_bytes(500)};
    CHECK(full.offer_item(offer, 0, 500, 1, replaced));
    CHECK(full.evicted() == 0);
    const auto next = full.offer_item(offer, 10, 500);
    REQUIRE(full.holds(next));
    const Replaced smaller{{*next}, stored_bytes(500)};
    CHECK(!full.offer_item(offer, 0, 501, 1, smaller));
    CHECK(full.offer_item(offer, 11, 2'000, 1, smaller));  // room comes from others
    CHECK(!full.holds(next));
}

TEST_CASE("what is replaced makes room once, though it is the poorest") {
    Full full;
    full.fill(offer, 5, 15);
    const auto old = full.offer_item(offer, 5);
    full.fill(offer, 9, 84);
    const Replaced replaced{{*old}, stored_bytes(500)};
    REQUIRE(full.offer_item(offer, 11, 1'500, 1, replaced));  // twice as large
    CHECK(full.evicted() == 1);
    CHECK(std::ranges::count(last_forgotten(full), *old) == 1);
    CHECK(full.store.shelves().bytes() == budget);
}

TEST_CASE("a floor falls by a level each while, once there is room") {
    Full full;
    full.fill(post, 1, 5);  // half of its share
    for (int i = 0; i < 95; ++i) REQUIRE(full.offer_item(post, 2, 500, 1));
    REQUIRE(full.offer_item(post, 3));
    CHECK(full.floor(StoreClass::posts) == 3);
    full.wait(limits::floor_wait);
    CHECK(full.floor(StoreClass::posts) == 3);  // as full as it was
    full.now.wall += Seconds(7200);             // all of it expires
    full.wait(limits::floor_wait);
    CHECK(full.store.alive_count() == 0);
    for (item::Level left = 3; left > 0; --left) {
        full.wait(limits::floor_wait - Millis(1));
        CHECK(full.floor(StoreClass::posts) == left);
        full.wait(limits::sweep_interval);
        CHECK(full.floor(StoreClass::posts) == left - 1);
    }
    CHECK(full.retention.floors() == item::Floors{});
    CHECK(full.offer_item(post, 0));
}

TEST_CASE("what was refused is remembered until the floor falls, and no more than so much of it") {
    Full full;
    for (std::uint32_t number = 1; number <= 3 * limits::refused_ids_max; ++number) {
        base::ItemId id = samples::numbered<base::ItemId>(number);
        std::copy_n(base::big_endian(std::uint64_t{number}).begin(), 8, id.data.begin());
        full.retention.note_refused(id);
        if (number == 3 * limits::refused_ids_max) CHECK(full.retention.was_refused(id));
    }
    base::ItemId first = samples::numbered<base::ItemId>(1);
    std::copy_n(base::big_endian(std::uint64_t{1}).begin(), 8, first.data.begin());
    CHECK(!full.retention.was_refused(first));
}

// What must hold after every item, however it came about.
void check_rules(const Full& full, const std::map<base::ItemId, Store>& before) {
    full.store.shelves().sanity_check();
    CHECK(full.store.shelves().bytes() <= budget);
    const auto* stored = std::get_if<Store>(&full.last.back());
    REQUIRE(stored);
    const StoreClass of = item::store_class(stored->item->header.kind);
    for (const Effect& effect : full.last) {
        const auto* forget = std::get_if<Forget>(&effect);
        if (!forget || forget->reason != ForgetReason::evicted) continue;
        const Store& gone = before.at(forget->id);
        CHECK(gone.pile != pile_incumbents);
        const bool rival = item::store_class(gone.item->header.kind) == of;
        const bool may = !rival || stored->pile == pile_incumbents || gone.level < stored->level;
        CHECK(may);
    }
}

TEST_CASE("whatever comes, the budget holds, incumbents stay, and nobody drives out a better one") {
    Full full;
    base::Rng rng(samples::filled<base::Secret>(5));
    constexpr std::array<item::Kind, 6> kinds{item::kind_mail, offer, 5, post, picture, 4711};
    std::map<base::ItemId, Store> held;
    std::size_t refused = 0, evicted = 0;
    for (int i = 0; i < 3000; ++i) {
        const auto size = 200 + rng.below(2000);
        const auto taken =
            full.offer_item(kinds[rng.below(kinds.size())], static_cast<item::Level>(rng.below(30)),
                            size, static_cast<Pile>(1 + rng.below(255)));
        if (!taken) {
            ++refused;
            continue;
        }
        check_rules(full, held);
        evicted += full.evicted();
        for (const Effect& effect : full.last) {
            if (const auto* forget = std::get_if<Forget>(&effect)) held.erase(forget->id);
            if (const auto* store = std::get_if<Store>(&effect)) held.insert({*taken, *store});
        }
    }
    CHECK(refused > 100);
    CHECK(evicted > 100);
    CHECK(held.size() == full.store.alive_count());
}

TEST_CASE("pictures beyond their share make room before a class that is further beyond its own") {
    Full full;
    full.fill(picture, 8, 30);  // three times their share
    full.fill(offer, 4, 70);    // and these are further beyond theirs
    const std::uint64_t pictures = full.store.shelves().bytes(StoreClass::pictures);
    REQUIRE(pictures > full.retention.share(StoreClass::pictures));
    const std::uint64_t offers = full.store.shelves().bytes(StoreClass::offers);
    REQUIRE(offers - full.retention.share(StoreClass::offers) >
            pictures - full.retention.share(StoreClass::pictures));
    REQUIRE(full.offer_item(post, 1));
    CHECK(full.store.shelves().bytes(StoreClass::offers) == offers);
    CHECK(full.store.shelves().bytes(StoreClass::pictures) < pictures);
}

TEST_CASE(
    "who takes no pictures has the highest floor for them, for good, and loses nothing else") {
    MemoryStore store;
    Retention none{budget, false};
    base::Now now{base::MonoTime(Millis(5000)), samples::noon};
    const auto place = [&](item::Kind kind, item::Level level, const Replaced& replaced = {}) {
        Effects out;
        return none.admit(*made(kind, level, 500, level + 1U), 1, replaced, store, now, out);
    };
    CHECK(none.is_closed(StoreClass::pictures));
    CHECK(!none.is_closed(StoreClass::posts));
    for (int days = 0; days < 3; ++days) {
        CHECK(none.floors() == item::Floors{0, 0, 0, 0, item::level_max});
        CHECK(!place(picture, 0));
        CHECK(!place(picture, item::level_max));
        CHECK(!place(picture, item::level_max, {{}, 100'000}));  // not even in place of something
        CHECK(place(post, 0));
        Effects out;
        now.mono += std::chrono::hours(24);
        none.on_timer(now, store, out);
    }
}

}  // namespace
}  // namespace hearsay::core
