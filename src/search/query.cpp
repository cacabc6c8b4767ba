#include "search/query.hpp"

#include <algorithm>

namespace hearsay::search {
namespace {

namespace limits = base::limits;

constexpr std::string_view blanks = " \t\n\r";

std::size_t letters_of(std::string_view word) {
    return static_cast<std::size_t>(std::ranges::count_if(
        word, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

class Parser {
public:
    explicit Parser(std::string_view text) : rest_(text) {}

    base::Result<Query> run() {
        if (rest_.size() > limits::query_bytes_max)
            return base::fail(base::ErrorCode::invalid,
                              "the query is " + std::to_string(rest_.size()) +
                                  " bytes long; at most " +
                                  std::to_string(limits::query_bytes_max) + " fit");
        const bool blank = rest_.find_first_not_of(blanks) == std::string_view::npos;
        while (skip_blanks()) take_one();
        if (terms_ > limits::query_terms_max)
            return base::fail(base::ErrorCode::invalid,
                              "the query has more than " + std::to_string(limits::query_terms_max) +
                                  " words and fields");
        if (!blank && query_ == Query{})
            return base::fail(base::ErrorCode::invalid,
                              "the query has no letter and no digit to search for");
        return std::move(query_);
    }

private:
    bool skip_blanks() {
        rest_.remove_prefix(std::min(rest_.find_first_not_of(blanks), rest_.size()));
        return !rest_.empty();
    }

    void take_one() {
        const bool excludes = rest_.front() == '-';
        if (excludes) rest_.remove_prefix(1);
        if (rest_.empty()) return;
        if (rest_.front() == '"') {
            rest_.remove_prefix(1);
            const std::size_t end = std::min(rest_.find('"'), rest_.size());
            add_words(rest_.substr(0, end), true, excludes, false);
            rest_.remove_prefix(std::min(end + 1, rest_.size()));
            return;
        }
        const std::size_t end = std::min(rest_.find_first_of(" \t\n\r\""), rest_.size());
        const std::string_view word = rest_.substr(0, end);
        const bool last = end == rest_.size();
        rest_.remove_prefix(end);
        if (!add_field(word, excludes)) add_words(word, false, excludes, last && !excludes);
    }

    bool add_field(std::string_view word, bool excludes) {
        const std::size_t colon = word.find(':');
        if (colon == std::string_view::npos) return false;
        const std::string_view name = word.substr(0, colon);
        const std::string_view value = word.substr(colon + 1);
        if (name == "by" && !value.empty()) {
            query_.by.push_back({std::string(value), excludes});
        } else if (name == "kind" || name == "tag") {
            std::string whole = folded(value);
            if (whole.empty()) return false;
            query_.facets.push_back(
                {{name == "kind" ? Facet::kind : Facet::tag, std::move(whole)}, excludes});
        } else {
            return false;
        }
        ++terms_;
        return true;
    }

    void add_words(std::string_view text, bool quoted, bool excludes, bool last) {
        Tokens tokens;
        split(text, tokens, limits::query_terms_max + 1);
        Clause out;
        out.excludes = excludes;
        for (std::size_t at = 0; at < tokens.size(); ++at) {
            if (tokens.is_tail(at)) continue;
            const bool one_letter = letters_of(tokens[at]) < limits::prefix_letters_min;
            const bool begins = !quoted && last && at + 1 == tokens.size() && !one_letter;
            out.words.push_back(
                {std::string(tokens[at]), begins || (tokens.is_joined(at) && one_letter)});
        }
        if (out.words.empty()) return;
        out.is_phrase = quoted && out.words.size() > 1;
        terms_ += out.words.size();
        query_.clauses.push_back(std::move(out));
    }

    std::string_view rest_;
    Query query_;
    std::size_t terms_ = 0;
};

}  // namespace

base::Result<Query> parse_query(std::string_view text) {
    return Parser(text).run();
}

}  // namespace hearsay::search
