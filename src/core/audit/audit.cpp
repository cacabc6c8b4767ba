#include "core/audit/audit.hpp"

#include <algorithm>

#include "base/ensure.hpp"
#include "base/limits/links.hpp"

namespace hearsay::core {
namespace {

namespace limits = base::limits;

template <class Value>
void shuffle(std::vector<Value>& values, base::Rng& rng) {
    for (std::size_t left = values.size(); left > 1; --left)
        std::swap(values[left - 1], values[rng.below(left)]);  // total: both below size()
}

void count(const std::optional<std::vector<bool>>& held, const std::vector<base::ItemId>& ids,
           Audited& result) {
    // total: the ids asked for have the item among them
    const auto place = static_cast<std::size_t>(std::ranges::find(ids, result.id) - ids.begin());
    // An answer about another number of ids is none.
    if (!held || (!held->empty() && held->size() != ids.size()))
        ++result.unreached;
    else if (held->empty())
        ++result.declined;
    else if ((*held)[place])  // total: as above, and as many as ids
        ++result.held;
    else
        ++result.lacking;
}

}  // namespace

Audit::Audit(base::PeerId self, item::Network network, base::Rng rng)
    : self_(self), network_(network), rng_(std::move(rng)) {}

// ---- asking -------------------------------------------------------------------------------------

void Audit::on_wished(const AuditItem& wish, base::Now now, const Links& links,
                      const Discovery& discovery, const StoreView& view, Effects& out) {
    if (is_running(wish.id)) return;  // its notice comes
    Nodes nodes;
    if (network_ready_ && !is_full()) nodes = choose_nodes(now, links, discovery);
    if (nodes.all.empty()) {
        out.push_back(Notify{Audited{wish.id}});
        return;
    }
    Running& running = running_[wish.id];
    running.result.id = wish.id;
    running.result.linked = nodes.linked;
    running.ids = among(wish.id, view);
    for (const base::PeerId& node : nodes.all)
        running.due.emplace(now.mono + rng_.between(base::Millis(0), limits::audit_spread), node);
}

Audit::Nodes Audit::choose_nodes(base::Now now, const Links& links, const Discovery& discovery) {
    std::set<base::PeerId> linked;
    for (const auto& [id, link] : links.all())
        if (link.peer) linked.insert(*link.peer);
    std::vector<base::PeerId> apart;
    std::vector<base::PeerId> near;
    for (const auto& [peer, state] : discovery.peers()) {
        if (!state.is_proved() || peer == self_ || links.is_shunned(peer, now) ||
            state.is_banned(now.wall))
            continue;
        (linked.contains(peer) ? near : apart).push_back(peer);
    }
    shuffle(apart, rng_);
    shuffle(near, rng_);
    Nodes out{std::move(apart), 0};
    out.all.resize(std::min(out.all.size(), limits::audit_nodes));
    for (const base::PeerId& peer : near) {
        if (out.all.size() >= limits::audit_nodes) break;
        out.all.push_back(peer);
        ++out.linked;
    }
    return out;
}

std::vector<base::ItemId> Audit::among(const base::ItemId& id, const StoreView& view) {
    std::set<base::ItemId> ids{id};
    const auto before = std::ranges::find(remembered_, id, &Remembered::id);
    if (before != remembered_.end()) {
        for (const base::ItemId& decoy : before->ids)
            if (view.presence(decoy) == Presence::alive) ids.insert(decoy);
        remembered_.erase(before);
    }
    draw(id, ids, view);
    std::vector<base::ItemId> out(ids.begin(), ids.end());
    shuffle(out, rng_);
    if (remembered_.size() >= limits::audits_remembered_max) remembered_.pop_front();
    remembered_.push_back({id, out});
    return out;
}

// Of the item's class first; a store with few of it gives others.
void Audit::draw(const base::ItemId& id, std::set<base::ItemId>& ids, const StoreView& view) {
    const auto newest = view.newest(UINT64_MAX, 1);
    if (newest.empty()) return;
    const Position end = newest.front().position + 1;
    const auto standing = view.standing(id);
    for (std::size_t draws = 0; draws < limits::audit_draws_max; ++draws) {
        const bool any = !standing || draws >= limits::audit_draws_max / 2;
        const auto some = view.newest(1 + rng_.below(end), limits::audit_draw_items);
        for (const Stored& stored : some) {
            if (ids.size() >= limits::audit_ids) return;
            if (!any && stored.standing.of != standing->of) continue;
            ids.insert(stored.id);
            break;  // neighbours came together
        }
    }
}

void Audit::on_timer(base::Now now, Effects& out) {
    if (!network_ready_) return;
    for (auto& [id, running] : running_)
        while (under_way_ < limits::probes_max && !running.due.empty() &&
               running.due.begin()->first <= now.mono) {
            const base::PeerId node = running.due.begin()->second;
            running.due.erase(running.due.begin());
            const auto number = static_cast<std::uint32_t>(rng_.next());
            running.asked[node] = number;
            ++running.result.asked;
            ++under_way_;
            const base::WallTime minute = base::WallTime(now.wall.time_since_epoch() / 60 * 60);
            const Hello hello{protocol_version, static_cast<std::uint32_t>(network_), minute, false,
                              rng_.next()};
            out.push_back(SendProbe{id,
                                    node,
                                    number,
                                    limits::dial_wait,
                                    {encode(hello), encode(Probe{number, running.ids})}});
        }
}

base::MonoTime Audit::next_deadline() const {
    base::MonoTime next = base::never;
    if (!network_ready_ || under_way_ >= limits::probes_max) return next;
    for (const auto& [id, running] : running_)
        if (!running.due.empty()) next = std::min(next, running.due.begin()->first);
    return next;
}

void Audit::on_probed(const Probed& probed, Effects& out) {
    const auto found = running_.find(probed.id);
    // Of a life before this one.
    if (found == running_.end() || found->second.asked.erase(probed.peer) == 0) return;
    --under_way_;
    Running& running = found->second;
    count(probed.held, running.ids, running.result);
    if (!running.asked.empty() || !running.due.empty()) return;
    out.push_back(Notify{running.result});
    running_.erase(found);
}

// ---- answering ----------------------------------------------------------------------------------

Held Audit::answer(const Probe& probe, base::MonoTime now, const StoreView& view) {
    Held out{probe.number, {}};
    if (!answers_.take(limits::probe_answers_rate, 1, now)) return out;
    for (const base::ItemId& id : probe.ids)
        out.held.push_back(view.presence(id) == Presence::alive);
    return out;
}

void Audit::sanity_check() const {
    std::size_t under_way = 0;
    for (const auto& [id, running] : running_) {
        under_way += running.asked.size();
        ENSURE(running.ids.size() <= limits::audit_ids, "an audit asks for too much");
        ENSURE(std::ranges::count(running.ids, id) == 1, "an audit does not ask for its item");
        ENSURE(!running.asked.empty() || !running.due.empty(), "an audit that never ends");
        ENSURE(running.due.size() + running.result.asked <= limits::audit_nodes,
               "an audit asks too many");
    }
    ENSURE(under_way == under_way_, "probes under way are counted wrongly");
    ENSURE(under_way_ <= limits::probes_max, "more probes are under way than may");
    ENSURE(running_.size() <= limits::audits_max, "more audits run than may");
    ENSURE(remembered_.size() <= limits::audits_remembered_max, "more is remembered than may");
}

}  // namespace hearsay::core
