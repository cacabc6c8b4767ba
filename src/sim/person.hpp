// sim/person.hpp - what a user has at a simulated node, apart from the stores: a vault's file, the
// program that opens it, and what the program's workers were asked.
//
// Real: market::Vault with its chain and its sealed file, and the market::Market that open() makes.
// The file is sealed with the cheapest scrypt that there is: Vault::protect() takes its cost from
// the caller, and the simulator has no secret to keep. Simulated: the disk, which is bytes in
// memory, and the workers, which the world plays: what they were asked waits here under a job
// number.
//
// close() ends the process: what workers do is lost, the file stays as it was saved last. open()
// starts it again.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "market/market.hpp"
#include "turn/ports.hpp"

namespace hearsay::sim {

class Person final : public turn::VaultFile {
public:
    // A new vault, and nothing else.
    Person(base::Rng rng, base::WallTime now);

    // Of the vault as it was saved last; started by a turn.
    market::Market open();
    void close();

    // On the user's paper.
    const std::string& words() const { return words_; }

    base::Result<void> save(const market::Vault& vault) override;
    // From now on nothing can be saved, until it is mended.
    void break_saves(bool broken) { broken_ = broken; }

    // What workers were asked; each is taken once, and nothing of it survives close().
    std::uint64_t wait(market::FindWork wish);
    std::uint64_t wait(market::TryOpen wish);
    std::uint64_t wait(market::ListPersonas wish);
    std::optional<market::FindWork> take_work(std::uint64_t job);
    std::optional<market::TryOpen> take_try(std::uint64_t job);
    std::optional<market::ListPersonas> take_list(std::uint64_t job);
    void cancel_work(const base::ItemId& id);

private:
    base::Rng rng_;
    std::string words_;
    base::Bytes file_;
    bool broken_ = false;
    std::map<std::uint64_t, market::FindWork> works_;
    std::map<std::uint64_t, market::TryOpen> tries_;
    std::map<std::uint64_t, market::ListPersonas> lists_;
    std::uint64_t next_job_ = 1;
};

}  // namespace hearsay::sim
