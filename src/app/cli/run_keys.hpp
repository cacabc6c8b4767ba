// app/cli/run_keys.hpp - the commands about words, passphrases and the node's end.
#pragma once

#include "app/cli/client.hpp"
#include "app/cli/run.hpp"

namespace hearsay::app::cli {

// exit_failed: these are another person's words.
int run_word_check(const Client& client, bool json, Terminal& terminal);
// Asks for what no file gives; a new passphrase twice.
int run_passphrase(const IdentityPassphrase& command, const Client& client, bool json,
                   Terminal& terminal);
// Returns when the process is gone, or exit_unavailable when it is not within half a minute.
int run_stop(const Client& client, bool json, Terminal& terminal);

}  // namespace hearsay::app::cli
