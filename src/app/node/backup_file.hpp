// app/node/backup_file.hpp - a backup (market/identity/backup.hpp) as a file.
//
// Written aside ("FILE.1f09ab3c.part", eight random letters, mode 0600), synced, renamed: there is
// the whole file or none. An existing file is never replaced, because it may be the only backup
// there is; nor is one that happens to have the name of the part. A crash leaves its part, for the
// user to delete: it is no backup, and sealed like one.
#pragma once

#include <string>

#include "market/identity/backup.hpp"
#include "store/own.hpp"

namespace hearsay::app {

struct BackupWritten {
    std::uint64_t bytes = 0;
    std::uint64_t rows = 0;
};

// invalid: not absolute, or no passphrase; conflict: it exists.
base::Result<void> check_backup_path(const std::string& path, const std::string& passphrase);
base::Result<BackupWritten> write_backup_file(const std::string& path,
                                              const std::string& passphrase,
                                              const crypto::ScryptCost& cost, base::Rng& rng,
                                              base::WallTime now, base::ByteView vault_content,
                                              const store::OwnReader& reader);
// The passphrase is taken in its normal form, and to read also as it came (passphrase.hpp).
base::Result<market::Backup> read_backup_file(const std::string& path,
                                              const std::string& passphrase);

// When this node last wrote one; a row of meta, in the clear: seconds since 1970 [8].
std::optional<base::WallTime> last_backup(const market::OwnStore& store);
void note_backup(market::OwnStore& store, base::WallTime made);

}  // namespace hearsay::app
