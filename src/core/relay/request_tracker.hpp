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
//   6. announcers_max are remembered for an item. Beyond, a new one takes the place of one that
//      failed.
//   7. Where the user bounds the download (traffic.hpp), what is due is asked for as far as that
//      allows: more work first (item/standing.hpp), then what was heard of first. The rest is
//      *held back*, within the places of rule 5. What is the poorest of it and was held back for
//      download_wait will not come in time: take_overdue() says so and forgets it, with all that
//      stands as low.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "core/relay/traffic.hpp"
#include "item/standing.hpp"

namespace hearsay::core {

struct Heard {
    struct Announcer {
        base::LinkId link;
        bool asked = false;
        bool failed = false;  // asked, and its time passed
    };
    base::MonoTime first;               // news of any kind
    std::uint32_t size = 0;             // as it was first announced
    item::Standing standing{};          // likewise, or better since
    bool held_back = false;             // due, and beyond what may be asked for
    std::vector<Announcer> announcers;  // in order of arrival
    std::vector<base::LinkId> asking;   // who asked us before it came
    std::optional<base::LinkId> asked;  // who has to answer by `deadline`
    base::MonoTime asked_at;
    base::MonoTime deadline = base::never;
    base::MonoTime forget_at = base::never;
    std::optional<base::LinkId> from;       // who sent the copy that we took
    std::uint32_t hops = 0;                 // as its frame said
    bool passed_on = false;                 // its id, by us, to every link
    std::optional<std::uint64_t> better{};  // a nonce of twice the work, announced since
    std::vector<base::LinkId> twice;        // who pushed a copy though it had come

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
    Announced on_announced(const base::ItemId& id, base::LinkId link, base::MonoTime now,
                           std::uint32_t size = 0, const item::Standing& standing = {});
    // Another nonce of something that has not come: of twice the work, it is remembered for when
    // the item is here. False if it is no better.
    bool on_better(const base::ItemId& id, Heard& heard, std::uint64_t nonce, item::Level level);
    // A copy came and is taken. Null if there is no room to remember it.
    Heard* on_copy(const base::ItemId& id, base::LinkId link, std::uint32_t hops,
                   base::MonoTime now);
    void on_refused(const base::ItemId& id, base::MonoTime now);  // the copy was bad: ask on
    void forget(const base::ItemId& id);                          // it is not wanted any more
    void on_link_gone(base::LinkId link, base::MonoTime now);
    Heard* find(const base::ItemId& id);
    const Heard* find(const base::ItemId& id) const;
    bool in_debt(base::LinkId link) const;

    // What is to be asked now, in order of link; asking is noted. `traffic`: if there is a limit.
    std::map<base::LinkId, std::vector<base::ItemId>> take_due(base::MonoTime now,
                                                               Traffic* traffic = nullptr);
    base::MonoTime next_deadline() const;  // but of what is held back
    std::size_t held_back() const { return held_back_.size(); }
    std::uint64_t asked_bytes() const { return asked_bytes_; }  // and not come, as announced
    // What is held back and will not come in time; base::never: nothing ever.
    base::MonoTime overdue_at() const;
    std::optional<item::Standing> take_overdue(base::MonoTime now);
    void forget_old(base::MonoTime now);

    std::size_t size() const { return items_.size(); }
    // ids that have not come, first announced by it
    std::size_t waiting_on(base::LinkId link) const;
    void sanity_check() const;  // recomputes what is kept; ends the process if it is wrong

private:
    using Items = std::map<base::ItemId, Heard>;
    using Timed = std::set<std::pair<base::MonoTime, base::ItemId>>;
    struct Place {  // of what is held back
        item::Level level = 0;
        base::MonoTime first;
        base::ItemId id;
        bool operator<(const Place& other) const {
            if (level != other.level) return level > other.level;
            return std::tie(first, id) < std::tie(other.first, other.id);
        }
    };
    static Place place_of(const base::ItemId& id, const Heard& heard);
    void hold_back(const base::ItemId& id, Heard& heard);
    void let_go(const base::ItemId& id, Heard& heard);
    bool ask_next(const base::ItemId& id, Heard& heard, base::MonoTime deadline, base::MonoTime now,
                  std::map<base::LinkId, std::vector<base::ItemId>>& out);
    void count_asked(const Heard& heard, bool more);
    void set_asked(Heard& heard, std::optional<base::LinkId> link);
    std::set<Place>::const_iterator oldest_of_poorest() const;
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
    Timed due_;                  // by deadline
    std::set<Place> held_back_;  // none of it is in due_
    std::uint64_t asked_bytes_ = 0;
    Timed forgettable_;                      // by forget_at
    std::map<base::LinkId, Timed> waiting_;  // by the first announcer and age: what has not come
    std::map<base::LinkId, std::uint32_t> debts_;
    std::map<base::LinkId, base::Millis> usual_answers_;
};

}  // namespace hearsay::core
