// bench/benches.hpp - the benchmarks by name, and what they share: sizes, the seed, a directory,
// a filled store.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/time.hpp"
#include "bench/figure.hpp"

namespace hearsay::bench {

struct Sizes {
    std::uint64_t million = 1'000'000;  // what names with 1m mean
    std::uint64_t hundred_k = 100'000;  // what names with 100k mean
    std::uint64_t thousand = 1000;      // differences of reconcile-1m-1000
    std::uint64_t ingest_rounds = 10;   // each followed by as long a time of the reference
    std::uint64_t ingest_round_items = 10'000;
    std::uint64_t raw_gets = 200'000;
    std::uint64_t gossip_warm_up = 100;  // items before counting begins
    std::uint64_t gossip_items = 400;
    std::uint64_t routing_rounds = 31;
    std::uint64_t routing_lookups = 100'000;  // all rounds together, of each kind
    std::uint64_t trial_rounds = 10;          // each followed by as long a time of the reference
    std::uint64_t trial_round_keys = 20'480;
    std::uint64_t timing_trials = 200'000;
    std::uint64_t work_rounds = 8;  // each a search that needs work_trials hashes by expectation
    std::uint64_t work_trials = 8'000'000;
};
Sizes small_sizes();  // seconds for everything: does it run, not how fast

class Bench {
public:
    Bench(std::string directory, Sizes sizes, std::uint64_t seed);

    const Sizes& sizes() const { return sizes_; }
    std::uint64_t seed() const { return seed_; }
    base::WallTime now() const { return now_; }
    // A fresh path under the run's directory.
    std::string path(const std::string& name);
    // A flood store of `million` items, 1,000 a commit; made once, never to be changed.
    base::Result<std::string> filled_store();
    // A copy that may be changed.
    base::Result<std::string> copy_of_filled_store();
    base::Result<std::string> copy_of(const std::string& store);
    void remove(const std::string& path);

private:
    const std::string directory_;
    const Sizes sizes_;
    const std::uint64_t seed_;
    const base::WallTime now_;
    std::uint64_t paths_ = 0;
    std::optional<std::string> filled_;
};

// Fills the flood store at `path` with unsigned items (bench/supply.hpp): seconds taken.
base::Result<double> fill_store(const std::string& path, std::uint64_t items, std::uint64_t batch,
                                std::uint64_t seed, base::WallTime now);

using Run = base::Result<Figure> (*)(Bench& bench);
struct Named {
    const char* name;
    Run run;
};
const std::vector<Named>& all_benches();  // in the order in which `all` runs them

base::Result<Figure> ingest(Bench& bench);
base::Result<Figure> store_write(Bench& bench);
base::Result<Figure> store_read(Bench& bench);
base::Result<Figure> evict_10k(Bench& bench);
base::Result<Figure> full_store(Bench& bench);
base::Result<Figure> disk_1m(Bench& bench);
base::Result<Figure> index_memory_1m(Bench& bench);
base::Result<Figure> start_1m_warm(Bench& bench);
base::Result<Figure> start_1m_cold(Bench& bench);
base::Result<Figure> search_100k(Bench& bench);
base::Result<Figure> search_ingest(Bench& bench);
base::Result<Figure> watches_20k(Bench& bench);
base::Result<Figure> reconcile_100k_100(Bench& bench);
base::Result<Figure> reconcile_1m_1000(Bench& bench);
base::Result<Figure> reconcile_equal_1m(Bench& bench);
base::Result<Figure> reconnect_100k_100(Bench& bench);
base::Result<Figure> gossip_20(Bench& bench);
base::Result<Figure> routing(Bench& bench);
base::Result<Figure> trial_decrypt(Bench& bench);
base::Result<Figure> trial_timing(Bench& bench);
base::Result<Figure> work_search(Bench& bench);

}  // namespace hearsay::bench
