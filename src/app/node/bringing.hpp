// app/node/bringing.hpp - which verdicts on brought items a client waits for. What is asked
// together is answered together, once the last verdict is there.
//
// Bounds: brought_batches_max at a time. One whose verdicts do not come - the core began anew -
// goes when another needs its place; by then its client was told that there is no answer.
#pragma once

#include <functional>
#include <list>
#include <map>
#include <vector>

#include "core/effects.hpp"

namespace hearsay::app {

inline constexpr std::size_t brought_batches_max = 8;

class Bringing {
public:
    using Verdicts = std::vector<core::Judged>;
    using Done = std::function<void(const Verdicts&)>;

    // Asks for the verdicts on these, all of them different. `done` comes once.
    void begin(const std::vector<base::ItemId>& ids, Done done);
    void on_judged(const core::Judged& judged);

private:
    struct Batch {
        std::map<base::ItemId, std::size_t> open;  // place in `verdicts`
        Verdicts verdicts;
        Done done;
    };
    std::list<Batch> batches_;  // oldest first
};

}  // namespace hearsay::app
