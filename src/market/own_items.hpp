// market/own_items.hpp - which room made an item of ours, for what the workers and the core tell of
// it.
//
// Each room that makes items keeps an ItemsOf: by an item's id, what of the room's it is. All of
// them together are the OwnItems. Only newest versions are there, and only while something is to be
// done for them: a worker's answer to an item that was cancelled meanwhile finds nobody.
#pragma once

#include <map>
#include <optional>

#include "market/turn.hpp"

namespace hearsay::market {

class ItemOwner {
public:
    // FindWork's answer. Not if the item is over or worked already.
    virtual void on_work_found(const base::ItemId& item, std::uint64_t nonce, const Turn& turn) = 0;
    virtual void on_injected(const base::ItemId& item, std::uint32_t times, const Turn& turn) = 0;
    virtual void on_heard(const base::ItemId& item, std::size_t peers, const Turn& turn) = 0;
    // It shows less work than it takes to be kept now (Room::is_too_cheap()): more is searched for
    // it, unless somebody else has it already. `lost`: this node had it, and keeps it no more.
    virtual void on_too_cheap(const base::ItemId& item, bool lost, const Turn& turn) = 0;
    // Less work is enough now than when its search began: if that is under way, it begins anew.
    virtual void on_cheaper(const base::ItemId& item, const Turn& turn) = 0;
    // A removal of it floods that only its reader could make.
    virtual void on_removed_by_reader(const base::ItemId&, const Turn&) {}

protected:
    ~ItemOwner() = default;
};

class OwnItems {
public:
    void add(const base::ItemId& item, ItemOwner& owner) { owners_[item] = &owner; }
    void drop(const base::ItemId& item) { owners_.erase(item); }
    ItemOwner* owner_of(const base::ItemId& item) const {
        const auto at = owners_.find(item);
        return at == owners_.end() ? nullptr : at->second;
    }
    const std::map<base::ItemId, ItemOwner*>& all() const { return owners_; }

private:
    std::map<base::ItemId, ItemOwner*> owners_;
};

// One room's share.
template <class Key>
class ItemsOf {
public:
    ItemsOf(OwnItems& all, ItemOwner& owner) : all_(all), owner_(owner) {}
    void add(const base::ItemId& item, const Key& key) {
        keys_[item] = key;
        all_.add(item, owner_);
    }
    void drop(const base::ItemId& item) {
        if (keys_.erase(item) > 0) all_.drop(item);
    }
    std::optional<Key> find(const base::ItemId& item) const {
        const auto at = keys_.find(item);
        return at == keys_.end() ? std::nullopt : std::optional(at->second);
    }

private:
    OwnItems& all_;
    ItemOwner& owner_;
    std::map<base::ItemId, Key> keys_;
};

}  // namespace hearsay::market
