// app/node/passphrase.hpp - where the passphrase of the keys comes from,
// and where the recovery words go.
#pragma once

#include <string>

#include "app/node/options.hpp"
#include "base/error.hpp"

namespace hearsay::app {

// From the file, the descriptor or the terminal, as the options say; empty for --no-passphrase.
// `fresh`: a new identity; the terminal asks twice. Without a terminal and without an option the
// error names the options.
base::Result<std::string> read_passphrase(const Options& options, bool fresh);

// Shows the words of a new identity once: to the file (new, mode 0600) or the terminal. Nowhere for
// --no-recovery-words. Call can_show_words() before anything is created.
base::Result<void> can_show_words(const Options& options);
base::Result<void> show_words(const Options& options, const std::string& words);

}  // namespace hearsay::app
