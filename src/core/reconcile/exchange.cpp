#include "core/reconcile/exchange.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "base/ensure.hpp"
#include "base/limits/budgets.hpp"
#include "base/limits/frames.hpp"
#include "base/limits/relay.hpp"

namespace hearsay::core {
namespace {

namespace limits = base::limits;
using base::Fault;

}  // namespace

void Exchange::begin(base::LinkId link, base::MonoTime now, const StoreView& view, Effects& out) {
    end(link, now);
    State& state = links_[link];
    next_page(link, state, view, out);
}

void Exchange::end(base::LinkId link, base::MonoTime now) {
    const auto found = links_.find(link);
    if (found == links_.end()) return;
    listed_.on_page_over(link, found->second.asked, now);
    links_.erase(found);
}

void Exchange::on_link_gone(base::LinkId link, base::MonoTime now) {
    links_.erase(link);
    listed_.on_link_gone(link, now);
    std::erase_if(later_, [&](const auto& each) {
        if (each.second != link) return false;
        known_later_.erase(each.first);
        return true;
    });
}

void Exchange::next_page(base::LinkId link, State& state, const StoreView& view, Effects& out) {
    if (state.last_sent) return;
    const auto ids = view.newest(state.below, limits::ids_per_page_max);
    ++state.page;
    state.page_ids.clear();
    for (const Stored& stored : ids) {
        state.page_ids.push_back(stored.id);
        state.below = stored.position;
    }
    state.last_sent = ids.empty();
    state.answered = false;
    out.push_back(Send{link, encode(Have{state.page, state.page_ids, state.last_sent})});
}

std::optional<Fault> Exchange::on_have(base::LinkId link, const Have& have, const Ingest& ingest,
                                       Traffic& traffic, base::Now now, const StoreView& view,
                                       Effects& out) {
    const auto found = links_.find(link);
    if (found == links_.end()) return Fault::frame_unexpected;
    State& state = found->second;
    if (state.held_since || state.their_last || have.page != state.their_page + 1 ||
        have.last != have.ids.empty())
        return Fault::frame_unexpected;
    if (have.page > limits::exchange_pages_max) return Fault::too_many_requests;
    state.their_page = have.page;
    state.their_last = have.last;
    listed_.on_page_over(link, state.asked, now.mono);
    state.asked.clear();
    if (listed_.vain(link) > limits::listed_vain_max) return Fault::silent;
    std::vector<base::ItemId> lacking;
    for (const base::ItemId& id : have.ids)
        if (view.presence(id) == Presence::unknown && !ingest.has_seen(id)) lacking.push_back(id);
    if (fits(link, lacking.size(), traffic, now.mono)) {
        want(link, state, lacking, traffic, now, out);
    } else {
        state.held = std::move(lacking);
        state.held_since = now.mono;
    }
    return std::nullopt;
}

// As many as may be asked for now; others wait for their time.
void Exchange::want(base::LinkId link, State& state, const std::vector<base::ItemId>& ids,
                    Traffic& traffic, base::Now now, Effects& out) {
    Want want{state.their_page, {}};
    std::size_t places = places_for(link);
    for (const base::ItemId& id : ids) {
        if (room(traffic, now.mono) == 0) {
            state.skipped = true;
            if (places == 0 || !known_later_.insert(id).second) continue;
            later_.emplace_back(id, link);
            --places;
            continue;
        }
        const bool asked = listed_.on_listed(id, link, now.mono);
        if (asked) want.ids.push_back(id);
        state.skipped = state.skipped || !asked;
    }
    state.asked = want.ids;
    out.push_back(Send{link, encode(want)});
}

// ---- within the download ------------------------------------------------------------------------

std::uint64_t Exchange::asked_bytes() const {
    return (listed_.asked() + owed_to_us_) * limits::guessed_item_bytes;
}

std::size_t Exchange::places_for(base::LinkId link) const {
    const auto own = static_cast<std::size_t>(
        std::ranges::count_if(later_, [&](const auto& each) { return each.second == link; }));
    return std::min(limits::ids_per_page_max - own, limits::later_ids_max - later_.size());
}

bool Exchange::fits(base::LinkId link, std::size_t ids, Traffic& traffic,
                    base::MonoTime now) const {
    const std::size_t places = places_for(link);
    return ids <= places || room(traffic, now) / limits::guessed_item_bytes >= ids - places;
}

void Exchange::on_here(const base::ItemId& id) {
    known_later_.erase(id);
    for (auto& [link, state] : links_) std::erase(state.held, id);
}

bool Exchange::is_waiting(const base::ItemId& id) const {
    if (known_later_.contains(id)) return true;
    return std::ranges::any_of(links_, [&](const auto& entry) {
        return std::ranges::find(entry.second.held, id) != entry.second.held.end();
    });
}

bool Exchange::is_full() const {
    return later_.size() + limits::ids_per_page_max > limits::later_ids_max;
}

bool Exchange::holds(base::LinkId link) const {
    const auto found = links_.find(link);
    return found != links_.end() && found->second.held_since;
}

void Exchange::want_held(Traffic& traffic, base::Now now, const StoreView& view, Effects& out) {
    for (auto& [link, state] : links_) {
        if (!state.held_since) continue;
        std::erase_if(state.held, [&](const base::ItemId& id) {
            return view.presence(id) != Presence::unknown;
        });
        const bool late = *state.held_since + limits::held_page_wait <= now.mono;
        if (!late && !fits(link, state.held.size(), traffic, now.mono)) continue;
        state.held_since.reset();
        want(link, state, std::exchange(state.held, {}), traffic, now, out);
    }
}

void Exchange::take_later(Traffic& traffic, base::MonoTime now, const StoreView& view, Asked& out) {
    while (!later_.empty() && room(traffic, now) > 0) {
        const auto [id, link] = later_.front();
        later_.pop_front();
        if (known_later_.erase(id) == 0) continue;
        if (view.presence(id) == Presence::unknown && listed_.on_listed(id, link, now))
            out[link].push_back(id);
    }
}

// ---- what we list -------------------------------------------------------------------------------

std::optional<Fault> Exchange::on_want(base::LinkId link, const Want& want, base::Now now,
                                       const StoreView& view, std::vector<base::ItemId>& asked_not,
                                       base::TokenBucket& budget, Traffic& traffic, Effects& out) {
    const auto found = links_.find(link);
    if (found == links_.end()) return Fault::frame_unexpected;
    State& state = found->second;
    if (state.answered || want.page != state.page) return Fault::frame_unexpected;
    std::set<base::ItemId> page(state.page_ids.begin(), state.page_ids.end());
    for (const base::ItemId& id : want.ids)
        if (page.erase(id) == 0) return Fault::frame_unexpected;
    state.answered = true;
    state.page_ids.clear();
    asked_not.assign(page.begin(), page.end());
    for (const base::ItemId& id : want.ids) state.serving.add(id);
    send_piece(link, state, now, view, budget, traffic, out);
    return std::nullopt;
}

void Exchange::send_piece(base::LinkId link, State& state, base::Now now, const StoreView& view,
                          base::TokenBucket& budget, Traffic& traffic, Effects& out) {
    if (!state.serving.send_piece(link, now, view, hops_bulk, budget, traffic, out) &&
        state.answered)
        next_page(link, state, view, out);
}

void Exchange::on_drained(base::LinkId link, base::Now now, const StoreView& view,
                          base::TokenBucket& budget, Traffic& traffic, Effects& out) {
    const auto found = links_.find(link);
    if (found == links_.end() || !found->second.serving.under_way()) return;
    send_piece(link, found->second, now, view, budget, traffic, out);
}

bool Exchange::waits(base::LinkId link) const {
    const auto found = links_.find(link);
    return found != links_.end() && found->second.serving.waits();
}

std::size_t Exchange::owed(base::LinkId link) const {
    const auto found = links_.find(link);
    return found == links_.end() ? 0 : found->second.serving.size();
}

// ---- time ---------------------------------------------------------------------------------------

base::MonoTime Exchange::next_deadline(const Traffic& traffic) const {
    base::MonoTime next = listed_.next_deadline();
    if (!later_.empty()) next = std::min(next, traffic.may_ask_at(Use::rounds, asked_bytes()));
    for (const auto& [link, state] : links_)
        if (state.held_since) next = std::min(next, *state.held_since + limits::held_page_wait);
    return next;
}

void Exchange::on_timer(Traffic& traffic, base::Now now, const StoreView& view, Effects& out) {
    Asked due = listed_.take_due(now.mono);
    take_later(traffic, now.mono, view, due);
    want_held(traffic, now, view, out);
    // Who owes may have been asked for something, and then somebody who owes nothing for the same.
    for (auto& [link, ids] : due)
        std::erase_if(ids, [&, asked = link](const base::ItemId& id) {
            return !listed_.is_asked(id, asked);
        });
    for (const auto& [link, ids] : due)
        for (std::size_t at = 0; at < ids.size(); at += limits::ids_per_page_max) {
            const auto first = ids.begin() + static_cast<std::ptrdiff_t>(at);
            const auto count =
                static_cast<std::ptrdiff_t>(std::min(limits::ids_per_page_max, ids.size() - at));
            out.push_back(Send{link, encode(Request{{first, first + count}})});
        }
}

bool Exchange::has_skipped(base::LinkId link) const {
    const auto found = links_.find(link);
    return found != links_.end() && found->second.skipped;
}

bool Exchange::is_over(base::LinkId link) const {
    const auto found = links_.find(link);
    if (found == links_.end()) return false;
    const State& state = found->second;
    return state.their_last && state.last_sent && state.answered;
}

void Exchange::sanity_check() const {
    listed_.sanity_check();
    ENSURE(known_later_.size() <= later_.size() && later_.size() <= limits::later_ids_max,
           "what waits to be asked for is counted wrongly");
    std::set<base::ItemId> waiting;
    for (const auto& [id, link] : later_) waiting.insert(id);
    ENSURE(std::ranges::includes(waiting, known_later_), "what is to be asked for does not wait");
    for (const auto& [link, state] : links_)
        ENSURE(state.held.empty() || state.held_since, "a page is held that nobody waits for");
}

}  // namespace hearsay::core
