// Rounds that we began.
#include <algorithm>

#include "base/limits/budgets.hpp"
#include "base/limits/frames.hpp"
#include "base/limits/relay.hpp"
#include "core/reconcile/reconcile.hpp"

namespace hearsay::core {
namespace {

namespace limits = base::limits;
using base::Fault;

// So few elements that do not decode may have been ground for it: each costs its maker an item's
// work and a hundred million hashes, anew for each key.
constexpr std::uint64_t ground_max = 64;

}  // namespace

void Reconcile::take_set(base::LinkId link, State& state, base::Now now, Effects& out) {
    if (own_sets_.size() == limits::own_sets_max) {
        const base::LinkId oldest = own_sets_.front();
        State& other = links_.at(oldest);
        const bool our_turn = other.comparing_ours;
        drop_set(oldest, other);
        if (our_turn) end_unsettled(oldest, other, now, out);
    }
    own_sets_.push_back(link);
    state.ours = std::make_unique<KeyedSet>(state.key, false, state.floors);
    if (aside_)
        for (const base::ItemId& id : aside_->ids(state.floors)) state.ours->add(id);
}

void Reconcile::drop_set(base::LinkId link, State& state) {
    std::erase(own_sets_, link);
    state.ours.reset();
    state.difference = {};
    state.compared = 0;
    state.comparing_ours = false;
}

Reconcile::Answer Reconcile::on_symbols(base::LinkId link, const Symbols& symbols, base::Now now,
                                        const StoreView& view, Effects& out) {
    State* state = find(link);
    const bool due =
        state && state->dialled && state->phase == Phase::comparing && !state->comparing_ours;
    if (!due) return Fault::frame_unexpected;
    const bool begins = symbols.first == 0;
    const bool asked =
        state->symbols_asked == 0 ? begins : symbols.symbols.size() == state->symbols_asked;
    if (!asked) return Fault::frame_unexpected;
    state->heard = now.mono;
    if (begins) {
        if (!state->difference.empty()) return Fault::frame_unexpected;
        state->their_items = symbols.items;
        if (static_cast<std::uint64_t>(symbols.symbols[0].count) != symbols.items)
            return Fault::bad_sketch;
        state->key = symbols.key;
        take_set(link, *state, now, out);
    }
    if (!state->ours) {  // it had to make room for another's
        end_unsettled(link, *state, now, out);
        return std::nullopt;
    }
    if (symbols.first != state->difference.size()) return Fault::frame_unexpected;
    if (symbols.items != state->their_items) return Fault::bad_sketch;
    state->difference.insert(state->difference.end(), symbols.symbols.begin(),
                             symbols.symbols.end());
    return compare_ours(link, *state, now, view, out);
}

// Takes ours from theirs as soon as our set is ready for it.
Reconcile::Answer Reconcile::compare_ours(base::LinkId link, State& state, base::Now now,
                                          const StoreView& view, Effects& out) {
    state.comparing_ours = !state.ours->work(view, state.difference.size(), steps(now));
    if (state.comparing_ours) return std::nullopt;
    const auto ours = state.ours->symbols(state.ours->version(), state.compared,
                                          state.difference.size() - state.compared);
    for (const Symbol& symbol : ours)
        state.difference[state.compared++].put(symbol.sum, symbol.check, -symbol.count);
    const Peeled peeled = peel(state.difference);
    if (peeled.complete) return on_decoded(link, state, peeled.found, now, view, out);
    return look_further(link, state, peeled.found, now, view, out);
}

// The symbols do not decode yet.
Reconcile::Answer Reconcile::look_further(base::LinkId link, State& state, const Difference& found,
                                          base::Now now, const StoreView& view, Effects& out) {
    const std::uint64_t have = state.difference.size();
    const std::uint64_t differences = estimated_elements(state.difference);
    const bool too_many = have >= limits::symbols_max || state.batches >= limits::batches_max ||
                          differences > limits::differences_max;
    // By far enough for as many differences as there seem to be: more would not help.
    const bool stuck = have > 3 * symbols_for(differences) + 64;
    if (!too_many && !stuck) {
        // The estimate is off by a twentieth as a rule: ask so that one more batch is enough.
        const std::uint64_t wanted =
            std::max(symbols_for(differences + differences / 8), have + have / 8 + 8);
        ask_more(link, state,
                 std::min<std::uint64_t>(
                     {wanted - have, limits::symbols_max - have, limits::symbols_per_frame_max}),
                 out);
        return std::nullopt;
    }
    const bool shows_some = !found.plus.empty() || !found.minus.empty();
    if (stuck && (shows_some || differences <= ground_max)) {
        state.failed = true;
        return on_decoded(link, state, found, now, view, out);
    }
    if (state.fell_back) return Fault::bad_sketch;
    state.fell_back = true;
    page(link, state, now, view, out);
    return std::nullopt;
}

void Reconcile::ask_more(base::LinkId link, State& state, std::uint64_t count, Effects& out) {
    state.symbols_asked = static_cast<std::uint32_t>(count);
    ++state.batches;
    out.push_back(Send{link, encode(More{state.symbols_asked})});
}

Reconcile::Answer Reconcile::on_decoded(base::LinkId link, State& state, const Difference& found,
                                        base::Now now, const StoreView& view, Effects& out) {
    const ShortIds theirs(found.plus);
    const ShortIds ours(found.minus);
    if (theirs.has_twins() || ours.has_twins()) return on_impossible(link, state, now, out);
    std::vector<Position> lacking;  // there
    for (const auto& [id, position] : state.ours->entries()) {
        if (theirs.contains(id)) return on_impossible(link, state, now, out);
        if (ours.contains(id)) lacking.push_back(position);
    }
    if (lacking.size() < ours.size()) return on_impossible(link, state, now, out);
    for (const Position position : lacking) hand_over(state, view, position);
    if (!state.failed) state.void_rounds = 0;
    drop_set(link, state);
    state.phase = Phase::finishing;
    std::vector<ShortId> wanted = found.plus;
    note_owed();
    const std::uint64_t room = pages_.room(traffic_, now.mono) / limits::guessed_item_bytes;
    if (wanted.size() > room) {
        wanted.resize(static_cast<std::size_t>(room));
        state.failed = state.cut_short = true;
    }
    state.owed = {wanted.begin(), wanted.end()};
    out.push_back(Send{link, encode(Fetch{wanted})});
    go_on(link, state, now, view, out);
    return std::nullopt;
}

// A lie, or elements that somebody ground so that their symbols look like another.
Reconcile::Answer Reconcile::on_impossible(base::LinkId link, State& state, base::Now now,
                                           Effects& out) {
    if (++state.void_rounds >= limits::void_rounds_max) return Fault::bad_sketch;
    end_unsettled(link, state, now, out);
    return std::nullopt;
}

}  // namespace hearsay::core
