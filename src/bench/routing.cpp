// routing: contacts offered to the routing table one by one, then the nearest to random targets
// looked up. docs/benchmarks.md; contrib/bench-peers.d/routing.cpp does the same work with
// libtorrent's table, on the same ids.
#include <algorithm>
#include <map>

#include "bench/benches.hpp"
#include "bench/measure.hpp"
#include "core/discovery/routing_table.hpp"
#include "crypto/sha256.hpp"

namespace hearsay::bench {
namespace {

constexpr std::uint64_t targets_from = 1ULL << 32;  // numbers of keys that name targets
constexpr std::size_t targets_most = 10'000;

// Any 32 bytes do: the table looks at no key but for its hash.
base::PeerId key(std::uint64_t seed, std::uint64_t number) {
    const auto of = base::big_endian(seed), at = base::big_endian(number);
    return base::PeerId{crypto::sha256({of, at}).data};
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

struct Measured {
    double insert_ns = 0;
    double hash_ns = 0;                        // of which making the id of a key
    std::map<std::size_t, double> closest_ns;  // by how many were wanted
    std::size_t contacts = 0;
    std::size_t found = 0;  // what nobody looks at might not be done
};

Measured measure(const Bench& bench, std::uint64_t count) {
    const std::uint64_t rounds = bench.sizes().routing_rounds;
    const std::uint64_t lookups =
        std::max<std::uint64_t>(1, bench.sizes().routing_lookups / rounds);
    std::vector<base::PeerId> peers;
    for (std::uint64_t number = 1; number <= count; ++number)
        peers.push_back(key(bench.seed(), number));
    std::vector<base::NodeId> targets;
    for (std::uint64_t at = 0; at < std::min<std::uint64_t>(lookups, targets_most); ++at)
        targets.push_back(core::node_id_of(key(bench.seed(), targets_from + at)));

    Measured out;
    std::vector<double> inserts, hashes;
    std::map<std::size_t, std::vector<double>> closest;
    for (std::uint64_t round = 0; round < rounds; ++round) {
        core::RoutingTable table(key(bench.seed(), 0));
        const Stopwatch inserting;
        for (const base::PeerId& peer : peers) table.on_proved(peer);
        inserts.push_back(inserting.cpu() / static_cast<double>(count));
        out.contacts = table.size();
        const Stopwatch hashing;
        for (const base::PeerId& peer : peers) out.found += core::node_id_of(peer).data[0] & 1U;
        hashes.push_back(hashing.cpu() / static_cast<double>(count));
        for (const std::size_t wanted : {std::size_t{8}, std::size_t{20}}) {
            const Stopwatch looking;
            for (std::uint64_t at = 0; at < lookups; ++at)
                out.found += table.closest(targets[at % targets.size()], wanted).size();
            closest[wanted].push_back(looking.cpu() / static_cast<double>(lookups));
        }
    }
    out.insert_ns = 1e9 * median(inserts);
    out.hash_ns = 1e9 * median(hashes);
    for (const auto& [wanted, seconds] : closest) out.closest_ns[wanted] = 1e9 * median(seconds);
    return out;
}

}  // namespace

base::Result<Figure> routing(Bench& bench) {
    Figure out{
        "routing",
        {},
        "the SHA-256 of one key (hash_ns), which each insert contains; beside libtorrent's table: "
        "contrib/bench-peers routing",
        {}};
    for (const auto& [suffix, count] :
         {std::pair<const char*, std::uint64_t>{"_1k", 1000}, {"_10k", 10'000}}) {
        const Measured found = measure(bench, count);
        if (found.found == 0) return base::fail(base::ErrorCode::corrupt, "the table finds nobody");
        out.values.push_back({std::string("insert_ns") + suffix, found.insert_ns});
        for (const auto& [wanted, ns] : found.closest_ns)
            out.values.push_back({"closest" + std::to_string(wanted) + "_ns" + suffix, ns});
        out.values.push_back({std::string("hash_ns") + suffix, found.hash_ns});
        out.values.push_back(
            {std::string("contacts") + suffix, static_cast<double>(found.contacts)});
    }
    return out;
}

}  // namespace hearsay::bench
