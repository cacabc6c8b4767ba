// market/identity/key_erasure.hpp - crypto-erasure: what was erased from the inbox, the outbox, the
// removals or the trades does not open again, whoever has the disk and the passphrase.
//
// LMDB leaves erased values in freed pages, for long. So rows of these tables are sealed with the
// key of the day on which they were first saved, and erasing one condemns the keys of its day:
//   1. ChangeRecords::erase() marks them in the vault; what is saved from then on gets a key of the
//      day's next generation
//   2. begin(), at a tick: a walk over the tables begins, for the keys that are condemned then
//   3. step(), one bounded chunk a turn: a row under one of those keys is sealed anew. The chunk's
//      number goes into the store with its rows
//   4. finish(), at a later tick: all chunks are durable, so nobody needs the keys;
//      they leave the vault
// A day whose rows were all erased loses its keys in the same way; one without rows never had any.
//
// Two files are saved in a turn, the vault first, so every point between matters:
//   - 1: the vault says condemned, the erasing was not kept: a row is sealed anew for nothing.
//   - 3: a new generation is in the vault before the commit that uses it (Vault::unsaved_keys).
//     Without the commit it is an unused key.
//   - 3, then a crash or a failed commit: each chunk looks first whether the store has the number
//     of the one before; if not, or after a start, the walk begins anew.
//     Rows that are sealed anew already cost a look.
//   - 4: the last chunk's number is read from the store in another turn than it was put in, so its
//     commit is durable, and with it those of all before. Keys that were dropped in a vault that
//     was not saved are dropped again.
// A row that is saved while the walk is on gets no condemned key, so the walk need not come back to
// it. What is erased meanwhile condemns newer keys: they are the next walk's.
#pragma once

#include <vector>

#include "base/rng.hpp"
#include "market/keys/vault.hpp"
#include "market/own_store.hpp"

namespace hearsay::market {

class KeyErasure {
public:
    // Of one turn: looked at, and sealed anew.
    // 2 MB took 20 ms of a processor and a commit (a day of 100,000 mails: 77 turns).
    static constexpr std::size_t rows_max = 4096;
    static constexpr std::size_t bytes_max = 2 * 1024 * 1024;

    // Walks if there is anything condemned and no walk is under way.
    void begin(const Vault& vault, base::Rng& rng);
    bool wants_more() const { return state_ == State::walking; }
    void step(Vault& vault, OwnStore& store, base::Rng& rng, base::WallTime now);
    // True if keys were dropped: the vault has to be saved.
    bool finish(Vault& vault, OwnStore& store, base::WallTime now);

private:
    enum class State { resting, walking, walked };
    bool is_next(const Vault& vault, const OwnStore& store) const;
    void begin_walk(base::Rng& rng);
    std::size_t walk_table(Vault& vault, OwnStore& store, base::Rng& rng, std::size_t rows,
                           std::size_t& bytes);

    State state_ = State::resting;
    std::vector<ErasureKeyId> condemned_;
    std::uint64_t walk_ = 0;
    std::uint32_t step_ = 0;  // that was put last
    std::size_t table_ = 0;
    base::Bytes from_;  // the first key that was not looked at
    base::WallTime walked_at_;
};

}  // namespace hearsay::market
