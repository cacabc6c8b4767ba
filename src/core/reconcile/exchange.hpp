// core/reconcile/exchange.hpp - two peers that share little list what they hold, page by page.
// docs/protocol.md, "Paging". When that is the way to go is decided in reconcile.hpp.
//
// Each side lists the ids that it holds, newest first, in numbered pages; the
// other answers each page with the ids that it wants, gets those items, and then the next page
// comes. Both directions run at the same time and independently.
//   - One page is under way at a time and a page's items are sent in pieces (serving.hpp).
//   - The last page is empty: it comes when everything wanted of the others has been sent.
//   - A page starts below the lowest position of the one before, so items that arrive meanwhile
//     (and are flooded anyway) are not listed twice, and forgotten ones leave no gap.
//   - A Want must answer the page under way with ids of that page, each once; otherwise
//     frame_unexpected. A Have must number its pages from 1 without gaps and come only after our
//     Want; it is empty exactly if it is the last, and there are at most exchange_pages_max.
//   - From several peers at once: what one was asked for is not asked of another, so that each
//     serves other pages. If that one does not deliver in time, one of the others is asked by
//     Request (listed.hpp): their own pages went by. has_skipped() says that something was left to
//     others, and another round has to look.
//   - Who lists much more than it delivers (listed_vain_max) is silent: its link ends.
//   - Where the user bounds the download (relay/traffic.hpp), a Want names what may be asked for
//     now. The rest of the page waits and is asked for by Request: a page of each link, so that
//     who lists what does not exist takes no other's place, and later_ids_max in all. A page that
//     finds no room there is *held*: its Want comes when there is some, or after held_page_wait,
//     because its sender waits for it.
//   - is_over(): both last pages came and were answered.
#pragma once

#include <deque>
#include <map>
#include <set>

#include "core/effects.hpp"
#include "core/messages.hpp"
#include "core/reconcile/listed.hpp"
#include "core/reconcile/serving.hpp"
#include "core/relay/ingest.hpp"

namespace hearsay::core {

class Exchange {
public:
    void begin(base::LinkId link, base::MonoTime now, const StoreView& view, Effects& out);
    void end(base::LinkId link, base::MonoTime now);
    void on_link_gone(base::LinkId link, base::MonoTime now);

    // `ingest` knows what is on its way into the store.
    std::optional<base::Fault> on_have(base::LinkId link, const Have& have, const Ingest& ingest,
                                       Traffic& traffic, base::Now now, const StoreView& view,
                                       Effects& out);
    // `asked_not`: ids of the answered page that the peer did not want, so it has them.
    std::optional<base::Fault> on_want(base::LinkId link, const Want& want, base::Now now,
                                       const StoreView& view, std::vector<base::ItemId>& asked_not,
                                       base::TokenBucket& budget, Traffic& traffic, Effects& out);
    // What was sent is read, or the budget has room again.
    void on_drained(base::LinkId link, base::Now now, const StoreView& view,
                    base::TokenBucket& budget, Traffic& traffic, Effects& out);
    // A budget holds up what this link is to be sent.
    bool waits(base::LinkId link) const;
    // A copy came, over any link: it need not be asked for later. If it turns out bad, another
    // round finds that it is lacking. Looks through the pages that are held, which there are only
    // where the download is bounded.
    void on_here(const base::ItemId& id);
    // Asks others for what did not come, and for what waited.
    void on_timer(Traffic& traffic, base::Now now, const StoreView& view, Effects& out);
    base::MonoTime next_deadline(const Traffic& traffic) const;
    // Items that rounds without lists asked for and that have not come.
    void note_owed(std::size_t items) { owed_to_us_ = items; }
    // Bytes that rounds may ask for now.
    std::uint64_t room(Traffic& traffic, base::MonoTime now) const {
        return traffic.room_to_ask(Use::rounds, asked_bytes(), now);
    }
    // A page of this link waits for its Want.
    bool holds(base::LinkId link) const;
    // No page more can wait: no reason to begin a round.
    bool is_full() const;
    std::size_t later() const { return later_.size(); }
    // It waits for the download: among what is to be asked for later, or on a page that is held.
    bool is_waiting(const base::ItemId& id) const;
    std::size_t owed(base::LinkId link) const;  // items that this link wanted and was not sent yet
    Listed& listed() { return listed_; }
    const Listed& listed() const { return listed_; }

    bool is_over(base::LinkId link) const;
    bool has_skipped(base::LinkId link) const;
    void sanity_check() const;  // of what is kept twice, the lists' too

private:
    struct State {
        // Our side: what we list and serve.
        std::uint32_t page = 0;              // under way, 0 before the first
        std::vector<base::ItemId> page_ids;  // of that page, in our order
        Position below = UINT64_MAX;         // the next page starts below
        bool last_sent = false;
        bool answered = true;  // the page under way
        Serving serving;       // what was wanted
        // Their side: what we asked of them.
        std::uint32_t their_page = 0;
        bool their_last = false;
        std::vector<base::ItemId> asked;  // of their page under way
        std::vector<base::ItemId> held;   // likewise: what we lack of it, until its Want is sent
        std::optional<base::MonoTime> held_since;
        bool skipped = false;
    };

    void next_page(base::LinkId link, State& state, const StoreView& view, Effects& out);
    void send_piece(base::LinkId link, State& state, base::Now now, const StoreView& view,
                    base::TokenBucket& budget, Traffic& traffic, Effects& out);
    void want(base::LinkId link, State& state, const std::vector<base::ItemId>& ids,
              Traffic& traffic, base::Now now, Effects& out);
    std::size_t places_for(base::LinkId link) const;
    bool fits(base::LinkId link, std::size_t ids, Traffic& traffic, base::MonoTime now) const;
    void want_held(Traffic& traffic, base::Now now, const StoreView& view, Effects& out);
    using Asked = std::map<base::LinkId, std::vector<base::ItemId>>;
    void take_later(Traffic& traffic, base::MonoTime now, const StoreView& view, Asked& out);
    std::uint64_t asked_bytes() const;

    std::map<base::LinkId, State> links_;
    Listed listed_;
    // Listed by this link, and to be asked for, each id once; those that are not known any more are
    // passed over.
    std::deque<std::pair<base::ItemId, base::LinkId>> later_;
    std::set<base::ItemId> known_later_;
    std::size_t owed_to_us_ = 0;
};

}  // namespace hearsay::core
