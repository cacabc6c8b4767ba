#include "store/flood_view.hpp"

#include <algorithm>

#include "base/limits/retention.hpp"
#include "item/mailbox.hpp"

namespace hearsay::store {
namespace {

using base::ByteView;
using core::Position;

constexpr std::size_t damaged_max = 1000;

}  // namespace

FloodView::FloodView(const FloodShared& shared, Txn txn)
    : shared_(shared),
      txn_(std::move(txn)),
      search_(txn_, shared_.tables, shared_.life, shared_.search) {
    const auto last = txn_.get(shared_.tables.about, base::as_bytes("last"));
    if (last && last->size() == 8) last_ = read_number(*last);
}

// ---- finding ------------------------------------------------------------------------------------

std::optional<Head> FloodView::head_at(Position position) const {
    const auto row = txn_.get(shared_.tables.heads, position_bytes(position));
    return row ? read_head(*row) : std::nullopt;
}

std::optional<Position> FloodView::position_in(ByteView bytes) const {
    const auto position = read_position(bytes);
    if (!position)
        txn_.fail(
            {base::ErrorCode::corrupt, "the flood database is damaged: a position is unreadable"});
    return position;
}

bool FloodView::is_at(Position position, const base::ItemId& id) const {
    const auto row = txn_.get(shared_.tables.heads, position_bytes(position));
    return row && row->size() >= id.size && base::equal(row->first(id.size), id.view());
}

std::optional<Position> FloodView::position_of(const base::ItemId& id) const {
    const auto first = txn_.get(shared_.tables.ids, id_prefix(id));
    if (!first) return std::nullopt;
    if (const auto position = position_in(*first); !position || is_at(*position, id))
        return position;
    // Two ids with the same beginning: rare unless somebody ground them.
    Cursor cursor(txn_, shared_.tables.ids);
    if (!cursor.at(id_prefix(id))) return std::nullopt;
    for (auto value = cursor.next_value(); value; value = cursor.next_value())
        if (const auto position = position_in(*value); !position || is_at(*position, id))
            return position;
    return std::nullopt;
}

item::ReadPtr FloodView::item_at(Position position) const {
    const auto head = head_at(position);
    const auto row = txn_.get(shared_.tables.items, position_bytes(position));
    if (txn_.error()) return nullptr;
    if (head && row) {
        if (auto item = read_record(*row)) {
            auto read = item::read(std::move(*item), shared_.network);
            if (read && (*read)->id == head->id) return *read;
        }
    }
    if (std::find(damaged_.begin(), damaged_.end(), position) == damaged_.end()) {
        ++shared_.damaged;
        if (damaged_.size() < damaged_max) damaged_.push_back(position);
    }
    return nullptr;
}

// ---- core::StoreView ----------------------------------------------------------------------------

core::Presence FloodView::presence(const base::ItemId& id) const {
    if (position_of(id)) return core::Presence::alive;
    return txn_.get(shared_.tables.gone.rows, id.view()) ? core::Presence::gone
                                                         : core::Presence::unknown;
}

item::ReadPtr FloodView::get(const base::ItemId& id) const {
    const auto position = position_of(id);
    return position ? item_at(*position) : nullptr;
}

core::SlotState FloodView::state_of(const SlotRow& row) const {
    core::SlotState out{row.sequence, {}, row.removed};
    if (const auto* id = std::get_if<base::ItemId>(&row.item)) {
        out.id = *id;
    } else if (const auto head = head_at(std::get<Position>(row.item))) {
        out.id = head->id;
    } else {
        out.id.data.fill(0xff);
    }
    return out;
}

std::optional<core::SlotState> FloodView::slot(const item::ThingId& thing) const {
    const auto row = txn_.get(shared_.tables.slots.rows, thing.view());
    const auto slot = row ? read_slot(*row) : std::nullopt;
    return slot ? std::optional(state_of(*slot)) : std::nullopt;
}

std::optional<item::Standing> FloodView::standing(const base::ItemId& id) const {
    const auto position = position_of(id);
    const auto head = position ? head_at(*position) : std::nullopt;
    return head ? std::optional(head->standing()) : std::nullopt;
}

const core::Shelves& FloodView::shelves() const {
    if (shelves_) return *shelves_;
    core::Shelves& out = shelves_.emplace();
    Cursor cursor(txn_, shared_.tables.shelves);
    for (auto row = cursor.first(); row; row = cursor.next()) {
        const auto standing = read_shelf_key(row->key);
        const auto shelf = read_shelf(row->value);
        if (standing && shelf)
            out.set(*standing, *shelf);
        else
            txn_.fail({base::ErrorCode::corrupt, "the flood database is damaged: a shelf"});
    }
    return out;
}

std::uint64_t FloodView::bytes_beyond() const {
    const std::uint64_t taken =
        txn_.table_bytes(shared_.tables.items) + shared_.search->held_bytes + waiting_bytes() +
        alive_count() * base::limits::stored_rows_bytes +
        slots_of_gone() * base::limits::stored_slot_bytes +
        txn_.count(shared_.tables.gone.rows) * base::limits::stored_gone_bytes;
    return taken - std::min(taken, shelves().bytes());
}

// Mail that is alive has no slot.
std::uint64_t FloodView::slots_of_gone() const {
    const std::uint64_t slots =
        txn_.count(shared_.tables.slots.rows) + count_of_kind(item::kind_mail);
    return slots - std::min(slots, alive_count());
}

std::vector<core::PileCount> FloodView::lowest_piles(item::StoreClass of, item::Level from) const {
    std::vector<core::PileCount> out;
    Cursor cursor(txn_, shared_.tables.piles);
    for (auto row = cursor.at_least(pile_key({of, from}, 0)); row; row = cursor.next_key()) {
        const auto standing =
            read_shelf_key(row->key.first(std::min<std::size_t>(row->key.size(), 2)));
        if (row->key.size() != 3 || !standing || standing->of != of) break;
        if (!out.empty() && out.front().level != standing->level) break;
        out.push_back({standing->level, row->key[2], cursor.values()});
    }
    return out;
}

std::vector<core::Evictable> FloodView::on_pile(item::StoreClass of, const core::PileCount& pile,
                                                std::size_t skip, std::size_t most) const {
    std::vector<core::Evictable> out;
    Cursor cursor(txn_, shared_.tables.piles);
    auto row = cursor.at(pile_key({of, pile.level}, pile.pile));
    std::optional<ByteView> value = row ? std::optional(row->value) : std::nullopt;
    for (; value && out.size() < most; value = cursor.next_value()) {
        if (skip > 0) {
            --skip;
            continue;
        }
        const auto position = position_in(value->last(std::min(value->size(), position_size)));
        const auto head = position ? head_at(*position) : std::nullopt;
        if (head) out.push_back({head->id, head->bytes()});
    }
    return out;
}

std::vector<core::Stored> FloodView::newest(Position before, std::size_t most) const {
    std::vector<core::Stored> out;
    Cursor cursor(txn_, shared_.tables.heads);
    const auto end = position_bytes(before);
    for (auto row = cursor.below(end); row && out.size() < most; row = cursor.previous())
        if (const auto position = position_in(row->key))
            if (const auto head = read_head(row->value))
                out.push_back({*position, head->id, head->standing()});
    return out;
}

std::vector<base::ItemId> FloodView::expired(base::WallTime now, std::size_t most) const {
    std::vector<base::ItemId> out;
    const auto end = time_bytes(now + base::Seconds(1));
    Cursor cursor(txn_, shared_.tables.expiry);
    for (auto row = cursor.first(); row && out.size() < most; row = cursor.next()) {
        if (!std::ranges::lexicographical_compare(row->key, end)) break;
        if (const auto position = position_in(row->value))
            if (const auto head = head_at(*position)) out.push_back(head->id);
    }
    return out;
}

std::uint64_t FloodView::alive_count() const {
    return txn_.count(shared_.tables.heads);
}

// ---- market::Catalogue --------------------------------------------------------------------------

void FloodView::of_kind(item::Kind kind, Position before,
                        const std::function<bool(Position, const item::ReadPtr&)>& visit) const {
    Cursor cursor(txn_, shared_.tables.kinds);
    const auto key = base::big_endian(kind);
    const auto end = position_bytes(before);
    for (auto value = cursor.value_below(key, end); value; value = cursor.previous_value()) {
        const auto position = position_in(*value);
        if (!position) return;
        const auto item = item_at(*position);
        if (item && !visit(*position, item)) return;
    }
}

void FloodView::of_kind_since(
    item::Kind kind, Position after,
    const std::function<bool(Position, const item::ReadPtr&)>& visit) const {
    if (after == std::numeric_limits<Position>::max()) return;
    Cursor cursor(txn_, shared_.tables.kinds);
    const auto key = base::big_endian(kind);
    const auto begin = position_bytes(after + 1);
    for (auto value = cursor.value_at_least(key, begin); value; value = cursor.next_value()) {
        const auto position = position_in(*value);
        if (!position) return;
        const auto item = item_at(*position);
        if (item && !visit(*position, item)) return;
    }
}

void FloodView::things(
    const item::ThingId& from,
    const std::function<bool(const item::ThingId&, const core::SlotState&)>& visit) const {
    Cursor cursor(txn_, shared_.tables.slots.rows);
    for (auto row = cursor.at_least(from.view()); row; row = cursor.next()) {
        const auto thing = item::ThingId::from(row->key);
        const auto slot = read_slot(row->value);
        if (thing && slot && !visit(*thing, state_of(*slot))) return;
    }
}

// Whoever publishes a key again publishes the same. Other mailboxes that begin alike are rare
// unless somebody ground them, which takes 2^64 keys.
std::optional<base::MailboxKey> FloodView::mailbox_key(const base::MailboxId& mailbox) const {
    constexpr std::size_t looks_max = 16;
    Cursor cursor(txn_, shared_.tables.mailboxes);
    const auto row = cursor.at(mailbox_prefix(mailbox));
    std::optional<ByteView> value = row ? std::optional(row->value) : std::nullopt;
    for (std::size_t looks = 0; value && looks < looks_max; ++looks, value = cursor.next_value()) {
        const auto position = position_in(*value);
        const item::ReadPtr item = position ? at(*position) : nullptr;
        if (!item || item->header.publication()->mailbox != mailbox) continue;
        if (const auto key = item::mailbox_key_in(*item)) return key;
    }
    return std::nullopt;
}

item::ReadPtr FloodView::at(Position position) const {
    return head_at(position) ? item_at(position) : nullptr;
}

std::uint64_t FloodView::count_of_kind(item::Kind kind) const {
    Cursor cursor(txn_, shared_.tables.kinds);
    return cursor.at(base::big_endian(kind)) ? cursor.values() : 0;
}

}  // namespace hearsay::store
