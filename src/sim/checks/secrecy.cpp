#include "sim/checks/secrecy.hpp"

#include <algorithm>

#include "sim/frames.hpp"

namespace hearsay::sim {

void Secrecy::on_made(ItemNumber number) {
    secrets_.resize(view_.nodes.size());
    out_.resize(number + 1);
    // A liar has nothing to hide.
    if (view_.nodes[view_.maker(number)].honest)
        secrets_[view_.maker(number)].emplace(number, false);
}

void Secrecy::on_step(std::uint32_t at, const core::Input&, const core::Effects& effects) {
    if (at >= secrets_.size() || secrets_[at].empty()) return;
    for (const core::Effect& effect : effects) {
        const auto* store = std::get_if<core::Store>(&effect);
        const auto number = store ? view_.oracle.find(store->item->id) : std::nullopt;
        if (number && secrets_[at].contains(*number))
            failures_.add(at, "S7: it stores its own item " + std::to_string(*number) +
                                  ", which did not come back");
    }
}

void Secrecy::on_applied(std::uint32_t at, const core::Input&, const core::Effects& effects) {
    if (at >= secrets_.size() || secrets_[at].empty()) return;
    for (const core::Effect& effect : effects)
        if (const auto* send = std::get_if<core::Send>(&effect))
            check(at, secrets_[at], send->frame);
}

// Items are looked at as such; in other frames the id is looked for, whatever they are.
void Secrecy::check(std::uint32_t at, const Secrets& secrets, const core::FramePtr& frame) {
    const std::vector<ItemNumber>& items = frames_.in(frame);
    const int field = kind_of(*frame);
    const bool as_anybody =
        field == frame_announce || field == frame_request || field == frame_want;
    for (const auto& [number, announced] : secrets) {
        const bool whole = std::find(items.begin(), items.end(), number) != items.end();
        const bool may_name = announced && as_anybody;
        if (whole || (!may_name && names(*frame, view_.oracle[number].item->id)))
            failures_.add(at, "S7: it sends its own item " + std::to_string(number) +
                                  ", which did not come back");
    }
}

// An item leaves its maker by a visit only, and most nodes have no secret: other frames tell
// nothing.
void Secrecy::on_arrival(const Arrival& arrival) {
    if (arrival.at >= secrets_.size()) return;
    Secrets& secrets = secrets_[arrival.at];
    if (!(arrival.copies > 0 && arrival.by_visit) && secrets.empty()) return;
    for (const ItemNumber number : frames_.in(arrival.frame)) {
        if (number == no_item) continue;
        if (view_.maker(number) == arrival.at)
            secrets.erase(number);
        else if (view_.nodes[arrival.at].honest && out_[number] == base::MonoTime{})
            out_[number] = view_.now();
    }
    const int field = kind_of(*arrival.frame);
    if (field != frame_announce && field != frame_have) return;
    for (auto& [number, announced] : secrets)
        announced = announced || names(*arrival.frame, view_.oracle[number].item->id);
}

}  // namespace hearsay::sim
