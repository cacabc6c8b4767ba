// turn/ports.hpp - where a turn keeps things: the vault's file, a transaction of the own store, one
// of the flood store.
//
// The shell implements them over files and LMDB, the simulator and the tests over memory. One turn
// uses one transaction of each store. What it did not commit never was: whoever began the
// transactions rolls them back after the turn.
//
// Errors of a commit are base::Error as the stores make them. `corrupt` of the flood store means
// that its file has to be made anew; any other error says that nothing can be kept now.
#pragma once

#include <optional>

#include "base/error.hpp"
#include "core/effects.hpp"
#include "core/store_view.hpp"
#include "market/catalogue.hpp"
#include "market/keys/vault.hpp"
#include "market/own_store.hpp"

namespace hearsay::turn {

class VaultFile {
public:
    virtual ~VaultFile() = default;
    // Replaces the file by the sealed vault. On return it is durable, or the old file is still
    // there.
    virtual base::Result<void> save(const market::Vault& vault) = 0;
};

class OwnTxn {
public:
    virtual ~OwnTxn() = default;
    virtual market::OwnStore& rows() = 0;
    // KeepPeer, DropPeer, KeepCandidate and DropCandidate: what the core keeps beside the person's
    // records.
    virtual void apply(const core::Effect& effect) = 0;
    // Durable on return. The first failure since the transaction began; nothing was kept then.
    virtual base::Result<void> commit() = 0;
};

class FloodTxn {
public:
    virtual ~FloodTxn() = default;
    virtual const core::StoreView& view() const = 0;
    virtual const market::Catalogue& catalogue() const = 0;
    // Store, Forget, Improve and Sweep. A failure shows in error() and in commit().
    virtual void apply(const core::Effect& effect) = 0;
    // The first failure since the transaction began, of reading or of writing.
    virtual std::optional<base::Error> error() const = 0;
    virtual base::Result<void> commit() = 0;
};

struct Stores {
    VaultFile& vault;
    OwnTxn& own;
    // own.rows() as the market sees them: without what is set aside (decision 17)
    market::OwnStore& shown;
    FloodTxn& flood;
};

}  // namespace hearsay::turn
