// search/pending.hpp - the newest items' terms, item by item, until they are enough for a segment.
//
// A segment for each small transaction would be written, and merged, again and again; so items wait
// here, in memory. Nothing of it is on the disk: the items say it, and it is made of them again
// when the store is opened. A search looks at each item that waits (each_term), which costs some
// 100 ns an item and term.
// Complexity: to add, none; to turn over (each), a sort of all terms.
#pragma once

#include <functional>

#include "search/postings.hpp"
#include "search/terms.hpp"

namespace hearsay::search {

class Pending {
public:
    // Positions grow from call to call.
    void add(Position position, TermsPtr terms);
    void append(const Pending& newer);
    void clear() { *this = {}; }

    bool empty() const { return items_.empty(); }
    std::size_t items() const { return items_.size(); }
    std::size_t terms() const { return terms_; }            // of all items together
    std::uint64_t bytes_max() const { return bytes_max_; }  // as a segment
    Position first() const { return items_.front().position; }
    Position last() const { return items_.back().position; }
    bool contains(Position position) const;

    // Terms in order of their bytes, each with the positions of `which` items that have it, newest
    // first. Terms that no such item has are left out.
    void each(const std::function<bool(Position)>& which,
              const std::function<void(std::string_view, std::span<const Position>)>& visit) const;
    // As search/index.hpp has it, of a segment from first() to last().
    void each_term(std::string_view from,
                   const std::function<bool(std::string_view, base::ByteView)>& visit) const;

private:
    struct Item {
        Position position = 0;
        TermsPtr terms;
    };
    struct Place;
    Place place(std::uint32_t item, std::size_t term) const;
    std::string_view letters(const Place& place) const;
    bool is_same(const Place& a, const Place& b) const;
    bool is_before(const Place& a, const Place& b) const;

    std::vector<Item> items_;
    std::size_t terms_ = 0;
    std::uint64_t bytes_max_ = 0;
};

}  // namespace hearsay::search
