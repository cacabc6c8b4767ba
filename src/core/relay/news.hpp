// core/relay/news.hpp - what was heard of each item lately: who announced it and when, who sent it, and
// whom we asked for it. Requests survive silent and lying announcers because every announcer is
// remembered and asked in turn.
//
//   1. An id that is announced and unknown is waited for: the tree brings it as a rule. What nobody brought by
//      then is asked of the first announcer; after answer_wait of the next, those that kept their word
//      before first. When all were asked in vain it is let go: reconciliation brings it.
//   2. An announcer that was asked and did not answer in time is in debt until it delivers. Who owes
//      debts_max is asked last.
//   3. A copy that arrives ends the asking; one that turns out bad begins it again.
//   4. After news_memory the outcome is handed out once (settle()), for the tree to learn from, and forgotten.
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
        base::MonoTime at;
        bool asked = false;
    };
    base::MonoTime first;               // news of any kind
    std::vector<Announcer> announcers;  // in order of arrival
    std::optional<base::LinkId> asked;  // who has to answer by `deadline`
    base::MonoTime deadline = base::never;
    std::optional<base::LinkId> from;  // who sent the copy that we took
    base::MonoTime came;               // when
    std::uint32_t hops = 0;            // as its frame said
    bool requested = false;            // it was an answer to us
};

class News {
public:
    // Without a tree to wait for, everything is asked for at once.
    explicit News(bool wait_for_tree) : wait_for_tree_(wait_for_tree) {}

    // False if this link announced it before, or there is no room.
    bool on_announced(const base::ItemId& id, base::LinkId link, bool wanted, base::MonoTime now);
    // A copy came and is taken. Null if there is no room to remember it.
    const Heard* on_copy(const base::ItemId& id, base::LinkId link, std::uint32_t hops, base::MonoTime now);
    void on_refused(const base::ItemId& id, base::MonoTime now);  // the copy was bad: ask on
    void forget(const base::ItemId& id);                          // nobody needs to be asked any more
    void on_link_gone(base::LinkId link, base::MonoTime now);

    const Heard* find(const base::ItemId& id) const;
    bool is_asked_of(const base::ItemId& id, base::LinkId link) const;

    // What is to be asked now, in order of link; asking is noted.
    std::map<base::LinkId, std::vector<base::ItemId>> take_due(base::MonoTime now);
    base::MonoTime next_deadline() const;
    // Outcomes old enough to learn from.
    std::vector<Heard> settle(base::MonoTime now);

    std::size_t size() const { return items_.size(); }

private:
    base::Millis patience() const;  // several times what the tree usually needs after an announcement
    void set_deadline(const base::ItemId& id, Heard& heard, base::MonoTime at);
    Heard* make(const base::ItemId& id, base::MonoTime now);
    void erase(std::map<base::ItemId, Heard>::iterator at);
    std::optional<base::LinkId> next_announcer(const Heard& heard) const;
    void release(const Heard& heard);

    std::map<base::ItemId, Heard> items_;
    std::set<std::pair<base::MonoTime, base::ItemId>> due_;
    std::deque<std::pair<base::MonoTime, base::ItemId>> order_;  // by first news; may name what is gone
    std::map<base::LinkId, std::size_t> waiting_;                // ids of which a link was the first word
    std::map<base::LinkId, std::uint32_t> debts_;
    const bool wait_for_tree_;
    base::Millis usual_lag_{500};
};

}  // namespace hearsay::core
