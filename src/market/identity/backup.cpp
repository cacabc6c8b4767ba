#include "market/identity/backup.hpp"

#include <algorithm>

#include "base/ensure.hpp"
#include "base/limits/person.hpp"
#include "base/limits/trades.hpp"
#include "market/records.hpp"

namespace hearsay::market {
namespace {

using base::ErrorCode;

constexpr std::string_view magic("HSBACKUP", 8);
// 1 had the removed trades among the seen mail, 2 mailboxes of X25519.
constexpr std::uint32_t version = 3;
constexpr const char* earlier =
    ". The program that wrote it reads it; the twelve words bring the personas back without it";
constexpr std::size_t salt_size = 16;
constexpr std::size_t head_size = 8 + 4 + 8 + 4 + 4 + salt_size;
constexpr std::size_t chunk_bytes = 64 * 1024;
constexpr std::uint8_t end_mark = 0xff;
// Of one value: the largest record is a trade with all its messages.
constexpr std::size_t value_bytes_max = 8 * 1024 * 1024;
constexpr std::size_t trade_agreement_messages = 4;
// signatures and fields of each message; what seals the record
constexpr std::size_t trade_record_overhead =
    std::size_t{4} * (base::limits::trade_sender_messages_max + base::limits::trade_waiting_max) *
        256 +
    64 * 1024;
static_assert(value_bytes_max >= base::limits::trade_bytes_max +
                                     (base::limits::trade_forks_max + trade_agreement_messages) *
                                         base::limits::trade_message_bytes_max +
                                     trade_record_overhead);
constexpr std::size_t key_bytes_max = 511;

crypto::Nonce nonce_of(std::uint64_t number, bool last) {
    crypto::Nonce out{};
    out[0] = last ? 1 : 0;
    const auto bytes = base::big_endian(number);
    std::copy(bytes.begin(), bytes.end(), out.begin() + 4);
    return out;
}

class Sealer {
public:
    Sealer(const base::Secret& key, base::Bytes head, const BackupSink& sink)
        : key_(key), head_(std::move(head)), sink_(sink) {}

    base::Result<void> begin() { return sink_(head_); }
    base::Result<void> add(base::ByteView bytes) {
        base::append(waiting_, bytes);
        std::size_t done = 0;
        // The last chunk is only known at the end, so a full one waits for a byte more.
        for (; waiting_.size() - done > chunk_bytes; done += chunk_bytes)
            // total: more than a chunk is left, by the condition of the loop
            if (auto put = seal(base::ByteView(waiting_).subspan(done, chunk_bytes), false); !put)
                return put;
        waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(done));
        return {};
    }
    base::Result<void> end() { return seal(waiting_, true); }

private:
    base::Result<void> seal(base::ByteView plain, bool last) {
        const base::Bytes sealed = crypto::aead_seal(key_, nonce_of(number_++, last), head_, plain);
        if (auto put = sink_(base::big_endian(static_cast<std::uint32_t>(sealed.size()))); !put)
            return put;
        return sink_(sealed);
    }

    base::Secret key_;
    base::Bytes head_;
    const BackupSink& sink_;
    base::Bytes waiting_;
    std::uint64_t number_ = 0;
};

const auto damaged = [] {
    return base::fail(ErrorCode::corrupt,
                      "the backup is damaged or not complete; nothing was changed");
};

class Opener {
public:
    Opener(const base::Secret& key, base::Bytes head, const BackupSource& source)
        : key_(key), head_(std::move(head)), source_(source) {}

    base::Result<base::Bytes> take(std::size_t size) {
        while (plain_.size() - used_ < size) {
            if (last_) return damaged();
            if (auto more = open_next(); !more) return std::unexpected(more.error());
        }
        base::Bytes out(plain_.begin() + static_cast<std::ptrdiff_t>(used_),
                        plain_.begin() + static_cast<std::ptrdiff_t>(used_ + size));
        used_ += size;
        return out;
    }
    template <class Int>
    base::Result<Int> number() {
        const auto bytes = take(sizeof(Int));
        if (!bytes) return std::unexpected(bytes.error());
        return base::read_big_endian<Int>(base::ByteView(*bytes).first<sizeof(Int)>());
    }
    // Nothing may follow.
    base::Result<void> end() {
        if (!last_ || used_ != plain_.size()) return damaged();
        const auto more = source_(1);
        if (!more) return std::unexpected(more.error());
        if (!more->empty()) return damaged();
        return {};
    }

private:
    base::Result<void> open_next() {
        const auto size = source_(4);
        if (!size) return std::unexpected(size.error());
        if (size->size() != 4) return damaged();
        const auto bytes = base::read_big_endian<std::uint32_t>(base::ByteView(*size).first<4>());
        if (bytes < crypto::aead_tag_size || bytes > chunk_bytes + crypto::aead_tag_size)
            return damaged();
        const auto sealed = source_(bytes);
        if (!sealed) return std::unexpected(sealed.error());
        if (sealed->size() != bytes) return damaged();
        auto plain = crypto::aead_open(key_, nonce_of(number_, false), head_, *sealed);
        if (!plain) {
            plain = crypto::aead_open(key_, nonce_of(number_, true), head_, *sealed);
            last_ = plain.has_value();
        }
        if (!plain && number_ == 0)
            return base::fail(ErrorCode::denied,
                              "the passphrase is wrong, or the backup is damaged");
        if (!plain) return damaged();
        ++number_;
        plain_.erase(plain_.begin(),
                     plain_.begin() + static_cast<std::ptrdiff_t>(std::exchange(used_, 0)));
        base::append(plain_, *plain);
        return {};
    }

    base::Secret key_;
    base::Bytes head_;
    const BackupSource& source_;
    base::Bytes plain_;
    std::size_t used_ = 0;
    std::uint64_t number_ = 0;
    bool last_ = false;
};

// A backup that cannot be read back must not be written.
std::unexpected<base::Error> too_large(std::string_view what, std::size_t bytes, std::size_t most) {
    return base::fail(ErrorCode::exhausted, std::string(what) + " of " + std::to_string(bytes) +
                                                " bytes is larger than a backup takes (" +
                                                std::to_string(most) + ")");
}

base::Result<void> write_rows(const OwnStore& store, Sealer& sealer, std::uint64_t& count) {
    base::Result<void> out;
    for (const Table table : person_tables) {
        store.scan(table, {}, [&](base::ByteView key, base::ByteView value) {
            if (value.size() > value_bytes_max || key.empty() || key.size() > key_bytes_max) {
                out = too_large("a record", key.size() + value.size(), value_bytes_max);
                return false;
            }
            base::Bytes row{static_cast<std::uint8_t>(table)};
            base::append(row, base::big_endian(static_cast<std::uint16_t>(key.size())));
            base::append(row, base::big_endian(static_cast<std::uint32_t>(value.size())));
            base::append(row, key);
            base::append(row, value);
            out = sealer.add(row);
            ++count;
            return out.has_value();
        });
        if (!out) break;
    }
    return out;
}

base::Result<BackupRow> read_row(std::uint8_t table, Opener& opener) {
    if (std::ranges::find(person_tables, static_cast<Table>(table)) == person_tables.end())
        return damaged();
    const auto key_size = opener.number<std::uint16_t>();
    const auto value_size = opener.number<std::uint32_t>();
    if (!key_size || !value_size || *key_size == 0 || *key_size > key_bytes_max ||
        *value_size > value_bytes_max)
        return damaged();
    auto key = opener.take(*key_size);
    auto value = opener.take(*value_size);
    if (!key || !value) return damaged();
    return BackupRow{static_cast<Table>(table), *std::move(key), *std::move(value)};
}

// A row of meta may be in the clear (recovery.cpp).
bool opens(const Vault& vault, const BackupRow& row) {
    if (row.table == Table::meta) return true;
    const base::Bytes place = place_of(row.table, row.key);
    return (is_erasable(row.table) ? vault.open_erasable(place, row.value)
                                   : vault.open_record(place, row.value))
        .has_value();
}

base::Result<Backup> read_stream(Opener& opener) {
    const auto made = opener.number<std::uint64_t>();
    if (!made) return std::unexpected(made.error());
    const auto size = opener.number<std::uint32_t>();
    if (!size) return std::unexpected(size.error());
    if (*size > base::limits::vault_file_bytes_max) return damaged();
    const auto content = opener.take(*size);
    if (!content) return std::unexpected(content.error());
    auto vault = Vault::from_content(*content);
    if (!vault) return damaged();
    Backup out{time_of(*made), *std::move(vault), {}};
    while (true) {
        const auto table = opener.number<std::uint8_t>();
        if (!table) return std::unexpected(table.error());
        if (*table == end_mark) break;
        auto row = read_row(*table, opener);
        if (!row) return std::unexpected(row.error());
        if (!opens(out.vault, *row)) return damaged();
        out.rows.push_back(*std::move(row));
    }
    const auto count = opener.number<std::uint64_t>();
    if (!count || *count != out.rows.size()) return damaged();
    if (const auto ended = opener.end(); !ended) return std::unexpected(ended.error());
    return out;
}

}  // namespace

base::Result<std::uint64_t> write_backup(base::ByteView passphrase, const crypto::ScryptCost& cost,
                                         base::Rng& rng, base::WallTime now,
                                         base::ByteView vault_content, const OwnStore& store,
                                         const BackupSink& sink) {
    if (vault_content.size() > base::limits::vault_file_bytes_max)
        return too_large("a vault", vault_content.size(), base::limits::vault_file_bytes_max);
    base::Bytes salt(salt_size);
    rng.fill(salt);
    base::Bytes head = base::to_bytes(magic);
    base::append(head, base::big_endian(version));
    base::append(head, base::big_endian(cost.n));
    base::append(head, base::big_endian(cost.r));
    base::append(head, base::big_endian(cost.p));
    base::append(head, salt);
    ENSURE(head.size() == head_size, "a backup's head of another size");
    const auto key = crypto::scrypt(passphrase, salt, cost);
    if (!key) return std::unexpected(key.error());
    Sealer sealer(*key, std::move(head), sink);
    base::Bytes first = base::to_bytes(base::ByteView(base::big_endian(seconds_of(now))));
    base::append(first, base::big_endian(static_cast<std::uint32_t>(vault_content.size())));
    base::append(first, vault_content);
    std::uint64_t count = 0;
    if (auto put = sealer.begin(); !put) return std::unexpected(put.error());
    if (auto put = sealer.add(first); !put) return std::unexpected(put.error());
    if (auto put = write_rows(store, sealer, count); !put) return std::unexpected(put.error());
    base::Bytes last{end_mark};
    base::append(last, base::big_endian(count));
    if (auto put = sealer.add(last); !put) return std::unexpected(put.error());
    if (auto put = sealer.end(); !put) return std::unexpected(put.error());
    return count;
}

base::Result<Backup> read_backup(base::ByteView passphrase, const BackupSource& source) {
    const auto head = source(head_size);
    if (!head) return std::unexpected(head.error());
    const base::ByteView bytes(*head);
    if (bytes.size() != head_size || !base::equal(bytes.first(magic.size()), base::as_bytes(magic)))
        return base::fail(ErrorCode::corrupt, "this is not a backup of Hearsay");
    if (const auto found = base::read_big_endian<std::uint32_t>(bytes.subspan<8, 4>());
        found != version)
        return base::fail(ErrorCode::corrupt, "the backup has version " + std::to_string(found) +
                                                  "; this program reads version " +
                                                  std::to_string(version) +
                                                  (found < version ? earlier : ""));
    const crypto::ScryptCost cost{base::read_big_endian<std::uint64_t>(bytes.subspan<12, 8>()),
                                  base::read_big_endian<std::uint32_t>(bytes.subspan<20, 4>()),
                                  base::read_big_endian<std::uint32_t>(bytes.subspan<24, 4>())};
    const auto key = crypto::scrypt(passphrase, bytes.subspan(28, salt_size), cost);
    if (!key && key.error().code == ErrorCode::exhausted) return std::unexpected(key.error());
    if (!key) return damaged();
    Opener opener(*key, *head, source);
    return read_stream(opener);
}

}  // namespace hearsay::market
