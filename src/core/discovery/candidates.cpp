#include "core/discovery/candidates.hpp"

#include <algorithm>

#include "base/ensure.hpp"
#include "base/limits/discovery.hpp"

namespace hearsay::core {
namespace {

namespace limits = base::limits;
using base::PeerId;

}  // namespace

Candidates::Candidates(base::Rng rng) : rng_(std::move(rng)) {}

void Candidates::restore(const Candidate& candidate) {
    const auto source = sources_.find(candidate.source);
    if (source == sources_.end()) {
        if (sources_.size() >= limits::candidate_sources_max) return;
    } else if (source->second.size() >= limits::candidates_per_source_max) {
        return;
    }
    insert(candidate.peer, candidate.source);
}

void Candidates::add(const PeerId& peer, const PeerId& source, base::WallTime now, Effects& out) {
    const auto known = sources_.find(source);
    if (known == sources_.end()) {
        if (sources_.size() >= limits::candidate_sources_max) drop_random_source(out);
    } else {
        if (std::binary_search(known->second.begin(), known->second.end(), peer)) return;
        if (known->second.size() >= limits::candidates_per_source_max) drop_random(source, out);
    }
    insert(peer, source);
    out.push_back(KeepCandidate{{peer, source, now}});
}

void Candidates::erase(const PeerId& peer, Effects& out) {
    if (!peers_.contains(peer)) return;
    std::vector<PeerId> named_by;
    for (const auto& [source, peers] : sources_)
        if (std::binary_search(peers.begin(), peers.end(), peer)) named_by.push_back(source);
    for (const PeerId& source : named_by) forget(peer, source, out);
}

void Candidates::on_failed(const PeerId& peer, Effects& out) {
    const auto found = peers_.find(peer);
    if (found == peers_.end()) return;
    if (++found->second.failures >= limits::candidate_tries_max) erase(peer, out);
}

std::optional<PeerId> Candidates::choose(const std::function<bool(const PeerId&)>& fits) {
    std::vector<const Peers*> left;
    for (const auto& [source, peers] : sources_) left.push_back(&peers);
    Peers fitting;
    while (!left.empty()) {
        const auto drawn = left.begin() + static_cast<std::ptrdiff_t>(rng_.below(left.size()));
        for (const PeerId& peer : **drawn)
            if (fits(peer)) fitting.push_back(peer);
        if (!fitting.empty()) return fitting[rng_.below(fitting.size())];
        left.erase(drawn);
    }
    return std::nullopt;
}

bool Candidates::contains(const PeerId& peer) const {
    return peers_.contains(peer);
}

void Candidates::insert(const PeerId& peer, const PeerId& source) {
    Peers& peers = sources_[source];
    const auto place = std::lower_bound(peers.begin(), peers.end(), peer);
    if (place != peers.end() && *place == peer) return;
    peers.insert(place, peer);
    ++peers_[peer].sources;
}

// One source no longer names it.
void Candidates::forget(const PeerId& peer, const PeerId& source, Effects& out) {
    Peers& peers = sources_.at(source);
    const auto place = std::lower_bound(peers.begin(), peers.end(), peer);
    ENSURE(place != peers.end() && *place == peer, "a candidate that its source never named");
    peers.erase(place);
    if (peers.empty()) sources_.erase(source);
    const auto standing = peers_.find(peer);
    if (--standing->second.sources == 0) peers_.erase(standing);
    out.push_back(DropCandidate{peer, source});
}

void Candidates::drop_random(const PeerId& source, Effects& out) {
    const Peers& peers = sources_.at(source);
    const PeerId gone = peers[rng_.below(peers.size())];
    forget(gone, source, out);
}

void Candidates::drop_random_source(Effects& out) {
    std::vector<PeerId> others;
    for (const auto& [source, peers] : sources_)
        if (source != newcomers) others.push_back(source);
    const PeerId gone = others[rng_.below(others.size())];
    const Peers named = sources_.at(gone);
    for (const PeerId& peer : named) forget(peer, gone, out);
}

void Candidates::sanity_check() const {
    std::map<PeerId, std::uint32_t> named;
    for (const auto& [source, peers] : sources_) {
        ENSURE(!peers.empty() && peers.size() <= limits::candidates_per_source_max,
               "a source with nobody, or with too many");
        ENSURE(
            std::adjacent_find(peers.begin(), peers.end(), std::greater_equal<>()) == peers.end(),
            "a source's candidates are out of order");
        for (const PeerId& peer : peers) ++named[peer];
    }
    ENSURE(named.size() == peers_.size(), "a candidate that nobody names");
    for (const auto& [peer, sources] : named) {
        const auto standing = peers_.find(peer);
        ENSURE(standing != peers_.end() && standing->second.sources == sources,
               "a candidate's sources are counted wrongly");
    }
}

}  // namespace hearsay::core
