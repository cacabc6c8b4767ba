// sim/users/workers.hpp - the worker threads of all nodes: an answer to each question, after 1 to 8
// milliseconds. Work is found at once (oracle.hpp); letters are really opened.
//
// Where a scenario asks for it (search = 1) a search for work takes as long as one core without SHA
// extensions needs for the expected number of hashes, one search of a node after the other. The
// expected number, not a drawn one: a logarithm is not the same on every machine.
#pragma once

#include "sim/cluster.hpp"

namespace hearsay::sim {

class Workers {
public:
    static constexpr std::uint64_t hashes_per_ms = 7'700;

    Workers(const RunOptions& options, Cluster& cluster, Oracle& oracle, base::Rng& rng)
        : options_(options), cluster_(cluster), oracle_(oracle), rng_(rng) {}

    void verify(std::uint32_t at, const core::Verify& wish);
    // FindWork, TryOpen, ListPersonas and CancelWork; others are not for workers.
    void perform(std::uint32_t at, const market::Effect& wish);
    void on(const WorkerDone& event);

private:
    void answer_later(std::uint32_t at, std::uint64_t job);
    void search(std::uint32_t at, const market::FindWork& work);
    std::uint64_t nonce_for(const market::FindWork& work);
    static turn::MailTried try_open(const market::TryOpen& wish);

    // Of one node, in one life.
    struct Searcher {
        std::uint32_t life = 0;
        base::MonoTime busy_until;
    };

    const RunOptions& options_;
    Cluster& cluster_;
    Oracle& oracle_;
    base::Rng& rng_;
    std::vector<Searcher> searchers_;  // by node
};

}  // namespace hearsay::sim
