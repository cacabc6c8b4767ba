// core/reconcile/reconcile.hpp - two peers find out what only one of them holds, and give it to each other.
// docs/protocol.md, "Comparing" and "Paging".
//
// A round, always begun by the side that dialled: on connect, then at random intervals:
//   0. One of ours at a time, so that what several peers have and we lack comes once. One that does not end
//      holds up the others for round_wait only; lists, which several peers share (exchange.hpp), not at all.
//   1. Compare: our summary (summary.hpp). Equal: Done. That is all, 60 bytes both ways.
//      One time in recheck_one_in the dialler goes on with More all the same.
//   2. The acceptor guesses the difference from both summaries. Symbols (sketch.hpp), about as many as it
//      takes; or, if one side holds nothing or they share less than half, page 1 of a list (exchange.hpp).
//   3. The dialler decodes, and asks for More if they were too few: now it knows how many, to a few
//      percent. Then Fetch names what it lacks, and it pushes what the other lacks without being asked.
//   4. Each says Done after all it owed. Acceptance of the items is ingest's business.
// Against a peer that lies:
//   - Symbols in a frame, in a round, rounds of More, and the time between rounds are bounded; a decoder's
//   work is
//     bounded by the symbols. Symbols that never decode lead to paging once a link, the
//     second time they are bad_sketch. So is what cannot be: symbol 0 does not hold as many as announced,
//     or the difference is none of ours or something we hold.
//   - Sets of short ids are dear (16 bytes an item): snapshots_max at once; the oldest makes room, its
//     round ends unsettled and comes again.
//   - What it names and never delivers costs us the rounds that we begin ourselves, and no match.
// is_matching(): the last round that ended found equal sets, or all that was missing was handed over. It says
// nothing false for long: rounds go on.
#pragma once

#include <map>
#include <memory>
#include <utility>

#include "base/flat_map.hpp"
#include "base/rng.hpp"
#include "core/reconcile/exchange.hpp"

namespace hearsay::core {

// Who the two sides of a link are: what both know after both Hellos.
struct LinkSides {
    bool dialled = false;  // by us
    std::uint64_t dialler_nonce = 0;
    std::uint64_t acceptor_nonce = 0;
};

class Reconcile {
public:
    explicit Reconcile(base::Rng rng) : rng_(std::move(rng)) {}

    void on_greeted(base::LinkId link, const LinkSides& sides, base::Now now, const StoreView& view,
                    Effects& out);
    void on_link_gone(base::LinkId link);

    using Answer = std::optional<base::Fault>;  // what the sender did wrong
    Answer on_compare(base::LinkId link, const Compare& compare, base::Now now, const StoreView& view,
                      Effects& out);
    Answer on_symbols(base::LinkId link, const Symbols& symbols, base::Now now, const StoreView& view,
                      Effects& out);
    Answer on_more(base::LinkId link, const More& more, base::Now now, const StoreView& view, Effects& out);
    Answer on_fetch(base::LinkId link, const Fetch& fetch, base::Now now, const StoreView& view,
                    Effects& out);
    Answer on_done(base::LinkId link, const Done& done, base::Now now, Effects& out);
    // `ingest` knows what is on its way into the store.
    Answer on_have(base::LinkId link, const Have& have, const Ingest& ingest, base::Now now,
                   const StoreView& view, Effects& out);
    // `asked_not`: ids of the answered page that the peer did not want, so it has them.
    Answer on_want(base::LinkId link, const Want& want, base::Now now, const StoreView& view,
                   std::vector<base::ItemId>& asked_not, Effects& out);
    void on_items(base::LinkId link, std::size_t count);
    void on_drained(base::LinkId link, base::Now now, const StoreView& view, Effects& out);

    void on_timer(base::Now now, const StoreView& view, Effects& out);
    base::MonoTime next_deadline() const;

    bool is_matching(base::LinkId link) const;
    // A round that found the peer to hold all that we held when it began; some of it because we handed it over.
    struct Match {
        base::LinkId link;
        base::MonoTime begun;
        std::vector<base::ItemId> handed_over;
    };
    // Since the last call. Of paging, on_want() tells instead.
    std::vector<Match> take_matches() { return std::exchange(matches_, {}); }

private:
    // A set as it was when the round began.
    struct Snapshot {
        crypto::SipKey key;
        std::vector<std::pair<ShortId, Position>> entries;  // newest first
        std::vector<Symbol> symbols;  // of the whole set, more than asked for yet: see first_symbols()
        // Symbols [0, count). A walk over the entries costs little more for twice as many symbols, so it
        // makes twice as many: the next batch is there already.
        std::span<const Symbol> first_symbols(std::size_t count);
    };
    enum class Phase { idle, comparing, finishing, paging };
    struct State {
        LinkSides sides;
        Phase phase = Phase::idle;
        std::uint64_t round = 0;
        base::MonoTime begun;
        base::MonoTime next;  // dialler: when the next round is due; acceptor: before it none is answered
        bool matching = false;
        bool fell_back = false;   // symbols did not decode once already
        bool told_equal = false;  // acceptor: More may follow Done
        std::unique_ptr<Snapshot> snapshot;
        std::uint32_t batches = 0;
        std::uint32_t symbols_sent = 0;   // acceptor
        std::uint32_t symbols_asked = 0;  // dialler: by the last More
        std::uint64_t their_items = 0;    // dialler: as announced
        std::vector<Symbol> difference;   // dialler: theirs less ours
        Serving serving;
        std::vector<base::ItemId> handed_over;  // by `serving`; at most symbols_max
        std::size_t owed = 0;                   // dialler: items that we asked for
        bool failed = false, ours_done = false, theirs_done = false;
    };

    State* find(base::LinkId link);
    bool may_begin(base::Now now) const;
    void begin_round(base::LinkId link, State& state, base::Now now, const StoreView& view, Effects& out);
    static void hand_over(State& state, const base::ItemId& id);
    void end_round(base::LinkId link, State& state, bool matching, base::Now now);
    void take_snapshot(base::LinkId link, State& state, const StoreView& view);
    void drop_snapshot(base::LinkId link, State& state);
    void send_symbols(base::LinkId link, State& state, std::uint64_t count, Effects& out);
    Answer look_further(base::LinkId link, State& state, const StoreView& view, Effects& out);
    Answer on_decoded(base::LinkId link, State& state, const Difference& found, base::Now now,
                      const StoreView& view, Effects& out);
    void ask_more(base::LinkId link, State& state, std::uint64_t count, Effects& out);
    void page(base::LinkId link, State& state, const StoreView& view, Effects& out);
    void go_on(base::LinkId link, State& state, base::Now now, const StoreView& view, Effects& out);
    void settle_pages(base::LinkId link, State& state, base::Now now);

    base::Rng rng_;
    Exchange pages_;
    base::FlatMap<base::LinkId, State> links_;
    std::vector<base::LinkId> snapshots_;  // which links have one, oldest first
    std::vector<Match> matches_;
};

}  // namespace hearsay::core
