// sim/users/erasure.hpp - S11: a mail that its reader removed opens no more after four ticks of the
// market without a fault, for whoever has the disk and its passphrase then, and kept the row.
//
// Readers remove mail, and the run keeps the row as whoever seized the disk before would. A walk
// over the keys that is under way ends at the next tick; the one of this removal begins there and
// ends at the one after. A backup brings keys of its day back (decision 12), so a row is not looked
// at any more when the disk is lost.
#pragma once

#include "sim/cluster.hpp"
#include "sim/post.hpp"

namespace hearsay::sim {

class Erasure final : public Observer {
public:
    Erasure(Cluster& cluster, Post& post, Failures& failures)
        : cluster_(cluster), post_(post), failures_(failures) {}

    void on(const MailRemovalDue& event);
    void on(const ErasureDue& event);
    void on_disk_lost(std::uint32_t) override { disks_were_lost_ = true; }
    void finish(Outcome& out) override;

private:
    struct Removed {
        std::uint32_t node = 0;
        std::uint32_t disk = 0;  // SimNode::disks
        base::MonoTime at;
        market::MessageId id{};
        base::Bytes key;  // of its row, before it was erased
        base::Bytes row;
    };
    Cluster& cluster_;
    Post& post_;
    Failures& failures_;
    std::vector<Removed> removed_;
    std::size_t erased_ = 0;
    bool disks_were_lost_ = false;
};

}  // namespace hearsay::sim
