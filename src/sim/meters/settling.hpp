// sim/meters/settling.hpp - whether nodes that were given no graph have made one: each with eight
// standing links, all in one component; and how many of their links lead to honest nodes.
//
// Looked at every five seconds, from the first node's begin or from the begin of the calm, until it
// is so or the time for it is over. All that were to come must have come: a network that is half
// there looks complete, too. Then the look-ups begin.
#pragma once

#include "sim/meters/look_ups.hpp"

namespace hearsay::sim {

class Settling final : public Observer {
public:
    Settling(const RunView& view, EventQueue<Event>& events, LookUps& look_ups)
        : view_(view), events_(events), look_ups_(look_ups) {}

    // Once the phases of the run are known.
    void begin();
    void on(const SettlingLooked&);
    void on_calm() override;
    bool is_done() const override;
    void finish(Outcome& out) override;

private:
    struct Graph {
        double connected_share = 0;
        std::size_t components = 0;
    };
    Graph look_at_links() const;

    const RunView& view_;
    EventQueue<Event>& events_;
    LookUps& look_ups_;
    base::MonoTime from_;
    std::optional<base::MonoTime> settled_;
    Graph graph_;  // when last looked at
    double two_honest_ = 0;
    double one_honest_ = 0;
};

}  // namespace hearsay::sim
