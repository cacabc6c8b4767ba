// sim/network.hpp - what becomes of Send, Disconnect, Dial, Inject and Throttle: wires between
// nodes, how long they take, and who reaches whom.
//
//   1. A dial takes the set-up of a circuit. It fails after the caller's patience, or after a time
//      drawn below it if nobody is there.
//   2. An injection is a visit: an anonymous wire, over which everything comes at once. Its maker's
//      core knows nothing of the link and hears Injected when it ended.
//   3. A polite goodbye lets the last frames out; who broke the rules gets no more.
//   4. A process that ends closes most of its links; some peers find out by its silence.
//   5. A node that is throttled reads nothing. What arrived meanwhile comes first when it reads
//      again, and in order.
//   6. While the network is parted, nobody reaches the other side. Links that stood across are cut,
//      or stall one way: the asymmetric kind.
#pragma once

#include <unordered_map>
#include <variant>

#include "sim/cluster.hpp"
#include "sim/frame_items.hpp"
#include "sim/wire.hpp"

namespace hearsay::sim {

class Network {
public:
    // `wires` is shared with the checks, which remember in each what was sent over it.
    Network(Cluster& cluster, Wires& wires, FrameItems& frames, const Oracle& oracle,
            base::Rng& rng);

    void send(std::uint32_t from, const core::Send& send);
    void disconnect(std::uint32_t from, const core::Disconnect& gone);
    void dial(std::uint32_t from, const core::Dial& wish);
    void inject(std::uint32_t from, const core::Inject& inject);
    void probe(std::uint32_t from, const core::SendProbe& probe);
    void throttle(std::uint32_t at, bool on);
    void close_all(std::uint32_t at);

    std::uint64_t open_count() const { return wires_.open_count(); }
    void cut(std::uint64_t wire, base::Millis noticed_within);
    // Nothing leaves one end, 0 or 1, until then.
    void stall(std::uint64_t wire, std::size_t end, base::MonoTime until);
    void part(base::MonoTime until, base::Rng& rng);
    void heal() { parted_ = false; }
    // What was stalled flows again.
    void unstall_all();

    void on(const CircuitBuilt& event);
    void on(const DialFailed& event);
    void on(const VisitBegins& event);
    void on(const VisitFailed& event);
    void on(const FrameArrived& event);
    void on(const ReadingResumed& event);
    void on(const QueueDrained& event);
    void on(const LinkEnded& event);

private:
    bool reaches(std::uint32_t from, std::uint32_t to) const;
    std::uint64_t make_wire(std::uint32_t from, std::uint32_t to);
    void close_end(std::uint64_t wire, std::size_t end);
    struct Visit {  // by a node whose core does not know the link
        std::variant<core::Inject, core::SendProbe> wish;
        std::optional<std::vector<bool>> held{};  // what a probe was told
        const base::PeerId& peer() const {
            return std::visit([](const auto& each) -> const base::PeerId& { return each.peer; },
                              wish);
        }
        const std::vector<core::FramePtr>& frames() const {
            return std::visit(
                [](const auto& each) -> const std::vector<core::FramePtr>& { return each.frames; },
                wish);
        }
    };
    void begin_visit(std::uint32_t from, Visit visit, base::Millis patience);
    void end_visit(std::uint32_t from, std::uint64_t visit, bool ok);
    void hear_visitor(const FrameArrived& event, Wire& wire);
    base::MonoTime now() const { return cluster_.now(); }

    Cluster& cluster_;
    Nodes& nodes_;
    EventQueue<Event>& events_;
    Wires& wires_;
    FrameItems& frames_;
    const Oracle& oracle_;
    base::Rng& rng_;
    bool parted_ = false;
    std::unordered_map<std::uint64_t, Visit> visits_;  // under way, by number; never walked
    std::uint64_t next_visit_ = 1;
};

}  // namespace hearsay::sim
