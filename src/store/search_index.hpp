// store/search_index.hpp - the index of words, in the flood environment and in the transaction of
// the items that it describes. Layout: store/search_directory.hpp.
//
// SearchIndex reads; what it finds is what the table of heads holds in the same transaction, so an
// item that was removed, has expired, was evicted or is of an aborted transaction is never found.
//
// SearchWriter keeps it. What transactions store waits in memory (search/pending.hpp), and becomes
// one segment in the transaction in which it is enough: pending_items_max items, or
// pending_terms_max terms. Segments are merged as they grow. What waits is no more and no less than
// the searched items beyond the last segment, so it is committed with the items, forgotten with
// them, and read from them when the store is opened (take_up).
//
// An item that goes is only counted. It is passed over from that moment on, and its entries go when
// its segment is rewritten: when others like it are merged, or at the latest when more than half of
// the segment is gone.
//
// Cost: a usual commit writes nothing. One in some thousand items writes a segment, in its order;
// nothing is erased at random places. A commit spends merge_commit_bytes and merge_commit_factor
// times its own bytes on merging. One without room for a merge's output puts the merge off.
#pragma once

#include <functional>
#include <memory>

#include "item/item.hpp"
#include "search/index.hpp"
#include "search/pending.hpp"
#include "store/flood_tables.hpp"
#include "store/search_directory.hpp"

namespace hearsay::store {

// What of the index is in memory, as of one commit. Those who read share it with who writes.
struct SearchState {
    search::Pending pending;
    bool is_idle = false;          // there is nothing to merge or to erase
    std::uint64_t owed_bytes = 0;  // of merging
    std::uint64_t held_bytes = 0;  // SearchDirectory::held_bytes()
};

class SearchIndex final : public search::Index {
public:
    SearchIndex(Txn& txn, const FloodTables& tables, const std::uint64_t& life,
                std::shared_ptr<const SearchState> state)
        : txn_(txn), tables_(tables), life_(life), state_(std::move(state)) {}
    // After a commit: nothing is read any more.
    void end() { state_.reset(); }

    std::vector<search::Segment> segments() const override;
    void each_term(
        const search::Segment& segment, std::string_view from,
        const std::function<bool(std::string_view, base::ByteView)>& visit) const override;
    bool is_alive(search::Position position) const override;
    std::optional<search::Fields> fields(search::Position position) const override;
    std::uint64_t life() const override { return life_; }

private:
    Txn& txn_;
    const FloodTables& tables_;
    const std::uint64_t& life_;
    std::shared_ptr<const SearchState> state_;
};

class SearchWriter {
public:
    // `state`: as of the commit before, and until publish().
    SearchWriter(Txn& txn, const FloodTables& tables, const SearchState& state,
                 const SearchPace& pace)
        : txn_(txn),
          tables_(tables),
          state_(state),
          pace_(pace),
          owed_(state.owed_bytes),
          is_idle_(state.is_idle) {}
    SearchWriter(const SearchWriter&) = delete;
    SearchWriter& operator=(const SearchWriter&) = delete;

    // An item that was stored at this position, the largest so far, and its terms; null: they are
    // made here. Bytes that its entries may take at most.
    std::uint64_t add(search::Position position, const item::Read& item, search::TermsPtr terms);
    // An item of this kind that is held no more.
    void erase(search::Position position, item::Kind kind);
    // Adds what the store has beyond the last segment, until there is a new one: true if there is,
    // and perhaps more to add. Without a directory all that the store has.
    bool take_up(item::Network network);
    // What this transaction added to what waits, as add() counts.
    std::uint64_t fresh_bytes() const { return fresh_.bytes_max(); }
    // Before the transaction's own commit. `room_bytes`: that the environment can still take.
    // `is_tight`: the store takes more than its items are counted with.
    void finish(std::uint64_t room_bytes, bool is_tight);
    // After it.
    void publish(std::shared_ptr<SearchState>& state);

private:
    SearchDirectory& directory();
    void turn_over();
    void merge_small(std::uint64_t room_bytes);
    std::uint64_t merge_bytes_max();
    void merge_large(std::uint64_t room_bytes);
    void begin_merge(const Neighbours& which);
    bool step(std::uint64_t budget);
    void end_merge();
    void erase_doomed();

    Txn& txn_;
    const FloodTables& tables_;
    const SearchState& state_;
    const SearchPace pace_;
    search::Pending fresh_;  // of this transaction
    search::TermMaker maker_;
    std::optional<SearchDirectory> directory_;
    std::uint64_t added_ = 0;  // bytes, of this transaction's items
    std::uint64_t owed_;
    bool is_idle_;
    bool is_tight_ = false;
    bool turned_over_ = false;  // what waited before, too
    bool changed_ = false;
};

}  // namespace hearsay::store
