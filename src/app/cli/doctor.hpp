// app/cli/doctor.hpp - `hearsay doctor`: goes through all that keeps a node from working, and says
// what is so and what to do, on one page.
//
// In this order, each looked at also when an earlier one is wrong, as far as it can be:
//   the data directory (there, one's own, closed to others), the disk, the node (does it answer),
//   its keys' passphrase, the clock, Tor, its network, the descriptor, reachability, peers,
//   completeness, the store, what waits for the person, the last backup, versions.
// `wrong` is what keeps the node from doing its work, `note` what a person may want to know; the
// exit code is 0 without anything wrong, exit_failed with, and exit_not_running if no node answers.
// What is judged is a status and what lies on the disk: the same, the same words.
#pragma once

#include <optional>
#include <string>

#include "api.pb.h"
#include "app/cli/client.hpp"
#include "app/cli/run.hpp"
#include "doctor.pb.h"

namespace hearsay::app::cli {

// What the command itself sees of a data directory.
struct Home {
    bool there = false;
    bool readable = true;  // by this user; else nothing below is known
    bool own = true;
    unsigned mode = 0;
    std::uint64_t free_bytes = 0;
};
Home look_at_home(const std::string& data_dir);

// `status`: nothing if no node answered, for `silence`.
api::Examination examine(const std::string& data_dir, const Home& home,
                         const std::optional<api::Status>& status, const std::string& silence,
                         base::WallTime now);

int run_doctor(const Client& client, bool json, Terminal& terminal);

}  // namespace hearsay::app::cli
