// store/own.hpp - the *own* environment: what a person must never lose.
// One table for each market::Table.
//
// commit() returns only when the disk has it (LMDB's default: data, then fdatasync, then the meta
// page, synced). Values are opaque; what is secret was sealed by the Vault before it came here.
//
// Rules of transactions, threads and errors are the flood's (store/flood.hpp), without the wipe:
// nothing here is ever thrown away by itself. open() reads all of the file before LMDB maps it
// (store/pages.hpp); a damaged one is `corrupt`, and left as it is.
#pragma once

#include <array>
#include <memory>

#include "base/limits/store.hpp"
#include "market/own_store.hpp"
#include "store/lmdb.hpp"

namespace hearsay::store {

inline constexpr std::size_t own_tables = 16;  // the tables of market::Table
using OwnTables = std::array<MDB_dbi, own_tables>;
extern const std::array<const char*, own_tables> own_table_names;

class Own;

// Whether a person's records lie there that an earlier version of hearsayd wrote and open()
// refuses. Changes nothing, and is false where it cannot be told: open() says why.
bool holds_earlier_records(const std::string& path);

class OwnView : public market::OwnStore {
public:
    OwnView(const OwnView&) = delete;
    OwnView& operator=(const OwnView&) = delete;
    std::optional<base::Bytes> get(market::Table table, base::ByteView key) const override;
    void scan(
        market::Table table, base::ByteView from,
        const std::function<bool(base::ByteView key, base::ByteView value)>& visit) const override;
    // The first failure; answers after it are empty.
    const std::optional<base::Error>& error() const { return txn_.error(); }

protected:
    OwnView(const OwnTables& tables, Txn txn) : tables_(tables), txn_(std::move(txn)) {}
    ~OwnView() override = default;
    MDB_dbi dbi(market::Table table) const { return tables_.at(static_cast<std::size_t>(table)); }

    const OwnTables& tables_;
    mutable Txn txn_;
};

// A snapshot. Writing to it is a bug.
class OwnReader final : public OwnView {
public:
    ~OwnReader() override = default;
    void put(market::Table table, base::ByteView key, base::ByteView value) override;
    void erase(market::Table table, base::ByteView key) override;

private:
    friend class Own;
    OwnReader(const OwnTables& tables, Txn txn, std::shared_ptr<const char> held)
        : OwnView(tables, std::move(txn)), held_(std::move(held)) {}
    std::shared_ptr<const char> held_;
};

class OwnTxn final : public OwnView {
public:
    ~OwnTxn() override;  // what was not committed never was
    // Keys are 1 to 511 bytes.
    void put(market::Table table, base::ByteView key, base::ByteView value) override;
    void erase(market::Table table, base::ByteView key) override;
    // Reports the first failure since begin; then nothing was kept.
    base::Result<void> commit();

private:
    friend class Own;
    OwnTxn(Own& own, Txn txn);
    Own& own_;
};

class Own {
public:
    static base::Result<std::unique_ptr<Own>> open(
        const std::string& path, std::uint64_t map_bytes = base::limits::own_map_bytes_max);
    Own(const Own&) = delete;
    Own& operator=(const Own&) = delete;
    ~Own();

    base::Result<std::unique_ptr<OwnTxn>> begin();
    base::Result<std::unique_ptr<OwnReader>> read() const;

private:
    friend class OwnTxn;
    explicit Own(std::string path, std::uint64_t map_bytes)
        : path_(std::move(path)), map_bytes_(map_bytes) {}
    base::Result<void> open_env();

    const std::string path_;
    const std::uint64_t map_bytes_;
    std::optional<Env> env_;
    std::shared_ptr<const char> held_ = std::make_shared<const char>('\0');  // by every reader, too
    OwnTables tables_{};
    bool writing_ = false;
};

}  // namespace hearsay::store
