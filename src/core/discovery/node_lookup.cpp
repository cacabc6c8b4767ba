#include "core/discovery/node_lookup.hpp"

#include "base/limits/discovery.hpp"
#include "core/discovery/routing_table.hpp"

namespace hearsay::core {

namespace limits = base::limits;

NodeLookup::NodeLookup(const base::PeerId& self, const base::NodeId& target,
                       const std::vector<base::PeerId>& start)
    : self_(self), target_(target) {
    std::size_t turn = 0;
    for (const base::PeerId& peer : start) hear(paths_[turn++ % paths_.size()], peer, 0);
}

void NodeLookup::hear(Path& path, const base::PeerId& peer, std::uint32_t hops) {
    if (peer == self_) return;
    path.heard.try_emplace(distance(target_, node_id_of(peer)), Heard{peer, hops});
    if (path.heard.size() > limits::lookup_heard_max) path.heard.erase(std::prev(path.heard.end()));
}

const NodeLookup::Heard* NodeLookup::wanted(const Path& path) const {
    if (path.waits || path.asks >= limits::lookup_asks_max) return nullptr;
    std::size_t settled = 0;
    for (const auto& [far, heard] : path.heard) {
        const auto asked = asked_.find(heard.peer);
        if (asked == asked_.end()) return &heard;
        if (asked->second.answer != Answer::none && ++settled >= limits::lookup_settled)
            return nullptr;
    }
    return nullptr;
}

std::optional<base::PeerId> NodeLookup::next() {
    for (std::size_t at = 0; at < paths_.size(); ++at) {
        Path& path = paths_[at];
        const Heard* heard = wanted(path);
        if (!heard) continue;
        asked_[heard->peer] = {at, heard->hops, Answer::pending};
        ++path.asks;
        path.waits = true;
        return heard->peer;
    }
    return std::nullopt;
}

NodeLookup::Path* NodeLookup::path_of(const base::PeerId& from) {
    const auto asked = asked_.find(from);
    if (asked == asked_.end() || asked->second.answer != Answer::pending) return nullptr;
    Path& path = paths_[asked->second.path];  // total: its place in paths_, which never shrinks
    path.waits = false;
    return &path;
}

void NodeLookup::on_answer(const base::PeerId& from, const std::vector<base::PeerId>& contacts) {
    Path* path = path_of(from);
    if (!path) return;
    Asked& asked = asked_.at(from);
    asked.answer = Answer::came;
    for (const base::PeerId& peer : contacts) hear(*path, peer, asked.hops + 1);
}

void NodeLookup::on_no_answer(const base::PeerId& from) {
    if (path_of(from)) asked_.at(from).answer = Answer::none;
}

bool NodeLookup::is_done() const {
    for (const Path& path : paths_)
        if (path.waits || wanted(path)) return false;
    return true;
}

std::vector<base::PeerId> NodeLookup::found() const {
    std::map<base::NodeId, base::PeerId> nearest;
    for (const Path& path : paths_)
        for (const auto& [far, heard] : path.heard) {
            const auto asked = asked_.find(heard.peer);
            if (asked == asked_.end() || asked->second.answer != Answer::none)
                nearest.emplace(far, heard.peer);
        }
    std::vector<base::PeerId> out;
    for (const auto& [far, peer] : nearest) {
        if (out.size() == limits::bucket_contacts_max) break;
        out.push_back(peer);
    }
    return out;
}

std::uint32_t NodeLookup::hops() const {
    const auto nearest = found();
    if (nearest.empty()) return 0;
    const base::NodeId far = distance(target_, node_id_of(nearest.front()));
    std::optional<std::uint32_t> out;
    for (const Path& path : paths_)
        if (const auto heard = path.heard.find(far); heard != path.heard.end())
            out = std::min(out.value_or(heard->second.hops), heard->second.hops);
    return out.value_or(0);
}

}  // namespace hearsay::core
