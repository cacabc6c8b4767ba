// core/relay/fair_share.hpp - how many ids whose items nobody has seen yet a node passes on, and on whose word.
//
// An id floods ahead of its item. Its maker paid for it as for an item, but nobody knows yet whether the item
// ever comes; ids without items fill everybody's tables. So each id that is passed on ahead takes a place, until
// its item is here or ahead_memory is over. Rules:
//   1. There are ahead_max places. While one is free, whoever asks gets it.
//   2. When none is free, who asks gets the oldest place of the source that has the most, if that has more still
//      afterwards; or two that flood would take places from each other without end. (Longest queue drop: Wei,
//      Coyle and Hsiao, GLOBECOM 1991.) What is real frees its place within seconds,
//      so an honest source has few and always gets another; who floods has what is left, shared equally.
//   3. A source is a link that has brought an item that was new to us. All others are one source together,
//      those that are gone too: who comes again under new keys gets no new share.
// So what a neighbour hears from us of ids that never come is bounded by the places and their time, whoever
// floods us with how many; the same bound lets all of it pass at the neighbour, and what is real with it.
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
    using Timed = std::set<std::pair<base::MonoTime, base::ItemId>>;  // by when the place is free again
    struct Place {
        Source source;
        base::MonoTime until;
    };
    void expire(base::MonoTime now);
    void release(const base::ItemId& id);

    std::map<base::ItemId, Place> places_;
    std::map<Source, Timed> held_;
    Timed order_;
    std::set<base::LinkId> sources_;
};

}  // namespace hearsay::core
