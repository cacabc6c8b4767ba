#include "core/relay/news.hpp"

#include <algorithm>

#include "base/limits/relay.hpp"

namespace hearsay::core {
namespace {

namespace limits = base::limits;

const Heard::Announcer* announcer(const Heard& heard, base::LinkId link) {
    const auto found = std::find_if(heard.announcers.begin(), heard.announcers.end(),
                                    [&](const auto& one) { return one.link == link; });
    return found == heard.announcers.end() ? nullptr : &*found;
}

}  // namespace

bool Heard::is_announcer(base::LinkId link) const {
    return announcer(*this, link) != nullptr;
}

bool Heard::was_asked(base::LinkId link) const {
    const Announcer* one = announcer(*this, link);
    return one && one->asked;
}

Heard* News::find(const base::ItemId& id) {
    const auto found = items_.find(id);
    return found == items_.end() ? nullptr : &found->second;
}

bool News::in_debt(base::LinkId link) const {
    const auto found = debts_.find(link);
    return found != debts_.end() && found->second >= limits::debts_max;
}

Heard* News::make(const base::ItemId& id, base::MonoTime now) {
    if (items_.size() >= limits::news_max) return nullptr;
    Heard& heard = items_[id];
    heard.first = now;
    order_.emplace_back(now + limits::news_memory, id);
    return &heard;
}

void News::set_deadline(const base::ItemId& id, Heard& heard, base::MonoTime at) {
    if (heard.deadline != base::never) due_.erase({heard.deadline, id});
    heard.deadline = at;
    if (at != base::never) due_.emplace(at, id);
}

// What has not come counts against the first who announced it.
void News::charge(const Heard& heard, bool more) {
    if (heard.from || heard.announcers.empty()) return;
    std::size_t& count = waiting_[heard.announcers.front().link];
    count = more ? count + 1 : count - 1;
    if (count == 0) waiting_.erase(heard.announcers.front().link);
}

void News::erase(std::map<base::ItemId, Heard>::iterator at) {
    charge(at->second, false);
    set_deadline(at->first, at->second, base::never);
    items_.erase(at);
}

News::Announced News::on_announced(const base::ItemId& id, base::LinkId link, base::MonoTime now) {
    Heard* heard = find(id);
    const bool is_new = heard == nullptr;
    if (is_new) {
        const auto waiting = waiting_.find(link);
        if (waiting != waiting_.end() && waiting->second >= limits::announced_per_link_max) return {};
        heard = make(id, now);
        if (!heard) return {};
    }
    if (heard->is_announcer(link)) return {heard, false, true};
    if (heard->announcers.size() >= limits::announcers_max) return {heard, false, false};
    heard->announcers.push_back({link, false});
    if (heard->announcers.size() == 1) charge(*heard, true);
    // Asked for in vain so far: this one may have it.
    if (!heard->from && heard->deadline == base::never) set_deadline(id, *heard, now);
    return {heard, is_new, false};
}

Heard* News::on_copy(const base::ItemId& id, base::LinkId link, std::uint32_t hops, base::MonoTime now) {
    Heard* heard = find(id);
    if (!heard) heard = make(id, now);
    if (!heard || heard->from) return heard;
    charge(*heard, false);
    if (heard->was_asked(link)) {
        debts_.erase(link);
        if (heard->asked == link) usual_answer_ = (usual_answer_ * 15 + (now - heard->asked_at)) / 16;
    }
    heard->from = link;
    heard->hops = hops;
    set_deadline(id, *heard, base::never);
    return heard;
}

void News::on_refused(const base::ItemId& id, base::MonoTime now) {
    Heard* heard = find(id);
    if (!heard || !heard->from) return;
    heard->from.reset();
    charge(*heard, true);
    set_deadline(id, *heard, now);
}

void News::forget(const base::ItemId& id) {
    const auto found = items_.find(id);
    if (found != items_.end()) erase(found);
}

void News::on_link_gone(base::LinkId link, base::MonoTime now) {
    for (auto& [id, heard] : items_) {
        std::erase(heard.asking, link);
        if (!heard.is_announcer(link)) continue;
        charge(heard, false);
        std::erase_if(heard.announcers, [&](const auto& one) { return one.link == link; });
        charge(heard, true);
        if (heard.asked != link || heard.from) continue;
        heard.asked.reset();
        set_deadline(id, heard, now);
    }
    waiting_.erase(link);
    debts_.erase(link);
}

// The first that was not asked yet; who is in debt comes last.
std::optional<std::size_t> News::next_announcer(const Heard& heard, const News& news) {
    std::optional<std::size_t> last;
    for (std::size_t at = 0; at < heard.announcers.size(); ++at) {
        if (heard.announcers[at].asked) continue;
        if (!news.in_debt(heard.announcers[at].link)) return at;
        if (!last) last = at;
    }
    return last;
}

std::map<base::LinkId, std::vector<base::ItemId>> News::take_due(base::MonoTime now) {
    std::map<base::LinkId, std::vector<base::ItemId>> out;
    const base::Millis wait = std::clamp(usual_answer_ * 4, limits::answer_wait_min, limits::answer_wait_max);
    while (!due_.empty() && due_.begin()->first <= now) {
        const base::ItemId id = due_.begin()->second;
        Heard& heard = items_.at(id);
        if (heard.asked) debts_[*heard.asked] = std::min(debts_[*heard.asked] + 1, limits::debts_max);
        heard.asked.reset();
        const auto next = next_announcer(heard, *this);
        set_deadline(id, heard, next ? now + wait : base::never);
        if (!next) continue;
        heard.announcers[*next].asked = true;        // total: next_announcer() found it
        heard.asked = heard.announcers[*next].link;  // total: as above
        heard.asked_at = now;
        out[*heard.asked].push_back(id);
    }
    return out;
}

base::MonoTime News::next_deadline() const {
    return due_.empty() ? base::never : due_.begin()->first;
}

void News::forget_old(base::MonoTime now) {
    while (!order_.empty() && order_.front().first <= now) {
        const base::ItemId id = order_.front().second;
        order_.pop_front();
        const auto found = items_.find(id);
        if (found == items_.end()) continue;
        if (found->second.from || found->second.first + limits::vain_memory <= now)
            erase(found);
        else
            order_.emplace_back(now + limits::news_memory, id);
    }
}

}  // namespace hearsay::core
