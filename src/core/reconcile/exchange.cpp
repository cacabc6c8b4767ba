#include "core/reconcile/exchange.hpp"

#include "base/limits.hpp"

namespace hearsay::core {
namespace {

namespace limits = base::limits;
using base::Fault;

}  // namespace

void Exchange::on_greeted(base::LinkId link, const StoreView& view, Effects& out) {
    next_page(link, links_[link], view, out);
}

void Exchange::on_link_gone(base::LinkId link) {
    links_.erase(link);
}

void Exchange::next_page(base::LinkId link, State& state, const StoreView& view, Effects& out) {
    if (state.last_sent) return;
    const auto ids = view.newest(state.below, limits::ids_per_page_max);
    ++state.page;
    state.page_ids.clear();
    for (const auto& [position, id] : ids) {
        state.page_ids.push_back(id);
        state.below = position;
    }
    state.last_sent = ids.empty();
    state.answered = false;
    out.push_back(Send{link, encode(Have{state.page, state.page_ids, state.last_sent})});
}

std::optional<Fault> Exchange::on_have(base::LinkId link, const Have& have, const Ingest& ingest,
                                       const StoreView& view, Effects& out) {
    const auto found = links_.find(link);
    if (found == links_.end()) return Fault::frame_unexpected;
    State& state = found->second;
    if (state.their_last || have.page != state.their_page + 1 || have.last != have.ids.empty())
        return Fault::frame_unexpected;
    if (have.page > limits::exchange_pages_max) return Fault::too_many_requests;
    state.their_page = have.page;
    state.their_last = have.last;
    Want want{have.page, {}};
    std::set<base::ItemId> once;
    for (const base::ItemId& id : have.ids)
        if (view.presence(id) == Presence::unknown && !ingest.is_verifying(id) && once.insert(id).second)
            want.ids.push_back(id);
    out.push_back(Send{link, encode(want)});
    return std::nullopt;
}

std::optional<Fault> Exchange::on_want(base::LinkId link, const Want& want, base::Now now,
                                       const StoreView& view, std::vector<base::ItemId>& has, Effects& out) {
    const auto found = links_.find(link);
    if (found == links_.end()) return Fault::frame_unexpected;
    State& state = found->second;
    if (state.answered || want.page != state.page) return Fault::frame_unexpected;
    std::set<base::ItemId> page(state.page_ids.begin(), state.page_ids.end());
    for (const base::ItemId& id : want.ids)
        if (page.erase(id) == 0) return Fault::frame_unexpected;
    state.answered = true;
    state.page_ids.clear();
    has.assign(page.begin(), page.end());
    state.wanted.assign(want.ids.begin(), want.ids.end());
    send_piece(link, state, now, view, has, out);
    return std::nullopt;
}

void Exchange::send_piece(base::LinkId link, State& state, base::Now now, const StoreView& view,
                          std::vector<base::ItemId>& has, Effects& out) {
    std::vector<item::ReadPtr> items;
    std::size_t bytes = 0;
    while (!state.wanted.empty() && bytes < limits::exchange_piece_bytes) {
        const base::ItemId id = state.wanted.front();
        state.wanted.pop_front();
        item::ReadPtr item = view.get(id);
        if (!item || item->header.expires <= now.wall) continue;
        bytes += item->item.size();
        has.push_back(id);
        items.push_back(std::move(item));
    }
    for (std::size_t from = 0; from < items.size();) out.push_back(Send{link, encode_items(items, from)});
    state.piece_under_way = !items.empty();
    if (items.empty() && state.answered) next_page(link, state, view, out);
}

void Exchange::on_drained(base::LinkId link, base::Now now, const StoreView& view,
                          std::vector<base::ItemId>& has, Effects& out) {
    const auto found = links_.find(link);
    if (found == links_.end() || !found->second.piece_under_way) return;
    send_piece(link, found->second, now, view, has, out);
}

bool Exchange::in_sync(base::LinkId link) const {
    const auto found = links_.find(link);
    if (found == links_.end()) return false;
    const State& state = found->second;
    return state.their_last && state.last_sent && state.answered;
}

}  // namespace hearsay::core
