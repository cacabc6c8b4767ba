#include "sim/kademlia.hpp"

#include <algorithm>
#include <optional>

namespace hearsay::sim {
namespace {

// The first 8 bytes tell among fewer than 2^32 nodes.
std::uint64_t distance(const base::PeerId& node, const base::ItemId& name) {
    std::uint64_t out = 0;
    for (std::size_t i = 0; i < 8; ++i)
        out = out << 8 | static_cast<std::uint64_t>(node.data[i] ^ name.data[i]);
    return out;
}

}  // namespace

KademliaModel::KademliaModel(std::size_t k, std::vector<base::PeerId> nodes, base::Rng rng,
                             std::uint64_t lookups_an_hour)
    : k_(k),
      nodes_(std::move(nodes)),
      rng_(std::move(rng)),
      lookups_an_hour_(lookups_an_hour),
      online_(nodes_.size()) {}

std::vector<std::uint32_t> KademliaModel::closest(const base::ItemId& name) const {
    std::vector<std::pair<std::uint64_t, std::uint32_t>> all;
    for (std::uint32_t node = 0; node < nodes_.size(); ++node)
        if (online_[node]) all.emplace_back(distance(nodes_[node], name), node);
    const std::size_t count = std::min(k_, all.size());
    std::partial_sort(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(count), all.end());
    std::vector<std::uint32_t> out;
    for (std::size_t i = 0; i < count; ++i) out.push_back(all[i].second);
    return out;
}

KademliaModel::Copy* KademliaModel::copy_at(Value& value, std::uint32_t node) {
    for (Copy& copy : value.copies)
        if (copy.node == node) return &copy;
    return nullptr;
}

void KademliaModel::end_stale(const Value& value, const Copy& copy, base::MonoTime now) {
    if (copy.version + 1 < value.versions.size())
        stale_.push_back(
            static_cast<std::uint32_t>((now - value.versions[copy.version + 1]).count()));
}

void KademliaModel::put(Value& value, std::uint32_t node, std::uint32_t version,
                        base::MonoTime now) {
    Copy* copy = copy_at(value, node);
    if (!copy) copy = &value.copies.emplace_back(Copy{node, version, false, {}});
    if (copy->version < version) end_stale(value, *copy, now);
    copy->version = std::max(copy->version, version);
    copy->cached = false;
    copy->again = now + store_again + rng_.between(base::Millis(0), store_again_spread);
}

void KademliaModel::store_at_closest(Value& value, std::uint32_t version, base::MonoTime now) {
    for (const std::uint32_t node : closest(value.name)) put(value, node, version, now);
}

void KademliaModel::lose(std::uint32_t node) {
    online_[node] = false;
    for (Value& value : values_)
        std::erase_if(value.copies, [&](const Copy& copy) { return copy.node == node; });
}

void KademliaModel::publish(std::uint32_t number, const base::ItemId& name, base::MonoTime now) {
    if (values_.size() <= number) values_.resize(number + 1);
    Value& value = values_[number];
    value.name = name;
    value.versions.push_back(now);
    store_at_closest(value, static_cast<std::uint32_t>(value.versions.size() - 1), now);
}

void KademliaModel::tick(base::MonoTime now) {
    for (Value& value : values_) {
        for (const Copy& copy : value.copies)
            if (copy.cached && copy.again <= now) end_stale(value, copy, now);
        std::erase_if(value.copies,
                      [&](const Copy& copy) { return copy.cached && copy.again <= now; });
        for (std::size_t at = 0; at < value.copies.size(); ++at) {
            const Copy due = value.copies[at];
            if (due.cached || due.again > now || !online_[due.node]) continue;
            std::uint32_t version = due.version;
            for (const std::uint32_t node : closest(value.name))
                if (const Copy* theirs = copy_at(value, node))
                    version = std::max(version, theirs->version);
            put(value, due.node, version, now);
            store_at_closest(value, version, now);
        }
        if (!value.versions.empty() && rng_.below(60) < lookups_an_hour_) look_up(value, now);
    }
}

void KademliaModel::look_up(Value& value, base::MonoTime now) {
    // From far to near; the asked are at random distances, each at least a bit closer than the one
    // before.
    std::vector<std::pair<std::uint64_t, std::uint32_t>> all;
    for (std::uint32_t node = 0; node < nodes_.size(); ++node)
        if (online_[node]) all.emplace_back(distance(nodes_[node], value.name), node);
    std::sort(all.begin(), all.end());
    std::size_t rank = all.size();
    std::optional<std::size_t> without;
    while (rank > 0) {
        rank = static_cast<std::size_t>(rng_.below(rank));
        const Copy* copy = copy_at(value, all[rank].second);
        if (!copy) {
            without = rank;
            continue;
        }
        if (!without) return;
        const auto halves = static_cast<int>(std::min<std::size_t>(*without / k_, 20));
        value.copies.push_back(
            {all[*without].second, copy->version, true, now + cache_most / (1 << halves)});
        return;
    }
}

double KademliaModel::found_share() const {
    std::size_t found = 0;
    for (const Value& value : values_) {
        const auto asked = closest(value.name);
        found += std::any_of(value.copies.begin(), value.copies.end(), [&](const Copy& copy) {
            return std::find(asked.begin(), asked.end(), copy.node) != asked.end();
        });
    }
    return values_.empty() ? 1.0 : static_cast<double>(found) / static_cast<double>(values_.size());
}

std::vector<std::uint32_t> KademliaModel::stale(base::MonoTime now) const {
    std::vector<std::uint32_t> out = stale_;
    for (const Value& value : values_)
        for (const Copy& copy : value.copies)
            if (copy.version + 1 < value.versions.size())
                out.push_back(
                    static_cast<std::uint32_t>((now - value.versions[copy.version + 1]).count()));
    return out;
}

}  // namespace hearsay::sim
