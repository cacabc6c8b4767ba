// market/identity/backup.hpp - a person in one encrypted file: the vault's content, and all rows of
// the person's tables as they lie in the store, sealed by the vault's keys. docs/files.md, "A
// backup".
//
//   head   magic "HSBACKUP" [8], version 3 [4], scrypt n [8] r [4] p [4], salt [16]
//   chunk  size of what follows [4], ChaCha20-Poly1305(key, nonce, head, at most chunk_bytes of the
//          stream) nonce = 1 if it is the last chunk, else 0 [1], zero [3],
//          number of the chunk from 0 [8]
//   stream made, seconds since 1970 [8], size [4], VaultContent
//          for each row: table [1], size of the key [2], size of the value [4], key, value
//          0xff [1], number of rows [8]
// Numbers are big-endian. The key is scrypt of the passphrase and the salt, which is fresh, so it
// seals one file only and nonces need no chance. A chunk that is missing, moved, doubled or of
// another file does not open; after the last one nothing may follow.
//
// Who has the file and the passphrase has the keys as they were on that day: it opens mail whose
// keys the node has destroyed since. That is the price of a history that survives the disk
// (docs/decisions/0012). No files here: bytes go through a sink and come from a source.
#pragma once

#include <array>
#include <functional>
#include <vector>

#include "base/error.hpp"
#include "base/rng.hpp"
#include "crypto/aead.hpp"
#include "crypto/scrypt.hpp"
#include "market/keys/vault.hpp"
#include "market/own_store.hpp"

namespace hearsay::market {

// All tables of market::Table but those of the core.
inline constexpr std::array<Table, 14> person_tables{
    Table::meta,    Table::personas,       Table::mailboxes, Table::publications, Table::inbox,
    Table::outbox,  Table::seen_mail,      Table::removals,  Table::friends,      Table::trades,
    Table::tickets, Table::removed_trades, Table::lists,     Table::watches};

// The row of Table::meta that says whose rows these are: the vault's identity().
base::ByteView identity_row();

struct BackupRow {
    Table table;
    base::Bytes key;
    base::Bytes value;
};

struct Backup {
    base::WallTime made;
    Vault vault;
    std::vector<BackupRow> rows;
};

// Appends to the file.
using BackupSink = std::function<base::Result<void>(base::ByteView)>;
// The next bytes of the file, exactly so many, or fewer at its end.
using BackupSource = std::function<base::Result<base::Bytes>(std::size_t)>;

// Writes the content of a vault and the rows of an own store (a snapshot of the same turn). How
// many rows. scrypt runs inside. exhausted: something is larger than read_backup() takes.
base::Result<std::uint64_t> write_backup(base::ByteView passphrase, const crypto::ScryptCost& cost,
                                         base::Rng& rng, base::WallTime now,
                                         base::ByteView vault_content, const OwnStore& store,
                                         const BackupSink& sink);
// Nothing but the whole and sound file: every chunk, every row's seal. denied: the passphrase is
// wrong (or the first chunk is damaged); corrupt: anything else.
base::Result<Backup> read_backup(base::ByteView passphrase, const BackupSource& source);

}  // namespace hearsay::market
