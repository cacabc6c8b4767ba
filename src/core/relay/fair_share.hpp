// core/relay/fair_share.hpp - how many ids whose items nobody has seen yet a node passes on, and on
// whose word.
//
// An id floods ahead of its item. Its maker paid for it as for an item, but nobody knows yet
// whether the item ever comes; ids without items fill everybody's tables and links. So each id that
// is passed on ahead takes a place, until its item is here or ahead_memory is over. Rules:
//   1. There are ahead_max places. While one is free, any link that has *proved itself* gets it.
//   2. A link proves itself by bringing an item that was new to us. Until then it holds
//      ahead_unproven_link_max places at most, and all such links together, those among them that
//      left included, ahead_unproven_max. So a stranger's word reaches far only if its ids have
//      items, and who comes again and again under new keys gets no new share.
//   3. When none is free, a proven link that asks gets the oldest place of the holder that has the
//      most, if that has more still afterwards; or two that flood would take places from each other
//      without end. (Longest queue drop: Wei, Coyle and Hsiao, GLOBECOM 1991.) What is real frees
//      its place within seconds, so an honest link has few and always gets another; who floods has
//      what is left, shared equally. What links held that are gone is one holder.
// So of ids that never come a neighbour hears, whoever floods us with how many:
//   - ahead_max at once and ahead_max (1 + ln k) at most if k proven links flood, since each may
//     take its share of what the others have;
//   - then ahead_max each ahead_memory, and one more for each real item, whose place becomes free;
//   - of one link that has brought nothing ahead_unproven_link_max each ahead_memory.
// Whatever passes here passes at a neighbour with as many places, and what is real with it.
// Who gets no place is asked for the item all the same; its id goes on once the item is here.
// Complexity: logarithmic, but rule 3: linear in the links.
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
    void on_brought_news(base::LinkId link);  // it has proved itself
    void on_link_gone(base::LinkId link);

    std::size_t taken() const { return places_.size(); }
    void sanity_check() const;  // recomputes what is kept; ends the process if it is wrong

private:
    // by when the place is free again
    using Timed = std::set<std::pair<base::MonoTime, base::ItemId>>;
    struct Place {
        std::optional<base::LinkId> link;  // nothing: it is gone
        bool unproven = false;  // taken by a link that had not proved itself, nor has since
        base::MonoTime until;
    };
    struct Holder {
        bool proven = false;
        Timed places;
    };
    Timed& places_of(const Place& place);
    const Timed& most_held() const;
    void expire(base::MonoTime now);
    void release(const base::ItemId& id);

    std::map<base::ItemId, Place> places_;
    std::map<base::LinkId, Holder> holders_;
    Timed gone_;  // what links held that are gone
    Timed order_;
    std::size_t unproven_ = 0;  // places
};

}  // namespace hearsay::core
