// evict-10k: a full store, and items with more work that drive out others. docs/benchmarks.md says
// what the figures mean.
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

}  // namespace hearsay::bench
