#include "store/own.hpp"

#include "base/ensure.hpp"
#include "store/file.hpp"
#include "store/pages.hpp"
#include "store/schema.hpp"

namespace hearsay::store {

// In the order of market::Table.
const std::array<const char*, own_tables> own_table_names = {
    "meta",    "personas",       "mailboxes",  "things",   "inbox",   "outbox",
    "peers",   "seen_mail",      "candidates", "removals", "friends", "trades",
    "tickets", "removed_trades", "lists",      "watches"};
static_assert(static_cast<std::size_t>(market::Table::watches) + 1 == own_tables);

namespace {

// Schema 2: records of peers say more, and there are candidates. The records tell their version
// themselves and are written anew as they change (store/known_peers.hpp); only a program of schema
// 1 must not read them.
base::Result<void> migrate_to_two(Txn&) {
    return {};
}

// Schema 3: removals, friends, trades and tickets, in tables of their own; rows that can be
// forgotten are sealed otherwise, and meta says whose rows these are. No version with persons of
// schema 2 was released: the market refuses their rows.
base::Result<void> migrate_to_three(Txn&) {
    return {};
}

// Schema 4: trades that the user removed are remembered in a table of their own, and an own
// publication says of what kind it is.
base::Result<void> migrate_to_four(Txn&) {
    return {};
}

// Every person has a mailbox.
bool has_person(Txn& txn) {
    for (const char* name : {"mailboxes", "things", "seen_mail"})
        if (const auto table = txn.open_table(name, 0); table && txn.count(*table) > 0) return true;
    return false;
}

// Schema 5: mailboxes are named by fingerprints of keys of X-Wing. Those of schema 4 were keys of
// X25519: nobody writes to them any more, their mail does not open, and their trades do not parse.
// Nothing with persons of an earlier schema was released, so nobody reads their rows.
base::Result<void> migrate_to_five(Txn& txn) {
    if (has_person(txn))
        return base::fail(base::ErrorCode::refused,
                          "the own store was written by an earlier version of hearsayd, whose "
                          "mailboxes, mail and trades this one does not read");
    return {};
}

constexpr Migration migrations[] = {migrate_to_two, migrate_to_three, migrate_to_four,
                                    migrate_to_five};

constexpr std::size_t key_bytes_max = 511;  // LMDB's

void ensure_key(base::ByteView key) {
    ENSURE(!key.empty() && key.size() <= key_bytes_max, "a key of own has 1 to 511 bytes");
}

}  // namespace

bool holds_earlier_records(const std::string& path) {
    const auto found = look_at_file(path);
    if (!found || *found != DataFile::there || !check_pages(path)) return false;
    const auto env = Env::open(path, base::limits::own_map_bytes_max, MDB_RDONLY | MDB_NOLOCK);
    if (!env) return false;
    auto txn = Txn::begin(*env, Txn::Kind::read);
    if (!txn) return false;
    const auto about = txn->open_table(about_table, 0);
    const auto schema = about ? txn->get(*about, base::as_bytes("schema")) : std::nullopt;
    return schema && schema->size() == 8 && read_number(*schema) <= std::size(migrations) &&
           has_person(*txn);
}

base::Result<std::unique_ptr<Own>> Own::open(const std::string& path, std::uint64_t map_bytes) {
    if (auto made = prepare_directory(path); !made) return std::unexpected(made.error());
    if (const auto checked = check_pages(path); !checked) return std::unexpected(checked.error());
    std::unique_ptr<Own> own(new Own(path, map_bytes));
    if (auto opened = own->open_env(); !opened) return std::unexpected(opened.error());
    // The files' names must be as durable as what is in them.
    if (auto synced = sync_directory(path); !synced) return std::unexpected(synced.error());
    return own;
}

base::Result<void> Own::open_env() {
    env_.reset();
    auto env = Env::open(path_, map_bytes_, 0);
    if (!env) return std::unexpected(env.error());
    if (auto schema = open_schema(*env, migrations); !schema) return schema;
    env_.emplace(std::move(*env));
    auto txn = Txn::begin(*env_, Txn::Kind::write);
    if (!txn) return std::unexpected(txn.error());
    for (std::size_t i = 0; i < own_tables; ++i)
        if (const auto table = txn->open_table(own_table_names[i], MDB_CREATE)) tables_[i] = *table;
    return txn->commit();
}

Own::~Own() {
    ENSURE(!writing_, "transactions end before their environment");
}

base::Result<std::unique_ptr<OwnTxn>> Own::begin() {
    ENSURE(!writing_, "one write transaction at a time");
    auto txn = env_ ? Txn::begin(*env_, Txn::Kind::write)
                    : std::unexpected(lmdb_error(MDB_PANIC, "opening", path_));
    // After a write that failed at the meta page LMDB refuses everything until it is opened again.
    if (!txn && txn.error().code == base::ErrorCode::unavailable && held_.use_count() == 1) {
        if (auto opened = open_env(); !opened) return std::unexpected(opened.error());
        return begin();
    }
    if (!txn) return std::unexpected(txn.error());
    return std::unique_ptr<OwnTxn>(new OwnTxn(*this, std::move(*txn)));
}

base::Result<std::unique_ptr<OwnReader>> Own::read() const {
    auto txn = env_ ? Txn::begin(*env_, Txn::Kind::read)
                    : std::unexpected(lmdb_error(MDB_PANIC, "opening", path_));
    if (!txn) return std::unexpected(txn.error());
    return std::unique_ptr<OwnReader>(new OwnReader(tables_, std::move(*txn), held_));
}

std::optional<base::Bytes> OwnView::get(market::Table table, base::ByteView key) const {
    ensure_key(key);
    const auto value = txn_.get(dbi(table), key);
    return value ? std::optional(base::to_bytes(*value)) : std::nullopt;
}

void OwnView::scan(
    market::Table table, base::ByteView from,
    const std::function<bool(base::ByteView key, base::ByteView value)>& visit) const {
    Cursor cursor(txn_, dbi(table));
    for (auto row = from.empty() ? cursor.first() : cursor.at_least(from); row; row = cursor.next())
        if (!visit(row->key, row->value)) return;
}

void OwnReader::put(market::Table, base::ByteView, base::ByteView) {
    ENSURE(false, "a reader does not write");
}
void OwnReader::erase(market::Table, base::ByteView) {
    ENSURE(false, "a reader does not write");
}

OwnTxn::OwnTxn(Own& own, Txn txn) : OwnView(own.tables_, std::move(txn)), own_(own) {
    own_.writing_ = true;
}

OwnTxn::~OwnTxn() {
    if (txn_.raw()) own_.writing_ = false;
}

void OwnTxn::put(market::Table table, base::ByteView key, base::ByteView value) {
    ensure_key(key);
    txn_.put(dbi(table), key, value);
}

void OwnTxn::erase(market::Table table, base::ByteView key) {
    ensure_key(key);
    txn_.erase(dbi(table), key);
}

base::Result<void> OwnTxn::commit() {
    auto committed = txn_.commit();
    own_.writing_ = false;
    return committed;
}

}  // namespace hearsay::store
