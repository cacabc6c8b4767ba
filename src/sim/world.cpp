#include "sim/world.hpp"

#include <algorithm>

#include "base/ensure.hpp"

namespace hearsay::sim {
namespace {

using base::Millis;

constexpr base::Seconds day_zero{1'767'225'600};  // 2026-01-01 00:00 UTC
constexpr Millis starts_within(60'000);
constexpr std::uint32_t spins_max = 1000;

base::Rng rng_of(std::uint64_t seed, std::uint8_t purpose) {
    base::Secret secret;
    const auto bytes = base::big_endian(seed);
    std::copy(bytes.begin(), bytes.end(), secret.data.begin());
    secret.data[8] = purpose;
    return base::Rng(secret);
}

}  // namespace

World::World(RunOptions options)
    : options_(std::move(options)),
      begin_(base::from_unix_seconds(0) + day_zero +
             base::Seconds(options_.scenario.begin_day * 86400) + begin_of_day),
      graph_rng_(rng_of(options_.seed, 1)),
      link_rng_(rng_of(options_.seed, 2)),
      fault_rng_(rng_of(options_.seed, 3)),
      publish_rng_(rng_of(options_.seed, 4)),
      node_rng_(rng_of(options_.seed, 5)),
      person_rng_(rng_of(options_.seed, 7)),
      oracle_(rng_of(options_.seed, 6)) {
    ENSURE(options_.nodes >= 2 && options_.nodes <= nodes_max && options_.offers <= offers_max,
           "a run outside its limits");
}

World::~World() = default;

Outcome World::run() {
    make_graph();
    const Millis within = discovers() ? Millis(options_.scenario.join_s * 1000) : starts_within;
    for (std::uint32_t at = 0; at < nodes_.size(); ++at) {
        const SimNode& node = nodes_[at];
        if (node.late || node.newcomer || node.sybil) continue;
        events_.push(node.seed ? now_ : now_ + fault_rng_.between(Millis(0), within),
                     NodeStarts{at});
    }
    plan();
    begin_experiments();
    while (!done_ && !events_.empty()) {
        now_ = events_.next_time();
        std::visit([this](const auto& event) { on(event); }, events_.pop());
    }
    return finish();
}

bool World::lives(const Life& life) const {
    const SimNode& node = nodes_[life.node];
    return node.online && node.life == life.number;
}

void World::on(const ModelsTick&) {
    for (KademliaModel& model : models_) model.tick(now_);
    events_.push(now_ + Millis(60'000), ModelsTick{});
}

void World::on(const CalmLooked&) {
    note_share();
    if (settled_at_ == base::MonoTime{} && !missing() && !unheard() && !unfound())
        settled_at_ = now_;
    done_ = (settled_at_ != base::MonoTime{} && (!discovers() || is_found())) ||
            now_ >= calm_at_ + Millis(options_.scenario.calm_s * 1000);
    if (!done_) events_.push(now_ + Millis(5000), CalmLooked{});
}

// ---- a node -------------------------------------------------------------------------------------

base::WallTime World::truth() const {
    return begin_ + older_ + std::chrono::duration_cast<base::Seconds>(now_.time_since_epoch());
}

base::Now World::now_of(const SimNode& node) const {
    return {now_, truth() + node.skew};
}

void World::start(std::uint32_t at) {
    SimNode& node = nodes_[at];
    if (node.online || node.lost) return;
    node.online = true;
    watch_online(at);
    node.since = now_;
    ++node.life;
    if (node.honest) {
        node.engine = std::make_unique<turn::Engine>();
        node.engine->begin_core(core_options(at));
    }
    turn(at, core::NetworkReady{true});
    if (node.online) turn(at, core::TimerFired{});
    if (node.online && node.honest && (node.person || nodes_.size() <= all_persons_max))
        begin_market(at);
    come_back(at);
    // What was made without a market, as one would: what is alive is followed,
    // or submitted again if it was lost.
    for (const ItemNumber number : std::vector<ItemNumber>(node.own))
        if (node.online && oracle_.is_live(number, now_of(node).wall))
            turn(at, core::Submit{oracle_[number].item, injected_[number]});
}

core::NodeOptions World::core_options(std::uint32_t at) {
    const SimNode& node = nodes_[at];
    core::NodeOptions out{node.id, item::Network::sim, node_rng_.secret(), {}, options_.relay};
    for (const auto& [id, known] : node.own_store.peers()) out.known_peers.push_back(known);
    settings_of(at, out);
    return out;
}

// The process is gone: memory, links and work under way with it. What was committed stays.
void World::stop(std::uint32_t at) {
    SimNode& node = nodes_[at];
    node.online = false;
    watch_online(at);
    node.engine.reset();
    if (node.person) node.person->close();
    node.crash = Crash::no;
    break_disk(node);
    drop_links(at);
}

// And whatever was planned for its core.
void World::drop_links(std::uint32_t at) {
    SimNode& node = nodes_[at];
    node.throttled = false;
    node.held.clear();
    node.timer_at = base::never;
    node.tick_at = base::never;
    node.goes_on = false;
    for (const std::uint64_t number : std::vector<std::uint64_t>(node.wires)) {
        const Wire& wire = *wires_.find(number);
        const std::size_t end = wire.end_of(at);
        // Most streams end when the process does; some peers only find out by its silence.
        if (wire.ends[1 - end].open && link_rng_.below(5) != 0)
            events_.push(now_ + link_rng_.between(Millis(100), Millis(10'000)),
                         LinkEnded{wire.ends[1 - end].node, number, {}});
        close_end(number, end);
    }
}

void World::arm(std::uint32_t at) {
    SimNode& node = nodes_[at];
    if (!node.online) return;
    const base::MonoTime wanted =
        node.honest ? node.engine->core_deadline() : node.byzantine->next_deadline();
    const base::MonoTime next = std::max(wanted, now_);
    if (wanted == base::never || next >= node.timer_at) return;
    node.timer_at = next;
    events_.push(next, CoreTimerDue{{at, node.life}});
}

void World::on(const NodeRestarts& event) {
    if (nodes_[event.node].online) stop(event.node);
    events_.push(now_ + fault_rng_.between(Millis(5'000), Millis(60'000)), NodeStarts{event.node});
}

void World::on(const ItemVerified& event) {
    if (lives(event.of)) turn(event.of.node, core::Verified{event.job, event.fault});
}

void World::on(const TurnGoesOn& event) {
    if (!lives(event.of)) return;
    nodes_[event.of.node].goes_on = false;
    run_turn(event.of.node);
}

void World::on(const CoreTimerDue& event) {
    const std::uint32_t at = event.of.node;
    SimNode& node = nodes_[at];
    if (!lives(event.of) || node.timer_at != now_) return;  // it was moved
    node.timer_at = base::never;
    node.spins = node.spin_at == now_ ? node.spins + 1 : 0;
    node.spin_at = now_;
    if (node.spins > spins_max) {
        fail(at, "its timer spins: next_deadline() names a moment at which nothing is left to do");
        done_ = true;
        return;
    }
    if (!node.honest) return turn(at, core::TimerFired{});
    if (node.engine->on_core_deadline(now_)) run_turn(at);
    // something was heard meanwhile, and the moment moved
    else
        arm(at);
}

void World::perform(std::uint32_t at, const core::Effect& effect) {
    SimNode& node = nodes_[at];
    if (const auto* sent = std::get_if<core::Send>(&effect)) return send(at, *sent);
    if (const auto* gone = std::get_if<core::Disconnect>(&effect)) return disconnect(at, *gone);
    if (const auto* wish = std::get_if<core::Dial>(&effect)) return dial(at, *wish);
    if (const auto* wish = std::get_if<core::Inject>(&effect)) return visit(at, *wish);
    if (const auto* verify = std::get_if<core::Verify>(&effect)) {
        const ItemVerified answer{{at, node.life}, verify->job, oracle_.verdict(*verify->item)};
        events_.push(now_ + node_rng_.between(Millis(1), Millis(8)), answer);
    }
    if (const auto* throttle = std::get_if<core::Throttle>(&effect)) {
        node.throttled = throttle->on;
        if (!node.throttled) events_.push(now_, ReadingResumed{at});
    }
}

Outcome World::finish() {
    for (const auto& what : {missing(), unheard(), unfound()})
        if (what && failures_.size() < failures_max) failures_.push_back(*what);
    check_boxes();
    Outcome out;
    out.delivered_share = delivered_share();
    out.deliveries = figures_.delays.size();
    const auto deliveries = static_cast<double>(std::max<std::uint64_t>(out.deliveries, 1));
    out.copies_per_delivery = static_cast<double>(figures_.copies) / deliveries;
    out.bytes_per_delivery = static_cast<double>(figures_.bytes) / deliveries;
    out.bytes_per_node = static_cast<double>(figures_.bytes) / std::max(1.0, honest_count());
    out.delay_percentiles = percentiles(figures_.delays);
    out.t50_ms = out.delay_percentiles[50];
    out.t99_ms = out.delay_percentiles[99];
    const auto returns = percentiles(figures_.returns);
    out.back_t50_ms = returns[50];
    out.back_t99_ms = returns[99];
    if (settled_at_ != base::MonoTime{})
        out.settled_ms = static_cast<std::uint64_t>((settled_at_ - calm_at_).count());
    out.failures = failures_;
    finish_timely(out);
    finish_experiments(out);
    finish_post(out);
    finish_recovery(out);
    if (discovers()) finish_discovery(out);
    out.curve = curve_;
    out.steps = steps_;
    out.digest = digest_.text();
    out.trace = failure_trace_;
    return out;
}

}  // namespace hearsay::sim
