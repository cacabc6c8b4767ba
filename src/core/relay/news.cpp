#include "core/relay/news.hpp"

#include <algorithm>

#include "base/limits.hpp"

namespace hearsay::core {
namespace {

namespace limits = base::limits;

}  // namespace

base::Millis News::patience() const {
    if (!wait_for_tree_) return base::Millis(0);
    return std::clamp(usual_lag_ * 4, limits::tree_wait_min, limits::tree_wait_max);
}

const Heard* News::find(const base::ItemId& id) const {
    const auto found = items_.find(id);
    return found == items_.end() ? nullptr : &found->second;
}

bool News::is_asked_of(const base::ItemId& id, base::LinkId link) const {
    const Heard* heard = find(id);
    return heard && std::any_of(heard->announcers.begin(), heard->announcers.end(),
                                [&](const auto& one) { return one.link == link && one.asked; });
}

Heard* News::make(const base::ItemId& id, base::MonoTime now) {
    if (items_.size() >= limits::news_max) return nullptr;
    Heard& heard = items_[id];
    heard.first = now;
    order_.emplace_back(now, id);
    return &heard;
}

void News::set_deadline(const base::ItemId& id, Heard& heard, base::MonoTime at) {
    if (heard.deadline != base::never) due_.erase({heard.deadline, id});
    heard.deadline = at;
    if (at != base::never) due_.emplace(at, id);
}

// The first announcer of something that has not come is charged for it.
void News::release(const Heard& heard) {
    if (heard.from || heard.announcers.empty()) return;
    const auto found = waiting_.find(heard.announcers.front().link);
    if (found != waiting_.end() && --found->second == 0) waiting_.erase(found);
}

void News::erase(std::map<base::ItemId, Heard>::iterator at) {
    release(at->second);
    set_deadline(at->first, at->second, base::never);
    items_.erase(at);
}

bool News::on_announced(const base::ItemId& id, base::LinkId link, bool wanted, base::MonoTime now) {
    const auto found = items_.find(id);
    Heard* heard = found == items_.end() ? nullptr : &found->second;
    if (!heard) {
        if (!wanted) return true;  // known for long: nothing to remember
        const auto waiting = waiting_.find(link);
        if (waiting != waiting_.end() && waiting->second >= limits::announced_per_link_max) return false;
        heard = make(id, now);
        if (!heard) return false;
        ++waiting_[link];
        set_deadline(id, *heard, now + patience());
    }
    const bool again = std::any_of(heard->announcers.begin(), heard->announcers.end(),
                                   [&](const auto& one) { return one.link == link; });
    if (again || heard->announcers.size() >= limits::announcers_max) return false;
    heard->announcers.push_back({link, now, false});
    return true;
}

const Heard* News::on_copy(const base::ItemId& id, base::LinkId link, std::uint32_t hops,
                           base::MonoTime now) {
    const auto found = items_.find(id);
    Heard* heard = found == items_.end() ? make(id, now) : &found->second;
    if (!heard || heard->from) return heard;
    heard->requested = is_asked_of(id, link);
    if (heard->requested) {
        const auto debt = debts_.find(link);
        if (debt != debts_.end() && --debt->second == 0) debts_.erase(debt);
    } else if (!heard->announcers.empty()) {
        usual_lag_ = (usual_lag_ * 15 + (now - heard->first)) / 16;
    }
    release(*heard);
    heard->from = link;
    heard->came = now;
    heard->hops = hops;
    set_deadline(id, *heard, base::never);
    return heard;
}

void News::on_refused(const base::ItemId& id, base::MonoTime now) {
    const auto found = items_.find(id);
    if (found == items_.end() || !found->second.from) return;
    if (found->second.announcers.empty()) return erase(found);
    found->second.from.reset();
    ++waiting_[found->second.announcers.front().link];
    set_deadline(id, found->second, now);
}

void News::forget(const base::ItemId& id) {
    const auto found = items_.find(id);
    if (found != items_.end()) erase(found);
}

void News::on_link_gone(base::LinkId link, base::MonoTime now) {
    for (auto& [id, heard] : items_) {
        const auto at = std::find_if(heard.announcers.begin(), heard.announcers.end(),
                                     [&](const auto& one) { return one.link == link; });
        if (at == heard.announcers.end()) continue;
        const bool first = at == heard.announcers.begin();
        if (first) release(heard);
        heard.announcers.erase(at);
        if (first && !heard.from && !heard.announcers.empty()) ++waiting_[heard.announcers.front().link];
        if (heard.asked == link && !heard.from) {
            heard.asked.reset();
            set_deadline(id, heard, now);
        }
    }
    waiting_.erase(link);
    debts_.erase(link);
}

// The first that was not asked yet; those in debt come last.
std::optional<base::LinkId> News::next_announcer(const Heard& heard) const {
    std::optional<base::LinkId> last;
    for (const auto& one : heard.announcers) {
        if (one.asked) continue;
        const auto debt = debts_.find(one.link);
        if (debt == debts_.end() || debt->second < limits::debts_max) return one.link;
        if (!last) last = one.link;
    }
    return last;
}

std::map<base::LinkId, std::vector<base::ItemId>> News::take_due(base::MonoTime now) {
    std::map<base::LinkId, std::vector<base::ItemId>> out;
    while (!due_.empty() && due_.begin()->first <= now) {
        const base::ItemId id = due_.begin()->second;
        const auto found = items_.find(id);
        Heard& heard = found->second;
        if (heard.asked) debts_[*heard.asked] = std::min(debts_[*heard.asked] + 1, 2 * limits::debts_max);
        const auto link = next_announcer(heard);
        if (!link) {
            erase(found);
            continue;
        }
        for (auto& one : heard.announcers) one.asked = one.asked || one.link == *link;
        heard.asked = *link;
        set_deadline(id, heard, now + limits::answer_wait);
        out[*link].push_back(id);
    }
    return out;
}

base::MonoTime News::next_deadline() const {
    return due_.empty() ? base::never : due_.begin()->first;
}

std::vector<Heard> News::settle(base::MonoTime now) {
    std::vector<Heard> out;
    while (!order_.empty() && order_.front().first + limits::news_memory <= now) {
        const auto [first, id] = order_.front();
        order_.pop_front();
        const auto found = items_.find(id);
        if (found == items_.end() || found->second.first != first) continue;
        if (!found->second.from) {  // still asked for: looked at again later
            order_.emplace_back(now, id);
            found->second.first = now;
            continue;
        }
        out.push_back(std::move(found->second));
        found->second.deadline = base::never;
        items_.erase(found);
    }
    return out;
}

}  // namespace hearsay::core
