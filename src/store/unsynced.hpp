// store/unsynced.hpp - tells whether the machine died while the flood environment was ahead of the
// disk.
//
// With MDB_NOSYNC a commit hands pages to the kernel. A killed process loses nothing of that; a
// machine that stops may have written any subset of the pages, and LMDB cannot tell. So before the
// first commit after a sync a marker file with the boot id is made durable, and a finished sync
// removes it:
//   no marker                  -> everything is on the disk
//   marker of this boot        -> the process died, the kernel still had everything
//   marker of another boot, or one we cannot compare -> the environment cannot be trusted
// Commits come from one thread, syncs may come from another: a sync clears the marker only if no
// commit was under way or happened since it began.
#pragma once

#include <mutex>
#include <string>

#include "base/error.hpp"

namespace hearsay::store {

// The kernel's id of this boot; empty if the system has none (then every marker counts as another
// boot's).
std::string system_boot_id();

class Unsynced {
public:
    Unsynced(std::string directory, std::string boot_id);

    // True if a marker of another boot lies there, or one that cannot be read.
    bool machine_died() const;
    void forget();  // the marker is gone with all the rest

    base::Result<void> before_commit();
    void after_commit();

    std::uint64_t before_sync();
    base::Result<void> after_sync(std::uint64_t ticket);

private:
    const std::string path_;
    const std::string boot_id_;
    std::mutex mutex_;
    bool marked_ = false;
    bool committing_ = false;
    std::uint64_t commits_ = 1;
};

}  // namespace hearsay::store
