// core/relay/fair_share.hpp - how many ids whose items nobody has seen yet a node passes on, and on whose word.
//
// An id floods ahead of its item. Its maker paid for it as for an item, but nobody knows yet whether the item
// ever comes; ids without items fill everybody's tables. So each id that is passed on ahead takes a place, until
// its item is here or ahead_memory is over. Rules:
//   1. There are ahead_max places: a neighbour hears at most so many vain ids of us in ahead_memory, whoever
//      floods us with how many.
//   2. A source gets another place while it holds fewer than ahead_share times those that are free. (Dynamic
//      thresholds: Choudhury and Hahne, IEEE/ACM Transactions on Networking 6(2), 1998.) However many fill their
//      share, some places stay free for those that hold few: with n greedy ones 1 / (1 + n ahead_share) of all.
//      What is real frees its place within seconds, so an honest source holds few.
//   3. A source is a link that has brought an item that was new to us. All others are one source together,
//      those that are gone too: who comes again under new keys gets no new share.
// Who gets no place is asked for the item all the same; its id goes on once the item is here.
#pragma once

#include <map>
#include <optional>
#include <set>

#include "base/ids.hpp"
#include "base/time.hpp"

namespace hearsay::core {

class FairShare {
public:
    // False if this link has to wait. An id that has a place needs no other.
    bool take(const base::ItemId& id, base::LinkId link, base::MonoTime now);
    void on_came(const base::ItemId& id);     // the item is here
    void on_brought_news(base::LinkId link);  // it is a source of its own from now on
    void on_link_gone(base::LinkId link);
    std::size_t taken() const { return places_.size(); }

private:
    using Source = std::optional<base::LinkId>;
    struct Place {
        Source source;
        base::MonoTime until;
    };
    void expire(base::MonoTime now);
    void release(std::map<base::ItemId, Place>::iterator at);

    std::map<base::ItemId, Place> places_;
    std::set<std::pair<base::MonoTime, base::ItemId>> order_;  // by `until`
    std::map<Source, std::size_t> held_;
    std::set<base::LinkId> sources_;
};

}  // namespace hearsay::core
