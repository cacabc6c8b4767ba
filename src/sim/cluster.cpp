#include "sim/cluster.hpp"

#include <algorithm>

namespace hearsay::sim {

Cluster::Cluster(const RunOptions& options, base::WallTime begin, Oracle& oracle,
                 base::Rng& node_rng, base::Rng& person_rng)
    : options_(options),
      oracle_(oracle),
      node_rng_(node_rng),
      person_rng_(person_rng),
      clock_(begin) {}

void Cluster::connect(Host& host, const Observers& observers, Failures& failures) {
    host_ = &host;
    observers_ = &observers;
    failures_ = &failures;
}

// ---- begin and end ------------------------------------------------------------------------------

void Cluster::on(const NodeStarts& event) {
    const std::uint32_t at = event.node;
    SimNode& node = nodes_[at];
    if (node.online || node.lost) return;
    node.online = true;
    observers_->tell<&Observer::on_online>(at);
    node.since = now();
    ++node.life;
    if (node.honest) {
        node.engine = std::make_unique<turn::Engine>();
        node.engine->begin_core(core_options(at));
    }
    turn(at, core::NetworkReady{true});
    if (node.online) turn(at, core::TimerFired{});
    if (node.online && node.honest && (node.person || nodes_.size() <= all_persons_max))
        give_market(at);
    host_->on_started(at);
}

core::NodeOptions Cluster::core_options(std::uint32_t at) {
    const SimNode& node = nodes_[at];
    core::NodeOptions out{node.id, item::Network::sim, node_rng_.secret(), {}, options_.relay};
    for (const auto& [id, known] : node.own_store.peers()) out.known_peers.push_back(known);
    if (options_.scenario.budget_kib > 0) out.store_budget = options_.budget_bytes();
    out.traffic = options_.traffic_limits();
    out.takes_pictures = node.takes_pictures;
    out.keeps_hidden = !node.lays_aside;
    host_->advise(at, out);
    return out;
}

void Cluster::stop(std::uint32_t at) {
    SimNode& node = nodes_[at];
    node.online = false;
    observers_->tell<&Observer::on_online>(at);
    node.engine.reset();
    if (node.person) node.person->close();
    node.crash = Crash::no;
    break_disk(node);
    forget_plans(node);
    host_->close_links(at);
}

void Cluster::stop_for_ever(std::uint32_t at) {
    if (nodes_[at].online) stop(at);
    nodes_[at].lost = true;
}

void Cluster::forget_plans(SimNode& node) {
    node.timer_at = base::never;
    node.tick_at = base::never;
    node.goes_on = false;
}

void Cluster::pause(std::uint32_t at) {
    SimNode& node = nodes_[at];
    node.engine->pause();
    node.person->close();
    ++node.life;
    forget_plans(node);
    host_->close_links(at);
}

void Cluster::resume(std::uint32_t at) {
    SimNode& node = nodes_[at];
    node.broken = Crash::no;
    node.since = now();
    node.engine->resume(core_options(at));
    turn(at, core::NetworkReady{true});
    if (node.online) turn(at, core::TimerFired{});
}

// Made now if its user had nothing to do before.
void Cluster::give_market(std::uint32_t at) {
    SimNode& node = nodes_[at];
    if (node.has_market()) return;
    if (!node.person) node.person = std::make_unique<Person>(person_rng_.fork(), time_of(at).wall);
    if (node.words.empty()) node.words = node.person->words();
    node.engine->begin_market(node.person->open());
    run_turn(at);
}

// ---- timers -------------------------------------------------------------------------------------

void Cluster::arm(std::uint32_t at) {
    SimNode& node = nodes_[at];
    if (!node.online || node.timer_at <= now()) return;  // nothing is sooner
    const base::MonoTime wanted =
        node.honest ? node.engine->core_deadline() : node.byzantine->next_deadline();
    const base::MonoTime next = std::max(wanted, now());
    if (wanted == base::never || next >= node.timer_at) return;
    node.timer_at = next;
    events_.push(next, CoreTimerDue{{at, node.life}});
}

void Cluster::arm_tick(std::uint32_t at) {
    SimNode& node = nodes_[at];
    if (!node.online) return;
    const base::MonoTime next = std::max(node.engine->market_deadline(), now());
    if (next >= node.tick_at) return;
    node.tick_at = next;
    events_.push(next, MarketTickDue{{at, node.life}});
}

void Cluster::on(const CoreTimerDue& event) {
    const std::uint32_t at = event.of.node;
    SimNode& node = nodes_[at];
    if (!node.lives(event.of) || node.timer_at != now()) return;  // it was moved
    node.timer_at = base::never;
    observers_->tell<&Observer::on_timer>(at);
    if (!node.honest) return turn(at, core::TimerFired{});
    if (node.engine->on_core_deadline(now())) run_turn(at);
    // something was heard meanwhile, and the moment moved
    else
        arm(at);
}

void Cluster::on(const MarketTickDue& event) {
    const std::uint32_t at = event.of.node;
    SimNode& node = nodes_[at];
    if (!node.lives(event.of) || node.tick_at != now()) return;  // it was moved
    node.tick_at = base::never;
    if (node.engine->on_market_deadline(now()))
        run_turn(at);
    else
        arm_tick(at);
}

void Cluster::on(const TurnGoesOn& event) {
    if (!nodes_.live(event.of)) return;
    nodes_[event.of.node].goes_on = false;
    run_turn(event.of.node);
}

void Cluster::on(const ItemVerified& event) {
    if (nodes_.live(event.of))
        turn(event.of.node,
             core::Verified{event.job, event.fault, nullptr, nullptr, event.is_hidden});
}

}  // namespace hearsay::sim
