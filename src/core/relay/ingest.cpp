#include "core/relay/ingest.hpp"

#include "base/ensure.hpp"
#include "base/limits/items.hpp"
#include "base/limits/relay.hpp"

namespace hearsay::core {
namespace {

namespace limits = base::limits;
using base::Fault;

// Anything older that this version has to stop was made before it and lives lifetime_max at
// most; future_max and grace cover wrong clocks on both sides.
base::WallTime slot_memory(const item::Header& header, base::WallTime now) {
    return std::max(header.created, now) + limits::lifetime_max + limits::future_max +
           limits::grace;
}

// What this item takes the place of, if it is stored.
Replaced replaced_by(const item::Read& item, const StoreView& view) {
    Replaced out;
    const auto replace = [&](const base::ItemId& id) {
        if (view.presence(id) != Presence::alive) return;
        out.ids.push_back(id);
        if (const auto older = view.get(id)) out.bytes += stored_bytes(older->item.size());
    };
    if (item.removes) replace(*item.removes);  // mail has no slot until it is removed
    if (const auto slot = view.slot(item.version.thing)) replace(slot->id);
    return out;
}

}  // namespace

bool is_superseded(const item::Read& item, const StoreView& view) {
    const item::Version version = item.version;
    const auto slot = view.slot(version.thing);
    if (!slot) return false;
    if (version.sequence != slot->sequence) return version.sequence < slot->sequence;
    return slot->id < item.id;
}

Ingest::Ingest(item::Network network, Retention& retention, PileOf pile_of, LaidAside* aside)
    : network_(network), retention_(retention), pile_of_(std::move(pile_of)), aside_(aside) {}

std::expected<Admission, Fault> Ingest::on_item(base::LinkId from, item::Item item, base::Now now,
                                                const StoreView& view, Effects& out) {
    const auto read = item::read(std::move(item), network_);
    if (!read) return std::unexpected(read.error());
    const Admission admission = admit(from, *read, now, view, out);
    if (admission.fault && base::cost(*admission.fault) == base::Cost::link)
        return std::unexpected(*admission.fault);
    return admission;
}

Admission Ingest::admit(base::LinkId from, const item::ReadPtr& item, base::Now now,
                        const StoreView& view, Effects& out) {
    const auto as = [&](Novelty novelty, std::optional<Fault> fault = std::nullopt) {
        return Admission{item->id, item->item.size(), novelty, fault};
    };
    if (const Presence presence = view.presence(item->id); presence != Presence::unknown) {
        // It was held until a newer version was laid aside: it was verified.
        const bool late = item::check_time(item->header, now.wall).has_value();
        if (presence == Presence::gone && aside_ && !late && aside_->supersedes(*item))
            aside_->add_older(*item);
        return as(Novelty::held);
    }
    if (is_laid_aside(item->id)) return as(Novelty::refused, Fault::item_laid_aside);
    if (const auto found = by_id_.find(item->id); found != by_id_.end()) {
        if (add_alternate(found->second, from, item)) throttle(out);
        return as(Novelty::waiting);
    }
    if (const auto fault = item::check_time(item->header, now.wall))
        return as(Novelty::refused, fault);
    if (is_superseded(*item, view)) return as(Novelty::refused, Fault::item_superseded);
    if (retention_.has_floors() &&
        !retention_.is_welcome(item::standing_of(*item), item->item.size(),
                               replaced_by(*item, view).bytes)) {
        retention_.note_refused(item->id);
        return as(Novelty::refused, Fault::item_below_floor);
    }
    if (!make_room(from, item->item.size())) return as(Novelty::refused);
    Pending& pending = by_id_[item->id];
    pending.copies.push_back({item, {from}});
    count(item, true);
    verify_first(item->id, pending, out);
    throttle(out);
    return as(Novelty::fresh);
}

bool Ingest::add_alternate(Pending& pending, base::LinkId from, const item::ReadPtr& item) {
    for (const Copy& copy : pending.copies)
        if (copy.sources.contains(from)) return false;
    for (Copy& copy : pending.copies)
        if (copy.item->item == item->item) {
            copy.sources.insert(from);
            return false;
        }
    const bool full = pending.copies.size() > limits::alternates_max ||
                      copies_ >= limits::verifying_items_max ||
                      bytes_ + item->item.size() > limits::verifying_bytes_max;
    if (full) return false;
    pending.copies.push_back({item, {from}});
    count(item, true);
    return true;
}

// For one more: what waits longest in a line longer than this link's goes.
bool Ingest::make_room(base::LinkId from, std::size_t bytes) {
    while (copies_ >= limits::verifying_items_max || bytes_ + bytes > limits::verifying_bytes_max) {
        const auto gone = queue_.drop_for(pile_of_(from));
        if (!gone) return false;
        drop(*gone);
    }
    return true;
}

// With all its copies, as if none had come.
void Ingest::drop(const base::ItemId& id) {
    const auto found = by_id_.find(id);
    ENSURE(found != by_id_.end() && !found->second.job, "what is dropped waits for a worker");
    for (const Copy& copy : found->second.copies) count(copy.item, false);
    by_id_.erase(found);
}

void Ingest::verify_first(const base::ItemId& id, Pending& pending, Effects& out) {
    if (by_job_.size() < limits::verify_jobs_max && queue_.size() == 0)
        return hand_to_worker(id, pending, out);
    const Copy& first = pending.copies.front();  // total: what is pending has a copy at least
    // total: a copy was brought by somebody
    queue_.add(id, pile_of_(*first.sources.begin()), item::level_of(*first.item),
               first.item->item.size());
}

void Ingest::verify_next(Effects& out) {
    while (by_job_.size() < limits::verify_jobs_max) {
        const auto next = queue_.take();
        if (!next) return;
        hand_to_worker(*next, by_id_.at(*next), out);
    }
}

void Ingest::hand_to_worker(const base::ItemId& id, Pending& pending, Effects& out) {
    const base::JobId job{next_job_++};
    pending.job = job;
    by_job_[job] = id;
    out.push_back(Verify{job, pending.copies.front().item});  // total: as in verify_first()
}

void Ingest::count(const item::ReadPtr& item, bool added) {
    if (added) {
        ++copies_;
        bytes_ += item->item.size();
    } else {
        --copies_;
        bytes_ -= item->item.size();
    }
}

void Ingest::throttle(Effects& out) {
    const bool high =
        copies_ > limits::verifying_items_max / 2 || bytes_ > limits::verifying_bytes_max / 2;
    const bool low =
        copies_ < limits::verifying_items_max / 4 && bytes_ < limits::verifying_bytes_max / 4;
    if (throttled_ ? !low : !high) return;
    throttled_ = !throttled_;
    out.push_back(Throttle{throttled_});
}

Ingest::Outcome Ingest::on_verified(const Verified& verdict, base::Now now, const StoreView& view,
                                    Effects& out) {
    Outcome outcome;
    const auto found_job = by_job_.find(verdict.job);
    if (found_job == by_job_.end()) return outcome;  // answered for a life before this one
    const auto found = by_id_.find(found_job->second);
    by_job_.erase(found_job);
    ENSURE(found != by_id_.end() && found->second.job == std::optional(verdict.job),
           "a verification without its item");
    Pending& pending = found->second;
    const Copy first = pending.copies.front();
    pending.copies.erase(pending.copies.begin());
    count(first.item, false);
    outcome.judged = first.item;
    if (verdict.fault) {
        for (base::LinkId link : first.sources) outcome.faults.emplace_back(link, *verdict.fault);
        if (pending.copies.empty()) {
            outcome.refused = found->first;
            by_id_.erase(found);
        } else {
            pending.job.reset();
            verify_first(found->first, pending, out);
        }
        verify_next(out);
        throttle(out);
        return outcome;
    }
    Accepted accepted{first.item, first.sources};
    for (const Copy& copy : pending.copies) {
        accepted.sources.insert(copy.sources.begin(), copy.sources.end());
        count(copy.item, false);
    }
    by_id_.erase(found);
    verify_next(out);
    throttle(out);
    const bool late = item::check_time(first.item->header, now.wall).has_value();
    if (late || view.presence(first.item->id) != Presence::unknown ||
        is_superseded(*first.item, view))
        return outcome;
    if (aside_ && aside_->supersedes(*first.item)) {
        if (aside_->add_older(*first.item)) outcome.laid_aside = first.item->id;
        return outcome;
    }
    if (verdict.is_hidden && lay_aside(*first.item, now, view, out)) {
        outcome.laid_aside = first.item->id;
        return outcome;
    }
    // total: what is pending was brought by somebody
    if (accept(first.item, verdict, pile_of_(*first.sources.begin()), now, view, out))
        outcome.accepted = std::move(accepted);
    else
        outcome.below_floor = first.item->id;
    return outcome;
}

// An older version that is here goes, as if this one were kept. False: no more can be remembered.
bool Ingest::lay_aside(const item::Read& item, base::Now now, const StoreView& view, Effects& out) {
    if (!aside_ || !aside_->add(item)) return false;
    forget_replaced(item, replaced_by(item, view), now, view, out);
    return true;
}

void Ingest::forget_replaced(const item::Read& item, const Replaced& replaced, base::Now now,
                             const StoreView& view, Effects& out) {
    const auto reason = item.version.removed ? ForgetReason::removed : ForgetReason::superseded;
    for (const base::ItemId& id : replaced.ids) {
        const auto older = view.get(id);
        out.push_back(
            Forget{id, reason, (older ? older->header.expires : now.wall) + limits::grace});
        out.push_back(Notify{ItemForgotten{id, reason}});
    }
}

// False: there is no room for it.
bool Ingest::accept(const item::ReadPtr& item, const Verified& verdict, Pile from, base::Now now,
                    const StoreView& view, Effects& out) {
    const Replaced replaced = replaced_by(*item, view);
    const auto place = retention_.admit(*item, from, replaced, view, now, out);
    if (!place) {
        retention_.note_refused(item->id);
        return false;
    }
    if (aside_) aside_->on_accepted(*item);
    forget_replaced(*item, replaced, now, view, out);
    out.push_back(
        Store{item, slot_memory(item->header, now.wall), place->level, place->pile, verdict.terms});
    return true;
}

void Ingest::sanity_check() const {
    std::size_t copies = 0, bytes = 0;
    for (const auto& [id, pending] : by_id_) {
        ENSURE(!pending.copies.empty(), "an item is verified without a copy of it");
        ENSURE(pending.copies.size() <= limits::alternates_max + 1, "more copies than may wait");
        const auto job = pending.job ? by_job_.find(*pending.job) : by_job_.end();
        ENSURE(pending.job ? job != by_job_.end() && job->second == id : queue_.contains(id),
               "an item is verified by nobody");
        for (const Copy& copy : pending.copies) {
            ENSURE(copy.item->id == id, "a copy of another item");
            ++copies;
            bytes += copy.item->item.size();
        }
    }
    ENSURE(by_job_.size() + queue_.size() == by_id_.size(), "a verification without its item");
    ENSURE(by_job_.size() <= limits::verify_jobs_max, "more is with the workers than may");
    queue_.sanity_check();
    ENSURE(copies == copies_ && bytes == bytes_, "what is verified is counted wrongly");
    ENSURE(copies <= limits::verifying_items_max, "more copies wait than may");
    ENSURE(bytes <= limits::verifying_bytes_max, "more bytes wait than may");
}

}  // namespace hearsay::core
