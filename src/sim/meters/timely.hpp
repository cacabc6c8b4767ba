// sim/meters/timely.hpp - whether each honest item was everywhere in time, and why others were not.
//
//   1. An item is in time if timely_s after its making every honest connected node that is up for
//      as long holds it.
//   2. The clock of an item runs from its making; if its maker came up again before the item was
//      anywhere else, from then: who is down injects nothing.
//   3. What expired or was superseded before it was due is not counted, nor what was lost.
//   4. A run ends as soon as everything is everywhere: what is everywhere then was in time.
// A run fails if fewer items are in time than the scenario asks for, and says why each other was
// not.
#pragma once

#include "sim/checks/holdings.hpp"
#include "sim/checks/lost_items.hpp"
#include "sim/checks/secrecy.hpp"
#include "sim/event_queue.hpp"

namespace hearsay::sim {

class Timely final : public Observer {
public:
    // Told before `holdings`: what is not marked there yet is new.
    Timely(const RunView& view, const Holdings& holdings, const Secrecy& secrecy,
           const LostItems& lost, EventQueue<Event>& events);

    void on_made(ItemNumber number) override;
    void on_kept(std::uint32_t at, const core::Effects& kept) override;
    void on_handed_over(ItemNumber number, const HandedOver& one) override;
    void on(const TimelinessDue& event);
    void finish(Outcome& out) override;

private:
    struct Way {
        std::vector<HandedOver> injections;
        base::MonoTime back;  // when its maker stored it; zero: not yet
        base::MonoTime last;  // when the last node stored it
        // from its making, or from the node's start if that was later
        std::uint32_t slowest_ms = 0;
        bool uncounted = false;
        bool judged = false;  // it was due, or over before
    };
    // An item that some node lacked when it was due.
    struct Late {
        ItemNumber number = 0;
        std::uint32_t wanted = 0;            // nodes that should have had it then
        std::vector<std::uint32_t> lacking;  // those that had not
        std::string links;                   // of the first of these, as they were then
    };
    base::MonoTime clock_from(ItemNumber number) const;
    Late look_for(ItemNumber number, base::Millis within) const;
    std::string neighbourhood(std::uint32_t at, ItemNumber number) const;
    std::string why(const Late& late) const;
    std::string name_of(std::uint32_t at) const;

    const RunView& view_;
    const Holdings& holdings_;
    const Secrecy& secrecy_;
    const LostItems& lost_;
    EventQueue<Event>& events_;
    const base::Millis within_;
    std::vector<Way> ways_;  // by item number
    std::vector<Late> late_;
    std::uint64_t items_ = 0;
};

}  // namespace hearsay::sim
