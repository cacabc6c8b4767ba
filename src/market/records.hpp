// market/records.hpp - the market's tables in the own store: typed, sealed, keys blinded.
//
// A record's key in the store is Vault::blind(table byte || logical key), its value
// Vault::seal_record(table byte || blinded key, message), or Vault::seal_erasable() where
// is_erasable(table). A record that does not open is damage: load() gives nothing, each()
// tells by returning false.
#pragma once

#include <concepts>
#include <optional>
#include <string>

#include "base/time.hpp"
#include "item.pb.h"
#include "item/item.hpp"
#include "market.pb.h"
#include "market/keys/vault.hpp"
#include "market/own_store.hpp"

namespace hearsay::market {

// What a person must be able to erase for good: crypto-erasure (market/identity/key_erasure.hpp).
constexpr bool is_erasable(Table table) {
    return table == Table::inbox || table == Table::outbox || table == Table::removals ||
           table == Table::trades;
}
// What binds a row to its place: table byte || key.
base::Bytes place_of(Table table, base::ByteView key);

class Records {
public:
    Records(const Vault& vault, const OwnStore& store) : vault_(vault), store_(store) {}

    template <class Message>
    std::optional<Message> load(Table table, base::ByteView key) const {
        const auto plain = load_bytes(table, key);
        Message out;
        if (!plain || !out.ParseFromArray(plain->data(), static_cast<int>(plain->size())))
            return std::nullopt;
        return out;
    }
    // visit(const Message&), in an order of no meaning. False if a record did not open.
    template <class Message, std::invocable<const Message&> Visit>
    bool each(Table table, Visit visit) const {
        bool sound = true;
        store_.scan(table, {}, [&](base::ByteView key, base::ByteView value) {
            const auto plain = open(table, key, value);
            Message message;
            if (plain && message.ParseFromArray(plain->data(), static_cast<int>(plain->size())))
                visit(message);
            else
                sound = false;
            return true;
        });
        return sound;
    }

protected:
    base::Bytes kept_key(Table table, base::ByteView key) const;

private:
    std::optional<base::Bytes> open(Table table, base::ByteView key, base::ByteView value) const;
    std::optional<base::Bytes> load_bytes(Table table, base::ByteView key) const;

    const Vault& vault_;
    const OwnStore& store_;
};

class ChangeRecords : public Records {
public:
    ChangeRecords(Vault& vault, OwnStore& store, base::Rng& rng)
        : Records(vault, store), vault_(vault), store_(store), rng_(rng) {}

    template <class Message>
    void save(Table table, base::ByteView key, const Message& message) {
        save_bytes(table, key, base::as_bytes(message.SerializeAsString()));
    }
    // The keys of an erasable one's day are condemned.
    void erase(Table table, base::ByteView key);

private:
    void save_bytes(Table table, base::ByteView key, base::ByteView plain);

    Vault& vault_;
    OwnStore& store_;
    base::Rng& rng_;
};

// ---- fields of records --------------------------------------------------------------------------
template <class Id>
void set_id(std::string* field, const Id& id) {
    field->assign(base::as_text(id.view()));
}
// Nothing unless the field has exactly the id's size.
template <class Id>
std::optional<Id> get_id(const std::string& field) {
    return Id::from(base::as_bytes(field));
}
inline std::uint64_t seconds_of(base::WallTime time) {
    return static_cast<std::uint64_t>(base::unix_seconds(time));
}
inline base::WallTime time_of(std::uint64_t seconds) {
    return base::from_unix_seconds(static_cast<std::int64_t>(seconds));
}
void set_item(wire::Item* out, const item::Item& item);
item::Item get_item(const wire::Item& in);

}  // namespace hearsay::market
