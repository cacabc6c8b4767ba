// core/relay/better_nonce.hpp - more work for an item that is held already. docs/protocol.md,
// "Better nonces".
//
// An item's id does not cover its nonce. So its maker, or anybody who wants it to stay, may search
// on and show more work for it (item/standing.hpp). Rules:
//   1. Nothing but id and nonce is needed: size and lifetime are the held item's, payload and
//      signature were verified with the nonce before it. So an announcement is enough, and one hash
//      decides. Nothing is asked for.
//   2. If the level is higher by better_levels at least, one doubling, the nonce takes the place of
//      the held one (Improve), and is announced on, once, to all links but the one it came from. So
//      an item is told anew 30 times in its life at most, and each time has cost twice as much as
//      all before.
//   3. What comparing brought (hops_bulk, or asked for) takes the place of the held one if its
//      level is higher at all, and is announced on as by 2. Otherwise two nodes with a floor
//      between both levels would find the difference again in each comparison.
//   4. What is no better is a copy as any other: in vain.
// The item keeps its place in the store, and an incumbent stays one.
#pragma once

#include <optional>
#include <set>

#include "core/effects.hpp"
#include "core/messages.hpp"
#include "core/store_view.hpp"

namespace hearsay::core {

// A doubling, in levels.
inline constexpr unsigned better_levels = 4;

// What became better in one step: the store shows it only in the next.
class BetterNonces {
public:
    BetterNonces(item::Network network, base::Now now, const StoreView& view, Effects& out)
        : network_(network), now_(now), view_(view), out_(out) {}

    struct Better {
        Announced item;
        bool to_be_told = false;
    };
    // `least`: so many levels more than the held item's. Nothing if it is not held, or no better.
    std::optional<Better> take(const base::ItemId& id, std::uint64_t nonce, unsigned least);
    // As announced, with a level by the announced figures: if that says no, the item is not read.
    std::optional<Better> take(const Announced& said, item::Level level);

private:
    const item::Network network_;
    const base::Now now_;
    const StoreView& view_;
    Effects& out_;
    std::set<base::ItemId> taken_;
};

Announced announced(const item::Read& item, std::uint64_t nonce);

}  // namespace hearsay::core
