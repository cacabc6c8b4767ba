// app/node/passphrase.hpp - where the passphrase of the keys comes from, and where the recovery
// words go.
#pragma once

#include <string>

#include "app/node/options.hpp"
#include "base/error.hpp"
#include "market/keys/vault.hpp"

namespace hearsay::app {

// From the file, the descriptor or the terminal, as the options say, and as it came; empty for
// --no-passphrase.
// `fresh`: a new identity; the terminal asks twice. Without a terminal and without an option the
// error names the options.
base::Result<std::string> read_passphrase(const Options& options, bool fresh);

// As people type it: without a byte order mark before it and a carriage return behind it, which
// editors put into files, and composed (NFC), whatever the keyboard did.
std::string normal_passphrase(const std::string& line);
// With the normal form; else with the line as it came, as passphrases of earlier versions were
// taken. denied: neither opens it.
base::Result<market::Vault> open_vault_with(base::ByteView file, const std::string& line);
// Of a new protection. Without a passphrase there is nothing to stretch: the file opens for
// whoever has it.
crypto::ScryptCost cost_of(const std::string& passphrase);

// Shows the words of a new identity once: to the file (new, mode 0600) or the terminal. Nowhere for
// --no-recovery-words. Call can_show_words() before anything is created.
base::Result<void> can_show_words(const Options& options);
base::Result<void> show_words(const Options& options, const std::string& words);

}  // namespace hearsay::app
