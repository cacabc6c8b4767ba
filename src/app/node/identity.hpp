// app/node/identity.hpp - what only this data directory has, and whether it belongs together: the
// onion key (node.key, 32 bytes, as docs/decisions/0004 says), the vault of its person (vault,
// sealed), and the person's records (own/).
//
// A home that lost a part must not go on as if it were new: the offers would be gone, or the
// address another one, and nobody would know why. So, before anything is made:
//   1. own/ must be whole (store/pages.hpp). It is never repaired, as nobody else has what is in
//      it. Records of an earlier version that this one does not read (store/own.hpp) are refused
//      and left as they are.
//   2. own/ without records beside a vault, or a person's records without a vault, is a loss.
//   3. node.key must be there if there is a vault. It is right if the vault was last used with its
//      address; while the vault does not know one, if it fits the checksum beside it
//      (node.key.sha256, as sha256sum writes it).
//   4. node.key and vault are regular files of the user's own. If others can read them,
//      that is said and ended.
// What is refused names the way out: the copy that was put away, or an option that accepts the
// loss. Options::accept_loss begins with empty records (1, 2; those that are there are set aside,
// never deleted), Options::new_address with a new key (3).
#pragma once

#include <memory>

#include "app/node/options.hpp"
#include "base/rng.hpp"
#include "market/keys/vault.hpp"
#include "store/own.hpp"

namespace hearsay::app {

std::string vault_path(const std::string& data_dir);

struct Home {
    std::unique_ptr<store::Own> own;
    base::Secret onion_seed;
    base::PeerId self;  // the address that the seed makes
    market::Vault vault;
};

// Opens all three, or makes new ones and shows the recovery words.
// What is new is on disk before the words are shown.
base::Result<Home> open_home(const Options& options, base::Log& log, base::Rng& rng,
                             base::WallTime now);

// The same looks at node.key and its checksum, for hearsayd --check. Nothing:
// it is as it should be, or not there.
std::optional<std::string> damage_of_key(const std::string& data_dir);

}  // namespace hearsay::app
