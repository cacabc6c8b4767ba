// discovery/routing_table.hpp beside a model of the same rules that is slow and plain.
#include <algorithm>
#include <map>

#include <doctest/doctest.h>

#include "base/limits/discovery.hpp"
#include "unit/core/contacts.hpp"

namespace hearsay::core {
namespace {

NodeId distance(const NodeId& a, const NodeId& b) {
    NodeId out;
    for (std::size_t at = 0; at < out.data.size(); ++at)
        out.data[at] = static_cast<std::uint8_t>(a.data[at] ^ b.data[at]);
    return out;
}

// The rules once more, with one row for everybody and no bucket: slow and plain.
struct Naive {
    struct Row {
        PeerId peer;
        NodeId id;
        std::size_t bucket = 0;
        bool waits = false;
        std::uint64_t seen = 0;
        std::uint32_t failures = 0;
    };
    NodeId self;
    std::vector<Row> rows;
    std::map<std::size_t, PeerId> pinged;
    std::uint64_t moment = 0;

    Row* find(const PeerId& peer) {
        const auto found = std::find_if(rows.begin(), rows.end(),
                                        [&](const Row& row) { return row.peer == peer; });
        return found == rows.end() ? nullptr : &*found;
    }
    std::vector<Row*> of(std::size_t bucket, bool waits) {  // oldest first
        std::vector<Row*> out;
        for (Row& row : rows)
            if (row.bucket == bucket && row.waits == waits) out.push_back(&row);
        std::sort(out.begin(), out.end(),
                  [](const Row* a, const Row* b) { return a->seen < b->seen; });
        return out;
    }
    void drop(const PeerId& peer) {
        std::erase_if(rows, [&](const Row& row) { return row.peer == peer; });
    }
    std::optional<PeerId> on_proved(const PeerId& peer) {
        const NodeId id = node_id_of(peer);
        const std::size_t bucket = bucket_by_bits(self, id);
        ++moment;
        if (Row* row = find(peer)) {
            row->seen = moment;
            row->failures = 0;
            if (!row->waits) {
                if (pinged.contains(bucket) && pinged[bucket] == peer) pinged.erase(bucket);
                return std::nullopt;
            }
        } else {
            rows.push_back({peer, id, bucket, of(bucket, false).size() >= k, moment, 0});
            if (!rows.back().waits) return std::nullopt;
            const auto waiting = of(bucket, true);
            const PeerId oldest = waiting.front()->peer;
            if (waiting.size() > limits::bucket_replacements_max) drop(oldest);
        }
        if (pinged.contains(bucket)) return std::nullopt;
        return pinged[bucket] = of(bucket, false).front()->peer;
    }
    void remove(const PeerId& peer) {
        Row* row = find(peer);
        if (!row) return;
        const std::size_t bucket = row->bucket;
        const bool waited = row->waits;
        drop(peer);
        if (waited) return;
        if (pinged.contains(bucket) && pinged[bucket] == peer) pinged.erase(bucket);
        if (const auto waiting = of(bucket, true); !waiting.empty()) {
            waiting.back()->waits = false;
            waiting.back()->seen = ++moment;
        }
    }
    void on_failed(const PeerId& peer) {
        Row* row = find(peer);
        if (!row) return;
        ++row->failures;
        if (pinged.contains(row->bucket) && pinged[row->bucket] == peer) pinged.erase(row->bucket);
        if (row->waits || row->failures >= limits::stale_tries_max ||
            !of(row->bucket, true).empty())
            remove(peer);
    }
    std::vector<PeerId> closest(const NodeId& target, std::size_t most) const {
        std::map<NodeId, PeerId> by_distance;
        for (const Row& row : rows)
            if (!row.waits && row.failures == 0) by_distance[distance(row.id, target)] = row.peer;
        std::vector<PeerId> out;
        for (const auto& [away, peer] : by_distance)
            if (out.size() < most) out.push_back(peer);
        return out;
    }
};

TEST_CASE_FIXTURE(Table,
                  "the table does what a naive one does, over thousands of random operations") {
    Naive naive{table.self(), {}, {}};
    std::size_t pings = 0, untold = 0;
    for (int step = 0; step < 8000; ++step) {
        // A third of the time the whole network is gone, so that contacts fail more often than they
        // answer.
        const bool outage = step / 500 % 3 == 2;
        const PeerId who = peer(1 + static_cast<std::uint32_t>(rng.below(600)));
        const std::uint64_t what = rng.below(100);
        if (what < (outage ? 10 : 60)) {
            const auto pinged = table.on_proved(who);
            REQUIRE(pinged == naive.on_proved(who));
            if (pinged) {
                ++pings;
                if (rng.below(2) == 0)
                    table.on_failed(*pinged), naive.on_failed(*pinged);
                else if (rng.below(4) != 0)
                    table.on_proved(*pinged), naive.on_proved(*pinged);
            }
        } else if (what < 80) {
            table.on_failed(who), naive.on_failed(who);
        } else if (what < 83) {
            table.erase(who), naive.remove(who);
        }
        const auto row = naive.find(who);
        REQUIRE(table.contains(who) == (row && !row->waits));
        const std::size_t bucket = table.bucket_of(node_id_of(who));
        const std::size_t in_it = naive.of(bucket, false).size();
        REQUIRE(table.bucket_size(bucket) == in_it);
        REQUIRE(table.has_room(who) == (in_it < k && !table.contains(who)));
        const NodeId target =
            rng.below(4) == 0 ? table.random_id_in(rng.below(256), rng) : random_id();
        const std::size_t most = rng.below(2 * k + 1);
        REQUIRE(table.closest(target, most) == naive.closest(target, most));
        untold += table.size() - table.closest(target, 10000).size();
    }
    CHECK(pings > 100);
    CHECK(untold > 100);
    CHECK(table.size() > k);
    std::size_t contacts = 0;
    for (std::size_t bucket = 0; bucket < RoutingTable::buckets; ++bucket)
        contacts += table.bucket_size(bucket);
    CHECK(contacts == table.size());
}

}  // namespace
}  // namespace hearsay::core
