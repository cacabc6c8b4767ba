#include "search/correct.hpp"

#include <algorithm>
#include <map>

#include "search/lists.hpp"

namespace hearsay::search {
namespace {

namespace limits = base::limits;

std::u32string points_of(std::string_view text) {
    std::u32string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte & 0xC0) == 0x80 && !out.empty())
            out.back() = out.back() << 6 | (byte & 0x3FU);
        else
            out.push_back(byte);  // lead bytes differ where letters do
    }
    return out;
}

bool is_one_edit(const std::u32string& a, const std::u32string& b) {
    if (a.size() > b.size()) return is_one_edit(b, a);
    if (b.size() - a.size() > 1) return false;
    const auto [left, right] = std::ranges::mismatch(a, b);
    const auto at = static_cast<std::size_t>(left - a.begin());
    const std::u32string_view rest_a = std::u32string_view(a).substr(at);
    const std::u32string_view rest_b = std::u32string_view(b).substr(at);
    if (rest_b.empty()) return false;
    if (a.size() < b.size()) return rest_a == rest_b.substr(1);
    if (rest_a.substr(1) == rest_b.substr(1)) return true;
    return rest_a.size() > 1 && rest_a[0] == rest_b[1] && rest_a[1] == rest_b[0] &&
           rest_a.substr(2) == rest_b.substr(2);
}

class Guess {
public:
    Guess(const Index& index, const std::vector<Segment>& segments, std::string_view word,
          std::size_t& walked)
        : index_(index),
          segments_(segments),
          word_(word),
          points_(points_of(word)),
          walked_(walked) {}

    std::optional<std::string> run() {
        if (points_.size() < limits::corrected_letters_min) return std::nullopt;
        for (const Segment& segment : segments_) walk(segment);
        try_first_letters();
        std::vector<std::pair<std::uint64_t, std::string>> best;
        for (auto& [term, weight] : weights_) best.emplace_back(weight, term);
        std::ranges::sort(best, [](const auto& a, const auto& b) {
            return a.first != b.first ? a.first > b.first : a.second < b.second;
        });
        for (const auto& [weight, term] : best)
            if (is_used(index_, segments_, term)) return term;
        return std::nullopt;
    }

private:
    // The terms that begin with the same letter.
    void walk(const Segment& segment) {
        std::size_t size = 1;
        while (size < word_.size() && (static_cast<unsigned char>(word_[size]) & 0xC0) == 0x80)
            ++size;
        const std::string first = word_.substr(0, size);
        index_.each_term(segment, first, [&](std::string_view term, base::ByteView list) {
            if (!term.starts_with(first) || walked_ >= limits::search_walked_max) return false;
            ++walked_;
            const std::size_t longer = std::max(term.size(), word_.size());
            const std::size_t shorter = std::min(term.size(), word_.size());
            if (longer - shorter <= 4 && is_one_edit(points_of(term), points_))
                weights_[std::string(term)] += list.size();
            return true;
        });
    }
    void try_first_letters() {
        if (static_cast<unsigned char>(word_[0]) >= 0x80) return;
        std::vector<std::string> tries{word_.substr(1)};
        if (static_cast<unsigned char>(word_[1]) < 0x80)
            tries.push_back(std::string{word_[1], word_[0]} + word_.substr(2));
        for (char letter = 'a'; letter <= 'z'; ++letter) {
            tries.push_back(letter + word_.substr(1));
            tries.push_back(letter + word_);
        }
        for (const std::string& term : tries) {
            if (term == word_ || term.front() == word_.front()) continue;  // walked
            for (const Segment& segment : segments_)
                index_.each_term(segment, term, [&](std::string_view found, base::ByteView list) {
                    if (found != term) return false;
                    weights_[term] += list.size();
                    return true;
                });
        }
    }

    const Index& index_;
    const std::vector<Segment>& segments_;
    const std::string word_;
    const std::u32string points_;
    std::size_t& walked_;
    std::map<std::string, std::uint64_t> weights_;
};

}  // namespace

bool is_one_edit(std::string_view a, std::string_view b) {
    return is_one_edit(points_of(a), points_of(b));
}

std::optional<std::string> correction(const Index& index, const std::vector<Segment>& segments,
                                      std::string_view word, std::size_t& walked) {
    return Guess(index, segments, word, walked).run();
}

}  // namespace hearsay::search
