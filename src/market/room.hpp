// market/room.hpp - what every room of the market stands on: the vault, randomness, the network,
// settings.
//
// A room is a class with its own tables: a look into the records, kept in memory, that load() fills
// once. It is made anew, with all others, at every start and after a commit that failed
// (market.hpp), so nothing that was never kept survives. Rooms know those below them, by reference:
//
//   Identity < Publications < Pictures < Offers < Profiles < Addresses < Posts < Lists
//   < Reputation < Search < Watches
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
#include "item.pb.h"
#include "item/standing.hpp"
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
    // The level that an item of each class takes to be kept by the network (core::PriceChanged).
    item::Floors price{};
    // Of what the user's lists hide: another one each time that they may hide something no more
    // (lists/lists.hpp).
    std::uint64_t lists_version = 0;
    // The highest since searches for work were begun, or begun anew, last.
    item::Floors work_price{};
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
          vault_changed_(common.vault_changed),
          price_(common.price) {}
    ~Room() = default;

    ChangeRecords change(const Turn& turn) { return {vault_, turn.store, rng_}; }
    Records look(const OwnStore& store) const { return {vault_, store}; }
    // An item that this node made: whatever is wrong with it is our error.
    item::ReadPtr read_own(item::Item item) const;
    // The work that an item of ours is to show (work.hpp), by the price of today.
    FindWork work_for(const item::Read& item) const;
    // Whether it shows less than it takes to be kept now, and more is worth searching for.
    bool is_too_cheap(const item::Read& item) const;
    // The search of an item's work is dropped and begun anew.
    void find_work_anew(const item::Read& item, Effects& out) const;
    // What a start does with an item of ours that is still on its way: submits it again if its work
    // is found, else has it searched again. False if it does not read.
    bool resume_item(const wire::Item& kept, bool worked, std::uint32_t injected,
                     Effects& out) const;

    const item::Network network_;
    const MarketSettings& settings_;
    Vault& vault_;
    base::Rng& rng_;
    bool& vault_changed_;
    const item::Floors& price_;
};

}  // namespace hearsay::market
