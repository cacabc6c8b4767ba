// evict-10k, full-store: a full store, and items with more work that drive out others.
// docs/benchmarks.md says what the figures mean.
#include "base/limits/items.hpp"
#include "bench/benches.hpp"
#include "bench/measure.hpp"
#include "bench/supply.hpp"
#include "core/retention/retention.hpp"
#include "store/flood.hpp"

namespace hearsay::bench {
namespace {

constexpr std::uint64_t batch = 1000;
constexpr std::uint64_t use = 9;  // of the seed
constexpr core::Pile links = 8;

item::ReadPtr at_level(const item::Read& item, item::Level level) {
    auto out = std::make_shared<item::Read>(item);
    out->item.nonce = std::uint64_t{level} << 56;
    return out;
}

base::Result<std::unique_ptr<store::Flood>> open(const std::string& path) {
    store::FloodOptions options;
    options.network = bench_network;
    options.new_life = 1;
    return store::Flood::open(path, options);
}

// Each of `items` is asked for by `decide` and kept; the time of deciding and keeping.
template <class Decide>
base::Result<double> keep(store::Flood& flood, const std::vector<item::ReadPtr>& items,
                          const Decide& decide) {
    double seconds = 0;
    for (std::size_t at = 0; at < items.size();) {
        const Stopwatch watch;
        auto txn = flood.begin();
        if (!txn) return std::unexpected(txn.error());
        for (const std::size_t end = std::min<std::size_t>(at + batch, items.size()); at < end;
             ++at)
            for (const core::Effect& effect : decide(*items[at], at, **txn)) {
                if (std::holds_alternative<core::Notify>(effect)) continue;
                if (auto done = (*txn)->apply(effect); !done) return std::unexpected(done.error());
            }
        if (auto committed = (*txn)->commit(); !committed)
            return std::unexpected(committed.error());
        seconds += watch.wall();
    }
    return seconds;
}

core::Store storing(const item::Read& item, const core::Place& place) {
    const base::WallTime until = item.header.created + base::limits::lifetime_max;
    return {std::make_shared<item::Read>(item), until, place.level, place.pile};
}

}  // namespace

base::Result<Figure> evict_10k(Bench& bench) {
    const std::uint64_t held = bench.sizes().hundred_k;
    const std::uint64_t coming = bench.sizes().hundred_k / 10;
    const std::string path = bench.path("evict");
    auto flood = open(path);
    if (!flood) return std::unexpected(flood.error());
    Supply supply(rng_for(bench.seed(), use), bench.now());
    std::vector<item::ReadPtr> first;
    std::vector<item::ReadPtr> better;
    for (std::uint64_t at = 0; at < held; ++at) first.push_back(supply.unsigned_offer(at, held));
    for (std::uint64_t at = 0; at < coming; ++at)
        better.push_back(at_level(*supply.unsigned_offer(at, coming), 8));
    // Without anything that decides: what storing one and forgetting another costs.
    std::vector<base::ItemId> ids;
    const auto filled = keep(**flood, first, [&](const item::Read& item, std::size_t at, auto&) {
        ids.push_back(item.id);
        return core::Effects{storing(item, {0, static_cast<core::Pile>(1 + at % links)})};
    });
    if (!filled) return std::unexpected(filled.error());
    const auto plain = keep(**flood, better, [&](const item::Read& item, std::size_t at, auto&) {
        const auto gone = ids[at * 7 % ids.size()];
        return core::Effects{core::Forget{gone, core::ForgetReason::evicted, {}},
                             storing(item, {8, 1})};
    });
    if (!plain) return std::unexpected(plain.error());
    std::vector<item::ReadPtr> best;
    for (std::uint64_t at = 0; at < coming; ++at)
        best.push_back(at_level(*supply.unsigned_offer(at, coming), 16));
    std::uint64_t budget = 0;
    {
        auto txn = (*flood)->begin();
        if (!txn) return std::unexpected(txn.error());
        // A full store's: it holds no more, and not less.
        budget = (*txn)->shelves().bytes() + (*txn)->bytes_beyond();
    }
    core::Retention retention(budget);
    std::uint64_t evicted = 0;
    base::Now now{base::MonoTime(base::Millis(1)), bench.now()};
    const auto seconds =
        keep(**flood, best, [&](const item::Read& item, std::size_t, const auto& view) {
            core::Effects out;
            const auto place = retention.admit(item, 1, {}, view, now, out);
            evicted += out.size() / 2;
            if (place) out.push_back(storing(item, *place));
            return out;
        });
    if (!seconds) return std::unexpected(seconds.error());
    flood->reset();
    bench.remove(path);
    return Figure{"evict-10k",
                  {{"seconds", *seconds},
                   {"evicted", static_cast<double>(evicted)},
                   {"us_per_item", 1e6 * *seconds / static_cast<double>(coming)},
                   {"ratio", *seconds / *plain},
                   {"items", static_cast<double>(held)}},
                  "as many items stored and others, named beforehand, forgotten, in the same store",
                  {{"seconds", 1, false}}};
}

namespace {

constexpr std::uint64_t full_use = 14;  // of the seed
constexpr std::uint64_t full_rounds = 4;
constexpr std::uint64_t budget_per_item = 600;  // of the hundred thousand of a round

// What comes in a round has more work than most of what came before: by a doubling a round, and
// one more for one in two, one in four and so on.
item::Level level_of(std::uint64_t round, base::Rng& rng) {
    auto level = static_cast<std::uint32_t>(round * 4);
    while (level + 4 < item::level_max && rng.below(2) == 0) level += 4;
    return static_cast<item::Level>(level);
}

struct Held {
    std::uint64_t items = 0;
    std::uint64_t counted = 0;
    std::uint64_t beyond = 0;
};

base::Result<Held> held_in(store::Flood& flood) {
    auto txn = flood.begin();
    if (!txn) return std::unexpected(txn.error());
    return Held{(*txn)->alive_count(), (*txn)->shelves().bytes(), (*txn)->bytes_beyond()};
}

}  // namespace

base::Result<Figure> full_store(Bench& bench) {
    const std::uint64_t coming = bench.sizes().hundred_k;
    const std::uint64_t budget = coming * budget_per_item;
    const std::string path = bench.path("full");
    auto flood = open(path);
    if (!flood) return std::unexpected(flood.error());
    Supply supply(rng_for(bench.seed(), full_use), bench.now());
    core::Retention retention(budget);
    const base::Now now{base::MonoTime(base::Millis(1)), bench.now()};
    Held first;
    std::uint64_t evicted = 0;
    double seconds = 0;
    for (std::uint64_t round = 0; round < full_rounds; ++round) {
        for (std::uint64_t at = 0; at < coming; at += batch) {
            std::vector<item::ReadPtr> items;
            for (std::uint64_t more = 0; more < std::min(batch, coming - at); ++more)
                items.push_back(at_level(*supply.unsigned_offer(at + more, coming),
                                         level_of(round, supply.rng())));
            const std::uint64_t before = evicted;
            const auto took = keep(
                **flood, items, [&](const item::Read& item, std::size_t which, const auto& view) {
                    core::Effects out;
                    const auto pile = static_cast<core::Pile>(1 + which % links);
                    const auto place = retention.admit(item, pile, {}, view, now, out);
                    evicted += out.size() / 2;
                    if (place) out.push_back(storing(item, *place));
                    return out;
                });
            if (!took) return std::unexpected(took.error());
            if (before > 0) seconds += *took;
            if (evicted > 0 && first.items > 0) continue;
            const auto held = held_in(**flood);
            if (!held) return std::unexpected(held.error());
            if (evicted > 0 || held->counted + held->beyond >= budget) first = *held;
        }
    }
    const auto last = held_in(**flood);
    if (!last) return std::unexpected(last.error());
    const auto stats = (*flood)->stats();
    flood->reset();
    bench.remove(path);
    const double of = static_cast<double>(budget);
    return Figure{"full-store",
                  {{"kept", static_cast<double>(last->items) / static_cast<double>(first.items)},
                   {"items", static_cast<double>(last->items)},
                   {"counted_share", static_cast<double>(last->counted) / of},
                   {"beyond_share", static_cast<double>(last->beyond) / of},
                   {"first_beyond_share", static_cast<double>(first.beyond) / of},
                   {"disk_share", static_cast<double>(stats.disk_bytes) / of},
                   {"evicted", static_cast<double>(evicted)},
                   {"us_per_evicted", 1e6 * seconds / static_cast<double>(evicted)}},
                  "the same store when it was full for the first time",
                  {}};
}

}  // namespace hearsay::bench
