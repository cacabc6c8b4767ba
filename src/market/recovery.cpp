// Becoming somebody again: from the words, or from a backup.
//
// The vault file and the own store are saved one after the other, the vault first. Whose rows the
// store has is told by its row "identity" (meta, not sealed: 16 random bytes say nothing).
// recover() and restore() need an empty node, make a vault with a new identity that names the old
// one (Vault::replaced), empty the person's tables and put the new rows, all in one turn. So:
//   - a crash before the vault is saved: nothing happened
//   - between the two: the vault is the new one, the rows are of the one that it replaced.
//     claim_store() at the next start empties the tables: what was in them is that empty person's
//     main persona and mailbox. After restore() the user, who was not answered, has an empty node
//     and the keys of the backup, and gives the command again
//   - after the commit: done
// Rows of any other identity are never emptied but refused as `corrupt`:
// somebody put a wrong file into the directory.
#include <algorithm>

#include "base/ensure.hpp"
#include "market.pb.h"
#include "market/identity/backup.hpp"
#include "market/market.hpp"
#include "market/records.hpp"
#include "market/rooms.hpp"

namespace hearsay::market {
namespace {

using base::ErrorCode;

const base::Bytes identity_key = base::to_bytes("identity");

void empty_tables(OwnStore& store) {
    for (const Table table : person_tables) {
        std::vector<base::Bytes> keys;
        store.scan(table, {}, [&](base::ByteView key, base::ByteView) {
            keys.push_back(base::to_bytes(key));
            return true;
        });
        for (const base::Bytes& key : keys) store.erase(table, key);
    }
}

// The rows of a backup, as a store that nobody changes.
class BackupRows : public OwnStore {
public:
    explicit BackupRows(const std::vector<BackupRow>& rows) {
        for (const BackupRow& row : rows) rows_.push_back(&row);
        std::ranges::sort(rows_, {}, place);
    }
    std::optional<base::Bytes> get(Table table, base::ByteView key) const override {
        const auto at = from(table, key);
        if (at == rows_.end() || (*at)->table != table || !base::equal((*at)->key, key))
            return std::nullopt;
        return (*at)->value;
    }
    void put(Table, base::ByteView, base::ByteView) override {
        ENSURE(false, "a backup was changed");
    }
    void erase(Table, base::ByteView) override { ENSURE(false, "a backup was changed"); }
    void scan(Table table, base::ByteView first,
              const std::function<bool(base::ByteView, base::ByteView)>& visit) const override {
        for (auto at = from(table, first); at != rows_.end() && (*at)->table == table; ++at)
            if (!visit((*at)->key, (*at)->value)) return;
    }

private:
    static std::pair<Table, const base::Bytes&> place(const BackupRow* row) {
        return {row->table, row->key};
    }
    std::vector<const BackupRow*>::const_iterator from(Table table, base::ByteView key) const {
        const base::Bytes bytes = base::to_bytes(key);
        return std::ranges::lower_bound(rows_, std::pair<Table, const base::Bytes&>(table, bytes),
                                        {}, place);
    }
    std::vector<const BackupRow*> rows_;
};

std::size_t rows_of(const OwnStore& store, Table table) {
    std::size_t found = 0;
    store.scan(table, {}, [&](base::ByteView, base::ByteView) { return ++found > 0; });
    return found;
}

}  // namespace

base::ByteView identity_row() {
    return identity_key;
}

// Are the rows of this vault's person? An error: of somebody else's; false: there are none, or only
// those of the person that this one replaced.
base::Result<bool> Market::owns(const OwnStore& store) const {
    const auto known = store.get(Table::meta, identity_key);
    if (known && base::equal(*known, common_->vault.identity().view())) return true;
    const bool replaced = known && !common_->vault.replaced().is_zero() &&
                          base::equal(*known, common_->vault.replaced().view());
    bool empty = true;
    for (const Table table : person_tables)
        empty = empty && (table == Table::meta || rows_of(store, table) == 0);
    if (!replaced && (known || !empty))
        return base::fail(ErrorCode::corrupt,
                          "the own store and the vault file are of two different persons; put back "
                          "the ones that belong "
                          "together");
    return false;
}

base::Result<void> Market::check(const OwnStore& store) {
    const auto owned = owns(store);
    if (!owned) return std::unexpected(owned.error());
    const auto loaded = *owned ? load(store) : base::Result<void>();
    started_ = false;
    return loaded;
}

base::Result<void> Market::claim_store(OwnStore& store) {
    const auto owned = owns(store);
    if (!owned) return std::unexpected(owned.error());
    if (*owned) return {};
    empty_tables(store);
    store.put(Table::meta, identity_key, common_->vault.identity().view());
    return {};
}

std::optional<std::string> Market::what_is_there(const OwnStore& store) const {
    const std::pair<std::size_t, const char*> counts[] = {
        {rooms_->publications.size(), "offer"},
        {rooms_->mail.inbox.size() + rooms_->mail.outbox.size(), "mail"},
        {rows_of(store, Table::trades), "trade"},
        {rows_of(store, Table::friends), "friend"},
        {rooms_->identity.kept(), "persona"},
        {rooms_->lists.size(), "list"},
        {rooms_->watches.size(), "saved search"},
    };
    std::string out;
    for (const auto& [count, name] : counts)
        if (count > 0)
            out += (out.empty() ? "" : ", ") + std::to_string(count) + " " + name +
                   (count == 1                               ? ""
                    : std::string_view(name).ends_with("ch") ? "es"
                                                             : "s");
    return out.empty() ? std::nullopt : std::optional(out);
}

base::Result<void> Market::recover(std::string_view words, const Turn& turn) {
    auto next = Vault::recover(words, common_->rng, turn.now);
    if (!next) return std::unexpected(next.error());
    if (const auto there = what_is_there(turn.store))
        return base::fail(ErrorCode::refused, "this node is not empty: it has " + *there +
                                                  ". Recover on a new data directory");
    next->replace(common_->vault);
    common_->vault = *std::move(next);
    empty_tables(turn.store);
    turn.store.put(Table::meta, identity_key, common_->vault.identity().view());
    return start(turn);
}

// Everything that start() could stumble over, before anything is changed; and that the items, which
// say so, are of this network: what was published in another one must not be signed anew in this
// one.
base::Result<void> Market::check_backup(const Backup& backup) {
    const BackupRows rows(backup.rows);
    Market trial(common_->network, backup.vault, common_->rng.fork(), common_->settings);
    if (!trial.load(rows))
        return base::fail(ErrorCode::corrupt,
                          "a record of the backup does not open; nothing was changed");
    bool ours = true;
    const auto look = [&](const auto& record) {
        if (record.has_item())
            ours &= item::read(get_item(record.item()), common_->network).has_value();
    };
    const Records records(backup.vault, rows);
    records.each<records::OwnPublication>(Table::publications, look);
    records.each<records::SentMail>(Table::outbox, look);
    records.each<records::Removal>(Table::removals, look);
    records.each<records::Trade>(Table::trades, [&](const records::Trade& record) {
        for (const auto* messages : {&record.steps(), &record.waiting()})
            if (!messages->empty())
                ours &= trade::read(base::as_bytes(messages->Get(0)), common_->network,
                                    trade::Proof::known)
                            .has_value();
    });
    if (ours) return {};
    return base::fail(ErrorCode::refused,
                      "the backup is of another network than this node; nothing was changed");
}

base::Result<void> Market::restore(Backup backup, const Turn& turn) {
    if (const auto there = what_is_there(turn.store))
        return base::fail(ErrorCode::refused, "this node is not empty: it has " + *there +
                                                  ". Restore on a new data directory");
    if (auto checked = check_backup(backup); !checked) return checked;
    backup.vault.catch_up(common_->rng, turn.now);
    backup.vault.replace(common_->vault);
    common_->vault = std::move(backup.vault);
    empty_tables(turn.store);
    for (const BackupRow& row : backup.rows)
        if (row.table != Table::tickets) turn.store.put(row.table, row.key, row.value);
    turn.store.put(Table::meta, identity_key, common_->vault.identity().view());
    if (auto started = start(turn); !started) return started;
    rooms_->identity.open_tickets_given_since(turn);
    rooms_->trades.mark_from_backup(turn);
    return {};
}

}  // namespace hearsay::market
