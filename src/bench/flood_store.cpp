// disk-1m, store-write, store-read, index-memory-1m, start-1m-warm, start-1m-cold: the flood store
// at a million items. docs/benchmarks.md says what each figure means.
#include <algorithm>

#include "bench/benches.hpp"
#include "bench/host.hpp"
#include "bench/measure.hpp"
#include "bench/reference.hpp"

namespace hearsay::bench {
namespace {

constexpr std::size_t page_ids = 1000;  // what a peer is told first
constexpr std::size_t serving_peers = 8;
constexpr double start_seconds_max = 60;
constexpr int start_runs = 3;

std::string data_file(const std::string& store) {
    return store + "/data.mdb";
}

double per(double amount, std::uint64_t count) {
    return amount / static_cast<double>(count);
}

store::FloodOptions flood_options() {
    store::FloodOptions options;
    options.network = bench_network;
    options.new_life = 1;
    return options;
}

// Opens the store and answers what the first peer and the user ask: seconds until then.
base::Result<std::vector<double>> start(const std::string& path) {
    const Stopwatch watch;
    auto flood = store::Flood::open(path, flood_options());
    if (!flood) return std::unexpected(flood.error());
    auto txn = (*flood)->begin();
    if (!txn) return std::unexpected(txn.error());
    if ((*txn)->shelves().summary().count() != (*txn)->alive_count())
        return base::fail(base::ErrorCode::corrupt, "the summary is not of what the store holds");
    const auto ids = (*txn)->newest(std::numeric_limits<core::Position>::max(), page_ids);
    if (ids.size() != std::min<std::size_t>(page_ids, (*txn)->alive_count()) ||
        !(*txn)->get(ids.front().id))
        return base::fail(base::ErrorCode::corrupt, "the store does not serve what it holds");
    return std::vector<double>{watch.wall()};
}

enum class Cache { warm, cold };

base::Result<Figure> start_1m(Bench& bench, const char* name, Cache cache, double seconds_max) {
    const auto store = bench.filled_store();
    if (!store) return std::unexpected(store.error());
    std::vector<double> ours;
    std::vector<double> scans;
    for (int run = 0; run < start_runs; ++run) {
        const auto prepare = [&]() -> base::Result<void> {
            if (cache == Cache::cold) return drop_from_cache(data_file(*store));
            if (auto read = raw_scan(*store, "heads"); !read) return std::unexpected(read.error());
            return {};
        };
        if (auto ready = prepare(); !ready) return std::unexpected(ready.error());
        const auto seconds = in_child([&] { return start(*store); });
        if (!seconds) return std::unexpected(seconds.error());
        ours.push_back(seconds->front());
        if (auto ready = prepare(); !ready) return std::unexpected(ready.error());
        const auto scan = raw_scan(*store, "heads");
        if (!scan) return std::unexpected(scan.error());
        scans.push_back(*scan);
    }
    std::sort(ours.begin(), ours.end());
    std::sort(scans.begin(), scans.end());
    return Figure{
        name,
        {{"seconds", ours[start_runs / 2]},
         {"slowest_seconds", ours.back()},
         {"raw_scan_seconds", scans[start_runs / 2]},
         {"items", static_cast<double>(bench.sizes().million)}},
        std::string("a bare LMDB scan of the table of ids in the same file, page cache ") +
            (cache == Cache::cold ? "dropped" : "warm"),
        {{"seconds", seconds_max, false}}};
}

// A node with the store open, its links greeted and its first turns done: anonymous bytes added.
base::Result<std::vector<double>> serving_memory(const std::string& flood,
                                                 const std::string& directory, base::WallTime now) {
    net::Loop loop;
    const auto before = anonymous_bytes();
    if (!before) return std::unexpected(before.error());
    base::Rng rng = rng_for(1, 2);
    const auto host = Host::open({directory, flood, rng.secret(), 2}, loop);
    if (!host) return std::unexpected(host.error());
    app::Shell& shell = (*host)->shell();
    DeadLinks links((*host)->events());
    shell.start(links, {}, {});
    links.greet(serving_peers, rng, now);
    bool served = false;
    shell.ask([&](app::Shell::Turn& turn) -> app::Shell::Finish {
        served = !turn.flood_txn.view()
                      .newest(std::numeric_limits<core::Position>::max(), page_ids)
                      .empty();
        return [](const std::optional<base::Error>&) {};
    });
    const bool done = run_until(
        loop, [&] { return served && shell.node().links().all().size() == serving_peers; },
        start_seconds_max);
    const auto after = anonymous_bytes();
    if (!after) return std::unexpected(after.error());
    shell.stop();
    if (!done) return base::fail(base::ErrorCode::unavailable, "the node did not come to serve");
    return std::vector<double>{static_cast<double>(*after) - static_cast<double>(*before)};
}

}  // namespace

base::Result<Figure> disk_1m(Bench& bench) {
    const std::uint64_t items = bench.sizes().million;
    const double payload = static_cast<double>(items * item_bytes);
    Figure out{
        "disk-1m", {}, "the items' own bytes as they travel, 600 each", {{"ratio", 1.6, false}}};
    double worst = 0;
    for (const std::uint64_t batch : {200U, 1000U, 4000U}) {
        std::string store;
        if (batch == 1000) {
            const auto filled = bench.filled_store();
            if (!filled) return std::unexpected(filled.error());
            store = *filled;
        } else {
            store = bench.path("disk");
            if (auto made = fill_store(store, items, batch, bench.seed(), bench.now()); !made)
                return std::unexpected(made.error());
        }
        const auto bytes = disk_bytes(data_file(store));
        if (!bytes) return std::unexpected(bytes.error());
        const double ratio = static_cast<double>(*bytes) / payload;
        worst = std::max(worst, ratio);
        out.values.push_back({"ratio_at_" + std::to_string(batch) + "_a_commit", ratio});
        if (batch != 1000) bench.remove(store);
    }
    out.values.insert(out.values.begin(),
                      {{"ratio", worst},
                       {"bytes_per_item", worst * static_cast<double>(item_bytes)},
                       {"items", static_cast<double>(items)}});
    return out;
}

base::Result<Figure> store_write(Bench& bench) {
    const std::uint64_t items = bench.sizes().hundred_k;
    constexpr std::uint64_t batch = 1000;
    const std::string ours = bench.path("write");
    const std::string raw = bench.path("raw");
    const auto seconds = fill_store(ours, items, batch, bench.seed(), bench.now());
    if (!seconds) return std::unexpected(seconds.error());
    const auto reference = raw_lmdb(raw, items, item_bytes, batch, 0);
    if (!reference) return std::unexpected(reference.error());
    bench.remove(ours);
    bench.remove(raw);
    return Figure{
        "store-write",
        {{"ratio", *seconds / reference->write_seconds},
         {"us_per_item", 1e6 * per(*seconds, items)},
         {"raw_us_per_item", 1e6 * per(reference->write_seconds, items)},
         {"items", static_cast<double>(items)}},
        "bare LMDB, one table, keys in order, 600 bytes a value, 1000 a commit, not synced",
        {}};
}

base::Result<Figure> store_read(Bench& bench) {
    const std::uint64_t items = bench.sizes().hundred_k;
    const std::uint64_t gets = bench.sizes().raw_gets;
    const std::string ours = bench.path("read");
    const std::string raw = bench.path("raw");
    if (auto made = fill_store(ours, items, 1000, bench.seed(), bench.now()); !made)
        return std::unexpected(made.error());
    const auto reference = raw_lmdb(raw, items, item_bytes, 1000, gets);
    if (!reference) return std::unexpected(reference.error());
    auto flood = store::Flood::open(ours, flood_options());
    if (!flood) return std::unexpected(flood.error());
    double seconds = 0;
    {
        const auto reader = (*flood)->read();
        if (!reader) return std::unexpected(reader.error());
        const auto ids = (*reader)->newest(std::numeric_limits<core::Position>::max(), items);
        const Stopwatch watch;
        for (std::uint64_t i = 0; i < gets; ++i)
            if (!(*reader)->get(ids[i * 0x9e3779b97f4a7c15ULL % ids.size()].id))
                return base::fail(base::ErrorCode::corrupt, "a stored item is not found");
        seconds = watch.wall();
    }
    flood->reset();
    bench.remove(ours);
    bench.remove(raw);
    return Figure{"store-read",
                  {{"ratio", seconds / reference->get_seconds},
                   {"us_per_item", 1e6 * per(seconds, gets)},
                   {"raw_us_per_item", 1e6 * per(reference->get_seconds, gets)},
                   {"items", static_cast<double>(items)}},
                  "bare LMDB, as many values of 600 bytes read at random places; ours finds by id, "
                  "parses the "
                  "header and hashes the id again",
                  {}};
}

base::Result<Figure> index_memory_1m(Bench& bench) {
    const auto store = bench.copy_of_filled_store();
    if (!store) return std::unexpected(store.error());
    const std::string directory = bench.path("memory");
    const auto bytes = in_child([&] { return serving_memory(*store, directory, bench.now()); });
    bench.remove(*store);
    if (!bytes) return std::unexpected(bytes.error());
    return Figure{"index-memory-1m",
                  {{"bytes_per_item", per(bytes->front(), bench.sizes().million)},
                   {"bytes", bytes->front()},
                   {"items", static_cast<double>(bench.sizes().million)}},
                  "the same process before it opened its stores (RssAnon; the page cache of the "
                  "map is not the "
                  "process's)",
                  {{"bytes_per_item", 48, false}}};
}

base::Result<Figure> start_1m_warm(Bench& bench) {
    return start_1m(bench, "start-1m-warm", Cache::warm, 0.3);
}

base::Result<Figure> start_1m_cold(Bench& bench) {
    return start_1m(bench, "start-1m-cold", Cache::cold, 2);
}

}  // namespace hearsay::bench
