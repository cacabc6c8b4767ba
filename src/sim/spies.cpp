#include "sim/spies.hpp"

#include <algorithm>

#include "core/messages.hpp"

namespace hearsay::sim {

void Spies::on_link(std::uint32_t spy, base::LinkId link, std::optional<std::uint32_t> peer) {
    if (peer) members_.at(spy)[link] = *peer;
}

void Spies::note(std::uint32_t from, const base::ItemId& id, const Oracle& oracle) {
    if (const auto number = oracle.find(id)) first_.try_emplace(*number, from);
}

void Spies::on_frame(std::uint32_t spy, const core::FrameReceived& received, const Oracle& oracle) {
    const auto& links = members_.at(spy);
    const auto from = links.find(received.link);
    if (from == links.end() || members_.contains(from->second)) return;
    const auto message = core::parse(received.frame);
    if (!message) return;
    if (const auto* items = std::get_if<core::Items>(&*message))
        for (const item::Item& item : items->items)
            note(from->second, item::id_of(item.header, item.signature), oracle);
    if (const auto* announce = std::get_if<core::Announce>(&*message))
        for (const core::Announced& announced : announce->items)
            note(from->second, announced.id, oracle);
    if (const auto* have = std::get_if<core::Have>(&*message))
        for (const base::ItemId& id : have->ids) note(from->second, id, oracle);
}

Spies::Score Spies::score(const Oracle& oracle) const {
    std::map<base::PublisherKey, std::map<std::uint32_t, std::size_t>> by_persona;
    const auto persona = [&](ItemNumber number) {
        return oracle[number].item->header.publication()->publisher;
    };
    const auto counts = [&](ItemNumber number) {
        return oracle[number].purpose == Purpose::offer && !has(oracle[number].maker);
    };
    for (const auto& [number, from] : first_)
        if (counts(number)) ++by_persona[persona(number)][from];
    Score out;
    std::size_t hits = 0;
    std::size_t counting_hits = 0;
    for (ItemNumber number = 0; number < oracle.size(); ++number) {
        if (!counts(number)) continue;
        ++out.items;
        const auto first = first_.find(number);
        if (first == first_.end()) continue;
        hits += first->second == oracle[number].maker ? 1 : 0;
        const auto& votes = by_persona.at(persona(number));
        const auto most =
            std::max_element(votes.begin(), votes.end(),
                             [](const auto& a, const auto& b) { return a.second < b.second; });
        counting_hits += most->first == oracle[number].maker ? 1 : 0;
    }
    const auto all = static_cast<double>(std::max<std::size_t>(out.items, 1));
    out.hit_share = static_cast<double>(hits) / all;
    out.counting_hit_share = static_cast<double>(counting_hits) / all;
    return out;
}

}  // namespace hearsay::sim
