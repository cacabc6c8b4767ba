// sim/meters/newcomers_price.hpp - what it costs honest makers to get something new into a network,
// and how long it takes: of what their markets began to search work for after the attack began (or
// the faults, if there is none) and before the calm.
//
// An item's time runs from the first search for its work to the last connected node's store. Its
// work is the expected number of hashes of all searches that were begun for it: where the price
// rises meanwhile, or the item had to make room, there are several. Stamps, which readers ask for,
// are not among it.
#pragma once

#include <unordered_map>

#include "sim/checks/holdings.hpp"

namespace hearsay::sim {

class NewcomersPrice final : public Observer {
public:
    // Told before `holdings`: what is not marked there yet is new.
    NewcomersPrice(const RunView& view, const Holdings& holdings)
        : view_(view), holdings_(holdings) {}

    void on_wishes(std::uint32_t at, const market::Effects& wishes) override;
    void on_kept(std::uint32_t at, const core::Effects& kept) override;
    void finish(Outcome& out) override;

private:
    struct New {
        base::ItemId id;
        base::MonoTime begun;
        base::MonoTime everywhere;  // zero: not yet
        std::uint64_t trials = 0;
        std::uint32_t searches = 0;
        std::uint32_t nodes = 0;  // that stored it
    };
    void add(Outcome& out, const std::string& name, item::Kind kind) const;
    std::uint32_t nodes_wanted() const;

    const RunView& view_;
    const Holdings& holdings_;
    std::vector<New> all_;
    std::unordered_map<base::ItemId, std::size_t, FirstBytes> places_;  // never walked
};

}  // namespace hearsay::sim
