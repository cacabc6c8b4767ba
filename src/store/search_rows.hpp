// store/search_rows.hpp - rows of the table `search`: their keys, and where a term's list begins.
// Layout: store/search_directory.hpp.
#pragma once

#include <string_view>

#include "store/flood_tables.hpp"

namespace hearsay::store {

base::Bytes search_key(std::uint64_t number, std::string_view name, std::uint32_t piece);
bool is_of_segment(base::ByteView key, std::uint64_t number);
// The name of the block in a row that is_of_segment().
std::string_view block_name(base::ByteView key);
// The row that holds the first piece of `from`'s list, or would; perhaps of another segment.
std::optional<Row> search_row(Cursor& cursor, std::uint64_t number, std::string_view from);

// `what` of the index of words makes no sense.
base::Error search_damaged(const char* what);

}  // namespace hearsay::store
