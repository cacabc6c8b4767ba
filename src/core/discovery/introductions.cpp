#include "core/discovery/introductions.hpp"

#include <iterator>

#include "base/ensure.hpp"
#include "base/limits/discovery.hpp"

namespace hearsay::core {
namespace {

namespace limits = base::limits;

constexpr base::Rate newcomers_rate{limits::newcomers_burst, 1, limits::find_every};

// The source of addresses from the settings.
constexpr base::PeerId from_settings = [] {
    base::PeerId out;
    out.data.fill(0xff);
    return out;
}();

}  // namespace

void Introductions::restore(const Candidate& candidate, const RoutingTable& table) {
    if (candidate.peer != self_ && !table.contains(candidate.peer)) candidates_.restore(candidate);
}

bool Introductions::on_named(const base::PeerId& peer, const base::PeerId& source, const Book& book,
                             base::Now now, Effects& out) {
    const RoutingTable& table = book.table();
    if (peer == self_ || table.contains(peer) || book.is_banned(peer, now.wall)) return false;
    // In no bucket though we know it: full ones, or it was gone and somebody says that it is back.
    if (book.ties(peer).proved && !table.has_room(peer)) return false;
    const bool is_new = !candidates_.contains(peer);
    candidates_.add(peer, source, now.wall, out);
    if (is_new) note_near(peer, table);
    return is_new;
}

bool Introductions::on_newcomer(const base::PeerId& peer, const Book& book, base::Now now,
                                Effects& out) {
    return newcomers_.take(newcomers_rate, 1, now.mono) &&
           on_named(peer, Candidates::newcomers, book, now, out);
}

bool Introductions::on_suggested(const base::PeerId& peer, const Book& book, base::Now now,
                                 Effects& out) {
    return on_named(peer, from_settings, book, now, out);
}

void Introductions::on_tried(const base::PeerId& peer) {
    near_.erase(distance(self_id_, node_id_of(peer)));
}

void Introductions::note_near(const base::PeerId& peer, const RoutingTable& table) {
    const base::NodeId id = node_id_of(peer);
    const auto nearest = table.closest(self_id_, limits::bucket_contacts_max);
    if (nearest.size() == limits::bucket_contacts_max &&
        !is_closer(self_id_, id, node_id_of(nearest.back())))
        return;
    near_.emplace(distance(self_id_, id), peer);
    if (near_.size() > limits::bucket_contacts_max) near_.erase(std::prev(near_.end()));
}

void Introductions::sanity_check() const {
    candidates_.sanity_check();
    ENSURE(near_.size() <= limits::bucket_contacts_max, "more near candidates than places");
    for (const auto& [far, peer] : near_)
        ENSURE(far == distance(self_id_, node_id_of(peer)),
               "a near candidate at the wrong distance");
}

}  // namespace hearsay::core
