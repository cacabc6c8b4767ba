// watches-20k: the longest turn of a node whose user watches for ratings, while a flood of ratings
// comes. docs/benchmarks.md.
#include <algorithm>

#include "base/ensure.hpp"
#include "base/limits/items.hpp"
#include "base/limits/person.hpp"
#include "bench/benches.hpp"
#include "bench/measure.hpp"
#include "bench/supply.hpp"
#include "bench/texts.hpp"
#include "item/kinds/rating.hpp"
#include "market/market.hpp"
#include "store/flood.hpp"
#include "store/own.hpp"

namespace hearsay::bench {
namespace {

constexpr std::uint64_t watching_use = 9;  // of the seed
constexpr std::uint64_t batch = 200;
constexpr std::uint64_t minutes = 3;  // of the flood
constexpr std::uint64_t ratings_a_minute = 1200;
constexpr double target_ms = 100;

struct Offer {
    base::PublisherKey maker{};
    base::Slot slot{};
};

// About whom the flood is: about everybody, or each rating about another thing of one maker, by
// another persona.
enum class Shape { spread, one };

class Flooded {
public:
    Flooded(Bench& bench, store::Flood& flood)
        : bench_(bench),
          flood_(flood),
          supply_(rng_for(bench.seed(), watching_use), bench.now()),
          texts_(rng_for(bench.seed(), watching_use + 1)) {}

    base::Result<void> offers(std::uint64_t count) {
        return store(count, [&](std::uint64_t at) {
            item::ReadPtr out =
                supply_.unsigned_offer(at, count, item::write_offer(texts_.offer()));
            const item::Publication& claim = *out->header.publication();
            offers_.push_back({claim.publisher, claim.slot});
            return out;
        });
    }
    base::Result<void> ratings(std::uint64_t count, Shape shape) {
        return store(count, [&](std::uint64_t) { return rating(shape); });
    }
    std::vector<item::ReadPtr> take_stored() { return std::exchange(stored_, {}); }

private:
    template <class Make>
    base::Result<void> store(std::uint64_t count, Make make) {
        for (std::uint64_t at = 0; at < count;) {
            auto txn = flood_.begin();
            if (!txn) return std::unexpected(txn.error());
            for (std::uint64_t each = 0; each < batch && at < count; ++each, ++at) {
                stored_.push_back(make(at));
                const base::WallTime until =
                    stored_.back()->header.created + base::limits::lifetime_max;
                const auto done = (*txn)->apply(core::Store{stored_.back(), until});
                if (!done) return done;
            }
            if (auto done = (*txn)->commit(); !done) return done;
        }
        return {};
    }
    item::ReadPtr rating(Shape shape) {
        base::Rng& rng = supply_.rng();
        const Offer& about = offers_[rng.below(offers_.size())];
        item::Rating out;
        out.token.maker = shape == Shape::one ? offers_.front().maker : about.maker;
        rng.fill(out.token.taker);
        rng.fill(out.token.id);
        if (shape == Shape::one || rng.below(2) == 0) out.token.slot = about.slot;
        out.stars = static_cast<std::uint32_t>(1 + rng.below(item::rating_stars_max));
        return supply_.unsigned_item(item::kind_rating, out.token.taker,
                                     base::Slot{out.token.id.data}, item::write_rating(out));
    }

    Bench& bench_;
    store::Flood& flood_;
    Supply supply_;
    Texts texts_;
    std::vector<Offer> offers_;
    std::vector<item::ReadPtr> stored_;
};

struct Took {
    double wall = 0;
    double cpu = 0;  // of this thread: other programs disturb it less
};
struct Turns {
    Took worst;
    double all = 0;
    std::uint64_t count = 0;
};

// A market's turns without what keeps them: what is measured is what holds the loop's thread.
class Watcher {
public:
    Watcher(Bench& bench, store::Flood& flood, store::Own& own)
        : now_(bench.now()), flood_(flood), own_(own) {
        base::Rng rng = rng_for(bench.seed(), watching_use + 2);
        market::Vault vault = market::Vault::create(rng, now_).vault;
        market_.emplace(bench_network, std::move(vault), rng.fork(), market::MarketSettings{});
    }
    base::Result<void> start() {
        base::Result<void> out;
        const auto begun = turn([&](const market::Turn& turn) { out = market_->start(turn); });
        if (!begun) return std::unexpected(begun.error());
        return out;
    }
    base::Result<void> add(const market::WatchView& watch) {
        base::Result<void> out;
        const auto begun = turn([&](const market::Turn& turn) {
            if (const auto added = market_->add_watch(watch, turn); !added)
                out = std::unexpected(added.error());
        });
        if (!begun) return std::unexpected(begun.error());
        return out;
    }
    base::Result<void> hear(const std::vector<item::ReadPtr>& items) {
        const auto heard = turn([&](const market::Turn& turn) {
            for (const item::ReadPtr& item : items) market_->on_item_stored(item, turn);
        });
        if (!heard) return std::unexpected(heard.error());
        return {};
    }
    // A tick, and turns until the watches have looked.
    base::Result<void> look(Turns& turns) {
        const auto note = [&](const base::Result<Took>& took) {
            if (!took) return;
            turns.worst.wall = std::max(turns.worst.wall, took->wall);
            turns.worst.cpu = std::max(turns.worst.cpu, took->cpu);
            turns.all += took->cpu;
            ++turns.count;
        };
        auto done = turn([&](const market::Turn& turn) { market_->on_tick(turn); });
        note(done);
        while (done && market_->wants_to_watch()) {
            done = turn([&](const market::Turn& turn) { market_->watch_on(turn); });
            note(done);
        }
        if (!done) return std::unexpected(done.error());
        return {};
    }

private:
    base::Result<Took> turn(const std::function<void(const market::Turn&)>& act) {
        auto own = own_.begin();
        if (!own) return std::unexpected(own.error());
        auto flood = flood_.begin();
        if (!flood) return std::unexpected(flood.error());
        market::Effects out;
        const Stopwatch watch;
        const double cpu = thread_seconds();
        act({now_, **own, **flood, out});
        const Took took{watch.wall(), thread_seconds() - cpu};
        if (auto kept = (*own)->commit(); !kept) return std::unexpected(kept.error());
        return took;
    }

    base::WallTime now_;
    store::Flood& flood_;
    store::Own& own_;
    std::optional<market::Market> market_;
};

base::Result<void> measure(Bench& bench, Shape shape, const std::string& name, Figure& out) {
    store::FloodOptions options;
    options.network = bench_network;
    options.new_life = 1;
    auto flood = store::Flood::open(bench.path("watched"), options);
    if (!flood) return std::unexpected(flood.error());
    auto own = store::Own::open(bench.path("own"));
    if (!own) return std::unexpected(own.error());
    const std::uint64_t ratings = bench.sizes().hundred_k / 5;
    Flooded source(bench, **flood);
    if (auto done = source.offers(bench.sizes().hundred_k); !done) return done;
    if (auto done = source.ratings(ratings, shape); !done) return done;
    source.take_stored();
    Watcher watcher(bench, **flood, **own);
    if (auto done = watcher.start(); !done) return done;
    for (std::size_t at = 0; at < base::limits::watches_max; ++at) {
        const std::string stars = std::to_string(1 + at % item::rating_stars_max);
        if (auto done = watcher.add({"w" + std::to_string(at), {{"rating", stars}}, {}, 0}); !done)
            return done;
    }
    Turns first, rest;
    if (auto done = watcher.look(first); !done) return done;
    for (std::uint64_t minute = 0; minute < minutes; ++minute) {
        if (auto done = source.ratings(ratings_a_minute, shape); !done) return done;
        if (auto done = watcher.hear(source.take_stored()); !done) return done;
        if (auto done = watcher.look(rest); !done) return done;
    }
    out.values.push_back(
        {name + "_worst_turn_ms", 1e3 * std::max(first.worst.wall, rest.worst.wall)});
    out.values.push_back(
        {name + "_worst_turn_cpu_ms", 1e3 * std::max(first.worst.cpu, rest.worst.cpu)});
    out.values.push_back({name + "_round_cpu_ms", 1e3 * rest.all / minutes});
    out.values.push_back({name + "_turns_a_round", static_cast<double>(rest.count) / minutes});
    out.targets.push_back({name + "_worst_turn_ms", target_ms, false});
    return {};
}

}  // namespace

base::Result<Figure> watches_20k(Bench& bench) {
    Figure out{"watches-20k", {}, "the processor time of the same turns", {}};
    if (auto done = measure(bench, Shape::spread, "spread", out); !done)
        return std::unexpected(done.error());
    if (auto done = measure(bench, Shape::one, "one", out); !done)
        return std::unexpected(done.error());
    return out;
}

}  // namespace hearsay::bench
