// app/node/turn_stores.hpp - the ports of a turn (turn/ports.hpp) over the vault's file and LMDB.
//
// One object a turn, and one turn at a time: it holds a write transaction of each store. What was
// not committed is rolled back when it ends.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "app/node/quarantine.hpp"
#include "base/rng.hpp"
#include "store/flood.hpp"
#include "store/own.hpp"
#include "turn/ports.hpp"

namespace hearsay::app {

class VaultOnDisk final : public turn::VaultFile {
public:
    VaultOnDisk(std::string path, base::Rng& rng) : path_(std::move(path)), rng_(rng) {}
    base::Result<void> save(const market::Vault& vault) override;

private:
    const std::string path_;
    base::Rng& rng_;
};

class OwnPort final : public turn::OwnTxn {
public:
    explicit OwnPort(std::unique_ptr<store::OwnTxn> txn) : txn_(std::move(txn)) {}
    market::OwnStore& rows() override { return *txn_; }
    void apply(const core::Effect& effect) override;
    base::Result<void> commit() override { return txn_->commit(); }

private:
    std::unique_ptr<store::OwnTxn> txn_;
};

class FloodPort final : public turn::FloodTxn {
public:
    explicit FloodPort(std::unique_ptr<store::FloodTxn> txn) : txn_(std::move(txn)) {}
    const core::StoreView& view() const override { return *txn_; }
    const market::Catalogue& catalogue() const override { return *txn_; }
    void apply(const core::Effect& effect) override;
    std::optional<base::Error> error() const override { return txn_->error(); }
    base::Result<void> commit() override { return txn_->commit(); }

private:
    std::unique_ptr<store::FloodTxn> txn_;
};

struct TurnStores {
    TurnStores(std::unique_ptr<store::OwnTxn> own_txn, std::unique_ptr<store::FloodTxn> flood_txn,
               Quarantine& quarantine)
        : own(std::move(own_txn)), flood(std::move(flood_txn)), shown(own.rows(), quarantine) {}

    OwnPort own;
    FloodPort flood;
    Quarantine::Guarded shown;  // what the market sees of `own`
};

}  // namespace hearsay::app
