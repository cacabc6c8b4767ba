// store/search_merge.hpp - neighbouring segments of the index become one.
//
// The inputs' terms are walked side by side, the smallest first, and written into blocks of the
// output; positions that are not held are left out. A merge may stop after any term and go on in
// a later transaction: SearchMerge says how far it got.
#pragma once

#include <span>

#include "store/flood_tables.hpp"
#include "store/search_directory.hpp"

namespace hearsay::store {

// Which positions of a range are held.
class Held {
public:
    Held(search::Position first, search::Position last)
        : first_(first), bits_(static_cast<std::size_t>((last - first) / 8) + 1, 0) {}
    Held(search::Position first, base::ByteView bits)
        : first_(first), bits_(base::to_bytes(bits)) {}
    void read(Txn& txn, MDB_dbi heads, search::Position last) {
        Cursor cursor(txn, heads);
        for (auto row = cursor.at_least(position_bytes(first_)); row; row = cursor.next()) {
            const auto position = read_position(row->key);
            if (!position || *position > last) return;
            const auto at = static_cast<std::size_t>(*position - first_);
            bits_[at / 8] |= static_cast<std::uint8_t>(1U << (at % 8));
        }
    }
    bool has(search::Position position) const {
        const auto at = static_cast<std::size_t>(position - first_);
        return at / 8 < bits_.size() && (bits_[at / 8] >> (at % 8) & 1) != 0;
    }
    base::ByteView bits() const { return bits_; }

private:
    search::Position first_;
    base::Bytes bits_;
};

// Writes about `budget` bytes of the output, or what is left of it: true when all is written.
// `held`: null: all are. `inputs`: oldest first.
bool write_merged(Txn& txn, MDB_dbi table, SearchMerge& merge,
                  std::span<const SearchSegment> inputs, const Held* held, std::uint64_t budget);

}  // namespace hearsay::store
