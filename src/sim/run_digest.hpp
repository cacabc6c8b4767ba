// sim/run_digest.hpp - the digest of a run: every step of every honest node with its time, input
// and effects, and what its market wants done and tells.
#pragma once

#include "sim/observer.hpp"
#include "sim/trace.hpp"

namespace hearsay::sim {

class RunDigest final : public Observer {
public:
    explicit RunDigest(const Clock& clock) : clock_(clock) {}

    void on_step(std::uint32_t at, const core::Input& input, const core::Effects& effects) override;
    void on_wishes(std::uint32_t at, const market::Effects& wishes) override;
    void finish(Outcome& out) override { out.digest = digest_.text(); }

private:
    const Clock& clock_;
    Digest digest_;
};

}  // namespace hearsay::sim
