// market/watches/watches.hpp - searches that are kept, to tell of what is new.
//
//   1. A watch is a search by its parameters (docs/api.md, "Searching"), but for order and page. It
//      begins with what comes after it was made.
//   2. At a tick, if anything came, a *round* of all watches begins. It goes on in later turns, a
//      piece in each: first the ratings are brought up to date, ratings_a_turn_max at a time, if a
//      watch asks for them; then one watch is searched, and the next. A search that ends early,
//      because many items had to be read for it, goes on in the next piece. So neither many watches
//      nor a flood hold the node up, and no flood hides a match.
//      A round looks at what came until the ratings were read. Each watch is searched for what of
//      that is newer than what it has seen. Of watch_told_max new matches at most it tells, as
//      events; of more, the newest. A watch for a rating is searched once more, for what is older
//      and reaches the rating since then. However many ratings came, that is one look at all
//      ratings for all watches, and one search a watch.
//   3. Not told of: one's own, what the user's lists hide, what only a corrected word finds, and a
//      new version of what was told of (the last watch_remembered_max things are remembered).
//   4. What was told of is kept together with where the watch stands, so a crash tells of nothing
//      twice. Where the flood store begins anew, so does the watch.
// Nobody else learns of a watch.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "market/publications/publications.hpp"
#include "market/publications/sifter.hpp"
#include "market/search/search.hpp"
#include "market/watches/views.hpp"

namespace hearsay::market {

class Watches final : public Room {
public:
    Watches(Common& common, const Publications& publications, const Search& search,
            const Judge& judge)
        : Room(common), publications_(publications), search_(search), judge_(judge) {}

    bool load(const OwnStore& store);  // false if a record does not open

    // Errors are for the user; nothing was changed then. invalid: the name, or the search.
    base::Result<WatchView> add(const WatchView& watch, const Turn& turn);
    base::Result<WatchView> remove(std::string_view name, const Turn& turn);
    base::Result<WatchView> watch(std::string_view name) const;
    std::vector<WatchView> all() const;  // by name
    std::size_t size() const { return watches_.size(); }

    // Rule 2. At a tick; then once a turn while wants_more().
    void on_stored() { fresh_ = true; }
    void begin_round(const Turn& turn);
    bool wants_more() const { return !due_.empty(); }
    void go_on(const Turn& turn);

private:
    struct Watch {
        WatchView view{};
        std::uint64_t life = 0;
        core::Position position = 0;        // seen up to here
        std::vector<std::uint64_t> told{};  // beginnings of ids, the newest last
        // Of the round under way.
        std::string cursor{};  // from here on it is not looked at yet; empty: it is
        std::size_t told_now = 0;
    };
    void look(Watch& watch, const Turn& turn);
    std::vector<core::Position> new_matches(Watch& watch, const Turn& turn) const;
    bool tell(Watch& watch, const item::ReadPtr& read, const Turn& turn);
    void save(const Watch& watch, const Turn& turn);

    const Publications& publications_;
    const Search& search_;
    const Judge& judge_;
    std::map<std::string, Watch, std::less<>> watches_;
    bool fresh_ = true;  // something came since the last round began
    // Of the round under way.
    std::vector<std::string> due_;  // names, the next one last
    bool reads_ratings_ = false;    // they are not up to date yet
    core::Position up_to_ = 0;
    std::uint64_t life_ = 0;  // of the flood store
};

}  // namespace hearsay::market
