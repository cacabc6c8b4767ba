#include "store/flood_tables.hpp"

#include <algorithm>

#include "base/ensure.hpp"
#include "base/limits/items.hpp"
#include "store/schema.hpp"

namespace hearsay::store {
namespace {

using base::ByteView;

constexpr std::size_t record_prefix = 8 + 2 + 1;
constexpr std::size_t head_size = 32 + 4 + time_size + 2 + 1 + 1;
// A slot's flags: how many bytes its sequence takes, and
constexpr std::uint8_t slot_removed = 0x10;
constexpr std::uint8_t slot_has_id = 0x20;

// Takes the next `size` bytes off the front.
ByteView take(ByteView& from, std::size_t size) {
    const ByteView out = from.first(size);
    from = from.subspan(size);
    return out;
}

}  // namespace

base::Result<FloodTables> open_flood_tables(Txn& txn, unsigned flags) {
    FloodTables out;
    const auto open = [&](MDB_dbi& table, const char* name, unsigned kind) {
        if (const auto opened = txn.open_table(name, flags | kind))
            table = *opened;
        else
            txn.fail(
                {base::ErrorCode::corrupt, std::string("the flood database has no table ") + name});
    };
    constexpr unsigned lists = MDB_DUPSORT | MDB_DUPFIXED;
    open(out.about, about_table, 0);
    open(out.items, "items", 0);
    open(out.heads, "heads", 0);
    open(out.ids, "ids", lists);
    open(out.expiry, "expiry", lists);
    open(out.kinds, "kinds", lists);
    open(out.mailboxes, "mailboxes", lists);
    open(out.shelves, "shelves", 0);
    open(out.piles, "piles", lists);
    open(out.search, "search", 0);
    open(out.slots.rows, "slots", 0);
    open(out.slots.due, "slots_due", lists);
    open(out.gone.rows, "gone", 0);
    open(out.gone.due, "gone_due", lists);
    if (txn.error()) return std::unexpected(*txn.error());
    return out;
}

std::array<std::uint8_t, position_size> position_bytes(core::Position position) {
    constexpr core::Position last = (core::Position{1} << (8 * position_size)) - 1;
    const auto whole = base::big_endian(std::min(position, last));
    std::array<std::uint8_t, position_size> out{};
    std::copy(whole.end() - position_size, whole.end(), out.begin());
    return out;
}

std::optional<core::Position> read_position(ByteView bytes) {
    if (bytes.size() != position_size) return std::nullopt;
    core::Position out = 0;
    for (const std::uint8_t byte : bytes) out = out << 8 | byte;
    return out;
}

base::Bytes write_head(const Head& head) {
    base::Bytes out;
    out.reserve(head_size);
    base::append(out, head.id.view());
    base::append(out, base::big_endian(head.kind));
    base::append(out, time_bytes(head.expires));
    base::append(out, base::big_endian(head.size));
    out.push_back(head.level);
    out.push_back(head.pile);
    return out;
}

std::optional<Head> read_head(ByteView row) {
    if (row.size() != head_size) return std::nullopt;
    Head out;
    out.id = *base::ItemId::from(take(row, 32));
    out.kind = base::read_big_endian<item::Kind>(take(row, 4).first<4>());
    out.expires = read_time(take(row, time_size));
    out.size = base::read_big_endian<std::uint16_t>(take(row, 2).first<2>());
    out.level = take(row, 1)[0];
    out.pile = take(row, 1)[0];
    return out;
}

std::array<std::uint8_t, 2> shelf_key(const item::Standing& standing) {
    return {static_cast<std::uint8_t>(standing.of), standing.level};
}

std::optional<item::Standing> read_shelf_key(ByteView key) {
    if (key.size() != 2 || key[0] >= item::store_classes || key[1] > item::level_max)
        return std::nullopt;
    return item::Standing{static_cast<item::StoreClass>(key[0]), key[1]};
}

base::Bytes write_shelf(const core::Shelf& shelf) {
    base::Bytes out = shelf.ids.bytes();
    base::append(out, base::big_endian(shelf.bytes));
    base::append(out, base::big_endian(shelf.incumbent_bytes));
    return out;
}

std::optional<core::Shelf> read_shelf(ByteView row) {
    if (row.size() != core::SetSummary::bytes_size + 16) return std::nullopt;
    const auto ids = core::SetSummary::from(take(row, core::SetSummary::bytes_size));
    if (!ids) return std::nullopt;
    const std::uint64_t bytes = read_number(take(row, 8));
    const std::uint64_t incumbents = read_number(take(row, 8));
    return core::Shelf{*ids, bytes, incumbents};
}

std::array<std::uint8_t, 3> pile_key(const item::Standing& standing, core::Pile pile) {
    return {static_cast<std::uint8_t>(standing.of), standing.level, pile};
}

std::array<std::uint8_t, 9> pile_value(std::uint32_t order, core::Position position) {
    std::array<std::uint8_t, 9> out{};
    const auto first = base::big_endian(order);
    const auto second = position_bytes(position);
    std::copy(first.begin(), first.end(), out.begin());
    std::copy(second.begin(), second.end(), out.begin() + first.size());
    return out;
}

std::size_t record_size(const item::Item& item) {
    return record_prefix + item.header.size() + item.signature.size() + item.payload.size();
}

void write_record(const item::Item& item, std::span<std::uint8_t> out) {
    ENSURE(item.header.size() <= base::limits::header_bytes_max && item.signature.size() <= 255,
           "only items that item::read accepted are stored");
    ENSURE(out.size() == record_size(item), "a record fills its row");
    auto at = out.begin();
    const auto put = [&](ByteView bytes) { at = std::copy(bytes.begin(), bytes.end(), at); };
    put(base::big_endian(item.nonce));
    put(base::big_endian(static_cast<std::uint16_t>(item.header.size())));
    put(base::big_endian(static_cast<std::uint8_t>(item.signature.size())));
    put(item.header);
    put(item.signature);
    put(item.payload);
}

std::optional<item::Item> read_record(ByteView row) {
    if (row.size() < record_prefix) return std::nullopt;
    item::Item out;
    out.nonce = read_number(take(row, 8));
    const std::size_t header_size = base::read_big_endian<std::uint16_t>(take(row, 2).first<2>());
    const std::size_t signature_size = take(row, 1)[0];
    if (row.size() < header_size + signature_size) return std::nullopt;
    out.header = base::to_bytes(take(row, header_size));
    out.signature = base::to_bytes(take(row, signature_size));
    out.payload = base::to_bytes(row);
    return out;
}

std::optional<ByteView> record_payload(ByteView row) {
    if (row.size() < record_prefix) return std::nullopt;
    take(row, 8);
    const std::size_t header_size = base::read_big_endian<std::uint16_t>(take(row, 2).first<2>());
    const std::size_t signature_size = take(row, 1)[0];
    if (row.size() < header_size + signature_size) return std::nullopt;
    return row.subspan(header_size + signature_size);
}

base::Bytes write_slot(const SlotRow& slot) {
    const auto* id = std::get_if<base::ItemId>(&slot.item);
    const auto position =
        position_bytes(id ? core::Position{0} : std::get<core::Position>(slot.item));
    const ByteView item = id ? id->view() : ByteView(position);
    const auto number = base::big_endian(slot.sequence);
    const auto begin =
        std::find_if(number.begin(), number.end(), [](std::uint8_t byte) { return byte != 0; });
    const auto size = static_cast<std::size_t>(number.end() - begin);
    // Sized first and filled then: appending makes g++ 12 see overflows that are not there.
    base::Bytes out(1 + size + item.size());
    out[0] = static_cast<std::uint8_t>(size | (slot.removed ? slot_removed : 0) |
                                       (id ? slot_has_id : 0));
    std::copy(item.begin(), item.end(), std::copy(begin, number.end(), out.begin() + 1));
    return out;
}

std::optional<SlotRow> read_slot(ByteView row) {
    if (row.size() < time_size + 1) return std::nullopt;
    take(row, time_size);
    const std::uint8_t flags = take(row, 1)[0];
    const std::size_t sequence_size = flags & 0x0f;
    const std::size_t item_size = (flags & slot_has_id) != 0 ? base::ItemId::size : position_size;
    if (sequence_size > 8 || row.size() != sequence_size + item_size) return std::nullopt;
    SlotRow out;
    for (const std::uint8_t byte : take(row, sequence_size))
        out.sequence = out.sequence << 8 | byte;
    out.removed = (flags & slot_removed) != 0;
    if (const auto id = base::ItemId::from(row)) {
        out.item = *id;
        return out;
    }
    const auto position = read_position(row);
    if (!position) return std::nullopt;
    out.item = *position;
    return out;
}

}  // namespace hearsay::store
