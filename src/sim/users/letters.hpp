// sim/users/letters.hpp - who writes to whom.
//
// Somebody who has an offer writes to its maker; half of the mails are answered. Who is down, or
// whose market refuses (the offer has not come to this node, say), tries again until the calm.
#pragma once

#include "sim/post.hpp"
#include "sim/users/publishing.hpp"

namespace hearsay::sim {

class Letters {
public:
    Letters(const RunOptions& options, Cluster& cluster, const Publishing& publishing, Post& post,
            base::Rng& rng);

    // Mail arrived at this node: its user may answer it, and remove it.
    void on_own_kept(std::uint32_t at, const market::Effects& wishes);
    void on(const LetterDue& event);
    void on(const AnswerDue& event);

private:
    void plan_removal(std::uint32_t at, std::size_t letter);
    bool send(std::uint32_t from, std::uint32_t to, const std::string& address, bool is_answer);

    const RunOptions& options_;
    Cluster& cluster_;
    Nodes& nodes_;
    EventQueue<Event>& events_;
    const Publishing& publishing_;
    Post& post_;
    base::Rng& rng_;
};

}  // namespace hearsay::sim
