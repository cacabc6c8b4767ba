#include "store/search_rows.hpp"

#include <algorithm>

namespace hearsay::store {
namespace {

using base::ByteView;

// Behind a block's name: the byte that ends it, and the piece.
constexpr std::size_t name_end_size = 1 + 2;

}  // namespace

base::Bytes search_key(std::uint64_t number, std::string_view name, std::uint32_t piece) {
    base::Bytes out = base::to_bytes(position_bytes(number));
    base::append(out, base::as_bytes(name));
    out.push_back(0);
    base::append(out, base::big_endian(static_cast<std::uint16_t>(std::min(piece, 0xFFFFU))));
    return out;
}

bool is_of_segment(ByteView key, std::uint64_t number) {
    return key.size() >= position_size + name_end_size &&
           base::equal(key.first(position_size), position_bytes(number));
}

std::string_view block_name(ByteView key) {
    return base::as_text(key.subspan(position_size, key.size() - position_size - name_end_size));
}

base::Error search_damaged(const char* what) {
    return {base::ErrorCode::corrupt,
            std::string("the flood database is damaged: ") + what + " of the index of words"};
}

std::optional<Row> search_row(Cursor& cursor, std::uint64_t number, std::string_view from) {
    const base::Bytes key = search_key(number, from, 0);
    const auto row = cursor.at_least(key);
    if (row && base::equal(row->key, key)) return row;
    const auto before = row ? cursor.previous() : cursor.last();
    if (before && is_of_segment(before->key, number)) return before;
    return cursor.at_least(key);
}

}  // namespace hearsay::store
