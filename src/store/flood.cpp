#include "store/flood.hpp"

#include <array>
#include <sys/stat.h>

#include "base/ensure.hpp"
#include "store/file.hpp"
#include "store/schema.hpp"

namespace hearsay::store {
namespace {

using base::as_bytes;

// Schema 1 had positions of 8 bytes. The network has all of it, so it is not converted but fetched again.
base::Result<void> begin_again(Txn& txn) {
    for (const char* name : {"about", "items", "heads", "ids", "created", "expiry", "kinds", "slots",
                             "slots_due", "gone", "gone_due"})
        if (const auto table = txn.open_table(name, 0)) txn.check(mdb_drop(txn.raw(), *table, 0), "emptying");
    if (txn.error()) return std::unexpected(*txn.error());
    return {};
}
constexpr std::array<Migration, 1> migrations{begin_again};

// A transaction of fewer leaves too few pages behind to be worth another.
constexpr std::size_t many_changes = 100;

base::Result<void> wipe(const std::string& path) {
    for (const char* name : {"/data.mdb", "/lock.mdb", "/unsynced"})
        if (auto removed = remove_file(path + name); !removed) return removed;
    return {};
}

std::string_view network_name(std::uint64_t number) {
    switch (static_cast<item::Network>(number)) {
        case item::Network::main:
            return "main";
        case item::Network::local:
            return "local";
        case item::Network::sim:
            return "sim";
    }
    return "unknown";
}

}  // namespace

// ---- opening ---------------------------------------------------------------------------------

base::Result<std::unique_ptr<Flood>> Flood::open(const std::string& path, const FloodOptions& options) {
    ENSURE(options.new_life != 0, "a life's number is not 0");
    if (auto made = prepare_directory(path); !made) return std::unexpected(made.error());
    bool wiped = false;
    {
        Unsynced unsynced(path, options.boot_id);
        const auto died = unsynced.machine_died();
        if (!died) return std::unexpected(died.error());
        if (*died) {
            if (auto done = wipe(path); !done) return std::unexpected(done.error());
            wiped = true;
        }
    }
    const bool fresh = !file_exists(path + "/data.mdb");
    if (fresh) {
        // Its first pages are as unsynced as any.
        if (auto marked = replace_file(path + "/unsynced", as_bytes(options.boot_id)); !marked)
            return std::unexpected(marked.error());
    }
    auto env = Env::open(path, options.map_bytes, MDB_NOSYNC);
    if (!env) return std::unexpected(env.error());
    std::unique_ptr<Flood> flood(new Flood(std::move(*env), options, wiped));
    if (auto done = flood->set_up(options); !done) return std::unexpected(done.error());
    if (fresh)
        if (auto synced = flood->sync(); !synced) return std::unexpected(synced.error());
    return flood;
}

Flood::Flood(Env env, const FloodOptions& options, bool wiped)
    : env_(std::move(env)), unsynced_(env_.path(), options.boot_id), wiped_(wiped) {
    shared_.network = options.network;
}

base::Result<void> Flood::set_up(const FloodOptions& options) {
    if (auto schema = open_schema(env_, migrations); !schema) return schema;
    auto txn = Txn::begin(env_, Txn::Kind::write);
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
    const std::uint64_t network = number("network", static_cast<std::uint64_t>(options.network));
    shared_.life = number("life", options.new_life);
    if (!txn->get(tables->about, as_bytes("summary"))) {  // new, or of a version that kept none
        core::SetSummary summary;
        Cursor cursor(*txn, tables->heads);
        for (auto row = cursor.first(); row; row = cursor.next())
            if (const auto head = read_head(row->value)) summary.add(head->id);
        txn->put(tables->about, as_bytes("summary"), summary.bytes());
    }
    if (network != static_cast<std::uint64_t>(options.network))
        return base::fail(base::ErrorCode::invalid,
                          env_.path() + " holds items of the network " + std::string(network_name(network)) +
                              ", not " +
                              std::string(network_name(static_cast<std::uint64_t>(options.network))) +
                              "; use another data directory");
    return txn->commit();
}

Flood::~Flood() {
    ENSURE(!writing_, "transactions end before their environment");
    // A failure leaves the marker, and with it the truth.
    [[maybe_unused]] const auto synced = sync();
}

// ---- using -----------------------------------------------------------------------------------

base::Result<std::unique_ptr<FloodTxn>> Flood::begin() {
    ENSURE(!writing_, "one write transaction at a time");
    auto txn = Txn::begin(env_, Txn::Kind::write);
    if (!txn) return std::unexpected(txn.error());
    return std::unique_ptr<FloodTxn>(new FloodTxn(*this, std::move(*txn)));
}

base::Result<std::unique_ptr<FloodReader>> Flood::read() const {
    auto txn = Txn::begin(env_, Txn::Kind::read);
    if (!txn) return std::unexpected(txn.error());
    return std::unique_ptr<FloodReader>(new FloodReader(shared_, std::move(*txn)));
}

base::Result<void> Flood::sync() {
    const std::uint64_t ticket = unsynced_.before_sync();
    if (auto synced = env_.sync(); !synced) return synced;
    return unsynced_.after_sync(ticket);
}

FloodStats Flood::stats() const {
    FloodStats out;
    if (const auto reader = read()) out.items = (*reader)->alive_count();
    struct stat file{};
    if (::stat((env_.path() + "/data.mdb").c_str(), &file) == 0)
        out.disk_bytes = static_cast<std::uint64_t>(file.st_blocks) * 512;
    out.damaged = shared_.damaged;
    out.life = shared_.life;
    out.wiped = wiped_;
    return out;
}

// ---- writing ---------------------------------------------------------------------------------

FloodTxn::FloodTxn(Flood& flood, Txn txn) : FloodView(flood.shared_, std::move(txn)), flood_(flood) {
    flood_.writing_ = true;
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
    } else {
        const auto* over = std::get_if<core::Sweep>(&effect);
        ENSURE(over, "the flood store applies Store, Forget and Sweep only");
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
    const auto position = position_bytes(++last_);
    const auto record = txn_.reserve(tables.items, position, record_size(read.item), MDB_APPEND);
    if (txn_.error()) return;
    summary_.add(read.id);
    write_record(read.item, record);
    const Head head{read.id, read.header.kind, read.header.created, read.header.expires};
    txn_.put(tables.heads, position, write_head(head), MDB_APPEND);
    txn_.put(tables.ids, id_prefix(read.id), position, MDB_APPENDDUP);
    txn_.put(tables.created, time_bytes(head.created), position, MDB_APPENDDUP);
    txn_.put(tables.expiry, time_bytes(head.expires), position, MDB_APPENDDUP);
    txn_.put(tables.kinds, base::big_endian(head.kind), position, MDB_APPENDDUP);
    if (read.header.mail()) return;
    const item::Version version = item::version_of(read);
    remember(txn_, tables.slots, version.thing.view(), effect.slot_until,
             write_slot({version.sequence, version.removed, last_}));
}

void FloodTxn::forget(const core::Forget& effect) {
    const auto position = position_of(effect.id);
    if (txn_.error()) return;
    ENSURE(position, "only what is alive is forgotten");
    const auto head = head_at(*position);
    if (!head) {
        txn_.fail({base::ErrorCode::corrupt, "the flood database is damaged: an item's head is unreadable"});
        return;
    }
    keep_slot_id(*position, effect.id);
    erase_item(*position, *head);
    remember(txn_, shared_.tables.gone, effect.id.view(), effect.remember_until, {});
}

// The slot of an item that goes names it by its position so far.
void FloodTxn::keep_slot_id(core::Position position, const base::ItemId& id) {
    const item::ReadPtr item = item_at(position);
    if (!item || item->header.mail()) return;
    const item::ThingId thing = item::version_of(*item).thing;
    const MDB_dbi slots = shared_.tables.slots.rows;
    const auto row = txn_.get(slots, thing.view());
    auto slot = row ? read_slot(*row) : std::nullopt;
    if (!slot || slot->item != std::variant<core::Position, base::ItemId>(position))
        return;  // a newer one's by now
    slot->item = id;
    base::Bytes value = base::to_bytes(row->first(time_size));
    base::append(value, write_slot(*slot));
    txn_.put(slots, thing.view(), value);
}

void FloodTxn::erase_item(core::Position position, const Head& head) {
    const FloodTables& tables = shared_.tables;
    const auto key = position_bytes(position);
    summary_.remove(head.id);
    txn_.erase(tables.items, key);
    txn_.erase(tables.heads, key);
    txn_.erase(tables.ids, id_prefix(head.id), key);
    txn_.erase(tables.created, time_bytes(head.created), key);
    txn_.erase(tables.expiry, time_bytes(head.expires), key);
    txn_.erase(tables.kinds, base::big_endian(head.kind), key);
}

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
        txn_.put(shared_.tables.about, as_bytes("last"), base::big_endian(last_));
        txn_.put(shared_.tables.about, as_bytes("summary"), summary_.bytes());
    }
    const bool marking = changes_ > 0 && !txn_.error();
    if (marking)
        if (auto marked = flood_.unsynced_.before_commit(); !marked) txn_.fail(marked.error());
    const bool marked = marking && !txn_.error();
    auto committed = txn_.commit();
    if (committed && changes_ >= many_changes) turn_page();
    if (marked) flood_.unsynced_.after_commit();
    flood_.writing_ = false;
    return committed;
}

// LMDB does not reuse pages that the last two transactions replaced, because either of their roots may be
// what a crash leaves. Thousands of items change nearly as many pages of the tables that are written at
// random places; a further transaction that changes next to nothing makes that one generation of replaced
// pages instead of two. What it writes is there already, so its failure loses nothing; the reason shows
// again in the next commit.
void FloodTxn::turn_page() {
    auto txn = Txn::begin(flood_.env_, Txn::Kind::write);
    if (!txn) return;
    txn->put(shared_.tables.about, as_bytes("last"), base::big_endian(last_));
    [[maybe_unused]] const auto turned = txn->commit();
}

}  // namespace hearsay::store
