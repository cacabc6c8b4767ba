#include "sim/liars.hpp"

#include <algorithm>

#include "core/discovery/routing_table.hpp"

namespace hearsay::sim {
namespace {

bool bit_of(const base::NodeId& id, std::size_t bit) {
    return (id.data[bit / 8] >> (7 - bit % 8) & 1) != 0;
}

}  // namespace

PeerList::PeerList(std::vector<base::PeerId> peers) : all_(std::move(peers)) {
    for (std::size_t at = 0; at < all_.size(); ++at) places_.emplace(all_[at], at);
}

std::optional<std::size_t> PeerList::find(const base::PeerId& peer) const {
    const auto found = places_.find(peer);
    return found == places_.end() ? std::nullopt : std::optional(found->second);
}

Liars::Liars(const std::vector<base::PeerId>& peers) {
    for (const base::PeerId& peer : peers) by_place_.emplace_back(core::node_id_of(peer), peer);
    std::ranges::sort(by_place_);
}

std::vector<base::PeerId> Liars::nearest(const base::NodeId& target, std::size_t most) const {
    std::vector<base::PeerId> out;
    collect(target, by_place_.data(), by_place_.data() + by_place_.size(), 0, most, out);
    return out;
}

// All from `from` to `to` share the bits before `bit`. Those that share the next one with the
// target, too, are nearer than all others.
void Liars::collect(const base::NodeId& target, const Entry* from, const Entry* to, std::size_t bit,
                    std::size_t most, std::vector<base::PeerId>& out) const {
    if (from == to || out.size() >= most) return;
    if (to - from == 1) return out.push_back(from->second);
    const Entry* const ones = std::partition_point(
        from, to, [bit](const Entry& entry) { return !bit_of(entry.first, bit); });
    const bool nearer_is_one = bit_of(target, bit);
    if (nearer_is_one) collect(target, ones, to, bit + 1, most, out);
    collect(target, from, ones, bit + 1, most, out);
    if (!nearer_is_one) collect(target, ones, to, bit + 1, most, out);
}

}  // namespace hearsay::sim
