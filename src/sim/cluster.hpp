// sim/cluster.hpp - the schedule of a run: nodes, the clock, what is planned, and a node's turns.
//
// A turn is turn/engine.hpp's, with one input, answer or command at a time. Each of its steps is
// told to the observers before anything is applied, and again when what it keeps is. Where a node
// is to crash, the commits from that point on fail, nothing is said, and the process ends after the
// turn. A turn whose commit fails though no crash or full disk was meant is a failure of the run.
//
// What a turn wants of the world outside, the Host does; what becomes of it comes back as an event.
#pragma once

#include <functional>

#include "sim/event_queue.hpp"
#include "sim/failures.hpp"
#include "sim/observer.hpp"

namespace hearsay::sim {

class Cluster {
public:
    // What is around the nodes.
    class Host {
    public:
        virtual ~Host() = default;
        virtual void perform(std::uint32_t at, const core::Effect& effect) = 0;
        virtual void perform(std::uint32_t at, const market::Effect& effect) = 0;
        // The process is gone, or its core pauses: its links are, too.
        virtual void close_links(std::uint32_t at) = 0;
        // What a core is told beyond what its node remembers.
        virtual void advise(std::uint32_t at, core::NodeOptions& out) = 0;
        // A process runs, and had its first turns.
        virtual void on_started(std::uint32_t at) = 0;
        // A market hands an item over, for the first time or again. Its number.
        virtual ItemNumber learn(std::uint32_t at, const item::ReadPtr& item) = 0;
        virtual void on_own_kept(std::uint32_t at, const market::Effects& wishes) = 0;
        // A commit failed, and the process lives on.
        virtual void on_disk_full(std::uint32_t at) = 0;
    };
    using Act = std::function<void(market::Market&, const market::Turn&)>;

    Cluster(const RunOptions& options, base::WallTime begin, Oracle& oracle, base::Rng& node_rng,
            base::Rng& person_rng);
    // Before anything happens. All three live as long as this.
    void connect(Host& host, const Observers& observers, Failures& failures);

    Clock& clock() { return clock_; }
    Nodes& nodes() { return nodes_; }
    EventQueue<Event>& events() { return events_; }
    const Observers& observers() const { return *observers_; }
    std::uint64_t steps() const { return steps_; }
    base::MonoTime now() const { return clock_.now(); }
    base::Now time_of(std::uint32_t at) const {
        return {clock_.now(), clock_.truth() + nodes_[at].skew};
    }

    // The process begins; nothing happens if it runs or never will again.
    void on(const NodeStarts& event);
    // It is gone: memory, links and work under way with it. What was committed stays.
    void stop(std::uint32_t at);
    void stop_for_ever(std::uint32_t at);
    // As app/node/shell_disk.cpp: links are closed, answers to what was asked are for nobody.
    void pause(std::uint32_t at);
    void resume(std::uint32_t at);

    // Something happened to a node that is up.
    void turn(std::uint32_t at, core::Input input);
    void answer(std::uint32_t at, turn::Answer answer);
    // What a byzantine node says without being asked.
    void speak(std::uint32_t at, const core::Effects& lies);
    // A user's command. False if nothing of it was kept.
    bool ask(std::uint32_t at, const Act& act);
    // A market for a node that is up, if it has none.
    void give_market(std::uint32_t at);
    // Its core may have something to wait for that no input of its own led to.
    void arm(std::uint32_t at);

    void on(const CoreTimerDue& event);
    void on(const MarketTickDue& event);
    void on(const TurnGoesOn& event);
    void on(const ItemVerified& event);

private:
    class Turns;
    core::NodeOptions core_options(std::uint32_t at);
    bool run_turn(std::uint32_t at, bool dull = false);  // true: its own store was committed
    void step_byzantine(std::uint32_t at, const core::Input& input);
    void forget_plans(SimNode& node);
    static void break_disk(SimNode& node);
    void arm_tick(std::uint32_t at);
    void note_step(std::uint32_t at, const core::Input& input, core::Effects& effects);

    const RunOptions& options_;
    Oracle& oracle_;
    base::Rng& node_rng_;
    base::Rng& person_rng_;
    Host* host_ = nullptr;
    const Observers* observers_ = nullptr;
    Failures* failures_ = nullptr;
    Clock clock_;
    Nodes nodes_;
    EventQueue<Event> events_;
    std::uint64_t steps_ = 0;
    // Of the turn under way:
    core::Effects kept_;              // what is kept or noticed
    bool idle_ = true;                // the core wanted nothing
    std::vector<ItemNumber> handed_;  // what the market submitted
    core::Effects lies_;              // what a byzantine node wants
};

}  // namespace hearsay::sim
