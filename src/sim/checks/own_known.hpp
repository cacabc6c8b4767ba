// sim/checks/own_known.hpp - liveness of what is a node's own: its market has heard everything of
// it back, but where the network is still full and its user searches more work; and who lost a disk
// knows again what is out of its own, whatever the disk went through.
#pragma once

#include "sim/checks/lost_items.hpp"
#include "sim/users/publishing.hpp"

namespace hearsay::sim {

class HeardBack final : public Observer {
public:
    explicit HeardBack(const RunView& view) : view_(view) {}
    std::optional<std::string> missing() const override;

private:
    const RunView& view_;
};

class OwnFound final : public Observer {
public:
    OwnFound(const RunView& view, const Publishing& publishing, const LostItems& lost)
        : view_(view), publishing_(publishing), lost_(lost) {}

    void on_disk_lost(std::uint32_t) override { disks_were_lost_ = true; }
    std::optional<std::string> missing() const override;

private:
    const RunView& view_;
    const Publishing& publishing_;
    const LostItems& lost_;
    bool disks_were_lost_ = false;
};

}  // namespace hearsay::sim
