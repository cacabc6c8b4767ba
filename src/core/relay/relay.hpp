// core/relay/relay.hpp - who hears of an item, and how. docs/protocol.md, "Flooding"; why it is not
// Plumtree, with the figures: docs/decisions/0008-ids-run-ahead.md.
//
// Ids run ahead of the items and draw, for each item, the tree that it then comes along:
//   1. An id goes on at once to every link, with its work, before the item is here: 46 bytes. Work
//      binds to the id, so flooding an id costs its maker what flooding an item does. A node
//      requests the item from the first peer that announced it. A peer that is asked before it
//      holds the item remembers the request and answers when the item arrives. So the item takes
//      the shortest path, once to each node. RequestTracker (request_tracker.hpp) asks others when
//      that fails.
//   2. Near where an item entered the network it is pushed unasked, to those who want that
//      (push_radius.hpp).
//   3. Ids are gathered for announce_pause, unless the link was quiet. Items go at once.
//   4. A link that does not read (relay_ahead_bytes since its queue was empty last) is sent nothing
//      until it reads again, then ids, of announce_queue_max at most: a slow reader costs nobody
//      else, and reconciliation brings it what it missed.
//   5. Bulk - what paging or comparing brought, not flooding - is announced to those links only
//      whose last comparison matched; the others find it in their next one.
//   6. Of ids whose items nobody has seen only so many go on, fairly shared among the links they
//      came from (fair_share.hpp), and none of a link that withholds items (request_tracker.hpp).
//      The others go on once the item is here.
//   7. What a link sends us in vain - copies that nobody asked for of what we hold or laid aside,
//      ids twice - is paid from a budget (waste_rate). Below half of it, it is told to push
//      nothing. Who empties it all the same loses the link (too_many_requests), but is kept out
//      for ids only: two peers may both be handed the same by somebody else, or the same may be
//      fetched of one and pushed by the other.
//   8. What is below our floor (core/relay/floors.hpp) is not asked for and not passed on; what is
//      below a peer's is neither announced nor pushed to it.
//   9. What a link asks for is sent as its budget (answers_rate) and its reading allow. The rest
//      waits, at most requested_max items. What is asked for beyond them is passed over: an honest
//      peer may ask for as many as were announced to it, and comparing brings it what it lacks.
//  10. Where the user bounds the upload (traffic.hpp) and it is used up, pushes become
//      announcements, and what is asked for waits as by rule 9, more work first; links are served
//      in turn, an item each. Where the user bounds the download, request_tracker.hpp says what is
//      asked for first, peers are told to push nothing while it is short, and what cannot be asked
//      for in time raises the floor of its class: a store that cannot be filled fast enough is a
//      full one.
//  11. A nonce that shows twice the work of a held item's is announced on in its turn
//      (better_nonce.hpp). One that comes while the item is on its way is kept until it is here.
// Hops tell how far a copy has come from where it entered the network. Items enter by injection,
// not where they are made: hops say nothing about who made them.
#pragma once

#include <functional>
#include <map>
#include <vector>

#include "base/flat_map.hpp"
#include "base/token_bucket.hpp"
#include "core/links/links.hpp"
#include "core/relay/better_nonce.hpp"
#include "core/relay/fair_share.hpp"
#include "core/relay/floors.hpp"
#include "core/relay/ingest.hpp"
#include "core/relay/owed.hpp"
#include "core/relay/push_radius.hpp"
#include "core/relay/request_tracker.hpp"
#include "core/relay/traffic.hpp"

namespace hearsay::core {

// How items spread.
//   tree      what nodes do: ids run ahead of the items (rule 1)
//   flood     every copy over every link: only to compare with, in the simulator
//   announce  ids over every link once the item is here, the item on request: what a node does that
//             lays items aside (laid_aside.hpp); it never promises what it may not deliver
enum class RelayMode { tree, flood, announce };

class Relay {
public:
    Relay(RelayMode mode, item::Network network, const FloorTable& floors, Traffic& traffic)
        : mode_(mode), network_(network), floors_(floors), traffic_(traffic) {}

    void on_greeted(base::LinkId link, base::Now now, Effects& out);
    void on_link_gone(base::LinkId link, base::Now now);

    // A copy came over a link and ingest said what it is to us. Anonymous links are not known here:
    // what they bring enters the network with us. `asked`: comparing asked this link for it. A
    // fault ends the link and is no crime.
    std::optional<base::Fault> on_copy(base::LinkId link, const Admission& admission,
                                       std::uint32_t hops, bool asked, base::Now now, Effects& out);
    // It was verified and stored; `matches`: whether a link's last comparison matched.
    void on_accepted(const Accepted& accepted, const std::function<bool(base::LinkId)>& matches,
                     base::Now now, Effects& out);
    void on_refused(const base::ItemId& id, base::Now now) { requests_.on_refused(id, now.mono); }
    // A copy of what we hold shows more work than ours (better_nonce.hpp). True: it was better, and
    // was not in vain.
    bool on_better_copy(base::LinkId link, const base::ItemId& id, std::uint64_t nonce, bool bulk,
                        BetterNonces& better, base::Now now, Effects& out);
    // It was verified, and there is no room for it.
    void on_unwanted(const base::ItemId& id);
    // It was verified and is laid aside: copies that were asked for may come still.
    void on_laid_aside(const base::ItemId& id);

    std::optional<base::Fault> on_announce(base::LinkId link, const Announce& announce,
                                           const Ingest& ingest, const StoreView& view,
                                           base::Now now, Effects& out);
    std::optional<base::Fault> on_request(base::LinkId link, const Request& request, base::Now now,
                                          const StoreView& view, Effects& out);
    std::optional<base::Fault> on_push(base::LinkId link, const Push& push);
    void on_drained(base::LinkId link, base::Now now, const StoreView& view, Effects& out);

    void on_limits(base::Now now, const StoreView& view, Effects& out);  // of traffic: others now
    void on_timer(base::Now now, const StoreView& view, Effects& out);
    base::MonoTime next_deadline() const;

    // What waited for the download in vain, if it is time to raise the floor above it.
    std::optional<item::Standing> take_overdue(base::MonoTime now);
    std::size_t owed() const;  // items that were asked for and wait to be sent
    std::size_t held_back() const { return requests_.held_back(); }  // ids, for the download

    const RequestTracker& requests() const { return requests_; }  // for tests
    void sanity_check() const;  // of all parts, and that no more waits for a link than may

private:
    struct Neighbour {
        std::uint32_t wants = push_first;   // pushed by us: items of fewer hops
        std::uint32_t wanted = push_first;  // pushed to us, as we told it last
        PushRadius radius;                  // how far that is to go
        base::MonoTime told;                // when we said so
        struct Unsaid {
            Announced item;
            bool better = false;  // for what it may have announced with less work
        };
        std::vector<Unsaid> unsaid;   // to be announced
        base::MonoTime announced;     // last
        std::size_t ahead_bytes = 0;  // sent since its queue was empty
        Owed owed;                    // what it asked for and was not sent yet
        base::TokenBucket answered;   // bytes of what it asked for
        base::TokenBucket wasted;     // bytes that it sent in vain

        bool is_behind() const;
    };

    Neighbour* find(base::LinkId link);
    std::uint32_t wish(const Neighbour& neighbour) const;
    void want(base::Now now, Effects& out);
    static void charge_answer(Neighbour& neighbour, base::ByteView frame, base::Now now);
    bool is_wasteful(Neighbour& neighbour, base::Now now) const;
    static bool spend(Neighbour& neighbour, std::size_t bytes, base::Now now);
    bool on_duplicate(base::LinkId link, Neighbour& neighbour, const Admission& admission,
                      std::uint32_t hops, base::Now now, Effects& out);
    void on_pushed_twice(base::LinkId link, Neighbour& neighbour, Heard& heard, base::Now now,
                         Effects& out);
    std::uint32_t hops_of(const base::ItemId& id);
    void serve(base::LinkId link, Neighbour& neighbour, base::Now now, const StoreView& view,
               Effects& out);
    void owe(Neighbour& neighbour, const base::ItemId& id, const StoreView& view) const;
    void serve_in_turn(base::Now now, const StoreView& view, Effects& out);
    bool serve_one(base::LinkId link, Neighbour& neighbour, base::Now now, const StoreView& view,
                   Effects& out);
    void send_item(base::LinkId link, Neighbour& neighbour, const FramePtr& frame, base::Now now,
                   Effects& out);
    void send(base::LinkId link, Neighbour& neighbour, const FramePtr& frame, Effects& out);
    bool wants(base::LinkId link, const Announced& announced) const;
    void pass_on(const Announced& announced, Heard& heard, base::Now now, Effects& out);
    void say(base::LinkId link, Neighbour& neighbour, const Announced& announced, bool better,
             base::Now now, Effects& out);
    void tell_better(const Announced& better, std::optional<base::LinkId> from, base::Now now,
                     Effects& out);
    void announce(base::LinkId link, Neighbour& neighbour, base::Now now, Effects& out);
    void ask(base::Now now, Effects& out);

    const RelayMode mode_;
    const item::Network network_;
    const FloorTable& floors_;
    Traffic& traffic_;
    base::LinkId turn_{};          // whose it was last, where links are served in turn
    base::MonoTime overdue_told_;  // by take_overdue(), last; zero: never
    base::FlatMap<base::LinkId, Neighbour> links_;
    RequestTracker requests_;
    FairShare ahead_;
};

}  // namespace hearsay::core
