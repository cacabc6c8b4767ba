#include "core/reconcile/exchange.hpp"

#include <algorithm>
#include <set>

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
                                       base::Now now, const StoreView& view, Effects& out) {
    const auto found = links_.find(link);
    if (found == links_.end()) return Fault::frame_unexpected;
    State& state = found->second;
    if (state.their_last || have.page != state.their_page + 1 || have.last != have.ids.empty())
        return Fault::frame_unexpected;
    if (have.page > limits::exchange_pages_max) return Fault::too_many_requests;
    state.their_page = have.page;
    state.their_last = have.last;
    Want want{have.page, {}};
    listed_.on_page_over(link, state.asked, now.mono);
    if (listed_.vain(link) > limits::listed_vain_max) return Fault::silent;
    for (const base::ItemId& id : have.ids) {
        if (view.presence(id) != Presence::unknown || ingest.has_seen(id)) continue;
        const bool asked = listed_.on_listed(id, link, now.mono);
        if (asked) want.ids.push_back(id);
        state.skipped = state.skipped || !asked;
    }
    state.asked = want.ids;
    out.push_back(Send{link, encode(want)});
    return std::nullopt;
}

std::optional<Fault> Exchange::on_want(base::LinkId link, const Want& want, base::Now now,
                                       const StoreView& view, std::vector<base::ItemId>& asked_not,
                                       base::TokenBucket& budget, Effects& out) {
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
    send_piece(link, state, now, view, budget, out);
    return std::nullopt;
}

void Exchange::send_piece(base::LinkId link, State& state, base::Now now, const StoreView& view,
                          base::TokenBucket& budget, Effects& out) {
    if (!state.serving.send_piece(link, now, view, hops_bulk, budget, out) && state.answered)
        next_page(link, state, view, out);
}

void Exchange::on_drained(base::LinkId link, base::Now now, const StoreView& view,
                          base::TokenBucket& budget, Effects& out) {
    const auto found = links_.find(link);
    if (found == links_.end() || !found->second.serving.under_way()) return;
    send_piece(link, found->second, now, view, budget, out);
}

bool Exchange::waits(base::LinkId link) const {
    const auto found = links_.find(link);
    return found != links_.end() && found->second.serving.waits();
}

void Exchange::on_timer(base::Now now, Effects& out) {
    for (const auto& [link, ids] : listed_.take_due(now.mono))
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

}  // namespace hearsay::core
