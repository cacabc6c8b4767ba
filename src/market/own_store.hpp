// market/own_store.hpp - the port through which a person's things are kept. The store room
// implements it over the *own* environment; tests and the simulator over memory.
//
// Keys and values are opaque here and below: keys are blinded and values sealed by the Vault before
// they are put (market/records.hpp), but for peers and candidates, which are the core's. "What ->
// what" below is what the market means. All calls between begin and commit of one turn belong to
// one transaction, and commit returns only when the disk has it: what the user was told is kept,
// is kept.
#pragma once

#include <functional>
#include <optional>

#include "base/bytes.hpp"

namespace hearsay::market {

enum class Table : std::uint8_t {
    meta = 0,             // name -> value
    personas = 1,         // persona index -> sealed record
    mailboxes = 2,        // mailbox public key -> sealed record
    publications = 3,     // own publications: thing id -> sealed record
    inbox = 4,            // message id -> sealed record
    outbox = 5,           // message id or item id -> sealed record
    peers = 6,            // peer id -> record (core::KnownPeer)
    seen_mail = 7,        // item id of mail already opened, message id of mail that was removed
    candidates = 8,       // source and peer id -> record (core::Candidate)
    removals = 9,         // item id of a mail -> sealed record: its removal, due or on its way
    friends = 10,         // persona -> sealed record
    trades = 11,          // trade id -> sealed record
    tickets = 12,         // a correspondent's persona and mailbox -> sealed record
    removed_trades = 13,  // trade id -> sealed record: the user removed it, it never begins again
    lists = 14,           // list id -> sealed record: one's own, and those subscribed to
    watches = 15,         // a watch's name -> sealed record
};

class OwnStore {
public:
    virtual ~OwnStore() = default;
    virtual std::optional<base::Bytes> get(Table table, base::ByteView key) const = 0;
    virtual void put(Table table, base::ByteView key, base::ByteView value) = 0;
    virtual void erase(Table table, base::ByteView key) = 0;
    // In key order from the first key >= `from`; stop by returning false.
    // Do not change the table meanwhile.
    virtual void scan(
        Table table, base::ByteView from,
        const std::function<bool(base::ByteView key, base::ByteView value)>& visit) const = 0;
};

}  // namespace hearsay::market
