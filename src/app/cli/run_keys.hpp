// app/cli/run_keys.hpp - the commands about keys, words, passphrases and the node's end.
#pragma once

#include "app/cli/asker.hpp"

namespace hearsay::app::cli {

// The secret key of a persona: printed, or into a new file alone.
int run_export(const IdentityExport& command, const Asker& asker);
// exit_failed: these are another person's words.
int run_word_check(const Asker& asker);
// Asks for what no file gives; a new passphrase twice.
int run_passphrase(const IdentityPassphrase& command, const Asker& asker);
// Returns when the process is gone, or exit_unavailable when it is not within half a minute.
int run_stop(const Asker& asker);

}  // namespace hearsay::app::cli
