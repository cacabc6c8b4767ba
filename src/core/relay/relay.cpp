#include "core/relay/relay.hpp"

#include <algorithm>
#include <iterator>

#include "base/limits/budgets.hpp"
#include "base/limits/frames.hpp"
#include "base/limits/relay.hpp"

namespace hearsay::core {
namespace {

namespace limits = base::limits;
using base::Fault;

bool is_bulk(std::uint32_t hops) {
    return hops >= hops_bulk;
}

FramePtr frame_of(const item::ReadPtr& item, std::uint32_t hops) {
    std::size_t from = 0;
    return encode_items({item}, from, std::min(hops + 1, hops_answer));
}

}  // namespace

bool Relay::Neighbour::is_behind() const {
    return ahead_bytes > limits::relay_ahead_bytes;
}

Relay::Neighbour* Relay::find(base::LinkId link) {
    const auto found = links_.find(link);
    return found == links_.end() ? nullptr : &found->second;
}

// ---- links --------------------------------------------------------------------------------------

void Relay::on_greeted(base::LinkId link, base::Now now, Effects& out) {
    links_[link];
    want(now, out);
}

void Relay::on_link_gone(base::LinkId link, base::Now now) {
    if (links_.erase(link) == 0) return;
    requests_.on_link_gone(link, now.mono);
    ahead_.on_link_gone(link);
}

std::uint32_t Relay::wish(const Neighbour& neighbour) const {
    if (mode_ == RelayMode::tree) return neighbour.radius.hops();
    return mode_ == RelayMode::flood ? push_all : 0;
}

// Tells who does not know yet what we want to be pushed. Less of it at once, for each second costs
// copies in vain; more of it not so often that it is a flood of its own.
void Relay::want(base::Now now, Effects& out) {
    const bool no_room = traffic_.is_short(now.mono);
    for (auto& [link, neighbour] : links_) {
        const std::uint32_t below = no_room || is_wasteful(neighbour, now) ? 0 : wish(neighbour);
        const bool too_soon = below > neighbour.wanted && neighbour.told != base::MonoTime{} &&
                              now.mono - neighbour.told < limits::push_pause;
        if (neighbour.wanted == below || too_soon) continue;
        neighbour.wanted = below;
        neighbour.told = now.mono;
        send(link, neighbour, encode(Push{below}), out);
    }
}

// Much of what it pushed was in vain: by somebody's arrangement, perhaps, who handed the same to
// both of us. Who follows the protocol pushes no more once told, and so never comes to the end of
// the budget by pushing.
bool Relay::is_wasteful(Neighbour& neighbour, base::Now now) const {
    if (mode_ != RelayMode::tree) return false;
    const std::int64_t left = neighbour.wasted.left(limits::waste_rate, now.mono);
    return left < (neighbour.wanted == 0 ? limits::waste_left_to_begin : limits::waste_left_to_end);
}

bool Relay::spend(Neighbour& neighbour, std::size_t bytes, base::Now now) {
    return neighbour.wasted.take(limits::waste_rate, static_cast<std::int64_t>(bytes), now.mono);
}

void Relay::charge_answer(Neighbour& neighbour, base::ByteView frame, base::Now now) {
    neighbour.answered.charge(limits::answers_rate, static_cast<std::int64_t>(frame.size()),
                              now.mono);
}

void Relay::send_item(base::LinkId link, Neighbour& neighbour, const FramePtr& frame, base::Now now,
                      Effects& out) {
    traffic_.on_sent(Use::flood, frame->size(), now.mono);
    send(link, neighbour, frame, out);
}

void Relay::send(base::LinkId link, Neighbour& neighbour, const FramePtr& frame, Effects& out) {
    neighbour.ahead_bytes += frame->size();
    out.push_back(Send{link, frame});
}

// ---- items --------------------------------------------------------------------------------------

std::optional<Fault> Relay::on_copy(base::LinkId link, const Admission& admission,
                                    std::uint32_t hops, bool asked, base::Now now, Effects& out) {
    Neighbour* neighbour = find(link);
    if (!neighbour) {  // a visitor: what others announced need not be asked for any more
        if (admission.novelty == Novelty::fresh && requests_.find(admission.id))
            requests_.on_copy(admission.id, link, 0, now.mono);
        return std::nullopt;
    }
    // What waited for the download was listed, and is answered like any other.
    if (asked && traffic_.limits_download()) hops = hops_bulk;
    requests_.forget_old(now.mono);
    switch (admission.novelty) {
        case Novelty::refused:
            if (admission.fault == Fault::item_laid_aside) break;
            requests_.forget(admission.id);
            return std::nullopt;
        case Novelty::fresh:
            requests_.on_copy(admission.id, link, hops, now.mono);
            return std::nullopt;
        case Novelty::waiting:
        case Novelty::held:
            break;
    }
    // What was asked for is never in vain, even if it floods in meanwhile.
    if (asked || on_duplicate(link, *neighbour, admission, hops, now, out)) return std::nullopt;
    return Fault::too_many_requests;
}

// False if the link has sent too much in vain.
bool Relay::on_duplicate(base::LinkId link, Neighbour& neighbour, const Admission& admission,
                         std::uint32_t hops, base::Now now, Effects& out) {
    Heard* heard = requests_.find(admission.id);
    if (heard && heard->was_asked(link)) {
        // The first copy was pushed while this one was under way: that one was too many.
        Neighbour* pusher =
            heard->from && !heard->was_asked(*heard->from) ? find(*heard->from) : nullptr;
        if (pusher) on_pushed_twice(*heard->from, *pusher, *heard, now, out);
        return true;
    }
    // Its own copy had one hop less: of those it pushed what had come fewer hops than we want.
    const bool wanted = hops <= neighbour.wanted;
    // Who wants everything pushed wants this, too.
    const bool wished = mode_ == RelayMode::flood && wanted;
    if (heard && heard->from != link && wanted) on_pushed_twice(link, neighbour, *heard, now, out);
    if (wished) return true;
    const bool paid = spend(neighbour, admission.bytes, now);
    want(now, out);
    return paid;
}

// Counts against this link once for each item, and only while it is news:
// an old item that is pushed is waste.
void Relay::on_pushed_twice(base::LinkId link, Neighbour& neighbour, Heard& heard, base::Now now,
                            Effects& out) {
    const bool counted = std::count(heard.twice.begin(), heard.twice.end(), link) > 0;
    if (counted || heard.twice.size() >= limits::askers_max) return;
    heard.twice.push_back(link);
    if (neighbour.radius.on_duplicate(links_.size())) want(now, out);
}

void Relay::on_accepted(const Accepted& accepted, const std::function<bool(base::LinkId)>& matches,
                        base::Now now, Effects& out) {
    const item::ReadPtr& item = accepted.item;
    Heard* heard = requests_.find(item->id);
    ahead_.on_came(item->id);
    for (const base::LinkId source : accepted.sources)
        if (find(source)) ahead_.on_brought_news(source);
    const bool listed = std::any_of(accepted.sources.begin(), accepted.sources.end(),
                                    [&](base::LinkId link) { return find(link) != nullptr; });
    // What there was no room to remember came in a rush: treat it as bulk. So is a bundle.
    const bool rush = listed || accepted.by_user;
    const std::uint32_t hops = heard && heard->from ? heard->hops : rush ? hops_bulk : 0;
    const bool bulk = is_bulk(hops) && mode_ != RelayMode::flood;
    const bool said = heard && heard->passed_on;
    FramePtr frame;
    for (auto& [link, neighbour] : links_) {
        if (accepted.sources.contains(link)) continue;
        const bool asking =
            heard && std::count(heard->asking.begin(), heard->asking.end(), link) > 0;
        const bool knows = heard && heard->is_announcer(link);
        const bool wanted = wants(link, announced(*item, item->item.nonce));
        const bool push = !knows && !bulk && hops < neighbour.wants && wanted;
        const bool at_once = traffic_.may_send(Use::flood, now.mono) &&
                             (!traffic_.limits_upload() || neighbour.owed.empty());
        if ((asking || push) && !neighbour.is_behind() && at_once) {
            if (!frame) frame = frame_of(item, hops);
            if (asking) charge_answer(neighbour, *frame, now);
            send_item(link, neighbour, frame, now, out);
        } else if (asking) {
            const item::Level level = traffic_.limits_upload() ? item::level_of(*item) : 0;
            if (neighbour.owed.size() < limits::requested_max) neighbour.owed.add(item->id, level);
        } else if (wanted && !knows && !said && (!bulk || matches(link))) {
            say(link, neighbour, announced(*item, item->item.nonce), false, now, out);
        }
    }
    if (!heard) return;
    heard->passed_on = true;
    heard->asking.clear();
    if (heard->from && find(*heard->from) && !is_bulk(hops)) {
        for (auto& [link, pushing] : links_) pushing.radius.on_delivered(links_.size());
        want(now, out);
    }
    // It was announced with more work than this copy shows.
    if (!heard->better) return;
    const Announced better = announced(*item, *heard->better);
    heard->better.reset();
    const item::Level level = standing_of(better, network_).level;
    if (level < item::level_of(*item) + better_levels) return;
    out.push_back(Improve{item->id, better.nonce, level});
    tell_better(better, std::nullopt, now, out);
}

bool Relay::on_better_copy(base::LinkId link, const base::ItemId& id, std::uint64_t nonce,
                           bool bulk, BetterNonces& better, base::Now now, Effects& out) {
    const auto taken = better.take(id, nonce, bulk ? 1 : better_levels);
    if (taken && taken->to_be_told) tell_better(taken->item, link, now, out);
    return taken.has_value();
}

void Relay::tell_better(const Announced& better, std::optional<base::LinkId> from, base::Now now,
                        Effects& out) {
    for (auto& [link, neighbour] : links_)
        if (link != from && wants(link, better)) say(link, neighbour, better, true, now, out);
}

void Relay::on_unwanted(const base::ItemId& id) {
    ahead_.on_came(id);
    requests_.forget(id);
}

void Relay::on_laid_aside(const base::ItemId& id) {
    Heard* heard = requests_.find(id);
    if (!heard || !heard->from) return on_unwanted(id);
    ahead_.on_came(id);
    heard->asking.clear();
}

std::optional<Fault> Relay::on_request(base::LinkId link, const Request& request, base::Now now,
                                       const StoreView& view, Effects& out) {
    Neighbour* neighbour = find(link);
    if (!neighbour) return Fault::frame_unexpected;
    requests_.forget_old(now.mono);  // hops are told for as long as protocol.md says, and no longer
    for (const base::ItemId& id : request.ids) {
        Heard* heard = requests_.find(id);
        if (view.presence(id) == Presence::alive) {
            if (neighbour->owed.size() < limits::requested_max) owe(*neighbour, id, view);
        } else if (heard && heard->asking.size() < limits::askers_max &&
                   std::count(heard->asking.begin(), heard->asking.end(), link) == 0) {
            heard->asking.push_back(link);
        }
    }
    serve(link, *neighbour, now, view, out);
    return std::nullopt;
}

void Relay::owe(Neighbour& neighbour, const base::ItemId& id, const StoreView& view) const {
    const auto standing = traffic_.limits_upload() ? view.standing(id) : std::nullopt;
    neighbour.owed.add(id, standing ? standing->level : 0);
}

// As far as it is remembered.
std::uint32_t Relay::hops_of(const base::ItemId& id) {
    const Heard* heard = requests_.find(id);
    return heard && heard->from && !is_bulk(heard->hops) ? heard->hops : hops_answer;
}

// As much of what a link asked for as it reads and as its budget allows.
void Relay::serve(base::LinkId link, Neighbour& neighbour, base::Now now, const StoreView& view,
                  Effects& out) {
    if (traffic_.limits_upload()) return serve_in_turn(now, view, out);
    while (serve_one(link, neighbour, now, view, out)) {
    }
}

// An item to each link that may be sent one, then again from the first, as far as the upload goes.
void Relay::serve_in_turn(base::Now now, const StoreView& view, Effects& out) {
    std::size_t idle = 0;
    auto next = std::ranges::find_if(links_, [&](const auto& each) { return turn_ < each.first; });
    for (; idle < links_.size() && traffic_.may_send(Use::flood, now.mono); ++next) {
        if (next == links_.end()) next = links_.begin();
        turn_ = next->first;
        idle = serve_one(next->first, next->second, now, view, out) ? 0 : idle + 1;
    }
}

// False if there is nothing to be sent now.
bool Relay::serve_one(base::LinkId link, Neighbour& neighbour, base::Now now, const StoreView& view,
                      Effects& out) {
    while (!neighbour.owed.empty() && !neighbour.is_behind() &&
           neighbour.answered.left(limits::answers_rate, now.mono) > 0) {
        const base::ItemId id = neighbour.owed.take();
        const item::ReadPtr item = view.get(id);
        if (!item || item->header.expires <= now.wall) continue;
        const FramePtr frame = frame_of(item, hops_of(id));
        charge_answer(neighbour, *frame, now);
        send_item(link, neighbour, frame, now, out);
        return true;
    }
    return false;
}

// ---- ids ----------------------------------------------------------------------------------------

std::optional<Fault> Relay::on_announce(base::LinkId link, const Announce& announce,
                                        const Ingest& ingest, const StoreView& view, base::Now now,
                                        Effects& out) {
    Neighbour* neighbour = find(link);
    if (!neighbour) return Fault::frame_unexpected;
    requests_.forget_old(now.mono);
    BetterNonces better(network_, now, view, out);
    for (const Announced& announced : announce.items) {
        const item::Standing standing = standing_of(announced, network_);
        if (const auto taken = better.take(announced, standing.level)) {
            tell_better(taken->item, link, now, out);
            continue;
        }
        const bool held = view.presence(announced.id) != Presence::unknown;
        const bool here = held || ingest.is_verifying(announced.id);
        if (ingest.is_laid_aside(announced.id)) continue;
        if (here && !requests_.find(announced.id)) continue;
        if (!item::work_is_enough(network_, announced.id, announced.nonce, announced.size,
                                  base::Seconds(announced.lifetime_s)))
            return Fault::item_little_work;
        if (!item::is_above(standing, floors_.ours())) continue;
        const RequestTracker::Announced told =
            requests_.on_announced(announced.id, link, now.mono, announced.size, standing);
        const bool is_better =
            told.heard && !told.is_new &&
            requests_.on_better(announced.id, *told.heard, announced.nonce, standing.level);
        if (told.again && !is_better && !spend(*neighbour, sizeof announced, now))
            return Fault::too_many_requests;
        // Anybody who announces it may move it on, as long as it is neither here nor on its way to
        // all.
        const bool open = told.heard && !told.heard->from && !told.heard->passed_on && !here;
        const bool goes_on = open && mode_ == RelayMode::tree && !requests_.in_debt(link) &&
                             ahead_.take(announced.id, link, now.mono);
        if (goes_on) pass_on(announced, *told.heard, now, out);
    }
    ask(now, out);
    return std::nullopt;
}

// Nearly always: floors are rare.
bool Relay::wants(base::LinkId link, const Announced& announced) const {
    const item::Floors theirs = floors_.theirs(link);
    if (theirs == item::Floors{}) return true;
    return item::is_above(standing_of(announced, network_), theirs);
}

// To all who may not have heard of it.
void Relay::pass_on(const Announced& announced, Heard& heard, base::Now now, Effects& out) {
    heard.passed_on = true;
    for (auto& [link, neighbour] : links_)
        if (!heard.is_announcer(link) && wants(link, announced))
            say(link, neighbour, announced, false, now, out);
}

void Relay::say(base::LinkId link, Neighbour& neighbour, const Announced& announced, bool better,
                base::Now now, Effects& out) {
    if (neighbour.unsaid.size() < limits::announce_queue_max)
        neighbour.unsaid.push_back({announced, better});
    announce(link, neighbour, now, out);
}

void Relay::announce(base::LinkId link, Neighbour& neighbour, base::Now now, Effects& out) {
    if (neighbour.unsaid.empty() || neighbour.is_behind()) return;
    if (now.mono - neighbour.announced < limits::announce_pause &&
        neighbour.unsaid.size() < limits::announce_batch)
        return;
    const std::size_t count = std::min(neighbour.unsaid.size(), limits::ids_per_page_max);
    const auto end = neighbour.unsaid.begin() + static_cast<std::ptrdiff_t>(count);
    Announce said;
    // It may have told us meanwhile.
    for (auto at = neighbour.unsaid.begin(); at != end; ++at) {
        const Heard* heard = at->better ? nullptr : requests_.find(at->item.id);
        if (!heard || !heard->is_announcer(link)) said.items.push_back(at->item);
    }
    neighbour.unsaid.erase(neighbour.unsaid.begin(), end);
    if (said.items.empty()) return;
    neighbour.announced = now.mono;
    send(link, neighbour, encode(said), out);
}

void Relay::ask(base::Now now, Effects& out) {
    Traffic* bounds = traffic_.limits_download() ? &traffic_ : nullptr;
    for (auto& [link, ids] : requests_.take_due(now.mono, bounds)) {
        Neighbour* neighbour = find(link);
        for (std::size_t at = 0; neighbour && at < ids.size(); at += limits::ids_per_page_max) {
            const auto first = ids.begin() + static_cast<std::ptrdiff_t>(at);
            const auto count =
                static_cast<std::ptrdiff_t>(std::min(limits::ids_per_page_max, ids.size() - at));
            send(link, *neighbour, encode(Request{{first, first + count}}), out);
        }
    }
}

std::optional<Fault> Relay::on_push(base::LinkId link, const Push& push) {
    Neighbour* neighbour = find(link);
    if (!neighbour) return Fault::frame_unexpected;
    neighbour->wants = push.below;
    return std::nullopt;
}

// ---- time ---------------------------------------------------------------------------------------

void Relay::on_drained(base::LinkId link, base::Now now, const StoreView& view, Effects& out) {
    Neighbour* neighbour = find(link);
    if (!neighbour) return;
    neighbour->ahead_bytes = 0;
    serve(link, *neighbour, now, view, out);
    announce(link, *neighbour, now, out);
}

void Relay::on_limits(base::Now now, const StoreView& view, Effects& out) {
    want(now, out);
    on_timer(now, view, out);
}

void Relay::on_timer(base::Now now, const StoreView& view, Effects& out) {
    requests_.forget_old(now.mono);
    ask(now, out);
    if (traffic_.limits_download()) want(now, out);
    for (auto& [link, neighbour] : links_) {
        serve(link, neighbour, now, view, out);
        announce(link, neighbour, now, out);
    }
}

std::optional<item::Standing> Relay::take_overdue(base::MonoTime now) {
    const base::MonoTime next = overdue_told_ + limits::download_raise_pause;
    if (overdue_told_ != base::MonoTime{} && now < next) return std::nullopt;
    const auto late = requests_.take_overdue(now);
    if (late) overdue_told_ = now;
    return late;
}

std::size_t Relay::owed() const {
    std::size_t out = 0;
    for (const auto& [link, neighbour] : links_) out += neighbour.owed.size();
    return out;
}

base::MonoTime Relay::next_deadline() const {
    base::MonoTime next = std::min(requests_.next_deadline(), traffic_.short_until());
    if (requests_.held_back() > 0) {
        next = std::min(next, traffic_.may_ask_at(Use::flood, requests_.asked_bytes()));
        next = std::min(
            next, std::max(requests_.overdue_at(), overdue_told_ + limits::download_raise_pause));
    }
    for (const auto& [link, neighbour] : links_) {
        if (neighbour.is_behind()) continue;  // it goes on when it has read
        if (!neighbour.unsaid.empty())
            next = std::min(next, neighbour.announced + limits::announce_pause);
        if (!neighbour.owed.empty())
            next = std::min(next, std::max(neighbour.answered.ready_at(limits::answers_rate),
                                           traffic_.may_send_at(Use::flood)));
    }
    return next;
}

void Relay::sanity_check() const {
    requests_.sanity_check();
    ahead_.sanity_check();
    traffic_.sanity_check();
    for (const auto& [link, neighbour] : links_) {
        ENSURE(neighbour.owed.size() <= limits::requested_max, "more is owed than may wait");
        ENSURE(neighbour.unsaid.size() <= limits::announce_queue_max,
               "more waits to be said than may");
        ENSURE(neighbour.radius.hops() <= limits::push_radius_max,
               "more hops are wanted than may be");
    }
}

}  // namespace hearsay::core
