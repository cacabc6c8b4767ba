// base/limits/search.hpp - bounds of the index of words and of what is asked of it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace hearsay::base::limits {

// ---- what an item brings ------------------------------------------------------------------------

// Longer words are cut: 40 bytes are 13 letters of the widest scripts, and two words that agree in
// so many are told apart by reading.
inline constexpr std::size_t term_bytes_max = 40;
// Different terms of one item, those of its title first. Texts of 8 KiB by people bring some 800.
inline constexpr std::size_t item_terms_max = 1000;
// Facets of one item; they come before its words.
inline constexpr std::size_t item_facets_max = 64;
// Of one text, equal ones counted: a payload holds at most 33 KiB.
inline constexpr std::size_t text_tokens_max = 20'000;

// ---- the index ----------------------------------------------------------------------------------

// An overflow page of LMDB after its header: a block takes one page and none is wasted.
inline constexpr std::size_t search_block_bytes_max = 4096 - 16;
// A segment of so many items, or over so many positions, is merged no more: what one query decodes
// and what one merge rewrites stays bounded, and a bitmap over its positions is half a megabyte.
inline constexpr std::uint64_t segment_items_max = 128 * 1024;
inline constexpr std::uint64_t segment_positions_max = 4 * 1024 * 1024;
// Items that wait in memory until they are a segment: each costs a query some 100 ns a word, and a
// start some 20 us. Likewise their terms, of usual ones some 4 MB.
inline constexpr std::size_t pending_items_max = 2048;
inline constexpr std::size_t pending_terms_max = 128 * 1024;
// So many neighbours of like size become one: a segment of what waited becomes one of the largest,
// and each item is written twice in all. More of them cost each query a look, fewer cost each item
// another time of being written.
inline constexpr std::size_t segments_merged = 64;
static_assert(pending_items_max * segments_merged == segment_items_max);
// Neighbours that hold no more than this are merged at once, in a millisecond or two.
inline constexpr std::uint64_t merge_at_once_bytes_max = 256 * 1024;
// Of larger ones a commit owes this much, and some times what it added itself, so that merging
// keeps up and no commit waits for it. What is owed is done once it is a step: finding the places
// of all inputs takes as long as rewriting 64 KiB.
inline constexpr std::uint64_t merge_commit_bytes = 64 * 1024;
inline constexpr std::uint64_t merge_commit_factor = 4;
inline constexpr std::uint64_t merge_step_bytes = 512 * 1024;
// A merge takes as much again until it is done. One of more than this takes at most a quarter of
// the index.
inline constexpr std::uint64_t merge_bytes_least = 16 * 1024 * 1024;
// Rows of merged segments that a commit erases.
inline constexpr std::size_t merge_erased_rows_max = 512;

// ---- queries ------------------------------------------------------------------------------------

inline constexpr std::size_t query_bytes_max = 512;
inline constexpr std::size_t query_terms_max = 24;
// Matches are counted up to here; more is "more than".
inline constexpr std::uint64_t search_counted_max = 1000;
// The newest matches that are sorted by relevance or price: each is read again.
inline constexpr std::size_t search_ranked_max = 1000;
// Items that are read again for a phrase or a range in one answer; the cursor goes on after them.
inline constexpr std::size_t search_reads_max = 1000;
// Terms of the dictionary that are compared with a word that nobody wrote.
inline constexpr std::size_t search_walked_max = 100'000;
// Shorter words have too many neighbours to guess one.
inline constexpr std::size_t corrected_letters_min = 4;
// A single letter begins nearly every word of a market.
inline constexpr std::size_t prefix_letters_min = 2;

}  // namespace hearsay::base::limits
