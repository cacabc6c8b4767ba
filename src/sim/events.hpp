// sim/events.hpp - everything that is planned in a run: one small struct a kind.
//
// An event names what it needs and nothing else. Who runs it: the class that has on() for it
// (world.cpp). An event that carries a Life is void once that life is over; whoever runs it looks.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>

#include "base/fault.hpp"
#include "core/effects.hpp"
#include "sim/oracle.hpp"

namespace hearsay::sim {

// A node between a start, or the end of a pause, and the next end.
struct Life {
    std::uint32_t node = 0;
    std::uint32_t number = 0;
};

// How a user who lost the disk gets the node back.
enum class ComesBack : std::uint8_t { no, by_words, by_backup };

// ---- a node -------------------------------------------------------------------------------------

struct NodeStarts {
    std::uint32_t node = 0;
};
struct CoreTimerDue {
    Life of;
};
struct MarketTickDue {
    Life of;
};
// The last turn left work for another.
struct TurnGoesOn {
    Life of;
};
// A worker's answer to Verify.
struct ItemVerified {
    Life of;
    base::JobId job{};
    std::optional<base::Fault> fault;
    bool is_hidden = false;  // by the lists of the node's user
};
// A worker of the market is done with a job of its Person.
struct WorkerDone {
    Life of;
    std::uint64_t job = 0;
};

// ---- wires --------------------------------------------------------------------------------------

struct CircuitBuilt {
    Life from;
    std::uint32_t to = 0;
};
struct DialFailed {
    Life from;
    base::PeerId peer;
};
struct FrameArrived {
    std::uint32_t node = 0;
    std::uint32_t copies = 0;  // of items that count
    std::uint64_t wire = 0;
    core::FramePtr frame;
};
// The node reads again after it was throttled.
struct ReadingResumed {
    std::uint32_t node = 0;
};
struct QueueDrained {
    std::uint32_t node = 0;
    std::uint64_t wire = 0;
};
struct LinkEnded {
    std::uint32_t node = 0;
    std::uint64_t wire = 0;
    std::optional<base::Fault> fault;
};
// An injection; by its number.
struct VisitBegins {
    Life from;
    std::uint64_t visit = 0;
};
struct VisitFailed {
    Life from;
    std::uint64_t visit = 0;
};

// ---- users --------------------------------------------------------------------------------------

struct PublicationDue {
    Purpose purpose = Purpose::offer;
    std::optional<ItemNumber> like;  // by the same persona as this item
};
// The next version of what was made without a market, or its removal.
struct VersionDue {
    ItemNumber of = 0;
    bool removal = false;
};
// The next version of a market's offer, or its removal.
struct RevisionDue {
    std::size_t offer = 0;
    bool removal = false;
};
// Somebody writes to the maker of an offer.
struct LetterDue {
    std::size_t offer = 0;
};
struct AnswerDue {
    std::uint32_t node = 0;
    std::size_t letter = 0;
};
// A reader removes a mail.
struct MailRemovalDue {
    std::uint32_t node = 0;
    std::size_t letter = 0;
};
// From now on nobody may be able to open what was removed.
struct ErasureDue {
    std::size_t removed = 0;
};
struct DiskLost {
    std::uint32_t node = 0;
    ComesBack by = ComesBack::no;
};
// What a user does who lost the disk was not kept, and is tried again.
struct ReturnDue {
    std::uint32_t node = 0;
};
struct DiskMended {
    Life of;
};

// Attackers look at the floors and make what their hashes bought meanwhile.
struct AttackDue {};

// ---- the scenario -------------------------------------------------------------------------------

// Every ten seconds until the calm.
struct FaultsDue {};
struct NodesLost {};
struct PartitionBegins {};
struct PartitionEnds {};
struct CalmBegins {};
struct NodeLeaves {
    std::uint32_t node = 0;
};
struct NodeRestarts {
    std::uint32_t node = 0;
};
// A newcomer that is linked to nobody asks its user for another address.
struct NewcomerLooks {
    Life of;
};

// ---- what is looked at --------------------------------------------------------------------------

struct CalmLooked {};
struct TimelinessDue {
    ItemNumber item = 0;
};
struct ModelsTick {};
struct SettlingLooked {};
struct LookUpDue {
    std::uint32_t node = 0;
};
struct IdleHourBegins {};
struct FloorsLooked {};

// A type of its own, so that one source says how it is copied, moved and destroyed, and not each
// that holds some.
struct Event
    : std::variant<NodeStarts, CoreTimerDue, MarketTickDue, TurnGoesOn, ItemVerified, WorkerDone,
                   CircuitBuilt, DialFailed, FrameArrived, ReadingResumed, QueueDrained, LinkEnded,
                   VisitBegins, VisitFailed, PublicationDue, VersionDue, RevisionDue, LetterDue,
                   AnswerDue, MailRemovalDue, ErasureDue, DiskLost, ReturnDue, DiskMended,
                   AttackDue, FaultsDue, NodesLost, PartitionBegins, PartitionEnds, CalmBegins,
                   NodeLeaves, NodeRestarts, NewcomerLooks, CalmLooked, TimelinessDue, ModelsTick,
                   SettlingLooked, LookUpDue, IdleHourBegins, FloorsLooked> {
    using variant::variant;
    Event();
    Event(const Event&);
    Event(Event&&) noexcept;
    Event& operator=(const Event&);
    Event& operator=(Event&&) noexcept;
    ~Event();
};

}  // namespace hearsay::sim
