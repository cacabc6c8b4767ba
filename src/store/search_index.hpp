// store/search_index.hpp - the index of words, in the flood environment and in the transaction of
// the items that it describes. Layout: store/search_directory.hpp.
//
// SearchIndex reads; what it finds is what the table of heads holds in the same transaction, so an
// item that was removed, has expired, was evicted or is of an aborted transaction is never found.
//
// SearchWriter keeps it: what a transaction stores becomes one segment at its commit, and segments
// are merged as they grow. An item that goes is only counted. It is passed over from that moment
// on, and its entries go when its segment is rewritten: when sixteen like it are merged, or at the
// latest when more than half of the segment is gone.
//
// Cost: a commit writes the new terms in their order, erases nothing at random places, and spends
// at most merge_step_bytes and merge_step_factor times its own bytes on merging. A commit without
// room for a merge's output puts the merge off.
#pragma once

#include <functional>
#include <memory>

#include "item/item.hpp"
#include "search/batch.hpp"
#include "search/index.hpp"
#include "store/flood_tables.hpp"
#include "store/search_directory.hpp"

namespace hearsay::store {

class SearchIndex final : public search::Index {
public:
    SearchIndex(Txn& txn, const FloodTables& tables, const std::uint64_t& life)
        : txn_(txn), tables_(tables), life_(life) {}

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
};

class SearchWriter {
public:
    SearchWriter(Txn& txn, const FloodTables& tables, std::uint64_t life, const MergePace& pace);
    ~SearchWriter();
    SearchWriter(const SearchWriter&) = delete;
    SearchWriter& operator=(const SearchWriter&) = delete;

    // An item that was stored at this position, the largest so far. Bytes that its entries may
    // take at most.
    std::uint64_t add(search::Position position, const item::Read& item);
    // An item of this kind that is held no more.
    void erase(search::Position position, item::Kind kind);
    // Before the transaction's own commit. `room_bytes`: that the environment can still take.
    void finish(std::uint64_t room_bytes);

private:
    SearchDirectory& directory();
    void write_batch();
    void merge_small(std::uint64_t room_bytes);
    void merge_large(std::uint64_t room_bytes);
    void begin_merge(const Neighbours& which);
    bool step(std::uint64_t budget);
    void end_merge();
    void erase_doomed();

    Txn& txn_;
    const FloodTables& tables_;
    const MergePace pace_;
    search::Batch batch_;
    std::optional<SearchDirectory> directory_;
    std::uint64_t written_ = 0;  // bytes of this transaction's own segments
    bool changed_ = false;
};

}  // namespace hearsay::store
