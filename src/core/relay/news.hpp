// core/relay/news.hpp - what was heard of each item lately: who announced it, who sent it, whom we asked for
// it, and who asked us before we had it. Asking survives silent and lying announcers, because every
// announcer is remembered and asked in turn.
//
//   1. An id that is announced and unknown is asked of its first announcer at once. If nothing came within
//      several times what answers usually take, the next one is asked; those that keep their word before
//      the others. When all were asked in vain, reconciliation has to bring it; who announces it later
//      is asked still.
//   2. An announcer that was asked and did not answer in time owes it, until it delivers something that
//      it was asked for. Who owes debts_max is in debt: its word alone moves nobody.
//   3. A copy that arrives ends the asking; one that turns out bad begins it again.
//   4. What came is forgotten after news_memory, what never came after vain_memory: an id that floods and
//      never comes must not flood twice.
//   5. Bounds: news_max items, of which announced_per_link_max wait on the word of one announcer;
//      announcers_max remembered for one. More announcements are let go by.
#pragma once

#include <deque>
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
    };
    base::MonoTime first;               // news of any kind
    std::vector<Announcer> announcers;  // in order of arrival
    std::vector<base::LinkId> asking;   // who asked us before it came
    std::optional<base::LinkId> asked;  // who has to answer by `deadline`
    base::MonoTime asked_at;
    base::MonoTime deadline = base::never;
    std::optional<base::LinkId> from;  // who sent the copy that we took
    std::uint32_t hops = 0;            // as its frame said
    bool passed_on = false;            // its id, by us, to every link

    bool is_announcer(base::LinkId link) const;
    bool was_asked(base::LinkId link) const;
};

class News {
public:
    struct Announced {
        Heard* heard = nullptr;  // null: there is no room
        bool is_new = false;     // nothing was heard of it before
        bool again = false;      // this link had announced it
    };
    // Something that we do not hold. It is due at once if it is new.
    Announced on_announced(const base::ItemId& id, base::LinkId link, base::MonoTime now);
    // A copy came and is taken. Null if there is no room to remember it.
    Heard* on_copy(const base::ItemId& id, base::LinkId link, std::uint32_t hops, base::MonoTime now);
    void on_refused(const base::ItemId& id, base::MonoTime now);  // the copy was bad: ask on
    void forget(const base::ItemId& id);                          // it is not wanted any more
    void on_link_gone(base::LinkId link, base::MonoTime now);
    Heard* find(const base::ItemId& id);
    bool in_debt(base::LinkId link) const;

    // What is to be asked now, in order of link; asking is noted.
    std::map<base::LinkId, std::vector<base::ItemId>> take_due(base::MonoTime now);
    base::MonoTime next_deadline() const;
    void forget_old(base::MonoTime now);

    std::size_t size() const { return items_.size(); }

private:
    void set_deadline(const base::ItemId& id, Heard& heard, base::MonoTime at);
    Heard* make(const base::ItemId& id, base::MonoTime now);
    void erase(std::map<base::ItemId, Heard>::iterator at);
    void charge(const Heard& heard, bool more);
    static std::optional<std::size_t> next_announcer(const Heard& heard, const News& news);

    std::map<base::ItemId, Heard> items_;
    std::set<std::pair<base::MonoTime, base::ItemId>> due_;
    std::deque<std::pair<base::MonoTime, base::ItemId>> order_;  // when to look whether to forget
    std::map<base::LinkId, std::size_t> waiting_;                // ids that wait on a link's word first
    std::map<base::LinkId, std::uint32_t> debts_;
    base::Millis usual_answer_{600};
};

}  // namespace hearsay::core
