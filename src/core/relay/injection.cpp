#include "core/relay/injection.hpp"

#include <algorithm>
#include <tuple>

#include "base/limits/links.hpp"
#include "base/limits/relay.hpp"
#include "base/waits.hpp"
#include "core/relay/better_nonce.hpp"
#include "core/relay/ingest.hpp"

namespace hearsay::core {
namespace {

namespace limits = base::limits;
using base::Fault;
using base::Millis;

// What rule 3 goes by, the lower the better.
enum class Reach : std::uint8_t { apart, linked, doubtful };
using Rank = std::tuple<std::uint32_t, bool, Reach>;  // tried so often, not long known, and:

// What is stored does not show as much work by far.
bool is_better(const item::Read& item, const StoreView& view) {
    const auto stored = view.standing(item.id);
    return stored && item::level_of(item) >= stored->level + better_levels;
}

bool is_over(const item::Read& item, base::Now now, const StoreView& view) {
    const Presence presence = view.presence(item.id);
    return item.header.expires <= now.wall || presence == Presence::gone ||
           (presence == Presence::alive && !is_better(item, view)) || is_superseded(item, view);
}

}  // namespace

Injection::Injection(base::PeerId self, item::Network network, base::Rng rng,
                     const InjectionPace& pace)
    : self_(self), network_(network), pace_(pace), rng_(std::move(rng)) {}

// ---- what is ours -------------------------------------------------------------------------------

std::optional<Fault> Injection::on_submit(const Submit& submit, base::Now now,
                                          const StoreView& view) {
    const item::ReadPtr& item = submit.item;
    if (const auto known = own_.find(item->id); known != own_.end()) {
        add_work(known->first, known->second, item, now, view);
        return std::nullopt;
    }
    const Presence presence = view.presence(item->id);
    // A date in the future does not matter yet: whether a clock is wrong, the others will know.
    if (item->header.expires <= now.wall) return Fault::item_expired;
    if (presence == Presence::gone || is_superseded(*item, view)) return Fault::item_superseded;
    if (!make_room()) return Fault::too_many_requests;
    drop_older(*item);
    Own& own = own_[item->id];
    own.injected = submit.injected;
    if (presence == Presence::alive && !is_better(*item, view)) return std::nullopt;
    own.item = item;
    const Millis wait =
        submit.injected == 0 ? first_wait(submit) : rng_.between(pace_.wait_min, pace_.wait_max);
    schedule(item->id, own, now.mono + wait);
    return std::nullopt;
}

// The same item with more work in it: whoever refused it before may take it now.
void Injection::add_work(const base::ItemId& id, Own& own, const item::ReadPtr& better,
                         base::Now now, const StoreView& view) {
    const bool more =
        own.item ? item::level_of(*better) > item::level_of(*own.item) : is_better(*better, view);
    if (!more) return;
    own.item = better;
    own.waits = 0;
    if (!own.under_way) schedule(id, own, now.mono + delay(std::max<std::size_t>(due_.size(), 1)));
}

// What came back needs nobody's attention any more; what did not may still.
bool Injection::make_room() {
    if (own_.size() < limits::followed_items_max) return true;
    const auto stored = std::find_if(own_.begin(), own_.end(),
                                     [](const auto& entry) { return !entry.second.item; });
    if (stored == own_.end()) return false;
    forget(stored);
    return true;
}

void Injection::drop_older(const item::Read& newer) {
    const item::Version version = newer.version;
    for (auto own = own_.begin(); own != own_.end();) {
        const auto other =
            own->second.item ? std::optional(own->second.item->version) : std::nullopt;
        const bool older =
            other && other->thing == version.thing && other->sequence < version.sequence;
        own = older ? forget(own) : std::next(own);
    }
}

Injection::OwnItems::iterator Injection::forget(OwnItems::iterator own) {
    due_.erase({own->second.due, own->first});
    if (own->second.under_way) --under_way_;
    return own_.erase(own);
}

void Injection::on_forgotten(const base::ItemId& id) {
    if (const auto own = own_.find(id); own != own_.end()) forget(own);
}

// ---- injecting ----------------------------------------------------------------------------------

void Injection::schedule(const base::ItemId& id, Own& own, base::MonoTime due) {
    due_.erase({own.due, id});
    own.due = due;
    due_.insert({due, id});
}

Millis Injection::first_wait(const Submit& submit) {
    const Millis wait = delay(due_.size() + 1);
    return due_.empty() ? std::max(Millis(0), wait - submit.worked) : wait;
}

Millis Injection::delay(std::size_t waiting) {
    const auto times =
        static_cast<Millis::rep>(std::min<std::size_t>(waiting, limits::followed_items_max));
    return rng_.between(pace_.delay_min, std::min(pace_.delay * times, pace_.delay_max));
}

// What became due while nothing could be done would all leave in the moment when it can.
void Injection::spread_overdue(base::Now now) {
    std::vector<base::ItemId> overdue;
    for (const auto& [due, id] : due_) {
        if (due > now.mono) break;
        overdue.push_back(id);
    }
    for (const base::ItemId& id : overdue)
        schedule(id, own_.at(id), now.mono + delay(overdue.size()));
}

bool Injection::somebody_known(const Links& links, const Discovery& discovery) {
    return !discovery.peers().empty() ||
           std::any_of(links.all().begin(), links.all().end(),
                       [](const auto& entry) { return !entry.second.anonymous(); });
}

void Injection::on_timer(base::Now now, const Links& links, const Discovery& discovery,
                         const StoreView& view, Effects& out) {
    const bool able = network_ready_ && (due_.empty() || somebody_known(links, discovery));
    if (able && !able_) spread_overdue(now);
    able_ = able;
    if (!able_) return;
    while (under_way_ < limits::injections_max && !due_.empty() &&
           due_.begin()->first <= now.mono) {
        const auto own = own_.find(due_.begin()->second);
        if (is_over(*own->second.item, now, view))
            forget(own);
        else
            inject(own->first, own->second, now, links, discovery, out);
    }
}

base::MonoTime Injection::next_deadline() const {
    const bool waits = able_ && under_way_ < limits::injections_max && !due_.empty();
    return waits ? due_.begin()->first : base::never;
}

std::optional<base::PeerId> Injection::choose(const Own& own, base::Now now, const Links& links,
                                              const Discovery& discovery) {
    std::set<base::PeerId> linked;
    for (const auto& [id, link] : links.all())
        if (link.peer) linked.insert(*link.peer);
    const bool by_age = discovery.settings().trust_age && own.waits % 2 == 1;
    std::map<Rank, std::vector<base::PeerId>> ranks;
    const auto rank = [&](const base::PeerId& peer, Reach reach) {
        if (peer == self_ || links.is_shunned(peer, now) || discovery.is_banned(peer, now.wall))
            return;
        const auto tried = own.tried.find(peer);
        const bool young = by_age && !discovery.is_long_known(peer, now.wall);
        ranks[{tried == own.tried.end() ? 0 : tried->second, young, reach}].push_back(peer);
    };
    for (const auto& [peer, state] : discovery.peers())
        if (!linked.contains(peer))
            rank(peer, state.unanswered == 0 ? Reach::apart : Reach::doubtful);
    for (const base::PeerId& peer : linked)
        rank(peer, discovery.peers().contains(peer) ? Reach::linked : Reach::doubtful);
    if (ranks.empty()) return std::nullopt;
    const std::vector<base::PeerId>& first = ranks.begin()->second;
    return first[rng_.below(first.size())];
}

void Injection::inject(const base::ItemId& id, Own& own, base::Now now, const Links& links,
                       const Discovery& discovery, Effects& out) {
    const auto peer = choose(own, now, links, discovery);
    if (!peer) {  // all banned for a while
        schedule(id, own, now.mono + rng_.between(pace_.wait_min, pace_.wait_max));
        return;
    }
    due_.erase({own.due, id});
    own.under_way = peer;
    ++own.tried[*peer];
    ++under_way_;
    const base::WallTime minute = base::WallTime(now.wall.time_since_epoch() / 60 * 60);
    const Hello hello{protocol_version, static_cast<std::uint32_t>(network_), minute, false,
                      rng_.next()};
    std::size_t from = 0;
    out.push_back(Inject{id,
                         *peer,
                         base::doubled(limits::dial_wait_first, own.failures, limits::dial_wait),
                         {encode(hello), encode_items({own.item}, from, 0)}});
}

void Injection::on_injected(const Injected& injected, base::Now now, Effects& out) {
    const auto found = own_.find(injected.id);
    // Forgotten meanwhile, or asked for by a life before this one.
    if (found == own_.end() || found->second.under_way != injected.peer) return;
    Own& own = found->second;
    own.under_way.reset();
    --under_way_;
    if (injected.ok) {
        ++own.injected;
        own.failures = 0;
        out.push_back(Notify{OwnItemInjected{injected.id, own.injected}});
    } else {
        ++own.failures;
    }
    if (!own.item) return;  // it came back before we knew that it went
    const std::uint32_t waits = injected.ok ? ++own.waits : own.waits;
    const std::uint32_t slower =
        waits > limits::injection_quick ? waits - limits::injection_quick : 0;
    const std::uint32_t times = injected.ok ? slower : own.failures - 1;
    const Millis least = injected.ok ? pace_.wait_min : pace_.retry_min;
    const Millis most = injected.ok ? pace_.wait_max : pace_.retry_max;
    const Millis end = injected.ok ? pace_.wait_most : pace_.wait_max;
    schedule(injected.id, own,
             now.mono + rng_.between(base::doubled(least, times, end / 3),
                                     base::doubled(most, times, end)));
}

std::uint32_t Injection::in_vain(const base::ItemId& id) const {
    const auto found = own_.find(id);
    return found == own_.end() || !found->second.item ? 0 : found->second.waits;
}

void Injection::on_improved(const base::ItemId& id, item::Level level) {
    const auto found = own_.find(id);
    if (found == own_.end() || !found->second.item) return;
    Own& own = found->second;
    if (item::level_of(*own.item) >= level + better_levels) return;
    due_.erase({own.due, id});
    own.item.reset();
}

// ---- hearing back -------------------------------------------------------------------------------

void Injection::on_stored(const base::ItemId& id, base::Now now, Effects& out) {
    const auto found = own_.find(id);
    if (found == own_.end() || !found->second.item) return;
    Own& own = found->second;
    due_.erase({own.due, id});
    own.item.reset();
    own.stored_at = now.mono;
    if (!own.heard.empty()) out.push_back(Notify{OwnItemHeard{id, own.heard.size()}});
}

void Injection::on_peer_has(const base::ItemId& id, const base::PeerId& peer, Effects& out) {
    const auto found = own_.find(id);
    if (found == own_.end() || found->second.heard.size() >= limits::followed_peers_max) return;
    Own& own = found->second;
    if (own.heard.insert(peer).second && !own.item)
        out.push_back(Notify{OwnItemHeard{id, own.heard.size()}});
}

void Injection::on_peer_has_all(const base::PeerId& peer, base::MonoTime since,
                                std::span<const base::ItemId> handed_over,
                                const std::function<bool(const base::ItemId&)>& counted,
                                Effects& out) {
    if (own_.empty()) return;
    const std::set<base::ItemId> given(handed_over.begin(), handed_over.end());
    for (const auto& [id, own] : own_)
        if (!own.item && own.stored_at < since && !given.contains(id) && counted(id))
            on_peer_has(id, peer, out);
}

void Injection::sanity_check() const {
    std::set<std::pair<base::MonoTime, base::ItemId>> due;
    std::size_t under_way = 0;
    for (const auto& [id, own] : own_) {
        ENSURE(own.heard.size() <= limits::followed_peers_max, "more peers are followed than may");
        if (own.under_way) ++under_way;
        if (own.item && !own.under_way) due.emplace(own.due, id);
    }
    ENSURE(own_.size() <= limits::followed_items_max, "more items are followed than may");
    ENSURE(due == due_, "an injection is due at another time, or none is");
    ENSURE(under_way == under_way_, "injections under way are counted wrongly");
    ENSURE(under_way <= limits::injections_max, "more injections are under way than may");
}

}  // namespace hearsay::core
