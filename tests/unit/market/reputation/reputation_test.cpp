// The table of ratings beside a naive count of all that is here, and what one piece of it costs.
#include "market/reputation/reputation.hpp"

#include <map>
#include <utility>

#include <doctest/doctest.h>

#include "base/rng.hpp"
#include "item/kinds/rating.hpp"
#include "search/fields.hpp"
#include "search/index.hpp"

namespace hearsay::market {
namespace {

constexpr item::Kind kind_thing = item::kind_offer;

base::PublisherKey persona(std::uint32_t number) {
    base::PublisherKey out;
    out.data.fill(static_cast<std::uint8_t>(number));
    return out;
}

// What floods, as far as the table asks for it. Counts what is read.
class Flood final : public Catalogue {
public:
    core::Position offer(std::uint32_t maker, std::uint8_t slot, bool removed = false) {
        const item::Publication claim{persona(maker), slot_of(slot), ++sequence_, removed, {}};
        const auto old = slots_.find(item::thing_of(claim));
        if (old != slots_.end()) forget(old->second.position);
        const core::Position position = store(kind_thing, claim, {});
        slots_[item::thing_of(claim)] = {position, removed};
        return position;
    }
    // `slot`: of the thing; 0: of the partner.
    core::Position rate(std::uint32_t by, std::uint32_t about, std::uint32_t stars,
                        std::uint8_t slot = 0) {
        item::Rating rating;
        rating.token.maker = persona(about);
        rating.token.taker = persona(by);
        if (slot != 0) rating.token.slot = slot_of(slot);
        rating.stars = stars;
        base::Slot own{};
        const auto number = base::big_endian(++sequence_);
        std::ranges::copy(number, own.data.begin());
        const item::Publication claim{persona(by), own, 1, false, {}};
        return store(item::kind_rating, claim, item::write_rating(rating));
    }
    void forget(core::Position position) { items_.erase(position); }
    bool holds(core::Position position) const { return items_.contains(position); }
    const std::map<core::Position, item::ReadPtr>& all() const { return items_; }
    item::ThingId thing(std::uint32_t maker, std::uint8_t slot) const {
        return item::thing_of({persona(maker), slot_of(slot), 1, false, {}});
    }
    // Of the version that is here.
    core::Position place(const item::ThingId& thing) const {
        const auto slot = slots_.find(thing);
        if (slot == slots_.end() || slot->second.removed) return 0;
        return holds(slot->second.position) ? slot->second.position : 0;
    }
    std::size_t take_reads() { return std::exchange(reads_, 0); }

    item::ReadPtr get(const base::ItemId&) const override { return nullptr; }
    void of_kind(item::Kind, core::Position,
                 const std::function<bool(core::Position, const item::ReadPtr&)>&) const override {}
    void of_kind_since(
        item::Kind kind, core::Position after,
        const std::function<bool(core::Position, const item::ReadPtr&)>& visit) const override {
        for (auto at = items_.upper_bound(after); at != items_.end(); ++at) {
            if (at->second->header.kind != kind) continue;
            ++reads_;
            if (!visit(at->first, at->second)) return;
        }
    }
    void things(const item::ThingId& from,
                const std::function<bool(const item::ThingId&, const core::SlotState&)>& visit)
        const override {
        ++reads_;
        const auto at = slots_.lower_bound(from);
        if (at == slots_.end()) return;
        visit(at->first, {1, id_of(at->second.position), at->second.removed});
    }
    std::optional<core::Position> position(const base::ItemId& id) const override {
        for (const auto& [position, read] : items_)
            if (read->id == id) return position;
        return {};
    }
    std::uint64_t count_of_kind(item::Kind kind) const override {
        return static_cast<std::uint64_t>(std::ranges::count_if(
            items_, [&](const auto& each) { return each.second->header.kind == kind; }));
    }
    std::uint64_t life() const override { return 1; }
    core::Position last_position() const override { return last_; }
    item::ReadPtr at(core::Position position) const override {
        ++reads_;
        const auto found = items_.find(position);
        return found == items_.end() ? nullptr : found->second;
    }

private:
    struct Place {
        core::Position position = 0;
        bool removed = false;
    };
    static base::Slot slot_of(std::uint8_t slot) {
        base::Slot out;
        out.data.fill(slot);
        return out;
    }
    static base::ItemId id_of(core::Position position) {
        base::ItemId out{};
        const auto number = base::big_endian(position);
        std::ranges::copy(number, out.data.begin());
        return out;
    }
    core::Position store(item::Kind kind, const item::Publication& claim, base::Bytes payload) {
        item::Read read;
        read.header.kind = kind;
        read.header.claim = claim;
        read.item.payload = std::move(payload);
        read.id = id_of(++last_);
        read.version = {item::thing_of(claim), claim.sequence, claim.removed};
        items_[last_] = std::make_shared<const item::Read>(std::move(read));
        return last_;
    }

    std::map<core::Position, item::ReadPtr> items_;
    std::map<item::ThingId, Place> slots_;
    core::Position last_ = 0;
    std::uint64_t sequence_ = 0;
    mutable std::size_t reads_ = 0;
};

// Of the words nothing is asked.
class Alive final : public search::Index {
public:
    explicit Alive(const Flood& flood) : flood_(flood) {}
    std::vector<search::Segment> segments() const override { return {}; }
    void each_term(const search::Segment&, std::string_view,
                   const std::function<bool(std::string_view, base::ByteView)>&) const override {}
    bool is_alive(search::Position position) const override { return flood_.holds(position); }
    std::optional<search::Fields> fields(search::Position) const override { return {}; }
    std::uint64_t life() const override { return 1; }

private:
    const Flood& flood_;
};

// By the rules, from all that is here.
struct Naive {
    struct Stars {
        std::int64_t sum = 0, count = 0;
    };
    using Voices = std::map<base::PublisherKey, Stars>;
    std::map<base::PublisherKey, Voices> partners;
    std::map<item::ThingId, std::pair<base::PublisherKey, Voices>> things;

    explicit Naive(const Flood& flood) {
        for (const auto& [position, read] : flood.all()) {
            if (read->header.kind != item::kind_rating) continue;
            const auto rating = item::read_rating(read->item.payload);
            REQUIRE(rating);
            const base::PublisherKey by = read->header.publication()->publisher;
            const auto traded = item::rated_thing(rating->token);
            auto& about = traded ? things[*traded] : things[item::ThingId{}];
            if (traded) about.first = item::rated(rating->token, by);
            Stars& said = traded ? about.second[by] : partners[item::rated(rating->token, by)][by];
            said.sum += rating->stars;
            ++said.count;
        }
        things.erase(item::ThingId{});
    }
    static Reputed reputed(const Voices& voices) {
        Reputed out;
        for (const auto& [by, said] : voices) {
            ++out.raters;
            out.sum += said.sum * Reputed::star / said.count;
        }
        return out;
    }
    Reputed thing(const item::ThingId& thing) const {
        const auto& [maker, voices] = things.at(thing);
        Voices all;
        if (const auto partner = partners.find(maker); partner != partners.end())
            all = partner->second;
        for (const auto& [by, said] : voices) {
            all[by].sum += said.sum;
            all[by].count += said.count;
        }
        return reputed(all);
    }
};

void check(const Reputation& table, const Flood& flood) {
    const Naive naive(flood);
    REQUIRE(table.personas().size() == naive.partners.size());
    CHECK(std::ranges::is_sorted(table.personas(), {}, &Reputation::Persona::term));
    for (const Reputation::Persona& each : table.personas())
        CHECK(each.as_partner == Naive::reputed(naive.partners.at(each.persona)));
    REQUIRE(table.things().size() == naive.things.size());
    CHECK(std::ranges::is_sorted(table.things(), {}, &Reputation::Thing::thing));
    for (const Reputation::Thing& each : table.things()) {
        CHECK(each.reputed == naive.thing(each.thing));
        // One that expired stays where it was: nothing is found there.
        const core::Position here = flood.place(each.thing);
        if (here != 0 || flood.holds(each.position)) CHECK(each.position == here);
    }
}

TEST_CASE("whatever comes and goes, the table says what counting all of it says") {
    base::Rng rng(base::Secret{});
    Flood flood;
    Reputation table;
    for (int round = 0; round < 300; ++round) {
        for (std::uint64_t acts = rng.below(8); acts > 0; --acts) {
            const auto who = static_cast<std::uint32_t>(1 + rng.below(6));
            const auto other = static_cast<std::uint32_t>(10 + rng.below(5));
            const auto slot = static_cast<std::uint8_t>(rng.below(4));
            switch (rng.below(6)) {
                case 0:
                    flood.offer(who, static_cast<std::uint8_t>(1 + slot), rng.below(5) == 0);
                    break;
                case 1:
                    if (flood.last_position() > 0)
                        flood.forget(1 + rng.below(flood.last_position()));
                    break;
                default:
                    flood.rate(other, who, static_cast<std::uint32_t>(1 + rng.below(5)), slot);
            }
        }
        const std::size_t most =
            rng.below(3) == 0 ? Reputation::everything : static_cast<std::size_t>(1 + rng.below(4));
        int pieces = 0;
        while (!table.look(flood, Alive(flood), most)) REQUIRE(++pieces < 1000);
        check(table, flood);
        CHECK(table.seen() == flood.last_position());
    }
}

TEST_CASE("a piece reads no more than it may, and a minute's flood takes a few of them") {
    constexpr std::size_t most = 50;
    Flood flood;
    for (std::uint32_t number = 0; number < 600; ++number) {
        const std::uint32_t maker = 1 + number % 100;
        flood.offer(maker, static_cast<std::uint8_t>(1 + number / 100));
        flood.rate(200, maker, 5, static_cast<std::uint8_t>(1 + number / 100));
    }
    Reputation table;
    const auto pieces = [&] {
        std::size_t out = 1;
        flood.take_reads();
        while (!table.look(flood, Alive(flood), most)) {
            CHECK(flood.take_reads() <= 3 * most);
            ++out;
        }
        CHECK(flood.take_reads() <= 3 * most);
        return out;
    };
    CHECK(pieces() <= 600 / most + 2);
    for (std::uint32_t number = 0; number < 60; ++number) flood.rate(201, 1 + number, 1);
    CHECK(pieces() <= 4);
    CHECK(pieces() == 1);
    check(table, flood);
}

TEST_CASE("what a rating raises is told for each wish, as that rating alone would have it") {
    Flood flood;
    flood.offer(1, 1);
    flood.offer(2, 1);
    flood.rate(11, 2, 5);
    Reputation table;
    table.look(flood, Alive(flood));
    const core::Position since = flood.last_position();
    flood.rate(12, 1, 5);     // of the partner
    flood.rate(13, 2, 1, 1);  // of the other's thing
    table.look(flood, Alive(flood));
    const auto risen = [&](std::int64_t stars) {
        return table.risen(since, [=](const Reputed& each) {
            return each.sum >= stars * Reputed::star * each.raters;
        });
    };
    CHECK(risen(4).personas.size() == 1);
    CHECK(risen(4).things.empty());
    CHECK(risen(6).personas.empty());
    flood.rate(14, 2, 5, 1);
    flood.rate(15, 2, 5, 1);
    flood.rate(16, 2, 5, 1);
    table.look(flood, Alive(flood));
    CHECK(risen(4).personas.size() == 1);
    CHECK(risen(4).things.empty());  // it was as good before, by its maker
    CHECK(table.risen(0, [](const Reputed& each) { return each.raters >= 5; }).things ==
          std::vector<core::Position>{2});
}

}  // namespace
}  // namespace hearsay::market
