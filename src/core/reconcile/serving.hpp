// core/reconcile/serving.hpp - items owed to one link, sent in pieces of about
// exchange_piece_bytes, each after the one before left our queue (LinkDrained): a slow reader is
// fed at its own pace and holds at most that much of our memory. Items that expired or went since
// they were asked for are passed over in silence. A link has a budget of bytes (bulk_rate), through
// all its rounds: what goes beyond it is sent once there is some again. So whoever asks for
// everything anew in each round is no better off than who is far behind. Likewise all links
// together, where the user bounds the upload (relay/traffic.hpp).
#pragma once

#include <deque>

#include "base/token_bucket.hpp"
#include "core/effects.hpp"
#include "core/relay/traffic.hpp"
#include "core/store_view.hpp"

namespace hearsay::core {

class Serving {
public:
    void add(const base::ItemId& id) { wanted_.push_back(id); }
    // Sends the next piece, as far as `budget` and `traffic` allow; false if nothing was left.
    // `hops`: what the frames say.
    bool send_piece(base::LinkId link, base::Now now, const StoreView& view, std::uint32_t hops,
                    base::TokenBucket& budget, Traffic& traffic, Effects& out);
    std::size_t size() const { return wanted_.size(); }
    bool under_way() const { return under_way_; }
    // A budget stopped it: nothing is on its way, so no LinkDrained will come.
    bool waits() const { return waits_; }

private:
    std::deque<base::ItemId> wanted_;
    bool under_way_ = false;
    bool waits_ = false;
};

}  // namespace hearsay::core
