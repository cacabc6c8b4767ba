// core/reconcile/keyed_set.hpp - what we hold as short ids under one key, with its coded symbols
// (sketch.hpp). Why one serves many rounds:
// docs/decisions/0016-one-set-of-short-ids-for-many-rounds.md.
//
//   0. It is of what is at or above some floors of work (core/retention/retention.hpp), so that two
//      nodes compare only what both keep.
//   1. It is read from the store and coded in pieces (work()), because a walk over a full store
//      takes a good part of a second and a step of the node may not.
//   2. A set that *follows* the store is brought up to date before each round: what was stored
//      since has higher positions, what is forgotten is told by on_forgotten(), what shows more
//      work by on_improved(), what is laid aside or is no more by add() and drop(). One that does
//      not stays as it was when read.
//   3. Rounds are long and the set changes meanwhile. So a round names the version that it began
//      with, and symbols() answers for that one: today's symbols less the changes since.
//   4. Symbols cost more the more there are of them. They are made for those asked for and as many
//      again; when a round needs more, the table is made anew, twice as wide, from the short ids.
// 16 bytes an item, 16 a symbol, 16 a change. Once there are set_changes_max changes it is worn,
// and should be replaced.
#pragma once

#include <utility>

#include "core/reconcile/sketch.hpp"
#include "core/store_view.hpp"

namespace hearsay::core {

class KeyedSet {
public:
    using Version = std::size_t;

    KeyedSet(const crypto::SipKey& key, bool follows, const item::Floors& floors)
        : key_(key), follows_(follows), floors_(floors) {}
    const crypto::SipKey& key() const { return key_; }
    const item::Floors& floors() const { return floors_; }

    // An id that counts as ours from now on though the store has nothing of it
    // (relay/laid_aside.hpp), above the floors. Its position is 0, at which there is nothing.
    void add(const base::ItemId& not_held) { put(not_held, 0); }
    void drop(const base::ItemId& not_held) { take(not_held); }  // was added, counts no more

    // Reads what is new and sees to `symbols` symbols at least, in at most `steps` ids read or
    // coded; what is left of them stays in `steps`. True: all of it is done.
    bool work(const StoreView& view, std::size_t symbols, std::size_t& steps);
    // An item is being forgotten; it is still in the store, at `position`.
    void on_forgotten(const base::ItemId& id, Position position, const item::Standing& standing);

    // It shows more work from now on, and may be above the floors that it was below.
    void on_improved(const base::ItemId& id, Position position, const item::Standing& before,
                     const item::Standing& after);

    // All of these once work() said yes.
    Version version() const { return changes_.size(); }
    // Symbols [first, first + count) of the set as it was, from those that work() saw to.
    std::vector<Symbol> symbols(Version version, std::size_t first, std::size_t count) const;
    // Every element, those that were forgotten since included.
    const std::vector<std::pair<ShortId, Position>>& entries() const { return entries_; }
    bool is_worn() const;
    // Codes all of it anew, and ends the process if the symbols differ.
    void sanity_check() const;

private:
    struct Change {
        ShortId id;
        std::int32_t by;
    };
    bool has_read(Position position) const;
    void put(const base::ItemId& id, Position position);
    void take(const base::ItemId& id);
    bool read(const StoreView& view, std::size_t& steps);
    bool widen(std::size_t symbols, std::size_t& steps);
    void finish_reading();

    const crypto::SipKey key_;
    const bool follows_;
    const item::Floors floors_;
    std::vector<std::pair<ShortId, Position>> entries_;
    std::vector<Symbol> symbols_;
    // Reading: everything up to floor_ is in; from the newest down, [below_, top_] is.
    bool read_once_ = false;
    Position floor_ = 0;
    Position top_ = 0;  // 0: nothing is being read
    Position below_ = UINT64_MAX;
    // Widening: of the first coded_ entries.
    std::vector<Symbol> wider_;
    std::size_t coded_ = 0;
    std::vector<Change> changes_;     // since read_once_
    std::vector<ShortId> forgotten_;  // ever
};

// A few short ids to look up a million others in: most are told apart by one bit.
class ShortIds {
public:
    explicit ShortIds(std::vector<ShortId> ids);
    bool has_twins() const;  // one of them twice
    bool contains(ShortId id) const;
    std::size_t size() const { return sorted_.size(); }

private:
    std::vector<ShortId> sorted_;
    std::vector<bool> bits_;
};

}  // namespace hearsay::core
