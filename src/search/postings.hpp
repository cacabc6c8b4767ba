// search/postings.hpp - how lists of positions and blocks of terms are written.
//
// A *list* names items by their positions, newest first: gaps as base-128 numbers, the first from
// the segment's last position (0 for that one itself), each other from the one before (1 or more).
//
// A *block* holds terms in order of their bytes, each with a list or a piece of one:
//   sizes[1]       upper half: bytes shared with the term before; lower half: bytes that follow
//                  it; 15 in a half: 15 and a base-128 number that follows (the upper's first)
//   rest           the term's further bytes
//   length         of the list, base-128
//   list
// The first term of a block shares what it shares with the block's own name, the whole of it. A
// list that does not fit into its block goes on in the next, as a list of its own under the same
// term; the newest piece comes first.
//
// Reading is total: bytes that make no sense end it, and is_broken() says so.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/limits/search.hpp"

namespace hearsay::search {

using Position = std::uint64_t;

// The first eight bytes as a number: where two terms' differ, so do the terms, in the same order.
std::uint64_t beginning_of(std::string_view term);

void put_number(base::Bytes& out, std::uint64_t number);
// Takes it off the front; nothing if there is none of at most 64 bits.
std::optional<std::uint64_t> take_number(base::ByteView& from);

class ListReader {
public:
    ListReader(base::ByteView list, Position last) : rest_(list), at_(last) {}
    std::optional<Position> next();
    bool is_broken() const { return broken_; }

private:
    base::ByteView rest_;
    Position at_;
    bool begun_ = false;
    bool broken_ = false;
};

struct Entry {
    std::string_view term;  // until the next call
    base::ByteView list;
};

class BlockReader {
public:
    BlockReader(std::string_view name, base::ByteView block) : term_(name), rest_(block) {}
    std::optional<Entry> next();
    bool is_broken() const { return broken_; }

private:
    std::string term_;
    base::ByteView rest_;
    bool broken_ = false;
};

// Takes terms in order of their bytes and hands on whole blocks of at most search_block_bytes_max.
class BlockWriter {
public:
    // The block's name is its first term; `piece` numbers the pieces of that term's list that are
    // in blocks before it.
    using Sink =
        std::function<void(std::string_view name, std::uint32_t piece, base::ByteView block)>;
    explicit BlockWriter(Position last, Sink sink) : last_(last), sink_(std::move(sink)) {}

    // Positions newest first, none twice, none after `last`.
    void add(std::string_view term, std::span<const Position> positions);
    // The same of a list that was written for another, earlier `last`: its gaps are copied. False,
    // and nothing was done, if the list is long enough to be cut, or makes no sense.
    bool add_list(std::string_view term, base::ByteView list, Position last);
    void flush();

private:
    void begin(std::string_view term, std::uint32_t piece);
    void put_entry(std::string_view term, std::size_t shared);
    // Fits as many as there is room for; how many.
    std::size_t add_piece(std::string_view term, std::span<const Position> positions);

    const Position last_;
    const Sink sink_;
    base::Bytes block_;
    base::Bytes list_;
    std::string name_, before_;
    std::uint32_t piece_ = 0;
    bool begun_ = false;
};

}  // namespace hearsay::search
