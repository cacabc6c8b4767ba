// core/relay/tree.hpp - how the tree gets better: what a node learns from the copies and announcements that
// reach it. Plumtree (Leitao, Pereira and Rodrigues, "Epidemic Broadcast Trees", SRDS 2007) keeps whatever
// tree the first flood drew, which is short only for where that flood began. Ours are two additions; both
// are decided by the receiver alone, from arrivals that it saw itself, and no claim of a peer enters but the
// hops.
//
// Shortcuts: an announcement from a lazy link that comes before the copy tells by how much that link would
// have been faster. Averaged over the copies of one eager link (a lead), a lazy link that leads by
// lead_least takes its place - now and then, so that neighbours do not trade places at the same time.
//
// Early pushing: near where an item entered the network a copy over a lazy link is rarely a duplicate, and
// saves most: the tree's detour begins there. A node asks its lazy links for copies of fewer than level()
// hops, and measures what that costs it in duplicates. Below duplicates_few it asks for one hop more,
// above duplicates_many for one less, and after it had to step back it waits twice as long to try again.
// In a small network it ends at 0, in one of ten thousand nodes at 3.
#pragma once

#include <functional>
#include <map>
#include <optional>

#include "base/rng.hpp"
#include "core/relay/news.hpp"

namespace hearsay::core {

class Shortcuts {
public:
    struct Swap {
        base::LinkId slower;
        base::LinkId faster;
    };
    // `settled` is what News handed out. A swap is to be made by the caller.
    std::optional<Swap> learn(const Heard& settled, const std::function<bool(base::LinkId)>& is_lazy,
                              base::Rng& rng);
    void on_link_gone(base::LinkId link);

private:
    struct Lead {
        std::int64_t mean_ms = 0;
        std::int64_t count = 0;
    };
    std::map<std::pair<base::LinkId, base::LinkId>, Lead> leads_;  // (eager, lazy)
};

class Early {
public:
    std::uint32_t level() const { return level_; }  // hops
    // True if level() changed.
    bool on_delivered();
    bool on_duplicate();  // over a lazy link

private:
    bool settle();
    std::uint32_t level_ = 0;
    std::uint32_t delivered_ = 0;  // since the level changed, or the last look
    std::uint32_t duplicates_ = 0;
    std::uint32_t patience_ = 1;  // looks before trying one hop more
    std::uint32_t looks_ = 0;
};

}  // namespace hearsay::core
