// sim/users/workers.hpp - the worker threads of all nodes: an answer to each question, after 1 to 8
// milliseconds. Work is found at once (oracle.hpp); letters are really opened.
#pragma once

#include "sim/cluster.hpp"

namespace hearsay::sim {

class Workers {
public:
    Workers(Cluster& cluster, Oracle& oracle, base::Rng& rng)
        : cluster_(cluster), oracle_(oracle), rng_(rng) {}

    void verify(std::uint32_t at, const core::Verify& wish);
    // FindWork, TryOpen, ListPersonas and CancelWork; others are not for workers.
    void perform(std::uint32_t at, const market::Effect& wish);
    void on(const WorkerDone& event);

private:
    void answer_later(std::uint32_t at, std::uint64_t job);
    std::uint64_t nonce_for(const market::FindWork& work);
    static turn::MailTried try_open(const market::TryOpen& wish);

    Cluster& cluster_;
    Oracle& oracle_;
    base::Rng& rng_;
};

}  // namespace hearsay::sim
