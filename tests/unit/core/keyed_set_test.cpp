// reconcile/keyed_set.hpp, reconcile/served_sets.hpp: one set of short ids, read in pieces, serves
// many rounds.
#include "core/reconcile/keyed_set.hpp"

#include <map>

#include <doctest/doctest.h>

#include "base/limits/frames.hpp"
#include "base/limits/relay.hpp"
#include "core/reconcile/served_sets.hpp"
#include "even_store.hpp"
#include "unit/item/samples.hpp"

namespace hearsay::core {
namespace {

namespace limits = base::limits;
using base::Millis;

const crypto::SipKey key = samples::filled<crypto::SipKey>(1);

// Ids by position, with removal, and how many were read.
class Ids : public EvenStore {
public:
    base::ItemId add() {
        base::ItemId id;
        rng_.fill(id);
        ids_[++last_] = id;
        return id;
    }
    void erase(Position position) { ids_.erase(position); }
    const std::map<Position, base::ItemId>& all() const { return ids_; }
    std::size_t take_reads() { return std::exchange(reads_, 0); }

    std::vector<Stored> newest(Position before, std::size_t most) const override {
        std::vector<Stored> out;
        for (auto at = ids_.lower_bound(before); at != ids_.begin() && out.size() < most;) {
            --at;
            out.push_back({at->first, at->second, {}});
        }
        reads_ += out.size();
        return out;
    }
    std::optional<Position> position(const base::ItemId& id) const override {
        for (const auto& [position, held] : ids_)
            if (held == id) return position;
        return std::nullopt;
    }
    Presence presence(const base::ItemId&) const override { return Presence::unknown; }
    item::ReadPtr get(const base::ItemId&) const override { return nullptr; }
    std::optional<SlotState> slot(const item::ThingId&) const override { return std::nullopt; }
    std::vector<base::ItemId> expired(base::WallTime, std::size_t) const override { return {}; }
    std::uint64_t alive_count() const override { return ids_.size(); }

private:
    base::Rng rng_{samples::filled<base::Secret>(3)};
    std::map<Position, base::ItemId> ids_;
    Position last_ = 0;
    mutable std::size_t reads_ = 0;
};

std::vector<Symbol> coded(const std::map<Position, base::ItemId>& ids, std::size_t first,
                          std::size_t count) {
    std::vector<Symbol> out(count);
    for (const auto& [position, id] : ids) code(out, first, short_id(key, id), 1);
    return out;
}

struct Reading {
    Ids store;
    KeyedSet set{key, true, {}};

    Reading() {
        for (int at = 0; at < 1000; ++at) store.add();
    }
    bool work(std::size_t symbols, std::size_t steps) { return set.work(store, symbols, steps); }
    void finish(std::size_t symbols, std::size_t steps) {
        std::size_t turns = 0;
        while (!work(symbols, steps)) REQUIRE(++turns < 10'000);
    }
    void forget(Position position) {
        set.on_forgotten(store.all().at(position), position, {});
        store.erase(position);
    }
};

TEST_CASE_FIXTURE(Reading,
                  "a set is read in pieces no larger than asked for, and is whole at the end") {
    std::size_t turns = 0;
    for (; !work(40, 64); ++turns) {
        CHECK(store.take_reads() <= 64);
        REQUIRE(turns < 100);
    }
    CHECK(turns >= 1000 / 64);
    CHECK(set.symbols(set.version(), 0, 40) == coded(store.all(), 0, 40));
}

TEST_CASE_FIXTURE(Reading, "once it is read, only what is new is read again") {
    finish(40, 5000);
    store.take_reads();
    finish(40, 5000);
    CHECK(store.take_reads() <= 64);
    store.add();
    finish(40, 5000);
    CHECK(store.take_reads() <= 128);
    CHECK(set.symbols(set.version(), 0, 40) == coded(store.all(), 0, 40));
}

TEST_CASE_FIXTURE(
    Reading, "what comes and goes while a set is read is in it as the store has it at the end") {
    for (int turn = 0; !work(40, 50); ++turn) {
        REQUIRE(turn < 1000);
        if (turn < 30) {
            store.add();
            forget(store.all().rbegin()->first);              // not read yet
            forget(store.all().begin()->first);               // read last
            forget(std::prev(store.all().end(), 20)->first);  // read at first
            store.add();
        }
    }
    CHECK(set.symbols(set.version(), 0, 40) == coded(store.all(), 0, 40));
}

TEST_CASE_FIXTURE(
    Reading, "a round goes on with the set as it was when it began, however it changed since") {
    finish(10, 5000);
    const auto then = store.all();
    const KeyedSet::Version version = set.version();
    for (int at = 0; at < 20; ++at) {
        store.add();
        forget(store.all().begin()->first);
    }
    finish(10, 5000);
    CHECK(set.symbols(version, 0, 10) == coded(then, 0, 10));
    CHECK(set.symbols(set.version(), 0, 10) == coded(store.all(), 0, 10));
    SUBCASE("also for symbols that are made only now, in pieces, while items go") {
        for (int turn = 0; !work(500, 100); ++turn) {
            REQUIRE(turn < 1000);
            forget(store.all().begin()->first);
            forget(std::prev(store.all().end(), 5)->first);
        }
        CHECK(set.symbols(version, 10, 490) == coded(then, 10, 490));
        CHECK(set.symbols(set.version(), 0, 500) == coded(store.all(), 0, 500));
    }
}

TEST_CASE_FIXTURE(Reading, "more symbols are made in pieces no larger than asked for") {
    finish(10, 5000);
    std::size_t turns = 0;
    for (std::size_t steps = 64; !set.work(store, 500, steps); steps = 64) {
        CHECK(steps == 0);
        REQUIRE(++turns < 100);
    }
    CHECK(turns >= 1000 / 64);
    CHECK(set.symbols(set.version(), 0, 500) == coded(store.all(), 0, 500));
}

TEST_CASE_FIXTURE(Reading, "a set that does not follow the store stays as it was read") {
    KeyedSet own(key, false, {});
    std::size_t steps = 5000;
    CHECK(own.work(store, 20, steps));
    const auto then = store.all();
    store.add();
    CHECK(own.work(store, 60, steps));
    CHECK(own.symbols(own.version(), 0, 60) == coded(then, 0, 60));
}

TEST_CASE_FIXTURE(Reading, "a set with too many changes is worn") {
    finish(10, 5000);
    CHECK(!set.is_worn());
    for (std::size_t at = 0; at <= limits::set_changes_max; ++at) store.add();
    finish(10, 5000);
    CHECK(set.is_worn());
}

TEST_CASE("a model of sets and a keyed set agree whatever happens in whatever pieces") {
    for (std::uint8_t seed = 1; seed <= 40; ++seed) {
        base::Rng rng(samples::filled<base::Secret>(seed));
        Ids store;
        KeyedSet set(key, true, {});
        std::vector<std::pair<KeyedSet::Version, std::map<Position, base::ItemId>>> rounds;
        for (int turn = 0; turn < 200; ++turn) {
            for (std::uint64_t news = rng.below(20); news > 0; --news) store.add();
            if (!store.all().empty() && rng.below(2) == 0) {
                const auto at =
                    std::next(store.all().begin(),
                              static_cast<std::ptrdiff_t>(rng.below(store.all().size())));
                const Position position = at->first;
                set.on_forgotten(at->second, position, {});
                store.erase(position);
            }
            std::size_t steps = rng.below(60);
            const std::size_t symbols = 1 + rng.below(200);
            if (!set.work(store, symbols, steps)) continue;
            CHECK(set.symbols(set.version(), 0, symbols) == coded(store.all(), 0, symbols));
            rounds.emplace_back(set.version(), store.all());
            const auto& [version, then] = rounds[rng.below(rounds.size())];
            const std::size_t first = rng.below(symbols);
            CHECK(set.symbols(version, first, symbols - first) ==
                  coded(then, first, symbols - first));
        }
    }
}

// ---- served sets
struct ServingMany {
    Ids store;
    ServedSets sets{base::Rng(samples::filled<base::Secret>(5))};
    base::MonoTime now{Millis(1000)};

    ServingMany() {
        for (int at = 0; at < 1000; ++at) store.add();
    }
    ServedSets::Ticket begin() {
        std::size_t steps = limits::set_steps_max;
        const auto ticket = sets.begin({}, 50, now, store, nullptr, steps);
        REQUIRE(ticket);
        return *ticket;
    }
};

TEST_CASE_FIXTURE(ServingMany, "a thousand rounds cost one walk over the store") {
    begin();
    CHECK(store.take_reads() == 1000);
    for (int at = 0; at < 1000; ++at) begin();
    CHECK(store.take_reads() <= 64 * 1000);  // a look at the newest each
    CHECK(sets.size() == 1);
}

TEST_CASE_FIXTURE(ServingMany,
                  "new rounds get a new key in time, and rounds under way keep theirs") {
    const auto first = begin();
    const crypto::SipKey old = sets.find(first)->key();
    now += limits::set_life - Millis(1);
    CHECK(sets.find(begin())->key() == old);
    now += Millis(1);
    const auto second = begin();
    CHECK(sets.find(second)->key() != old);
    CHECK(sets.find(first)->key() == old);
    now += limits::set_life;
    begin();
    CHECK(sets.find(first) == nullptr);
    CHECK(sets.find(second) != nullptr);
}

TEST_CASE_FIXTURE(ServingMany, "when nobody compares any more, nothing is kept") {
    begin();
    CHECK(sets.next_deadline() == now + limits::set_kept);
    now += limits::set_kept;
    sets.drop_old(now);
    CHECK(sets.size() == 0);
    CHECK(sets.next_deadline() == base::never);
}

}  // namespace
}  // namespace hearsay::core
