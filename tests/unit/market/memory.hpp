// unit/market/memory.hpp - the market's two ports over memory: what a person keeps, and what the
// network holds.
#pragma once

#include <map>
#include <optional>
#include <utility>

#include "market/catalogue.hpp"
#include "market/own_store.hpp"

namespace hearsay::market {

class MemoryOwnStore : public OwnStore {
public:
    using Key = std::pair<Table, base::Bytes>;

    std::optional<base::Bytes> get(Table table, base::ByteView key) const override {
        const auto at = live_.find({table, base::to_bytes(key)});
        return at == live_.end() ? std::nullopt : std::optional(at->second);
    }
    void put(Table table, base::ByteView key, base::ByteView value) override {
        live_[{table, base::to_bytes(key)}] = base::to_bytes(value);
        ++puts;
    }
    void erase(Table table, base::ByteView key) override {
        live_.erase({table, base::to_bytes(key)});
    }
    void scan(Table table, base::ByteView from,
              const std::function<bool(base::ByteView, base::ByteView)>& visit) const override {
        for (auto at = live_.lower_bound({table, base::to_bytes(from)}); at != live_.end(); ++at)
            if (at->first.first != table || !visit(at->first.second, at->second)) return;
    }
    void commit() { durable_ = live_; }
    void roll_back() { live_ = durable_; }
    std::size_t count(Table table) const {
        std::size_t found = 0;
        for (const auto& [key, value] : live_) found += key.first == table ? 1U : 0U;
        return found;
    }
    std::map<Key, base::Bytes>& rows() { return live_; }
    std::size_t puts = 0;

private:
    std::map<Key, base::Bytes> live_;
    std::map<Key, base::Bytes> durable_;
};

// Keys of mailboxes as if their owners had told everybody, so that an address is enough to write.
inline std::map<base::MailboxId, base::MailboxKey>& told_keys() {
    static std::map<base::MailboxId, base::MailboxKey> keys;
    return keys;
}
inline base::MailboxKey key_of(const base::MailboxId& mailbox) {
    return told_keys().at(mailbox);
}

class MemoryCatalogue : public Catalogue {
public:
    bool is_told = true;  // those above
    std::optional<base::MailboxKey> mailbox_key(const base::MailboxId& mailbox) const override {
        if (is_told && told_keys().contains(mailbox)) return key_of(mailbox);
        return Catalogue::mailbox_key(mailbox);
    }
    // As the core would: the higher version replaces the lower one, the removal of a mail the mail.
    void store(const item::ReadPtr& item) {
        const item::Version version = item->version;
        const auto old = slots_.find(version.thing);
        if (old != slots_.end() && old->second.sequence >= version.sequence) return;
        if (old != slots_.end()) forget(old->second.id);
        slots_[version.thing] = {version.sequence, item->id, version.removed};
        items_[++last_] = item;
    }
    void forget(const base::ItemId& id) {
        std::erase_if(items_, [&](const auto& entry) { return entry.second->id == id; });
    }
    void wipe() {
        items_.clear();
        slots_.clear();
        last_ = 0;
        ++life_;
    }
    item::ReadPtr get(const base::ItemId& id) const override {
        for (const auto& [position, item] : items_)
            if (item->id == id) return item;
        return nullptr;
    }
    void of_kind(
        item::Kind kind, core::Position before,
        const std::function<bool(core::Position, const item::ReadPtr&)>& visit) const override {
        for (auto at = items_.rbegin(); at != items_.rend(); ++at)
            if (at->first < before && at->second->header.kind == kind &&
                !visit(at->first, at->second))
                return;
    }
    void of_kind_since(
        item::Kind kind, core::Position after,
        const std::function<bool(core::Position, const item::ReadPtr&)>& visit) const override {
        for (auto at = items_.upper_bound(after); at != items_.end(); ++at)
            if (at->second->header.kind == kind && !visit(at->first, at->second)) return;
    }
    void things(const item::ThingId& from,
                const std::function<bool(const item::ThingId&, const core::SlotState&)>& visit)
        const override {
        for (auto at = slots_.lower_bound(from); at != slots_.end(); ++at)
            if (!visit(at->first, at->second)) return;
    }
    std::uint64_t count_of_kind(item::Kind kind) const override {
        std::uint64_t found = 0;
        for (const auto& [position, item] : items_) found += item->header.kind == kind ? 1U : 0U;
        return found;
    }
    std::uint64_t life() const override { return life_; }
    core::Position last_position() const override { return last_; }

private:
    std::map<core::Position, item::ReadPtr> items_;
    std::map<item::ThingId, core::SlotState> slots_;
    core::Position last_ = 0;
    std::uint64_t life_ = 1;
};

}  // namespace hearsay::market
