// market/room.hpp - what every room of the market stands on: the vault, randomness, the network,
// settings.
//
// A room is a class with its own tables: a look into the records, kept in memory, that load() fills
// once. It is made anew, with all others, at every start and after a commit that failed
// (market.hpp), so nothing that was never kept survives. Rooms know those below them, by reference:
//
//   Identity < Publications < Offers < Profiles < Posts
//   < mail (Senders, Removals, Outbox, Inbox, Mail) < Trades < Ratings
//
// and nothing above; tests/house/includes.py checks it. What each decides, and what it looks like
// from outside (views.hpp), lies in a folder of its name. In src/market itself lies what they all
// stand on, and the facade above them. keys/ is below even that: records are sealed by the vault.
//
// What must go up goes through an answer, or through a port that the lower room names: ItemOwner
// (own_items.hpp), PublicationKind (publications/kind.hpp).
#pragma once

#include "base/rng.hpp"
#include "item/item.hpp"
#include "market/keys/vault.hpp"
#include "market/records.hpp"
#include "market/settings.hpp"
#include "market/turn.hpp"

namespace hearsay::market {

// Outlives the rooms.
struct Common {
    const item::Network network;
    Vault vault;
    base::Rng rng;
    const MarketSettings settings;
    bool vault_changed = false;  // since the last SaveVault
};

class Room {
public:
    Room(const Room&) = delete;
    Room& operator=(const Room&) = delete;
    void save_vault(Effects& out);

protected:
    explicit Room(Common& common)
        : network_(common.network),
          settings_(common.settings),
          vault_(common.vault),
          rng_(common.rng),
          vault_changed_(common.vault_changed) {}
    ~Room() = default;

    ChangeRecords change(const Turn& turn) { return {vault_, turn.store, rng_}; }
    Records look(const OwnStore& store) const { return {vault_, store}; }
    // An item that this node made: whatever is wrong with it is our error.
    item::ReadPtr read_own(item::Item item) const;

    const item::Network network_;
    const MarketSettings& settings_;
    Vault& vault_;
    base::Rng& rng_;
    bool& vault_changed_;
};

}  // namespace hearsay::market
