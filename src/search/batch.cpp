#include "search/batch.hpp"

#include <algorithm>

#include "base/ensure.hpp"

namespace hearsay::search {
namespace {

constexpr std::size_t places_min = 1024;

}  // namespace

void Batch::add(Position position, const Fields& fields) {
    ENSURE(items_ == 0 || position > last_, "positions grow");
    if (items_ == 0) first_ = position;
    last_ = position;
    ++items_;
    terms_of(fields, scratch_, [this](std::string_view term) { return take(term); });
}

bool Batch::take(std::string_view term) {
    const std::uint32_t number = number_of(term);
    Term& found = terms_[number];
    if (found.count > 0 && found.last == last_) return false;
    found.last = last_;
    ++found.count;
    pairs_.push_back({number, static_cast<std::uint32_t>(last_ - first_)});
    return true;
}

std::uint32_t Batch::number_of(std::string_view term) {
    if (2 * terms_.size() >= places_.size()) grow();
    const std::uint64_t hash = crypto::siphash(key_, base::as_bytes(term));
    const std::size_t mask = places_.size() - 1;
    for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
        const std::uint32_t place = places_[at];
        if (place == 0) {
            const auto number = static_cast<std::uint32_t>(terms_.size());
            terms_.push_back({static_cast<std::uint32_t>(words_.size()),
                              static_cast<std::uint32_t>(term.size()), hash});
            words_ += term;
            places_[at] = number + 1;
            return number;
        }
        const Term& known = terms_[place - 1];
        if (known.hash == hash && word(known) == term) return place - 1;
    }
}

void Batch::grow() {
    places_.assign(std::max(places_min, 2 * places_.size()), 0);
    const std::size_t mask = places_.size() - 1;
    for (std::size_t number = 0; number < terms_.size(); ++number) {
        std::size_t at = terms_[number].hash & mask;
        while (places_[at] != 0) at = (at + 1) & mask;
        places_[at] = static_cast<std::uint32_t>(number) + 1;
    }
}

void Batch::each(
    const std::function<void(std::string_view, std::span<const Position>)>& visit) const {
    struct Placed {
        std::uint64_t beginning;
        std::uint32_t number;
    };
    std::vector<Placed> order;
    order.reserve(terms_.size());
    for (const Term& term : terms_)
        order.push_back({beginning_of(word(term)), static_cast<std::uint32_t>(order.size())});
    std::ranges::sort(order, [this](const Placed& a, const Placed& b) {
        return a.beginning != b.beginning ? a.beginning < b.beginning
                                          : word(terms_[a.number]) < word(terms_[b.number]);
    });
    // Where each term's positions begin, then all of them in their places, newest first.
    std::vector<std::size_t> next(terms_.size() + 1, 0);
    for (std::size_t number = 0; number < terms_.size(); ++number)
        next[number + 1] = next[number] + terms_[number].count;
    const std::vector<std::size_t> begin = next;
    std::vector<Position> positions(pairs_.size());
    for (auto pair = pairs_.rbegin(); pair != pairs_.rend(); ++pair)
        positions[next[pair->term]++] = first_ + pair->after_first;
    for (const auto& [beginning, number] : order)
        visit(word(terms_[number]),
              std::span(positions).subspan(begin[number], terms_[number].count));
}

void Batch::clear() {
    words_.clear();
    terms_.clear();
    places_.clear();
    pairs_.clear();
    items_ = 0;
}

}  // namespace hearsay::search
