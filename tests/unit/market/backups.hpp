// unit/market/backups.hpp - a person's backup in memory, and a new node that is restored from it.
#pragma once

#include <doctest/doctest.h>

#include "fakes.hpp"
#include "market/identity/backup.hpp"

namespace hearsay::market {

inline const base::Bytes backup_secret = base::to_bytes("battery staple");

inline base::Bytes backup_of(Person& person) {
    base::Bytes out;
    base::Rng rng = seeded(77);
    const auto rows =
        write_backup(backup_secret, cheap, rng, person.now, person.market->vault().content(),
                     person.store, [&](base::ByteView bytes) -> base::Result<void> {
                         base::append(out, bytes);
                         return {};
                     });
    REQUIRE(rows);
    return out;
}

inline base::Result<Backup> read_back(const base::Bytes& file,
                                      const base::Bytes& passphrase = backup_secret) {
    std::size_t at = 0;
    return read_backup(passphrase, [&](std::size_t size) -> base::Result<base::Bytes> {
        const std::size_t end = std::min(file.size(), at + size);
        base::Bytes out(file.begin() + static_cast<std::ptrdiff_t>(std::exchange(at, end)),
                        file.begin() + static_cast<std::ptrdiff_t>(end));
        return out;
    });
}

inline base::Result<void> restore(Person& person, const base::Bytes& file) {
    auto backup = read_back(file);
    REQUIRE(backup);
    return person.turn(
        [&](const Turn& turn) { return person.market->restore(*std::move(backup), turn); });
}

}  // namespace hearsay::market
