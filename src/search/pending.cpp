#include "search/pending.hpp"

#include <algorithm>

#include "base/ensure.hpp"

namespace hearsay::search {

// One term of one item. What begins it is all of it for most terms, so most comparisons look no
// further: the letters of thousands of items are in no cache.
struct Pending::Place {
    std::uint64_t beginning = 0;
    std::uint32_t item = 0;
    std::uint32_t term = 0;

    // Shorter terms have zeros at the beginning's end, and no term holds one.
    bool is_whole() const { return (beginning & 0xFF) == 0; }
};

Pending::Place Pending::place(std::uint32_t item, std::size_t term) const {
    return {items_[item].terms->beginning(term), item, static_cast<std::uint32_t>(term)};
}

std::string_view Pending::letters(const Place& place) const {
    return (*items_[place.item].terms)[place.term];
}

bool Pending::is_same(const Place& a, const Place& b) const {
    return a.beginning == b.beginning && (a.is_whole() || letters(a) == letters(b));
}

// By the term's bytes, then newest first.
bool Pending::is_before(const Place& a, const Place& b) const {
    if (a.beginning != b.beginning) return a.beginning < b.beginning;
    const int order = a.is_whole() ? 0 : letters(a).compare(letters(b));
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
        const std::size_t terms = items_[item].terms->size();
        for (std::size_t term = 0; term < terms; ++term) places.push_back(place(item, term));
    }
    // By their beginnings first. Of those that agree in it nearly all are the same word, so one
    // look at each shows that there is nothing left to sort.
    std::ranges::sort(places, [](const Place& a, const Place& b) {
        return a.beginning != b.beginning ? a.beginning < b.beginning : a.item > b.item;
    });
    for (auto at = places.begin(); at != places.end();) {
        const auto begin = at;
        bool same = true;
        for (; at != places.end() && at->beginning == begin->beginning; ++at)
            same = same && is_same(*at, *begin);
        if (same) continue;
        std::sort(begin, at, [this](const Place& a, const Place& b) { return is_before(a, b); });
    }
    std::vector<Position> positions;
    for (auto at = places.begin(); at != places.end();) {
        const Place first = *at;
        positions.clear();
        do {
            positions.push_back(items_[at->item].position);
            ++at;
        } while (at != places.end() && is_same(*at, first));
        if (!first.is_whole()) {
            visit(letters(first), positions);
        } else {
            const auto bytes = base::big_endian(first.beginning);
            const std::string_view padded = base::as_text(bytes);
            visit(padded.substr(0, padded.find('\0')), positions);
        }
    }
}

// Each item's next term stands in a heap, the smallest on top.
void Pending::each_term(std::string_view from,
                        const std::function<bool(std::string_view, base::ByteView)>& visit) const {
    std::vector<Place> heap;
    heap.reserve(items_.size());
    for (std::uint32_t item = 0; item < items_.size(); ++item) {
        const Terms& terms = *items_[item].terms;
        const std::size_t term = terms.at_least(from);
        if (term < terms.size()) heap.push_back(place(item, term));
    }
    const auto is_after = [this](const Place& a, const Place& b) { return is_before(b, a); };
    std::ranges::make_heap(heap, is_after);
    base::Bytes list;
    while (!heap.empty()) {
        const Place first = heap.front();
        Position at = last();
        list.clear();
        while (!heap.empty() && is_same(heap.front(), first)) {
            std::ranges::pop_heap(heap, is_after);
            const Place taken = heap.back();
            heap.pop_back();
            put_number(list, at - items_[taken.item].position);
            at = items_[taken.item].position;
            if (taken.term + 1U == items_[taken.item].terms->size()) continue;
            heap.push_back(place(taken.item, taken.term + 1U));
            std::ranges::push_heap(heap, is_after);
        }
        if (!visit(letters(first), list)) return;
    }
}

}  // namespace hearsay::search
