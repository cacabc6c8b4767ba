// market/catalogue.hpp - the port through which a person looks at what floods: offers to list, a
// thing by the beginning of its id, mail to search again. The store room implements it over an
// open transaction of the *flood* environment.
#pragma once

#include <functional>
#include <vector>

#include "core/store_view.hpp"

namespace hearsay::search {
class Index;
}  // namespace hearsay::search

namespace hearsay::market {

class Catalogue {
public:
    virtual ~Catalogue() = default;
    virtual item::ReadPtr get(const base::ItemId& id) const = 0;  // null unless alive
    // Alive items of one kind, newest position first, below `before`; stop by returning false.
    virtual void of_kind(
        item::Kind kind, core::Position before,
        const std::function<bool(core::Position, const item::ReadPtr&)>& visit) const = 0;
    // The same, oldest first, above `after`: to search again what came since a remembered position.
    virtual void of_kind_since(
        item::Kind kind, core::Position after,
        const std::function<bool(core::Position, const item::ReadPtr&)>& visit) const = 0;
    // Slots in order of thing id, from the first >= `from`, gone ones included.
    virtual void things(
        const item::ThingId& from,
        const std::function<bool(const item::ThingId&, const core::SlotState&)>& visit) const = 0;
    virtual std::uint64_t count_of_kind(item::Kind kind) const = 0;
    // Changes when the flood store was wiped and began anew:
    // positions of another life mean nothing.
    virtual std::uint64_t life() const = 0;
    virtual core::Position last_position() const = 0;
    // Of an alive item; nothing: it is not here.
    virtual std::optional<core::Position> position(const base::ItemId&) const { return {}; }
    // The item at a position; null unless alive.
    virtual item::ReadPtr at(core::Position) const { return nullptr; }
    // The key of a mailbox, from whatever here carries it; nothing: nobody has told it. This one
    // looks at everything that may, for stores that hold little.
    virtual std::optional<base::MailboxKey> mailbox_key(const base::MailboxId& mailbox) const;
    // Of the words of what floods; null: this store keeps none (a simulator's, a test's).
    virtual const search::Index* index() const { return nullptr; }
};

}  // namespace hearsay::market
