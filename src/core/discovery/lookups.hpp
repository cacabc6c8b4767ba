// core/discovery/lookups.hpp - which ids are looked up (node_lookup.hpp is one such search), and
// when.
//
//   1. One at a time. Those that the user or the market wants come first, in order, at most
//      lookups_waiting_max.
//   2. A look-up for our own id when we first know somebody, and again after each of
//      own_lookup_waits: while the network is new to us it changes what we find.
//   3. Whom the search wants asked is asked over an open link if there is one, else dialled for a
//      visit. Who can be neither has not answered. How that is done is the caller's (Reach).
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <set>

#include "core/discovery/node_lookup.hpp"
#include "core/discovery/routing_table.hpp"
#include "core/effects.hpp"

namespace hearsay::core {

class Lookups {
public:
    explicit Lookups(base::PeerId self) : self_(self) {}

    void want(const base::NodeId& target);  // answered by LookedUp
    void on_network_ready(base::Now now);

    // What became of asking somebody: the question is out, it will go out once the peer has
    // greeted, or neither.
    enum class Reach : std::uint8_t { asked, later, not_at_all };
    using Ask = std::function<Reach(const base::PeerId& peer, const base::NodeId& target)>;
    void advance(const Ask& ask, RoutingTable& table, base::Now now, Effects& out);

    // `peer`, whom the search waited to reach, has greeted: what to ask it. Nothing if it did not.
    std::optional<base::NodeId> on_reached(const base::PeerId& peer);
    void on_answer(const base::PeerId& from, const std::vector<base::PeerId>& contacts);
    void on_no_answer(const base::PeerId& peer);

    bool is_running() const { return running_.has_value(); }
    // `known`: whether the table holds anybody.
    base::MonoTime next_deadline(bool known) const;

private:
    void begin(const base::NodeId& target, bool own, const RoutingTable& table);

    const base::PeerId self_;
    std::optional<NodeLookup> running_;
    bool own_ = false;                 // it is for our own id
    bool due_ = false;                 // something came that may let it go on
    std::set<base::PeerId> waits_;     // for these to be reached
    std::deque<base::NodeId> wanted_;  // at most lookups_waiting_max
    std::uint32_t own_done_ = 0;       // in this run
    base::MonoTime own_at_;            // the next one for our own id
};

}  // namespace hearsay::core
