// sim/checks/mail_rules.hpp - S9: a user is told of a mail once, and only of one that was sent
// there; at the end both boxes hold what they should (post.hpp). Liveness of mail: each mail
// between two honest connected nodes arrives and is known to be delivered.
#pragma once

#include "sim/cluster.hpp"
#include "sim/post.hpp"

namespace hearsay::sim {

class MailRules final : public Observer {
public:
    MailRules(Cluster& cluster, Post& post, Failures& failures)
        : cluster_(cluster), post_(post), failures_(failures) {}

    void on_own_kept(std::uint32_t at, const market::Effects& wishes) override;
    std::optional<std::string> missing() const override;
    // Markets read their mail for this: once, when the run is over.
    void check_boxes();
    void finish(Outcome& out) override;

private:
    void check_told(std::uint32_t at, const market::Tell& tell);
    bool reachable(std::uint32_t at) const { return cluster_.nodes()[at].connected; }

    Cluster& cluster_;
    Post& post_;
    Failures& failures_;
};

}  // namespace hearsay::sim
