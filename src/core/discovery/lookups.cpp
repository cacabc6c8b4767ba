#include "core/discovery/lookups.hpp"

#include <algorithm>
#include <iterator>

#include "base/limits/discovery.hpp"

namespace hearsay::core {
namespace {

namespace limits = base::limits;

}  // namespace

void Lookups::want(const base::NodeId& target) {
    if (wanted_.size() < limits::lookups_waiting_max) wanted_.push_back(target);
    due_ = true;
}

void Lookups::on_network_ready(base::Now now) {
    own_done_ = 0;
    own_at_ = now.mono;
}

void Lookups::begin(const base::NodeId& target, bool own, const RoutingTable& table) {
    running_.emplace(self_, target, table.closest(target, limits::bucket_contacts_max));
    own_ = own;
    waits_.clear();
}

void Lookups::advance(const Ask& ask, RoutingTable& table, base::Now now, Effects& out) {
    due_ = false;
    if (!running_ && !wanted_.empty()) {
        begin(wanted_.front(), false, table);
        wanted_.pop_front();
    } else if (!running_ && table.size() > 0 && own_at_ <= now.mono) {
        begin(table.self(), true, table);
    }
    if (!running_) return;
    while (const auto peer = running_->next()) {
        const Reach reach = ask(*peer, running_->target());
        if (reach == Reach::later) waits_.insert(*peer);
        if (reach == Reach::not_at_all) running_->on_no_answer(*peer);
    }
    if (!running_->is_done()) return;
    table.on_looked_up(running_->target(), now.mono);
    out.push_back(Notify{
        LookedUp{running_->target(), running_->found(), running_->hops(), running_->asked()}});
    if (own_)
        own_at_ = own_done_ < std::size(limits::own_lookup_waits)
                      ? now.mono + limits::own_lookup_waits[own_done_++]
                      : base::never;
    running_.reset();
    due_ = !wanted_.empty();
}

std::optional<base::NodeId> Lookups::on_reached(const base::PeerId& peer) {
    const bool waited = waits_.erase(peer) > 0;
    return waited && running_ ? std::optional(running_->target()) : std::nullopt;
}

void Lookups::on_answer(const base::PeerId& from, const std::vector<base::PeerId>& contacts) {
    if (!running_) return;
    running_->on_answer(from, contacts);
    due_ = true;
}

void Lookups::on_no_answer(const base::PeerId& peer) {
    waits_.erase(peer);
    if (!running_) return;
    running_->on_no_answer(peer);
    due_ = true;
}

base::MonoTime Lookups::next_deadline(bool known) const {
    if (due_) return base::MonoTime{};
    return !running_ && known ? own_at_ : base::never;
}

}  // namespace hearsay::core
