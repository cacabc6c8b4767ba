// sim/checks/liveness.hpp - within calm_s every honest connected node holds every live item, and no
// superseded one. Lost items are nobody's duty (lost_items.hpp), nor is in a full network what
// there is no room for (duty.hpp).
#pragma once

#include "sim/checks/duty.hpp"

namespace hearsay::sim {

class Liveness final : public Observer {
public:
    Liveness(const RunView& view, const LostItems& lost) : view_(view), lost_(lost), duty_(view) {}

    void on_calm() override { note(); }
    void on_look() override { note(); }
    std::optional<std::string> missing() const override;
    void finish(Outcome& out) override;

private:
    void note();
    double delivered_share() const;

    const RunView& view_;
    const LostItems& lost_;
    const Duty duty_;
    std::vector<std::pair<std::uint32_t, double>> curve_;  // ms of calm, share
};

}  // namespace hearsay::sim
