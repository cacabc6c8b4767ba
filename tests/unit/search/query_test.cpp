#include "search/query.hpp"

#include <doctest/doctest.h>

#include "search/correct.hpp"
#include "search/cursor.hpp"

namespace hearsay::search {
namespace {

// word*: a beginning; "a b": a phrase; -: excluded.
std::string shown(std::string_view text) {
    const auto query = parse_query(text);
    if (!query) return query.error().text;
    std::string out;
    for (const Clause& clause : query->clauses) {
        out += out.empty() ? "" : " ";
        if (clause.excludes) out += '-';
        if (clause.is_phrase) out += '"';
        for (std::size_t at = 0; at < clause.words.size(); ++at)
            out += (at > 0 ? "+" : "") + clause.words[at].letters +
                   (clause.words[at].is_prefix ? "*" : "");
        if (clause.is_phrase) out += '"';
    }
    for (const FacetClause& clause : query->facets)
        out += std::string(" ") + (clause.excludes ? "-" : "") +
               static_cast<char>(clause.facet.facet) + "=" + clause.facet.value;
    for (const By& by : query->by) out += " by=" + std::string(by.excludes ? "-" : "") + by.persona;
    return out;
}

TEST_CASE("words are all wanted, and the last one may be only begun") {
    CHECK(shown("Blue bicyc") == "blue bicyc*");
    CHECK(shown("blue bicycle ") == "blue bicycle");
    CHECK(shown("blue b") == "blue b");
    CHECK(shown("e-mail") == "e+mail*");
    CHECK(shown("") == "");
    CHECK(shown("  \t") == "");
}

TEST_CASE("quotes make phrases, a minus leaves out") {
    CHECK(shown("\"city bike\" cheap ") == "\"city+bike\" cheap");
    CHECK(shown("\"bike\"") == "bike");
    CHECK(shown("-electric bike") == "-electric bike*");
    CHECK(shown("bike -\"no brakes\"") == "bike -\"no+brakes\"");
    CHECK(shown("bike -electric") == "bike -electric");
    CHECK(shown("\"open end") == "\"open+end\"");
    CHECK(shown("bike -") == "bike");
}

TEST_CASE("fields are filters, and other colons are none") {
    CHECK(shown("kind:offer tag:City-Bike by:hsp1x -tag:old bike ") ==
          "bike k=offer t=city bike -t=old by=hsp1x");
    CHECK(shown("http://x.y") == "http+x+y");
    CHECK(shown("tag: bike ") == "tag bike");
}

TEST_CASE("scripts without spaces are searched by pairs") {
    CHECK(shown("東京都 ") == "東京+京都");
    CHECK(shown("木") == "木*");
    CHECK(shown("木 ") == "木*");
}

TEST_CASE("what is too much or nothing is an error that says so") {
    CHECK(shown("!!!").find("no letter") != std::string::npos);
    CHECK(shown(std::string(513, 'a')).find("at most 512") != std::string::npos);
    std::string many;
    for (int i = 0; i < 25; ++i) many += "w" + std::to_string(i) + " ";
    CHECK(shown(many).find("more than 24") != std::string::npos);
}

TEST_CASE("one edit is a letter more, less or other, or two exchanged") {
    CHECK(is_one_edit("bicycle", "bicycel"));
    CHECK(is_one_edit("bicycle", "bicicle"));
    CHECK(is_one_edit("bicycle", "biccycle"));
    CHECK(is_one_edit("bicycle", "bicyle"));
    CHECK(is_one_edit("книга", "книгa"));
    CHECK(is_one_edit("книга", "кинга"));
    CHECK_FALSE(is_one_edit("bicycle", "bicycle"));
    CHECK_FALSE(is_one_edit("bicycle", "bycycel"));
    CHECK_FALSE(is_one_edit("bicycle", "bike"));
    CHECK_FALSE(is_one_edit("", ""));
    CHECK(is_one_edit("", "a"));
}

TEST_CASE("a cursor reads as it was written, and nothing else does") {
    for (const Cursor& cursor :
         {Cursor{false, 7, 0, 0, 9}, Cursor{true, 7, 8, -123, 9}, Cursor{true, 7, 8, 0, 9},
          Cursor{true, UINT64_MAX, UINT64_MAX, INT64_MAX, UINT64_MAX}})
        CHECK(read_cursor(write_cursor(cursor)) == cursor);
    for (const char* text : {"", "n", "n-", "n-1", "n-1-", "n-1-2-3", "x-1-2", "s-1-2-3-4",
                             "s-1-2-p-3", "n-1-99999999999999999999", "n--1-2", "n-1-2 "})
        CHECK_FALSE(read_cursor(text));
}

}  // namespace
}  // namespace hearsay::search
