// store/flood.hpp - the *flood* environment: what the network replicates. Layout:
// store/flood_tables.hpp.
//
// Commits are not synced (MDB_NOSYNC): a kill -9 of the process loses nothing that was committed,
// and sync() at intervals and the destructor bring it to the disk. If the *machine* stopped with
// commits not yet synced, open() wipes the environment and begins a new life (store/unsynced.hpp):
// the network has it all, and LMDB cannot promise that half-written pages make sense. The mere age
// of the last sync loses nothing: what is wiped is fetched again.
//
// A damaged file is made anew in the same way, because the network has what was in it: open() looks
// first (store/pages.hpp) - at all of it; when it is larger than flood_check_bytes_max and the last
// run ended well, at its beginning and its length only - and make_anew() is for damage that only
// shows in use (a transaction that fails with `corrupt`). stats().damage says why.
//
// The map's last part is not for items but for what makes room: with the map full, forgetting would
// find no page to write to. So storing fails with `exhausted` while forgetting still works.
//
// One write transaction at a time, begun, used and ended on one thread; any number of readers, each
// a snapshot of what was committed when it began, also beside the open writer. A reader pins the
// pages of its snapshot: keep it for a turn, not for an hour. All of them end before their Flood.
// sync() and stats() may be called from any thread.
//
// Errors: `exhausted` when the disk or the database is full, `corrupt`, `io`; `refused` for a newer
// schema; `invalid` for another network's directory. After a failed commit everything committed
// before is still there, and later transactions work again once there is space. (The process must
// ignore SIGXFSZ for a file-size limit to be an error.)
#pragma once

#include <memory>
#include <mutex>
#include <set>

#include "base/limits/retention.hpp"
#include "base/limits/store.hpp"
#include "core/effects.hpp"
#include "store/flood_view.hpp"
#include "store/search_index.hpp"
#include "store/unsynced.hpp"

namespace hearsay::store {

struct FloodOptions {
    item::Network network = item::Network::main;
    std::uint64_t new_life = 0;  // random, not 0: the life's number if the store begins anew
    std::uint64_t map_bytes = base::limits::flood_map_bytes_max;
    std::string boot_id = system_boot_id();
    // Bytes that items may take. Only bounds what is remembered of those that are gone.
    std::uint64_t budget = base::limits::store_budget_default;
    bool search = true;  // off only to measure what the index of words costs
    SearchPace search_pace{};
};

struct FloodStats {
    std::uint64_t items = 0;       // alive
    std::uint64_t disk_bytes = 0;  // taken from the disk, free pages for reuse included
    std::uint64_t damaged = 0;     // stored items found unreadable in this run
    std::uint64_t life = 0;
    bool wiped = false;  // this run began with a wipe, because the machine had stopped
    std::string damage;  // why the file was made anew by this run; empty: it was not
};

class Flood;

// A snapshot.
class FloodReader final : public FloodView {
private:
    friend class Flood;
    using FloodView::FloodView;

public:
    ~FloodReader() override = default;
};

class FloodTxn final : public FloodView {
public:
    ~FloodTxn() override;  // what was not committed never was

    // Store, Forget, Improve and Sweep; another effect is not the flood's (a bug). Storing an id
    // that is alive or gone, forgetting and improving one that is not alive are bugs of the core's.
    base::Result<void> apply(const core::Effect& effect);
    // Reports the first failure since begin, reads included; then nothing was kept.
    base::Result<void> commit();

private:
    friend class Flood;
    FloodTxn(Flood& flood, Txn txn);
    void store(const core::Store& effect);
    void forget(const core::Forget& effect);
    void improve(const core::Improve& effect);
    void keep_slot_id(core::Position position, const item::ReadPtr& item);
    void erase_mailbox(core::Position position, const item::ReadPtr& item);
    std::uint64_t remembered_max(std::uint64_t bytes_each) const;
    void erase_item(core::Position position, const Head& head);
    void shelve(const Head& head, core::Position position);
    void unshelve(const Head& head, core::Position position);
    void keep_shelves();
    core::Shelves& own_shelves();
    void erase_damaged();

    std::uint64_t waiting_bytes() const override {
        return FloodView::waiting_bytes() + index_.fresh_bytes();
    }

    // Lets the next transaction have the pages that this one replaced.
    void turn_page();

    Flood& flood_;
    std::size_t changes_ = 0;
    const std::uint64_t room_;
    std::uint64_t stored_bytes_ = 0;
    std::set<item::Standing> reshelved_;
    SearchWriter index_;
};

class Flood {
public:
    // `path` is created if missing (store/file.hpp).
    static base::Result<std::unique_ptr<Flood>> open(const std::string& path,
                                                     const FloodOptions& options);
    Flood(const Flood&) = delete;
    Flood& operator=(const Flood&) = delete;
    ~Flood();  // syncs

    base::Result<std::unique_ptr<FloodTxn>> begin();
    base::Result<std::unique_ptr<FloodReader>> read() const;
    base::Result<void> sync();
    FloodStats stats() const;

    // Throws the file away and begins a new life. No transaction may be open.
    base::Result<void> make_anew(std::uint64_t new_life, const std::string& why);
    // What items can still take of the map, pages for reuse included. On the loop's thread,
    // with no writer.
    std::uint64_t room_bytes() const;
    std::uint64_t room_bytes_max() const;  // the same of an empty store
    std::uint64_t reusable_bytes() const;  // of these, what needs no more of the disk

private:
    friend class FloodTxn;
    explicit Flood(FloodOptions options, const std::string& path);
    base::Result<void> begin_life();
    base::Result<void> set_up();
    base::Result<void> set_up_search();
    std::uint64_t items_bytes_max() const;

    FloodOptions options_;
    const std::string path_;
    std::optional<Env> env_;
    // sync() comes from other threads, make_anew() must not come between
    mutable std::mutex env_mutex_;
    Unsynced unsynced_;
    FloodShared shared_;
    bool wiped_ = false;
    std::string damage_;
    bool writing_ = false;
    // As of the last commit, so that not every transaction reads them; nothing: not known.
    std::optional<core::Shelves> shelves_;
};

}  // namespace hearsay::store
