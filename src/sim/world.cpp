#include "sim/world.hpp"

#include <algorithm>

#include "base/ensure.hpp"
#include "sim/population.hpp"

namespace hearsay::sim {
namespace {

using base::Millis;

constexpr base::Seconds day_zero{1'767'225'600};  // 2026-01-01 00:00 UTC
constexpr Millis starts_within(60'000);
constexpr Millis warm_up_given(180'000);  // to be linked to those that one was given
constexpr Millis warm_up_found(540'000);  // or to find them, once all have come
constexpr Millis look_every(5'000);
// Where a calm lasts for a day, until what attackers bought has expired.
constexpr Millis look_every_if_full(60'000);

base::Rng rng_of(std::uint64_t seed, std::uint8_t purpose) {
    base::Secret secret;
    const auto bytes = base::big_endian(seed);
    std::copy(bytes.begin(), bytes.end(), secret.data.begin());
    secret.data[8] = purpose;
    return base::Rng(secret);
}

base::WallTime begin_of(const Scenario& scenario) {
    return base::from_unix_seconds(0) + day_zero + base::Seconds(scenario.begin_day * 86400) +
           begin_of_day;
}

}  // namespace

World::Dice::Dice(std::uint64_t seed)
    : graph(rng_of(seed, 1)),
      link(rng_of(seed, 2)),
      fault(rng_of(seed, 3)),
      publish(rng_of(seed, 4)),
      node(rng_of(seed, 5)),
      person(rng_of(seed, 7)),
      item(rng_of(seed, 6)),
      attack(rng_of(seed, 8)) {}

World::World(RunOptions options)
    : options_(std::move(options)),
      dice_(options_.seed),
      oracle_(std::move(dice_.item)),
      cluster_(options_, begin_of(options_.scenario), oracle_, dice_.node, dice_.person),
      view_{options_, cluster_.clock(), cluster_.nodes(), oracle_},
      frames_(oracle_),
      lost_(view_),
      failures_(cluster_.clock()),
      digest_(cluster_.clock()),
      network_(cluster_, wires_, frames_, oracle_, dice_.link),
      disks_(cluster_, oracle_, post_, lost_, failures_, dice_.fault, dice_.person),
      faults_(options_, cluster_, network_, disks_, lost_, dice_.fault),
      joining_(options_, cluster_, lost_, dice_.fault),
      workers_(options_, cluster_, oracle_, dice_.node),
      publishing_(options_, cluster_, oracle_, failures_, dice_.publish),
      letters_(options_, cluster_, publishing_, post_, dice_.publish),
      erasure_(cluster_, post_, failures_),
      attackers_(options_, cluster_, oracle_, publishing_, dice_.attack),
      holdings_(view_),
      stored_items_(view_, holdings_, failures_),
      sent_items_(view_, frames_, failures_),
      limits_(view_, wires_, failures_),
      budget_(view_, failures_),
      secrecy_(view_, frames_, failures_),
      accusations_(view_, wires_, failures_),
      hearsay_(view_, wires_, failures_),
      mail_rules_(cluster_, post_, failures_),
      liveness_(view_, lost_),
      heard_back_(view_),
      own_found_(view_, publishing_, lost_),
      deliveries_(view_, holdings_, secrecy_),
      timely_(view_, holdings_, secrecy_, lost_, cluster_.events()),
      availability_(view_, cluster_.events()),
      spies_(view_),
      look_ups_(view_, cluster_.events(), dice_.publish,
                [this](std::uint32_t at, const core::Input& input) { cluster_.turn(at, input); }),
      settling_(view_, cluster_.events(), look_ups_),
      idle_cost_(view_, cluster_.events()),
      fullness_(view_, budget_, publishing_, cluster_.events()),
      price_(view_, holdings_) {
    ENSURE(options_.nodes >= 2 && options_.nodes <= nodes_max && options_.offers <= offers_max,
           "a run outside its limits");
    observe();
    cluster_.connect(*this, observers_, failures_);
}

// In this order they are told, and print what they found.
void World::observe() {
    observers_.add(failures_);
    observers_.add(digest_);
    observers_.add(stored_items_);
    observers_.add(sent_items_);
    observers_.add(limits_);
    observers_.add(budget_);
    observers_.add(secrecy_);
    observers_.add(accusations_);
    observers_.add(hearsay_);
    observers_.add(publishing_);
    observers_.add(liveness_);
    observers_.add(heard_back_);
    observers_.add(own_found_);
    observers_.add(deliveries_);
    observers_.add(timely_);
    observers_.add(availability_);
    observers_.add(spies_);
    observers_.add(mail_rules_);
    observers_.add(disks_);
    observers_.add(erasure_);
    observers_.add(attackers_);
    observers_.add(fullness_);
    observers_.add(price_);
    observers_.add(holdings_);
    if (!options_.discovers()) return;
    observers_.add(settling_);
    observers_.add(look_ups_);
    observers_.add(idle_cost_);
}

// ---- a run --------------------------------------------------------------------------------------

Outcome World::run() {
    EventQueue<Event>& events = cluster_.events();
    spies_.enlist(populate(cluster_.nodes(), options_, cluster_.clock().begin(), dice_.graph));
    plan();
    while (!done_ && !limits_.spins() && !events.empty()) {
        cluster_.clock().advance(events.next_time());
        give_to_its_part(events.pop());
    }
    return finish();
}

// The whole run's appointments.
void World::plan() {
    const Scenario& scenario = options_.scenario;
    const bool discovers = options_.discovers();
    const base::MonoTime now = cluster_.now();
    const Millis join(scenario.join_s * 1000);
    const Nodes& nodes = cluster_.nodes();
    for (std::uint32_t at = 0; at < nodes.size(); ++at) {
        const SimNode& node = nodes[at];
        if (node.late || node.newcomer || node.sybil) continue;
        const Millis within = discovers ? join : starts_within;
        const Millis wait = node.seed ? Millis(0) : dice_.fault.between(Millis(0), within);
        cluster_.events().push(now + wait, NodeStarts{at});
    }
    const base::MonoTime faults_at = now + (discovers ? join + warm_up_found : warm_up_given);
    cluster_.clock().plan_phases(faults_at, faults_at + Millis(scenario.faults_s * 1000));
    publishing_.plan();
    attackers_.plan();
    fullness_.begin();
    faults_.plan_late(publishing_.window());
    faults_.plan();
    if (discovers) {
        settling_.begin();
        idle_cost_.begin();
        joining_.plan();
    }
    cluster_.events().push(cluster_.clock().calm_at(), CalmBegins{});
    availability_.begin(dice_.graph);
}

// That is the one which has on() for it.
void World::give_to_its_part(const Event& any) {
    const auto run = [](const auto& event, auto&... parts) {
        const auto offer = [&event](auto& part) {
            if constexpr (requires { part.on(event); }) part.on(event);
            return requires { part.on(event); } ? 1 : 0;
        };
        ENSURE((offer(parts) + ...) == 1, "an event that nobody runs, or two");
    };
    std::visit(
        [&](const auto& event) {
            run(event, *this, cluster_, network_, faults_, joining_, disks_, workers_, publishing_,
                letters_, erasure_, attackers_, timely_, availability_, settling_, look_ups_,
                idle_cost_, fullness_);
        },
        any);
}

base::Millis World::look_wait() const {
    return options_.has_budget() ? look_every_if_full : look_every;
}

void World::on(const CalmBegins&) {
    cluster_.clock().begin_calm();
    observers_.tell<&Observer::on_calm>();
    faults_.mend_all();
    cluster_.events().push(cluster_.now() + look_wait(), CalmLooked{});
}

void World::on(const CalmLooked&) {
    observers_.tell<&Observer::on_look>();
    const base::MonoTime last =
        cluster_.clock().calm_at() + Millis(options_.scenario.calm_s * 1000);
    if (settled_at_ == base::MonoTime{} && !observers_.missing()) settled_at_ = cluster_.now();
    done_ = (settled_at_ != base::MonoTime{} && observers_.are_done()) || cluster_.now() >= last;
    if (!done_) cluster_.events().push(cluster_.now() + look_wait(), CalmLooked{});
}

Outcome World::finish() {
    for (const std::string& what : observers_.all_missing()) failures_.add(what);
    mail_rules_.check_boxes();
    Outcome out;
    if (settled_at_ != base::MonoTime{})
        out.settled_ms =
            static_cast<std::uint64_t>((settled_at_ - cluster_.clock().calm_at()).count());
    out.steps = cluster_.steps();
    observers_.tell<&Observer::finish>(out);
    return out;
}

// ---- what is around the nodes -------------------------------------------------------------------

void World::perform(std::uint32_t at, const core::Effect& effect) {
    if (const auto* sent = std::get_if<core::Send>(&effect)) return network_.send(at, *sent);
    if (const auto* gone = std::get_if<core::Disconnect>(&effect))
        return network_.disconnect(at, *gone);
    if (const auto* wish = std::get_if<core::Dial>(&effect)) return network_.dial(at, *wish);
    if (const auto* wish = std::get_if<core::Inject>(&effect)) return network_.inject(at, *wish);
    if (const auto* wish = std::get_if<core::SendProbe>(&effect)) return network_.probe(at, *wish);
    if (const auto* wish = std::get_if<core::Verify>(&effect)) return workers_.verify(at, *wish);
    if (const auto* throttle = std::get_if<core::Throttle>(&effect))
        network_.throttle(at, throttle->on);
}

void World::perform(std::uint32_t at, const market::Effect& effect) {
    workers_.perform(at, effect);
}

void World::on_started(std::uint32_t at) {
    disks_.come_back(at);
    publishing_.on_started(at);
}

ItemNumber World::learn(std::uint32_t at, const item::ReadPtr& item) {
    return publishing_.learn(at, item);
}

void World::on_own_kept(std::uint32_t at, const market::Effects& wishes) {
    letters_.on_own_kept(at, wishes);
}

}  // namespace hearsay::sim
