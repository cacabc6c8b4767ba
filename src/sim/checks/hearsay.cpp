#include "sim/checks/hearsay.hpp"

#include <algorithm>

#include "core/messages.hpp"
#include "sim/frames.hpp"

namespace hearsay::sim {

void Hearsay::on_answered(std::uint32_t from, std::uint32_t to) {
    if (!view_.options.discovers() || !view_.nodes[from].honest) return;
    answered_.resize(view_.nodes.size());
    answered_[from].insert(to);
}

void Hearsay::on_applied(std::uint32_t at, const core::Input&, const core::Effects& effects) {
    for (const core::Effect& effect : effects) {
        const auto* send = std::get_if<core::Send>(&effect);
        if (send && kind_of(*send->frame) == frame_contacts) check(at, *send);
    }
}

void Hearsay::check(std::uint32_t at, const core::Send& send) {
    Wire* wire = wires_.find(static_cast<std::uint64_t>(send.link));
    if (!wire || !wire->ends[wire->end_of(at)].open) return;
    const auto message = core::parse(*send.frame);
    const auto* contacts = message ? std::get_if<core::Contacts>(&*message) : nullptr;
    if (!contacts) return;  // SentItems says so
    const bool known = std::ranges::all_of(contacts->peers, [&](const base::PeerId& peer) {
        const auto node = view_.nodes.find(peer);
        return node && at < answered_.size() && answered_[at].contains(*node);
    });
    if (!known) failures_.add(at, "S10: it tells of a node that never answered a dial of its own");
}

}  // namespace hearsay::sim
