// core/discovery/questions.hpp - what we asked over which link, and which answers count.
//
//   1. A question has a number of its own; an answer counts once, over the same link, with the
//      number of a question that is open. So nobody fills our candidates unasked.
//   2. A question that is not answered in find_wait is over.
//   3. We ask a link half of what the other side allows (find_burst, one more each find_every):
//      clocks run differently, and frames bunch up on their way.
#pragma once

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "base/token_bucket.hpp"
#include "core/effects.hpp"

namespace hearsay::core {

class Questions {
public:
    struct Question {
        base::PeerId peer;
        base::MonoTime until;
        bool looks_up = false;  // for a look-up of ours (lookups.hpp)
    };

    // False: this link was asked enough for now.
    bool ask(base::LinkId link, const base::PeerId& peer, const base::NodeId& target, bool looks_up,
             base::Now now, Effects& out);
    // The question that this answers, if it counts; it is open no more.
    std::optional<Question> take(base::LinkId link, std::uint32_t number);
    // All that were open over a link that is gone.
    std::vector<Question> take_all(base::LinkId link);
    // All that nobody answered in time.
    std::vector<std::pair<base::LinkId, Question>> take_late(base::MonoTime now);
    bool has_open(base::LinkId link) const;
    base::MonoTime next_deadline() const;

private:
    std::map<std::pair<base::LinkId, std::uint32_t>, Question> open_;
    std::map<base::LinkId, base::TokenBucket> asked_;  // by us
    std::uint32_t next_number_ = 1;
};

}  // namespace hearsay::core
