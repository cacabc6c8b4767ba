#include "core/relay/request_tracker.hpp"

#include <algorithm>

#include "base/ensure.hpp"
#include "base/limits/budgets.hpp"
#include "base/limits/relay.hpp"
#include "core/relay/better_nonce.hpp"

namespace hearsay::core {
namespace {

namespace limits = base::limits;

constexpr base::Millis answer_guess{600};  // before anybody answered

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

Heard* RequestTracker::find(const base::ItemId& id) {
    const auto found = items_.find(id);
    return found == items_.end() ? nullptr : &found->second;
}

const Heard* RequestTracker::find(const base::ItemId& id) const {
    const auto found = items_.find(id);
    return found == items_.end() ? nullptr : &found->second;
}

bool RequestTracker::in_debt(base::LinkId link) const {
    const auto found = debts_.find(link);
    return found != debts_.end() && found->second >= limits::debts_max;
}

std::size_t RequestTracker::waiting_on(base::LinkId link) const {
    const auto found = waiting_.find(link);
    return found == waiting_.end() ? 0 : found->second.size();
}

// ---- places -------------------------------------------------------------------------------------

// Null if all places are taken by what came within the last seconds.
Heard* RequestTracker::make(const base::ItemId& id, base::MonoTime now) {
    if (items_.size() >= limits::tracked_requests_max) {
        const auto most = std::max_element(
            waiting_.begin(), waiting_.end(),
            [](const auto& a, const auto& b) { return a.second.size() < b.second.size(); });
        if (most == waiting_.end()) return nullptr;
        give_way(most->first);
    }
    Heard& heard = items_[id];
    heard.first = now;
    move(forgettable_, id, heard.forget_at, now + limits::vain_memory);
    return &heard;
}

// The oldest that has not come: it had its time.
void RequestTracker::give_way(base::LinkId link) {
    erase(items_.find(waiting_.at(link).begin()->second));
}

void RequestTracker::trim(base::LinkId link) {
    while (waiting_on(link) > limits::announced_per_link_max) give_way(link);
}

void RequestTracker::move(Timed& timed, const base::ItemId& id, base::MonoTime& from,
                          base::MonoTime to) {
    if (from != base::never) timed.erase({from, id});
    from = to;
    if (to != base::never) timed.emplace(to, id);
}

void RequestTracker::set_deadline(const base::ItemId& id, Heard& heard, base::MonoTime at) {
    move(due_, id, heard.deadline, at);
}

// What has not come counts against the first who announced it.
void RequestTracker::charge(const base::ItemId& id, const Heard& heard, bool more) {
    if (heard.from || heard.announcers.empty()) return;
    const base::LinkId link = heard.announcers.front().link;
    Timed& ids = waiting_[link];
    if (more)
        ids.emplace(heard.first, id);
    else
        ids.erase({heard.first, id});
    if (ids.empty()) waiting_.erase(link);
}

void RequestTracker::erase(Items::iterator at) {
    charge(at->first, at->second, false);
    let_go(at->first, at->second);
    count_asked(at->second, false);
    set_deadline(at->first, at->second, base::never);
    move(forgettable_, at->first, at->second.forget_at, base::never);
    items_.erase(at);
}

void RequestTracker::forget(const base::ItemId& id) {
    const auto found = items_.find(id);
    if (found != items_.end()) erase(found);
}

void RequestTracker::forget_old(base::MonoTime now) {
    while (!forgettable_.empty() && forgettable_.begin()->first <= now)
        erase(items_.find(forgettable_.begin()->second));
}

// ---- what is heard ------------------------------------------------------------------------------

RequestTracker::Announced RequestTracker::on_announced(const base::ItemId& id, base::LinkId link,
                                                       base::MonoTime now, std::uint32_t size,
                                                       const item::Standing& standing) {
    Heard* heard = find(id);
    const bool is_new = heard == nullptr;
    if (is_new) {
        if (waiting_on(link) >= limits::announced_per_link_max) give_way(link);
        heard = make(id, now);
        if (!heard) return {};
        heard->size = size;
        heard->standing = standing;
    }
    if (heard->is_announcer(link)) return {heard, false, true};
    if (heard->announcers.size() >= limits::announcers_max) {
        // Not the first: the item counts against it.
        const auto failed = std::find_if(heard->announcers.begin() + 1, heard->announcers.end(),
                                         [](const auto& one) { return one.failed; });
        if (failed == heard->announcers.end()) return {heard, false, false};
        heard->announcers.erase(failed);
    }
    heard->announcers.push_back({link});
    if (heard->announcers.size() == 1) charge(id, *heard, true);
    // Asked for in vain so far: this one may have it.
    if (!heard->from && heard->deadline == base::never && !heard->held_back)
        set_deadline(id, *heard, now);
    return {heard, is_new, false};
}

bool RequestTracker::on_better(const base::ItemId& id, Heard& heard, std::uint64_t nonce,
                               item::Level level) {
    if (level < heard.standing.level + better_levels) return false;
    const bool waits = heard.held_back;
    let_go(id, heard);
    heard.better = nonce;
    heard.standing.level = level;
    if (waits) hold_back(id, heard);
    return true;
}

Heard* RequestTracker::on_copy(const base::ItemId& id, base::LinkId link, std::uint32_t hops,
                               base::MonoTime now) {
    Heard* heard = find(id);
    if (!heard) heard = make(id, now);
    if (!heard || heard->from) return heard;
    charge(id, *heard, false);
    let_go(id, *heard);
    settle_debts(*heard, link, now);
    count_asked(*heard, false);
    heard->from = link;
    heard->hops = hops;
    set_deadline(id, *heard, base::never);
    move(forgettable_, id, heard->forget_at, now + limits::request_memory);
    return heard;
}

void RequestTracker::settle_debts(const Heard& heard, base::LinkId bringer, base::MonoTime now) {
    for (const Heard::Announcer& one : heard.announcers) {
        if (!one.failed || one.link == bringer) continue;
        std::uint32_t& debts = debts_[one.link];
        debts = std::min(debts + 1, 2 * limits::debts_max);
    }
    if (!heard.was_asked(bringer)) return;
    const auto owed = debts_.find(bringer);
    if (owed != debts_.end() && --owed->second == 0) debts_.erase(owed);
    if (heard.asked != bringer) return;
    base::Millis& usual = usual_answers_.try_emplace(bringer, answer_guess).first->second;
    usual = (usual * 15 + (now - heard.asked_at)) / 16;
}

void RequestTracker::on_refused(const base::ItemId& id, base::MonoTime now) {
    Heard* heard = find(id);
    if (!heard || !heard->from) return;
    heard->from.reset();
    charge(id, *heard, true);
    count_asked(*heard, true);
    set_deadline(id, *heard, now);
    move(forgettable_, id, heard->forget_at, std::max(now, heard->first + limits::vain_memory));
    if (!heard->announcers.empty()) trim(heard->announcers.front().link);
}

void RequestTracker::on_link_gone(base::LinkId link, base::MonoTime now) {
    for (auto at = items_.begin(); at != items_.end();) {
        const auto here = at++;
        auto& [id, heard] = *here;  // total: not the end
        std::erase(heard.asking, link);
        if (!heard.is_announcer(link)) continue;
        charge(id, heard, false);
        std::erase_if(heard.announcers, [&](const auto& one) { return one.link == link; });
        charge(id, heard, true);
        const bool was_asked = heard.asked == link;
        if (was_asked) set_asked(heard, std::nullopt);
        if (heard.from) continue;
        if (heard.announcers.empty())
            erase(here);
        else if (was_asked)
            set_deadline(id, heard, now);
    }
    debts_.erase(link);
    usual_answers_.erase(link);
    std::vector<base::LinkId> heirs;  // what counted against it counts against them
    for (const auto& [heir, ids] : waiting_) heirs.push_back(heir);
    for (const base::LinkId heir : heirs) trim(heir);
}

// ---- asking -------------------------------------------------------------------------------------

// The first that was not asked yet; who is in debt comes last.
std::optional<std::size_t> RequestTracker::next_announcer(const Heard& heard) const {
    std::optional<std::size_t> last;
    for (std::size_t at = 0; at < heard.announcers.size(); ++at) {
        if (heard.announcers[at].asked) continue;
        if (!in_debt(heard.announcers[at].link)) return at;
        if (!last) last = at;
    }
    return last;
}

base::Millis RequestTracker::wait_for_answer() const {
    std::vector<base::Millis> usual;
    for (const auto& [link, answer] : usual_answers_) usual.push_back(answer);
    if (usual.empty()) usual.push_back(answer_guess);
    const auto middle = usual.begin() + static_cast<std::ptrdiff_t>((usual.size() - 1) / 2);
    std::nth_element(usual.begin(), middle, usual.end());
    return std::clamp(*middle * 4, limits::answer_wait_min, limits::answer_wait_max);
}

RequestTracker::Place RequestTracker::place_of(const base::ItemId& id, const Heard& heard) {
    return {heard.standing.level, heard.first, id};
}

void RequestTracker::hold_back(const base::ItemId& id, Heard& heard) {
    set_deadline(id, heard, base::never);
    heard.held_back = true;
    held_back_.insert(place_of(id, heard));
}

void RequestTracker::let_go(const base::ItemId& id, Heard& heard) {
    if (!heard.held_back) return;
    heard.held_back = false;
    held_back_.erase(place_of(id, heard));
}

// Once it came nobody has to answer any more.
void RequestTracker::count_asked(const Heard& heard, bool more) {
    if (!heard.asked || heard.from) return;
    asked_bytes_ = more ? asked_bytes_ + heard.size : asked_bytes_ - heard.size;
}

void RequestTracker::set_asked(Heard& heard, std::optional<base::LinkId> link) {
    count_asked(heard, false);
    heard.asked = link;
    count_asked(heard, true);
}

// False if all were asked.
bool RequestTracker::ask_next(const base::ItemId& id, Heard& heard, base::MonoTime deadline,
                              base::MonoTime now,
                              std::map<base::LinkId, std::vector<base::ItemId>>& out) {
    const auto next = next_announcer(heard);
    set_deadline(id, heard, next ? deadline : base::never);
    if (!next) return false;
    const base::LinkId link = heard.announcers[*next].link;  // total: next_announcer() found it
    heard.announcers[*next].asked = true;                    // total: as above
    set_asked(heard, link);
    heard.asked_at = now;
    out[link].push_back(id);
    return true;
}

std::map<base::LinkId, std::vector<base::ItemId>> RequestTracker::take_due(base::MonoTime now,
                                                                           Traffic* traffic) {
    std::map<base::LinkId, std::vector<base::ItemId>> out;
    if (next_deadline() > now && held_back_.empty()) return out;
    const base::MonoTime deadline = now + wait_for_answer();
    while (!due_.empty() && due_.begin()->first <= now) {
        const base::ItemId id = due_.begin()->second;
        Heard& heard = items_.at(id);
        for (Heard::Announcer& one : heard.announcers)
            if (heard.asked == one.link) one.failed = true;
        set_asked(heard, std::nullopt);
        if (!traffic)
            ask_next(id, heard, deadline, now, out);
        else if (next_announcer(heard))
            hold_back(id, heard);
        else
            set_deadline(id, heard, base::never);
    }
    while (!held_back_.empty() &&
           (!traffic || traffic->room_to_ask(Use::flood, asked_bytes_, now) > 0)) {
        const base::ItemId id = held_back_.begin()->id;
        Heard& heard = items_.at(id);
        let_go(id, heard);
        ask_next(id, heard, deadline, now, out);
    }
    return out;
}

// Those of one level lie together, the oldest first.
std::set<RequestTracker::Place>::const_iterator RequestTracker::oldest_of_poorest() const {
    if (held_back_.empty()) return held_back_.end();
    return held_back_.lower_bound({held_back_.rbegin()->level, base::MonoTime{}, {}});
}

base::MonoTime RequestTracker::overdue_at() const {
    const auto oldest = oldest_of_poorest();
    return oldest == held_back_.end() ? base::never : oldest->first + limits::download_wait;
}

std::optional<item::Standing> RequestTracker::take_overdue(base::MonoTime now) {
    auto at = oldest_of_poorest();
    if (at == held_back_.end() || now < at->first + limits::download_wait) return std::nullopt;
    const item::Standing late = items_.at(at->id).standing;
    while (at != held_back_.end()) {
        const base::ItemId id = (at++)->id;
        if (items_.at(id).standing.of == late.of) forget(id);
    }
    return late;
}

base::MonoTime RequestTracker::next_deadline() const {
    return due_.empty() ? base::never : due_.begin()->first;
}

void RequestTracker::sanity_check() const {
    std::map<base::LinkId, Timed> waiting;
    Timed due;
    Timed forgettable;
    std::set<Place> held_back;
    std::uint64_t asked_bytes = 0;
    for (const auto& [id, heard] : items_) {
        ENSURE(heard.announcers.size() <= limits::announcers_max,
               "too many announcers of one item");
        ENSURE(heard.asking.size() <= limits::askers_max, "too many who ask for one item");
        ENSURE(heard.forget_at != base::never, "an item that is never forgotten");
        ENSURE(!heard.from || heard.deadline == base::never, "what came is asked for");
        ENSURE(!heard.asked || heard.from || heard.is_announcer(*heard.asked),
               "somebody else is asked");
        if (!heard.from && !heard.announcers.empty())
            waiting[heard.announcers.front().link].emplace(heard.first, id);
        if (heard.deadline != base::never) due.emplace(heard.deadline, id);
        if (heard.held_back) held_back.insert(place_of(id, heard));
        if (heard.asked && !heard.from) asked_bytes += heard.size;
        ENSURE(!heard.held_back || (!heard.asked && !heard.from && heard.deadline == base::never),
               "what is held back is asked for, or here");
        forgettable.emplace(heard.forget_at, id);
    }
    ENSURE(items_.size() <= limits::tracked_requests_max,
           "more is remembered than there are places");
    ENSURE(waiting == waiting_, "what waits on a link is counted wrongly");
    ENSURE(due == due_, "a deadline is noted wrongly");
    ENSURE(std::ranges::equal(held_back, held_back_,
                              [](const Place& a, const Place& b) { return !(a < b) && !(b < a); }),
           "what is held back is noted wrongly");
    ENSURE(asked_bytes == asked_bytes_, "what is asked for is counted wrongly");
    ENSURE(forgettable == forgettable_, "a time to forget is noted wrongly");
    for (const auto& [link, ids] : waiting_)
        ENSURE(ids.size() <= limits::announced_per_link_max, "a link takes more than its places");
}

}  // namespace hearsay::core
