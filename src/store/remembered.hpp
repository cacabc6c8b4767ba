// store/remembered.hpp - rows that are kept until a time: gone ids and the floors of slots.
//
// `rows`: 32-byte key -> until (5 bytes) and the rest of the value. `due`: until -> first 8 bytes
// of the key. An entry of `due` only says "look there": rows that begin with these bytes and whose
// time is over are erased, others stay. So a row may be written again with another time without
// searching its old entry (it lapses by itself), and keys ground to share their first bytes cost
// their maker work and us one more comparison, never a lost row.
#pragma once

#include "store/lmdb.hpp"

namespace hearsay::store {

struct Remembered {
    MDB_dbi rows = 0;
    MDB_dbi due = 0;
};

void remember(Txn& txn, const Remembered& tables, base::ByteView key, base::WallTime until,
              base::ByteView rest);

// Before its time. Its entry of `due` goes, too, if no other row begins with the same bytes.
void forget(Txn& txn, const Remembered& tables, base::ByteView key);

// Erases at most `most` rows whose time is at or before `now`, earliest first, looking at no more
// than `most` entries. Answers how many rows it erased.
std::size_t sweep(Txn& txn, const Remembered& tables, base::WallTime now, std::size_t most);

}  // namespace hearsay::store
