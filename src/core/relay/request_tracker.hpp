// core/relay/request_tracker.hpp - what was heard of each item lately: who announced it, who sent
// it, whom we asked for it, and who asked us before we had it. Asking survives silent and lying
// announcers, because every announcer is remembered and asked in turn.
//
//   1. An id that is announced and unknown is asked of its first announcer at once. If nothing came
//      within several times what answers usually take, the next one is asked; who announces it
//      later is asked still. When all were asked in vain, reconciliation has to bring it. What
//      answers usually take is the median over links: a peer that answers at the last moment makes
//      nobody else's answer awaited longer.
//   2. An announcer that was asked, let its time pass, and saw another bring the item, withheld it.
//      Each such item adds to its debts, each that it delivers takes one away. Who owes debts_max
//      is in debt: it is asked after the others, and its word alone moves nobody. What nobody
//      brings is no debt: who passed a vain id on in good faith looks no worse than others.
//   3. A copy that arrives ends the asking; one that turns out bad begins it again.
//   4. What came is forgotten request_memory later, what never came after vain_memory; what never
//      came and nobody announces any more, at once.
//   5. What has not come counts against the first of its announcers. Of one link
//      announced_per_link_max are remembered, of all together tracked_requests_max. Beyond, a new
//      id takes the place of the oldest that has not come: of the same link, or, when all places
//      are taken, of the link with the most. So vain ids give way to new ones, and a link that
//      floods takes the places of its own.
//   6. announcers_max are remembered for an item. Beyond,
//      a new one takes the place of one that failed.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"

namespace hearsay::core {

struct Heard {
    struct Announcer {
        base::LinkId link;
        bool asked = false;
        bool failed = false;  // asked, and its time passed
    };
    base::MonoTime first;               // news of any kind
    std::vector<Announcer> announcers;  // in order of arrival
    std::vector<base::LinkId> asking;   // who asked us before it came
    std::optional<base::LinkId> asked;  // who has to answer by `deadline`
    base::MonoTime asked_at;
    base::MonoTime deadline = base::never;
    base::MonoTime forget_at = base::never;
    std::optional<base::LinkId> from;  // who sent the copy that we took
    std::uint32_t hops = 0;            // as its frame said
    bool passed_on = false;            // its id, by us, to every link
    std::vector<base::LinkId> twice;   // who pushed a copy though it had come

    bool is_announcer(base::LinkId link) const;
    bool was_asked(base::LinkId link) const;
};

class RequestTracker {
public:
    struct Announced {
        Heard* heard = nullptr;  // null: there is no room
        bool is_new = false;     // nothing was heard of it before
        bool again = false;      // this link had announced it
    };
    // Something that we do not hold. It is due at once if it is new.
    Announced on_announced(const base::ItemId& id, base::LinkId link, base::MonoTime now);
    // A copy came and is taken. Null if there is no room to remember it.
    Heard* on_copy(const base::ItemId& id, base::LinkId link, std::uint32_t hops,
                   base::MonoTime now);
    void on_refused(const base::ItemId& id, base::MonoTime now);  // the copy was bad: ask on
    void forget(const base::ItemId& id);                          // it is not wanted any more
    void on_link_gone(base::LinkId link, base::MonoTime now);
    Heard* find(const base::ItemId& id);
    const Heard* find(const base::ItemId& id) const;
    bool in_debt(base::LinkId link) const;

    // What is to be asked now, in order of link; asking is noted.
    std::map<base::LinkId, std::vector<base::ItemId>> take_due(base::MonoTime now);
    base::MonoTime next_deadline() const;
    void forget_old(base::MonoTime now);

    std::size_t size() const { return items_.size(); }
    // ids that have not come, first announced by it
    std::size_t waiting_on(base::LinkId link) const;
    void sanity_check() const;  // recomputes what is kept; ends the process if it is wrong

private:
    using Items = std::map<base::ItemId, Heard>;
    using Timed = std::set<std::pair<base::MonoTime, base::ItemId>>;
    static void move(Timed& timed, const base::ItemId& id, base::MonoTime& from, base::MonoTime to);
    void set_deadline(const base::ItemId& id, Heard& heard, base::MonoTime at);
    Heard* make(const base::ItemId& id, base::MonoTime now);
    void erase(Items::iterator at);
    void give_way(base::LinkId link);
    void trim(base::LinkId link);
    void charge(const base::ItemId& id, const Heard& heard, bool more);
    void settle_debts(const Heard& heard, base::LinkId bringer, base::MonoTime now);
    base::Millis wait_for_answer() const;
    std::optional<std::size_t> next_announcer(const Heard& heard) const;

    Items items_;
    Timed due_;                              // by deadline
    Timed forgettable_;                      // by forget_at
    std::map<base::LinkId, Timed> waiting_;  // by the first announcer and age: what has not come
    std::map<base::LinkId, std::uint32_t> debts_;
    std::map<base::LinkId, base::Millis> usual_answers_;
};

}  // namespace hearsay::core
