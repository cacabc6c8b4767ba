// store/pages.hpp - whether an LMDB file is whole, found out by reading it, before LMDB maps it.
//
// LMDB trusts its file: a page that is not there ends the process by SIGBUS, an offset that points
// out of its page by SIGSEGV. Disks are cut short and flip bits, so the file is read first,
// without a map. Two looks:
//   1. look_at_file(): it is a regular file, one of its two meta pages counts, and it is as long as
//      the last page that this one names. It reads two pages, whatever the size.
//   2. check_pages(): every page that can be reached is read once: each lies in the file, knows its
//      own number, has nodes that lie in it, keys that ascend, and is neither used twice nor free
//      as well; trees have as many pages and entries as their roots say. It takes as long as
//      reading the file without its overflow pages (payloads).
// A file that is shorter than its last page is sound all the same if what it lacks is free: LMDB
// does not write pages that came and went in one transaction. So look 1 asks look 2 then.
// The layout is LMDB 0.9's on a machine of 64 bits (its file is of the machine's byte order and
// word).
#pragma once

#include <cstdint>
#include <string>

#include "base/error.hpp"

namespace hearsay::store {

enum class DataFile { missing, empty, there };

struct PagesRead {
    std::uint64_t pages = 0;    // reached, overflow pages included
    std::uint64_t entries = 0;  // in all tables
};

// `directory` holds data.mdb. corrupt: what is wrong, in words for a person; io: it cannot be read.
base::Result<DataFile> look_at_file(const std::string& directory);
// Nothing to read is no damage.
base::Result<PagesRead> check_pages(const std::string& directory);

}  // namespace hearsay::store
