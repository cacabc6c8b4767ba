#include "search/pending.hpp"

#include <algorithm>

#include "base/ensure.hpp"

namespace hearsay::search {

// One term of one item. Most terms differ in their beginnings, so most comparisons look no further.
struct Pending::Place {
    std::uint64_t beginning = 0;
    std::uint32_t item = 0;
    std::uint32_t term = 0;
};

// By the term's bytes, then newest first.
bool Pending::is_before(const Place& a, const Place& b) const {
    if (a.beginning != b.beginning) return a.beginning < b.beginning;
    const int order = (*items_[a.item].terms)[a.term].compare((*items_[b.item].terms)[b.term]);
    return order != 0 ? order < 0 : a.item > b.item;
}

void Pending::add(Position position, TermsPtr terms) {
    ENSURE(empty() || position > last(), "positions grow");
    terms_ += terms->size();
    bytes_max_ += terms->bytes_max();
    items_.push_back({position, std::move(terms)});
}

void Pending::append(const Pending& newer) {
    for (const Item& item : newer.items_) add(item.position, item.terms);
}

bool Pending::contains(Position position) const {
    return std::ranges::binary_search(items_, position, {}, &Item::position);
}

void Pending::each(
    const std::function<bool(Position)>& which,
    const std::function<void(std::string_view, std::span<const Position>)>& visit) const {
    std::vector<Place> places;
    places.reserve(terms_);
    for (std::uint32_t item = 0; item < items_.size(); ++item) {
        if (!which(items_[item].position)) continue;
        const Terms& terms = *items_[item].terms;
        for (std::uint32_t term = 0; term < terms.size(); ++term)
            places.push_back({terms.beginning(term), item, term});
    }
    std::ranges::sort(places, [this](const Place& a, const Place& b) { return is_before(a, b); });
    std::vector<Position> positions;
    for (auto place = places.begin(); place != places.end();) {
        const std::string_view term = (*items_[place->item].terms)[place->term];
        const std::uint64_t beginning = place->beginning;
        positions.clear();
        do {
            positions.push_back(items_[place->item].position);
            ++place;
        } while (place != places.end() && place->beginning == beginning &&
                 (*items_[place->item].terms)[place->term] == term);
        visit(term, positions);
    }
}

// Each item's next term stands in a heap, the smallest on top.
void Pending::each_term(std::string_view from,
                        const std::function<bool(std::string_view, base::ByteView)>& visit) const {
    std::vector<Place> heap;
    heap.reserve(items_.size());
    for (std::uint32_t item = 0; item < items_.size(); ++item) {
        const Terms& terms = *items_[item].terms;
        const auto term = static_cast<std::uint32_t>(terms.at_least(from));
        if (term < terms.size()) heap.push_back({terms.beginning(term), item, term});
    }
    const auto is_after = [this](const Place& a, const Place& b) { return is_before(b, a); };
    std::ranges::make_heap(heap, is_after);
    base::Bytes list;
    while (!heap.empty()) {
        const Place first = heap.front();
        const std::string_view term = (*items_[first.item].terms)[first.term];
        Position at = last();
        list.clear();
        while (!heap.empty() && heap.front().beginning == first.beginning &&
               (*items_[heap.front().item].terms)[heap.front().term] == term) {
            std::ranges::pop_heap(heap, is_after);
            Place& place = heap.back();
            put_number(list, at - items_[place.item].position);
            at = items_[place.item].position;
            const Terms& terms = *items_[place.item].terms;
            if (++place.term == terms.size()) {
                heap.pop_back();
                continue;
            }
            place.beginning = terms.beginning(place.term);
            std::ranges::push_heap(heap, is_after);
        }
        if (!visit(term, list)) return;
    }
}

}  // namespace hearsay::search
