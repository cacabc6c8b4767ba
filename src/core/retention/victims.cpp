#include "core/retention/victims.hpp"

#include <algorithm>

namespace hearsay::core {
namespace {

constexpr std::size_t looked_up_at_once = 64;

}  // namespace

// To the lowest level that holds anything, if it is below this one.
bool Victims::descend(std::uint32_t below) {
    if (from_ >= below || from_ > item::level_max) return false;
    const auto piles = view_.lowest_piles(of_, static_cast<item::Level>(from_));
    if (piles.empty() || piles.front().level >= below) return false;
    for (const PileCount& pile : piles) piles_.push_back({pile, 0, {}});
    from_ = piles.front().level + 1U;
    return true;
}

std::optional<Victims::Victim> Victims::next(std::uint32_t below) {
    std::erase_if(piles_, [](const Heap& heap) { return heap.left.items == 0; });
    while (piles_.empty())
        if (!descend(below)) return std::nullopt;
    // total: there is one
    Heap& heap = *std::max_element(piles_.begin(), piles_.end(), [](const Heap& a, const Heap& b) {
        return a.left.items < b.left.items;
    });
    if (heap.left.level >= below) return std::nullopt;
    if (heap.known.empty()) {
        const auto more = view_.on_pile(of_, heap.left, heap.taken, looked_up_at_once);
        heap.known.assign(more.begin(), more.end());
    }
    if (heap.known.empty()) {  // fewer than were counted: a damaged store
        heap.left.items = 0;
        return next(below);
    }
    const Victim victim{heap.known.front(), heap.left.level};
    heap.known.pop_front();
    --heap.left.items;
    ++heap.taken;
    return victim;
}

}  // namespace hearsay::core
