// Personas: fresh ones, and those that a user keeps.
#include <algorithm>

#include "base/encoding.hpp"
#include "base/ensure.hpp"
#include "market.pb.h"
#include "market/address.hpp"
#include "market/identity/identity.hpp"

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

std::uint32_t Identity::fresh_persona(const std::string& purpose, const Turn& turn) {
    ChangeRecords records = change(turn);
    vault_.reserve_personas(Vault::persona_floor(turn.now));
    const std::uint32_t index = vault_.new_persona();
    vault_changed_ = true;
    ENSURE(personas_.insert(index).second, "a persona was given twice");
    records::Persona record;
    set_id(record.mutable_key(), publisher_of(vault_.persona_seed(index)));
    record.set_purpose(purpose);
    record.set_created(seconds_of(turn.now));
    record.set_index(index);
    records.save(Table::personas, base::big_endian(index), record);
    return index;
}

void Identity::take_found_persona(std::uint32_t index, const base::PublisherKey& key,
                                  const std::string& purpose, base::WallTime created,
                                  const Turn& turn) {
    if (personas_.contains(index)) return;
    records::Persona persona;
    set_id(persona.mutable_key(), key);
    persona.set_purpose(purpose);
    persona.set_created(seconds_of(created));
    persona.set_index(index);
    change(turn).save(Table::personas, base::big_endian(index), persona);
    personas_.insert(index);
    if (!Vault::is_imported(index)) vault_.reserve_personas(index + 1);
    vault_changed_ = true;
}

std::optional<std::uint32_t> Identity::newest_given() const {
    const auto after = personas_.lower_bound(Vault::imported_first);
    return after == personas_.begin() ? std::nullopt : std::optional(*std::prev(after));
}

std::optional<std::uint32_t> Identity::index_of(const base::PublisherKey& key) const {
    // Of an imported one that is retired the record may outlive the key, by a crash.
    const auto at = std::find_if(personas_.begin(), personas_.end(), [&](std::uint32_t index) {
        if (Vault::is_imported(index) && !vault_.imported().contains(index)) return false;
        return publisher_of(vault_.persona_seed(index)) == key;
    });
    return at == personas_.end() ? std::nullopt : std::optional(*at);
}

base::Result<std::uint32_t> Identity::persona_index(std::string_view which,
                                                    const OwnStore& store) const {
    if (which == main_name) return 0;
    std::optional<base::PublisherKey> key;
    if (which.starts_with("hs") || which.starts_with("HS")) {
        const auto parsed = parse_persona(which);
        if (!parsed) return std::unexpected(parsed.error());
        key = *parsed;
    }
    const Records records = look(store);
    for (const std::uint32_t index : personas_) {
        const auto record =
            records.load<records::Persona>(Table::personas, base::big_endian(index));
        if (!record) continue;
        if (key ? get_id<base::PublisherKey>(record->key()) == key
                : !which.empty() && record->name() == which)
            return index;
    }
    return base::fail(
        ErrorCode::not_found,
        "no persona of yours has this address or name; \"hearsay identity list\" shows them");
}

base::Result<std::uint32_t> Identity::signing_persona(std::string_view which,
                                                      const OwnStore& store) const {
    const auto index = persona_index(which, store);
    if (!index) return index;
    const auto record =
        look(store).load<records::Persona>(Table::personas, base::big_endian(*index));
    if (record && record->retired())
        return base::fail(ErrorCode::refused, "this persona is retired: it signs nothing new");
    return index;
}

// One that is retired, or gone since, signs nothing new: a fresh one answers in its place.
bool Identity::still_signs(std::uint32_t persona, const OwnStore& store) const {
    if (Vault::is_imported(persona) && !vault_.imported().contains(persona)) return false;
    const auto record =
        look(store).load<records::Persona>(Table::personas, base::big_endian(persona));
    return record && !record->retired();
}

base::Result<PersonaView> Identity::persona(std::string_view which, const OwnStore& store) const {
    const auto index = persona_index(which, store);
    if (!index) return std::unexpected(index.error());
    const auto record =
        look(store).load<records::Persona>(Table::personas, base::big_endian(*index));
    if (!record) return base::fail(ErrorCode::corrupt, "the record of this persona does not open");
    return market::view_of(*record);
}

std::vector<PersonaView> Identity::personas(const OwnStore& store) const {
    std::vector<PersonaView> out;
    const Records records = look(store);
    for (std::uint32_t index : personas_) {
        const auto record =
            records.load<records::Persona>(Table::personas, base::big_endian(index));
        const auto key = record ? get_id<base::PublisherKey>(record->key()) : std::nullopt;
        if (key) out.push_back(market::view_of(*record));
    }
    return out;
}

std::optional<base::Error> Identity::name_problem(const std::string& name,
                                                  const OwnStore& store) const {
    if (kept_.size() >= kept_personas_max)
        return base::Error{ErrorCode::exhausted, "there are " + std::to_string(kept_personas_max) +
                                                     " personas already; retire some"};
    if (name.empty()) return std::nullopt;
    const bool clean = std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '.' || c == '_' || c == '-';
    });
    // What begins like an address is read as one.
    const bool address = name.starts_with("hs") || name.starts_with("HS");
    if (!clean || name.size() > persona_name_max || address)
        return base::Error{ErrorCode::invalid, "a persona's name is 1 to " +
                                                   std::to_string(persona_name_max) +
                                                   " letters (a to z), digits, dots, underscores "
                                                   "and hyphens, and does not begin with \"hs\""};
    if (persona_index(name, store))
        return base::Error{ErrorCode::conflict, "there is a persona called " + name + " already"};
    return std::nullopt;
}

PersonaView Identity::keep_persona(std::uint32_t index, const std::string& purpose,
                                   const std::string& name, const Turn& turn) {
    ChangeRecords records = change(turn);
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

base::Result<PersonaView> Identity::new_persona(const std::string& name, const Turn& turn) {
    if (auto problem = name_problem(name, turn.store)) return std::unexpected(*problem);
    const std::uint32_t index = fresh_persona("kept", turn);
    save_vault(turn.out);
    return keep_persona(index, "kept", name, turn);
}

// The vault is saved first: a crash then leaves a seed without a record, which the next tick drops.
base::Result<PersonaView> Identity::import_persona(std::string_view secret, const std::string& name,
                                                   const Turn& turn) {
    const auto seed = parse_secret(secret);
    if (!seed) return std::unexpected(seed.error());
    if (auto problem = name_problem(name, turn.store)) return std::unexpected(*problem);
    if (persona_index(persona_address(publisher_of(*seed)), turn.store))
        return base::fail(ErrorCode::conflict, "this persona is here already");
    const std::uint32_t index = vault_.import_persona(*seed);
    save_vault(turn.out);
    return keep_persona(index, "imported", name, turn);
}

base::Result<std::string> Identity::export_persona(std::string_view which,
                                                   const OwnStore& store) const {
    const auto index = persona_index(which, store);
    if (!index) return std::unexpected(index.error());
    if (Vault::is_imported(*index) &&
        !vault_.imported().contains(*index))  // retired, and a crash before its record went
        return base::fail(ErrorCode::not_found, "this persona's key is destroyed already");
    return persona_secret(vault_.persona_seed(*index));
}

base::Result<PersonaView> Identity::retire_persona(
    std::string_view which, const std::function<std::size_t(std::uint32_t)>& offers,
    const Turn& turn) {
    const auto index = persona_index(which, turn.store);
    if (!index) return std::unexpected(index.error());
    if (*index == 0)
        return base::fail(ErrorCode::refused,
                          "the main persona stays: it answers mail to the main mailbox. What is "
                          "fresh for each offer and "
                          "mail is not linked to it");
    const std::size_t alive = offers(*index);
    if (alive > 0)
        return base::fail(ErrorCode::refused,
                          "this persona has " + std::to_string(alive) +
                              (alive == 1 ? " offer that is" : " offers that are") +
                              " alive; remove first, or wait until expired");
    ChangeRecords records = change(turn);
    auto record = records.load<records::Persona>(Table::personas, base::big_endian(*index));
    if (!record) return base::fail(ErrorCode::corrupt, "the record of this persona does not open");
    if (!record->kept())
        return base::fail(ErrorCode::refused, record->retired()
                                                  ? "this persona is retired already"
                                                  : "this persona was made for one purpose (" +
                                                        record->purpose() +
                                                        ") and goes by itself when that is over");
    record->set_kept(false);
    record->set_retired(true);
    records.save(Table::personas, base::big_endian(*index), *record);
    kept_.erase(*index);
    return market::view_of(*record);
}

}  // namespace hearsay::market
