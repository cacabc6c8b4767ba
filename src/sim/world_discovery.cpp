// Runs in which nobody is given a graph: nodes know a seed, or one node that is up, and find each
// other. Who comes and goes for ever, and what is measured of it.
#include <algorithm>
#include <cmath>

#include "base/limits/discovery.hpp"
#include "core/discovery/routing_table.hpp"
#include "sim/frames.hpp"
#include "sim/world.hpp"

namespace hearsay::sim {
namespace {

namespace limits = base::limits;
using base::Millis;

constexpr Millis look_every(5'000);
// A newcomer that is linked to nobody by then asks its user for another address.
constexpr Millis patience(120'000);
constexpr Millis idle_window(3'600'000);
constexpr Millis look_ups_within(120'000);
constexpr Millis sybils_within(60'000);
constexpr std::size_t enough_links = 8;
constexpr std::size_t invented_keys = 200;
constexpr std::size_t frame_head = 4;  // a frame's length

double share_of(std::size_t part, std::size_t all) {
    return all == 0 ? 1.0 : static_cast<double>(part) / static_cast<double>(all);
}

}  // namespace

// ---- who is who ---------------------------------------------------------------------------------

// In order: byzantine nodes, spies, seeds, others, those that go, those that come, sybils.
// Ids are random, so numbers may be.
void World::make_strangers() {
    const Scenario& scenario = options_.scenario;
    const std::uint32_t ours = options_.nodes;
    const auto share = [&](std::int64_t percent) {
        return static_cast<std::uint32_t>(std::int64_t{ours} * percent / 100);
    };
    const std::uint32_t byzantine = share(scenario.byzantine);
    const std::uint32_t spies = share(scenario.spies);
    const std::uint32_t newcomers = share(scenario.newcomers);
    const auto seeds =
        std::min(static_cast<std::uint32_t>(scenario.seeds), ours - byzantine - spies - newcomers);
    nodes_ = std::vector<SimNode>(ours * (1 + static_cast<std::size_t>(scenario.sybils)));
    Liars liars;
    for (std::uint32_t at = 0; at < nodes_.size(); ++at) {
        SimNode& node = nodes_[at];
        graph_rng_.fill(node.id);
        by_id_[node.id] = at;
        places_.push_back(core::node_id_of(node.id));
        node.sybil = at >= ours;
        node.honest = at >= byzantine && !node.sybil;
        if (at >= byzantine && at < byzantine + spies) spies_.enlist(at);
        node.seed = at >= byzantine + spies && at < byzantine + spies + seeds;
        node.newcomer = !node.sybil && at >= ours - newcomers;
        node.late = !node.newcomer && !node.sybil && !node.seed &&
                    at >= ours - newcomers - share(scenario.late);
        node.slow =
            node.honest && graph_rng_.below(100) < static_cast<std::uint64_t>(scenario.slow);
        node.side = graph_rng_.below(2) == 0;
        const bool in_turn = (at + options_.seed) % vice_count == vice_count - 1;
        const bool lies = scenario.vice == 0 ? in_turn : scenario.vice == vice_count;
        if (node.sybil || (!node.honest && lies)) liars.emplace_back(places_[at], node.id);
    }
    for (std::size_t left = scenario.sybils > 0 ? 0 : invented_keys; left > 0 && !liars.empty();
         --left) {
        base::PeerId nobody;
        graph_rng_.fill(nobody);
        liars.emplace_back(core::node_id_of(nobody), nobody);
    }
    liars_ = std::make_shared<const Liars>(std::move(liars));
    const auto random_honest = [&] { return byzantine + graph_rng_.below(ours - byzantine); };
    for (std::uint32_t at = 0; at < nodes_.size(); ++at) {
        SimNode& node = nodes_[at];
        if (!node.honest) make_byzantine(at);
        for (std::int64_t left = node.honest ? scenario.friends : 0; left > 0; --left)
            if (const auto other = random_honest(); other != at)
                node.own_store.apply(known(nodes_[other].id, true));
        node.own_store.commit();
    }
    find_connected();
}

// What a node's core is told beyond its own memory.
void World::settings_of(std::uint32_t at, core::NodeOptions& out) {
    SimNode& node = nodes_[at];
    out.discovery.discover = discovers();
    if (!discovers()) return;
    out.discovery.trust_age = options_.scenario.age != 0;
    out.candidates = node.own_store.candidates();
    if (node.newcomer) {
        if (!node.sponsor) node.sponsor = random_live(at);
        if (node.sponsor) out.discovery.bootstrappers = {*node.sponsor};
        return events_.push(now_ + patience, NewcomerLooks{{at, node.life}});
    }
    for (const SimNode& other : nodes_)
        if (other.seed && other.id != node.id) out.discovery.bootstrappers.push_back(other.id);
}

// Honest, up and linked to somebody.
std::optional<base::PeerId> World::random_live(std::uint32_t but) {
    for (int tries = 0; tries < 1000; ++tries) {
        const auto at = static_cast<std::uint32_t>(fault_rng_.below(nodes_.size()));
        const SimNode& node = nodes_[at];
        if (at != but && node.honest && node.online && node.engine->core().links().count(true) > 0)
            return node.id;
    }
    return std::nullopt;
}

void World::on(const NewcomerLooks& event) {
    if (!lives(event.of)) return;
    const std::uint32_t at = event.of.node;
    const auto& links = nodes_[at].engine->core().links().all();
    const bool linked = std::any_of(links.begin(), links.end(),
                                    [](const auto& entry) { return entry.second.stands(); });
    if (linked) return;
    events_.push(now_ + patience, NewcomerLooks{event.of});
    if (const auto other = random_live(at)) turn(at, core::Suggest{*other});
}

// ---- what happens -------------------------------------------------------------------------------

void World::plan_discovery(base::MonoTime begin) {
    const Scenario& scenario = options_.scenario;
    const Millis phase(scenario.faults_s * 1000);
    finding_.from = scenario.from_join != 0 ? now_ : calm_at_;
    events_.push(finding_.from + look_every, SettlingLooked{});
    if (scenario.idle != 0) events_.push(calm_at_ - idle_window, IdleHourBegins{});
    const auto ours = static_cast<std::uint32_t>(options_.nodes);
    const auto share = [&](std::int64_t percent) {
        return static_cast<std::uint32_t>(std::int64_t{ours} * percent / 100);
    };
    const std::uint32_t first_newcomer = ours - share(scenario.newcomers);
    for (std::uint32_t at = 0; at < nodes_.size(); ++at) {
        const SimNode& node = nodes_[at];
        if (node.seed && scenario.seeds_die != 0) events_.push(begin, NodeLeaves{at});
        if (node.newcomer)
            events_.push(begin + fault_rng_.between(Millis(0), phase), NodeStarts{at});
        else if (at < first_newcomer && at >= first_newcomer - share(scenario.leave))
            events_.push(begin + fault_rng_.between(Millis(0), phase), NodeLeaves{at});
        if (node.sybil)
            events_.push(begin + fault_rng_.between(Millis(0), sybils_within), NodeStarts{at});
        if (scenario.restart != 0 && node.honest)
            events_.push(begin + phase * 3 / 4 + fault_rng_.between(Millis(0), Millis(300'000)),
                         NodeRestarts{at});
    }
}

// The network has lived for days in which nothing happened. Nobody notices: only dates change.
void World::grow_old() {
    older_ = base::Seconds(options_.scenario.age_s);
}

// For ever. What nobody else holds is lost with it.
void World::lose(std::uint32_t at) {
    if (nodes_[at].online) stop(at);
    nodes_[at].lost = true;
    find_connected();
    lost_items_.resize(oracle_.size());
    for (const ItemNumber number : nodes_[at].own) {
        const base::ItemId& id = oracle_[number].item->id;
        lost_items_[number] = std::none_of(nodes_.begin(), nodes_.end(), [&](const SimNode& node) {
            return node.connected && node.store.presence(id) == core::Presence::alive;
        });
    }
}

// ---- what is measured ---------------------------------------------------------------------------

// Of honest nodes that are up: how many have enough links,
// and how many parts the links between them make.
World::Graph World::look_at_links() const {
    std::vector<std::uint32_t> part(nodes_.size());
    for (std::uint32_t at = 0; at < part.size(); ++at) part[at] = at;
    const auto root = [&](std::uint32_t at) {
        while (part[at] != at) at = part[at] = part[part[at]];
        return at;
    };
    std::size_t up = 0;
    std::size_t linked = 0;
    std::size_t joined = 0;
    for (std::uint32_t at = 0; at < nodes_.size(); ++at) {
        const SimNode& node = nodes_[at];
        if (!counts(node) || !node.online) continue;
        ++up;
        std::size_t links = 0;
        for (const auto& [id, link] : node.engine->core().links().all()) {
            if (!link.stands()) continue;
            ++links;
            const std::uint32_t other = by_id_.at(*link.peer);
            if (!counts(nodes_[other]) || !nodes_[other].online || root(at) == root(other))
                continue;
            part[root(at)] = root(other);
            ++joined;
        }
        linked += links >= enough_links ? 1 : 0;
    }
    return {share_of(linked, up), up - joined};
}

// All that were to come have come: a network that is half there looks complete, too.
void World::on(const SettlingLooked&) {
    const Scenario& scenario = options_.scenario;
    finding_.graph = look_at_links();
    const bool all_here = std::all_of(nodes_.begin(), nodes_.end(), [](const SimNode& node) {
        return !counts(node) || node.online || node.late || node.newcomer;
    });
    if (all_here && finding_.graph.connected_share == 1 && finding_.graph.components == 1) {
        finding_.settled = now_;
        return begin_look_ups();
    }
    const Millis most(scenario.settle_s > 0 ? scenario.settle_s * 1000 : scenario.calm_s * 1000);
    if (now_ - finding_.from < most) return events_.push(now_ + look_every, SettlingLooked{});
    begin_look_ups();
}

void World::begin_look_ups() {
    for (std::int64_t left = options_.scenario.lookups; left > 0; --left) {
        const auto at = static_cast<std::uint32_t>(publish_rng_.below(nodes_.size()));
        events_.push(now_ + publish_rng_.between(Millis(0), look_ups_within), LookUpDue{at});
    }
}

void World::on(const LookUpDue& event) {
    std::uint32_t at = event.node;
    if (!counts(nodes_[at]) || !nodes_[at].online) {  // another one then
        at = static_cast<std::uint32_t>(publish_rng_.below(nodes_.size()));
        return events_.push(now_ + Millis(1), LookUpDue{at});
    }
    base::NodeId target;
    publish_rng_.fill(target);
    finding_.asked[{at, target}] = now_;
    turn(at, core::LookUp{target});
}

// Beside the nearest honest nodes that are up now, of all that there are.
void World::note_looked_up(std::uint32_t at, const core::LookedUp& found) {
    const auto asked = finding_.asked.find({at, found.target});
    if (asked == finding_.asked.end()) return;  // its own
    std::vector<std::uint32_t> nearest;
    for (std::uint32_t other = 0; other < nodes_.size(); ++other)
        if (other != at && counts(nodes_[other]) && nodes_[other].online) nearest.push_back(other);
    const std::size_t most = std::min(nearest.size(), limits::bucket_contacts_max);
    std::partial_sort(nearest.begin(), nearest.begin() + static_cast<std::ptrdiff_t>(most),
                      nearest.end(), [&](std::uint32_t a, std::uint32_t b) {
                          return core::is_closer(found.target, places_[a], places_[b]);
                      });
    nearest.resize(most);
    finding_.wanted += most;
    for (const std::uint32_t other : nearest)
        finding_.found += std::find(found.found.begin(), found.found.end(), nodes_[other].id) !=
                          found.found.end();
    ++finding_.looked_up;
    finding_.hops += found.hops;
    finding_.questions += found.asked;
    finding_.waits.push_back(static_cast<std::uint32_t>((now_ - asked->second).count()));
    finding_.asked.erase(asked);
}

bool World::is_found() const {
    return finding_.settled &&
           finding_.looked_up >= static_cast<std::size_t>(options_.scenario.lookups);
}

// What discovery sends, at both ends of a link.
void World::note_frame(std::uint32_t from, std::uint32_t to, const core::FramePtr& frame) {
    const int kind = kind_of(*frame);
    if (kind != frame_find && kind != frame_contacts && kind != frame_hello) return;
    const std::size_t ends = (nodes_[from].honest ? 1U : 0U) + (nodes_[to].honest ? 1U : 0U);
    finding_.bytes += ends * (frame->size() + frame_head);
}

void World::measure_outbound() {
    std::size_t up = 0;
    std::size_t one = 0;
    std::size_t two = 0;
    for (const SimNode& node : nodes_) {
        if (!counts(node) || !node.online) continue;
        ++up;
        std::size_t honest = 0;
        for (const auto& [id, link] : node.engine->core().links().all())
            if (link.outbound && link.stands() && nodes_[by_id_.at(*link.peer)].honest) ++honest;
        one += honest >= 1 ? 1 : 0;
        two += honest >= 2 ? 1 : 0;
    }
    finding_.one_honest = share_of(one, up);
    finding_.two_honest = share_of(two, up);
}

// ---- the end ------------------------------------------------------------------------------------

void World::finish_discovery(Outcome& out) {
    const Scenario& scenario = options_.scenario;
    const auto add = [&](const std::string& name, double value) {
        out.extra.emplace_back(name, value);
    };
    const auto expect = [&](bool reached, const std::string& what) {
        if (!reached) out.failures.push_back(what);
    };
    const auto per = [](std::size_t sum, std::size_t count) {
        return static_cast<double>(sum) / static_cast<double>(std::max<std::size_t>(count, 1));
    };
    out.settled_ms = finding_.settled
                         ? static_cast<std::uint64_t>((*finding_.settled - finding_.from).count())
                         : 0;
    add("connected_share", finding_.graph.connected_share);
    add("components", static_cast<double>(finding_.graph.components));
    add("two_honest_outbound_share", finding_.two_honest);
    add("one_honest_outbound_share", finding_.one_honest);
    expect(scenario.settle_s == 0 || finding_.settled,
           "not settled within " + std::to_string(scenario.settle_s) +
               " s: " + std::to_string(100 * finding_.graph.connected_share) +
               " % of the nodes have 8 links, in " + std::to_string(finding_.graph.components) +
               " components");
    const auto percent = [](std::int64_t value) { return static_cast<double>(value) / 100; };
    expect(finding_.two_honest >= percent(scenario.two_honest_pct),
           "only " + std::to_string(100 * finding_.two_honest) +
               " % of the nodes have two honest outbound links");
    expect(finding_.one_honest >= percent(scenario.one_honest_pct),
           "only " + std::to_string(100 * finding_.one_honest) +
               " % of the nodes have an honest outbound link");
    if (scenario.lookups > 0) {
        const double hops = per(finding_.hops, finding_.looked_up);
        const double found = per(finding_.found, finding_.wanted);
        const double most =
            percent(scenario.hops_pct) * std::log2(static_cast<double>(options_.nodes));
        const auto waits = percentiles(finding_.waits);
        add("lookup_hops", hops);
        add("lookup_questions", per(finding_.questions, finding_.looked_up));
        add("lookup_t50_ms", waits[50]);
        add("lookup_t99_ms", waits[99]);
        add("closest_found_share", found);
        expect(finding_.looked_up == static_cast<std::size_t>(scenario.lookups),
               "look-ups did not end");
        expect(scenario.hops_pct == 0 || hops <= most, "look-ups take " + std::to_string(hops) +
                                                           " hops, at most " +
                                                           std::to_string(most) + " are wanted");
        expect(found >= percent(scenario.found_pct),
               "look-ups find " + std::to_string(100 * found) + " % of the true nearest");
    }
    if (scenario.idle == 0) return;
    const double hours = static_cast<double>(idle_window.count()) / 3'600'000;
    const double bytes = static_cast<double>(finding_.bytes) / honest_count() / (3600 * hours);
    const double circuits = static_cast<double>(finding_.dials) / honest_count() / hours;
    add("idle_bytes_per_s", bytes);
    add("idle_circuits_per_hour", circuits);
    expect(scenario.idle_bytes == 0 || bytes < static_cast<double>(scenario.idle_bytes),
           "an idle node's discovery takes " + std::to_string(bytes) + " bytes a second");
    expect(scenario.idle_circuits == 0 || circuits < static_cast<double>(scenario.idle_circuits),
           "an idle node opens " + std::to_string(circuits) + " circuits an hour");
}

}  // namespace hearsay::sim
