#include "app/cli/csv.hpp"

#include <doctest/doctest.h>

#include "app/cli/offer_table.hpp"

namespace hearsay::app::cli {
namespace {

using Rows = std::vector<CsvRow>;

std::string problem_of(std::string_view text) {
    const auto rows = read_csv(text);
    return rows ? "" : rows.error();
}

TEST_CASE("cells stand between commas, and in quotes where they hold one") {
    CHECK(read_csv("a,b\n1,\n") == Rows{{1, {"a", "b"}}, {2, {"1", ""}}});
    CHECK(read_csv("a,\"b,c\"\r\n\"\"\"x\"\"\",\"\"") ==
          Rows{{1, {"a", "b,c"}}, {2, {"\"x\"", ""}}});
    CHECK(read_csv("\"two\nlines\",x\ny,z") == Rows{{1, {"two\nlines", "x"}}, {3, {"y", "z"}}});
}

TEST_CASE("empty lines are no rows, and the last one needs no end") {
    CHECK(read_csv("") == Rows{});
    CHECK(read_csv("\n\r\n\n") == Rows{});
    CHECK(read_csv("a\n\nb") == Rows{{1, {"a"}}, {3, {"b"}}});
}

TEST_CASE("a quote that is not closed, or followed by something, is an error with its line") {
    CHECK(problem_of("a\n\"b") == "line 2: a quote is not closed");
    CHECK(problem_of("\"a\"b") == "line 1: something follows a closing quote");
}

TEST_CASE("what is written reads as it was") {
    const std::vector<std::string> cells{"plain", "", "a,b", "say \"x\"", "two\r\nlines"};
    CHECK(read_csv(csv_line(cells)) == Rows{{1, cells}});
}

TEST_CASE("what a spreadsheet would run begins with an apostrophe") {
    CHECK(csv_text("=1+1") == "'=1+1");
    CHECK(csv_text("@x") == "'@x");
    CHECK(csv_text("a=1") == "a=1");
    CHECK(csv_text("") == "");
}

TEST_CASE("an offer that a row says is written as the same row") {
    const std::vector<std::string> names{"title",   "price",    "currency", "mode",    "tags",
                                         "details", "quantity", "lifetime", "payment", "text"};
    const auto draft =
        draft_of_row(names, {2,
                             {"Bicycle", "20-30.5", "EUR", "negotiable", "bike old",
                              "Frame=56 cm\nColour=red", "2", "12h", "cash", "a,b"}});
    REQUIRE(draft);
    CHECK(draft->price().amount() == 200);
    CHECK(draft->price().amount_most() == 305);
    CHECK(draft->price().mode() == "negotiable");
    CHECK(draft->tags_size() == 2);
    CHECK(draft->details(1).value() == "red");
    CHECK(draft->lifetime_seconds() == 12 * 3600);
    CHECK(draft->text() == "a,b");
    const auto again = draft_of_row(offer_columns(), {1, row_of(*draft)});
    REQUIRE(again);
    CHECK(again->price().amount_most() == 305);
    CHECK(row_of(*again) == row_of(*draft));
}

TEST_CASE("a price of the market has its percent in a cell of its own") {
    const auto draft = draft_of_row({"title", "mode", "premium", "currency"},
                                    {2, {"XMR", "market", "-2.5%", "XMR"}});
    REQUIRE(draft);
    CHECK(draft->price().premium_bp() == -250);
    const auto again = draft_of_row(offer_columns(), {1, row_of(*draft)});
    REQUIRE(again);
    CHECK(again->price().premium_bp() == -250);
}

TEST_CASE("what is wrong with a row is said with its column") {
    const auto problem = [](const std::string& name, const std::string& cell) {
        const auto draft = draft_of_row({name}, {1, {cell}});
        return draft ? "" : draft.error();
    };
    CHECK(problem("price", "cheap") ==
          "price: expected a number above 0, such as 25.50, or a range such as 20-30");
    CHECK(problem("quantity", "1.5") == "quantity: expected a whole number");
    CHECK(problem("details", "red") == "details: expected NAME=VALUE on each line");
    CHECK(problem("lifetime", "16d").starts_with("lifetime: expected"));
    CHECK(draft_of_row({"title"}, {1, {"a", "b"}}).error() == "it has 2 cells; expected 1");
    CHECK(check_columns({"title", "preis"}).error().starts_with("unknown column \"preis\""));
    CHECK(check_columns({"title", "title"}).error() == "the column title stands there twice");
    CHECK(check_columns(offer_columns()));
}

}  // namespace
}  // namespace hearsay::app::cli
