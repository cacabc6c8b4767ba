#include "bench/benches.hpp"

#include <filesystem>

#include "base/limits/items.hpp"
#include "bench/measure.hpp"
#include "bench/supply.hpp"
#include "net/loop.hpp"
#include "store/flood.hpp"

namespace hearsay::bench {
namespace {

constexpr std::uint64_t usual_batch = 1000;
constexpr std::uint64_t filled_use = 1;  // of the seed

}  // namespace

Sizes small_sizes() {
    return {2000, 1000, 20, 2, 300, 1000, 5, 10, 3, 300, 1, 512, 500, 2, 10'000};
}

Bench::Bench(std::string directory, Sizes sizes, std::uint64_t seed)
    : directory_(std::move(directory)), sizes_(sizes), seed_(seed), now_(net::now().wall) {}

std::string Bench::path(const std::string& name) {
    return directory_ + "/" + std::to_string(++paths_) + "-" + name;
}

base::Result<std::string> Bench::filled_store() {
    if (filled_) return *filled_;
    const std::string made = path("filled");
    const auto seconds = fill_store(made, sizes_.million, usual_batch, seed_, now_);
    if (!seconds) return std::unexpected(seconds.error());
    filled_ = made;
    return made;
}

base::Result<std::string> Bench::copy_of_filled_store() {
    const auto from = filled_store();
    return from ? copy_of(*from) : from;
}

base::Result<std::string> Bench::copy_of(const std::string& store) {
    const std::string to = path("copy");
    std::error_code error;
    std::filesystem::copy(store, to, std::filesystem::copy_options::recursive, error);
    std::filesystem::permissions(to, std::filesystem::perms::owner_all, error);
    if (error)
        return base::fail(base::ErrorCode::io, "cannot copy " + store + ": " + error.message());
    return to;
}

void Bench::remove(const std::string& path) {
    std::error_code error;  // what stays goes with the directory
    std::filesystem::remove_all(path, error);
}

base::Result<double> fill_store(const std::string& path, std::uint64_t items, std::uint64_t batch,
                                std::uint64_t seed, base::WallTime now) {
    store::FloodOptions options;
    options.network = bench_network;
    options.new_life = 1;
    auto flood = store::Flood::open(path, options);
    if (!flood) return std::unexpected(flood.error());
    Supply supply(rng_for(seed, filled_use), now);
    std::vector<core::Effect> effects;
    double seconds = 0;
    for (std::uint64_t at = 0; at < items;) {
        effects.clear();
        for (; at < items && effects.size() < batch; ++at) {
            item::ReadPtr item = supply.unsigned_offer(at, items);
            const base::WallTime until = item->header.created + base::limits::lifetime_max +
                                         base::limits::future_max + base::limits::grace;
            effects.emplace_back(core::Store{std::move(item), until});
        }
        const double start = wall_seconds();
        auto txn = (*flood)->begin();
        if (!txn) return std::unexpected(txn.error());
        for (const core::Effect& effect : effects)
            if (auto stored = (*txn)->apply(effect); !stored)
                return std::unexpected(stored.error());
        if (auto committed = (*txn)->commit(); !committed)
            return std::unexpected(committed.error());
        seconds += wall_seconds() - start;
    }
    return seconds;
}

const std::vector<Named>& all_benches() {
    static const std::vector<Named> all{
        {"disk-1m", disk_1m},
        {"store-write", store_write},
        {"store-read", store_read},
        {"evict-10k", evict_10k},
        {"full-store", full_store},
        {"index-memory-1m", index_memory_1m},
        {"start-1m-warm", start_1m_warm},
        {"start-1m-cold", start_1m_cold},
        {"search-100k", search_100k},
        {"search-ingest", search_ingest},
        {"watches-20k", watches_20k},
        {"reconcile-100k-100", reconcile_100k_100},
        {"reconcile-1m-1000", reconcile_1m_1000},
        {"reconcile-equal-1m", reconcile_equal_1m},
        {"reconnect-100k-100", reconnect_100k_100},
        {"gossip-20", gossip_20},
        {"ingest", ingest},
        {"routing", routing},
        {"trial-decrypt", trial_decrypt},
        {"trial-timing", trial_timing},
        {"work-search", work_search},
    };
    return all;
}

}  // namespace hearsay::bench
