// store/search_directory.hpp - which segments the index of words has, and what is being merged.
// One row, "search" in `about`, written with each transaction that changes it.
//
// A segment's rows lie in the table `search`:
//   number[5] name 00 piece[2] -> block     (search/postings.hpp; names hold no 00)
//   00[5] number[5] -> bits                 of the merge that is under way: which positions from
//                                           its first on were held when it began; empty: all
// Segments stand in order of their positions and touch no other's. What lies beyond the last one
// waits in memory (search/pending.hpp) and has no rows. What merges is a row of neighbours; they
// count until all of the output is written, and then go at once, their rows little by little
// (`doomed`).
//
// Which are merged (choose_merge):
//   1. segments_merged neighbours or more of like size, the smallest first, so that each item is
//      written again once each time that the index grows by so much
//   2. one of which more than half is gone, or all: nothing gone lies there for long. When the
//      store takes more than its items are counted with, one of which more than a quarter is
// Full ones (segment_items_max) are not merged for rule 1.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/limits/search.hpp"
#include "search/index.hpp"

namespace hearsay::store {

struct SearchSegment {
    std::uint64_t number = 0;
    search::Position first = 0;
    search::Position last = 0;
    std::uint64_t items = 0;
    std::uint64_t dead = 0;   // of them, gone since; about: removals may be counted
    std::uint64_t bytes = 0;  // of its blocks
    bool operator==(const SearchSegment&) const = default;
};

struct SearchMerge {
    SearchSegment output;           // so far
    std::uint64_t first_input = 0;  // number of the oldest
    std::uint64_t inputs = 0;
    std::string after;  // the last term that is written
    bool operator==(const SearchMerge&) const = default;
};

struct SearchDirectory {
    std::uint64_t next = 1;               // number
    std::vector<SearchSegment> segments;  // oldest first
    std::optional<SearchMerge> merge;
    std::vector<std::uint64_t> doomed;
    bool operator==(const SearchDirectory&) const = default;

    // The segment over this position; null: none is.
    SearchSegment* at(search::Position position);
    // Of all segments' blocks.
    std::uint64_t bytes() const;
    // What blocks take for items that are held: of a segment, in proportion, and a quarter more for
    // what is gone and still there. What a merge has written is not yet instead of anything.
    std::uint64_t held_bytes() const;
};

base::Bytes write_directory(const SearchDirectory& directory);
std::optional<SearchDirectory> read_directory(base::ByteView row);

// How much waits, and how much merging a commit does. Tests make it small, so that there are many
// segments, and merges take many commits.
struct SearchPace {
    std::size_t pending_items = base::limits::pending_items_max;
    std::size_t pending_terms = base::limits::pending_terms_max;
    std::uint64_t at_once_bytes = base::limits::merge_at_once_bytes_max;
    std::uint64_t commit_bytes = base::limits::merge_commit_bytes;
    std::uint64_t commit_factor = base::limits::merge_commit_factor;
    std::uint64_t step_bytes = base::limits::merge_step_bytes;
    std::size_t erased_rows = base::limits::merge_erased_rows_max;
};

struct Neighbours {
    std::size_t begin = 0;
    std::size_t end = 0;
};
// Of those that are in no merge already. `bytes_max`: of all inputs together. `is_tight`: rule 2.
std::optional<Neighbours> choose_merge(const SearchDirectory& directory, std::uint64_t bytes_max,
                                       bool is_tight);

}  // namespace hearsay::store
