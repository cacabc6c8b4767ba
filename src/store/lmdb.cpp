#include "store/lmdb.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <limits>
#include <sys/statvfs.h>

#include "base/ensure.hpp"
#include "store/file.hpp"

namespace hearsay::store {
namespace {

using base::ByteView;
using base::ErrorCode;

// A write is cut short only at the very end of the space.
constexpr std::uint64_t nearly_no_space = 1ULL << 20;

bool disk_is_full(const std::string& path) {
    struct statvfs space{};
    if (statvfs(path.c_str(), &space) != 0) return false;
    return static_cast<std::uint64_t>(space.f_bavail) * space.f_frsize < nearly_no_space;
}

// LMDB found its own pages to contradict each other, and cannot go on.
void on_contradiction(MDB_env* env, const char* what) {
    const char* path = nullptr;
    mdb_env_get_path(env, &path);
    std::fprintf(stderr, "hearsayd: the database %s is damaged (%s)\n", path ? path : "", what);
    if (path) [[maybe_unused]]
        const auto marked = replace_file(std::string(path) + suspect_name, {});
    std::abort();
}

MDB_val to_val(ByteView bytes) {
    return {bytes.size(), const_cast<std::uint8_t*>(bytes.data())};
}
ByteView to_view(const MDB_val& val) {
    return {static_cast<const std::uint8_t*>(val.mv_data), val.mv_size};
}

}  // namespace

base::Error lmdb_error(int code, std::string_view doing, const std::string& path) {
    const std::string start = std::string(doing) + " " + path + ": ";
    switch (code) {
        case ENOSPC:
        case EDQUOT:
        case EFBIG:
            return {ErrorCode::exhausted, "disk full at " + path + ": " + std::string(doing) +
                                              " failed (" + mdb_strerror(code) +
                                              "); what was kept before is safe"};
        case EIO:
            if (disk_is_full(path)) return lmdb_error(ENOSPC, doing, path);
            return {ErrorCode::io,
                    start + "the disk refused, or is full (" + mdb_strerror(code) + ")"};
        case MDB_MAP_FULL:
            return {ErrorCode::exhausted, start + "the database has reached its largest size"};
        case MDB_CORRUPTED:
        case MDB_PAGE_NOTFOUND:
        case MDB_INVALID:
        case MDB_VERSION_MISMATCH:
        // None of these comes of what we ask for, if the file is what we wrote: a key that is there
        // already where we append, a size that a table cannot have, a page that overflows.
        case MDB_KEYEXIST:
        case MDB_BAD_VALSIZE:
        case MDB_INCOMPATIBLE:
        case MDB_PAGE_FULL:
        case MDB_CURSOR_FULL:
        case MDB_BAD_TXN:
            return {ErrorCode::corrupt,
                    start + "the database is damaged (" + mdb_strerror(code) + ")"};
        case MDB_PANIC:
            return {ErrorCode::unavailable,
                    start + "an earlier write failed badly; it must be opened again"};
        case EACCES:
        case EPERM:
            return {ErrorCode::denied, start + mdb_strerror(code)};
        default:
            return {ErrorCode::io, start + mdb_strerror(code)};
    }
}

// ---- Env ----------------------------------------------------------------------------------------

namespace {

// It holds nothing that is kept, and LMDB waits for ever at a pipe.
void remove_odd_lock(const std::string& path) {
    const std::filesystem::path lock = path + "/lock.mdb";
    std::error_code ignored;
    const auto found = std::filesystem::symlink_status(lock, ignored);
    if (std::filesystem::exists(found) && !std::filesystem::is_regular_file(found))
        std::filesystem::remove_all(lock, ignored);
}

}  // namespace

base::Result<Env> Env::open(const std::string& path, std::uint64_t map_bytes, unsigned flags) {
    constexpr std::uint64_t addressable = std::numeric_limits<std::size_t>::max() / 4;
    std::uint64_t size = std::min(map_bytes, addressable);
    remove_odd_lock(path);
    for (;;) {
        MDB_env* raw = nullptr;
        if (const int code = mdb_env_create(&raw); code != 0)
            return std::unexpected(lmdb_error(code, "opening", path));
        Env env(raw, path);
        int code = mdb_env_set_assert(raw, on_contradiction);
        if (code == 0) code = mdb_env_set_maxdbs(raw, tables_max);
        if (code == 0) code = mdb_env_set_mapsize(raw, static_cast<std::size_t>(size));
        if (code == 0) code = mdb_env_open(raw, path.c_str(), flags | MDB_NOTLS, 0600);
        if (code == ENOMEM && size / 2 >= map_bytes_min) {
            size /= 2;
            continue;
        }
        if (code != 0) return std::unexpected(lmdb_error(code, "opening", path));
        // Slots of readers that died would pin old pages for ever.
        mdb_reader_check(raw, nullptr);
        return env;
    }
}

Env::~Env() {
    if (env_) mdb_env_close(env_);
}

base::Result<void> Env::sync() {
    if (const int code = mdb_env_sync(env_, 1); code != 0)
        return std::unexpected(lmdb_error(code, "syncing", path_));
    return {};
}

std::uint64_t Env::map_bytes() const {
    MDB_envinfo info{};
    return mdb_env_info(env_, &info) == 0 ? info.me_mapsize : 0;
}

std::uint64_t Env::page_bytes() const {
    MDB_stat stat{};
    return mdb_env_stat(env_, &stat) == 0 ? stat.ms_psize : 0;
}

std::uint64_t Env::used_bytes() const {
    MDB_envinfo info{};
    return mdb_env_info(env_, &info) == 0 ? (info.me_last_pgno + 1) * page_bytes() : 0;
}

// ---- Txn ----------------------------------------------------------------------------------------

base::Result<Txn> Txn::begin(const Env& env, Kind kind) {
    MDB_txn* raw = nullptr;
    const int code = mdb_txn_begin(env.raw(), nullptr, kind == Kind::read ? MDB_RDONLY : 0, &raw);
    if (code != 0) return std::unexpected(lmdb_error(code, "beginning on", env.path()));
    return Txn(raw, env.path());
}

Txn::~Txn() {
    if (txn_) mdb_txn_abort(txn_);
}

bool Txn::check(int code, std::string_view doing) {
    if (code != 0) fail(lmdb_error(code, doing, path_));
    return code == 0;
}

void Txn::fail(base::Error error) {
    if (!error_) error_ = std::move(error);
}

bool Txn::usable() const {
    ENSURE(txn_, "a transaction is used after its end");
    return !error_;
}

std::optional<MDB_dbi> Txn::open_table(const char* name, unsigned flags) {
    if (!usable()) return std::nullopt;
    MDB_dbi table = 0;
    const int code = mdb_dbi_open(txn_, name, flags, &table);
    if (code == MDB_NOTFOUND || !check(code, "opening a table of")) return std::nullopt;
    return table;
}

std::optional<ByteView> Txn::get(MDB_dbi table, ByteView key) {
    if (!usable()) return std::nullopt;
    MDB_val k = to_val(key);
    MDB_val v{};
    const int code = mdb_get(txn_, table, &k, &v);
    if (code == MDB_NOTFOUND || !check(code, "reading")) return std::nullopt;
    return to_view(v);
}

void Txn::put(MDB_dbi table, ByteView key, ByteView value, unsigned flags) {
    if (!usable()) return;
    MDB_val k = to_val(key);
    MDB_val v = to_val(value);
    check(mdb_put(txn_, table, &k, &v, flags), "writing to");
}

std::span<std::uint8_t> Txn::reserve(MDB_dbi table, ByteView key, std::size_t size,
                                     unsigned flags) {
    if (!usable()) return {};
    MDB_val k = to_val(key);
    MDB_val v{size, nullptr};
    if (!check(mdb_put(txn_, table, &k, &v, flags | MDB_RESERVE), "writing to")) return {};
    return {static_cast<std::uint8_t*>(v.mv_data), v.mv_size};
}

bool Txn::erase(MDB_dbi table, ByteView key) {
    if (!usable()) return false;
    MDB_val k = to_val(key);
    const int code = mdb_del(txn_, table, &k, nullptr);
    return code != MDB_NOTFOUND && check(code, "writing to");
}

bool Txn::erase(MDB_dbi table, ByteView key, ByteView value) {
    if (!usable()) return false;
    MDB_val k = to_val(key);
    MDB_val v = to_val(value);
    const int code = mdb_del(txn_, table, &k, &v);
    return code != MDB_NOTFOUND && check(code, "writing to");
}

std::uint64_t Txn::count(MDB_dbi table) {
    if (!usable()) return 0;
    MDB_stat stat{};
    return check(mdb_stat(txn_, table, &stat), "reading") ? stat.ms_entries : 0;
}

std::uint64_t Txn::table_bytes(MDB_dbi table) {
    if (!usable()) return 0;
    MDB_stat stat{};
    if (!check(mdb_stat(txn_, table, &stat), "reading")) return 0;
    return (stat.ms_branch_pages + stat.ms_leaf_pages + stat.ms_overflow_pages) * stat.ms_psize;
}

// The first word of each list is its length.
std::uint64_t Txn::free_pages() {
    constexpr MDB_dbi free_table = 0;
    Cursor cursor(*this, free_table);
    std::uint64_t out = 0;
    for (auto row = cursor.first(); row; row = cursor.next()) {
        std::size_t count = 0;
        if (row->value.size() < sizeof count) continue;
        std::memcpy(&count, row->value.data(), sizeof count);
        out += count;
    }
    return out;
}

base::Result<void> Txn::commit() {
    ENSURE(txn_, "a transaction ends once");
    MDB_txn* txn = std::exchange(txn_, nullptr);
    if (error_) {
        mdb_txn_abort(txn);
        return std::unexpected(*error_);
    }
    check(mdb_txn_commit(txn), "writing to");  // frees it also when it fails
    if (error_) return std::unexpected(*error_);
    return {};
}

// ---- Cursor -------------------------------------------------------------------------------------

Cursor::Cursor(Txn& txn, MDB_dbi table) : txn_(txn) {
    if (txn_.usable() && !txn_.check(mdb_cursor_open(txn_.raw(), table, &cursor_), "reading"))
        cursor_ = nullptr;
}

Cursor::~Cursor() {
    if (cursor_) mdb_cursor_close(cursor_);
}

std::optional<Row> Cursor::move(MDB_cursor_op op, ByteView key, ByteView value) {
    if (!txn_.usable() || !cursor_) return std::nullopt;
    MDB_val k = to_val(key);
    MDB_val v = to_val(value);
    const int code = mdb_cursor_get(cursor_, &k, &v, op);
    if (code == MDB_NOTFOUND || !txn_.check(code, "reading")) return std::nullopt;
    return Row{to_view(k), to_view(v)};
}

std::optional<Row> Cursor::below(ByteView key) {
    return at_least(key) ? previous() : last();
}

std::optional<ByteView> Cursor::value_at_least(ByteView key, ByteView value) {
    const auto row = move(MDB_GET_BOTH_RANGE, key, value);
    return row ? std::optional(row->value) : std::nullopt;
}

std::optional<ByteView> Cursor::value_below(ByteView key, ByteView value) {
    if (value_at_least(key, value)) return previous_value();
    if (!at(key)) return std::nullopt;
    const auto row = move(MDB_LAST_DUP, {}, {});
    return row ? std::optional(row->value) : std::nullopt;
}

std::optional<ByteView> Cursor::next_value() {
    const auto row = move(MDB_NEXT_DUP, {}, {});
    return row ? std::optional(row->value) : std::nullopt;
}

std::optional<ByteView> Cursor::previous_value() {
    const auto row = move(MDB_PREV_DUP, {}, {});
    return row ? std::optional(row->value) : std::nullopt;
}

std::uint64_t Cursor::values() {
    if (!txn_.usable() || !cursor_) return 0;
    std::size_t count = 0;
    return txn_.check(mdb_cursor_count(cursor_, &count), "reading") ? count : 0;
}

// ---- times and numbers --------------------------------------------------------------------------

namespace {
constexpr std::int64_t time_zero = std::int64_t{1} << 39;
}

std::array<std::uint8_t, time_size> time_bytes(base::WallTime time) {
    const std::int64_t seconds = std::clamp(base::unix_seconds(time), -time_zero, time_zero - 1);
    const auto whole = base::big_endian(static_cast<std::uint64_t>(seconds + time_zero));
    std::array<std::uint8_t, time_size> out{};
    std::copy(whole.end() - time_size, whole.end(), out.begin());
    return out;
}

base::WallTime read_time(ByteView bytes) {
    ENSURE(bytes.size() == time_size, "a stored time has five bytes");
    std::int64_t seconds = 0;
    for (const std::uint8_t byte : bytes) seconds = seconds << 8 | byte;
    return base::from_unix_seconds(seconds - time_zero);
}

std::uint64_t read_number(ByteView bytes) {
    ENSURE(bytes.size() == 8, "a stored number has eight bytes");
    return base::read_big_endian<std::uint64_t>(bytes.first<8>());
}

}  // namespace hearsay::store
