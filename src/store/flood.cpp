#include "store/flood.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <sys/stat.h>

#include "base/ensure.hpp"
#include "item/mailbox.hpp"
#include "store/file.hpp"
#include "store/pages.hpp"
#include "store/schema.hpp"

namespace hearsay::store {
namespace {

using base::as_bytes;

// Schema 1 had positions of 8 bytes, schema 2 neither levels and shelves nor an index of words, and
// up to schema 3 mail was sealed in another way. Schema 4 had a table by time of creation. The
// network has all of it, so it is not converted but fetched again.
base::Result<void> begin_again(Txn& txn) {
    for (const char* name :
         {"about", "items", "heads", "ids", "created", "expiry", "kinds", "mailboxes", "shelves",
          "piles", "slots", "slots_due", "gone", "gone_due", "search"})
        if (const auto table = txn.open_table(name, 0))
            txn.check(mdb_drop(txn.raw(), *table, name == std::string_view("created")), "emptying");
    if (txn.error()) return std::unexpected(*txn.error());
    return {};
}
constexpr std::array<Migration, flood_schema - 1> migrations{begin_again, begin_again, begin_again,
                                                             begin_again};

// A transaction of fewer leaves too few pages behind to be worth another.
constexpr std::size_t many_changes = 100;

// There while the file is mapped: found at a start, the last run did not end well.
constexpr const char* open_name = "/open";

base::Error not_open(const std::string& path) {
    return {base::ErrorCode::corrupt, path + " was damaged and could not be made anew yet"};
}

// Whatever they are: a directory or a pipe in the place of a file is no better than a damaged one.
base::Result<void> wipe(const std::string& path) {
    for (const char* name : {"/data.mdb", "/lock.mdb", "/unsynced", suspect_name, open_name}) {
        std::error_code failed;
        std::filesystem::remove_all(path + name, failed);
        if (failed)
            return base::fail(base::ErrorCode::io,
                              "removing " + path + name + ": " + failed.message());
    }
    return sync_directory(path);
}

// Why the file cannot be used; nothing: it can, or there is none.
std::optional<base::Error> damage_of(const std::string& path) {
    if (file_exists(path + suspect_name))
        return base::Error{base::ErrorCode::corrupt,
                           "reading " + path + "/data.mdb ended the last run"};
    struct stat file{};
    const bool large =
        ::stat((path + "/data.mdb").c_str(), &file) == 0 &&
        static_cast<std::uint64_t>(file.st_size) > base::limits::flood_check_bytes_max;
    if (large && !file_exists(path + open_name)) {
        const auto looked = look_at_file(path);
        return looked ? std::nullopt : std::optional(looked.error());
    }
    const auto checked = check_pages(path);
    return checked ? std::nullopt : std::optional(checked.error());
}

// A file, a pipe or a link to nothing where the directory should be.
base::Result<void> make_place(const std::string& path) {
    struct stat info{};
    if (::lstat(path.c_str(), &info) == 0 && !S_ISDIR(info.st_mode) && !S_ISLNK(info.st_mode))
        if (auto removed = remove_file(path); !removed) return removed;
    return prepare_directory(path);
}

std::string_view network_name(std::uint64_t number) {
    constexpr std::array<std::string_view, 4> names{"unknown", "main", "local", "sim"};
    return names[number < names.size() ? number : 0];
}

}  // namespace

// ---- opening ------------------------------------------------------------------------------------

base::Result<std::unique_ptr<Flood>> Flood::open(const std::string& path,
                                                 const FloodOptions& options) {
    ENSURE(options.new_life != 0, "a life's number is not 0");
    if (auto made = make_place(path); !made) return std::unexpected(made.error());
    std::unique_ptr<Flood> flood(new Flood(options, path));
    if (flood->unsynced_.machine_died()) {
        if (auto done = wipe(path); !done) return std::unexpected(done.error());
        flood->unsynced_.forget();
        flood->wiped_ = true;
    }
    std::optional<base::Error> damage = damage_of(path);
    if (!damage) {
        const auto begun = flood->begin_life();
        if (begun) return flood;
        damage = begun.error();
    }
    if (damage->code != base::ErrorCode::corrupt) return std::unexpected(*damage);
    if (auto made = flood->make_anew(options.new_life, damage->text); !made)
        return std::unexpected(made.error());
    return flood;
}

Flood::Flood(FloodOptions options, const std::string& path)
    : options_(std::move(options)), path_(path), unsynced_(path, options_.boot_id) {
    shared_.network = options_.network;
}

base::Result<void> Flood::make_anew(std::uint64_t new_life, const std::string& why) {
    ENSURE(!writing_, "transactions end before their environment");
    const std::lock_guard lock(env_mutex_);
    env_.reset();
    if (auto done = wipe(path_); !done) return done;
    unsynced_.forget();
    options_.new_life = new_life;
    damage_ = why;
    return begin_life();
}

base::Result<void> Flood::begin_life() {
    const bool fresh = !file_exists(path_ + "/data.mdb");
    if (fresh) {
        // Its first pages are as unsynced as any.
        if (auto marked = unsynced_.before_commit(); !marked) return marked;
        unsynced_.after_commit();
    }
    auto env = Env::open(path_, options_.map_bytes, MDB_NOSYNC);
    if (!env) return std::unexpected(env.error());
    env_.emplace(std::move(*env));
    auto done = set_up();
    if (done) done = set_up_search();
    if (!done) {
        env_.reset();
        return done;
    }
    // Not durable: it is to tell of a process that died. No room for it is no reason not to go on.
    [[maybe_unused]] const auto marked = replace_file(path_ + open_name, {});
    if (!fresh) return {};
    const std::uint64_t ticket = unsynced_.before_sync();
    if (auto synced = env_->sync(); !synced) return synced;
    return unsynced_.after_sync(ticket);
}

base::Result<void> Flood::set_up() {
    shelves_.reset();
    if (auto schema = open_schema(*env_, migrations); !schema) return schema;
    auto txn = Txn::begin(*env_, Txn::Kind::write);
    if (!txn) return std::unexpected(txn.error());
    const auto tables = open_flood_tables(*txn);
    if (!tables) return std::unexpected(tables.error());
    shared_.tables = *tables;
    const auto number = [&](std::string_view name, std::uint64_t if_missing) {
        const auto value = txn->get(tables->about, as_bytes(name));
        if (value && value->size() == 8) return read_number(*value);
        txn->put(tables->about, as_bytes(name), base::big_endian(if_missing));
        return if_missing;
    };
    const std::uint64_t network = number("network", static_cast<std::uint64_t>(options_.network));
    shared_.life = number("life", options_.new_life);
    if (network != static_cast<std::uint64_t>(options_.network))
        return base::fail(
            base::ErrorCode::invalid,
            path_ + " holds items of the network " + std::string(network_name(network)) + ", not " +
                std::string(network_name(static_cast<std::uint64_t>(options_.network))) +
                "; use another data directory");
    return txn->commit();
}

// What waits to be a segment of the index of words; more than that, if the index was lost.
base::Result<void> Flood::set_up_search() {
    shared_.search = std::make_shared<SearchState>();
    for (bool more = options_.search; more;) {
        auto txn = Txn::begin(*env_, Txn::Kind::write);
        if (!txn) return std::unexpected(txn.error());
        SearchWriter writer(*txn, shared_.tables, *shared_.search, options_.search_pace);
        more = writer.take_up(options_.network);
        if (more) {
            writer.finish(items_bytes_max(), false);
            if (auto marked = unsynced_.before_commit(); !marked) return marked;
            const auto committed = txn->commit();
            unsynced_.after_commit();
            if (!committed) return committed;
        } else if (txn->error()) {
            return std::unexpected(*txn->error());
        }
        writer.publish(shared_.search);
    }
    return {};
}

Flood::~Flood() {
    ENSURE(!writing_, "transactions end before their environment");
    // A failure leaves the marker, and with it the truth.
    if (!env_) return;
    const auto synced = sync();
    env_.reset();
    if (synced) [[maybe_unused]]
        const auto removed = remove_file(path_ + open_name);
}

// ---- room ---------------------------------------------------------------------------------------

std::uint64_t Flood::items_bytes_max() const {
    const std::uint64_t map = env_ ? env_->map_bytes() : 0;
    return map - std::min(map / 8, base::limits::flood_reserve_bytes_max);
}

std::uint64_t Flood::room_bytes_max() const {
    return items_bytes_max();
}

std::uint64_t Flood::reusable_bytes() const {
    if (!env_) return 0;
    auto txn = Txn::begin(*env_, Txn::Kind::read);
    return txn ? txn->free_pages() * env_->page_bytes() : 0;
}

std::uint64_t Flood::room_bytes() const {
    if (!env_) return 0;
    const std::uint64_t waiting = shared_.search->pending.bytes_max();
    const std::uint64_t most = items_bytes_max() - std::min(items_bytes_max(), waiting);
    const std::uint64_t used = env_->used_bytes();
    // Counting what is free reads all lists of it, so only where it matters.
    if (used + base::limits::flood_reserve_bytes_max <= most) return most - used;
    const std::uint64_t held = used - std::min(used, reusable_bytes());
    return most - std::min(most, held);
}

// ---- using --------------------------------------------------------------------------------------

base::Result<std::unique_ptr<FloodTxn>> Flood::begin() {
    ENSURE(!writing_, "one write transaction at a time");
    if (!env_) return std::unexpected(not_open(path_));
    auto txn = Txn::begin(*env_, Txn::Kind::write);
    // As Own::begin(). Should it not open now, the next call finds it closed, and make_anew()
    // helps.
    if (!txn && txn.error().code == base::ErrorCode::unavailable) {
        const std::lock_guard lock(env_mutex_);
        env_.reset();
        if (auto begun = begin_life(); !begun) return std::unexpected(begun.error());
        return begin();
    }
    if (!txn) return std::unexpected(txn.error());
    return std::unique_ptr<FloodTxn>(new FloodTxn(*this, std::move(*txn)));
}

base::Result<std::unique_ptr<FloodReader>> Flood::read() const {
    if (!env_) return std::unexpected(not_open(path_));
    auto txn = Txn::begin(*env_, Txn::Kind::read);
    if (!txn) return std::unexpected(txn.error());
    return std::unique_ptr<FloodReader>(new FloodReader(shared_, std::move(*txn)));
}

base::Result<void> Flood::sync() {
    const std::lock_guard lock(env_mutex_);
    if (!env_) return std::unexpected(not_open(path_));
    const std::uint64_t ticket = unsynced_.before_sync();
    if (auto synced = env_->sync(); !synced) return synced;
    return unsynced_.after_sync(ticket);
}

FloodStats Flood::stats() const {
    FloodStats out;
    if (const auto reader = read()) out.items = (*reader)->alive_count();
    struct stat file{};
    if (::stat((path_ + "/data.mdb").c_str(), &file) == 0)
        out.disk_bytes = static_cast<std::uint64_t>(file.st_blocks) * 512;
    out.damaged = shared_.damaged;
    out.life = shared_.life;
    out.wiped = wiped_;
    out.damage = damage_;
    return out;
}

// ---- writing ------------------------------------------------------------------------------------

FloodTxn::FloodTxn(Flood& flood, Txn txn)
    : FloodView(flood.shared_, std::move(txn)),
      flood_(flood),
      room_(flood.room_bytes()),
      index_(txn_, shared_.tables, *shared_.search, flood.options_.search_pace) {
    flood_.writing_ = true;
    shelves_ = std::exchange(flood_.shelves_, std::nullopt);
}

FloodTxn::~FloodTxn() {
    // After commit() another may be writing; before it this one is.
    if (txn_.raw()) flood_.writing_ = false;
}

base::Result<void> FloodTxn::apply(const core::Effect& effect) {
    if (const auto* wanted = std::get_if<core::Store>(&effect)) {
        store(*wanted);
    } else if (const auto* unwanted = std::get_if<core::Forget>(&effect)) {
        forget(*unwanted);
    } else if (const auto* better = std::get_if<core::Improve>(&effect)) {
        improve(*better);
    } else {
        const auto* over = std::get_if<core::Sweep>(&effect);
        ENSURE(over, "the flood store applies Store, Forget, Improve and Sweep only");
        sweep(txn_, shared_.tables.gone, over->now, over->most);
        sweep(txn_, shared_.tables.slots, over->now, over->most);
    }
    ++changes_;
    if (txn_.error()) return std::unexpected(*txn_.error());
    return {};
}

void FloodTxn::store(const core::Store& effect) {
    const item::Read& read = *effect.item;
    const FloodTables& tables = shared_.tables;
    ENSURE(presence(read.id) == core::Presence::unknown, "an item is stored once");
    // A row takes a page of its own at worst, and each of the lists may take another.
    stored_bytes_ += record_size(read.item) + 2 * flood_.env_->page_bytes();
    if (stored_bytes_ > room_)
        return txn_.fail(
            {base::ErrorCode::exhausted,
             flood_.path_ + ": the database of the network's items has reached its largest size"});
    const auto position = position_bytes(++last_);
    const auto record = txn_.reserve(tables.items, position, record_size(read.item), MDB_APPEND);
    if (txn_.error()) return;
    write_record(read.item, record);
    const Head head{read.id,
                    read.header.kind,
                    read.header.expires,
                    static_cast<std::uint16_t>(read.item.size()),
                    effect.level,
                    effect.pile};
    txn_.put(tables.heads, position, write_head(head), MDB_APPEND);
    shelve(head, last_);
    txn_.put(tables.ids, id_prefix(read.id), position, MDB_APPENDDUP);
    txn_.put(tables.expiry, time_bytes(head.expires), position, MDB_APPENDDUP);
    txn_.put(tables.kinds, base::big_endian(head.kind), position, MDB_APPENDDUP);
    if (const auto& claim = read.header.publication();
        claim && claim->mailbox && item::carries_mailbox_key(head.kind))
        txn_.put(tables.mailboxes, mailbox_prefix(*claim->mailbox), position, MDB_APPENDDUP);
    if (flood_.options_.search) stored_bytes_ += index_.add(last_, read, effect.terms);
    if (read.header.mail()) return;
    const item::Version version = read.version;
    remember(txn_, tables.slots, version.thing.view(), effect.slot_until,
             write_slot({version.sequence, version.removed, last_}));
}

void FloodTxn::forget(const core::Forget& effect) {
    const auto position = position_of(effect.id);
    // The core forgets what expired() or get() named: only damage makes two tables tell two things.
    const auto head = position ? head_at(*position) : std::nullopt;
    if (!head)
        return txn_.fail({base::ErrorCode::corrupt,
                          "the flood database is damaged: its tables contradict each other"});
    const item::ReadPtr item = item_at(*position);
    keep_slot_id(*position, item);
    erase_mailbox(*position, item);
    erase_item(*position, *head);
    const std::uint64_t most = remembered_max(base::limits::stored_gone_bytes);
    if (txn_.count(shared_.tables.gone.rows) < most)
        remember(txn_, shared_.tables.gone, effect.id.view(), effect.remember_until, {});
}

std::uint64_t FloodTxn::remembered_max(std::uint64_t bytes_each) const {
    return flood_.options_.budget / 100 * base::limits::remembered_share / bytes_each;
}

// The record and the head take as much as before.
void FloodTxn::improve(const core::Improve& effect) {
    const FloodTables& tables = shared_.tables;
    const auto position = position_of(effect.id);
    auto head = position ? head_at(*position) : std::nullopt;
    const auto key = position_bytes(position.value_or(0));
    const auto row = head ? txn_.get(tables.items, key) : std::nullopt;
    if (!row || row->size() < sizeof effect.nonce)
        return txn_.fail({base::ErrorCode::corrupt,
                          "the flood database is damaged: its tables contradict each other"});
    base::Bytes record = base::to_bytes(*row);
    const auto nonce = base::big_endian(effect.nonce);
    std::copy(nonce.begin(), nonce.end(), record.begin());
    txn_.put(tables.items, key, record);
    unshelve(*head, *position);
    if (txn_.error()) return;
    head->level = effect.level;
    txn_.put(tables.heads, key, write_head(*head));
    shelve(*head, *position);
}

// The slot of an item that goes names it by its position so far. Where too many are remembered it
// goes as well: an older version that lives longer may come back then.
void FloodTxn::keep_slot_id(core::Position position, const item::ReadPtr& item) {
    if (!item || item->header.mail()) return;
    const item::ThingId thing = item->version.thing;
    const MDB_dbi slots = shared_.tables.slots.rows;
    const auto row = txn_.get(slots, thing.view());
    auto slot = row ? read_slot(*row) : std::nullopt;
    if (!slot || slot->item != std::variant<core::Position, base::ItemId>(position))
        return;  // a newer one's by now
    if (slots_of_gone() >= remembered_max(base::limits::stored_slot_bytes))
        return store::forget(txn_, shared_.tables.slots, thing.view());
    slot->item = item->id;
    base::Bytes value = base::to_bytes(row->first(time_size));
    base::append(value, write_slot(*slot));
    txn_.put(slots, thing.view(), value);
}

// The row of an item that is damaged stays: it leads to nothing.
void FloodTxn::erase_mailbox(core::Position position, const item::ReadPtr& item) {
    const item::Publication* const claim = item ? item->header.publication() : nullptr;
    if (claim && claim->mailbox && item::carries_mailbox_key(item->header.kind))
        txn_.erase(shared_.tables.mailboxes, mailbox_prefix(*claim->mailbox),
                   position_bytes(position));
}

void FloodTxn::erase_item(core::Position position, const Head& head) {
    const FloodTables& tables = shared_.tables;
    const auto key = position_bytes(position);
    index_.erase(position, head.kind);
    unshelve(head, position);
    txn_.erase(tables.items, key);
    txn_.erase(tables.heads, key);
    txn_.erase(tables.ids, id_prefix(head.id), key);
    txn_.erase(tables.expiry, time_bytes(head.expires), key);
    txn_.erase(tables.kinds, base::big_endian(head.kind), key);
}

// ---- ending -------------------------------------------------------------------------------------

void FloodTxn::erase_damaged() {
    for (const core::Position position : damaged_) {
        const auto head = head_at(position);
        if (!head) continue;  // forgotten meanwhile
        erase_item(position, *head);
        ++changes_;
    }
}

base::Result<void> FloodTxn::commit() {
    ENSURE(txn_.raw(), "a transaction ends once");
    erase_damaged();
    if (changes_ > 0) {
        index_.finish(room_, bytes_beyond() > 0);
        txn_.put(shared_.tables.about, as_bytes("last"), base::big_endian(last_));
        keep_shelves();
    }
    const bool marking = changes_ > 0 && !txn_.error();
    if (marking)
        if (auto marked = flood_.unsynced_.before_commit(); !marked) txn_.fail(marked.error());
    const bool marked = marking && !txn_.error();
    auto committed = txn_.commit();
    if (committed && changes_ >= many_changes) turn_page();
    if (marked) flood_.unsynced_.after_commit();
    if (committed) {
        flood_.shelves_ = std::move(shelves_);
        search_.end();
        index_.publish(flood_.shared_.search);
    }
    flood_.writing_ = false;
    return committed;
}

// LMDB does not reuse pages that the last two transactions replaced, because either of their roots
// may be what a crash leaves. Thousands of items change nearly as many pages of the tables that are
// written at random places; a further transaction that changes next to nothing makes that one
// generation of replaced pages instead of two. What it writes is there already, so its failure
// loses nothing; the reason shows again in the next commit.
void FloodTxn::turn_page() {
    auto txn = Txn::begin(*flood_.env_, Txn::Kind::write);
    if (!txn) return;
    txn->put(shared_.tables.about, as_bytes("last"), base::big_endian(last_));
    [[maybe_unused]] const auto turned = txn->commit();
}

}  // namespace hearsay::store
