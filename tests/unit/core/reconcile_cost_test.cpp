// reconcile/reconcile.hpp: what rounds make a node read at once, however many peers begin them.
#include <doctest/doctest.h>

#include "base/limits/frames.hpp"
#include "base/limits/items.hpp"
#include "base/limits/links.hpp"
#include "base/limits/relay.hpp"
#include "core/reconcile/reconcile.hpp"
#include "fixture.hpp"
#include "id_store.hpp"
#include "pair.hpp"

namespace hearsay::core {
namespace {

// A full store that counts what is read of it.
struct CountingStore : IdStore {
    mutable std::size_t reads = 0;
    std::vector<Stored> newest(Position before, std::size_t most) const override {
        auto out = IdStore::newest(before, most);
        reads += out.size();
        return out;
    }
};

struct FullStore {
    static constexpr std::size_t items = 100'000;
    CountingStore store;
    FloorTable floors;
    Traffic traffic;
    Reconcile side{base::Rng(samples::filled<base::Secret>(1)), floors, traffic};
    base::Now now{base::MonoTime(Millis(5000)), samples::noon};
    std::map<base::LinkId, std::size_t> symbols;  // that were sent

    FullStore() {
        base::Rng rng(samples::filled<base::Secret>(3));
        base::ItemId id;
        for (std::size_t at = 0; at < items; ++at) {
            rng.fill(id);
            store.add(id);
        }
    }
    Compare unlike() const {
        return {samples::filled<SetDigest>(1), store.shelves().summary().counters(),
                store.alive_count()};
    }
    void note(const Effects& out) {
        for (const Effect& effect : out)
            if (const auto* send = std::get_if<Send>(&effect))
                symbols[send->link] += std::get<Symbols>(*parse(*send->frame)).symbols.size();
    }
    // One input or many within one moment.
    template <class Act>
    std::size_t read_by(const Act& act) {
        store.reads = 0;
        Effects out;
        act(out);
        note(out);
        return store.reads;
    }
    void finish() {
        for (int turns = 0; side.next_deadline() <= now.mono + Millis(1); ++turns) {
            REQUIRE(turns < 1000);
            now.mono += Millis(1);
            CHECK(read_by([&](Effects& out) { side.on_timer(now, store, out); }) <=
                  limits::set_steps_max);
        }
    }
};

TEST_CASE_FIXTURE(FullStore,
                  "what many ask for in one moment takes no longer than what one asks for") {
    const std::size_t read = read_by([&](Effects& out) {
        for (std::uint64_t link = 1; link <= 50; ++link) {
            side.on_greeted(base::LinkId{link}, false, now, store, out);
            CHECK(!side.on_compare(base::LinkId{link}, unlike(), now, store, out));
        }
    });
    CHECK(read <= limits::set_steps_max);
    CHECK(symbols.empty());
    finish();
    CHECK(symbols.size() == 50);
}

TEST_CASE_FIXTURE(FullStore,
                  "any number of fresh peers who compare and ask for all symbols cost one walk") {
    std::size_t read = 0;
    for (std::uint64_t at = 1; at <= 30; ++at) {
        const base::LinkId link{at};
        now.mono += Millis(1);
        read += read_by([&](Effects& out) {
            side.on_greeted(link, false, now, store, out);
            CHECK(!side.on_compare(link, unlike(), now, store, out));
        });
        finish();
        for (int times = 0; times < 3; ++times) {
            now.mono += Millis(1);
            read += read_by(
                [&](Effects& out) { CHECK(!side.on_more(link, More{4000}, now, store, out)); });
            finish();
        }
        if (at > 1) CHECK(symbols[link] > 12'000);
        if (at == 1) read = 0;
        side.on_link_gone(link, now);
    }
    CHECK(read <= items / 10);
}

TEST_CASE_FIXTURE(FullStore,
                  "what a peer makes us read for a round of our own is read in pieces, too") {
    const base::LinkId link{1};
    read_by([&](Effects& out) {
        side.on_greeted(link, true, now, store, out);
        out.clear();
    });
    std::vector<Symbol> theirs(100);
    theirs[0].count = 50'000;
    std::size_t read = read_by([&](Effects& out) {
        CHECK(!side.on_symbols(link, {0, theirs, 50'000, {}}, now, store, out));
        CHECK(out.empty());
    });
    CHECK(read > 0);
    CHECK(read <= limits::set_steps_max);
    int turns = 0;
    for (Effects out; out.empty(); ++turns) {
        REQUIRE(turns < 100);
        now.mono += Millis(1);
        CHECK(side.next_deadline() <= now.mono);
        store.reads = 0;
        side.on_timer(now, store, out);
        CHECK(store.reads <= limits::set_steps_max);
        read += store.reads;
    }
    CHECK(turns >= static_cast<int>(items / limits::set_steps_max));
    CHECK(read < items + items / 10);
}

TEST_CASE_FIXTURE(FullStore, "symbols that come while ours are still being made are out of turn") {
    const base::LinkId link{1};
    const crypto::SipKey key = samples::filled<crypto::SipKey>(7);
    std::vector<Symbol> theirs(2000);  // all that we hold, and a few hundred more
    for (const Stored& stored : store.newest(UINT64_MAX, items))
        code(theirs, 0, short_id(key, stored.id), 1);
    for (std::uint64_t at = 1; at <= 300; ++at) code(theirs, 0, at * 0x9e3779b97f4a7c15, 1);
    const auto symbols_from = [&](std::size_t first, std::size_t count) {
        const auto at = theirs.begin() + static_cast<std::ptrdiff_t>(first);
        return Symbols{static_cast<std::uint32_t>(first),
                       {at, at + static_cast<std::ptrdiff_t>(count)},
                       items + 300,
                       key};
    };
    Effects out;
    side.on_greeted(link, true, now, store, out);
    out.clear();
    CHECK(!side.on_symbols(link, symbols_from(0, 100), now, store, out));
    for (int turns = 0; out.empty(); ++turns) {
        REQUIRE(turns < 100);
        now.mono += Millis(1);
        side.on_timer(now, store, out);
    }
    const std::size_t asked = std::get<More>(*parse(*std::get<Send>(out.front()).frame)).symbols;
    REQUIRE(asked > 100);
    REQUIRE(100 + 2 * asked <= theirs.size());
    out.clear();
    CHECK(!side.on_symbols(link, symbols_from(100, asked), now, store, out));
    REQUIRE(out.empty());
    CHECK(side.on_symbols(link, symbols_from(100 + asked, asked), now, store, out) ==
          base::Fault::frame_unexpected);
}

}  // namespace
}  // namespace hearsay::core
