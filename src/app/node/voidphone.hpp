// app/node/voidphone.hpp - between the VoidPhone interface and the network: announcements become
// items of data of applications (kind 9), and such items become notifications.
//
// Rules:
//   1. Each announcement has a persona of its own. Its key is forgotten with the signature, because
//      nobody will change or remove the item. So nothing links two announcements, nor any with what
//      its user publishes.
//   2. An item lives voidphone_lifetime. It shows what work it takes to be kept, finds its way as
//      every item of ours does (core/relay/injection.hpp), and is kept nowhere but there: a node
//      that ends forgets what is not out yet. Nobody was told that it is.
//   3. At most voidphone_under_way_max are on their way at once; more are dropped, and the log says
//      so.
//   4. An item of ours that comes back is told to nobody: who had to hear of it has.
#pragma once

#include <deque>
#include <memory>
#include <set>

#include "app/node/shell.hpp"
#include "voidphone/server.hpp"

namespace hearsay::app {

class VoidPhone {
public:
    // conflict: somebody has the port; io. All that is given outlives it.
    static base::Result<std::unique_ptr<VoidPhone>> open(const voidphone::Config& config,
                                                         item::Network network, net::Loop& loop,
                                                         Shell& shell, base::Log& log,
                                                         base::Rng rng);
    // A kind 9 item is in the store now.
    void on_stored(const item::Read& item);

private:
    VoidPhone(item::Network network, Shell& shell, base::Log& log, base::Rng rng)
        : network_(network), shell_(shell), log_(log), rng_(std::move(rng)) {}
    void spread(const voidphone::Spread& wish);
    void make(const voidphone::Spread& wish, base::WallTime now, const item::Floors& price);
    void note_own(const base::ItemId& id);

    const item::Network network_;
    Shell& shell_;
    base::Log& log_;
    base::Rng rng_;
    std::set<base::ItemId> own_;  // at most voidphone_own_ids_max
    std::deque<base::ItemId> own_in_order_;
    std::map<base::ItemId, base::WallTime> under_way_;  // and when they expire
    std::unique_ptr<voidphone::Server> server_;
};

}  // namespace hearsay::app
