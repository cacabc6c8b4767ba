// unit/core/trace.hpp - effects as words: "store apple; stored apple; tell carol items apple".
#pragma once

#include <map>
#include <string>

#include "core/effects.hpp"

namespace hearsay::core {

// What links, peers and items are called in a test. Unnamed ones appear as numbers or "?".
struct Names {
    std::map<base::LinkId, std::string> links;
    std::map<base::PeerId, std::string> peers;
    std::map<base::ItemId, std::string> items;

    std::string of(base::LinkId link) const {
        const auto found = links.find(link);
        return found == links.end() ? "link" + std::to_string(static_cast<std::uint64_t>(link))
                                    : found->second;
    }
    std::string of(const base::PeerId& peer) const {
        const auto found = peers.find(peer);
        return found == peers.end() ? "?" : found->second;
    }
    std::string of(const base::ItemId& item) const {
        const auto found = items.find(item);
        return found == items.end() ? "?" : found->second;
    }
    std::string of(const item::Item& item) const {
        return of(item::id_of(item.header, item.signature));
    }
};

// Everything but notices that a peer's state changed, which accompany most steps.
class Trace {
public:
    explicit Trace(const Names& names) : names_(names) {}
    std::string operator()(const Effects& effects) const;

private:
    const Names& names_;
};

}  // namespace hearsay::core
