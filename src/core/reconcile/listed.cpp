#include "core/reconcile/listed.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "base/ensure.hpp"
#include "base/limits/relay.hpp"

namespace hearsay::core {
namespace {

namespace limits = base::limits;

// A spare that has enough to do already is looked at again after this.
constexpr base::Millis busy_wait{1000};
// How long a copy may take to be verified before we forget that we lack it.
constexpr base::Millis verified_wait{60'000};

// Enough of an id to know it again: a peer that makes two that begin alike only hides its own
// delay.
std::uint64_t beginning(const base::ItemId& id) {
    return base::read_big_endian<std::uint64_t>(std::span(id.data).first<8>());
}

}  // namespace

Listed::Peer* Listed::find(base::LinkId link) {
    const auto found = peers_.find(link);
    return found == peers_.end() ? nullptr : &found->second;
}

void Listed::set_deadline(const base::ItemId& id, Item& item, base::MonoTime at) {
    due_.erase({item.deadline, id});
    item.deadline = at;
    due_.emplace(at, id);
}

void Listed::ask(const base::ItemId& id, Item& item, base::LinkId link, base::MonoTime now) {
    release(item);
    item.asked = link;
    item.asked_at = now;
    ++peers_[link].asked;
    ++asked_;
    set_deadline(id, item, now + limits::list_wait);
}

void Listed::release(Item& item) {
    if (!item.asked) return;
    --peers_[*item.asked].asked;
    --asked_;
    item.asked.reset();
}

void Listed::note_vain(const base::ItemId& id, Peer& peer) {
    ++peer.vain;
    if (peer.late.size() < limits::listed_vain_max) peer.late.insert(beginning(id));
}

// Whoever was asked for it sends it all the same.
void Listed::note_outrun(const base::ItemId& id, const Item& item) {
    if (!item.asked) return;
    Peer& peer = peers_[*item.asked];
    if (peer.outrun.size() < limits::listed_vain_max) peer.outrun.insert(beginning(id));
}

void Listed::add_spare(Item& item, base::LinkId link) {
    Peer& peer = peers_[link];
    if (peer.spares >= limits::listed_spare_max) return;
    if (std::find(item.spares.begin(), item.spares.end(), link) != item.spares.end()) return;
    item.spares.push_back(link);
    ++peer.spares;
}

std::optional<base::LinkId> Listed::take_spare(Item& item) {
    auto best = item.spares.end();
    for (auto at = item.spares.begin(); at != item.spares.end(); ++at) {
        const Peer& peer = peers_[*at];
        if (peer.asked >= limits::listed_asked_max) continue;
        if (best != item.spares.end() &&
            std::pair(peers_[*best].owes, peers_[*best].asked) <= std::pair(peer.owes, peer.asked))
            continue;
        best = at;
    }
    if (best == item.spares.end()) return std::nullopt;
    const base::LinkId link = *best;
    item.spares.erase(best);
    --peers_[link].spares;
    return link;
}

void Listed::erase(Items::iterator at) {
    release(at->second);
    for (const base::LinkId spare : at->second.spares) --peers_[spare].spares;
    due_.erase({at->second.deadline, at->first});
    items_.erase(at);
}

bool Listed::on_listed(const base::ItemId& id, base::LinkId link, base::MonoTime now) {
    Item& item = items_[id];  // total: a map
    const bool taken_over = item.asked && item.asked != link && owes(*item.asked) && !owes(link);
    const bool waits_for_nobody = !item.asked && !item.here;  // as what is new
    if (taken_over || waits_for_nobody) {
        if (std::erase(item.spares, link) > 0) --peers_[link].spares;
        ask(id, item, link, now);
        return true;
    }
    if (item.asked != link) add_spare(item, link);
    return false;
}

void Listed::on_page_over(base::LinkId link, const std::vector<base::ItemId>& ids,
                          base::MonoTime now) {
    for (const base::ItemId& id : ids) {
        const auto found = items_.find(id);
        if (found == items_.end() || found->second.asked != link) continue;
        note_vain(id, peers_[link]);
        release(found->second);
        set_deadline(id, found->second, now);
    }
}

bool Listed::on_sent(const base::ItemId& id, base::LinkId from, base::MonoTime now) {
    Peer* peer = find(from);
    if (!peer) return false;
    const auto found = items_.find(id);
    const bool is_asked = found != items_.end() && found->second.asked == from;
    const bool was_outrun = peer->outrun.erase(beginning(id)) > 0;
    const bool is_late = peer->late.erase(beginning(id)) > 0;
    if (is_asked) release(found->second);
    if (is_late) {
        peer->sign = now;
        peer->owes = false;
        if (peer->vain > 0) --peer->vain;
    }
    return is_asked || was_outrun || is_late;
}

void Listed::on_copy(const base::ItemId& id, base::LinkId from, base::MonoTime now) {
    const auto found = items_.find(id);
    if (found == items_.end()) return;
    if (Peer* peer = find(from)) {
        peer->sign = now;
        peer->owes = false;
        if (peer->vain > 0) --peer->vain;
    }
    if (found->second.asked != from) note_outrun(id, found->second);
    release(found->second);
    found->second.here = true;
    set_deadline(id, found->second, now + verified_wait);
}

void Listed::on_refused(const base::ItemId& id, base::MonoTime now) {
    const auto found = items_.find(id);
    if (found == items_.end() || !found->second.here) return;
    found->second.here = false;
    set_deadline(id, found->second, now);
}

void Listed::on_settled(const base::ItemId& id) {
    const auto found = items_.find(id);
    if (found == items_.end()) return;
    note_outrun(id, found->second);
    erase(found);
}

void Listed::on_link_gone(base::LinkId link, base::MonoTime now) {
    if (!find(link)) return;
    for (auto& [id, item] : items_) {
        std::erase(item.spares, link);
        if (item.asked != link) continue;
        --asked_;
        item.asked.reset();
        set_deadline(id, item, now);
    }
    peers_.erase(link);
}

std::map<base::LinkId, std::vector<base::ItemId>> Listed::take_due(base::MonoTime now) {
    std::map<base::LinkId, std::vector<base::ItemId>> out;
    while (!due_.empty() && due_.begin()->first <= now) {
        const auto at = items_.find(due_.begin()->second);
        auto& [id, item] = *at;
        if (item.asked) {
            Peer& peer = peers_[*item.asked];
            const base::MonoTime patience =
                std::min(std::max(peer.sign, item.asked_at) + limits::list_wait,
                         item.asked_at + limits::list_wait_most);
            if (patience > now) {
                set_deadline(id, item, patience);
                continue;
            }
            peer.owes = peer.owes || std::max(peer.sign, item.asked_at) + limits::list_wait <= now;
            note_vain(id, peer);
            release(item);
        }
        const auto next = item.here ? std::nullopt : take_spare(item);
        if (next) {
            ask(id, item, *next, now);
            out[*next].push_back(id);
        } else if (!item.here && !item.spares.empty()) {
            set_deadline(id, item, now + busy_wait);
        } else {
            erase(at);
        }
    }
    return out;
}

base::MonoTime Listed::next_deadline() const {
    return due_.empty() ? base::never : due_.begin()->first;
}

bool Listed::is_asked(const base::ItemId& id, base::LinkId link) const {
    const auto found = items_.find(id);
    return found != items_.end() && found->second.asked == link;
}

std::size_t Listed::vain(base::LinkId link) const {
    const auto found = peers_.find(link);
    return found == peers_.end() ? 0 : found->second.vain;
}

bool Listed::owes(base::LinkId link) const {
    const auto found = peers_.find(link);
    return found != peers_.end() && found->second.owes;
}

void Listed::sanity_check() const {
    struct Counted {
        std::size_t asked = 0, spares = 0;
    };
    std::map<base::LinkId, Counted> counted;
    std::size_t asked = 0;
    for (const auto& [id, item] : items_) {
        ENSURE(due_.contains({item.deadline, id}), "an item that is never due");
        if (item.asked) ++counted[*item.asked].asked;
        asked += item.asked ? 1 : 0;
        for (const base::LinkId spare : item.spares) ++counted[spare].spares;
    }
    ENSURE(asked == asked_, "what is asked for is counted wrongly");
    ENSURE(due_.size() == items_.size(), "an item that is due twice, or is gone");
    for (const auto& [link, peer] : peers_) {
        const Counted& of_peer = counted[link];
        ENSURE(of_peer.asked == peer.asked, "what a peer is asked for is counted wrongly");
        ENSURE(of_peer.spares == peer.spares, "what a peer lists besides is counted wrongly");
        ENSURE(peer.late.size() <= limits::listed_vain_max, "too much that is late is remembered");
    }
    ENSURE(counted.size() == peers_.size(), "a peer that is gone is asked");
}

}  // namespace hearsay::core
