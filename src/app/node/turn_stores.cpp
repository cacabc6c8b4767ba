#include "app/node/turn_stores.hpp"

#include <tuple>

#include "base/ensure.hpp"
#include "store/candidates.hpp"
#include "store/file.hpp"
#include "store/known_peers.hpp"

namespace hearsay::app {

base::Result<void> VaultOnDisk::save(const market::Vault& vault) {
    return store::replace_file(path_, vault.seal(rng_));
}

void OwnPort::apply(const core::Effect& effect) {
    if (const auto* keep = std::get_if<core::KeepPeer>(&effect))
        return store::keep_peer(*txn_, keep->peer);
    if (const auto* drop = std::get_if<core::DropPeer>(&effect))
        return store::drop_peer(*txn_, drop->peer);
    if (const auto* keep = std::get_if<core::KeepCandidate>(&effect))
        return store::keep_candidate(*txn_, keep->candidate);
    const auto* drop = std::get_if<core::DropCandidate>(&effect);
    ENSURE(drop, "an effect that is not the own store's");
    store::drop_candidate(*txn_, *drop);
}

void FloodPort::apply(const core::Effect& effect) {
    std::ignore = txn_->apply(effect);  // a failure sticks, and shows with its reason at the commit
}

}  // namespace hearsay::app
