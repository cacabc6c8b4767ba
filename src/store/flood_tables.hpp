// store/flood_tables.hpp - the layout of the flood environment, schema 5.
//
// Numbers are big-endian; a time is 5 bytes (store/lmdb.hpp); a position is 5 bytes and never used
// twice. [n] marks a fixed size in bytes.
//
//   items    position -> nonce[8] header size[2] signature size[1] header signature payload
//   heads    position -> id[32] kind[4] expires[5] size[2] level[1] pile[1]
//   ids      id's first 8 bytes -> positions*
//   expiry   time -> positions*
//   kinds    kind[4] -> positions*
//   mailboxes  a mailbox's first 8 bytes -> positions* of what carries its key
//   shelves  class[1] level[1] -> summary[64] of its ids (core/reconcile/summary.hpp),
//            bytes[8], of them incumbents'[8]
//   piles    class[1] level[1] pile[1] -> order[4] position[5]*, of what may have to make room
//   slots    thing id[32] -> until[5] flags[1] sequence[0..8], then the item's position[5], or its
//            id[32] once it is gone
//   gone     id[32] -> until[5]
//   slots_due, gone_due   until -> first 8 bytes of the key* (store/remembered.hpp)
//   search   the index of words: store/search_directory.hpp
//   about    "schema", "network", "life", "last" (the position given last), 8 bytes each;
//            "search", the index's directory
//   * several fixed-size values under one key (MDB_DUPSORT | MDB_DUPFIXED): their bytes alone,
//     no node each
//
// Why: items, heads and the position lists only ever grow at their end (MDB_APPEND, MDB_APPENDDUP),
// so their pages are full; only ids, slots and gone are written at random places, and they hold no
// payload. Eight bytes of an id find the head, which has the whole id: two ids ground to share
// eight bytes are two values of one key. The header's bytes are kept as they came and parsed again
// on the way out: what is signed is never serialized by us. Heads are apart from the items so that
// pages of ids, expiry and forgetting do not touch payload pages, and damage in a payload does not
// keep an item from being forgotten. Slots are the largest table but the items (every publication
// has one, at a random place), so they name a live item by its position: 27 bytes less in rows that
// fill pages to two thirds only. A position stands in seven places of an item's rows; its five
// bytes count a million million of them.
#pragma once

#include "core/store_view.hpp"
#include "store/remembered.hpp"

namespace hearsay::store {

inline constexpr std::uint64_t flood_schema = 5;

struct FloodTables {
    MDB_dbi items = 0, heads = 0, ids = 0, expiry = 0, kinds = 0, about = 0;
    MDB_dbi shelves = 0, piles = 0, mailboxes = 0;
    MDB_dbi search = 0;
    Remembered slots, gone;
};
// Opens all; with MDB_CREATE what is missing is made, else it is `corrupt`.
// Its handles hold once `txn` is committed.
base::Result<FloodTables> open_flood_tables(Txn& txn, unsigned flags = MDB_CREATE);

struct Head {
    base::ItemId id;
    item::Kind kind = 0;
    base::WallTime expires;
    std::uint16_t size = 0;  // of the item
    item::Level level = 0;
    core::Pile pile = core::pile_incumbents;

    item::Standing standing() const { return {item::store_class(kind), level}; }
    std::uint64_t bytes() const { return core::stored_bytes(size); }  // of the budget
};
base::Bytes write_head(const Head& head);
std::optional<Head> read_head(base::ByteView row);

std::size_t record_size(const item::Item& item);
// exactly record_size(item)
void write_record(const item::Item& item, std::span<std::uint8_t> out);
std::optional<item::Item> read_record(base::ByteView row);
// The payload alone, in place.
std::optional<base::ByteView> record_payload(base::ByteView row);

std::array<std::uint8_t, 2> shelf_key(const item::Standing& standing);
std::optional<item::Standing> read_shelf_key(base::ByteView key);
base::Bytes write_shelf(const core::Shelf& shelf);
std::optional<core::Shelf> read_shelf(base::ByteView row);

std::array<std::uint8_t, 3> pile_key(const item::Standing& standing, core::Pile pile);
std::array<std::uint8_t, 9> pile_value(std::uint32_t order, core::Position position);

struct SlotRow {
    std::uint64_t sequence = 0;
    bool removed = false;
    std::variant<core::Position, base::ItemId> item;
};
base::Bytes write_slot(const SlotRow& slot);           // what follows `until`
std::optional<SlotRow> read_slot(base::ByteView row);  // `until` included

inline constexpr std::size_t position_size = 5;
// What lies beyond ("before the end of time") is the last such position.
std::array<std::uint8_t, position_size> position_bytes(core::Position position);
// nothing unless position_size long
std::optional<core::Position> read_position(base::ByteView bytes);

inline base::ByteView id_prefix(const base::ItemId& id) {
    return id.view().first(8);
}
inline base::ByteView mailbox_prefix(const base::MailboxId& mailbox) {
    return mailbox.view().first(8);
}

}  // namespace hearsay::store
