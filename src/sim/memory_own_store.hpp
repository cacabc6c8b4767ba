// sim/memory_own_store.hpp - one node's own store in memory: the person's rows, sealed and blinded
// as on a disk, and the core's peers and candidates.
//
// Changes happen at once and note how to undo them; commit() forgets the notes, roll_back() plays
// them backwards: what is left of a turn that was not kept.
#pragma once

#include <map>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "turn/ports.hpp"

namespace hearsay::sim {

class MemoryOwnStore final : public market::OwnStore, public turn::OwnTxn {
public:
    // market::OwnStore
    std::optional<base::Bytes> get(market::Table table, base::ByteView key) const override;
    void put(market::Table table, base::ByteView key, base::ByteView value) override;
    void erase(market::Table table, base::ByteView key) override;
    void scan(market::Table table, base::ByteView from,
              const std::function<bool(base::ByteView, base::ByteView)>& visit) const override;
    // turn::OwnTxn
    market::OwnStore& rows() override { return *this; }
    void apply(const core::Effect& effect) override;
    base::Result<void> commit() override;

    void roll_back();
    // From now on no commit succeeds, until it is mended.
    void break_commits(bool broken) { broken_ = broken; }

    std::size_t size() const { return rows_.size(); }
    const std::map<base::PeerId, core::KnownPeer>& peers() const { return peers_; }
    std::vector<core::Candidate> candidates() const;

private:
    using Key = std::pair<market::Table, base::Bytes>;
    using Rumour = std::pair<base::PeerId, base::PeerId>;  // who was named, and by whom
    using Undo = std::variant<std::pair<Key, std::optional<base::Bytes>>,
                              std::pair<base::PeerId, std::optional<core::KnownPeer>>,
                              std::pair<Rumour, std::optional<base::WallTime>>>;
    void set(const Key& key, std::optional<base::Bytes> value);
    void set(const base::PeerId& peer, std::optional<core::KnownPeer> known);
    void set(const Rumour& rumour, std::optional<base::WallTime> heard);

    std::map<Key, base::Bytes> rows_;
    std::map<base::PeerId, core::KnownPeer> peers_;
    std::map<Rumour, base::WallTime> candidates_;
    std::vector<Undo> undo_;
    bool broken_ = false;
};

}  // namespace hearsay::sim
