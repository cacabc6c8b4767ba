// sim/world.hpp - a network of nodes in one process: the real core over simulated links,
// from one seed.
//
// What is real: core::Node with everything below it, market::Market with its vault and records,
// frames as bytes, items as markets and item::make_publication make them; and the turn
// (turn/engine.hpp), the same as in src/app: one input, answer or command at a time here. What is
// simulated: the disk (Person, MemoryOwnStore, MemoryStore), links (Wire), workers (Oracle),
// clocks, faults. A crash falls before, between and after a turn's commits (Crash).
//
// Time runs in three parts: warm-up (links are made, and some offers go round that are in no
// figure, so that a relay which learns has learnt), faults (offers are published, everything the
// scenario names goes wrong), calm (all nodes up, clocks right, partitions healed; byzantine peers
// stay). Safety, looked at in every step of an honest node:
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
// Liveness: within calm_s every honest connected node holds every live item, and no superseded one.
// Markets of such nodes have heard everything of theirs back, and each mail between two of them is
// in the inbox. Who lost the disk knows again what is out of its own (world_recovery.cpp; what a
// lost disk takes along is told in sim/post.hpp). Connected means: in the largest part of the graph
// of honest nodes that know each other; where nodes find each other by themselves (discover = 1,
// world_discovery.cpp) all honest nodes are meant to be.
//
// In time (world_timely.cpp): an honest item is, if timely_s after its making every honest
// connected node that is up for as long holds it. A run fails if fewer are than the scenario asks
// for, and says why each other was not.
//
// Figures: copies and bytes are those of frames that arrive from the begin of the faults phase on.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <set>
#include <string>

#include "sim/byzantine.hpp"
#include "sim/event_queue.hpp"
#include "sim/events.hpp"
#include "sim/figures.hpp"
#include "sim/kademlia.hpp"
#include "sim/memory_own_store.hpp"
#include "sim/oracle.hpp"
#include "sim/person.hpp"
#include "sim/post.hpp"
#include "sim/scenario.hpp"
#include "sim/spies.hpp"
#include "sim/timely.hpp"
#include "sim/trace.hpp"
#include "sim/wire.hpp"
#include "turn/engine.hpp"

namespace hearsay::sim {

struct RunOptions {
    Scenario scenario;
    std::uint32_t nodes = 100;  // 2 to nodes_max
    std::uint32_t offers = 20;  // 1 to offers_max
    std::uint64_t seed = 1;
    core::RelayMode relay = core::RelayMode::tree;
    std::string changes{};  // to the scenario, as words of the command that replays it
    // Outcome::curve is wanted: a walk over all stores every five seconds of calm
    bool curve = false;
    // For tests: what a broken core would have wanted instead, to see that the checks notice.
    std::function<void(std::uint32_t node, core::Effects&)> sabotage{};
    std::function<void(std::uint32_t node, market::Effects&)> sabotage_market{};
};
// In a run of up to so many nodes every honest one has a market from its first start on. In a
// larger one only those that publish or write have, from then on: the others' would make nothing
// and open nothing, and ten thousand vaults with their keys, each mail tried with all of them,
// would be most of the run.
inline constexpr std::uint32_t all_persons_max = 200;
// When a run begins, by the true time, on the scenario's day.
inline constexpr base::Seconds begin_of_day{8 * 3600};
inline constexpr std::uint32_t nodes_max = 100'000;
inline constexpr std::uint32_t offers_max = 100'000;

struct Outcome {
    double delivered_share = 0;      // of (live item, honest connected node) pairs at the end
    double copies_per_delivery = 0;  // copies from honest to honest nodes, by first ones stored
    double bytes_per_delivery = 0;   // all frames from honest to honest nodes, by the same
    double bytes_per_node = 0;       // the same bytes by honest nodes
    // From the moment in which an honest node that did not make the item got it (or the receiver's
    // start) to stored.
    std::uint64_t t50_ms = 0;
    std::uint64_t t99_ms = 0;
    std::vector<std::uint32_t> delay_percentiles;  // 0 to 100, ms
    // From publication to the moment in which the maker heard it back and stored it.
    std::uint64_t back_t50_ms = 0;
    std::uint64_t back_t99_ms = 0;
    std::vector<std::pair<std::uint32_t, double>> curve;  // ms of calm, delivered_share then
    std::uint64_t deliveries = 0;
    std::uint64_t settled_ms = 0;  // from the begin of the calm until everything was everywhere
    Timeliness timely;             // of the honest items, their warm-up aside
    std::uint64_t steps = 0;       // of honest nodes
    std::vector<std::pair<std::string, double>> extra;  // of experiments, by name
    std::string digest;
    std::vector<std::string> failures;  // at most failures_max, each a sentence
    std::string trace;                  // of the node of the first failure
};

class World {
public:
    static constexpr std::size_t failures_max = 5;

    explicit World(RunOptions options);
    ~World();
    Outcome run();

private:
    // Where in a turn: no commit from here on is kept, and nothing is said.
    enum class Crash : std::uint8_t {
        no,
        before_vault,
        after_vault,
        between_commits,
        after_commit
    };
    static constexpr std::uint64_t crash_kinds = 4;
    static constexpr std::uint64_t broken_kinds = 3;  // of these, where a process can live on
    struct SimNode {
        base::PeerId id;
        bool honest = true;
        bool online = false;
        bool connected = false;  // in the largest honest part
        bool late = false;
        bool slow = false;
        bool throttled = false;
        bool side = false;                      // of the partition
        bool lost = false;                      // crashed for ever
        bool seed = false;                      // an address that all know
        bool newcomer = false;                  // comes during the faults
        bool sybil = false;                     // likewise, and is none of ours
        std::optional<base::PeerId> sponsor{};  // whom a newcomer knows
        std::set<std::uint32_t> answered{};     // dials of it, for S10
        Crash crash = Crash::no;
        Crash broken = Crash::no;  // its disk keeps nothing from there on, and it lives on
        std::uint32_t life = 0;
        std::unique_ptr<turn::Engine> engine;  // of an honest one that is up
        std::unique_ptr<Byzantine> byzantine;
        MemoryOwnStore own_store;
        MemoryStore store;
        std::unique_ptr<Person> person;  // none: a user who never did anything
        std::string words;               // the user's paper
        base::Bytes backup;
        base::MonoTime backed_up;
        ComesBack comes_back = ComesBack::no;  // its disk was lost, and its user has this to do
        base::MonoTime came_back;
        std::uint32_t disks = 0;  // lost
        std::vector<std::uint32_t> peers;
        std::vector<std::uint64_t> wires;
        std::deque<FrameArrived> held;  // while throttled
        base::MonoTime timer_at = base::never;
        base::MonoTime tick_at = base::never;  // of its market
        bool goes_on = false;                  // another turn is due at once
        base::MonoTime since;                  // when it came up
        base::MonoTime spin_at;  // for S6: the millisecond of the last timer, and how many in it
        std::uint32_t spins = 0;
        base::Seconds skew{0};
        std::vector<bool> stored;     // by item number: ever committed here
        std::vector<bool> gone;       // superseded or removed here
        std::vector<ItemNumber> own;  // made without a market
        // of these, what no copy came of yet: whether it was announced here
        std::map<ItemNumber, bool> secret;
    };
    // world_graph.cpp: who knows whom, and who is what
    void make_graph();
    void make_byzantine(std::uint32_t at);
    core::KeepPeer known(const base::PeerId& peer, bool manual) const;
    static bool counts(const SimNode& node) { return node.honest && !node.lost; }
    static bool has_market(const SimNode& node) { return node.engine && node.engine->has_market(); }
    void find_connected();

    // world_discovery.cpp: nodes that find each other
    struct Graph {
        double connected_share = 0;
        std::size_t components = 0;
    };
    bool discovers() const { return options_.scenario.discover != 0; }
    void make_strangers();
    void plan_discovery(base::MonoTime begin);
    void settings_of(std::uint32_t at, core::NodeOptions& out);
    std::optional<base::PeerId> random_live(std::uint32_t but);
    void lose(std::uint32_t at);
    void grow_old();
    Graph look_at_links() const;
    void on(const SettlingLooked&);
    void on(const NodeLeaves& event) { lose(event.node); }
    void on(const NewcomerLooks& event);
    void on(const IdleHourBegins&) { finding_.idle = true; }
    bool is_found() const;
    void begin_look_ups();
    void on(const LookUpDue& event);
    void note_looked_up(std::uint32_t at, const core::LookedUp& found);
    void note_frame(std::uint32_t from, std::uint32_t to, const core::FramePtr& frame);
    void measure_outbound();
    void finish_discovery(Outcome& out);

    // world.cpp: the loop, a node's begin and end
    bool lives(const Life& life) const;
    void on(const NodeStarts& event) { start(event.node); }
    void on(const CoreTimerDue& event);
    void on(const TurnGoesOn& event);
    void on(const ItemVerified& event);
    void on(const ModelsTick&);
    void on(const CalmLooked&);
    void on(const NodeRestarts& event);
    base::Now now_of(const SimNode& node) const;
    base::WallTime truth() const;
    void start(std::uint32_t at);
    core::NodeOptions core_options(std::uint32_t at);
    void stop(std::uint32_t at);
    void drop_links(std::uint32_t at);
    void arm(std::uint32_t at);
    void perform(std::uint32_t at, const core::Effect& effect);
    Outcome finish();

    // world_turn.cpp: a turn
    class Turns;  // what the world adds to it
    void turn(std::uint32_t at, const core::Input& input);
    bool run_turn(std::uint32_t at, bool dull = false);  // true: its own store was committed
    void break_disk(SimNode& node);
    void step_byzantine(std::uint32_t at, const core::Input& input);
    void on_step(std::uint32_t at, const core::Input& input, core::Effects& effects);
    void note_kept(std::uint32_t at);
    void digest_step(std::uint32_t at, const core::Input& input, const core::Effects& effects);

    // world_links.cpp: what becomes of Send, Dial and Disconnect
    void dial(std::uint32_t from, const core::Dial& wish);
    void fail_dial(std::uint32_t from, const core::Dial& wish);
    std::uint64_t make_wire(std::uint32_t from, std::uint32_t to);
    void on(const CircuitBuilt& event);
    void on(const DialFailed& event);
    void visit(std::uint32_t from, const core::Inject& inject);
    void on(const VisitBegins& event);
    void on(const VisitFailed& event);
    void end_visit(std::uint32_t from, std::uint64_t number, bool ok);
    void note_arrival(std::uint32_t at, const core::FramePtr& frame);
    void on(const LinkEnded& event);
    void on(const FrameArrived& event);
    void on(const ReadingResumed& event);
    void on(const QueueDrained& event);
    void send(std::uint32_t from, const core::Send& send);
    void disconnect(std::uint32_t from, const core::Disconnect& gone);
    void cut(std::uint64_t wire, base::Millis noticed_within);
    bool reaches(std::uint32_t from, std::uint32_t to) const;
    void close_end(std::uint64_t wire, std::size_t end);

    // world_faults.cpp: publishing, and what goes wrong
    void plan();
    void on(const PublicationDue& event);
    void on(const VersionDue& event);
    void own(std::uint32_t at, ItemNumber number);
    void on(const FaultsDue&);
    void break_disks();
    void on(const PartitionBegins&);
    void on(const PartitionEnds&) { parted_ = false; }
    void on(const CalmBegins&);
    std::uint64_t due(std::int64_t percent_an_hour, std::uint64_t population);
    std::optional<std::uint32_t> random_online();

    // world_timely.cpp: which items were everywhere in time, and why others were not
    void watch_timely(ItemNumber number);
    void on(const TimelinessDue& event);
    base::MonoTime made(ItemNumber number) const;
    LateItem look_for(ItemNumber number, base::Millis within) const;
    bool lacks(std::uint32_t at, ItemNumber number) const;
    std::string neighbourhood(std::uint32_t at, ItemNumber number) const;
    std::string why_late(const LateItem& late) const;
    std::string name_of(std::uint32_t at) const;
    void finish_timely(Outcome& out);

    // world_people.cpp: what users do, and what their markets do about it
    using Act = std::function<void(market::Market&, const market::Turn&)>;
    void begin_market(std::uint32_t at);
    void give_market(std::uint32_t at);  // to one that is up and has none
    bool ask(std::uint32_t at,
             const Act& act);  // a turn with this command; false if nothing of it was kept
    void answer_market(std::uint32_t at, turn::Answer answer);
    void learn(std::uint32_t at, const item::ReadPtr& item);
    void on_thought(std::uint32_t at, market::Effects& wishes);
    void on_own_kept(std::uint32_t at, const market::Effects& wishes);
    void plan_forgetting(std::uint32_t at, std::size_t number);
    void perform(std::uint32_t at, const market::Effect& wish);
    bool publish_offer(std::uint32_t at, Purpose purpose, base::Seconds lifetime);
    void on(const RevisionDue& event);
    void on(const LetterDue& event);
    void on(const AnswerDue& event);
    bool send_mail(std::uint32_t from, std::uint32_t to, const std::string& address,
                   bool is_answer);
    void on(const WorkerDone& event);
    turn::MailTried try_open(const market::TryOpen& wish) const;
    void on(const MarketTickDue& event);
    void arm_tick(std::uint32_t at);
    std::optional<std::string> unheard() const;
    void check_boxes();
    void finish_post(Outcome& out) const;
    bool reachable(std::uint32_t at) const;
    bool clock_fits(const SimNode& node) const;

    // world_recovery.cpp: disks that are lost or full, users who come back, mail that is removed
    struct Forgotten {
        std::uint32_t node = 0;
        std::uint32_t disk = 0;  // SimNode::disks
        base::MonoTime at;
        market::MessageId id{};
        base::Bytes key;  // of its row, before it was erased
        base::Bytes row;
    };
    bool is_in_use(std::uint32_t at) const;  // its user does things with it
    bool has_settled_in(std::uint32_t at) const;
    void back_up(std::uint32_t at);
    void on(const DiskLost& event);
    bool is_held(ItemNumber number) const;  // by a connected node
    void come_back(std::uint32_t at);
    void on(const ReturnDue& event) { come_back(event.node); }
    void pause(std::uint32_t at);
    void on(const DiskMended& event);
    void on(const MailRemovalDue& event);
    void on(const ErasureDue& event);
    std::optional<std::string> unfound() const;
    void finish_recovery(Outcome& out) const;

    // world_experiments.cpp: nodes lost for ever, the models beside, spies
    void begin_experiments();
    void on(const NodesLost&);
    void watch_online(std::uint32_t at);
    void watch_published(ItemNumber number);
    void note_dropped(ItemNumber number);
    void watch_spy(std::uint32_t at, const core::Input& input);
    void measure_found(const std::string& suffix);
    void finish_experiments(Outcome& out);

    // world_checks.cpp: safety and liveness
    void fail(std::uint32_t node, const std::string& what);
    // What was decided, against the store that it was decided on.
    void check_before(std::uint32_t at, const core::Effects& effects);
    // What is sent and within which limits, once what is kept is applied.
    void check_after(std::uint32_t at, const core::Input& input, const core::Effects& effects);
    void check_stored(std::uint32_t at, const item::Read& item);
    void check_frame(std::uint32_t at, const core::FramePtr& frame);
    void check_secrets(std::uint32_t at, const core::FramePtr& frame);
    void check_sent(std::uint32_t at, const core::Send& send);  // against the link's past
    void check_disconnect(std::uint32_t at, const core::Disconnect& gone);
    void check_links(std::uint32_t at);
    void check_finding(std::uint32_t at, Wire& wire, const core::FramePtr& frame);
    const std::vector<ItemNumber>& items_in(const core::FramePtr& frame);
    std::uint32_t counted_copies_in(const core::FramePtr& frame);
    std::optional<std::string> missing() const;
    double delivered_share() const;
    void note_share();
    double honest_count() const;

    // What runs with discovery measure.
    struct Finding {
        base::MonoTime from;                    // of settled_ms
        std::optional<base::MonoTime> settled;  // everybody linked, one component
        Graph graph;                            // when last looked at
        double two_honest = 0;
        double one_honest = 0;
        // look-ups under way
        std::map<std::pair<std::uint32_t, base::NodeId>, base::MonoTime> asked;
        std::size_t looked_up = 0;
        std::size_t hops = 0;
        std::size_t questions = 0;
        std::size_t wanted = 0;
        std::size_t found = 0;
        std::vector<std::uint32_t> waits;  // ms
        bool idle = false;
        std::size_t bytes = 0;
        std::size_t dials = 0;
    };

    const RunOptions options_;
    const base::WallTime begin_;
    base::Rng graph_rng_;
    base::Rng link_rng_;
    base::Rng fault_rng_;
    base::Rng publish_rng_;
    base::Rng node_rng_;
    base::Rng person_rng_;
    Oracle oracle_;
    EventQueue<Event> events_;
    std::vector<SimNode> nodes_;
    std::map<base::PeerId, std::uint32_t> by_id_;
    Wires wires_;
    base::MonoTime now_{base::Millis(1000)};
    base::Seconds older_{0};  // all clocks, by a jump that nobody notices
    Finding finding_;
    std::shared_ptr<const Liars> liars_;
    std::vector<base::NodeId> places_;  // by node
    bool calm_ = false;
    bool done_ = false;
    bool parted_ = false;
    base::MonoTime measured_from_;  // what comes earlier is warm-up
    base::MonoTime calm_at_;
    base::MonoTime settled_at_;
    core::Effects kept_;              // of the turn under way: what is kept or noticed
    bool idle_turn_ = true;           // likewise: the core wanted nothing
    std::vector<ItemNumber> handed_;  // likewise: what the market submitted
    struct OwnOffer {
        std::uint32_t maker = 0;
        item::ThingId thing;
        bool removed = false;
    };
    std::vector<OwnOffer> offers_;               // of markets, in the order of publishing
    std::map<item::ThingId, Purpose> purposes_;  // of these
    // likewise: the newest version that was handed over
    std::map<item::ThingId, ItemNumber> newest_;
    std::vector<Forgotten> forgotten_;
    std::size_t disks_lost_ = 0;
    std::size_t came_back_ = 0;
    std::size_t disks_full_ = 0;
    std::size_t erased_ = 0;
    Post post_;
    core::FramePtr read_frame_;  // the last one whose items were looked at,
    // and their numbers; no_item for a copy that is not genuine
    std::vector<ItemNumber> read_items_;
    std::pair<std::uint32_t, std::uint64_t> read_for_{};  // node and step of the last check_frame()
    Figures figures_;
    TimelyNotes timely_;
    std::vector<KademliaModel> models_;
    Spies spies_;
    std::vector<bool> lost_items_;  // held by no connected survivor when the others were lost
    // ms: from an update to when a node that held the old one dropped it
    std::vector<std::uint32_t> stale_;
    std::vector<std::pair<std::string, double>> extra_;
    std::vector<std::pair<std::uint32_t, double>> curve_;
    Digest digest_;
    TraceRing trace_;
    std::uint64_t steps_ = 0;
    std::vector<std::uint32_t> origin_;  // by item number
    // likewise: when an honest node that did not make it got it; zero: not yet
    std::vector<base::MonoTime> out_;
    std::vector<std::uint32_t> injected_;  // likewise: times, as its maker's market would remember
    std::unordered_map<std::uint64_t, core::Inject> visits_;  // under way, by a number of their own
    std::uint64_t next_visit_ = 1;
    std::vector<std::string> failures_;
    std::string failure_trace_;
};

}  // namespace hearsay::sim
