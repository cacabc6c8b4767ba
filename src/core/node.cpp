#include <algorithm>

#include "base/ensure.hpp"
#include "base/limits/links.hpp"
#include "base/overloaded.hpp"
#include "core/node_step.hpp"

namespace hearsay::core {
namespace {

namespace limits = base::limits;
using base::Fault;

std::size_t inbound_max(const DiscoverySettings& settings) {
    return settings.max_connections - std::min(settings.degree, settings.max_connections);
}

}  // namespace

Node::Node(NodeOptions options)
    : rng_(options.seed),
      network_(options.network),
      links_(options.self, options.network, inbound_max(options.discovery), rng_.fork()),
      retention_(options.store_budget, options.takes_pictures),
      traffic_(options.traffic),
      ingest_(
          options.network, retention_, [this](base::LinkId link) { return pile_of(link); },
          options.keeps_hidden ? nullptr : &aside_),
      injection_(options.self, options.network, rng_.fork(), options.injection),
      // Who may lay aside what an id stands for says only what it has: else it would promise others
      // what it does not deliver.
      relay_(options.keeps_hidden ? options.relay : RelayMode::announce, options.network, floors_,
             traffic_),
      reconcile_(rng_.fork(), floors_, traffic_, &aside_),
      discovery_(options.self, options.discovery, rng_.fork()),
      audit_(options.self, options.network, rng_.fork()) {
    // The routing table's order is by when they were seen.
    std::stable_sort(
        options.known_peers.begin(), options.known_peers.end(),
        [](const KnownPeer& a, const KnownPeer& b) { return a.last_seen < b.last_seen; });
    for (const KnownPeer& peer : options.known_peers) discovery_.restore(peer);
    for (const Candidate& candidate : options.candidates) discovery_.restore(candidate);
}

void Node::step(const Input& input, base::Now now, const StoreView& view, Effects& out) {
    Step step{now, view, out, out.size()};
    const base::Overloaded handle{
        [&](const LinkUp& up) { on_link_up(up, step); },
        [&](const LinkDown& down) {
            links_.on_link_down(down.link, down.fault, now, out);
            floors_.on_link_gone(down.link);
            relay_.on_link_gone(down.link, now);
            reconcile_.on_link_gone(down.link, now);
        },
        [&](const DialFailed& failed) {
            if (failed.fault) out.push_back(Notify{Refused{std::nullopt, *failed.fault}});
            discovery_.on_dial_failed(failed.peer, failed.why, now, out);
        },
        [&](const FrameReceived& received) { on_frame(received, step); },
        [&](const LinkDrained& drained) {
            relay_.on_drained(drained.link, now, view, out);
            reconcile_.on_drained(drained.link, now, view, out);
        },
        [&](const Verified& verified) { on_verified(verified, step); },
        [&](const TimerFired&) {},
        [&](const Submit& submit) { on_submit(submit, step); },
        [&](const Brought& brought) { on_brought(brought, step); },
        [&](const Recall& recall) { injection_.on_forgotten(recall.id); },
        [&](const AddPeer& add) {
            if (add.pinned) links_.scores().forgive(add.peer);
            discovery_.add_peer(add.peer, add.pinned, now, out);
        },
        [&](const RemovePeer& remove) {
            discovery_.remove_peer(remove.peer, now, out);
            if (const auto link = links_.link_of(remove.peer)) links_.end(*link, out);
        },
        [&](const BanPeer& ban) { on_ban(ban, step); },
        [&](const UnbanPeer& unban) {
            links_.scores().forgive(unban.peer);
            discovery_.unban_peer(unban.peer, now, out);
        },
        [&](const Suggest& suggest) { discovery_.suggest(suggest.peer, now, out); },
        [&](const SetBudget& budget) { retention_.set_budget(budget.bytes); },
        [&](const SetTraffic& set) { on_limits(set.limits, step); },
        [&](const ListsChanged&) { on_lists_changed(step); },
        [&](const LookUp& wish) { discovery_.look_up(wish.target); },
        [&](const NetworkReady& ready) {
            discovery_.set_network_ready(ready.ready, now);
            injection_.set_network_ready(ready.ready);
            audit_.set_network_ready(ready.ready);
        },
        [&](const AuditItem& wish) { audit_.on_wished(wish, now, links_, discovery_, view, out); },
        [&](const Probed& probed) { audit_.on_probed(probed, out); },
        [&](const Injected& injected) {
            injection_.on_injected(injected, now, out);
            const std::uint32_t times = injection_.in_vain(injected.id);
            if (injected.ok && times > 0 && times % limits::vain_injections == 0)
                floors_.believe_more();
        },
    };
    std::visit(handle, input);
    // Frames and verdicts are many and never change who is to be dialled; the timer comes anyway.
    if (!std::holds_alternative<FrameReceived>(input) && !std::holds_alternative<Verified>(input)) {
        links_.on_timer(now, out);
        on_links_ended(step);
        discovery_.on_timer(now, links_, out);
        injection_.on_timer(now, links_, discovery_, view, out);
        audit_.on_timer(now, out);
    }
    if (std::holds_alternative<TimerFired>(input)) {
        relay_.on_timer(now, view, out);
        reconcile_.on_timer(now, view, out);
        if (const auto late = relay_.take_overdue(now.mono)) retention_.hold_up(*late, now);
        retention_.on_timer(now, view, out);
        aside_.expire(now.wall);
    }
    settle(step);
#ifndef NDEBUG
    constexpr std::size_t checked_one_in = 64;
    if (++steps_ % checked_one_in == 0) sanity_check();
#endif
}

void Node::sanity_check() const {
    links_.sanity_check();
    floors_.sanity_check();
    ingest_.sanity_check();
    aside_.sanity_check();
    relay_.sanity_check();
    injection_.sanity_check();
    reconcile_.sanity_check();
    discovery_.sanity_check();
    audit_.sanity_check();
}

// Whatever ended a link in this step, comparing over it is over too; whatever forgot an item,
// nobody follows it; whoever matched our view has what we follow.
void Node::settle(Step& step) {
    for (const auto& [link, fault] : reconcile_.take_faults())
        links_.punish(link, fault, step.now, step.out);
    on_links_ended(step);
    for (std::size_t i = step.first_effect; i < step.out.size(); ++i) {
        if (const auto* gone = std::get_if<Disconnect>(&step.out[i])) {
            floors_.on_link_gone(gone->link);
            relay_.on_link_gone(gone->link, step.now);
            reconcile_.on_link_gone(gone->link, step.now);
        }
        if (const auto* forget = std::get_if<Forget>(&step.out[i])) {
            injection_.on_forgotten(forget->id);
            reconcile_.on_forgotten(forget->id, step.view);
        }
        if (const auto* better = std::get_if<Improve>(&step.out[i])) {
            injection_.on_improved(better->id, better->level);
            reconcile_.on_improved(better->id, better->level, step.view);
        }
    }
    for (const Reconcile::Match& match : reconcile_.take_matches()) {
        const LinkState* link = links_.find(match.link);
        if (!link || !link->peer) continue;
        const auto counted = [&](const base::ItemId& id) {
            const auto standing = step.view.standing(id);
            return standing && item::is_above(*standing, match.floors);
        };
        injection_.on_peer_has_all(*link->peer, match.begun, match.handed_over, counted, step.out);
    }
    for (const LaidAside::Change& change : aside_.take_changes()) reconcile_.on_aside(change);
    settle_floors(step);
    if (!brought_.empty()) judge_what_is_left(step);
}

void Node::settle_floors(Step& step) {
    floors_.set_ours(retention_.floors());
    floors_.tell(step.now.mono, step.out);
    if (const item::Floors price = floors_.price(); price != price_) {
        price_ = price;
        step.out.push_back(Notify{PriceChanged{price}});
    }
}

void Node::on_limits(const TrafficLimits& limits, Step& step) {
    traffic_.set_limits(limits);
    relay_.on_limits(step.now, step.view, step.out);
    reconcile_.on_timer(step.now, step.view, step.out);
}

// One for each link, of 254; what came over links that pass, or that are gone, lies together.
Pile Node::pile_of(base::LinkId link) const {
    const LinkState* state = links_.find(link);
    if (!state || state->passing()) return pile_visitors;
    return static_cast<Pile>(1 + static_cast<std::uint64_t>(link) % (pile_visitors - 1));
}

void Node::on_links_ended(Step& step) {
    for (const EndedLink& ended : links_.take_ended())
        discovery_.on_link_ended(ended, step.now, step.out);
    for (const auto& [peer, fault] : links_.take_banned_late())
        discovery_.on_banned(peer, fault, step.now, step.out);
}

void Node::on_link_up(const LinkUp& up, Step& step) {
    std::optional<DialPurpose> purpose = DialPurpose::link;
    if (up.outbound && up.peer) purpose = discovery_.on_dialled(up.link, *up.peer);
    const bool banned = up.peer && discovery_.is_banned(*up.peer, step.now.wall);
    const bool wanted = purpose && !banned;
    if (!wanted) step.out.push_back(Disconnect{up.link, std::nullopt});
    const Ties ties = up.peer ? discovery_.ties(*up.peer) : Ties{};
    const bool stays =
        wanted && links_.on_link_up(up.link, up.peer, up.outbound, *purpose == DialPurpose::visit,
                                    ties, step.now, step.out);
    if (!stays && up.outbound && up.peer) discovery_.on_link_refused(up.link, *up.peer, step.now);
}

void Node::on_ban(const BanPeer& ban, Step& step) {
    discovery_.ban_peer(ban.peer, ban.how_long, ban.reason, step.now, step.out);
    std::vector<base::LinkId> gone;
    for (const auto& [id, link] : links_.all())
        if (link.peer == ban.peer) gone.push_back(id);
    for (const base::LinkId link : gone) links_.end(link, step.out);
}

base::MonoTime Node::next_deadline() const {
    return std::min({links_.next_deadline(), discovery_.next_deadline(), relay_.next_deadline(),
                     injection_.next_deadline(), reconcile_.next_deadline(),
                     retention_.next_deadline(), floors_.next_deadline(), audit_.next_deadline()});
}

Node::Matches Node::view_matches() const {
    Matches out;
    for (const auto& [id, link] : links_.all()) {
        if (!link.stands()) continue;
        ++out.peers;
        out.matching += in_sync(id) ? 1 : 0;
    }
    return out;
}

// What each frame asks of the parts: all of it is here, and a type of message without a line does
// not compile. The link is there: on_frame() has found it, and nothing is done before.
// Relay and Reconcile do not know passing links: they find what comes over those out of turn.
struct Node::Dispatch {
    using Answer = std::optional<Fault>;  // what the sender did wrong

    Node& node;
    base::LinkId link;
    Step& step;

    Answer operator()(const Hello& hello) { return node.on_hello(link, hello, step); }
    Answer operator()(const Ping& ping) {
        node.links_.on_ping(link, ping, step.out);
        return std::nullopt;
    }
    Answer operator()(const Pong& pong) { return node.links_.on_pong(link, pong, step.now); }

    Answer operator()(Items& items) { return node.on_items(link, items, step); }
    Answer operator()(const Announce& announce) { return node.on_announce(link, announce, step); }
    Answer operator()(const Request& request) {
        return node.relay_.on_request(link, request, step.now, step.view, step.out);
    }
    Answer operator()(const Push& push) { return node.relay_.on_push(link, push); }
    Answer operator()(const Floor& floor) {
        if (!node.floors_.on_floor(link, floor)) return Fault::frame_unexpected;
        return std::nullopt;
    }

    Answer operator()(const Have& have) { return node.on_have(link, have, step); }
    Answer operator()(const Want& want) { return node.on_want(link, want, step); }
    Answer operator()(const Compare& compare) {
        return node.reconcile_.on_compare(link, compare, step.now, step.view, step.out);
    }
    Answer operator()(const Symbols& symbols) {
        return node.reconcile_.on_symbols(link, symbols, step.now, step.view, step.out);
    }
    Answer operator()(const More& more) {
        return node.reconcile_.on_more(link, more, step.now, step.view, step.out);
    }
    Answer operator()(const Fetch& fetch) {
        return node.reconcile_.on_fetch(link, fetch, step.now, step.view, step.out);
    }
    Answer operator()(const Done& done) {
        return node.reconcile_.on_done(link, done, step.now, step.out);
    }

    Answer operator()(const Find& find) {
        // total: on_frame() has found it
        node.discovery_.on_find(link, *node.links_.find(link), find, step.out);
        return std::nullopt;
    }
    Answer operator()(const Contacts& contacts) {
        const bool over = node.discovery_.on_contacts(link, contacts, step.now, step.out);
        if (over) node.links_.end(link, step.out);
        return std::nullopt;
    }

    Answer operator()(const Probe& probe) {
        step.out.push_back(Send{link, encode(node.audit_.answer(probe, step.now.mono, step.view))});
        return std::nullopt;
    }
    // Ours are asked over links that the core does not know: nobody who is linked was asked.
    Answer operator()(const Held&) { return std::nullopt; }
};

void Node::on_frame(const FrameReceived& received, Step& step) {
    LinkState* link = links_.find(received.link);
    if (!link) return;  // we ended it; what was on its way does not matter
    BrokenRule broken;
    auto message = parse(received.frame, &broken);
    std::optional<Fault> fault;
    const bool passing = link->passing();
    const bool is_hello = message && std::holds_alternative<Hello>(*message);
    if (!message && message.error() != Fault::frame_unknown) {
        fault = message.error();
    } else if (!link->greeted() && !is_hello) {
        fault = Fault::frame_unexpected;
        broken = {message ? name_of(*message) : "an unknown frame", "before Hello"};
    } else if (message) {
        fault = on_budgeted(*link, received.link, *message, step, broken);
    } else {
        if (link->budgets.take_unknown(received.frame.size(), step.now.mono) ==
            FrameBudgets::Verdict::ignored)
            return;
        fault = message.error();
    }
    if (fault && message && broken.frame.empty())
        broken = rule_broken_by(received.frame, *message, *fault, passing);
    if (fault) links_.punish(received.link, *fault, step.now, step.out, broken);
    // What we do not understand shows as well that somebody is there.
    if (!fault || fault == Fault::frame_unknown) links_.on_heard(received.link, step.now);
}

std::optional<Fault> Node::on_budgeted(LinkState& state, base::LinkId link, Message& message,
                                       Step& step, BrokenRule& broken) {
    switch (state.budgets.take(message, step.now.mono)) {
        case FrameBudgets::Verdict::too_many:
            broken = {name_of(message), "beyond its budget (section 12)"};
            return Fault::too_many_requests;
        case FrameBudgets::Verdict::ignored:
            return std::nullopt;
        case FrameBudgets::Verdict::within:
            break;
    }
    return std::visit(Dispatch{*this, link, step}, message);
}

std::optional<Fault> Node::on_hello(base::LinkId link, const Hello& hello, Step& step) {
    const auto peer = links_.find(link)->peer;
    const Ties ties = peer ? discovery_.ties(*peer) : Ties{};
    const auto welcome = links_.on_hello(link, hello, ties, step.now, step.out);
    if (!welcome) return welcome.error();
    if (*welcome == Links::Welcome::ended) return std::nullopt;
    const LinkState& state = *links_.find(link);  // total: on_frame() has found it
    discovery_.on_greeted(link, state, step.now, step.out);
    if (state.passing()) return std::nullopt;
    floors_.on_greeted(link);
    floors_.tell(step.now.mono, step.out);
    relay_.on_greeted(link, step.now, step.out);
    reconcile_.on_greeted(link, state.outbound, step.now, step.view, step.out);
    return std::nullopt;
}

std::optional<Fault> Node::on_announce(base::LinkId link, const Announce& announce, Step& step) {
    for (const Announced& item : announce.items) on_peer_has(link, item.id, step);
    const auto fault = relay_.on_announce(link, announce, ingest_, step.view, step.now, step.out);
    if (fault != Fault::too_many_requests) return fault;
    end_blameless(link, *fault, "Announce", step);
    return std::nullopt;
}

std::optional<Fault> Node::on_have(base::LinkId link, const Have& have, Step& step) {
    const auto fault = reconcile_.on_have(link, have, ingest_, step.now, step.view, step.out);
    if (fault) return fault;
    for (const base::ItemId& id : have.ids) on_peer_has(link, id, step);
    return std::nullopt;
}

std::optional<Fault> Node::on_want(base::LinkId link, const Want& want, Step& step) {
    std::vector<base::ItemId> has;
    const auto fault = reconcile_.on_want(link, want, step.now, step.view, has, step.out);
    if (fault) return fault;
    for (const base::ItemId& id : has) on_peer_has(link, id, step);
    return std::nullopt;
}

// Too much in vain, which others can bring about: the link ends, and nobody is kept out.
void Node::end_blameless(base::LinkId link, Fault fault, std::string_view frame, Step& step) {
    step.out.push_back(
        Notify{Refused{link, fault, {frame, "too many bytes in vain (section 6, Waste)"}}});
    links_.end(link, step.out);
}

std::optional<Fault> Node::on_items(base::LinkId link, Items& items, Step& step) {
    LinkState& state = *links_.find(link);  // total: on_frame() has found it
    BetterNonces better(network_, step.now, step.view, step.out);
    for (item::Item& item : items.items) {
        ++state.items_received;
        if (state.passing() && state.items_received > limits::items_per_passing_link_max)
            return Fault::too_many_requests;
        const std::uint64_t nonce = item.nonce;
        const auto admission =
            ingest_.on_item(link, std::move(item), step.now, step.view, step.out);
        // One that we cannot judge ends nothing: to us it is as if it had not come.
        if (!admission && base::cost(admission.error()) == base::Cost::nothing) {
            step.out.push_back(Notify{Refused{link, admission.error()}});
            continue;
        }
        if (!admission) return admission.error();
        const bool asked = reconcile_.on_copy(link, *admission, step.now);
        if (!state.passing())
            traffic_.on_came(asked ? Use::rounds : Use::flood, admission->bytes, step.now.mono);
        if (admission->fault) step.out.push_back(Notify{Refused{link, *admission->fault}});
        if (step.view.presence(admission->id) == Presence::alive)
            on_peer_has(link, admission->id, step);
        const bool compared = asked || (!state.passing() && items.hops >= hops_bulk);
        if (admission->novelty == Novelty::held &&
            relay_.on_better_copy(link, admission->id, nonce, compared, better, step.now, step.out))
            continue;
        const auto fault = relay_.on_copy(link, *admission, items.hops, asked, step.now, step.out);
        if (!fault) continue;
        end_blameless(link, *fault, "Items", step);
        return std::nullopt;
    }
    return std::nullopt;
}

void Node::on_lists_changed(Step& step) {
    aside_.clear();
    reconcile_.on_aside_cleared(step.now, step.out);
}

void Node::on_submit(const Submit& submit, Step& step) {
    if (const auto fault = injection_.on_submit(submit, step.now, step.view))
        step.out.push_back(Notify{Refused{std::nullopt, *fault}});
}

void Node::on_peer_has(base::LinkId link, const base::ItemId& id, Step& step) {
    if (!injection_.follows(id)) return;  // nearly always
    const LinkState* state = links_.find(link);
    if (state && state->peer) injection_.on_peer_has(id, *state->peer, step.out);
}

}  // namespace hearsay::core
