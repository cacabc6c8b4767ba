#include "store/flood.hpp"

#include <map>

#include <doctest/doctest.h>

#include "base/limits/items.hpp"
#include "unit/store/fixture.hpp"

namespace hearsay::store {
namespace {

using namespace testing;
using core::Presence;

constexpr core::Position end_of_time = std::numeric_limits<core::Position>::max();

std::vector<core::Position> positions(const FloodView& view, item::Kind kind, core::Position before,
                                      std::size_t most = 1000) {
    std::vector<core::Position> out;
    view.of_kind(kind, before, [&](core::Position position, const item::ReadPtr&) {
        out.push_back(position);
        return out.size() < most;
    });
    return out;
}

std::vector<core::Position> positions_since(const FloodView& view, item::Kind kind,
                                            core::Position after, std::size_t most = 1000) {
    std::vector<core::Position> out;
    view.of_kind_since(kind, after, [&](core::Position position, const item::ReadPtr&) {
        out.push_back(position);
        return out.size() < most;
    });
    return out;
}

}  // namespace

TEST_CASE_FIXTURE(FloodFixture, "a stored item comes back byte for byte, with its id and header") {
    const auto offer = publication({});
    const auto letter = mail(1);
    commit(*flood, {storing(offer), storing(letter)});
    const auto view = read();
    REQUIRE(view->get(offer->id));
    CHECK(view->get(offer->id)->item == offer->item);
    CHECK(view->get(offer->id)->header == offer->header);
    CHECK(view->get(letter->id)->item == letter->item);
    CHECK(view->presence(offer->id) == Presence::alive);
    CHECK(view->alive_count() == 2);
}

TEST_CASE_FIXTURE(
    FloodFixture,
    "a better nonce takes the old one's place, and all else stays, after a restart too") {
    const auto offer = publication({});
    const auto letter = mail(1);
    commit(*flood, {core::Store{offer, noon + hour, 3, 7}, storing(letter)});
    const auto before = read()->position(offer->id);
    commit(*flood, {core::Improve{offer->id, 0x1122334455667788, 9}});
    const auto look = [&] {
        const auto view = read();
        const auto found = view->get(offer->id);
        REQUIRE(found);
        CHECK(found->item.nonce == 0x1122334455667788);
        CHECK(found->item.payload == offer->item.payload);
        CHECK(found->item.signature == offer->item.signature);
        CHECK(view->position(offer->id) == before);
        CHECK(view->standing(offer->id)->level == 9);
        CHECK(view->slot(thing_of(offer))->id == offer->id);
        CHECK(view->get(letter->id)->item == letter->item);
        const auto of = item::store_class(offer->header.kind);
        const auto piles = view->lowest_piles(of, 0);
        REQUIRE(piles.size() == 1);
        CHECK(piles.front() == core::PileCount{9, 7, 1});
        CHECK(view->on_pile(of, piles.front(), 0, 5).size() == 1);
        CHECK(!view->shelves().find({of, 3}));
        view->shelves().sanity_check();
    };
    look();
    flood.reset();
    flood = open_flood(path);
    look();
    commit(*flood, {forgetting(offer->id)});
    CHECK(read()->lowest_piles(item::store_class(offer->header.kind), 0).empty());
}

TEST_CASE_FIXTURE(FloodFixture, "the largest payload is stored and comes back") {
    Wanted wanted;
    wanted.payload = std::string(base::limits::payload_bytes_max, 'x');
    const auto large = publication(wanted);
    commit(*flood, {storing(large)});
    CHECK(read()->get(large->id)->item == large->item);
}

TEST_CASE_FIXTURE(FloodFixture,
                  "every alive id is listed once, newest first, with its position, and summed up, "
                  "also after reopening") {
    const auto first = mail(1);
    const auto second = mail(2);
    const auto third = mail(3);
    commit(*flood, {storing(first), storing(second), storing(third)});
    commit(*flood, {forgetting(second->id)});
    core::SetSummary expected;
    expected.add(first->id);
    expected.add(third->id);
    const auto check = [&] {
        const auto reader = read();
        std::vector<base::ItemId> seen;
        for (const auto& [position, id, standing] : reader->newest(UINT64_MAX, 10)) {
            seen.push_back(id);
            CHECK(reader->position(id) == position);
        }
        CHECK(seen == std::vector{third->id, first->id});
        CHECK(!reader->position(second->id));
        CHECK(read()->shelves().summary() == expected);
    };
    check();
    reopen();
    check();
    // A store of a version that kept no summary gets one.
    edit([](Txn& txn, const FloodTables& tables) {
        txn.erase(tables.about, base::as_bytes("summary"));
    });
    reopen();
    check();
}

TEST_CASE_FIXTURE(FloodFixture, "an id never stored is unknown and has no item") {
    CHECK(read()->presence(mail(1)->id) == Presence::unknown);
    CHECK(read()->get(mail(1)->id) == nullptr);
    CHECK(read()->slot(thing_of(publication({}))) == std::nullopt);
}

TEST_CASE_FIXTURE(FloodFixture, "a forgotten item is gone, is not served and leaves every index") {
    const auto offer = publication({});
    commit(*flood, {storing(offer)});
    commit(*flood, {forgetting(offer->id)});
    const auto view = read();
    CHECK(view->presence(offer->id) == Presence::gone);
    CHECK(view->get(offer->id) == nullptr);
    CHECK(view->alive_count() == 0);
    CHECK(view->newest(end_of_time, 10).empty());
    CHECK(view->expired(noon + 1000 * hour, 10).empty());
    CHECK(view->count_of_kind(item::kind_offer) == 0);
    CHECK(positions(*view, item::kind_offer, end_of_time).empty());
}

TEST_CASE_FIXTURE(FloodFixture,
                  "newest answers ids with falling positions and pages without gaps or repeats") {
    core::Effects effects;
    std::vector<base::ItemId> ids;
    for (std::uint32_t i = 0; i < 25; ++i) {
        const auto letter = mail(i);
        ids.push_back(letter->id);
        effects.push_back(storing(letter));
    }
    commit(*flood, effects);
    commit(*flood, {forgetting(ids[13])});
    ids.erase(ids.begin() + 13);

    const auto view = read();
    std::vector<base::ItemId> seen;
    core::Position before = end_of_time;
    for (;;) {
        const auto page = view->newest(before, 7);
        if (page.empty()) break;
        for (const auto& [position, id, standing] : page) {
            CHECK(position < before);
            before = position;
            seen.push_back(id);
        }
    }
    CHECK(seen == std::vector<base::ItemId>(ids.rbegin(), ids.rend()));
    CHECK(view->newest(0, 10).empty());
    CHECK(view->newest(end_of_time, 0).empty());
}

TEST_CASE_FIXTURE(FloodFixture,
                  "expired answers what ends at or before now, earliest first, up to a number") {
    const base::Seconds day = 24 * hour;
    const auto late = mail(1, noon, 7 * day);
    const auto early = mail(2, noon, day);
    const auto middle = mail(3, noon, 3 * day);
    commit(*flood, {storing(late), storing(early), storing(middle)});
    const auto view = read();
    CHECK(view->expired(noon + day - base::Seconds(1), 10).empty());
    CHECK(view->expired(noon + day, 10) == std::vector{early->id});
    CHECK(view->expired(noon + 9 * day, 10) == std::vector{early->id, middle->id, late->id});
    CHECK(view->expired(noon + 9 * day, 2) == std::vector{early->id, middle->id});
}

TEST_CASE_FIXTURE(FloodFixture,
                  "of what is gone so much is remembered as its share of the budget has room for") {
    FloodOptions options = flood_options();
    options.budget = 100 * 137 * 10 / base::limits::remembered_share + 100;
    constexpr std::size_t slots_most = 10, gone_most = 15, all = 40;
    reopen(options);
    std::vector<item::ReadPtr> items;
    for (std::uint8_t at = 0; at < all; ++at) items.push_back(publication({.slot = at}));
    for (const item::ReadPtr& item : items) commit(*flood, {storing(item)});
    const std::uint64_t before = read()->bytes_beyond();
    for (const item::ReadPtr& item : items) commit(*flood, {forgetting(item->id, noon + hour)});
    std::size_t slots = 0, gone = 0;
    for (const item::ReadPtr& item : items) {
        slots += read()->slot(thing_of(item)) ? 1U : 0U;
        gone += read()->presence(item->id) == Presence::gone ? 1U : 0U;
    }
    CHECK(slots == slots_most);
    CHECK(gone == gone_most);
    CHECK(read()->bytes_beyond() >= slots_most * base::limits::stored_slot_bytes);
    CHECK(before < options.budget);

    // There is room again when their time is over, and nothing is left of the others.
    const base::WallTime late = noon + 1000 * hour;
    commit(*flood, {core::Sweep{late, 100}});
    edit([](Txn& txn, const FloodTables& tables) {
        for (const MDB_dbi table :
             {tables.slots.rows, tables.slots.due, tables.gone.rows, tables.gone.due})
            CHECK(txn.count(table) == 0);
    });
    commit(*flood, {storing(items[0])});
    commit(*flood, {forgetting(items[0]->id, late + hour)});
    CHECK(read()->slot(thing_of(items[0])));
}

TEST_CASE_FIXTURE(FloodFixture,
                  "a slot follows its publication and keeps its floor when the item is forgotten") {
    Wanted wanted;
    const auto first = publication(wanted);
    wanted.sequence = 300;
    const auto second = publication(wanted);
    wanted.sequence = std::numeric_limits<std::uint64_t>::max();
    wanted.removed = true;
    const auto removal = publication(wanted);
    const auto thing = thing_of(first);

    commit(*flood, {storing(first)});
    CHECK(read()->slot(thing) == core::SlotState{1, first->id, false});
    commit(*flood, {forgetting(first->id), storing(second)});
    CHECK(read()->slot(thing) == core::SlotState{300, second->id, false});
    commit(*flood, {storing(removal), forgetting(second->id)});
    CHECK(read()->slot(thing) == core::SlotState{wanted.sequence, removal->id, true});
    commit(*flood, {forgetting(removal->id)});
    reopen();
    CHECK(read()->slot(thing) == core::SlotState{wanted.sequence, removal->id, true});
    CHECK(read()->presence(first->id) == Presence::gone);
}

TEST_CASE_FIXTURE(FloodFixture,
                  "things come in order of thing id from a given one, gone ones included") {
    std::map<item::ThingId, core::SlotState> expected;
    core::Effects effects;
    for (std::uint8_t slot = 0; slot < 20; ++slot) {
        Wanted wanted;
        wanted.slot = slot;
        const auto offer = publication(wanted);
        expected[thing_of(offer)] = {1, offer->id, false};
        effects.push_back(storing(offer));
    }
    commit(*flood, effects);
    commit(*flood, {forgetting(expected.begin()->second.id)});

    using Things = std::vector<std::pair<item::ThingId, core::SlotState>>;
    const auto from = std::next(expected.begin(), 5)->first;
    Things all;
    Things some;
    const auto view = read();
    view->things({}, [&](const item::ThingId& thing, const core::SlotState& state) {
        all.emplace_back(thing, state);
        return true;
    });
    view->things(from, [&](const item::ThingId& thing, const core::SlotState& state) {
        some.emplace_back(thing, state);
        return some.size() < 3;
    });
    CHECK(all == Things(expected.begin(), expected.end()));
    CHECK(some == Things(std::next(expected.begin(), 5), std::next(expected.begin(), 8)));
}

TEST_CASE_FIXTURE(FloodFixture,
                  "of_kind walks one kind down and of_kind_since up, both stop when told") {
    Wanted other;
    other.kind = 900;
    commit(*flood, {storing(mail(1)), storing(publication({})), storing(mail(2)),
                    storing(publication(other)), storing(mail(3))});
    const auto view = read();
    using Positions = std::vector<core::Position>;
    CHECK(positions(*view, item::kind_mail, end_of_time) == Positions{5, 3, 1});
    CHECK(positions(*view, item::kind_mail, 5) == Positions{3, 1});
    CHECK(positions(*view, item::kind_mail, 4) == Positions{3, 1});
    CHECK(positions(*view, item::kind_mail, 1).empty());
    CHECK(positions(*view, item::kind_mail, end_of_time, 1) == Positions{5});
    CHECK(positions(*view, 900, end_of_time) == Positions{4});
    CHECK(positions(*view, 900, 4).empty());
    CHECK(positions(*view, 901, end_of_time).empty());
    CHECK(positions_since(*view, item::kind_mail, 0) == Positions{1, 3, 5});
    CHECK(positions_since(*view, item::kind_mail, 1) == Positions{3, 5});
    CHECK(positions_since(*view, item::kind_mail, 2, 1) == Positions{3});
    CHECK(positions_since(*view, item::kind_mail, 5).empty());
    CHECK(positions_since(*view, 900, 3) == Positions{4});
    CHECK(positions_since(*view, item::kind_mail, end_of_time).empty());
    CHECK(view->count_of_kind(item::kind_mail) == 3);
    CHECK(view->count_of_kind(900) == 1);
    CHECK(view->count_of_kind(901) == 0);
}

TEST_CASE_FIXTURE(
    FloodFixture,
    "a position is never given twice, not even that of the newest item when it is gone") {
    commit(*flood, {storing(mail(1)), storing(mail(2))});
    commit(*flood, {forgetting(mail(2)->id)});
    reopen();
    CHECK(read()->last_position() == 2);
    commit(*flood, {storing(mail(3))});
    CHECK(positions(*read(), item::kind_mail, end_of_time) == std::vector<core::Position>{3, 1});
    CHECK(read()->last_position() == 3);
}

TEST_CASE_FIXTURE(
    FloodFixture,
    "a transaction sees its own changes, a reader beside it does not, and an abort undoes them") {
    commit(*flood, {storing(mail(1))});
    {
        const auto txn = begin();
        REQUIRE(txn->apply(storing(mail(2))));
        CHECK(txn->presence(mail(2)->id) == Presence::alive);
        CHECK(txn->alive_count() == 2);
        CHECK(txn->last_position() == 2);
        CHECK(read()->presence(mail(2)->id) == Presence::unknown);
        CHECK(read()->alive_count() == 1);
    }
    CHECK(read()->presence(mail(2)->id) == Presence::unknown);
    CHECK(begin()->last_position() == 1);
}

TEST_CASE_FIXTURE(FloodFixture, "a reader keeps its snapshot while the writer goes on") {
    commit(*flood, {storing(mail(1))});
    const auto before = read();
    commit(*flood, {forgetting(mail(1)->id), storing(mail(2))});
    CHECK(before->get(mail(1)->id));
    CHECK(before->presence(mail(2)->id) == Presence::unknown);
}

TEST_CASE_FIXTURE(
    FloodFixture,
    "a sweep erases the memory of gone ids when their time is over, never more than asked") {
    core::Effects effects;
    for (std::uint32_t i = 0; i < 10; ++i) effects.push_back(storing(mail(i)));
    commit(*flood, effects);
    effects.clear();
    for (std::uint32_t i = 0; i < 10; ++i)
        effects.push_back(forgetting(mail(i)->id, noon + i * hour));
    commit(*flood, effects);
    const auto remembered = [&] {
        std::vector<std::uint32_t> out;
        for (std::uint32_t i = 0; i < 10; ++i)
            if (read()->presence(mail(i)->id) == Presence::gone) out.push_back(i);
        return out;
    };
    commit(*flood, {core::Sweep{noon + 7 * hour, 3}});
    CHECK(remembered() == std::vector<std::uint32_t>{3, 4, 5, 6, 7, 8, 9});
    commit(*flood, {core::Sweep{noon + 7 * hour, 100}});
    CHECK(remembered() == std::vector<std::uint32_t>{8, 9});
    commit(*flood, {core::Sweep{noon + 7 * hour, 100}});
    CHECK(remembered() == std::vector<std::uint32_t>{8, 9});
}

TEST_CASE_FIXTURE(FloodFixture,
                  "a sweep erases slots when their last time is over, never more than asked") {
    Wanted wanted;
    const auto first = publication(wanted);
    wanted.sequence = 2;
    const auto second = publication(wanted);
    wanted.slot = 2;
    const auto other = publication(wanted);
    commit(*flood, {core::Store{first, noon + hour}, core::Store{second, noon + 3 * hour},
                    core::Store{other, noon + 2 * hour}});
    commit(*flood, {forgetting(first->id), forgetting(second->id), forgetting(other->id)});
    commit(*flood, {core::Sweep{noon + hour, 100}});
    CHECK(read()->slot(thing_of(first)));  // its time was moved on
    CHECK(read()->slot(thing_of(other)));
    commit(*flood, {core::Sweep{noon + 3 * hour, 1}});
    CHECK_FALSE(read()->slot(thing_of(other)));
    CHECK(read()->slot(thing_of(first)));
    commit(*flood, {core::Sweep{noon + 3 * hour, 1}});
    CHECK_FALSE(read()->slot(thing_of(first)));
}

TEST_CASE_FIXTURE(FloodFixture,
                  "ids that share their first eight bytes are kept apart, alive and gone") {
    const auto honest = mail(1);
    item::Read twin = *mail(2);
    twin.id = honest->id;
    twin.id.data[31] ^= 1;
    const auto crafted = std::make_shared<const item::Read>(twin);
    commit(*flood, {storing(honest), storing(crafted)});
    CHECK(read()->presence(crafted->id) == Presence::alive);
    auto third = twin.id;
    third.data[31] ^= 2;
    CHECK(read()->presence(third) == Presence::unknown);
    commit(*flood, {forgetting(honest->id, noon), forgetting(crafted->id, noon)});
    CHECK(read()->presence(honest->id) == Presence::gone);
    commit(*flood, {core::Sweep{noon, 1}});
    CHECK((read()->presence(honest->id) == Presence::gone) !=
          (read()->presence(crafted->id) == Presence::gone));
    commit(*flood, {core::Sweep{noon, 1}});
    CHECK(read()->presence(honest->id) == Presence::unknown);
    CHECK(read()->presence(crafted->id) == Presence::unknown);
}

}  // namespace hearsay::store
