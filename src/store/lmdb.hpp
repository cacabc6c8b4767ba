// store/lmdb.hpp - the little of LMDB 0.9 that the store uses, with owners for what must be closed.
//
// One rule replaces error handling at every call: a transaction remembers its *first* failure.
// After it reads answer "nothing", writes do nothing, and commit() reports it and keeps nothing. So
// a port whose calls return void or a plain value (market::OwnStore, core::StoreView) can never
// turn a failing disk into half a turn.
//
// Keys and fixed-size values are big-endian bytes, so that LMDB's byte order is numeric order on
// any machine; MDB_INTEGERKEY would tie the layout to the machine's word and byte order and saves
// no space.
//
// The map is only address space: without MDB_WRITEMAP the file grows with what is written, never
// with the map. So the whole limit is reserved at once and never grown: growing would need all
// transactions closed, and a turn that hit MDB_MAP_FULL redone. Where that much address space is
// not to be had (RLIMIT_AS, 32 bits), open() halves it down to map_bytes_min.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include <lmdb.h>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/time.hpp"

namespace hearsay::store {

inline constexpr std::uint64_t map_bytes_min = 16ULL << 20;
inline constexpr unsigned tables_max = 32;
// LMDB ends the process when it finds a contradiction in its file. This name, beside the file,
// tells the next start.
inline constexpr const char* suspect_name = "/suspect";

// What went wrong in words for a person: "<doing> <path>: ...". ENOSPC, EDQUOT, EFBIG and a full
// map are `exhausted`; a damaged file is `corrupt`; an environment that must be opened again,
// because a write of its meta page failed, is `unavailable`; the rest is `io`. LMDB reports a write
// that the disk cut short as EIO, so EIO with (nearly) no space left counts as a full disk too.
base::Error lmdb_error(int code, std::string_view doing, const std::string& path);

class Env {
public:
    // `path` is an existing directory; `flags` are LMDB's, MDB_NOTLS is always added: a read
    // transaction belongs to its object, so that a thread may read beside its own open write
    // transaction.
    static base::Result<Env> open(const std::string& path, std::uint64_t map_bytes, unsigned flags);
    Env(Env&& other) noexcept
        : env_(std::exchange(other.env_, nullptr)), path_(std::move(other.path_)) {}
    Env& operator=(Env&&) = delete;
    ~Env();

    MDB_env* raw() const { return env_; }
    const std::string& path() const { return path_; }
    base::Result<void> sync();
    std::uint64_t map_bytes() const;
    std::uint64_t page_bytes() const;
    std::uint64_t used_bytes() const;  // of the map, pages for reuse included

private:
    Env(MDB_env* env, std::string path) : env_(env), path_(std::move(path)) {}
    MDB_env* env_;
    std::string path_;
};

struct Row {
    base::ByteView key;
    base::ByteView value;
};

// One transaction. Views that it hands out live until its next write or its end.
class Txn {
public:
    enum class Kind { read, write };
    static base::Result<Txn> begin(const Env& env, Kind kind);
    Txn(Txn&& other) noexcept
        : txn_(std::exchange(other.txn_, nullptr)),
          path_(std::move(other.path_)),
          error_(std::move(other.error_)) {}
    Txn& operator=(Txn&&) = delete;
    ~Txn();  // what was not committed never was

    MDB_txn* raw() const { return txn_; }
    const std::optional<base::Error>& error() const { return error_; }
    // Notes a failure; true when `code` is success.
    bool check(int code, std::string_view doing);
    void fail(base::Error error);

    // Nothing when the table is missing or at a failure.
    std::optional<MDB_dbi> open_table(const char* name, unsigned flags);
    std::optional<base::ByteView> get(MDB_dbi table, base::ByteView key);
    void put(MDB_dbi table, base::ByteView key, base::ByteView value, unsigned flags = 0);
    // Room for a value to be written in place; empty at a failure.
    std::span<std::uint8_t> reserve(MDB_dbi table, base::ByteView key, std::size_t size,
                                    unsigned flags);
    // True if it was there.
    bool erase(MDB_dbi table, base::ByteView key);
    bool erase(MDB_dbi table, base::ByteView key, base::ByteView value);  // one value of several
    std::uint64_t count(MDB_dbi table);
    // Its pages; those of several values under one key are not counted.
    std::uint64_t table_bytes(MDB_dbi table);
    std::uint64_t free_pages();  // that later transactions may use again

    // Ends the transaction either way.
    base::Result<void> commit();

private:
    friend class Cursor;
    Txn(MDB_txn* txn, std::string path) : txn_(txn), path_(std::move(path)) {}
    bool usable() const;
    MDB_txn* txn_;
    std::string path_;
    std::optional<base::Error> error_;
};

// A place in a table. Every move answers the row it came to, or nothing at the end (or at a
// failure).
class Cursor {
public:
    Cursor(Txn& txn, MDB_dbi table);
    Cursor(const Cursor&) = delete;
    Cursor& operator=(const Cursor&) = delete;
    ~Cursor();

    std::optional<Row> first() { return move(MDB_FIRST, {}, {}); }
    std::optional<Row> last() { return move(MDB_LAST, {}, {}); }
    std::optional<Row> next() { return move(MDB_NEXT, {}, {}); }
    std::optional<Row> next_key() { return move(MDB_NEXT_NODUP, {}, {}); }
    std::optional<Row> previous() { return move(MDB_PREV, {}, {}); }
    std::optional<Row> at(base::ByteView key) { return move(MDB_SET_KEY, key, {}); }
    std::optional<Row> at_least(base::ByteView key) { return move(MDB_SET_RANGE, key, {}); }
    std::optional<Row> below(base::ByteView key);  // the last row with a smaller key

    // Among the values of one key (MDB_DUPSORT). The row's key is not set.
    std::optional<base::ByteView> value_at_least(base::ByteView key, base::ByteView value);
    std::optional<base::ByteView> value_below(base::ByteView key, base::ByteView value);
    std::optional<base::ByteView> next_value();
    std::optional<base::ByteView> previous_value();
    std::uint64_t values();  // how many the present key has

private:
    std::optional<Row> move(MDB_cursor_op op, base::ByteView key, base::ByteView value);
    Txn& txn_;
    MDB_cursor* cursor_ = nullptr;
};

// Times as keys and in rows: seconds since 1970 plus 2^39 in 5 bytes, so that earlier sorts first.
// That reaches 17,000 years either way; what lies beyond (WallTime::max() as "for ever") is kept as
// the last such time.
inline constexpr std::size_t time_size = 5;
std::array<std::uint8_t, time_size> time_bytes(base::WallTime time);
base::WallTime read_time(base::ByteView bytes);   // exactly time_size
std::uint64_t read_number(base::ByteView bytes);  // exactly 8 bytes, big-endian

}  // namespace hearsay::store
