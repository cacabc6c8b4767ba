// core/reconcile/reconcile.hpp - two peers find out what only one of them holds, and give it to
// each other. docs/protocol.md, "Comparing" and "Paging".
//
// A round, always begun by the side that dialled: on connect, then at random intervals:
//   0. One of ours at a time, so that what several peers have and we lack comes once; those that
//      failed least come first. One that does not end holds up the others for round_wait only;
//      lists, which several peers share (exchange.hpp), not at all.
//      A round leaves out what is below our floors or the peer's (core/relay/floors.hpp), as the
//      dialler knows them; an acceptor whose floors have risen since says that the round is off.
//   1. Compare: our summary (summary.hpp). Equal: Done. That is all, 62 bytes both ways.
//      One time in recheck_one_in the dialler goes on with More all the same.
//   2. The acceptor guesses the difference from both summaries. Symbols (sketch.hpp), about as many
//      as it takes; or, if one side holds nothing or they share less than half, page 1 of a list
//      (exchange.hpp).
//   3. The dialler decodes, and asks for More if they were too few: now it knows how many, to a few
//      percent. Then Fetch names what it lacks, and it pushes what the other lacks without being
//      asked.
//   4. Each says Done after all it owed. Acceptance of the items is ingest's business.
// What rounds cost us:
//   - Short ids of a whole store cost a walk over it. As the acceptor we do that once for all who
//     compare with us (served_sets.hpp), as the dialler once in each round of ours, under the
//     acceptor's key (keyed_set.hpp). Both in pieces: a step of the node looks at set_steps_max ids
//     at most, what remains is done in the next, and the round waits for it. next_deadline() says
//     that there is work.
//   - own_sets_max of our own rounds hold a set; the oldest makes room, its round ends unsettled
//     and comes again.
// Against a peer that lies:
//   - Symbols in a frame, in a round, rounds of More, and the time between rounds are bounded; a
//     decoder's work is bounded by the symbols.
//   - Symbols that never decode lead to paging once a link, the second time they are bad_sketch. If
//     they seem to stand for few elements, or show some, that is no lie: somebody who knows the
//     acceptor's key may have ground ids that do not decode. Then what they show is dealt with, and
//     the round ends unsettled.
//   - So it does if they show what cannot be - a difference that is none of ours, or something that
//     we hold -, and void_rounds_max such rounds in a row are bad_sketch. So is a symbol 0 that
//     does not hold as many as announced.
//   - What it names and never delivers costs us the rounds that we begin ourselves, and no match.
//   - Who lets nothing be heard for round_silence_max in a round is silent: its link ends.
// Where the user bounds the traffic (relay/traffic.hpp):
//   - Links take turns in being handed over what they lack. While rounds_waiting_max of them wait
//     for the upload, who begins another round and is not equal is told that it is off.
//   - We fetch no more than the download has room for; the round ends unsettled then, and the next
//     one comes soon. What lists show waits as in exchange.hpp, and we begin no round while no more
//     can wait.
// What the user's lists hide may be laid aside (relay/laid_aside.hpp). While anything is:
//   - Symbols and counters are of what we hold and of what is laid aside, so that nobody hands that
//     over in each round. The digest is of what we hold alone: no peer finds it equal.
//   - Rounds of ours, and of others with us, end unsettled, unless the other holds just what we
//     hold: nobody takes us for one who holds what is laid aside. Who lacks some of it and fetches
//     it from us gets nothing, and has it from others.
// is_matching(): the last round that ended found equal sets, or all that was missing was handed
// over. It says nothing false for long: rounds go on.
#pragma once

#include <memory>
#include <set>
#include <utility>

#include "base/flat_map.hpp"
#include "base/rng.hpp"
#include "core/reconcile/exchange.hpp"
#include "core/reconcile/served_sets.hpp"
#include "core/relay/floors.hpp"
#include "core/relay/traffic.hpp"

namespace hearsay::core {

class Reconcile {
public:
    Reconcile(base::Rng rng, const FloorTable& floors, Traffic& traffic,
              const LaidAside* aside = nullptr)
        : rng_(std::move(rng)),
          known_floors_(floors),
          traffic_(traffic),
          aside_(aside),
          served_(rng_.fork()) {}

    // `dialled`: by us.
    void on_greeted(base::LinkId link, bool dialled, base::Now now, const StoreView& view,
                    Effects& out);
    void on_link_gone(base::LinkId link, base::Now now);

    using Answer = std::optional<base::Fault>;  // what the sender did wrong
    Answer on_compare(base::LinkId link, const Compare& compare, base::Now now,
                      const StoreView& view, Effects& out);
    Answer on_symbols(base::LinkId link, const Symbols& symbols, base::Now now,
                      const StoreView& view, Effects& out);
    Answer on_more(base::LinkId link, const More& more, base::Now now, const StoreView& view,
                   Effects& out);
    Answer on_fetch(base::LinkId link, const Fetch& fetch, base::Now now, const StoreView& view,
                    Effects& out);
    Answer on_done(base::LinkId link, const Done& done, base::Now now, Effects& out);
    // `ingest` knows what is on its way into the store.
    Answer on_have(base::LinkId link, const Have& have, const Ingest& ingest, base::Now now,
                   const StoreView& view, Effects& out);
    // `asked_not`: ids of the answered page that the peer did not want, so it has them.
    Answer on_want(base::LinkId link, const Want& want, base::Now now, const StoreView& view,
                   std::vector<base::ItemId>& asked_not, Effects& out);
    void on_drained(base::LinkId link, base::Now now, const StoreView& view, Effects& out);

    // A copy came, over any link; true if a round or a list asked that link for it, the first time.
    // Then, of one that was verified, whether it is stored or no copy was good.
    bool on_copy(base::LinkId link, const Admission& admission, base::Now now);
    void on_stored(const base::ItemId& id) { pages_.listed().on_settled(id); }
    void on_refused(const base::ItemId& id, base::Now now) {
        pages_.listed().on_refused(id, now.mono);
    }
    // An item is about to be forgotten; `view` still has it.
    void on_forgotten(const base::ItemId& id, const StoreView& view) {
        served_.on_forgotten(id, view);
    }

    // One was laid aside, or is no more.
    void on_aside(const LaidAside::Change& change) { served_.on_aside(change); }
    // What was laid aside is forgotten: no set may count it any more, for it may be stored now.
    void on_aside_cleared(base::Now now, Effects& out);
    // One is about to show more work, of this level.
    void on_improved(const base::ItemId& id, item::Level level, const StoreView& view) {
        served_.on_improved(id, level, view);
    }

    void on_timer(base::Now now, const StoreView& view, Effects& out);
    base::MonoTime next_deadline() const;

    bool is_matching(base::LinkId link) const;
    std::size_t owed() const;                             // items that wait to be sent
    std::size_t later() const { return pages_.later(); }  // ids that wait to be asked for
    // A round that found the peer to hold all that we held when it began; some of it because we
    // handed it over.
    struct Match {
        base::LinkId link;
        base::MonoTime begun;
        std::vector<base::ItemId> handed_over;
        item::Floors floors{};  // what is below was left out
    };
    // Since the last call. Of paging, on_want() tells instead.
    std::vector<Match> take_matches() { return std::exchange(matches_, {}); }
    // Recomputes what is kept twice, here and in the parts, and ends the process if it differs.
    void sanity_check() const;
    // What on_timer() found peers to have done wrong, since the last call.
    std::vector<std::pair<base::LinkId, base::Fault>> take_faults() {
        return std::exchange(faults_, {});
    }

private:
    enum class Phase { idle, comparing, finishing, paging };
    struct State {
        bool dialled = false;  // by us
        Phase phase = Phase::idle;
        item::Floors floors{};  // of this round
        base::MonoTime begun;
        base::MonoTime heard;  // the last sign of progress in this round
        // dialler: when the next round is due; acceptor: before it none is answered
        base::MonoTime next;
        bool matching = false;
        bool fell_back = false;         // symbols did not decode once already
        bool told_equal = false;        // acceptor: More may follow Done
        bool late = false;              // dialler: the round did not end in round_wait
        std::uint32_t failures = 0;     // dialler: rounds in a row that were late or unsettled
        std::uint32_t void_rounds = 0;  // dialler: in a row that showed what cannot be
        std::uint32_t batches = 0;
        // acceptor
        std::optional<ServedSets::Ticket> ticket;
        std::uint32_t symbols_sent = 0;
        std::uint32_t symbols_wanted = 0;  // to be sent once our set is ready
        std::uint64_t our_items = 0;       // as announced
        // dialler
        std::unique_ptr<KeyedSet> ours;
        bool comparing_ours = false;      // their symbols wait for our set
        std::uint32_t symbols_asked = 0;  // by the last More
        std::uint64_t their_items = 0;    // as announced
        std::vector<Symbol> difference;   // theirs,
        std::size_t compared = 0;         // so many of them less ours
        crypto::SipKey key;               // of the short ids in
        std::set<ShortId> owed;           // what we asked for and did not get yet
        // both
        base::TokenBucket handed;  // bytes of items, through all rounds
        Serving serving;
        std::vector<base::ItemId> handed_over;  // by `serving`; at most symbols_max
        bool failed = false, ours_done = false, theirs_done = false;
        bool cut_short = false;  // dialler: the download had no room for all that we lack
    };

    State* find(base::LinkId link);
    bool has_aside() const { return aside_ && aside_->size() > 0; }
    // What we hold and what is laid aside.
    SetSummary all_known(const item::Floors& floors, const StoreView& view) const;
    bool may_begin(base::Now now) const;
    void begin_due_round(base::Now now, const StoreView& view, Effects& out);
    void begin_round(base::LinkId link, State& state, base::Now now, const StoreView& view,
                     Effects& out);
    static void hand_over(State& state, const StoreView& view, Position position);
    void end_round(base::LinkId link, State& state, bool matching, base::Now now);
    void end_unsettled(base::LinkId link, State& state, base::Now now, Effects& out);
    void go_on(base::LinkId link, State& state, base::Now now, const StoreView& view, Effects& out);
    void page(base::LinkId link, State& state, base::Now now, const StoreView& view, Effects& out);
    void settle_pages(base::LinkId link, State& state, base::Now now);
    std::size_t& steps(base::Now now);
    bool has_work() const;
    void work(base::Now now, const StoreView& view, Effects& out);
    void look_for_silence(base::Now now);
    bool waits(base::LinkId link, const State& state) const;
    void serve_waiting(base::Now now, const StoreView& view, Effects& out);
    bool too_many_wait() const;
    void note_owed();
    void serve_on(base::LinkId link, State& state, base::Now now, const StoreView& view,
                  Effects& out);
    // answering.cpp
    void send_symbols(base::LinkId link, State& state, base::Now now, const StoreView& view,
                      Effects& out);
    // asking.cpp
    void take_set(base::LinkId link, State& state, base::Now now, Effects& out);
    void drop_set(base::LinkId link, State& state);
    Answer compare_ours(base::LinkId link, State& state, base::Now now, const StoreView& view,
                        Effects& out);
    Answer look_further(base::LinkId link, State& state, const Difference& found, base::Now now,
                        const StoreView& view, Effects& out);
    Answer on_decoded(base::LinkId link, State& state, const Difference& found, base::Now now,
                      const StoreView& view, Effects& out);
    Answer on_impossible(base::LinkId link, State& state, base::Now now, Effects& out);
    void ask_more(base::LinkId link, State& state, std::uint64_t count, Effects& out);

    base::Rng rng_;
    const FloorTable& known_floors_;
    Traffic& traffic_;
    const LaidAside* const aside_;
    base::LinkId turn_{};  // whose it was last, where links are served in turn
    ServedSets served_;
    Exchange pages_;
    base::FlatMap<base::LinkId, State> links_;
    std::vector<base::LinkId> own_sets_;  // which links of ours have one, oldest first
    std::vector<Match> matches_;
    std::vector<std::pair<base::LinkId, base::Fault>> faults_;
    // What may still be read or coded in the step of this moment.
    std::size_t steps_ = 0;
    base::MonoTime steps_at_{base::Millis(-1)};
};

// Symbols that decode so many differences, nearly always.
std::uint64_t symbols_for(std::uint64_t differences);

}  // namespace hearsay::core
