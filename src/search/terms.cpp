#include "search/terms.hpp"

#include <algorithm>
#include <cstring>

#include "search/postings.hpp"

namespace hearsay::search {
namespace {

namespace limits = base::limits;

constexpr std::size_t places_min = 256;
using End = std::uint16_t;
// Marks and a language stand before a term's letters.
static_assert(limits::item_terms_max * (limits::term_bytes_max + 3) <= UINT16_MAX);

}  // namespace

std::string_view Terms::operator[](std::size_t at) const {
    const auto* const ends = reinterpret_cast<const char*>(block_.data() + size_);
    const auto end_of = [&](std::size_t term) {
        End out = 0;
        std::memcpy(&out, ends + term * sizeof out, sizeof out);
        return out;
    };
    const std::size_t begin = at == 0 ? 0 : end_of(at - 1);
    return {ends + size_ * sizeof(End) + begin, end_of(at) - begin};
}

std::size_t Terms::at_least(std::string_view term) const {
    const auto all = block_.begin();
    const auto first =
        std::lower_bound(all, all + static_cast<std::ptrdiff_t>(size_), beginning_of(term));
    auto out = static_cast<std::size_t>(first - all);
    while (out < size_ && (*this)[out] < term) ++out;
    return out;
}

TermsPtr TermMaker::of(const item::Read& item) {
    const auto fields = fields_of(item);
    if (!fields) return nullptr;
    std::ranges::copy(item.id.view().first(key_.data.size()), key_.data.begin());
    return of(*fields);
}

TermsPtr TermMaker::of(const Fields& fields) {
    letters_.clear();
    terms_.clear();
    places_.assign(places_min, 0);
    terms_of(fields, scratch_, [this](std::string_view term) { return take(term); });
    return sorted();
}

bool TermMaker::take(std::string_view term) {
    if (2 * terms_.size() >= places_.size()) grow();
    const std::uint64_t hash = crypto::siphash(key_, base::as_bytes(term));
    const std::size_t mask = places_.size() - 1;
    for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
        const std::uint32_t place = places_[at];
        if (place == 0) {
            terms_.push_back({beginning_of(term), hash, static_cast<std::uint32_t>(letters_.size()),
                              static_cast<std::uint32_t>(term.size())});
            letters_ += term;
            places_[at] = static_cast<std::uint32_t>(terms_.size());
            return true;
        }
        const Term& known = terms_[place - 1];
        if (known.hash == hash && word(known) == term) return false;
    }
}

void TermMaker::grow() {
    places_.assign(2 * places_.size(), 0);
    const std::size_t mask = places_.size() - 1;
    for (std::size_t number = 0; number < terms_.size(); ++number) {
        std::size_t at = terms_[number].hash & mask;
        while (places_[at] != 0) at = (at + 1) & mask;
        places_[at] = static_cast<std::uint32_t>(number) + 1;
    }
}

TermsPtr TermMaker::sorted() {
    std::ranges::sort(terms_, [this](const Term& a, const Term& b) {
        return a.beginning != b.beginning ? a.beginning < b.beginning : word(a) < word(b);
    });
    const std::size_t count = terms_.size();
    const std::size_t bytes = count * sizeof(End) + letters_.size();
    std::shared_ptr<Terms> out(new Terms(count));
    out->block_.resize(count + (bytes + 7) / 8);
    auto* ends = reinterpret_cast<char*>(out->block_.data() + count);
    char* letters = ends + count * sizeof(End);
    std::size_t end = 0;
    for (std::size_t at = 0; at < count; ++at) {
        const Term& term = terms_[at];
        out->block_[at] = term.beginning;
        std::memcpy(letters + end, letters_.data() + term.begin, term.size);
        end += term.size;
        const auto written = static_cast<End>(end);
        std::memcpy(ends + at * sizeof written, &written, sizeof written);
    }
    return out;
}

}  // namespace hearsay::search
