// unit/core/fixture.hpp - one node, its store in memory, and peers that a test speaks for.
#pragma once

#include <memory>

#include "base/limits/items.hpp"
#include "base/limits/retention.hpp"
#include "core/node.hpp"
#include "frame.pb.h"
#include "memory_store.hpp"
#include "trace.hpp"
#include "unit/item/samples.hpp"

namespace hearsay::core {

namespace limits = base::limits;
using base::Fault;
using base::Millis;
using base::Seconds;
using samples::Wish;

inline base::PeerId peer_key(std::uint8_t number) {
    return samples::filled<base::PeerId>(number);
}

// A peer and the link to it. The node's own key lies between alice's and bob's.
struct Peer {
    base::LinkId link;
    base::PeerId key;
};

struct Fixture {
    MemoryStore store;
    base::Now now{base::MonoTime(Millis(5000)), samples::noon + Seconds(100)};
    Names names;
    std::unique_ptr<Node> node;
    std::map<base::ItemId, std::vector<base::JobId>> jobs;  // asked and not answered
    Effects last;                                           // of the last step
    Effects untaken;  // of all steps, for those who take them away
    std::size_t verifications = 0;

    static constexpr std::uint8_t self = 50;
    Peer alice = named(1, 10, "alice");
    Peer bob = named(2, 100, "bob");
    Peer carol = named(3, 150, "carol");

    // Only pinned peers are dialled and nobody is asked, unless a test is about that.
    static DiscoverySettings pinned_only() {
        DiscoverySettings out;
        out.discover = false;
        return out;
    }
    DiscoverySettings settings = pinned_only();
    RelayMode relay_mode = RelayMode::tree;
    std::uint8_t seed = 7;
    std::uint64_t store_budget = limits::store_budget_default;
    TrafficLimits traffic{};
    bool keeps_hidden = true;

    Fixture() { restart(); }

    NodeOptions options(std::vector<KnownPeer> known = {}) const {
        return {peer_key(self),
                samples::network,
                samples::filled<base::Secret>(seed),
                std::move(known),
                relay_mode,
                settings,
                {},
                {},
                store_budget,
                traffic,
                true,
                keeps_hidden};
    }
    void restart(std::vector<KnownPeer> known = {}) {
        node = std::make_unique<Node>(options(std::move(known)));
        jobs.clear();
    }
    KnownPeer pinned_peer(const base::PeerId& peer) const {
        KnownPeer out;
        out.peer = peer;
        out.pinned = true;
        out.added = now.wall;
        return out;
    }
    Peer named(std::uint64_t link, std::uint8_t key, const std::string& name) {
        const Peer peer{base::LinkId{link}, peer_key(key)};
        names.links[peer.link] = name;
        names.peers[peer.key] = name;
        return peer;
    }
    item::Item named(const std::string& name, item::Item item) {
        names.items[item::id_of(item.header, item.signature)] = name;
        return item;
    }
    static base::ItemId id(const item::Item& item) {
        return item::id_of(item.header, item.signature);
    }

    std::string step(const Input& input) {
        last.clear();
        node->step(input, now, store, last);
        node->sanity_check();
        for (const Effect& effect : last) {
            store.apply(effect);
            untaken.push_back(effect);
            if (const auto* verify = std::get_if<Verify>(&effect)) {
                jobs[verify->item->id].push_back(verify->job);
                ++verifications;
            }
        }
        return Trace(names)(last);
    }
    std::string wait(Millis time) {
        now.mono += time;
        now.wall += std::chrono::duration_cast<Seconds>(time);
        return step(TimerFired{});
    }

    std::string up(const Peer& peer, bool outbound = false) {
        return step(LinkUp{peer.link, peer.key, outbound});
    }
    std::string frame(base::LinkId link, const FramePtr& bytes) {
        return step(FrameReceived{link, *bytes});
    }
    template <class Message>
    std::string hear(const Peer& peer, const Message& message) {
        return frame(peer.link, encode(message));
    }
    Hello hello() const {
        return {protocol_version,
                static_cast<std::uint32_t>(samples::network),
                now.wall,
                true,
                0,
                false};
    }
    std::string greet(const Peer& peer) { return hear(peer, hello()); }
    // A dialler that holds nothing compares with us: we list what we hold.
    std::string ask_for_list(const Peer& peer) { return hear(peer, Compare{{}, {}, 0}); }
    // An outbound link is one that was dialled: a pinned peer, then.
    void connect(const Peer& peer, bool outbound = false) {
        if (outbound && !node->discovery().dialling(peer.key)) {
            step(NetworkReady{true});
            step(AddPeer{peer.key, true});
        }
        up(peer, outbound);
        greet(peer);
    }
    void connect_all() {
        for (const Peer& peer : {alice, bob, carol}) connect(peer);
    }
    // Unasked, as one that came over so many links.
    std::string push(const Peer& peer, const item::Item& item, std::uint32_t hops) {
        std::size_t from = 0;
        return frame(peer.link, encode_items({samples::accepted(item)}, from, hops));
    }
    // As one frame, in the bytes given, even if they are no good.
    static FramePtr frame_of(const std::vector<item::Item>& items) {
        wire::Frame out;
        for (const item::Item& item : items) {
            wire::Item& next = *out.mutable_items()->add_items();
            next.set_header(base::to_text(item.header));
            next.set_payload(base::to_text(item.payload));
            next.set_signature(base::to_text(item.signature));
            next.set_nonce(item.nonce);
        }
        return std::make_shared<const base::Bytes>(base::to_bytes(out.SerializeAsString()));
    }
    std::string receive(const Peer& peer, const std::vector<item::Item>& items) {
        return frame(peer.link, frame_of(items));
    }
    std::string receive(const Peer& peer, const item::Item& item) {
        return receive(peer, std::vector{item});
    }
    // The worker's answer to the oldest question about this item.
    std::string verified(const item::Item& item, std::optional<Fault> fault = std::nullopt,
                         bool is_hidden = false) {
        std::vector<base::JobId>& asked = jobs[id(item)];
        if (asked.empty()) return "nothing was asked";
        const base::JobId job = asked.front();
        asked.erase(asked.begin());
        return step(Verified{job, fault, nullptr, nullptr, is_hidden});
    }
    // The same, of what the user's lists hide.
    std::string hidden(const item::Item& item) { return verified(item, std::nullopt, true); }
    // Puts an item straight into the store, as an earlier run would have left it.
    void hold(const item::Item& item) {
        store.apply(
            Store{samples::accepted(item), now.wall + limits::lifetime_max + limits::grace});
    }
    // Somebody's item enters the network here: an anonymous visitor hands it over and goes.
    std::string publish(const item::Item& item) {
        const base::LinkId visitor{1000};
        step(LinkUp{visitor, std::nullopt, false});
        frame(visitor, encode(hello()));
        frame(visitor, frame_of({item}));
        step(LinkDown{visitor, std::nullopt});
        return verified(item);
    }
    bool holds(const item::Item& item) const { return store.presence(id(item)) == Presence::alive; }
    bool linked(const Peer& peer) const { return node->links().find(peer.link) != nullptr; }
};

}  // namespace hearsay::core
