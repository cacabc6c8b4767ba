// What goes wrong in a run, and when: drawn from the seed, in the rates that the scenario names.
#include <algorithm>

#include "sim/world.hpp"

namespace hearsay::sim {
namespace {

using base::Millis;

constexpr Millis warm_up_given(180'000);  // to be linked to those that one was given
constexpr Millis warm_up_found(540'000);  // or to find them, once all have come
// Before its end everybody is linked; the last of these has time to be everywhere before it counts.
constexpr Millis warm_up_offers_from(-100'000);
constexpr Millis warm_up_offers_until(-20'000);
constexpr Millis tick(10'000);
// A maker whose clock is further off cannot publish: its items would come from the future.
constexpr base::Seconds maker_skew_max(100 * 60);

}  // namespace

// The whole run's appointments.
void World::plan() {
    const Scenario& scenario = options_.scenario;
    const base::MonoTime begin =
        now_ + (discovers() ? Millis(scenario.join_s * 1000) + warm_up_found : warm_up_given);
    measured_from_ = begin;
    for (std::int64_t left = scenario.warmup_offers; left > 0; --left) {
        const Millis at = publish_rng_.between(warm_up_offers_from, warm_up_offers_until);
        events_.push(begin + at, PublicationDue{Purpose::warm_up, {}});
    }
    const Millis window(std::min(scenario.publish_s, scenario.faults_s) * 1000);
    const std::uint64_t items =
        std::uint64_t{options_.offers} * static_cast<std::uint64_t>(1 + scenario.spam);
    for (std::uint64_t i = 0; i < items; ++i) {
        if (i < options_.offers && i % static_cast<std::uint64_t>(scenario.per_maker) != 0)
            continue;
        const Purpose purpose = i < options_.offers ? Purpose::offer : Purpose::spam;
        events_.push(begin + publish_rng_.between(Millis(0), window), PublicationDue{purpose, {}});
    }
    for (std::uint32_t at = 0; at < nodes_.size(); ++at)
        if (nodes_[at].late)
            events_.push(begin + window + fault_rng_.between(Millis(30'000), Millis(120'000)),
                         NodeStarts{at});
    events_.push(begin, FaultsDue{});
    calm_at_ = begin + Millis(scenario.faults_s * 1000);
    if (scenario.partition != 0) {
        events_.push(begin + Millis(scenario.faults_s * 250), PartitionBegins{});
        if (scenario.partition == 1)
            events_.push(begin + Millis(scenario.faults_s * 750), PartitionEnds{});
    }
    if (scenario.lose > 0) events_.push(calm_at_ - Millis(3'600'000), NodesLost{});
    if (discovers()) plan_discovery(begin);
    events_.push(calm_at_, CalmBegins{});
}

// ---- publishing ---------------------------------------------------------------------------------

bool World::clock_fits(const SimNode& node) const {
    return node.skew <= maker_skew_max && node.skew >= -maker_skew_max;
}

std::optional<std::uint32_t> World::random_online() {
    for (int tries = 0; tries < 1000; ++tries) {
        const auto at = static_cast<std::uint32_t>(publish_rng_.below(nodes_.size()));
        const SimNode& node = nodes_[at];
        const bool usable = node.online && node.comes_back == ComesBack::no &&
                            !(node.engine && node.engine->is_paused());
        if (node.honest && node.connected && usable && !node.late && clock_fits(node)) return at;
    }
    return std::nullopt;
}

void World::on(const PublicationDue& event) {
    const Scenario& scenario = options_.scenario;
    const auto [purpose, like] = event;
    auto at = like ? std::optional(origin_[*like]) : random_online();
    if (!at || !nodes_[*at].online) {
        if (!calm_) events_.push(now_ + tick, event);
        return;
    }
    const auto chance = [&](std::int64_t percent) {
        return publish_rng_.below(100) < static_cast<std::uint64_t>(percent);
    };
    const bool is_offer = purpose == Purpose::offer;
    const bool brief = is_offer && chance(scenario.brief);
    const base::Seconds lifetime(
        brief ? 600 + static_cast<std::int64_t>(publish_rng_.below(3)) * 600 : 7 * 86400);
    // Spam is made by other programs than ours, and ours gives no persona to a second offer.
    if (purpose != Purpose::spam && scenario.per_maker == 1) {
        if (!publish_offer(*at, purpose, lifetime) && !calm_) events_.push(now_ + tick, event);
        return;
    }
    const ItemNumber number = oracle_.make(now_of(nodes_[*at]).wall, now_, lifetime, purpose, like);
    own(*at, number);
    nodes_[*at].own.push_back(number);
    for (std::int64_t left = is_offer && !like ? scenario.per_maker - 1 : 0; left > 0; --left) {
        const Millis wait = publish_rng_.between(Millis(20'000), Millis(600'000));
        events_.push(now_ + wait, PublicationDue{purpose, number});
    }
    const auto later = [&](bool removal) {
        events_.push(now_ + publish_rng_.between(Millis(20'000), Millis(900'000)),
                     VersionDue{number, removal});
    };
    if (is_offer && !brief && chance(scenario.update)) later(false);
    if (is_offer && !brief && chance(scenario.remove)) later(true);
    turn(*at, core::Submit{oracle_[number].item});
}

void World::own(std::uint32_t at, ItemNumber number) {
    origin_.push_back(at);
    out_.emplace_back();
    injected_.push_back(0);
    nodes_[at].secret.emplace(number, false);
    watch_timely(number);
    watch_published(number);
}

// The next version of a thing, or its removal; nothing follows a removal.
void World::on(const VersionDue& event) {
    const auto [of, removal] = event;
    const std::uint32_t at = origin_[of];
    SimNode& node = nodes_[at];
    if (calm_ || (!oracle_[of].newer.empty() && oracle_[oracle_[of].newer.back()].removal)) return;
    if (!node.online || !clock_fits(node)) return events_.push(now_ + tick * 6, event);
    const ItemNumber number = oracle_.renew(of, now_of(node).wall, now_, removal);
    own(at, number);
    node.own.push_back(number);
    turn(at, core::Submit{oracle_[number].item});
}

// ---- faults -------------------------------------------------------------------------------------

// How many of `population` it meets in one tick.
std::uint64_t World::due(std::int64_t percent_an_hour, std::uint64_t population) {
    const std::uint64_t share = static_cast<std::uint64_t>(percent_an_hour) * population *
                                static_cast<std::uint64_t>(tick.count() / 1000);
    constexpr std::uint64_t whole = 100 * 3600;
    return share / whole + (fault_rng_.below(whole) < share % whole ? 1 : 0);
}

void World::on(const FaultsDue&) {
    if (calm_) return;
    grow_old();
    const Scenario& scenario = options_.scenario;
    const auto victim = [&] { return static_cast<std::uint32_t>(fault_rng_.below(nodes_.size())); };
    const auto return_after = [&](std::uint32_t at, std::int64_t least_s, std::int64_t most_s) {
        events_.push(now_ + fault_rng_.between(Millis(least_s * 1000), Millis(most_s * 1000)),
                     NodeStarts{at});
    };
    for (std::uint64_t left = due(scenario.churn, nodes_.size()); left > 0; --left) {
        const std::uint32_t at = victim();
        if (!nodes_[at].online) continue;
        stop(at);
        return_after(at, 60, 600);
    }
    for (std::uint64_t left = due(scenario.crash, nodes_.size()); left > 0; --left) {
        const std::uint32_t at = victim();
        if (!nodes_[at].online || !nodes_[at].honest) continue;
        nodes_[at].crash = static_cast<Crash>(1 + fault_rng_.below(crash_kinds));
        return_after(at, 65, 180);
    }
    for (std::uint64_t left = due(scenario.jump, nodes_.size()); left > 0; --left)
        nodes_[victim()].skew = base::Seconds(
            fault_rng_.between(Millis(-scenario.jump_s), Millis(scenario.jump_s)).count());
    break_disks();
    const std::uint64_t links = wires_.open_count();
    const std::uint64_t cuts = due(scenario.cut, links);
    for (std::uint64_t left = cuts + due(scenario.stall, links) * 2; left > 0; --left) {
        const SimNode& node = nodes_[victim()];
        if (node.wires.empty()) continue;
        const std::uint64_t number = node.wires[fault_rng_.below(node.wires.size())];
        if (fault_rng_.below(2) == 0 && scenario.cut > 0)
            cut(number, Millis(10'000));
        else
            wires_.find(number)->ends[fault_rng_.below(2)].stalled_until = now_ + Millis(60'000);
    }
    events_.push(now_ + tick, FaultsDue{});
}

// Nothing is drawn where nothing is to happen: other scenarios keep their bytes.
void World::break_disks() {
    const Scenario& scenario = options_.scenario;
    const auto each = [&](std::int64_t percent, auto act) {
        if (percent == 0) return;
        for (std::uint64_t left = due(percent, nodes_.size()); left > 0; --left)
            act(static_cast<std::uint32_t>(fault_rng_.below(nodes_.size())));
    };
    each(scenario.recover, [this](std::uint32_t at) { on(DiskLost{at, ComesBack::by_words}); });
    each(scenario.restore, [this](std::uint32_t at) { back_up(at); });
    each(scenario.full, [this](std::uint32_t at) {
        if (is_in_use(at))
            nodes_[at].broken = static_cast<Crash>(1 + fault_rng_.below(broken_kinds));
    });
}

// Some links that cross are cut, on others only one direction stops: the asymmetric kind.
void World::on(const PartitionBegins&) {
    parted_ = true;
    const Scenario& scenario = options_.scenario;
    const base::MonoTime until =
        scenario.partition == 1 ? now_ + Millis(scenario.faults_s * 500) : calm_at_;
    for (std::uint32_t at = 0; at < nodes_.size(); ++at)
        for (const std::uint64_t number : nodes_[at].wires) {
            Wire& wire = *wires_.find(number);
            if (wire.ends[0].node != at || wire.cut) continue;  // each once
            if (nodes_[wire.ends[0].node].side == nodes_[wire.ends[1].node].side) continue;
            if (fault_rng_.below(2) == 0)
                cut(number, Millis(30'000));
            else
                wire.ends[fault_rng_.below(2)].stalled_until = until;
        }
}

void World::on(const CalmBegins&) {
    if (options_.scenario.lose > 0) measure_found("_later");
    calm_ = true;
    note_share();
    if (discovers()) measure_outbound();
    finding_.idle = false;
    parted_ = false;
    for (std::uint32_t at = 0; at < nodes_.size(); ++at) {
        SimNode& node = nodes_[at];
        node.skew = base::Seconds(0);
        node.crash = Crash::no;
        if (node.engine && !node.engine->is_paused()) node.broken = Crash::no;
        if (!node.online)
            events_.push(now_ + fault_rng_.between(Millis(0), Millis(60'000)), NodeStarts{at});
        for (const std::uint64_t number : node.wires) {
            Wire& wire = *wires_.find(number);
            for (WireEnd& end : wire.ends) end.stalled_until = std::min(end.stalled_until, now_);
        }
    }
    events_.push(now_ + Millis(5000), CalmLooked{});
}

}  // namespace hearsay::sim
