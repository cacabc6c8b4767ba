// Becoming somebody again: from the words, or from a backup.
//
// The vault file and the own store are saved one after the other, the vault first. Whose rows the store has is told by
// its row "identity" (meta, not sealed: 16 random bytes say nothing). recover() and restore() need an empty node, make a
// vault with a new identity that names the old one (Vault::replaced), empty the person's tables and put the new rows, all
// in one turn. So:
//   - a crash before the vault is saved: nothing happened
//   - between the two: the vault is the new one, the rows are of the one that it replaced. claim_store() at the next start
//     empties the tables: what was in them is that empty person's main persona and mailbox. After restore() the user,
//     who was not answered, has an empty node and the keys of the backup, and gives the command again
//   - after the commit: done
// Rows of any other identity are never emptied but refused as `corrupt`: somebody put a wrong file into the directory.
#include <algorithm>

#include "base/encoding.hpp"
#include "base/ensure.hpp"
#include "base/limits/items.hpp"
#include "market/backup.hpp"
#include "market/market.hpp"
#include "market/records.hpp"
#include "market/terms.hpp"

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
        if (at == rows_.end() || (*at)->table != table || !base::equal((*at)->key, key)) return std::nullopt;
        return (*at)->value;
    }
    void put(Table, base::ByteView, base::ByteView) override { ENSURE(false, "a backup was changed"); }
    void erase(Table, base::ByteView) override { ENSURE(false, "a backup was changed"); }
    void scan(Table table, base::ByteView first,
              const std::function<bool(base::ByteView, base::ByteView)>& visit) const override {
        for (auto at = from(table, first); at != rows_.end() && (*at)->table == table; ++at)
            if (!visit((*at)->key, (*at)->value)) return;
    }

private:
    static std::pair<Table, const base::Bytes&> place(const BackupRow* row) { return {row->table, row->key}; }
    std::vector<const BackupRow*>::const_iterator from(Table table, base::ByteView key) const {
        const base::Bytes bytes = base::to_bytes(key);
        return std::ranges::lower_bound(rows_, std::pair<Table, const base::Bytes&>(table, bytes), {}, place);
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

// Are the rows of this vault's person? An error: of somebody else's; false: there are none, or only those of the person
// that this one replaced.
base::Result<bool> Market::owns(const OwnStore& store) const {
    const auto known = store.get(Table::meta, identity_key);
    if (known && base::equal(*known, vault_.identity().view())) return true;
    const bool replaced =
        known && !vault_.replaced().is_zero() && base::equal(*known, vault_.replaced().view());
    bool empty = true;
    for (const Table table : person_tables)
        empty = empty && (table == Table::meta || rows_of(store, table) == 0);
    if (!replaced && (known || !empty))
        return base::fail(
            ErrorCode::corrupt,
            "the own store and the vault file are of two different persons; put back the ones that belong "
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
    store.put(Table::meta, identity_key, vault_.identity().view());
    return {};
}

std::optional<std::string> Market::what_is_there(const OwnStore& store) const {
    const std::pair<std::size_t, const char*> counts[] = {
        {things_.size(), "offer"},
        {inbox_.size() + sent_.size(), "mail"},
        {rows_of(store, Table::trades), "trade"},
        {rows_of(store, Table::friends), "friend"},
        {kept_.size(), "persona"},
    };
    std::string out;
    for (const auto& [count, name] : counts)
        if (count > 0)
            out += (out.empty() ? "" : ", ") + std::to_string(count) + " " + name + (count == 1 ? "" : "s");
    return out.empty() ? std::nullopt : std::optional(out);
}

base::Result<void> Market::recover(std::string_view words, const Turn& turn) {
    auto next = Vault::recover(words, rng_, turn.now);
    if (!next) return std::unexpected(next.error());
    if (const auto there = what_is_there(turn.store))
        return base::fail(ErrorCode::refused,
                          "this node is not empty: it has " + *there + ". Recover on a new data directory");
    next->replace(vault_);
    vault_ = *std::move(next);
    empty_tables(turn.store);
    turn.store.put(Table::meta, identity_key, vault_.identity().view());
    return start(turn);
}

// Everything that start() could stumble over, before anything is changed; and that the items, which say so, are of this
// network: what was published in another one must not be signed anew in this one.
base::Result<void> Market::check_backup(const Backup& backup) {
    const BackupRows rows(backup.rows);
    Market trial(network_, backup.vault, rng_.fork(), settings_);
    if (!trial.load(rows))
        return base::fail(ErrorCode::corrupt, "a record of the backup does not open; nothing was changed");
    bool ours = true;
    const auto look = [&](const auto& record) {
        if (record.has_item()) ours &= item::read(get_item(record.item()), network_).has_value();
    };
    const Records records(backup.vault, rows);
    records.each<records::OwnPublication>(Table::publications, look);
    records.each<records::SentMail>(Table::outbox, look);
    records.each<records::Removal>(Table::removals, look);
    records.each<records::Trade>(Table::trades, [&](const records::Trade& record) {
        for (const auto* messages : {&record.steps(), &record.waiting()})
            if (!messages->empty())
                ours &=
                    trade::read(base::as_bytes(messages->Get(0)), network_, trade::Proof::known).has_value();
    });
    if (ours) return {};
    return base::fail(ErrorCode::refused,
                      "the backup is of another network than this node; nothing was changed");
}

base::Result<void> Market::restore(Backup backup, const Turn& turn) {
    if (const auto there = what_is_there(turn.store))
        return base::fail(ErrorCode::refused,
                          "this node is not empty: it has " + *there + ". Restore on a new data directory");
    if (auto checked = check_backup(backup); !checked) return checked;
    backup.vault.catch_up(rng_, turn.now);
    backup.vault.replace(vault_);
    vault_ = std::move(backup.vault);
    empty_tables(turn.store);
    for (const BackupRow& row : backup.rows)
        if (row.table != Table::tickets) turn.store.put(row.table, row.key, row.value);
    turn.store.put(Table::meta, identity_key, vault_.identity().view());
    if (auto started = start(turn); !started) return started;
    open_tickets_given_since(turn.store);
    ChangeRecords records(vault_, turn.store, rng_);
    mark_trades_from_backup(records);
    return {};
}

// What the backup knows of tickets is as old as it is. Those that we hold are used up, perhaps, and are not restored: a
// letter on one would be thrown away without a word, so we stamp. Those that we gave since are good, too.
void Market::open_tickets_given_since(OwnStore& store) {
    ChangeRecords records(vault_, store, rng_);
    for (auto [key, mailbox] : std::map(mailboxes_)) {
        mailbox.open_more_tickets(tickets_unknown);
        keep_mailbox(key, mailbox, records);
    }
}

// ---- what was published, and is not known here ---------------------------------------------------

void Market::begin_recovery(const Turn& turn) {
    const auto recovered = vault_.recovered();
    if (!recovered || *recovered + mailbox_life_max <= turn.now) return;
    std::vector<PersonaMark> known{mark_of(publisher_of(vault_.persona_seed(0)), 0)};
    for (const auto& [index, seed] : vault_.imported()) known.push_back(mark_of(publisher_of(seed), index));
    scan_.emplace(Vault::persona_floor(*recovered) + 2 * personas_ahead, std::move(known));
    turn.out.push_back(ListPersonas{vault_.persona_root(), scan_->next(), scan_->chunk()});
}

void Market::on_personas_listed(std::uint32_t from, const std::vector<PersonaMark>& marks, const Turn& turn) {
    if (scan_ && scan_->add(from, marks) && scan_->chunk() > 0)
        turn.out.push_back(ListPersonas{vault_.persona_root(), scan_->next(), scan_->chunk()});
}

void Market::find_own(const Turn& turn) {
    if (!wants_recovery()) return;
    std::vector<item::ReadPtr> found;
    for (PersonaScan::Walk& walk : scan_->walks()) {
        if (!std::exchange(walk.more, false)) continue;
        std::size_t looked = 0;
        turn.flood.of_kind_since(walk.kind, walk.walked,
                                 [&](core::Position position, const item::ReadPtr& read) {
                                     walk.more = looked++ == PersonaScan::walk_max;
                                     if (walk.more) return false;
                                     walk.walked = position;
                                     if (read) found.push_back(read);
                                     return true;
                                 });
    }
    ChangeRecords records(vault_, turn.store, rng_);
    for (const item::ReadPtr& read : found) take_found(read, turn);
    if (vault_changed_) save_vault(turn.out);
}

std::optional<std::uint32_t> Market::own_index_of(const base::PublisherKey& publisher) const {
    for (const std::uint32_t index : scan_->candidates(publisher))
        if (publisher_of(vault_.persona_seed(index)) == publisher) return index;
    return std::nullopt;
}

// A thing of ours that we know in an older version or not at all. Of what is not known a removal tells nothing.
void Market::take_found(const item::ReadPtr& read, const Turn& turn) {
    ChangeRecords records(vault_, turn.store, rng_);
    const item::Publication* claim = read->header.publication();
    if (!claim || read->header.expires <= turn.now) return;
    const item::ThingId thing = item::thing_of(*claim);
    const bool rating = read->header.kind == item::kind_rating;
    auto record = records.load<records::OwnPublication>(Table::publications, thing.view());
    if (record ? record->sequence() >= claim->sequence : claim->removed) return;
    if (!record) {
        const auto index = own_index_of(claim->publisher);
        if (!index) return;
        record.emplace();
        set_id(record->mutable_id(), thing);
        set_id(record->mutable_slot(), claim->slot);
        set_id(record->mutable_publisher(), claim->publisher);
        record->set_persona(*index);
        if (!personas_.contains(*index)) {
            records::Persona persona;
            set_id(persona.mutable_key(), claim->publisher);
            persona.set_purpose((rating ? "rating " : "offer ") + base::to_hex(thing));
            persona.set_created(seconds_of(read->header.created));
            persona.set_index(*index);
            records.save(Table::personas, base::big_endian(*index), persona);
            personas_.insert(*index);
            if (!Vault::is_imported(*index)) vault_.reserve_personas(*index + 1);
            vault_changed_ = true;
        }
    }
    if (rating && !claim->removed) {
        const base::Bytes bytes =
            item::write_rating(item::read_rating(read->item.payload).value_or(item::Rating{}));
        record->mutable_rating()->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
    } else if (const auto text = item::read_offer(read->item.payload); text && !claim->removed) {
        // A restored mailbox asks for what the version of the backup said.
        if (claim->mailbox && mailboxes_.contains(*claim->mailbox))
            ask_for_stamps(*record, *claim->mailbox, text->stamp_bits, turn);
        const base::Bytes bytes = item::write_offer(*text);
        record->mutable_offer()->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
    }
    set_item(record->mutable_item(), read->item);
    record->set_worked(true);
    record->set_out(true);
    record->set_injected(1);
    record->set_heard(1);  // by us: it came back from the network
    record->set_expired(false);
    record->set_removed(claim->removed);
    record->set_created(seconds_of(read->header.created));
    record->set_expires(seconds_of(read->header.expires));
    record->set_sequence(claim->sequence);
    if (claim->mailbox) {
        set_id(record->mutable_mailbox(), *claim->mailbox);
        if (vault_.mailboxes().contains(*claim->mailbox)) {
            vault_.extend_mailbox(*claim->mailbox,
                                  read->header.expires + base::limits::lifetime_max + base::limits::grace);
            vault_changed_ = true;
            if (!mailboxes_.contains(*claim->mailbox)) {
                Mailbox mailbox = mailbox_of(*claim->mailbox);
                mailbox.persona = record->persona();
                mailbox.purpose = "offer " + base::to_hex(thing);
                mailbox.rule.stamp_bits = record->offer().stamp_bits();
                keep_mailbox(*claim->mailbox, mailbox, records);
            }
        }
    }
    records.save(Table::publications, thing.view(), *record);
    note_thing(thing, *record);
}

}  // namespace hearsay::market
