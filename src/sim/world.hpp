// sim/world.hpp - a network of nodes in one process: the real core over simulated links,
// from one seed.
//
// What is real: core::Node with everything below it, market::Market with its vault and records,
// frames as bytes, items as markets and item::make_publication make them; and the turn
// (turn/engine.hpp), the same as in src/app: one input, answer or command at a time here. What is
// simulated: the disk (Person, MemoryOwnStore, MemoryStore), links (Wire), workers (Workers,
// Oracle), clocks, faults. A crash falls before, between and after a turn's commits (Crash).
//
// Time runs in three parts: warm-up (links are made, and some offers go round that are in no
// figure, so that a relay which learns has learnt), faults (offers are published, everything the
// scenario names goes wrong), calm (all nodes up, clocks right, partitions healed; byzantine peers
// stay). The world only puts the parts together:
//
//   Cluster     the schedule: nodes, the clock, what is planned, a node's turns
//   Network     wires: who reaches whom, and when
//   Faults      what goes wrong, and when
//   Joining     who comes and goes where nobody is given a graph
//   users/      Publishing, Letters, Erasure, Disks and Workers: what users and their threads do;
//               Attackers: who floods
//   checks/     the rules, a class each or a class for a few; what they remember
//   meters/     what is measured
//
// Safety, looked at in every step of an honest node:
//   S1  only genuine items are stored or sent: byte for byte what their maker made
//   S2  nothing expired by the node's own clock, and nothing from more than future_max ahead, is
//       stored; nothing expired is sent
//   S3  what was superseded or removed at a node is never stored there again, nor an older version
//   S4  only what is alive in the store is sent
//   S5  the core tells the user of an item once, unless it expired in between
//   S6  links, verifications, frames, rounds and queues stay within base/limits/ (which ones: see
//       docs/simulator.md); a node's timer does not spin
//   S7  a node neither stores nor sends, in whatever frame, an item that it made before a copy came
//       to it over one of its links, nor its id before that was announced to it; what it hands over
//       anonymously (Inject) is the one exception
//   S8  no honest node accuses another of what only a liar does
//   S9  a user is told of a mail once, and only of one that was sent there (sim/post.hpp)
//   S10 a node tells others only of nodes that answered a dial of its own
//   S11 a mail that its reader removed opens no more after four ticks of the market without a
//       fault, for whoever has the disk and its passphrase then, and kept the row
//   S12 no node holds more bytes than its budget
//   S13 no node evicts an incumbent
//   S14 no node that takes no pictures stores one
//   S15 no node that lays aside what its user's lists hide stores it, unless it made it
// Liveness: within calm_s every honest connected node holds every live item, and no superseded one;
// where the network is full, of those that it has to hold (checks/duty.hpp).
// Markets of such nodes have heard everything of theirs back, and each mail between two of them is
// in the inbox. Who lost the disk knows again what is out of its own (users/disks.hpp; what a lost
// disk takes along is told in sim/post.hpp). Connected means: in the largest part of the graph of
// honest nodes that know each other; where nodes find each other by themselves (discover = 1,
// joining.hpp) all honest nodes are meant to be.
//
// In time (meters/timely.hpp): an honest item is, if timely_s after its making every honest
// connected node that is up for as long holds it. A run fails if fewer are than the scenario asks
// for, and says why each other was not.
#pragma once

#include "sim/checks/accusations.hpp"
#include "sim/checks/hearsay.hpp"
#include "sim/checks/link_limits.hpp"
#include "sim/checks/liveness.hpp"
#include "sim/checks/mail_rules.hpp"
#include "sim/checks/own_known.hpp"
#include "sim/checks/sent_items.hpp"
#include "sim/checks/store_budget.hpp"
#include "sim/checks/stored_items.hpp"
#include "sim/faults.hpp"
#include "sim/joining.hpp"
#include "sim/meters/availability.hpp"
#include "sim/meters/deliveries.hpp"
#include "sim/meters/fullness.hpp"
#include "sim/meters/idle_cost.hpp"
#include "sim/meters/newcomers_price.hpp"
#include "sim/meters/settling.hpp"
#include "sim/meters/spy_ring.hpp"
#include "sim/meters/timely.hpp"
#include "sim/run_digest.hpp"
#include "sim/users/attackers.hpp"
#include "sim/users/erasure.hpp"
#include "sim/users/letters.hpp"
#include "sim/users/workers.hpp"

namespace hearsay::sim {

class World final : private Cluster::Host {
public:
    explicit World(RunOptions options);
    Outcome run();

private:
    // One stream of randomness for each purpose: a draw for one moves nothing in another.
    struct Dice {
        explicit Dice(std::uint64_t seed);
        base::Rng graph;
        base::Rng link;
        base::Rng fault;
        base::Rng publish;
        base::Rng node;
        base::Rng person;
        base::Rng item;
        base::Rng attack;
    };

    void perform(std::uint32_t at, const core::Effect& effect) override;
    void perform(std::uint32_t at, const market::Effect& effect) override;
    void close_links(std::uint32_t at) override { network_.close_all(at); }
    void advise(std::uint32_t at, core::NodeOptions& out) override { joining_.advise(at, out); }
    void on_started(std::uint32_t at) override;
    ItemNumber learn(std::uint32_t at, const item::ReadPtr& item) override;
    void on_own_kept(std::uint32_t at, const market::Effects& wishes) override;
    void on_disk_full(std::uint32_t at) override { disks_.on_full(at); }

    void observe();
    void plan();
    void give_to_its_part(const Event& event);
    base::Millis look_wait() const;
    void on(const CalmBegins&);
    void on(const CalmLooked&);
    Outcome finish();

    const RunOptions options_;
    Dice dice_;
    Oracle oracle_;
    Cluster cluster_;
    const RunView view_;
    Observers observers_;
    Wires wires_;
    FrameItems frames_;
    Post post_;
    LostItems lost_;
    Failures failures_;
    RunDigest digest_;

    Network network_;
    Disks disks_;
    Faults faults_;
    Joining joining_;
    Workers workers_;
    Publishing publishing_;
    Letters letters_;
    Erasure erasure_;
    Attackers attackers_;

    Holdings holdings_;
    StoredItems stored_items_;
    SentItems sent_items_;
    LinkLimits limits_;
    StoreBudget budget_;
    Secrecy secrecy_;
    Accusations accusations_;
    Hearsay hearsay_;
    MailRules mail_rules_;
    Liveness liveness_;
    HeardBack heard_back_;
    OwnFound own_found_;

    Deliveries deliveries_;
    Timely timely_;
    Availability availability_;
    SpyRing spies_;
    LookUps look_ups_;
    Settling settling_;
    IdleCost idle_cost_;
    Fullness fullness_;
    NewcomersPrice price_;

    bool done_ = false;
    base::MonoTime settled_at_;  // zero: not yet
};

}  // namespace hearsay::sim
