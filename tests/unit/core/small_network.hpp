// unit/core/small_network.hpp - a handful of nodes and of strangers that a test speaks for, linked
// as the test wants, in simulated time: each frame takes its link's latency,
// each check on a worker twenty milliseconds.
#pragma once

#include <algorithm>
#include <functional>
#include <map>

#include "base/limits/items.hpp"
#include "base/limits/links.hpp"
#include "base/rng.hpp"
#include "core/node.hpp"
#include "memory_store.hpp"
#include "unit/item/samples.hpp"

namespace hearsay::core {

class SmallNetwork {
public:
    using Place = std::size_t;
    base::Now now{base::MonoTime(base::Millis(5000)), samples::noon + base::Seconds(100)};
    std::size_t faults = 0;  // for which a node ended a link

    Place add_node() { return add(true); }
    // One that greets, answers pings, and else says only what a test has it say.
    Place add_stranger() { return add(false); }

    // The first dials.
    base::LinkId connect(Place a, Place b, base::Millis latency) {
        const base::LinkId link{++links_};
        wires_[link] = {a, b, latency, {}};
        if (members_[a].node) step(a, AddPeer{members_[b].key, true});
        up(a, link, b, true);
        up(b, link, a, false);
        return link;
    }
    void cut(base::LinkId link) {
        const Wire wire = wires_.at(link);
        wires_.erase(link);
        for (const Place end : {wire.a, wire.b})
            if (members_[end].node) step(end, LinkDown{link, std::nullopt});
    }
    bool is_up(base::LinkId link) const { return wires_.contains(link); }

    void say(Place stranger, base::LinkId link, const FramePtr& frame) {
        carry(stranger, link, frame);
    }
    void say_later(Place stranger, base::LinkId link, const FramePtr& frame, base::Millis wait) {
        at(now.mono + wait, [this, stranger, link, frame] { carry(stranger, link, frame); });
    }
    // What a stranger does with a frame that it is sent.
    std::function<void(Place stranger, base::LinkId, const Message&)> on_message;

    // Somebody hands an item over and goes.
    void inject(Place place, const item::Item& item) {
        const base::LinkId visitor{++links_};
        Hello hello{protocol_version,
                    static_cast<std::uint32_t>(samples::network),
                    now.wall,
                    false,
                    0,
                    false};
        std::size_t from = 0;
        step(place, LinkUp{visitor, std::nullopt, false});
        step(place, FrameReceived{visitor, *encode(hello)});
        step(place, FrameReceived{visitor, *encode_items({samples::accepted(item)}, from, 0)});
        step(place, LinkDown{visitor, std::nullopt});
    }

    void run_for(base::Millis time) {
        const base::MonoTime end = now.mono + time;
        for (;;) {
            base::MonoTime next = events_.empty() ? base::never : events_.begin()->first;
            Place due = members_.size();
            for (Place place = 0; place < members_.size(); ++place) {
                if (!members_[place].node) continue;
                const base::MonoTime wants =
                    std::max(members_[place].node->next_deadline(), now.mono);
                if (wants >= next) continue;
                next = wants;
                due = place;
            }
            if (next > end) break;
            pass_to(next);
            if (due < members_.size()) {
                step(due, TimerFired{});
            } else {
                const auto event = std::move(events_.begin()->second);
                events_.erase(events_.begin());
                event();
            }
        }
        pass_to(end);
    }

    std::optional<base::MonoTime> stored_at(Place place, const base::ItemId& id) const {
        const auto found = members_[place].stored.find(id);
        if (found == members_[place].stored.end()) return std::nullopt;
        return found->second;
    }
    const MemoryStore& store_of(Place place) const { return *members_[place].store; }
    std::size_t bytes_over(base::LinkId link, Place from) const {
        const auto found = wires_.at(link).bytes.find(from);
        return found == wires_.at(link).bytes.end() ? 0 : found->second;
    }
    // Over links that are up.
    std::size_t bytes_in_all() const {
        std::size_t out = 0;
        for (const auto& [link, wire] : wires_)
            for (const auto& [from, bytes] : wire.bytes) out += bytes;
        return out;
    }

private:
    struct Member {
        base::PeerId key;
        std::unique_ptr<Node> node;  // none: a stranger
        std::unique_ptr<MemoryStore> store;
        std::map<base::ItemId, base::MonoTime> stored;
        std::map<base::LinkId, std::size_t> unread;
    };
    struct Wire {
        Place a, b;
        base::Millis latency;
        std::map<Place, std::size_t> bytes;  // by who sent them
    };

    Place add(bool is_node) {
        const auto number = static_cast<std::uint8_t>(members_.size() + 1);
        Member& member = members_.emplace_back();
        member.key = samples::filled<base::PeerId>(number);
        if (!is_node) return members_.size() - 1;
        NodeOptions options;
        options.self = member.key;
        options.network = samples::network;
        options.seed = samples::filled<base::Secret>(number);
        options.discovery.discover = false;
        member.store = std::make_unique<MemoryStore>();
        member.node = std::make_unique<Node>(std::move(options));
        step(members_.size() - 1, NetworkReady{true});
        return members_.size() - 1;
    }
    void up(Place here, base::LinkId link, Place there, bool outbound) {
        if (members_[here].node) {
            step(here, LinkUp{link, members_[there].key, outbound});
        } else {
            const auto network = static_cast<std::uint32_t>(samples::network);
            carry(here, link, encode(Hello{protocol_version, network, now.wall, true, 0, false}));
        }
    }
    void at(base::MonoTime when, std::function<void()> what) {
        events_.emplace(when, std::move(what));
    }
    void pass_to(base::MonoTime time) {
        if (time <= now.mono) return;
        wall_ += time - now.mono;
        now.mono = time;
        now.wall =
            samples::noon + base::Seconds(100) + std::chrono::duration_cast<base::Seconds>(wall_);
    }
    void carry(Place from, base::LinkId link, const FramePtr& frame) {
        const auto wire = wires_.find(link);
        if (wire == wires_.end()) return;
        const Place to = wire->second.a == from ? wire->second.b : wire->second.a;
        wire->second.bytes[from] += frame->size();
        members_[from].unread[link] += frame->size();
        at(now.mono + wire->second.latency, [this, from, to, link, frame] {
            std::size_t& unread = members_[from].unread[link];
            unread -= frame->size();
            if (unread == 0 && members_[from].node && wires_.contains(link))
                step(from, LinkDrained{link});
            if (wires_.contains(link)) take(to, link, frame);
        });
    }
    void take(Place to, base::LinkId link, const FramePtr& frame) {
        if (members_[to].node) return step(to, FrameReceived{link, *frame});
        const auto message = parse(*frame);
        ENSURE(message.has_value(), "a node sent what does not parse");
        if (const auto* ping = std::get_if<Ping>(&*message))
            carry(to, link, encode(Pong{ping->nonce}));
        if (on_message) on_message(to, link, *message);
    }
    void step(Place place, const Input& input) {
        Member& member = members_[place];
        Effects out;
        member.node->step(input, now, *member.store, out);
        for (const Effect& effect : out) {
            if (const auto* store = std::get_if<Store>(&effect))
                member.stored[store->item->id] = now.mono;
            if (member.store->apply(effect)) continue;
            if (const auto* send = std::get_if<Send>(&effect)) {
                carry(place, send->link, send->frame);
            } else if (const auto* verify = std::get_if<Verify>(&effect)) {
                at(now.mono + base::Millis(20),
                   [this, place, job = verify->job] { step(place, Verified{job, std::nullopt}); });
            } else if (const auto* end = std::get_if<Disconnect>(&effect)) {
                faults += end->fault ? 1 : 0;
                at(now.mono, [this, link = end->link] {
                    if (is_up(link)) cut(link);
                });
            }
        }
    }

    std::uint64_t links_ = 0;
    base::Millis wall_{0};
    std::vector<Member> members_;
    std::map<base::LinkId, Wire> wires_;
    std::multimap<base::MonoTime, std::function<void()>> events_;
};

}  // namespace hearsay::core
