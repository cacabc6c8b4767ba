// reconcile-*, reconnect-100k-100: two nodes find out what only one of them holds.
// docs/benchmarks.md.
#include <deque>

#include "base/ensure.hpp"
#include "base/limits/items.hpp"
#include "bench/benches.hpp"
#include "bench/frames.hpp"
#include "bench/measure.hpp"
#include "bench/network.hpp"
#include "core/node.hpp"

namespace hearsay::bench {
namespace {

constexpr std::uint64_t reconcile_use = 7;  // of the seed
constexpr std::size_t frames_max = 100'000;
constexpr int equal_tries_max = 8;
constexpr double reconnect_seconds_max = 120;
constexpr base::LinkId the_link{1};

struct Counts {
    std::uint64_t bytes = 0;  // of everything that compares; neither greetings nor items
    std::uint64_t item_frames_bytes = 0;
    std::uint64_t round_trips = 0;
    bool rechecked = false;  // symbols although the summaries were equal
    double dialler_seconds = 0;
    double acceptor_seconds = 0;
};

// A node with its flood store, and what it did.
struct Side {
    std::unique_ptr<store::Flood> flood;
    std::unique_ptr<store::FloodTxn> txn;
    std::unique_ptr<core::Node> node;
    double seconds = 0;  // of processor time, comparing
};

// Two nodes and the frames between them, in memory.
class Pair {
public:
    Pair(Side dialler, Side acceptor, base::Now now)
        : sides_{std::move(dialler), std::move(acceptor)}, now_(now) {}

    base::Result<Counts> run(const std::array<base::PeerId, 2>& names) {
        step(0, core::NetworkReady{true}, false);
        step(0, core::AddPeer{names[1], true}, false);
        for (const std::size_t side : {std::size_t{0}, std::size_t{1}})
            step(side, core::LinkUp{the_link, names[1 - side], side == 0}, false);
        for (std::size_t frames = 0; work() || !wire_.empty(); ++frames) {
            if (frames == frames_max)
                return base::fail(base::ErrorCode::exhausted, "they never come to an end");
            if (wire_.empty()) continue;
            const auto [to, frame] = std::move(wire_.front());
            wire_.pop_front();
            const FrameKind kind = kind_of(*frame);
            count(kind, frame->size() + frame_length_bytes);
            const bool comparing = kind != FrameKind::hello && kind != FrameKind::items;
            step(to, core::FrameReceived{the_link, *frame}, comparing);
        }
        if (!fault_.empty())
            return base::fail(base::ErrorCode::refused, "one refused the other: " + fault_);
        counts_.dialler_seconds = sides_[0].seconds;
        counts_.acceptor_seconds = sides_[1].seconds;
        return counts_;
    }
    std::uint64_t items(std::size_t side) const { return sides_[side].txn->alive_count(); }

private:
    // Sets of short ids are read in pieces, a turn each. True: somebody had something to do.
    bool work() {
        now_.mono += base::Millis(1);
        bool worked = false;
        for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) {
            if (sides_[side].node->next_deadline() > now_.mono) continue;
            step(side, core::TimerFired{}, true);
            worked = true;
        }
        return worked;
    }
    void count(FrameKind kind, std::uint64_t bytes) {
        if (kind == FrameKind::hello) return;
        (kind == FrameKind::items ? counts_.item_frames_bytes : counts_.bytes) += bytes;
        // Each is a question that something answers; what Fetch asks for are the items themselves.
        if (kind == FrameKind::compare || kind == FrameKind::more || kind == FrameKind::want)
            ++counts_.round_trips;
        counts_.rechecked = counts_.rechecked || kind == FrameKind::more;
    }
    void step(std::size_t at, const core::Input& input, bool comparing) {
        Side& side = sides_[at];
        core::Effects out;
        const double start = cpu_seconds();
        side.node->step(input, now_, *side.txn, out);
        if (comparing) side.seconds += cpu_seconds() - start;
        bool sent = false;
        for (core::Effect& effect : out) {
            if (const auto* send = std::get_if<core::Send>(&effect)) {
                wire_.emplace_back(1 - at, send->frame);
                sent = true;
            } else if (const auto* verify = std::get_if<core::Verify>(&effect)) {
                step(at, core::Verified{verify->job, std::nullopt}, false);
            } else if (const auto* end = std::get_if<core::Disconnect>(&effect)) {
                fault_ = end->fault ? std::string(base::name(*end->fault)) : "politely";
            } else if (std::holds_alternative<core::Store>(effect)) {
                ENSURE(side.txn->apply(effect), "the disk took all before");
            }
        }
        // An empty queue, so that a side that sends piece by piece goes on.
        if (sent) step(at, core::LinkDrained{the_link}, true);
    }

    std::array<Side, 2> sides_;
    base::Now now_;
    std::deque<std::pair<std::size_t, core::FramePtr>> wire_;
    Counts counts_;
    std::string fault_;
};

base::Result<Side> open_side(const std::string& path, const base::PeerId& self, base::Rng& rng) {
    store::FloodOptions options;
    options.network = bench_network;
    options.new_life = 1;
    auto flood = store::Flood::open(path, options);
    if (!flood) return std::unexpected(flood.error());
    auto txn = (*flood)->begin();
    if (!txn) return std::unexpected(txn.error());
    core::NodeOptions mind;
    mind.self = self;
    mind.network = bench_network;
    mind.seed = rng.secret();
    mind.discovery.discover = false;
    auto node = std::make_unique<core::Node>(std::move(mind));
    return Side{std::move(*flood), std::move(*txn), std::move(node), 0};
}

base::Result<Counts> compare(const std::array<std::string, 2>& stores, std::uint64_t items_after,
                             base::Rng& rng) {
    std::array<base::PeerId, 2> names;
    for (base::PeerId& name : names) rng.fill(name);
    auto dialler = open_side(stores[0], names[0], rng);
    auto acceptor = open_side(stores[1], names[1], rng);
    if (!dialler || !acceptor) return std::unexpected(dialler ? acceptor.error() : dialler.error());
    Pair pair(std::move(*dialler), std::move(*acceptor), net::now());
    const auto counts = pair.run(names);
    if (!counts) return counts;
    if (pair.items(0) != items_after || pair.items(1) != items_after)
        return base::fail(base::ErrorCode::corrupt, "the two stores are not equal afterwards");
    return counts;
}

base::Result<void> add_items(const std::string& path, std::vector<item::ReadPtr> items) {
    store::FloodOptions options;
    options.network = bench_network;
    options.new_life = 1;
    auto flood = store::Flood::open(path, options);
    if (!flood) return std::unexpected(flood.error());
    auto txn = (*flood)->begin();
    if (!txn) return std::unexpected(txn.error());
    for (item::ReadPtr& item : items) {
        const base::WallTime until = item->header.created + base::limits::lifetime_max;
        if (auto stored = (*txn)->apply(core::Store{std::move(item), until}); !stored)
            return stored;
    }
    return (*txn)->commit();
}

// Created at any time of the six days that the others were (bench/supply.hpp).
std::vector<item::ReadPtr> unsigned_items(Supply& supply, std::uint64_t count) {
    std::vector<item::ReadPtr> out;
    out.reserve(count);
    for (std::uint64_t i = 0; i < count; ++i) out.push_back(supply.unsigned_offer(i, count));
    return out;
}

// Two copies of `common`; each then gets half of `differences` that the other lacks.
base::Result<Counts> reconcile(Bench& bench, const std::string& common, std::uint64_t items,
                               std::uint64_t differences) {
    base::Rng rng = rng_for(bench.seed(), reconcile_use);
    Supply supply(rng.fork(), bench.now());
    std::array<std::string, 2> stores;
    for (std::string& store : stores) {
        auto copy = bench.copy_of(common);
        if (!copy) return std::unexpected(copy.error());
        store = *copy;
        if (auto added = add_items(store, unsigned_items(supply, differences / 2)); !added)
            return std::unexpected(added.error());
    }
    auto counts = compare(stores, items + differences / 2 * 2, rng);
    for (const std::string& store : stores) bench.remove(store);
    return counts;
}

Figure figure(const char* name, const Counts& counts, std::uint64_t items,
              std::uint64_t differences) {
    return {name,
            {{"bytes", static_cast<double>(counts.bytes)},
             {"round_trips", static_cast<double>(counts.round_trips)},
             {"seconds", std::max(counts.dialler_seconds, counts.acceptor_seconds)},
             {"dialler_seconds", counts.dialler_seconds},
             {"acceptor_seconds", counts.acceptor_seconds},
             {"item_frames_bytes", static_cast<double>(counts.item_frames_bytes)},
             {"items", static_cast<double>(items)},
             {"differences", static_cast<double>(differences)}},
            "",
            {}};
}

}  // namespace

base::Result<Figure> reconcile_100k_100(Bench& bench) {
    const std::uint64_t items = bench.sizes().hundred_k;
    const std::uint64_t differences = std::min<std::uint64_t>(100, items / 10);
    const std::string common = bench.path("common");
    if (auto made = fill_store(common, items, 1000, bench.seed(), bench.now()); !made)
        return std::unexpected(made.error());
    const auto counts = reconcile(bench, common, items, differences);
    bench.remove(common);
    if (!counts) return std::unexpected(counts.error());
    Figure out = figure("reconcile-100k-100", *counts, items, differences);
    out.values.push_back({"ids_bytes", static_cast<double>(32 * items)});
    out.reference = "a list of all ids, 32 bytes each (ids_bytes)";
    out.targets = {{"bytes", 4096, false}, {"round_trips", 2, false}};
    return out;
}

base::Result<Figure> reconcile_1m_1000(Bench& bench) {
    const auto common = bench.filled_store();
    if (!common) return std::unexpected(common.error());
    const std::uint64_t items = bench.sizes().million;
    const auto counts = reconcile(bench, *common, items, bench.sizes().thousand);
    if (!counts) return std::unexpected(counts.error());
    Figure out = figure("reconcile-1m-1000", *counts, items, bench.sizes().thousand);
    out.values.push_back({"ids_bytes", static_cast<double>(32 * items)});
    out.reference = "a list of all ids, 32 bytes each (ids_bytes)";
    out.targets = {
        {"bytes", 34 * 1024, false}, {"round_trips", 2, false}, {"seconds", 0.25, false}};
    return out;
}

base::Result<Figure> reconcile_equal_1m(Bench& bench) {
    std::array<std::string, 2> stores;
    for (std::string& store : stores) {
        auto copy = bench.copy_of_filled_store();
        if (!copy) return std::unexpected(copy.error());
        store = *copy;
    }
    base::Rng rng = rng_for(bench.seed(), reconcile_use + 1);
    base::Result<Counts> counts;
    // One round in some is checked with symbols although the summaries are equal;
    // the usual one is measured.
    for (int tries = 0; tries < equal_tries_max; ++tries) {
        counts = compare(stores, bench.sizes().million, rng);
        if (!counts || !counts->rechecked) break;
    }
    for (const std::string& store : stores) bench.remove(store);
    if (!counts) return std::unexpected(counts.error());
    Figure out = figure("reconcile-equal-1m", *counts, bench.sizes().million, 0);
    out.values.push_back({"ids_bytes", static_cast<double>(32 * bench.sizes().million)});
    out.reference = "a list of all ids, 32 bytes each (ids_bytes)";
    out.targets = {{"bytes", 64, false}, {"round_trips", 1, false}, {"seconds", 0.001, false}};
    return out;
}

base::Result<Figure> reconnect_100k_100(Bench& bench) {
    const std::uint64_t items = bench.sizes().hundred_k;
    const std::uint64_t missing = std::min<std::uint64_t>(100, items / 10);
    base::Rng rng = rng_for(bench.seed(), reconcile_use + 2);
    Supply supply(rng.fork(), bench.now());
    const std::string behind = bench.path("behind");
    if (auto made = fill_store(behind, items - missing, 1000, bench.seed(), bench.now()); !made)
        return std::unexpected(made.error());
    const auto ahead = bench.copy_of(behind);
    if (!ahead) return std::unexpected(ahead.error());
    std::vector<item::ReadPtr> news;
    news.reserve(missing);
    for (std::uint64_t i = 0; i < missing; ++i) {
        auto read = item::read(supply.signed_offer(), bench_network);
        ENSURE(read, "an item of the supply has the right shape");
        news.push_back(*read);
    }
    if (auto added = add_items(*ahead, news); !added) return std::unexpected(added.error());
    std::uint64_t arrived = 0;
    auto network = Network::open(bench, {behind, *ahead}, [&] { ++arrived; });
    if (!network) return std::unexpected(network.error());
    const Stopwatch watch;
    (*network)->connect(0, 1);
    const auto synced = [&] {
        for (std::size_t node : {std::size_t{0}, std::size_t{1}}) {
            const core::Node& each = (*network)->host(node).shell().node();
            const auto matches = each.view_matches();
            if (matches.peers != 1 || matches.matching != 1) return false;
        }
        return arrived == missing;
    };
    if (!run_until((*network)->loop(), synced, reconnect_seconds_max))
        return base::fail(base::ErrorCode::unavailable, "the missing items did not all arrive");
    const double seconds = watch.wall();
    const auto bytes = static_cast<double>((*network)->bytes());
    network->reset();
    bench.remove(behind);
    bench.remove(*ahead);
    const auto needed = static_cast<double>(missing * item_bytes);
    return Figure{"reconnect-100k-100",
                  {{"ratio", bytes / needed},
                   {"bytes", bytes},
                   {"missing_bytes", needed},
                   {"seconds", seconds},
                   {"items", static_cast<double>(items)},
                   {"missing", static_cast<double>(missing)}},
                  "the missing items' own bytes; ours counts everything on the stream from the "
                  "first TLS byte, "
                  "both ways",
                  {{"ratio", 1.25, false}}};
}

}  // namespace hearsay::bench
