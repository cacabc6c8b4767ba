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
//   - is_over(): both last pages came and were answered.
#pragma once

#include <map>

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
                                       base::Now now, const StoreView& view, Effects& out);
    // `asked_not`: ids of the answered page that the peer did not want, so it has them.
    std::optional<base::Fault> on_want(base::LinkId link, const Want& want, base::Now now,
                                       const StoreView& view, std::vector<base::ItemId>& asked_not,
                                       base::TokenBucket& budget, Effects& out);
    // What was sent is read, or the budget has room again.
    void on_drained(base::LinkId link, base::Now now, const StoreView& view,
                    base::TokenBucket& budget, Effects& out);
    // The budget holds up what this link is to be sent.
    bool waits(base::LinkId link) const;
    // Asks others for what did not come.
    void on_timer(base::Now now, Effects& out);
    base::MonoTime next_deadline() const { return listed_.next_deadline(); }
    Listed& listed() { return listed_; }
    const Listed& listed() const { return listed_; }

    bool is_over(base::LinkId link) const;
    bool has_skipped(base::LinkId link) const;

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
        bool skipped = false;
    };

    void next_page(base::LinkId link, State& state, const StoreView& view, Effects& out);
    void send_piece(base::LinkId link, State& state, base::Now now, const StoreView& view,
                    base::TokenBucket& budget, Effects& out);

    std::map<base::LinkId, State> links_;
    Listed listed_;
};

}  // namespace hearsay::core
