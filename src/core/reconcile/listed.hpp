// core/reconcile/listed.hpp - items that we lack and peers list (exchange.hpp): who is asked for
// each, until when, and who is next.
//
//   1. An item is asked of one peer at a time, so that several that list the same serve different
//      parts of it. Who else lists it is remembered: its *spares*, listed_spare_max of one peer.
//   2. Who was asked has list_wait from the last sign of it - an item that came and was wanted of
//      lists - and list_wait_most in all. Then, or when its next page says that no more comes, or
//      when its link ends, a spare is asked (take_due()).
//   3. The next spare is one that owes nothing, if there is one; then the one with the least to do,
//      so that of many that stay silent all are found out at once. A peer *owes* from the first
//      time that it lets us down in silence until it delivers. What a peer that owes was asked for
//      is asked of the next that lists it at once.
//   4. A copy stops the asking; if it turns out bad, the next spare is asked; if it is stored, all
//      is forgotten. When no spare is left the item is forgotten too: a later round finds it.
//   5. What comes after its time came all the same: it is not counted as listed in vain, whoever
//      else brought it meanwhile. A page of a thousand items takes many minutes over a slow
//      circuit. Nor is a copy unasked for because another came first: it was asked for once, and
//      its first copy from there is an answer (on_sent()).
//   6. Bounds: nothing is remembered of an id that nobody is asked for, and a peer is asked for its
//      page under way and, as a spare, for listed_asked_max in all.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"

namespace hearsay::core {

class Listed {
public:
    // `link` lists an item that we lack. True: it is asked for it, from now on.
    bool on_listed(const base::ItemId& id, base::LinkId link, base::MonoTime now);
    // Of these, asked of `link` by its last page, what is not here will not come from it.
    void on_page_over(base::LinkId link, const std::vector<base::ItemId>& ids, base::MonoTime now);
    void on_copy(const base::ItemId& id, base::LinkId from, base::MonoTime now);
    // A copy came, whether anybody waits for it or not: late is not in vain. True if `from` was
    // asked for it and had not sent it yet. Before on_copy() and on_settled().
    bool on_sent(const base::ItemId& id, base::LinkId from, base::MonoTime now);
    void on_refused(const base::ItemId& id, base::MonoTime now);  // no copy that came was good
    void on_settled(const base::ItemId& id);                      // stored, or not wanted any more
    void on_link_gone(base::LinkId link, base::MonoTime now);

    // What is to be asked now, in order of link; asking is noted.
    std::map<base::LinkId, std::vector<base::ItemId>> take_due(base::MonoTime now);
    base::MonoTime next_deadline() const;

    bool is_asked(const base::ItemId& id, base::LinkId link) const;
    // Somebody is asked for it, or a copy is being verified: who lists it is not asked at once.
    bool knows(const base::ItemId& id) const { return items_.contains(id); }
    // What it listed in vain so far, less what it delivered.
    std::size_t vain(base::LinkId link) const;
    bool owes(base::LinkId link) const;
    std::size_t size() const { return items_.size(); }
    std::size_t asked() const { return asked_; }  // items, of all peers
    // Recomputes every figure that is kept, and ends the process if one is wrong.
    void sanity_check() const;

private:
    struct Item {
        std::optional<base::LinkId> asked;
        std::vector<base::LinkId> spares;
        bool here = false;  // a copy is being verified
        base::MonoTime asked_at;
        base::MonoTime deadline;
    };
    struct Peer {
        std::size_t asked = 0;   // items
        std::size_t spares = 0;  // items
        std::size_t vain = 0;
        // beginnings of ids that count in `vain`, listed_vain_max at most
        std::set<std::uint64_t> late;
        std::set<std::uint64_t> outrun;  // asked for, and another brought it first; as many at most
        bool owes = false;
        base::MonoTime sign;  // of life, in lists
    };
    using Items = std::map<base::ItemId, Item>;

    void set_deadline(const base::ItemId& id, Item& item, base::MonoTime at);
    void ask(const base::ItemId& id, Item& item, base::LinkId link, base::MonoTime now);
    void release(Item& item);
    void note_vain(const base::ItemId& id, Peer& peer);
    void note_outrun(const base::ItemId& id, const Item& item);
    void add_spare(Item& item, base::LinkId link);
    std::optional<base::LinkId> take_spare(Item& item);
    void erase(Items::iterator at);
    Peer* find(base::LinkId link);

    Items items_;
    std::map<base::LinkId, Peer> peers_;
    std::set<std::pair<base::MonoTime, base::ItemId>> due_;  // every item, once
    std::size_t asked_ = 0;
};

}  // namespace hearsay::core
