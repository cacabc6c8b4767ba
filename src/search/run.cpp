#include "search/run.hpp"

#include <algorithm>
#include <limits>

#include "base/limits/search.hpp"
#include "base/limits/search_load.hpp"
#include "search/correct.hpp"
#include "search/cursor.hpp"
#include "search/lists.hpp"
#include "search/relevance.hpp"

namespace hearsay::search {
namespace {

namespace limits = base::limits;

std::vector<std::string> languages_in(const Index& index, const std::vector<Segment>& segments) {
    std::vector<std::string> out;
    const std::string any = facet_term({Facet::language, ""});
    for (const Segment& segment : segments)
        index.each_term(segment, any, [&](std::string_view term, base::ByteView) {
            if (!term.starts_with(any)) return false;
            std::string language(term.substr(any.size()));
            if (std::ranges::find(out, language) == out.end() &&
                std::ranges::find(stemmed_languages(), language) != stemmed_languages().end())
                out.push_back(std::move(language));
            return true;
        });
    std::ranges::sort(out);
    return out;
}

// A query against one state of the index.
class Run {
public:
    Run(const Index& index, const std::vector<Segment>& segments, const Request& request,
        const Cursor& from)
        : index_(index), segments_(segments), request_(request), from_(from) {
        const std::vector<std::string> languages = languages_in(index, segments);
        Stemmer stemmer;
        for (const Clause& clause : request.query.clauses) {
            std::vector<Expanded> words;
            for (const Word& word : clause.words) words.push_back(expand(word, languages, stemmer));
            weights_.emplace_back(words.size(), 0);
            expanded_.push_back(std::move(words));
            reads_ = reads_ || clause.is_phrase;
        }
        reads_ = reads_ || request.price_min || request.price_max;
    }

    Answer newest() {
        Answer out;
        const Position before = from_.position;
        bool counting = !reads_;  // reading is too dear for a number
        each_match([&](Position position) {
            const bool wanted = position < before;
            if (!wanted && !counting) return Next::go_on;
            if (!reaches(position, out)) return Next::go_on;
            const Look look = look_at(position);
            if (look == Look::stopped) {
                out.cursor = cursor_at(position + 1);
                return Next::stop;
            }
            if (look == Look::no) return Next::go_on;
            ++out.total;
            if (out.total > limits::search_counted_max) counting = false;
            if (wanted && out.found.size() <= request_.limit) out.found.push_back(position);
            return !counting && out.found.size() > request_.limit ? Next::stop : Next::go_on;
        });
        if (out.found.size() > request_.limit) {
            out.found.pop_back();
            out.cursor = cursor_at(out.found.back());
        }
        if (out.total > limits::search_counted_max) {
            out.total = limits::search_counted_max;
            out.is_more_than = true;
        }
        if (reads_) {
            out.total = out.found.size();
            out.is_more_than = !out.cursor.empty();
        }
        out.is_more_than = out.is_more_than || is_cut_;
        return out;
    }

    Answer sorted() {
        Answer out;
        const Position top = from_.is_sorted ? from_.top : std::numeric_limits<Position>::max();
        std::vector<Position> matches;
        each_match([&](Position position) {
            if (position > top || !reaches(position, out)) return Next::go_on;
            const Look look = look_at(position);
            if (look == Look::no) return Next::go_on;
            if (look == Look::stopped || matches.size() == limits::search_ranked_max) {
                out.is_more_than = true;
                return Next::stop;
            }
            matches.push_back(position);
            return Next::go_on;
        });
        const Position newest = from_.is_sorted ? from_.top : matches.empty() ? 0 : matches.front();
        const std::vector<Scored> all = scored(matches);  // by price: those that have one
        out.total = out.ranked = all.size();
        out.is_more_than = out.is_more_than || is_cut_ || is_worn_out();
        page_of(all, newest, out);
        return out;
    }

private:
    enum class Next { go_on, stop };
    enum class Look { yes, no, stopped };
    struct Scored {
        std::int64_t score = 0;
        Position position = 0;
        // Higher first, then newer.
        bool operator<(const Scored& other) const {
            return score != other.score ? score > other.score : position > other.position;
        }
    };

    std::string cursor_at(Position before) const {
        return write_cursor({false, index_.life(), 0, 0, before});
    }

    void each_match(const std::function<Next(Position)>& visit) {
        for (const Segment& segment : segments_)
            for (const Position position : matches(segment))
                if (position <= request_.after || visit(position) == Next::stop) return;
    }

    Positions positions(const Segment& segment, const Expanded& word, std::uint64_t& weight) {
        return positions_of(index_, segment, word, weight, is_cut_);
    }

    // Rule 1.
    Positions matches(const Segment& segment) {
        std::optional<Positions> out;
        const auto narrow = [&](Positions more) {
            out = out ? both(*out, more) : std::move(more);
            return !out->empty();
        };
        std::uint64_t ignored = 0;
        for (const FacetClause& clause : request_.query.facets)
            if (!clause.excludes && !narrow(positions(segment, expand(clause), ignored))) return {};
        for (std::size_t at = 0; at < expanded_.size(); ++at) {
            if (request_.query.clauses[at].excludes) continue;
            for (std::size_t word = 0; word < expanded_[at].size(); ++word)
                if (!narrow(positions(segment, expanded_[at][word], weights_[at][word]))) return {};
        }
        if (!out) out = all_positions(index_, segment);
        for (const FacetClause& clause : request_.query.facets)
            if (clause.excludes) out = without(*out, positions(segment, expand(clause), ignored));
        for (std::size_t at = 0; at < expanded_.size(); ++at) {
            const Clause& clause = request_.query.clauses[at];
            if (!clause.excludes || clause.is_phrase) continue;  // phrases are read
            std::optional<Positions> all;
            for (const Expanded& word : expanded_[at]) {
                Positions has = positions(segment, word, ignored);
                all = all ? both(*all, has) : std::move(has);
            }
            if (all) out = without(*out, *all);
        }
        return *std::move(out);
    }

    // Rule 2, of ratings.
    bool reaches(Position position, Answer& out) const {
        if (!request_.rated || contains(request_.rated->reaching, position)) return true;
        if (out.unrated < limits::search_counted_max &&
            !contains(request_.rated->rated, position) && index_.is_alive(position))
            ++out.unrated;
        return false;
    }

    // Rules 2 and 3.
    Look look_at(Position position) {
        if (!index_.is_alive(position)) return Look::no;
        if (!reads_) return Look::yes;
        if (read_ == limits::search_reads_max || is_worn_out()) return Look::stopped;
        ++read_;
        const auto fields = index_.fields(position);
        if (!fields) return Look::no;
        for (const Clause& clause : request_.query.clauses)
            if (clause.is_phrase && has_phrase(*fields, clause, scratch_) == clause.excludes)
                return Look::no;
        return is_in_range(*fields) ? Look::yes : Look::no;
    }
    bool is_worn_out() const { return scratch_.made() >= limits::search_tokens_max; }
    bool is_in_range(const Fields& fields) const {
        if (!request_.price_min && !request_.price_max) return true;
        if (!fields.price || fields.price->currency != request_.currency) return false;
        const std::int64_t least = fields.price->micros;
        const std::int64_t most = std::max(least, fields.price->micros_most);
        return most >= request_.price_min.value_or(most) &&
               least <= request_.price_max.value_or(least);
    }

    std::vector<Scored> scored(const std::vector<Position>& matches) {
        std::vector<Scored> out;
        const Relevance relevance(request_.query.clauses, weights_);
        for (const Position position : matches) {
            if (is_worn_out()) break;
            const auto fields = index_.fields(position);
            if (!fields) continue;
            if (request_.sort == Sort::relevance)
                out.push_back({relevance.score(*fields, scratch_), position});
            else if (fields->price && fields->price->currency == request_.currency)
                out.push_back({-fields->price->micros, position});  // the cheapest first
        }
        std::sort(out.begin(), out.end());
        return out;
    }

    void page_of(const std::vector<Scored>& all, Position newest, Answer& out) const {
        auto at = all.begin();
        if (from_.is_sorted)
            at = std::upper_bound(all.begin(), all.end(), Scored{from_.score, from_.position});
        for (; at != all.end() && out.found.size() < request_.limit; ++at)
            out.found.push_back(at->position);
        if (at == all.end() || out.found.empty()) return;
        const Scored& last = *std::prev(at);
        out.cursor = write_cursor({true, index_.life(), newest, last.score, last.position});
    }

    const Index& index_;
    const std::vector<Segment>& segments_;
    const Request& request_;
    const Cursor& from_;
    std::vector<std::vector<Expanded>> expanded_;      // a row a clause
    std::vector<std::vector<std::uint64_t>> weights_;  // likewise
    bool reads_ = false;
    bool is_cut_ = false;  // a beginning stood for more words than are looked at
    std::size_t read_ = 0;
    Tokens scratch_;
};

// Rule 5: the query with its unknown words replaced; nothing: there is none to replace.
std::optional<Query> corrected(const Index& index, const std::vector<Segment>& segments,
                               Query query,
                               std::vector<std::pair<std::string, std::string>>& changes) {
    const std::vector<std::string> languages = languages_in(index, segments);
    Stemmer stemmer;
    const auto is_known = [&](const Word& word) {
        const Expanded whole = expand(word, languages, stemmer);
        return std::ranges::any_of(whole.terms, [&](const std::string& term) {
            return is_used(index, segments, term, word.is_prefix && term == word.letters);
        });
    };
    std::size_t walked = 0;
    for (Clause& clause : query.clauses)
        for (Word& word : clause.words) {
            if (clause.excludes || is_known(word)) continue;
            auto found = correction(index, segments, word.letters, walked);
            if (!found) continue;
            changes.emplace_back(word.letters, *found);
            word = {*std::move(found), false};
        }
    return changes.empty() ? std::nullopt : std::optional(std::move(query));
}

base::Result<Cursor> cursor_of(const Index& index, const Request& request) {
    Cursor out;
    out.position = std::numeric_limits<Position>::max();
    if (request.cursor.empty()) return out;
    const auto read = read_cursor(request.cursor);
    if (!read || read->is_sorted != (request.sort != Sort::newest))
        return base::fail(base::ErrorCode::invalid, "the cursor is not one of this search");
    if (read->life != index.life())
        return base::fail(base::ErrorCode::invalid,
                          "the cursor is of a store that is gone; search again without it");
    return *read;
}

}  // namespace

bool has_phrase(const Fields& fields, const Clause& clause, Tokens& scratch) {
    const auto stands_at = [&](const std::vector<std::size_t>& places, std::size_t at) {
        if (at + clause.words.size() > places.size()) return false;
        for (std::size_t word = 0; word < clause.words.size(); ++word) {
            const std::string_view token = scratch[places[at + word]];
            const Word& wanted = clause.words[word];
            if (wanted.is_prefix ? !token.starts_with(wanted.letters) : token != wanted.letters)
                return false;
        }
        return true;
    };
    const auto has = [&](std::string_view text) {
        scratch.clear();
        split(text, scratch);
        std::vector<std::size_t> places;
        for (std::size_t at = 0; at < scratch.size(); ++at)
            if (!scratch.is_tail(at)) places.push_back(at);
        for (std::size_t at = 0; at < places.size(); ++at)
            if (stands_at(places, at)) return true;
        return false;
    };
    return has(fields.title) || std::ranges::any_of(fields.tags, has) ||
           std::ranges::any_of(fields.lines, has) || has(fields.text);
}

base::Result<Answer> run(const Index& index, const Request& request) {
    const auto from = cursor_of(index, request);
    if (!from) return std::unexpected(from.error());
    const std::vector<Segment> segments = index.segments();
    const auto answer = [&](const Request& asked) {
        Run one(index, segments, asked, *from);
        return asked.sort == Sort::newest ? one.newest() : one.sorted();
    };
    Answer out = answer(request);
    if (!out.found.empty() || !out.cursor.empty() || out.is_more_than || !request.corrects)
        return out;
    std::vector<std::pair<std::string, std::string>> changes;
    auto query = corrected(index, segments, request.query, changes);
    if (!query) return out;
    Request again = request;
    again.query = *std::move(query);
    Answer other = answer(again);
    if (other.found.empty()) return out;
    other.corrected = std::move(changes);
    return other;
}

}  // namespace hearsay::search
