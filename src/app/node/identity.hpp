// app/node/identity.hpp - the node's two secrets on disk: its onion key (node.key, 32 bytes, as
// docs/decisions/0004 says) and the vault of its person (vault, sealed).
#pragma once

#include "app/node/options.hpp"
#include "base/rng.hpp"
#include "market/vault.hpp"

namespace hearsay::app {

// Made on first use. corrupt if the file is not 32 bytes: a wrong one is never replaced.
base::Result<base::Secret> load_onion_seed(const std::string& data_dir, base::Rng& rng);

std::string vault_path(const std::string& data_dir);
// Opens the vault, or makes a new one and shows its recovery words. The new file is on disk before the words
// are shown.
base::Result<market::Vault> load_vault(const Options& options, base::Rng& rng, base::WallTime now);

}  // namespace hearsay::app
