#include "app/layout.hpp"

#include <doctest/doctest.h>

#include "app/columns.hpp"

namespace hearsay::app {
namespace {

const std::string id(64, 'a');

}  // namespace

TEST_CASE("long text is broken at blanks, and what follows is indented") {
    CHECK(wrapped("one two three", 2, 13) == "one two three");
    CHECK(wrapped("one two three", 2, 12) == "one two\n  three");
    CHECK(wrapped("  ! one two", 4, 7) == "  ! one\n    two");
    CHECK(wrapped("  name   a value", 9, 14) == "  name   a\n         value");
    CHECK(wrapped("one  ", 2, 4) == "one");
    CHECK(wrapped("", 2, 4).empty());
    CHECK(wrapped("one two", 2, unbroken) == "one two");
}

TEST_CASE("wide characters break anywhere, and are counted by what they take") {
    CHECK(wrapped("自行 車", 0, 6) == "自行\n車");
    CHECK(wrapped("自行車自行車", 2, 8) == "自行車自\n  行車");
    CHECK(columns(wrapped("自行車", 0, 5)) == 6);  // two lines, of four and two
    CHECK(wrapped("e\u0301e\u0301e\u0301", 0, 2) == "e\u0301e\u0301\ne\u0301");
}

TEST_CASE("a word of ASCII that is longer than a line stays whole, on a line of its own") {
    CHECK(wrapped("a very-long-word too", 1, 6) == "a\n very-long-word\n too");
    CHECK(wrapped("at " + id + "; try", 8, 40) == "at\n    " + id + ";\n        try");
    // Where it fits with less of an indentation it begins so far left, and no further.
    CHECK(wrapped("some words " + id, 13, 70) == "some words\n      " + id);
    CHECK(wrapped(id, 2, 40) == id);
}

TEST_CASE("two columns stand beside each other, or one below the other where there is no room") {
    CHECK(beside("  name", 13, "a value", 40) == "  name       a value\n");
    CHECK(beside("  name", 13, "a value of several words", 33) ==
          "  name       a value of several\n             words\n");
    CHECK(beside("  name", 13, "a value", 32) == "  name\n      a value\n");
    CHECK(beside("  a-long-name", 13, "a value", 40) == "  a-long-name\n             a value\n");
    CHECK(beside("  name", 13, id, 80) == "  name       " + id + "\n");
    CHECK(beside("  name", 13, id, 40) == "  name\n    " + id + "\n");
    CHECK(beside("  name", 13, "", 40) == "  name\n");
}

TEST_CASE("no line of a stranger's text begins where ours do, however it is broken") {
    CHECK(indented("one\n\ntwo\n", 4, 40) == "    one\n\n    two\n");
    CHECK(indented("one two\n", 4, 9) == "    one\n    two\n");
    CHECK(indented("  - one two\n", 4, 13) == "      - one\n      two\n");
    CHECK(indented(id + "\n", 4, 40) == "    " + id + "\n");
    CHECK(indented(std::string(60, ' ') + "x y\n", 4, 40).starts_with("    "));
}

TEST_CASE("help joins the lines of a paragraph, and a command can be copied however it is broken") {
    CHECK(reflowed("one\ntwo\n\nthree\n", 40) == "one two\n\nthree\n");
    const std::string example =
        "Examples:\n  hearsay offer publish --title \"Two words\"\n    --text x\n  hearsay stop\n";
    CHECK(reflowed(example, 80) ==
          "Examples:\n  hearsay offer publish --title \"Two words\" --text x\n  hearsay stop\n");
    CHECK(reflowed(example, 40) ==
          "Examples:\n  hearsay offer publish \\\n    --title \"Two words\" --text x\n"
          "  hearsay stop\n");
    CHECK(reflowed("  hearsay offer export - --csv > stock.csv\n", 40) ==
          "  hearsay offer export - --csv \\\n    > stock.csv\n");
}

TEST_CASE("a usage breaks before brackets and options, and inside only where one fits no line") {
    const std::string words = "hearsay offer --title TITLE [--text TEXT | --text-file FILE] [-x]";
    CHECK(usage_lines(words, 80) == "Usage: " + words + "\n");
    CHECK(usage_lines(words, 40) ==
          "Usage: hearsay offer --title TITLE\n    [--text TEXT | --text-file FILE]\n    [-x]\n");
    CHECK(usage_lines("hearsay x [--one ONE] [--long VALUE | --longer VALUE]", 24) ==
          "Usage: hearsay x\n    [--one ONE]\n    [--long VALUE |\n    --longer VALUE]\n");
}

namespace {

Table three() {
    Table out({{"ID"}, {"TITLE", 8}, {"NOTE", unbroken, 1}, {"NEVER"}});
    out.add({"a1", "a long title", "a note", ""});
    out.add({"b2", "short", "", ""});
    return out;
}

}  // namespace

TEST_CASE("a table leaves out what is empty, cuts what it may, then leaves out, then stacks") {
    CHECK(three().print(40) == "ID  TITLE         NOTE\na1  a long title  a note\nb2  short\n");
    CHECK(three().print(22) == "ID  TITLE       NOTE\na1  a long ...  a note\nb2  short\n");
    CHECK(three().print(19) == "ID  TITLE\na1  a long title\nb2  short\n");
    CHECK(three().print(14) == "ID  TITLE\na1  a long ...\nb2  short\n");
    CHECK(three().print(11) ==
          "a1\n  title: a\n    long\n    title\n  note: a\n    note\nb2\n"
          "  title:\n    short\n");
}

TEST_CASE("no cell of a stranger looks like two") {
    Table table({{"ID"}, {"TITLE"}});
    table.add({"a1", "a lamp      8.50 EUR"});
    CHECK(table.print(40) == "ID  TITLE\na1  a lamp 8.50 EUR\n");
}

TEST_CASE("a stacked row has a value a line, or as many as fit where there is room") {
    Table table({{"ID"}, {"WHERE"}, {"PRICE"}, {""}});
    table.add({id, "DE", "8.50 EUR", "yours"});
    CHECK(table.print(40) == id + "\n  where: DE\n  price: 8.50 EUR\n  yours\n");
    CHECK(table.print(80) == id + "\n  where: DE  price: 8.50 EUR  yours\n");
}

}  // namespace hearsay::app
