// sim/observer.hpp - what a check or a meter is told of a run, and what it may look at.
//
// Each safety rule, each liveness rule and each meter is a class of its own that overrides what it
// wants to hear. A hook remembers, measures or fails; it changes no node. A few plan events: to
// look again later, or to have a node do what is measured.
//
// All are told in the order in which World lists them: who remembers what was there before comes
// after who asks for it.
#pragma once

#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <vector>

#include "sim/clock.hpp"
#include "sim/node.hpp"
#include "sim/oracle.hpp"
#include "sim/run.hpp"

namespace hearsay::sim {

struct RunView {
    const RunOptions& options;
    const Clock& clock;
    const Nodes& nodes;
    const Oracle& oracle;

    base::MonoTime now() const { return clock.now(); }
    // By the clock of this node.
    base::Now time_of(std::uint32_t at) const {
        return {clock.now(), clock.truth() + nodes[at].skew};
    }
    bool is_live(ItemNumber number) const { return oracle.is_live(number, clock.truth()); }
    bool holds(std::uint32_t at, ItemNumber number) const {
        return nodes[at].holds(oracle[number].item->id);
    }
    std::uint32_t maker(ItemNumber number) const { return oracle[number].maker; }
};

// A frame at its receiver, which reads it now.
struct Arrival {
    std::uint32_t from = 0;
    std::uint32_t at = 0;
    bool by_visit = false;     // over an anonymous link
    std::uint32_t copies = 0;  // of items that count
    const core::FramePtr& frame;
};

// What became of one injection.
struct HandedOver {
    base::MonoTime at;
    std::uint32_t to = 0;
    bool came = false;  // false: nobody answered there
};

class Observer {
public:
    Observer() = default;
    virtual ~Observer() = default;
    Observer(const Observer&) = delete;
    Observer& operator=(const Observer&) = delete;

    // It came up or went down.
    virtual void on_online(std::uint32_t) {}
    virtual void on_timer(std::uint32_t) {}
    virtual void on_disk_lost(std::uint32_t) {}
    // These went for ever, all at once.
    virtual void on_nodes_lost(const std::vector<std::uint32_t>&) {}
    // An item was made and has this number from now on.
    virtual void on_made(ItemNumber) {}
    // A step of an honest node: decided, nothing applied.
    virtual void on_step(std::uint32_t, const core::Input&, const core::Effects&) {}
    // What of the step is kept is applied; nothing is sent.
    virtual void on_applied(std::uint32_t, const core::Input&, const core::Effects&) {}
    // A turn is kept: what it stored, forgot and noticed.
    virtual void on_kept(std::uint32_t, const core::Effects&) {}
    // What a market wants done in a turn; nothing is kept.
    virtual void on_wishes(std::uint32_t, const market::Effects&) {}
    // What its market did is durable.
    virtual void on_own_kept(std::uint32_t, const market::Effects&) {}
    virtual void on_dial(std::uint32_t) {}
    // A dial of the first was answered by the second.
    virtual void on_answered(std::uint32_t, std::uint32_t) {}
    virtual void on_sent(std::uint32_t, std::uint32_t, const core::FramePtr&) {}
    virtual void on_arrival(const Arrival&) {}
    virtual void on_handed_over(ItemNumber, const HandedOver&) {}
    virtual void on_calm() {}
    // Every five seconds of calm.
    virtual void on_look() {}
    // In the calm: what is still to come, as a sentence.
    virtual std::optional<std::string> missing() const { return std::nullopt; }
    // What it measures is over: the run may end before its time.
    virtual bool is_done() const { return true; }
    virtual void finish(Outcome&) {}
};

// Who is to be told what. A hook is told to those that override it: most steps interest few.
class Observers {
public:
    template <class Watcher>
    void add(Watcher& watcher) {
        all_.push_back(&watcher);
        enlist<&Observer::on_online>(&Watcher::on_online, watcher);
        enlist<&Observer::on_timer>(&Watcher::on_timer, watcher);
        enlist<&Observer::on_disk_lost>(&Watcher::on_disk_lost, watcher);
        enlist<&Observer::on_nodes_lost>(&Watcher::on_nodes_lost, watcher);
        enlist<&Observer::on_made>(&Watcher::on_made, watcher);
        enlist<&Observer::on_step>(&Watcher::on_step, watcher);
        enlist<&Observer::on_applied>(&Watcher::on_applied, watcher);
        enlist<&Observer::on_kept>(&Watcher::on_kept, watcher);
        enlist<&Observer::on_wishes>(&Watcher::on_wishes, watcher);
        enlist<&Observer::on_own_kept>(&Watcher::on_own_kept, watcher);
        enlist<&Observer::on_dial>(&Watcher::on_dial, watcher);
        enlist<&Observer::on_answered>(&Watcher::on_answered, watcher);
        enlist<&Observer::on_sent>(&Watcher::on_sent, watcher);
        enlist<&Observer::on_arrival>(&Watcher::on_arrival, watcher);
        enlist<&Observer::on_handed_over>(&Watcher::on_handed_over, watcher);
        enlist<&Observer::on_calm>(&Watcher::on_calm, watcher);
        enlist<&Observer::on_look>(&Watcher::on_look, watcher);
        enlist<&Observer::finish>(&Watcher::finish, watcher);
    }
    template <auto Hook, class... Arguments>
    void tell(Arguments&&... arguments) const {
        for (Observer* const observer : std::get<List<Hook>>(lists_).who)
            (observer->*Hook)(arguments...);
    }

    std::optional<std::string> missing() const {
        for (const Observer* const observer : all_)
            if (auto what = observer->missing()) return what;
        return std::nullopt;
    }
    std::vector<std::string> all_missing() const {
        std::vector<std::string> out;
        for (const Observer* const observer : all_)
            if (auto what = observer->missing()) out.push_back(*std::move(what));
        return out;
    }
    bool are_done() const {
        for (const Observer* const observer : all_)
            if (!observer->is_done()) return false;
        return true;
    }

private:
    template <auto Hook>
    struct List {
        std::vector<Observer*> who;
    };
    // A member that is inherited is a member of Observer by its type, too.
    template <auto Hook, class Member>
    void enlist(Member, Observer& observer) {
        if constexpr (!std::is_same_v<Member, decltype(Hook)>)
            std::get<List<Hook>>(lists_).who.push_back(&observer);
    }

    std::vector<Observer*> all_;
    std::tuple<List<&Observer::on_online>, List<&Observer::on_timer>, List<&Observer::on_disk_lost>,
               List<&Observer::on_nodes_lost>, List<&Observer::on_made>, List<&Observer::on_step>,
               List<&Observer::on_applied>, List<&Observer::on_kept>, List<&Observer::on_wishes>,
               List<&Observer::on_own_kept>, List<&Observer::on_dial>, List<&Observer::on_answered>,
               List<&Observer::on_sent>, List<&Observer::on_arrival>,
               List<&Observer::on_handed_over>, List<&Observer::on_calm>, List<&Observer::on_look>,
               List<&Observer::finish>>
        lists_;
};

}  // namespace hearsay::sim
