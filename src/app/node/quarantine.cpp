#include "app/node/quarantine.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "market/id_beginning.hpp"
#include "market/records.hpp"
#include "quarantine.pb.h"

namespace hearsay::app {
namespace {

namespace limits = base::limits;
using base::LogLevel;
using market::KeptRow;
using market::Readable;
using market::Table;

const base::Bytes record_key = base::to_bytes("quarantine");

std::string counted(std::size_t count, std::string_view one) {
    return std::to_string(count) + " " + std::string(one) + (count == 1 ? "" : "s");
}

}  // namespace

std::string SetAside::id() const {
    if (const auto* item = std::get_if<base::ItemId>(&what)) return base::to_hex(*item);
    return base::to_hex(std::get<KeptRow>(what).key);
}

std::string_view SetAside::kind() const {
    const auto* row = std::get_if<KeptRow>(&what);
    if (!row || row->table == Table::inbox) return "letter";
    return row->table == Table::trades ? "trade" : "record";
}

void Quarantine::open(const std::string& data_dir, base::Log& log) {
    if (const auto opened = notes_.open(data_dir + "/reading"); !opened)
        log.write(LogLevel::warning, "mail",
                  "a letter that ends the node will not be known: " + opened.error().text);
}

void Quarantine::begin(market::Vault& vault, store::Own& own, const market::Catalogue& flood,
                       base::Rng& rng, base::WallTime now, base::Log& log) {
    if (const auto reader = own.read()) load(vault, **reader);
    const market::Blame found = market::blame(notes_.suspects(), notes_.left());
    std::vector<Readable> suspects = found.suspects;
    if (!found.set_aside.empty()) {
        for (const Readable& what : found.set_aside) set_aside(what, flood, now);
        auto txn = own.begin();
        if (txn) save(vault, **txn, rng);
        const auto kept = txn ? (*txn)->commit() : std::unexpected(txn.error());
        if (!kept) {
            // It holds for this run; the next one has to find out again.
            log.write(LogLevel::error, "mail",
                      "what was set aside could not be kept: " + kept.error().text);
            suspects.insert(suspects.end(), found.set_aside.begin(), found.set_aside.end());
        }
        log.write(LogLevel::warning, "mail", summary());
    }
    std::erase_if(suspects, [&](const Readable& what) {
        const auto* mail = std::get_if<base::ItemId>(&what);
        return mail && !flood.get(*mail);
    });
    if (!suspects.empty())
        log.write(LogLevel::warning, "mail",
                  "the last run ended while it read mail; " + counted(suspects.size(), "suspect") +
                      " will be read one by one");
    notes_.suspect(std::move(suspects));
}

void Quarantine::load(const market::Vault& vault, const market::OwnStore& store) {
    all_.clear();
    const auto record =
        market::Records(vault, store).load<records::Quarantine>(Table::meta, record_key);
    if (!record) return;
    for (const records::SetAside& each : record->set_aside()) {
        SetAside entry;
        if (const auto id = market::get_id<base::ItemId>(each.item())) {
            entry.what = *id;
            auto read = item::read(market::get_item(each.mail()), network_);
            if (read && (*read)->id == *id) entry.mail = *std::move(read);
        } else {
            entry.what = KeptRow{static_cast<Table>(each.table()), base::to_bytes(each.key())};
        }
        entry.at = market::time_of(each.at());
        entry.times = each.times();
        all_.push_back(std::move(entry));
    }
}

void Quarantine::save(market::Vault& vault, market::OwnStore& store, base::Rng& rng) const {
    records::Quarantine record;
    for (const SetAside& entry : all_) {
        records::SetAside& out = *record.add_set_aside();
        if (const auto* mail = std::get_if<base::ItemId>(&entry.what)) {
            market::set_id(out.mutable_item(), *mail);
        } else {
            const KeptRow& row = std::get<KeptRow>(entry.what);
            out.set_table(static_cast<std::uint32_t>(row.table));
            out.set_key(base::to_text(row.key));
        }
        if (entry.mail) market::set_item(out.mutable_mail(), entry.mail->item);
        out.set_at(market::seconds_of(entry.at));
        out.set_times(entry.times);
    }
    market::ChangeRecords(vault, store, rng).save(Table::meta, record_key, record);
}

void Quarantine::set_aside(const Readable& what, const market::Catalogue& flood,
                           base::WallTime now) {
    SetAside entry{what, now, 1, nullptr, false};
    if (const auto known = std::ranges::find(all_, what, &SetAside::what); known != all_.end()) {
        entry.times = known->times + 1;
        entry.mail = known->mail;
        all_.erase(known);
    }
    if (const auto* mail = std::get_if<base::ItemId>(&what); mail && !entry.mail)
        entry.mail = flood.get(*mail);
    if (all_.size() >= limits::set_aside_max) all_.erase(all_.begin());
    all_.push_back(std::move(entry));
}

bool Quarantine::is_suspect(const Readable& what) const {
    const auto& suspects = notes_.suspects();
    return !suspects.empty() && std::ranges::find(suspects, what) != suspects.end();
}

void Quarantine::acquit(const Readable& what) {
    std::vector<Readable> left = notes_.suspects();
    if (std::erase(left, what) > 0) notes_.suspect(std::move(left));
}

void Quarantine::on_good_end() {
    std::vector<Readable> left = notes_.suspects();
    if (std::erase_if(
            left, [](const Readable& what) { return std::holds_alternative<KeptRow>(what); }) > 0)
        notes_.suspect(std::move(left));
}

bool Quarantine::holds(const base::ItemId& mail) const {
    const Readable what = mail;
    return std::ranges::any_of(
        all_, [&](const SetAside& each) { return !each.retried && each.what == what; });
}

bool Quarantine::hides(Table table, base::ByteView key) const {
    return std::ranges::any_of(all_, [&](const SetAside& each) {
        const auto* row = std::get_if<KeptRow>(&each.what);
        return row && row->table == table && base::equal(row->key, key);
    });
}

std::string Quarantine::summary() const {
    if (all_.empty()) return {};
    std::size_t letters = 0, trades = 0;
    for (const SetAside& each : all_) {
        letters += each.kind() == "letter";
        trades += each.kind() == "trade";
    }
    const std::size_t records = all_.size() - letters - trades;
    std::string out;
    for (const auto& [count, name] :
         {std::pair{letters, "letter"}, std::pair{trades, "trade"}, std::pair{records, "record"}})
        if (count > 0) out += (out.empty() ? "" : " and ") + counted(count, name);
    return out +
           (all_.size() == 1 ? " was set aside because reading it failed"
                             : " were set aside because reading them failed") +
           ": hearsay mail quarantine";
}

// ---- commands -----------------------------------------------------------------------------------

base::Result<std::size_t> Quarantine::find(std::string_view id_or_beginning) const {
    const auto digits =
        market::id_beginning(id_or_beginning, base::ItemId::size, "the id of what was set aside");
    if (!digits) return std::unexpected(digits.error());
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < all_.size(); ++i)
        if (all_[i].id().starts_with(*digits)) found.push_back(i);
    if (found.empty())
        return base::fail(base::ErrorCode::not_found,
                          "nothing that was set aside begins with " + *digits);
    if (found.size() > 1)
        return std::unexpected(market::ambiguous(*digits, found.size(), "of them"));
    return found.front();
}

base::Result<SetAside> Quarantine::retry(std::string_view id_or_beginning, market::Vault& vault,
                                         market::OwnStore& store, const market::Catalogue& flood,
                                         base::Rng& rng) {
    const auto at = find(id_or_beginning);
    if (!at) return std::unexpected(at.error());
    SetAside& entry = all_.at(*at);
    const auto* mail = std::get_if<base::ItemId>(&entry.what);
    if (mail && !entry.mail) entry.mail = flood.get(*mail);
    if (mail && !entry.mail)
        return base::fail(
            base::ErrorCode::not_found,
            "the network does not hold it any more; it can only be removed: --remove " +
                entry.id());
    std::vector<Readable> suspects = notes_.suspects();
    if (!is_suspect(entry.what)) suspects.push_back(entry.what);
    notes_.suspect(std::move(suspects));
    if (mail) {
        entry.retried = true;
        return entry;
    }
    SetAside out = entry;
    all_.erase(all_.begin() + static_cast<std::ptrdiff_t>(*at));
    save(vault, store, rng);
    return out;
}

base::Result<SetAside> Quarantine::remove(std::string_view id_or_beginning, market::Vault& vault,
                                          market::OwnStore& store, base::Rng& rng) {
    const auto at = find(id_or_beginning);
    if (!at) return std::unexpected(at.error());
    SetAside out = all_.at(*at);
    all_.erase(all_.begin() + static_cast<std::ptrdiff_t>(*at));
    acquit(out.what);
    if (const auto* row = std::get_if<KeptRow>(&out.what)) {
        // As ChangeRecords::erase(), by the key as it lies there.
        if (const auto old = store.get(row->table, row->key);
            old && market::is_erasable(row->table))
            if (const auto sealed =
                    vault.erasure_key_of(market::place_of(row->table, row->key), *old))
                vault.condemn(sealed->day);
        store.erase(row->table, row->key);
    }
    save(vault, store, rng);
    return out;
}

void Quarantine::release(const base::ItemId& mail, market::Vault& vault, market::OwnStore& store,
                         base::Rng& rng) {
    const Readable what = mail;
    if (std::erase_if(all_, [&](const SetAside& each) { return each.what == what; }) > 0)
        save(vault, store, rng);
}

// ---- what the market reads through --------------------------------------------------------------

void Quarantine::Guarded::note(Table table, base::ByteView key) const {
    if (!market::may_be_set_aside(table)) return;
    const Readable what = KeptRow{table, base::to_bytes(key)};
    if (note_)
        note_.turn_to(what);
    else
        note_ = quarantine_.notes_.note(what, false);
}

std::optional<base::Bytes> Quarantine::Guarded::get(Table table, base::ByteView key) const {
    if (quarantine_.hides(table, key)) return std::nullopt;
    auto value = under_.get(table, key);
    if (value) note(table, key);
    return value;
}

void Quarantine::Guarded::put(Table table, base::ByteView key, base::ByteView value) {
    if (!quarantine_.hides(table, key)) under_.put(table, key, value);
}

void Quarantine::Guarded::scan(
    Table table, base::ByteView from,
    const std::function<bool(base::ByteView, base::ByteView)>& visit) const {
    under_.scan(table, from, [&](base::ByteView key, base::ByteView value) {
        if (quarantine_.hides(table, key)) return true;
        note(table, key);
        return visit(key, value);
    });
}

}  // namespace hearsay::app
