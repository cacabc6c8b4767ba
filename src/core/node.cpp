#include "core/node.hpp"

#include "base/ensure.hpp"
#include "base/limits.hpp"

namespace hearsay::core {
namespace {

namespace limits = base::limits;
using base::Fault;

template <class... Handlers>
struct Overloaded : Handlers... {
    using Handlers::operator()...;
};

}  // namespace

struct Node::Step {
    base::Now now;
    const StoreView& view;
    Effects& out;
    std::size_t first_effect;  // of this step
};

Node::Node(NodeOptions options)
    : links_(options.self, options.network, base::Rng(options.seed)), ingest_(options.network) {
    for (const KnownPeer& peer : options.known_peers) links_.restore(peer);
}

void Node::step(const Input& input, base::Now now, const StoreView& view, Effects& out) {
    Step step{now, view, out, out.size()};
    const Overloaded handle{
        [&](const LinkUp& up) { links_.on_link_up(up.link, up.peer, up.outbound, now, out); },
        [&](const LinkDown& down) {
            links_.on_link_down(down.link, down.fault, now, out);
            exchange_.on_link_gone(down.link);
        },
        [&](const DialFailed& failed) {
            links_.on_dial_failed(failed.peer, failed.fault, failed.why, now, out);
        },
        [&](const FrameReceived& received) { on_frame(received, step); },
        [&](const LinkDrained& drained) { on_drained(drained.link, step); },
        [&](const Verified& verified) { on_verified(verified, step); },
        [&](const TimerFired&) {},
        [&](const Submit& submit) { on_submit(submit, step); },
        [&](const AddPeer& add) { links_.add_peer(add.peer, add.manual, now, out); },
        [&](const RemovePeer& remove) { links_.remove_peer(remove.peer, out); },
        [&](const NetworkReady& ready) { links_.set_network_ready(ready.ready); },
    };
    std::visit(handle, input);
    // Frames and verdicts are many and never change who is to be dialled; the timer comes anyway.
    if (!std::holds_alternative<FrameReceived>(input) && !std::holds_alternative<Verified>(input))
        links_.on_timer(now, out);
    if (std::holds_alternative<TimerFired>(input)) retention_.on_timer(now, view, out);
    settle(step);
}

// Whatever ended a link in this step, the exchange over it is over too; whatever forgot an item, nobody
// follows it.
void Node::settle(Step& step) {
    for (std::size_t i = step.first_effect; i < step.out.size(); ++i) {
        if (const auto* gone = std::get_if<Disconnect>(&step.out[i])) exchange_.on_link_gone(gone->link);
        if (const auto* forget = std::get_if<Forget>(&step.out[i])) relay_.on_forgotten(forget->id);
    }
}

base::MonoTime Node::next_deadline(base::Now now) const {
    return std::min(links_.next_deadline(now), retention_.next_deadline());
}

void Node::on_frame(const FrameReceived& received, Step& step) {
    const LinkState* link = links_.find(received.link);
    if (!link) return;  // we ended it; what was on its way does not matter
    auto message = parse(received.frame);
    std::optional<Fault> fault;
    if (!message)
        fault = message.error();
    else if (!link->greeted() && !std::holds_alternative<Hello>(*message))
        fault = Fault::frame_unexpected;
    else
        fault = on_message(received.link, *message, step);
    if (fault)
        links_.punish(received.link, *fault, step.now, step.out);
    else
        links_.on_heard(received.link, step.now);
}

std::optional<Fault> Node::on_message(base::LinkId link, Message& message, Step& step) {
    const bool anonymous = links_.find(link)->anonymous();
    const Overloaded handle{
        [&](Hello& hello) -> std::optional<Fault> {
            if (const auto fault = links_.on_hello(link, hello, step.now, step.out)) return fault;
            if (!anonymous) exchange_.on_greeted(link, step.view, step.out);
            return std::nullopt;
        },
        [&](Ping& ping) -> std::optional<Fault> {
            links_.on_ping(link, ping, step.out);
            return std::nullopt;
        },
        [&](Pong& pong) { return links_.on_pong(link, pong); },
        [&](Items& items) { return on_items(link, items, step); },
        [&](Have& have) { return exchange_.on_have(link, have, ingest_, step.view, step.out); },
        [&](Want& want) -> std::optional<Fault> {
            std::vector<base::ItemId> has;
            const auto fault = exchange_.on_want(link, want, step.now, step.view, has, step.out);
            if (!fault) note_has(link, has, step);
            return fault;
        },
    };
    return std::visit(handle, message);
}

std::optional<Fault> Node::on_items(base::LinkId link, Items& items, Step& step) {
    LinkState& state = *links_.find(link);
    for (item::Item& item : items.items) {
        ++state.items_received;
        if (state.anonymous() && state.items_received > limits::items_per_anonymous_link_max)
            return Fault::too_many_requests;
        const auto fault = ingest_.on_item(link, std::move(item), step.now, step.view, step.out);
        if (!fault) continue;
        if (base::cost(*fault) == base::Cost::link) return fault;
        step.out.push_back(Notify{Refused{link, *fault}});
    }
    return std::nullopt;
}

void Node::on_drained(base::LinkId link, Step& step) {
    std::vector<base::ItemId> has;
    exchange_.on_drained(link, step.now, step.view, has, step.out);
    note_has(link, has, step);
}

void Node::note_has(base::LinkId link, const std::vector<base::ItemId>& ids, Step& step) {
    const LinkState* state = links_.find(link);
    if (!state || !state->peer) return;
    for (const base::ItemId& id : ids) relay_.on_peer_has(id, *state->peer, step.out);
}

void Node::on_verified(const Verified& verified, Step& step) {
    const auto outcome = ingest_.on_verified(verified.job, verified.fault, step.now, step.view, step.out);
    for (const auto& [link, fault] : outcome.faults) {
        if (link)
            links_.punish(*link, fault, step.now, step.out);
        else
            step.out.push_back(Notify{Refused{std::nullopt, fault}});
    }
    if (!outcome.accepted) return;
    const Accepted& accepted = *outcome.accepted;
    if (accepted.own) relay_.follow(accepted.item->id);
    step.out.push_back(Notify{ItemStored{accepted.item, accepted.own}});
    relay_.on_accepted(accepted, links_, step.out);
}

void Node::on_submit(const Submit& submit, Step& step) {
    if (step.view.presence(submit.item->id) == Presence::alive) {
        relay_.follow(submit.item->id);
        return;
    }
    if (const auto fault = ingest_.on_own_item(submit.item, step.now, step.view, step.out))
        step.out.push_back(Notify{Refused{std::nullopt, *fault}});
}

}  // namespace hearsay::core
