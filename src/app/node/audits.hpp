// app/node/audits.hpp - what came of audits (core/audit/audit.hpp), for whoever asks later.
//
// Results stand until the node ends, the newest results_max of them.
#pragma once

#include <list>

#include "core/node.hpp"

namespace hearsay::app {

class Audits {
public:
    static constexpr std::size_t results_max = 64;

    enum class State {
        running,
        over,
        interrupted,  // the core began anew meanwhile
    };
    struct Result {
        item::ThingId thing;
        base::WallTime begun;
        bool over = false;
        core::Audited counted;
        State state(const core::Node& node) const {
            if (over) return State::over;
            return node.audit().is_running(counted.id) ? State::running : State::interrupted;
        }
    };

    // An audit of this item begins; one of before is forgotten.
    void begin(const item::ThingId& thing, const base::ItemId& item, base::WallTime now);
    void on_audited(const core::Audited& audited);
    const Result* find(const item::ThingId& thing) const;

private:
    std::list<Result> results_;  // the newest last
};

}  // namespace hearsay::app
