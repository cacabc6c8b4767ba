#include "search/lists.hpp"

#include <algorithm>
#include <functional>
#include <iterator>

#include "base/limits/search_load.hpp"

namespace hearsay::search {
namespace {

namespace limits = base::limits;

// Fewer positions than this are sorted; more are marked in a bitmap of the segment's range.
constexpr std::size_t sorted_max = 4096;
// So many terms are passed over before the next wanted one is looked up.
constexpr std::size_t walked_max = 128;

void read_list(base::ByteView list, const Segment& segment, Positions& out) {
    ListReader reader(list, segment.last);
    while (const auto position = reader.next()) {
        if (*position < segment.first) return;  // damaged: no list leaves its segment
        out.push_back(*position);
    }
}

void sort_by_bitmap(const Segment& segment, Positions& positions) {
    const std::size_t size = static_cast<std::size_t>(segment.last - segment.first) + 1;
    std::vector<std::uint64_t> marks(size / 64 + 1, 0);
    for (const Position position : positions) {
        const std::size_t at = static_cast<std::size_t>(position - segment.first);
        marks[at / 64] |= std::uint64_t{1} << (at % 64);
    }
    positions.clear();
    for (std::size_t word = marks.size(); word-- > 0;)
        for (std::uint64_t left = marks[word]; left != 0;) {
            const auto bit = static_cast<unsigned>(63 - __builtin_clzll(left));
            left &= ~(std::uint64_t{1} << bit);
            positions.push_back(segment.first + word * 64 + bit);
        }
}

void make_set(const Segment& segment, Positions& positions) {
    if (positions.size() > sorted_max) return sort_by_bitmap(segment, positions);
    std::ranges::sort(positions, std::greater<>());
    const auto twice = std::ranges::unique(positions);
    positions.erase(twice.begin(), twice.end());
}

// The beginning and the letter that follows it in the term, if one does.
std::string_view one_letter_more(std::string_view term, std::string_view beginning) {
    std::size_t size = std::min(term.size(), beginning.size() + 1);
    while (size < term.size() && (static_cast<unsigned char>(term[size]) & 0xC0) == 0x80) ++size;
    return term.substr(0, size);
}

// The first text above all that begin like this one: no byte of UTF-8 is the highest.
std::string behind_all(std::string text) {
    if (!text.empty()) text.back() = static_cast<char>(static_cast<unsigned char>(text.back()) + 1);
    return text;
}

}  // namespace

bool contains(const Positions& all, Position position) {
    return std::ranges::binary_search(all, position, std::greater<>());
}

Positions both(const Positions& a, const Positions& b) {
    Positions out;
    std::ranges::set_intersection(a, b, std::back_inserter(out), std::greater<>());
    return out;
}

Positions either(const Positions& a, const Positions& b) {
    Positions out;
    std::ranges::set_union(a, b, std::back_inserter(out), std::greater<>());
    return out;
}

Positions without(const Positions& a, const Positions& b) {
    Positions out;
    std::ranges::set_difference(a, b, std::back_inserter(out), std::greater<>());
    return out;
}

Expanded expand(const Word& word, const std::vector<std::string>& languages, Stemmer& stemmer) {
    Expanded out{{word.letters}, word.is_prefix};
    const auto add = [&](std::string term) {
        if (std::ranges::find(out.terms, term) == out.terms.end())
            out.terms.push_back(std::move(term));
    };
    for (const std::string& language : languages) {
        const std::string stem = stemmer.stem(language, word.letters);
        if (stem.empty()) continue;
        add(stem_term(language, stem));
        add(stem);  // an item whose word is the stem has no second term
    }
    return out;
}

Expanded expand(const FacetClause& clause) {
    Expanded out{{facet_term(clause.facet)}, false};
    for (const std::string& other : clause.others)
        out.terms.push_back(facet_term({clause.facet.facet, other}));
    return out;
}

bool each_beginning(const Index& index, const Segment& segment, std::string_view beginning,
                    const std::function<void(std::string_view, base::ByteView)>& visit) {
    std::size_t walked = 0;
    bool whole = true;
    std::string from(beginning);
    for (bool more = true; more;) {
        more = false;
        std::string term, family;
        std::size_t cousins = 0;
        index.each_term(segment, from, [&](std::string_view found, base::ByteView list) {
            if (!found.starts_with(beginning)) return false;
            if (found != term) {  // else it is a piece of its list
                if (++walked > limits::prefix_terms_max) return whole = false;
                if (const std::string_view own = one_letter_more(found, beginning); own != family) {
                    family = own;
                    cousins = 0;
                }
                if (++cousins > limits::prefix_family_max) {
                    whole = false;
                    more = true;
                    from = behind_all(family);
                    return false;
                }
                term = found;
            }
            visit(found, list);
            return true;
        });
    }
    return whole;
}

Positions positions_of(const Index& index, const Segment& segment, const Expanded& word,
                       std::uint64_t& weight, bool& is_cut) {
    Positions out;
    std::size_t lists = 0;
    std::string term;
    const auto take = [&](std::string_view found, base::ByteView list) {
        if (found != term) ++lists;
        term = found;
        weight += list.size();
        read_list(list, segment, out);
    };
    for (std::size_t at = 0; at < word.terms.size(); ++at) {
        const std::string& wanted = word.terms[at];
        if (at == 0 && word.is_prefix) {
            is_cut = !each_beginning(index, segment, wanted, take) || is_cut;
            continue;
        }
        index.each_term(segment, wanted, [&](std::string_view found, base::ByteView list) {
            if (found != wanted) return false;
            take(found, list);
            return true;
        });
    }
    if (lists > 1) make_set(segment, out);
    return out;
}

Positions positions_of(const Index& index, const Segment& segment,
                       const std::vector<std::string_view>& terms) {
    Positions out;
    auto wanted = terms.cbegin();
    for (bool more = true; more && wanted != terms.cend();) {
        more = false;
        std::size_t others = 0;
        index.each_term(segment, *wanted, [&](std::string_view found, base::ByteView list) {
            while (wanted != terms.cend() && *wanted < found) ++wanted;
            if (wanted == terms.cend()) return false;
            if (*wanted == found)
                read_list(list, segment, out);  // it may be a piece of its list, so it stays wanted
            else if (++others == walked_max)
                more = true;
            return !more;
        });
    }
    make_set(segment, out);
    return out;
}

Positions all_positions(const Index& index, const Segment& segment) {
    const Expanded any_kind{{facet_term({Facet::kind, ""})}, true};
    std::uint64_t weight = 0;
    bool is_cut = false;  // there are three kinds
    return positions_of(index, segment, any_kind, weight, is_cut);
}

bool is_used(const Index& index, const std::vector<Segment>& segments, std::string_view term,
             bool is_prefix) {
    bool used = false;
    for (const Segment& segment : segments) {
        index.each_term(segment, term, [&](std::string_view found, base::ByteView list) {
            if (is_prefix ? !found.starts_with(term) : found != term) return false;
            ListReader reader(list, segment.last);
            while (const auto position = used ? std::nullopt : reader.next())
                used = index.is_alive(*position);
            return !used;
        });
        if (used) return true;
    }
    return false;
}

}  // namespace hearsay::search
