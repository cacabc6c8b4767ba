#include "search/run.hpp"

#include <algorithm>
#include <map>

#include <doctest/doctest.h>

#include "base/limits/search_load.hpp"
#include "search/lists.hpp"
#include "unit/search/memory_index.hpp"

namespace hearsay::search {
namespace {

namespace limits = base::limits;
using testing::MemoryIndex;

Fields item(std::string title, std::string text = "", std::string language = "") {
    Fields out;
    out.title = std::move(title);
    out.text = std::move(text);
    if (!language.empty()) out.facets.push_back({Facet::language, language});
    out.language = std::move(language);
    return out;
}

Fields priced(std::string title, std::int64_t micros) {
    Fields out = item(std::move(title));
    out.price = Price{"eur", micros};
    out.facets.push_back({Facet::currency, "eur"});
    return out;
}

struct Fixture {
    MemoryIndex index;

    Answer ask(std::string_view text, Sort sort = Sort::newest, std::size_t limit = 10,
               std::string cursor = "") const {
        const auto query = parse_query(text);
        REQUIRE(query);
        Request request{*query, sort, limit};
        request.cursor = std::move(cursor);
        request.currency = "eur";
        const auto answer = run(index, request);
        REQUIRE(answer);
        return *answer;
    }
    std::vector<Position> found(std::string_view text, Sort sort = Sort::newest) const {
        return ask(text, sort).found;
    }
};

using Found = std::vector<Position>;

TEST_CASE_FIXTURE(Fixture, "what has all words is found, newest first, over all segments") {
    index.add({item("blue bike"), item("red bike")});
    index.add({item("bike", "it is blue")});
    CHECK(found("bike blue ") == Found{3, 1});
    CHECK(found("bike -red ") == Found{3, 1});
    CHECK(found("") == Found{3, 2, 1});
    CHECK(found("bik") == Found{3, 2, 1});
    CHECK(found("bik ").empty());
}

TEST_CASE_FIXTURE(Fixture, "a phrase stands in one field, in its order") {
    index.add({item("blue bike"), item("bike blue"), item("blue", "bike"), item("blue, bike!")});
    CHECK(found("\"blue bike\"") == Found{4, 1});
    CHECK(found("blue -\"blue bike\"") == Found{3, 2});
    index.add({item("東京都庁"), item("京東都")});
    CHECK(found("\"東京都\"") == Found{5});
    CHECK(found("都") == Found{6, 5});
}

TEST_CASE_FIXTURE(Fixture, "what is gone is not found and not counted") {
    index.add({item("bike"), item("bike"), item("bike")});
    index.remove(2);
    const Answer answer = ask("bike ");
    CHECK(answer.found == Found{3, 1});
    CHECK(answer.total == 2);
}

TEST_CASE_FIXTURE(Fixture, "stems join words of a stated language only") {
    index.add({item("running shoes", "", "en"), item("running shoes"), item("run", "", "en")});
    CHECK(found("runs ") == Found{3, 1});
    CHECK(found("running ") == Found{3, 2, 1});
}

TEST_CASE_FIXTURE(Fixture, "pages go on where they ended, whatever came or went meanwhile") {
    for (int i = 0; i < 10; ++i) index.add({item("bike")});
    Sort sort = Sort::newest;
    SUBCASE("by time") {}
    SUBCASE("by relevance") {
        sort = Sort::relevance;
    }
    Answer page = ask("bike ", sort, 3);
    CHECK(page.found == Found{10, 9, 8});
    index.add({item("bike")});
    index.remove(8);
    index.remove(7);
    page = ask("bike ", sort, 3, page.cursor);
    CHECK(page.found == Found{6, 5, 4});
}

TEST_CASE_FIXTURE(Fixture, "a cursor of another search or life is refused") {
    index.add({item("bike"), item("bike")});
    const Answer page = ask("bike ", Sort::newest, 1);
    Request request{*parse_query("bike "), Sort::relevance, 1};
    request.cursor = page.cursor;
    CHECK(run(index, request).error().code == base::ErrorCode::invalid);
    request.sort = Sort::newest;
    request.cursor = "n-6-1";
    CHECK(run(index, request).error().text.find("gone") != std::string::npos);
    request.cursor = "rubbish";
    CHECK_FALSE(run(index, request));
}

TEST_CASE_FIXTURE(Fixture, "many matches are counted up to a bound, and it is said") {
    std::vector<Fields> many(1500, item("bike"));
    index.add(many);
    const Answer answer = ask("bike ");
    CHECK(answer.total == 1000);
    CHECK(answer.is_more_than);
    const Answer ranked = ask("bike ", Sort::relevance);
    CHECK(ranked.ranked == 1000);
    CHECK(ranked.is_more_than);
    std::vector<Position> all;
    Answer page = ask("bike ", Sort::newest, 400);
    for (;;) {
        all.insert(all.end(), page.found.begin(), page.found.end());
        if (page.cursor.empty()) break;
        page = ask("bike ", Sort::newest, 400, page.cursor);
    }
    CHECK(all.size() == 1500);
}

TEST_CASE_FIXTURE(Fixture, "a phrase of common words is looked for page by page") {
    std::vector<Fields> many(5000, item("blue", "bike"));
    many.front() = item("blue bike");
    index.add(many);
    Answer page = ask("\"blue bike\"");
    int pages = 1;
    for (; page.found.empty() && !page.cursor.empty(); ++pages) {
        CHECK(page.is_more_than);
        page = ask("\"blue bike\"", Sort::newest, 10, page.cursor);
    }
    CHECK(page.found == Found{1});
    CHECK(pages == 5);
}

TEST_CASE_FIXTURE(Fixture, "of items with very many words fewer are read at once") {
    constexpr std::size_t words = 5000, items = 300;
    std::string text = "bike ";
    for (std::size_t at = 0; at < words; ++at) text += "x ";
    std::vector<Fields> many(items, item("blue", text));
    many.front() = item("blue bike", text);
    index.add(many);
    Answer page = ask("\"blue bike\"");
    std::size_t pages = 1;
    for (; page.found.empty() && !page.cursor.empty(); ++pages)
        page = ask("\"blue bike\"", Sort::newest, 10, page.cursor);
    CHECK(page.found == Found{1});
    CHECK(pages == 1 + items * words / limits::search_tokens_max);
    const Answer sorted = ask("bike ", Sort::relevance);
    CHECK(sorted.found.size() == 10);
    CHECK(sorted.is_more_than);
    CHECK(sorted.ranked <= limits::search_tokens_max / words + 1);
}

TEST_CASE_FIXTURE(Fixture, "who has seen up to a position is told of what came later") {
    index.add({item("bike"), item("bike")});
    index.add({item("bike"), item("bike")});
    Request request{*parse_query("bike "), Sort::newest, 10};
    for (const Position after : {Position{0}, Position{1}, Position{2}, Position{3}, Position{4}}) {
        request.after = after;
        CHECK(run(index, request)->found.size() == 4 - after);
    }
    request.after = 0;
    request.query = *parse_query("bikke ");
    CHECK(run(index, request)->corrected.size() == 1);
    request.corrects = false;
    CHECK(run(index, request)->found.empty());
}

TEST_CASE_FIXTURE(Fixture, "relevance prefers the title, and rare words over common ones") {
    std::vector<Fields> many(100, item("common"));
    index.add(many);
    index.add({item("lamp", "bike"), item("bike", "lamp"), item("bike lamp common bike")});
    CHECK(found("bike ", Sort::relevance).front() == 103);
    const auto all = found("bike lamp ", Sort::relevance);
    CHECK(all.size() == 3);
    CHECK(all.front() == 103);
}

TEST_CASE_FIXTURE(Fixture, "by price the cheapest comes first, within one currency") {
    index.add({priced("bike", 5), priced("bike", 3), item("bike"), priced("bike", 9)});
    CHECK(found("bike ", Sort::price) == Found{2, 1, 4});
    Request request{*parse_query("bike "), Sort::newest, 10};
    request.currency = "eur";
    request.price_min = 4;
    request.price_max = 8;
    CHECK(run(index, request)->found == Found{1});
}

TEST_CASE_FIXTURE(Fixture, "what does not reach the ratings is passed over, the unrated counted") {
    index.add({priced("bike", 5), priced("bike", 3), priced("bike", 4)});
    index.add({priced("bike", 9), priced("bike", 1), item("lamp")});
    index.remove(5);
    Request request{*parse_query("bike "), Sort::newest, 10};
    request.currency = "eur";
    request.rated = RatedItems{{6, 3, 2, 1}, {6, 3, 1}};
    for (const Sort sort : {Sort::newest, Sort::price, Sort::relevance}) {
        request.sort = sort;
        const auto answer = run(index, request);
        REQUIRE(answer);
        CHECK(answer->found == Found{3, 1});
        CHECK(answer->total == 2);
        CHECK(answer->unrated == 1);  // the fourth: the fifth is gone
    }
    request.rated = RatedItems{};
    CHECK(run(index, request)->unrated == 4);
    CHECK(run(index, request)->found.empty());
}

TEST_CASE_FIXTURE(Fixture, "the items of many publishers are found as those of each") {
    const auto by = [](int publisher) {
        Fields out = item("bike");
        std::string name(1, static_cast<char>('a' + publisher % 26));
        name += static_cast<char>('a' + publisher / 26);
        out.facets.push_back({Facet::publisher, name});
        return out;
    };
    for (int segment = 0; segment < 3; ++segment) {
        std::vector<Fields> items;
        for (int at = 0; at < 300; ++at) items.push_back(by((at * 7 + segment) % 290));
        index.add(items);
    }
    for (const int step : {1, 3, 150, 289, 1000}) {
        std::vector<std::string> values;
        for (int publisher = 0; publisher < 400; publisher += step)
            values.push_back(by(publisher).facets.front().value);
        std::vector<std::string> terms;
        for (const std::string& value : values)
            terms.push_back(facet_term({Facet::publisher, value}));
        std::ranges::sort(terms);
        for (const Segment& segment : index.segments()) {
            Positions expected;
            for (Position position = segment.last; position >= segment.first; --position)
                if (std::ranges::count(values, index.fields(position)->facets.front().value) > 0)
                    expected.push_back(position);
            CHECK(positions_of(index, segment, {terms.begin(), terms.end()}) == expected);
        }
    }
}

TEST_CASE_FIXTURE(Fixture, "a price that is a range fits where the two ranges touch") {
    Fields range = priced("bike", 10);
    range.price->micros_most = 20;
    index.add({range});
    const auto fits = [&](std::optional<std::int64_t> least, std::optional<std::int64_t> most) {
        Request request{*parse_query("bike "), Sort::newest, 10};
        request.currency = "eur";
        request.price_min = least;
        request.price_max = most;
        return run(index, request)->found == Found{1};
    };
    CHECK(fits(20, 30));
    CHECK(fits(1, 10));
    CHECK(fits(12, 15));
    CHECK(fits(15, {}));
    CHECK_FALSE(fits(21, {}));
    CHECK_FALSE(fits({}, 9));
}

TEST_CASE_FIXTURE(Fixture, "by price, what has a currency and no amount is not counted") {
    Fields negotiable = item("bike");
    negotiable.facets.push_back({Facet::currency, "eur"});
    index.add({priced("bike", 5), negotiable});
    const Answer answer = ask("bike ", Sort::price);
    CHECK(answer.found == Found{1});
    CHECK(answer.total == 1);
    CHECK(answer.ranked == 1);
}

TEST_CASE_FIXTURE(Fixture, "a word that nobody wrote is corrected once, and it is said") {
    index.add({item("bicycle"), item("bicycle"), item("bicycles"), item("lamp")});
    const Answer answer = ask("bicycel ");
    CHECK(answer.found == Found{2, 1});
    CHECK(answer.corrected ==
          std::vector<std::pair<std::string, std::string>>{{"bicycel", "bicycle"}});
    CHECK(ask("vicycle ").found == Found{2, 1});
    CHECK(ask("icycle ").found == Found{2, 1});
    CHECK(ask("ibcycle ").found == Found{2, 1});
    CHECK(ask("lmp ").found.empty());  // too short to guess
    CHECK(ask("bicyclette ").found.empty());
    CHECK(ask("bicycel lam").found.empty());  // no item has both
    CHECK(ask("bicycel lam").corrected.empty());
    CHECK(ask("bicycle lamp ").corrected.empty());  // both words are there
    index.remove(1);
    index.remove(2);
    CHECK(ask("bicycel ").found.empty());  // nothing that is gone is offered
}

TEST_CASE_FIXTURE(Fixture,
                  "words that strangers made up by the thousand hide no others that begin so") {
    for (const bool waits : {false, true}) {  // in a segment, then before it is one
        std::vector<Fields> items{item("abyss"), item("abaft")};
        std::size_t words = 0;
        while (words < limits::prefix_family_max + 1000) {
            std::string text;
            for (int word = 0; word < 900; ++word) text += "aba" + std::to_string(++words) + " ";
            items.push_back(item("offer", text));
        }
        index.add(items);
        CAPTURE(waits);
        const Answer answer = ask("ab", Sort::newest, 20);
        CHECK(answer.is_more_than);
        CHECK(ask("aby", Sort::newest, 20).found.size() == (waits ? 2 : 1));
        const Position first = index.segments().front().first;
        CHECK(std::ranges::find(answer.found, first) != answer.found.end());  // the abyss
        // Who writes the whole word finds it all the same.
        CHECK(ask("abaft ", Sort::newest, 20).found.front() == first + 1);
        CHECK_FALSE(ask("abaft ").is_more_than);
    }
}

TEST_CASE("of a beginning no more terms are looked at than may be, and each family has a share") {
    class Endless final : public Index {
    public:
        std::vector<Segment> segments() const override { return {{1, 1, 1}}; }
        void each_term(
            const Segment&, std::string_view from,
            const std::function<bool(std::string_view, base::ByteView)>& visit) const override {
            const base::Bytes list{0};
            for (char family = 'a'; family <= 'z'; ++family)
                for (int word = 100'000; word < 103'000; ++word) {
                    const std::string term = std::string("ab") + family + std::to_string(word);
                    if (term >= from && !visit(term, list)) return;
                }
        }
        bool is_alive(Position) const override { return true; }
        std::optional<Fields> fields(Position) const override { return {}; }
        std::uint64_t life() const override { return 1; }
    };
    std::map<char, std::size_t> seen;
    std::size_t all = 0;
    const bool whole =
        each_beginning(Endless(), {1, 1, 1}, "ab", [&](std::string_view term, base::ByteView) {
            ++seen[term[2]];
            ++all;
        });
    CHECK_FALSE(whole);
    CHECK(all <= limits::prefix_terms_max);
    CHECK(seen.size() == limits::prefix_terms_max / limits::prefix_family_max);
    for (const auto& [family, count] : seen) CHECK(count <= limits::prefix_family_max);
}

}  // namespace
}  // namespace hearsay::search
