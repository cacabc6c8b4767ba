#include "core/reconcile/reconcile.hpp"

#include "base/limits/frames.hpp"
#include "base/limits/relay.hpp"
#include "crypto/sha256.hpp"

namespace hearsay::core {
namespace {

namespace limits = base::limits;
using base::Fault;

crypto::SipKey key_of(const LinkSides& sides, std::uint64_t round) {
    const base::Digest hash = crypto::tagged_sha256(
        "hearsay sketch v1", {base::big_endian(sides.dialler_nonce), base::big_endian(sides.acceptor_nonce),
                              base::big_endian(round)});
    return *crypto::SipKey::from(hash.view().first(crypto::SipKey::size));  // total: of this size
}

// Symbols that decode so many differences, nearly always: 1.35 and what small differences need.
std::uint64_t symbols_for(std::uint64_t differences) {
    return differences * 7 / 5 + 16;
}

// Most of what the larger holds is missing on one side, or too much differs to decode.
bool should_page(std::uint64_t ours, std::uint64_t theirs, std::uint64_t differences) {
    constexpr std::uint64_t few = 64;
    if (ours == 0 || theirs == 0 || differences > limits::differences_max) return true;
    return differences > few && 2 * differences > ours + theirs;
}

// A small set of sorted ids to look up a million others in: most are told apart by one bit.
class Lookup {
public:
    explicit Lookup(const std::vector<ShortId>& sorted) : sorted_(sorted), bits_(1 << 16) {
        for (const ShortId id : sorted_) bits_[id & 0xffff] = true;
    }
    bool contains(ShortId id) const {
        return bits_[id & 0xffff] && std::binary_search(sorted_.begin(), sorted_.end(), id);
    }

private:
    const std::vector<ShortId>& sorted_;
    std::vector<bool> bits_;
};

// What is at this position still, if anything.
std::optional<base::ItemId> id_at(const StoreView& view, Position position) {
    const auto found = view.newest(position + 1, 1);
    if (found.empty() || found.front().first != position) return std::nullopt;
    return found.front().second;
}

}  // namespace

// ---- rounds ------------------------------------------------------------------------------------

void Reconcile::on_greeted(base::LinkId link, const LinkSides& sides, base::Now now, const StoreView& view,
                           Effects& out) {
    State& state = links_[link];
    state.sides = sides;
    state.next = now.mono;
    if (sides.dialled && may_begin(now)) begin_round(link, state, now, view, out);
}

void Reconcile::on_link_gone(base::LinkId link) {
    pages_.end(link);
    std::erase(snapshots_, link);
    std::erase_if(matches_, [&](const Match& match) { return match.link == link; });
    links_.erase(link);
}

Reconcile::State* Reconcile::find(base::LinkId link) {
    const auto found = links_.find(link);
    return found == links_.end() ? nullptr : &found->second;
}

// What several peers have and we lack would come from each of them, if we compared with all at once.
bool Reconcile::may_begin(base::Now now) const {
    return std::none_of(links_.begin(), links_.end(), [&](const auto& entry) {
        const State& state = entry.second;
        const bool busy = state.phase == Phase::comparing || state.phase == Phase::finishing;
        return busy && state.sides.dialled && now.mono < state.begun + limits::round_wait;
    });
}

void Reconcile::begin_round(base::LinkId link, State& state, base::Now now, const StoreView& view,
                            Effects& out) {
    ++state.round;
    state.begun = now.mono;
    state.phase = Phase::comparing;
    const SetSummary ours = view.summary();
    out.push_back(Send{link, encode(Compare{ours.digest(), ours.counters(), ours.count()})});
}

void Reconcile::end_round(base::LinkId link, State& state, bool matching, base::Now now) {
    drop_snapshot(link, state);
    if (matching && state.phase != Phase::paging)
        matches_.push_back({link, state.begun, std::exchange(state.handed_over, {})});
    state.handed_over = {};
    state.phase = Phase::idle;
    state.matching = matching;
    state.told_equal = state.failed = state.ours_done = state.theirs_done = false;
    state.batches = state.symbols_sent = state.symbols_asked = 0;
    state.owed = 0;
    state.difference = {};
    state.serving = {};
    if (state.sides.dialled)
        state.next = now.mono + rng_.between(limits::compare_wait_min, limits::compare_wait_max);
}

void Reconcile::on_timer(base::Now now, const StoreView& view, Effects& out) {
    for (auto& [link, state] : links_)
        if (state.sides.dialled && state.phase == Phase::idle && state.next <= now.mono && may_begin(now))
            begin_round(link, state, now, view, out);
}

base::MonoTime Reconcile::next_deadline() const {
    base::MonoTime next = base::never;
    base::MonoTime free{};  // when the round under way, if any, stops others no more
    for (const auto& [link, state] : links_) {
        if (!state.sides.dialled) continue;
        if (state.phase == Phase::idle) next = std::min(next, state.next);
        if (state.phase == Phase::comparing || state.phase == Phase::finishing)
            free = std::max(free, state.begun + limits::round_wait);
    }
    return next == base::never ? next : std::max(next, free);
}

void Reconcile::take_snapshot(base::LinkId link, State& state, const StoreView& view) {
    drop_snapshot(link, state);
    if (snapshots_.size() == limits::snapshots_max) {
        const base::LinkId oldest = snapshots_.front();
        drop_snapshot(oldest, links_.at(oldest));
    }
    snapshots_.push_back(link);
    state.snapshot = std::make_unique<Snapshot>();
    Snapshot& taken = *state.snapshot;
    taken.key = key_of(state.sides, state.round);
    taken.entries.reserve(view.alive_count());
    view.for_each_id([&taken](Position position, const base::ItemId& id) {
        taken.entries.emplace_back(short_id(taken.key, id), position);
    });
}

std::span<const Symbol> Reconcile::Snapshot::first_symbols(std::size_t count) {
    if (symbols.size() < count) {
        symbols.assign(2 * count, Symbol{});
        for (const auto& [id, position] : entries) code(symbols, 0, id, 1);
    }
    return std::span<const Symbol>(symbols).first(count);
}

void Reconcile::drop_snapshot(base::LinkId link, State& state) {
    std::erase(snapshots_, link);
    state.snapshot.reset();
}

// ---- the acceptor ------------------------------------------------------------------------------

Reconcile::Answer Reconcile::on_compare(base::LinkId link, const Compare& compare, base::Now now,
                                        const StoreView& view, Effects& out) {
    State* state = find(link);
    if (!state || state->sides.dialled || state->phase != Phase::idle) return Fault::frame_unexpected;
    if (now.mono < state->next) return Fault::too_many_requests;
    state->next = now.mono + limits::compare_wait_least;
    ++state->round;
    state->begun = now.mono;
    const SetSummary ours = view.summary();
    if (ours.count() == compare.items && ours.digest() == compare.digest) {
        end_round(link, *state, true, now);
        state->told_equal = true;
        out.push_back(Send{link, encode(Done{true})});
        return std::nullopt;
    }
    state->phase = Phase::comparing;
    state->told_equal = false;
    const std::uint64_t differences =
        estimated_difference(ours.counters(), ours.count(), compare.counters, compare.items);
    if (should_page(ours.count(), compare.items, differences)) {
        page(link, *state, view, out);
        return std::nullopt;
    }
    take_snapshot(link, *state, view);
    send_symbols(link, *state,
                 std::min<std::uint64_t>(symbols_for(differences), limits::symbols_per_frame_max), out);
    return std::nullopt;
}

void Reconcile::send_symbols(base::LinkId link, State& state, std::uint64_t count, Effects& out) {
    const auto all = state.snapshot->first_symbols(state.symbols_sent + count);
    const auto batch = all.subspan(state.symbols_sent);
    const Symbols symbols{state.symbols_sent, {batch.begin(), batch.end()}, state.snapshot->entries.size()};
    state.symbols_sent += static_cast<std::uint32_t>(count);
    ++state.batches;
    out.push_back(Send{link, encode(symbols)});
}

Reconcile::Answer Reconcile::on_more(base::LinkId link, const More& more, base::Now now,
                                     const StoreView& view, Effects& out) {
    State* state = find(link);
    if (!state || state->sides.dialled) return Fault::frame_unexpected;
    const bool recheck = state->phase == Phase::idle && state->told_equal;
    if (!recheck && state->phase != Phase::comparing) return Fault::frame_unexpected;
    if (more.symbols == 0 || more.symbols > limits::symbols_per_frame_max) return Fault::frame_unexpected;
    if (state->symbols_sent + more.symbols > limits::symbols_max || state->batches > limits::batches_max)
        return Fault::too_many_requests;
    if (recheck) {
        state->told_equal = false;
        state->phase = Phase::comparing;
        // Items may have come since; the symbols show them like any other difference.
        take_snapshot(link, *state, view);
    }
    if (state->snapshot) {
        send_symbols(link, *state, more.symbols, out);
    } else {  // it had to make room for another's
        out.push_back(Send{link, encode(Done{false})});
        end_round(link, *state, false, now);
    }
    return std::nullopt;
}

Reconcile::Answer Reconcile::on_fetch(base::LinkId link, const Fetch& fetch, base::Now now,
                                      const StoreView& view, Effects& out) {
    State* state = find(link);
    if (!state || state->sides.dialled || state->phase != Phase::comparing) return Fault::frame_unexpected;
    state->phase = Phase::finishing;
    state->failed = !state->snapshot;
    if (state->snapshot) {
        std::vector<ShortId> sorted = fetch.ids;
        std::sort(sorted.begin(), sorted.end());
        if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) return Fault::frame_unexpected;
        const Lookup asked(sorted);
        std::size_t found = 0;
        for (const auto& [id, position] : state->snapshot->entries) {
            if (!asked.contains(id)) continue;
            ++found;
            if (const auto whole = id_at(view, position)) hand_over(*state, *whole);
        }
        if (found < sorted.size()) return Fault::frame_unexpected;
        drop_snapshot(link, *state);
    }
    go_on(link, *state, now, view, out);
    return std::nullopt;
}

// ---- the dialler -------------------------------------------------------------------------------

Reconcile::Answer Reconcile::on_symbols(base::LinkId link, const Symbols& symbols, base::Now now,
                                        const StoreView& view, Effects& out) {
    State* state = find(link);
    if (!state || !state->sides.dialled || state->phase != Phase::comparing) return Fault::frame_unexpected;
    const bool asked = state->symbols_asked == 0 || symbols.symbols.size() == state->symbols_asked;
    if (symbols.first != state->difference.size() || !asked) return Fault::frame_unexpected;
    if (symbols.first == 0) {
        state->their_items = symbols.items;
        if (static_cast<std::uint64_t>(symbols.symbols[0].count) != symbols.items) return Fault::bad_sketch;
        take_snapshot(link, *state, view);
    }
    if (symbols.items != state->their_items) return Fault::bad_sketch;
    if (!state->snapshot) {  // it had to make room for another's
        out.push_back(Send{link, encode(Done{false})});
        end_round(link, *state, false, now);
        return std::nullopt;
    }
    const auto ours =
        state->snapshot->first_symbols(symbols.first + symbols.symbols.size()).subspan(symbols.first);
    for (std::size_t at = 0; at < ours.size(); ++at) {
        state->difference.push_back(symbols.symbols[at]);
        state->difference.back().put(ours[at].sum, ours[at].check, -ours[at].count);
    }
    if (const auto found = decode(state->difference)) return on_decoded(link, *state, *found, now, view, out);
    return look_further(link, *state, view, out);
}

// The symbols do not decode yet.
Reconcile::Answer Reconcile::look_further(base::LinkId link, State& state, const StoreView& view,
                                          Effects& out) {
    const std::uint64_t have = state.difference.size();
    const std::uint64_t differences = estimated_elements(state.difference);
    // Enough by far for as many differences as there seem to be: more would not help.
    const bool hopeless = have >= limits::symbols_max || state.batches >= limits::batches_max ||
                          differences > limits::differences_max || have > 3 * symbols_for(differences) + 64;
    if (!hopeless) {
        // The estimate is off by a twentieth as a rule: ask so that one more batch is enough.
        const std::uint64_t wanted =
            std::max(symbols_for(differences + differences / 8), have + have / 8 + 8);
        ask_more(link, state,
                 std::min<std::uint64_t>(
                     {wanted - have, limits::symbols_max - have, limits::symbols_per_frame_max}),
                 out);
        return std::nullopt;
    }
    if (state.fell_back) return Fault::bad_sketch;
    state.fell_back = true;
    page(link, state, view, out);
    return std::nullopt;
}

void Reconcile::ask_more(base::LinkId link, State& state, std::uint64_t count, Effects& out) {
    state.symbols_asked = static_cast<std::uint32_t>(count);
    ++state.batches;
    out.push_back(Send{link, encode(More{state.symbols_asked})});
}

Reconcile::Answer Reconcile::on_decoded(base::LinkId link, State& state, const Difference& found,
                                        base::Now now, const StoreView& view, Effects& out) {
    const Lookup theirs(found.plus);
    const Lookup ours(found.minus);
    std::size_t ours_seen = 0;
    for (const auto& [id, position] : state.snapshot->entries) {
        if (theirs.contains(id)) return Fault::bad_sketch;
        if (!ours.contains(id)) continue;
        ++ours_seen;
        if (const auto whole = id_at(view, position)) hand_over(state, *whole);
    }
    if (ours_seen != found.minus.size()) return Fault::bad_sketch;
    drop_snapshot(link, state);
    state.phase = Phase::finishing;
    state.owed = found.plus.size();
    out.push_back(Send{link, encode(Fetch{found.plus})});
    go_on(link, state, now, view, out);
    return std::nullopt;
}

// ---- both --------------------------------------------------------------------------------------

void Reconcile::hand_over(State& state, const base::ItemId& id) {
    state.serving.add(id);
    state.handed_over.push_back(id);
}

void Reconcile::go_on(base::LinkId link, State& state, base::Now now, const StoreView& view, Effects& out) {
    if (state.serving.send_piece(link, now, view, hops_bulk, out)) return;
    if (!state.ours_done) out.push_back(Send{link, encode(Done{!state.failed})});
    state.ours_done = true;
    if (state.theirs_done) end_round(link, state, !state.failed && state.owed == 0, now);
}

Reconcile::Answer Reconcile::on_done(base::LinkId link, const Done& done, base::Now now, Effects& out) {
    State* state = find(link);
    if (!state) return Fault::frame_unexpected;
    if (state->phase == Phase::finishing && !state->theirs_done) {
        state->theirs_done = true;
        state->failed = state->failed || !done.settled;
        if (state->ours_done) end_round(link, *state, !state->failed && state->owed == 0, now);
        return std::nullopt;
    }
    if (state->phase != Phase::comparing) return Fault::frame_unexpected;
    // Before any symbol it means that the sets are equal; later only that the round is off.
    const bool equal =
        done.settled && state->sides.dialled && state->difference.empty() && state->symbols_asked == 0;
    if (done.settled && !equal) return Fault::frame_unexpected;
    if (equal && rng_.below(limits::recheck_one_in) == 0) {
        ask_more(link, *state, limits::recheck_symbols, out);
        return std::nullopt;
    }
    end_round(link, *state, equal, now);
    return std::nullopt;
}

void Reconcile::page(base::LinkId link, State& state, const StoreView& view, Effects& out) {
    drop_snapshot(link, state);
    state.difference = {};
    state.phase = Phase::paging;
    pages_.begin(link, view, out);
}

void Reconcile::settle_pages(base::LinkId link, State& state, base::Now now) {
    if (!pages_.is_over(link)) return;
    const bool skipped = pages_.has_skipped(link);
    pages_.end(link);
    end_round(link, state, !skipped, now);
    if (skipped && state.sides.dialled) state.next = now.mono + limits::compare_wait_least;
}

Reconcile::Answer Reconcile::on_have(base::LinkId link, const Have& have, const Ingest& ingest, base::Now now,
                                     const StoreView& view, Effects& out) {
    State* state = find(link);
    if (!state) return Fault::frame_unexpected;
    // A list is the acceptor's answer to Compare, or the dialler's to symbols that do not decode.
    const bool answers =
        state->phase == Phase::comparing && (!state->sides.dialled || state->difference.empty());
    if (state->phase != Phase::paging && !answers) return Fault::frame_unexpected;
    if (answers) page(link, *state, view, out);
    if (const auto fault = pages_.on_have(link, have, ingest, view, out)) return fault;
    settle_pages(link, *state, now);
    return std::nullopt;
}

Reconcile::Answer Reconcile::on_want(base::LinkId link, const Want& want, base::Now now,
                                     const StoreView& view, std::vector<base::ItemId>& asked_not,
                                     Effects& out) {
    State* state = find(link);
    if (!state || state->phase != Phase::paging) return Fault::frame_unexpected;
    if (const auto fault = pages_.on_want(link, want, now, view, asked_not, out)) return fault;
    settle_pages(link, *state, now);
    return std::nullopt;
}

void Reconcile::on_items(base::LinkId link, std::size_t count) {
    if (State* state = find(link)) state->owed -= std::min(state->owed, count);
}

void Reconcile::on_drained(base::LinkId link, base::Now now, const StoreView& view, Effects& out) {
    State* state = find(link);
    if (!state) return;
    if (state->phase == Phase::paging) pages_.on_drained(link, now, view, out);
    // Of the acceptor only after Fetch: before it, nothing is owed.
    if (state->phase == Phase::finishing && state->serving.under_way()) go_on(link, *state, now, view, out);
}

bool Reconcile::is_matching(base::LinkId link) const {
    const auto found = links_.find(link);
    return found != links_.end() && found->second.matching;
}

}  // namespace hearsay::core
