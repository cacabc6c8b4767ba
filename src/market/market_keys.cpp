// Personas that a user keeps, and mail that a user removes.
#include <algorithm>

#include "base/encoding.hpp"
#include "base/limits/items.hpp"
#include "crypto/ed25519.hpp"
#include "market/address.hpp"
#include "market/id_beginning.hpp"
#include "market/market.hpp"
#include "market/records.hpp"
#include "market/terms.hpp"

namespace hearsay::market {
namespace {

using base::ErrorCode;

constexpr std::string_view main_name = "main";

PersonaView view_of(const records::Persona& record) {
    return {get_id<base::PublisherKey>(record.key()).value_or(base::PublisherKey{}),
            record.purpose(),
            time_of(record.created()),
            record.name(),
            record.kept(),
            record.retired()};
}

}  // namespace

std::optional<std::uint32_t> Market::newest_given() const {
    const auto after = personas_.lower_bound(Vault::imported_first);
    return after == personas_.begin() ? std::nullopt : std::optional(*std::prev(after));
}

base::Result<std::uint32_t> Market::persona_index(std::string_view which, const OwnStore& store) const {
    if (which == main_name) return 0;
    std::optional<base::PublisherKey> key;
    if (which.starts_with("hs") || which.starts_with("HS")) {
        const auto parsed = parse_persona(which);
        if (!parsed) return std::unexpected(parsed.error());
        key = *parsed;
    }
    const Records records(vault_, store);
    for (const std::uint32_t index : personas_) {
        const auto record = records.load<records::Persona>(Table::personas, base::big_endian(index));
        if (!record) continue;
        if (key ? get_id<base::PublisherKey>(record->key()) == key
                : !which.empty() && record->name() == which)
            return index;
    }
    return base::fail(ErrorCode::not_found,
                      "no persona of yours has this address or name; \"hearsay identity list\" shows them");
}

base::Result<std::uint32_t> Market::signing_persona(std::string_view which, const OwnStore& store) const {
    const auto index = persona_index(which, store);
    if (!index) return index;
    const auto record =
        Records(vault_, store).load<records::Persona>(Table::personas, base::big_endian(*index));
    if (record && record->retired())
        return base::fail(ErrorCode::refused, "this persona is retired: it signs nothing new");
    return index;
}

base::Result<PersonaView> Market::persona(std::string_view which, const OwnStore& store) const {
    const auto index = persona_index(which, store);
    if (!index) return std::unexpected(index.error());
    const auto record =
        Records(vault_, store).load<records::Persona>(Table::personas, base::big_endian(*index));
    if (!record) return base::fail(ErrorCode::corrupt, "the record of this persona does not open");
    return market::view_of(*record);
}

std::optional<base::Error> Market::name_problem(const std::string& name, const OwnStore& store) const {
    if (kept_.size() >= kept_personas_max)
        return base::Error{ErrorCode::exhausted, "there are " + std::to_string(kept_personas_max) +
                                                     " personas already; retire some"};
    if (name.empty()) return std::nullopt;
    const bool clean = std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
               c == '_' || c == '-';
    });
    // What begins like an address is read as one.
    const bool address = name.starts_with("hs") || name.starts_with("HS");
    if (!clean || name.size() > persona_name_max || address)
        return base::Error{
            ErrorCode::invalid,
            "a persona's name is 1 to " + std::to_string(persona_name_max) +
                " letters (a to z), digits, dots, underscores and hyphens, and does not begin with \"hs\""};
    if (persona_index(name, store))
        return base::Error{ErrorCode::conflict, "there is a persona called " + name + " already"};
    return std::nullopt;
}

PersonaView Market::keep_persona(std::uint32_t index, const std::string& purpose, const std::string& name,
                                 const Turn& turn) {
    ChangeRecords records(vault_, turn.store, rng_);
    records::Persona record;
    set_id(record.mutable_key(), publisher_of(vault_.persona_seed(index)));
    record.set_purpose(purpose);
    record.set_created(seconds_of(turn.now));
    record.set_index(index);
    record.set_name(name);
    record.set_kept(true);
    records.save(Table::personas, base::big_endian(index), record);
    personas_.insert(index);
    kept_.insert(index);
    return market::view_of(record);
}

base::Result<PersonaView> Market::new_persona(const std::string& name, const Turn& turn) {
    if (auto problem = name_problem(name, turn.store)) return std::unexpected(*problem);
    ChangeRecords records(vault_, turn.store, rng_);
    const std::uint32_t index = fresh_persona("kept", turn);
    save_vault(turn.out);
    return keep_persona(index, "kept", name, turn);
}

// The vault is saved first: a crash then leaves a seed without a record, which the next tick drops.
base::Result<PersonaView> Market::import_persona(std::string_view secret, const std::string& name,
                                                 const Turn& turn) {
    const auto seed = parse_secret(secret);
    if (!seed) return std::unexpected(seed.error());
    if (auto problem = name_problem(name, turn.store)) return std::unexpected(*problem);
    if (persona_index(persona_address(publisher_of(*seed)), turn.store))
        return base::fail(ErrorCode::conflict, "this persona is here already");
    ChangeRecords records(vault_, turn.store, rng_);
    const std::uint32_t index = vault_.import_persona(*seed);
    save_vault(turn.out);
    return keep_persona(index, "imported", name, turn);
}

base::Result<std::string> Market::export_persona(std::string_view which, const OwnStore& store) const {
    const auto index = persona_index(which, store);
    if (!index) return std::unexpected(index.error());
    if (Vault::is_imported(*index) &&
        !vault_.imported().contains(*index))  // retired, and a crash before its record went
        return base::fail(ErrorCode::not_found, "this persona's key is destroyed already");
    return persona_secret(vault_.persona_seed(*index));
}

base::Result<PersonaView> Market::retire_persona(std::string_view which, const Turn& turn) {
    const auto index = persona_index(which, turn.store);
    if (!index) return std::unexpected(index.error());
    if (*index == 0)
        return base::fail(
            ErrorCode::refused,
            "the main persona stays: it answers mail to the main mailbox. What is fresh for each offer and "
            "mail is not linked to it");
    const auto alive = std::count_if(things_.begin(), things_.end(), [&](const auto& entry) {
        return entry.second.persona == *index && !entry.second.over && !entry.second.removed;
    });
    if (alive > 0)
        return base::fail(ErrorCode::refused, "this persona has " + std::to_string(alive) +
                                                  (alive == 1 ? " offer that is" : " offers that are") +
                                                  " alive; remove first, or wait until expired");
    ChangeRecords records(vault_, turn.store, rng_);
    auto record = records.load<records::Persona>(Table::personas, base::big_endian(*index));
    if (!record) return base::fail(ErrorCode::corrupt, "the record of this persona does not open");
    if (!record->kept())
        return base::fail(ErrorCode::refused,
                          record->retired() ? "this persona is retired already"
                                            : "this persona was made for one purpose (" + record->purpose() +
                                                  ") and goes by itself when that is over");
    record->set_kept(false);
    record->set_retired(true);
    records.save(Table::personas, base::big_endian(*index), *record);
    kept_.erase(*index);
    return market::view_of(*record);
}

base::Result<MailView> Market::remove_mail(std::string_view id_or_beginning, const Turn& turn) {
    const auto found = find_mail(id_or_beginning);
    if (!found) return std::unexpected(found.error());
    const MessageId id = found->id;
    ChangeRecords records(vault_, turn.store, rng_);
    MailView view;
    if (found->received) {
        if (const auto record = records.load<records::ReceivedMail>(Table::inbox, id.view()))
            view = view_of(*record);
        drop_received(id, records);
        wake_waiting();
    } else {
        if (const auto record = records.load<records::SentMail>(Table::outbox, id.view()))
            view = view_of(*record);
        const Sent& entry = sent_.at(id);
        if (!entry.over && !entry.worked) turn.out.push_back(CancelWork{entry.item});
        if (!entry.over && entry.worked) turn.out.push_back(Recall{entry.item});
        own_items_.erase(entry.item);
        records.erase(Table::outbox, id.view());
        sent_.erase(id);
    }
    view.letter.text.clear();
    return view;
}

// After expire(): keys that nothing needs any more.
void Market::tick_keys(const Turn& turn) {
    ChangeRecords records(vault_, turn.store, rng_);
    bool dropped = key_erasure_.finish(vault_, turn.store, turn.now);
    key_erasure_.begin(vault_, rng_);
    std::vector<std::uint32_t> unused;
    for (const auto& [index, seed] : vault_.imported())
        if (!personas_.contains(index)) unused.push_back(index);
    for (const std::uint32_t index : unused) vault_.drop_imported(index);
    std::erase_if(removed_mail_, [&](const auto& entry) {
        if (entry.second + base::limits::grace > turn.now) return false;
        records.erase(Table::seen_mail, entry.first.view());
        return true;
    });
    if (const auto recovered = vault_.recovered(); recovered && *recovered + mailbox_life_max <= turn.now) {
        vault_.end_recovery();
        scan_.reset();
        dropped = true;
    }
    if (scan_) scan_->look_again();
    if (dropped || !unused.empty()) save_vault(turn.out);
}

}  // namespace hearsay::market
