// app/node/daemon.hpp - the wiring: which part knows which, in what order they start and end.
//
// Start, each step with a plain error that ends the program, because without it nothing works:
//   the user's files (settings of Tor), data directory, lock, flood store, own store, onion key,
//   vault (identity.hpp), market, run directory, local API.
// So a mistake in what the user wrote is told before an identity is made and its words are shown.
// From then on the store is served. Tor, its descriptor, reachability, peers and exchange follow,
// each with its own state and none fatal.
// End, on SIGINT, SIGTERM or POST /v1/stop: links are closed, the flood store is synced,
// Tor is asked to end and waited for. A signal that comes during the start ends it between two
// steps, with the same success (app/signals.hpp).
#pragma once

#include "app/node/log.hpp"
#include "app/node/options.hpp"
#include "base/error.hpp"

namespace hearsay::app {

// Runs until asked to end.
base::Result<void> run_daemon(const Options& options, NodeLog& log);

}  // namespace hearsay::app
