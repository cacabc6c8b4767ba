#include "core/reconcile/reconcile.hpp"

#include <algorithm>

#include "base/ensure.hpp"
#include "base/limits/budgets.hpp"
#include "base/limits/relay.hpp"

namespace hearsay::core {
namespace {

namespace limits = base::limits;
using base::Fault;

// What is at this position still, if anything.
std::optional<base::ItemId> id_at(const StoreView& view, Position position) {
    const auto found = view.newest(position + 1, 1);
    if (found.empty() || found.front().position != position) return std::nullopt;
    return found.front().id;
}

}  // namespace

// 1.35 and what small differences need.
std::uint64_t symbols_for(std::uint64_t differences) {
    return differences * 7 / 5 + 16;
}

// ---- rounds -------------------------------------------------------------------------------------

void Reconcile::on_greeted(base::LinkId link, bool dialled, base::Now now, const StoreView& view,
                           Effects& out) {
    State& state = links_[link];
    state.dialled = dialled;
    state.next = now.mono;
    if (dialled && may_begin(now)) begin_round(link, state, now, view, out);
}

void Reconcile::on_link_gone(base::LinkId link, base::Now now) {
    pages_.on_link_gone(link, now.mono);
    std::erase(own_sets_, link);
    std::erase_if(matches_, [&](const Match& match) { return match.link == link; });
    links_.erase(link);
}

Reconcile::State* Reconcile::find(base::LinkId link) {
    const auto found = links_.find(link);
    return found == links_.end() ? nullptr : &found->second;
}

// What several peers have and we lack would come from each of them, if we compared with all at
// once.
bool Reconcile::may_begin(base::Now now) const {
    if (pages_.is_full()) return false;
    return std::none_of(links_.begin(), links_.end(), [&](const auto& entry) {
        const State& state = entry.second;
        const bool busy = state.phase == Phase::comparing || state.phase == Phase::finishing;
        return busy && state.dialled && now.mono < state.begun + limits::round_wait;
    });
}

void Reconcile::begin_due_round(base::Now now, const StoreView& view, Effects& out) {
    auto best = links_.end();
    for (auto at = links_.begin(); at != links_.end(); ++at) {
        State& state = at->second;
        const bool busy = state.phase == Phase::comparing || state.phase == Phase::finishing;
        if (state.dialled && busy && !state.late && state.begun + limits::round_wait <= now.mono) {
            state.late = true;
            ++state.failures;
        }
        const bool due = state.dialled && state.phase == Phase::idle && state.next <= now.mono;
        if (due && (best == links_.end() || state.failures < best->second.failures)) best = at;
    }
    if (best != links_.end() && may_begin(now))
        begin_round(best->first, best->second, now, view, out);
}

void Reconcile::begin_round(base::LinkId link, State& state, base::Now now, const StoreView& view,
                            Effects& out) {
    state.begun = state.heard = now.mono;
    state.phase = Phase::comparing;
    state.floors = item::higher(known_floors_.ours(), known_floors_.theirs(link));
    const SetSummary known = all_known(state.floors, view);
    const SetDigest held = view.shelves().summary(state.floors).digest();
    const Compare compare{held, known.counters(), known.count(), state.floors};
    out.push_back(Send{link, encode(compare)});
}

SetSummary Reconcile::all_known(const item::Floors& floors, const StoreView& view) const {
    SetSummary out = view.shelves().summary(floors);
    if (aside_) out.add(aside_->summary(floors));
    return out;
}

void Reconcile::on_aside_cleared(base::Now now, Effects& out) {
    served_.drop_all();
    for (const base::LinkId link : std::vector(own_sets_)) {
        State& state = links_.at(link);  // total: it has a set
        const bool our_turn = state.comparing_ours;
        drop_set(link, state);
        // Else symbols are on their way, and the round ends when they come.
        if (our_turn) end_unsettled(link, state, now, out);
    }
}

void Reconcile::end_round(base::LinkId link, State& state, bool matching, base::Now now) {
    drop_set(link, state);
    if (matching && state.phase != Phase::paging)
        matches_.push_back({link, state.begun, std::exchange(state.handed_over, {}), state.floors});
    if (matching)
        state.failures = 0;
    else if (state.phase != Phase::paging && !state.late)
        ++state.failures;
    state.handed_over = {};
    state.phase = Phase::idle;
    state.matching = matching;
    state.told_equal = state.late = state.failed = state.ours_done = state.theirs_done = false;
    state.batches = state.symbols_sent = state.symbols_wanted = state.symbols_asked = 0;
    state.ticket.reset();
    state.owed = {};
    state.serving = {};
    if (state.dialled)
        state.next = now.mono + rng_.between(limits::compare_wait_min, limits::compare_wait_max);
    if (std::exchange(state.cut_short, false)) state.next = now.mono + limits::compare_wait_least;
}

void Reconcile::end_unsettled(base::LinkId link, State& state, base::Now now, Effects& out) {
    out.push_back(Send{link, encode(Done{false})});
    end_round(link, state, false, now);
}

// ---- both sides ---------------------------------------------------------------------------------

void Reconcile::hand_over(State& state, const StoreView& view, Position position) {
    const auto id = id_at(view, position);
    if (!id) return;
    state.serving.add(*id);
    state.handed_over.push_back(*id);
}

void Reconcile::go_on(base::LinkId link, State& state, base::Now now, const StoreView& view,
                      Effects& out) {
    if (state.serving.send_piece(link, now, view, hops_bulk, state.handed, traffic_, out)) return;
    state.failed = state.failed || has_aside();
    if (!state.ours_done) out.push_back(Send{link, encode(Done{!state.failed})});
    state.ours_done = true;
    if (state.theirs_done) end_round(link, state, !state.failed && state.owed.empty(), now);
}

Reconcile::Answer Reconcile::on_done(base::LinkId link, const Done& done, base::Now now,
                                     Effects& out) {
    State* state = find(link);
    if (!state) return Fault::frame_unexpected;
    state->heard = now.mono;
    if (state->phase == Phase::finishing && !state->theirs_done) {
        state->theirs_done = true;
        state->failed = state->failed || !done.settled;
        if (state->ours_done) end_round(link, *state, !state->failed && state->owed.empty(), now);
        return std::nullopt;
    }
    if (state->phase != Phase::comparing) return Fault::frame_unexpected;
    // Before any symbol it means that the sets are equal; later only that the round is off.
    const bool equal =
        done.settled && state->dialled && state->difference.empty() && state->symbols_asked == 0;
    if (done.settled && !equal) return Fault::frame_unexpected;
    if (equal && rng_.below(limits::recheck_one_in) == 0) {
        ask_more(link, *state, limits::recheck_symbols, out);
        return std::nullopt;
    }
    end_round(link, *state, equal, now);
    return std::nullopt;
}

bool Reconcile::on_copy(base::LinkId link, const Admission& admission, base::Now now) {
    bool asked = false;
    if (State* state = find(link); state && state->phase != Phase::idle) {
        state->heard = now.mono;
        if (!state->owed.empty()) asked = state->owed.erase(short_id(state->key, admission.id)) > 0;
    }
    pages_.on_here(admission.id);
    asked = pages_.listed().on_sent(admission.id, link, now.mono) || asked;
    if (admission.novelty == Novelty::fresh || admission.novelty == Novelty::waiting)
        pages_.listed().on_copy(admission.id, link, now.mono);
    else
        pages_.listed().on_settled(admission.id);
    return asked;
}

void Reconcile::on_drained(base::LinkId link, base::Now now, const StoreView& view, Effects& out) {
    State* state = find(link);
    if (!state) return;
    if (state->phase != Phase::idle) state->heard = now.mono;
    serve_on(link, *state, now, view, out);
}

void Reconcile::serve_on(base::LinkId link, State& state, base::Now now, const StoreView& view,
                         Effects& out) {
    if (state.phase == Phase::paging)
        pages_.on_drained(link, now, view, state.handed, traffic_, out);
    // Of the acceptor only after Fetch: before it, nothing is owed.
    if (state.phase == Phase::finishing && state.serving.under_way())
        go_on(link, state, now, view, out);
}

// A budget holds up what this link is to be sent.
bool Reconcile::waits(base::LinkId link, const State& state) const {
    return state.phase == Phase::paging ? pages_.waits(link)
                                        : state.phase == Phase::finishing && state.serving.waits();
}

// Where the upload is bounded links take turns: the next is the one after who was served last.
void Reconcile::serve_waiting(base::Now now, const StoreView& view, Effects& out) {
    const bool in_turn = traffic_.limits_upload();
    auto at = std::ranges::find_if(links_,
                                   [&](const auto& each) { return in_turn && turn_ < each.first; });
    if (at == links_.end()) at = links_.begin();
    for (std::size_t times = 0; times < links_.size(); ++times, ++at) {
        if (at == links_.end()) at = links_.begin();
        auto& [link, state] = *at;
        if (!waits(link, state) || state.handed.ready_at(limits::bulk_rate) > now.mono) continue;
        if (in_turn) state.heard = now.mono;  // it waits for us, not we for it
        if (!traffic_.may_send(Use::rounds, now.mono)) continue;
        turn_ = link;
        serve_on(link, state, now, view, out);
    }
}

bool Reconcile::too_many_wait() const {
    if (!traffic_.limits_upload()) return false;
    const auto waiting = std::ranges::count_if(
        links_, [&](const auto& each) { return waits(each.first, each.second); });
    return static_cast<std::size_t>(waiting) >= limits::rounds_waiting_max;
}

std::size_t Reconcile::owed() const {
    std::size_t out = 0;
    for (const auto& [link, state] : links_)
        out += state.phase == Phase::paging ? pages_.owed(link) : state.serving.size();
    return out;
}

void Reconcile::note_owed() {
    std::size_t items = 0;
    for (const auto& [link, state] : links_) items += state.owed.size();
    pages_.note_owed(items);
}

bool Reconcile::is_matching(base::LinkId link) const {
    const auto found = links_.find(link);
    return found != links_.end() && found->second.matching;
}

// ---- lists --------------------------------------------------------------------------------------

void Reconcile::page(base::LinkId link, State& state, base::Now now, const StoreView& view,
                     Effects& out) {
    drop_set(link, state);
    state.ticket.reset();
    state.phase = Phase::paging;
    pages_.begin(link, now.mono, view, out);
}

void Reconcile::settle_pages(base::LinkId link, State& state, base::Now now) {
    if (!pages_.is_over(link)) return;
    const bool skipped = pages_.has_skipped(link);
    pages_.end(link, now.mono);
    end_round(link, state, !skipped && !has_aside(), now);
    if (skipped && state.dialled) state.next = now.mono + limits::compare_wait_least;
}

Reconcile::Answer Reconcile::on_have(base::LinkId link, const Have& have, const Ingest& ingest,
                                     base::Now now, const StoreView& view, Effects& out) {
    State* state = find(link);
    if (!state) return Fault::frame_unexpected;
    // A list is the acceptor's answer to Compare, or the dialler's to symbols that do not decode.
    const bool answers = state->phase == Phase::comparing &&
                         (state->dialled ? state->difference.empty() : state->symbols_wanted == 0);
    if (state->phase != Phase::paging && !answers) return Fault::frame_unexpected;
    state->heard = now.mono;
    if (answers) page(link, *state, now, view, out);
    note_owed();
    if (const auto fault = pages_.on_have(link, have, ingest, traffic_, now, view, out))
        return fault;
    settle_pages(link, *state, now);
    return std::nullopt;
}

Reconcile::Answer Reconcile::on_want(base::LinkId link, const Want& want, base::Now now,
                                     const StoreView& view, std::vector<base::ItemId>& asked_not,
                                     Effects& out) {
    State* state = find(link);
    if (!state || state->phase != Phase::paging) return Fault::frame_unexpected;
    state->heard = now.mono;
    if (const auto fault =
            pages_.on_want(link, want, now, view, asked_not, state->handed, traffic_, out))
        return fault;
    settle_pages(link, *state, now);
    return std::nullopt;
}

// ---- time ---------------------------------------------------------------------------------------

void Reconcile::on_timer(base::Now now, const StoreView& view, Effects& out) {
    served_.drop_old(now.mono);
    look_for_silence(now);
    note_owed();
    pages_.on_timer(traffic_, now, view, out);
    serve_waiting(now, view, out);
    work(now, view, out);
    begin_due_round(now, view, out);
}

void Reconcile::look_for_silence(base::Now now) {
    for (auto& [link, state] : links_) {
        if (pages_.holds(link)) state.heard = now.mono;  // it waits for us, not we for it
        if (state.phase != Phase::idle && state.heard + limits::round_silence_max <= now.mono)
            faults_.emplace_back(link, Fault::silent);
    }
}

// As many for all that happens in one moment, so that a turn of many inputs is no longer than one
// of a few.
std::size_t& Reconcile::steps(base::Now now) {
    if (steps_at_ != now.mono) steps_ = limits::set_steps_max;
    steps_at_ = now.mono;
    return steps_;
}

bool Reconcile::has_work() const {
    return std::any_of(links_.begin(), links_.end(), [](const auto& entry) {
        return entry.second.comparing_ours || entry.second.symbols_wanted > 0;
    });
}

// Rounds of our own first: their number does not depend on others.
void Reconcile::work(base::Now now, const StoreView& view, Effects& out) {
    for (auto& [link, state] : links_) {
        if (!state.comparing_ours) continue;
        if (const auto fault = compare_ours(link, state, now, view, out))
            faults_.emplace_back(link, *fault);
    }
    for (auto& [link, state] : links_)
        if (state.symbols_wanted > 0) send_symbols(link, state, now, view, out);
}

void Reconcile::sanity_check() const {
    std::size_t with_set = 0;
    for (const auto& [link, state] : links_) {
        ENSURE(state.compared <= state.difference.size(), "more is compared than came");
        ENSURE(state.dialled || !state.ours, "an acceptor with a set of its own");
        ENSURE(state.ours || !state.comparing_ours, "symbols wait for a set that is gone");
        if (!state.ours) continue;
        ++with_set;
        ENSURE(std::count(own_sets_.begin(), own_sets_.end(), link) == 1,
               "a set that makes no room");
        state.ours->sanity_check();
    }
    ENSURE(with_set == own_sets_.size() && with_set <= limits::own_sets_max,
           "sets are counted wrongly");
    for (const Match& match : matches_)
        ENSURE(links_.contains(match.link), "a match with a link that is gone");
    served_.sanity_check();
    pages_.sanity_check();
}

base::MonoTime Reconcile::next_deadline() const {
    base::MonoTime round = base::never;
    base::MonoTime free{};  // when the round under way, if any, stops others no more
    base::MonoTime next = std::min(pages_.next_deadline(traffic_), served_.next_deadline());
    for (const auto& [link, state] : links_) {
        if (state.phase != Phase::idle)
            next = std::min(next, state.heard + limits::round_silence_max);
        if (waits(link, state))
            next = std::min(next, std::max(state.handed.ready_at(limits::bulk_rate),
                                           traffic_.may_send_at(Use::rounds)));
        if (!state.dialled || pages_.is_full()) continue;
        if (state.phase == Phase::idle) round = std::min(round, state.next);
        if (state.phase == Phase::comparing || state.phase == Phase::finishing)
            free = std::max(free, state.begun + limits::round_wait);
    }
    if (has_work()) next = std::min(next, steps_at_ + base::Millis(1));
    return round == base::never ? next : std::min(next, std::max(round, free));
}

}  // namespace hearsay::core
