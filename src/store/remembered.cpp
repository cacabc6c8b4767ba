#include "store/remembered.hpp"

#include <vector>

#include "base/ensure.hpp"

namespace hearsay::store {
namespace {

constexpr std::size_t prefix_size = 8;

// Keys of up to `most` rows that begin with `prefix` and are over; `all` says whether there are no
// more of them.
std::vector<base::Bytes> over(Txn& txn, MDB_dbi rows, base::ByteView prefix, base::WallTime now,
                              std::size_t most, bool& all) {
    std::vector<base::Bytes> out;
    all = true;
    Cursor cursor(txn, rows);
    for (auto row = cursor.at_least(prefix); row; row = cursor.next()) {
        if (row->key.size() < prefix.size() || !base::equal(row->key.first(prefix.size()), prefix))
            break;
        // A row too short to hold its time has no use and no owner.
        if (row->value.size() >= time_size && read_time(row->value.first(time_size)) > now)
            continue;
        if (out.size() == most) {
            all = false;
            break;
        }
        out.push_back(base::to_bytes(row->key));
    }
    return out;
}

}  // namespace

void remember(Txn& txn, const Remembered& tables, base::ByteView key, base::WallTime until,
              base::ByteView rest) {
    ENSURE(key.size() >= prefix_size, "a remembered key is long enough for its prefix");
    base::Bytes value = base::to_bytes(base::ByteView(time_bytes(until)));
    base::append(value, rest);
    txn.put(tables.rows, key, value);
    txn.put(tables.due, time_bytes(until), key.first(prefix_size));
}

void forget(Txn& txn, const Remembered& tables, base::ByteView key) {
    const auto row = txn.get(tables.rows, key);
    if (!row) return;
    const base::Bytes until = base::to_bytes(row->first(std::min(row->size(), time_size)));
    txn.erase(tables.rows, key);
    const base::ByteView prefix = key.first(prefix_size);
    Cursor cursor(txn, tables.rows);
    const auto other = cursor.at_least(prefix);
    const bool shared = other && other->key.size() >= prefix_size &&
                        base::equal(other->key.first(prefix_size), prefix);
    if (!shared) txn.erase(tables.due, until, prefix);
}

std::size_t sweep(Txn& txn, const Remembered& tables, base::WallTime now, std::size_t most) {
    std::size_t erased = 0;
    for (std::size_t looked = 0; looked < most && erased < most; ++looked) {
        base::Bytes until;
        base::Bytes prefix;
        {
            Cursor due(txn, tables.due);
            const auto entry = due.first();
            if (!entry || (entry->key.size() == time_size && read_time(entry->key) > now)) break;
            until = base::to_bytes(entry->key);
            prefix = base::to_bytes(entry->value);
        }
        bool all = true;
        for (const base::Bytes& key : over(txn, tables.rows, prefix, now, most - erased, all))
            erased += txn.erase(tables.rows, key) ? 1 : 0;
        if (!all) break;
        if (!txn.erase(tables.due, until, prefix)) break;
    }
    return erased;
}

}  // namespace hearsay::store
