// Rounds that the peer began.
#include "base/limits/frames.hpp"
#include "base/limits/relay.hpp"
#include "core/reconcile/reconcile.hpp"

namespace hearsay::core {
namespace {

namespace limits = base::limits;
using base::Fault;

// Most of what the larger holds is missing on one side, or too much differs to decode.
bool should_page(std::uint64_t ours, std::uint64_t theirs, std::uint64_t differences) {
    constexpr std::uint64_t few = 64;
    if (ours == 0 || theirs == 0 || differences > limits::differences_max) return true;
    return differences > few && 2 * differences > ours + theirs;
}

}  // namespace

Reconcile::Answer Reconcile::on_compare(base::LinkId link, const Compare& compare, base::Now now,
                                        const StoreView& view, Effects& out) {
    State* state = find(link);
    if (!state || state->dialled || state->phase != Phase::idle) return Fault::frame_unexpected;
    if (now.mono < state->next) return Fault::too_many_requests;
    state->next = now.mono + limits::compare_wait_least;
    state->begun = state->heard = now.mono;
    state->floors = compare.floors;
    // It does not know yet that our floors have risen; or there is no table for its own.
    if (item::exceeds(known_floors_.ours(), compare.floors) ||
        !served_.is_open(compare.floors, now.mono)) {
        end_unsettled(link, *state, now, out);
        return std::nullopt;
    }
    const SetSummary held = view.shelves().summary(state->floors);
    if (held.count() == compare.items && held.digest() == compare.digest) {
        end_round(link, *state, true, now);
        state->told_equal = true;
        out.push_back(Send{link, encode(Done{true})});
        return std::nullopt;
    }
    const SetSummary ours = all_known(state->floors, view);
    // It lacks nothing that we hold, and we lack nothing but what is laid aside.
    const bool needless = ours.count() == compare.items && ours.digest() == compare.digest;
    if (needless || too_many_wait()) {
        end_unsettled(link, *state, now, out);
        return std::nullopt;
    }
    state->phase = Phase::comparing;
    state->told_equal = false;
    const std::uint64_t differences =
        estimated_difference(ours.counters(), ours.count(), compare.counters, compare.items);
    if (should_page(ours.count(), compare.items, differences)) {
        page(link, *state, now, view, out);
        return std::nullopt;
    }
    state->symbols_wanted = static_cast<std::uint32_t>(
        std::min<std::uint64_t>(symbols_for(differences), limits::symbols_per_frame_max));
    send_symbols(link, *state, now, view, out);
    return std::nullopt;
}

// Those that are wanted, if our set is ready; else it is worked on, and they are sent later.
void Reconcile::send_symbols(base::LinkId link, State& state, base::Now now, const StoreView& view,
                             Effects& out) {
    const std::uint32_t first = state.symbols_sent;
    const std::uint32_t count = state.symbols_wanted;
    if (!state.ticket) {
        state.ticket = served_.begin(state.floors, count, now.mono, view, aside_, steps(now));
        if (!state.ticket) return;
    }
    KeyedSet* set = served_.find(*state.ticket);
    if (!set) return end_unsettled(link, state, now, out);
    if (!set->work(view, first + count, steps(now))) return;
    Symbols symbols{first, set->symbols(state.ticket->version, first, count), 0, {}};
    if (first == 0) {
        state.our_items = static_cast<std::uint64_t>(symbols.symbols[0].count);
        symbols.key = set->key();
    }
    symbols.items = state.our_items;
    state.symbols_sent += count;
    state.symbols_wanted = 0;
    ++state.batches;
    out.push_back(Send{link, encode(symbols)});
}

Reconcile::Answer Reconcile::on_more(base::LinkId link, const More& more, base::Now now,
                                     const StoreView& view, Effects& out) {
    State* state = find(link);
    if (!state || state->dialled) return Fault::frame_unexpected;
    const bool recheck = state->phase == Phase::idle && state->told_equal;
    const bool asked = state->phase == Phase::comparing && state->symbols_wanted == 0;
    if (!recheck && !asked) return Fault::frame_unexpected;
    if (state->symbols_sent + more.symbols > limits::symbols_max ||
        state->batches > limits::batches_max)
        return Fault::too_many_requests;
    if (recheck) {
        // Items may have come since; the symbols show them like any other difference.
        state->told_equal = false;
        state->phase = Phase::comparing;
        state->begun = now.mono;
    }
    state->heard = now.mono;
    state->symbols_wanted = more.symbols;
    send_symbols(link, *state, now, view, out);
    return std::nullopt;
}

Reconcile::Answer Reconcile::on_fetch(base::LinkId link, const Fetch& fetch, base::Now now,
                                      const StoreView& view, Effects& out) {
    State* state = find(link);
    const bool due = state && !state->dialled && state->phase == Phase::comparing &&
                     state->ticket && state->symbols_wanted == 0;
    if (!due) return Fault::frame_unexpected;
    state->heard = now.mono;
    const KeyedSet* set = served_.find(*state->ticket);
    const ShortIds asked(fetch.ids);
    if (asked.has_twins()) return Fault::frame_unexpected;
    std::size_t found = 0;
    if (set) {
        for (const auto& [id, position] : set->entries()) {
            if (!asked.contains(id)) continue;
            ++found;
            hand_over(*state, view, position);
        }
    }
    state->phase = Phase::finishing;
    // An asker that was shown what nobody holds is no liar: somebody who knows the key may have
    // ground elements that together look like another.
    state->failed = !set || found < asked.size();
    state->ticket.reset();
    go_on(link, *state, now, view, out);
    return std::nullopt;
}

}  // namespace hearsay::core
