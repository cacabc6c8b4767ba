// Any bytes as texts of items and as queries, beside a scan of all of them: words keep their
// bounds, a query is an error or an answer, what is found is what a scan finds, and blocks of any
// bytes end.
//
// The input: bytes up to each FF are one item's text, some of them gone again, some in a segment of
// their own; the last part is the query. An item's first bytes choose its fields and its price, the
// query's first ones what is asked of them. Bytes up to FF are also payloads of each kind.
#include <algorithm>
#include <array>
#include <set>

#include "base/ensure.hpp"
#include "item/kinds.hpp"
#include "item/kinds/post.hpp"
#include "item/kinds/profile.hpp"
#include "search/cursor.hpp"
#include "search/run.hpp"
#include "unit/search/memory_index.hpp"

namespace hearsay::search {
namespace {

namespace limits = base::limits;

constexpr std::size_t items_max = 64;

void check_tokens(std::string_view text) {
    Tokens tokens;
    split(text, tokens);
    ENSURE(tokens.size() <= limits::text_tokens_max, "too many tokens");
    for (std::size_t at = 0; at < tokens.size(); ++at) {
        ENSURE(!tokens[at].empty() && tokens[at].size() <= limits::term_bytes_max,
               "a token of a wrong size");
        ENSURE(is_word(tokens[at]), "a token that is no word");
    }
    ENSURE(folded(text).size() <= limits::term_bytes_max, "a facet too long");
}

std::set<std::string> terms(const Fields& fields) {
    std::set<std::string> out;
    TermScratch scratch;
    terms_of(fields, scratch,
             [&](std::string_view term) { return out.insert(std::string(term)).second; });
    ENSURE(out.size() <= limits::item_terms_max, "too many terms");
    return out;
}

// No item states a language here, so no word stands for stems.
bool fits(const Query& query, const Fields& fields) {
    const auto all = terms(fields);
    Tokens scratch;
    for (const FacetClause& clause : query.facets) {
        bool has = all.contains(facet_term(clause.facet));
        for (const std::string& other : clause.others)
            has = has || all.contains(facet_term({clause.facet.facet, other}));
        if (has == clause.excludes) return false;
    }
    for (const Clause& clause : query.clauses) {
        bool found = std::ranges::all_of(clause.words, [&](const Word& word) {
            const auto at = all.lower_bound(word.letters);
            return at != all.end() &&
                   (word.is_prefix ? at->starts_with(word.letters) : *at == word.letters);
        });
        if (found && clause.is_phrase) found = has_phrase(fields, clause, scratch);
        if (found == clause.excludes) return false;
    }
    return true;
}

std::uint8_t byte_of(std::string_view text, std::size_t at) {
    return at < text.size() ? static_cast<std::uint8_t>(text[at]) : std::uint8_t{0};
}

constexpr std::array<std::string_view, 4> paths{"", "a", "a/b", "a/b/c"};

// Each path with all its beginnings, as a category has them.
void add_fields(std::string_view text, Fields& fields) {
    const std::uint8_t first = byte_of(text, 0);
    for (std::size_t at = 1; at <= first % paths.size(); ++at)
        fields.facets.push_back({Facet::category, std::string(paths[at])});
    if (first % 3 == 0) fields.facets.push_back({Facet::payment, "cash"});
    if (first % 5 < 3) return;
    const std::uint8_t amount = byte_of(text, 1);
    fields.price = Price{first % 2 == 0 ? "eur" : "xmr", amount, amount % 4 == 0 ? 300 : 0};
}

void ask_for_fields(std::string_view text, Request& request) {
    const std::uint8_t first = byte_of(text, 0);
    if (first % 4 > 0)
        request.query.facets.push_back(
            {{Facet::category, std::string(paths[first % 4])}, first % 7 == 0});
    if (first % 5 == 0) request.query.facets.push_back({{Facet::payment, "cash"}, false, {}});
    if (first % 7 == 0) {
        FacetClause several{{Facet::payment, "xmr"}, first % 2 == 0, {}};
        several.others = {"sepa", "cash"};
        request.query.facets.push_back(std::move(several));
    }
    if (first % 3 > 0) return;
    request.currency = "eur";
    request.price_min = byte_of(text, 1);
    if (first % 2 == 0) request.price_max = byte_of(text, 2);
}

bool is_in_range(const Request& request, const Fields& fields) {
    if (!request.price_min && !request.price_max) return true;
    if (!fields.price || fields.price->currency != request.currency) return false;
    const std::int64_t most = std::max(fields.price->micros, fields.price->micros_most);
    return (!request.price_min || *request.price_min <= most) &&
           (!request.price_max || *request.price_max >= fields.price->micros);
}

// Payloads of strangers: what is found of them keeps its bounds.
void check_payload(std::string_view text) {
    for (const item::Kind kind : {item::kind_offer, item::kind_post, item::kind_profile}) {
        const auto fields = fields_of(kind, base::as_bytes(text));
        if (!fields) continue;
        terms(*fields);
        if (!fields->price) continue;
        ENSURE(fields->price->micros >= 0 && fields->price->micros_most >= 0, "a price below 0");
    }
}

void check_block(base::ByteView bytes) {
    BlockReader block("a name", bytes);
    std::size_t entries = 0;
    while (const auto entry = block.next()) {
        ENSURE(++entries <= bytes.size(), "more entries than bytes");
        ListReader list(entry->list, 1'000'000);
        Position before = 1'000'001;
        while (const auto position = list.next()) {
            ENSURE(*position < before, "positions that do not fall");
            before = *position;
        }
    }
}

void check_answers(const testing::MemoryIndex& index, const std::vector<Fields>& items,
                   const std::set<Position>& gone, std::string_view text) {
    const auto query = parse_query(text);
    if (!query) return;
    Request asked{*query};
    ask_for_fields(text, asked);
    std::size_t words = query->facets.size() + query->by.size();
    for (const Clause& clause : query->clauses) words += clause.words.size();
    ENSURE(words <= limits::query_terms_max, "a query of too many words");
    std::vector<Position> expected;
    for (std::size_t at = items.size(); at-- > 0;) {
        Fields fields = items[at];
        fields.facets.push_back({Facet::kind, "offer"});
        if (!gone.contains(at + 1) && fits(asked.query, fields) && is_in_range(asked, fields))
            expected.push_back(at + 1);
    }
    for (const Sort sort : {Sort::newest, Sort::relevance}) {
        Request request = asked;
        request.sort = sort;
        request.limit = 1 + text.size() % 7;
        std::vector<Position> found;
        for (std::size_t pages = 0; pages <= items.size(); ++pages) {
            const auto answer = run(index, request);
            ENSURE(answer && answer->found.size() <= request.limit, "a page that is none");
            if (!answer->corrected.empty()) {
                ENSURE(expected.empty(), "corrected, though something is found");
                return;
            }
            found.insert(found.end(), answer->found.begin(), answer->found.end());
            request.cursor = answer->cursor;
            if (request.cursor.empty()) break;
        }
        std::ranges::sort(found, std::greater<>());
        ENSURE(found == expected, "what is found is not what a scan finds");
    }
}

}  // namespace
}  // namespace hearsay::search

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace hearsay;
    using namespace hearsay::search;
    constexpr std::uint8_t end_of_text = 0xFF;  // in no UTF-8
    testing::MemoryIndex index;
    std::vector<Fields> items, segment;
    std::set<Position> gone;
    base::ByteView left(data, size);
    std::string_view text;
    for (;;) {
        const auto at = std::ranges::find(left, end_of_text);
        text = base::as_text(left.first(static_cast<std::size_t>(at - left.begin())));
        check_tokens(text);
        check_payload(text);
        if (at == left.end() || items.size() == items_max) break;
        left = left.subspan(text.size() + 1);
        Fields fields;
        fields.title = text.substr(0, text.size() / 3);
        fields.text = text.substr(text.size() / 3);
        fields.facets.push_back({Facet::tag, folded(fields.title)});
        add_fields(text, fields);
        items.push_back(fields);
        segment.push_back(fields);
        if (text.size() % 3 == 0) gone.insert(items.size());
        if (text.size() % 5 == 0) index.add(std::exchange(segment, {}));
    }
    if (!segment.empty()) index.add(segment);
    for (const Position position : gone) index.remove(position);
    check_answers(index, items, gone, text);
    check_block(base::ByteView(data, size));
    if (const auto cursor = read_cursor(base::as_text(base::ByteView(data, size))))
        ENSURE(read_cursor(write_cursor(*cursor)) == *cursor, "a cursor that changes");
    return 0;
}
