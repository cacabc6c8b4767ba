// app/layout.hpp - lays out what people read for the width of their terminal.
//
// The one place that decides where a line ends. Whoever prints says only what belongs together.
//   1. No line is wider than the terminal, from width_min columns on. A width is measured as a
//      terminal shows it: wide characters take two columns, combining ones none (columns.hpp).
//   2. A line breaks at blanks, and before and behind wide characters, which are written without
//      blanks. The lines that follow are indented.
//   3. A word of ASCII that is longer than a line stays whole, on a line of its own: it is an id,
//      an address or a link, and there to be copied. Other such words are broken, but never before
//      a combining character.
//   4. Two columns become lines one below the other where the right one would have fewer than
//      beside_min columns.
//   5. A table whose rows do not fit cuts the columns that may be cut. If that is not enough, it
//      leaves out the least important one, and so on. If none may be left out, each row becomes
//      lines of "name: value", and nothing of it is cut.
//   6. A command that is there to be copied goes on behind a backslash: a shell reads it as one.
// What programs read (JSON, CSV, bytes) never comes here. Strangers' text was made safe before
// (cli/text.hpp). Pure functions; a width of `unbroken` breaks nothing.
#pragma once

#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace hearsay::app {

inline constexpr std::size_t width_min = 40;     // below it nothing is laid out
inline constexpr std::size_t width_usual = 80;   // where no terminal says another
inline constexpr std::size_t width_prose = 100;  // longer lines of running text are hard to follow
inline constexpr std::size_t unbroken = std::numeric_limits<std::size_t>::max();
inline constexpr std::size_t beside_min = 20;

// In lines of at most `width` columns; all but the first begin with `indent` blanks. No line end
// behind the last.
std::string wrapped(std::string_view text, std::size_t indent, std::size_t width);
// A line, or several of which all but the first are indented: further than names of fields are, for
// a stranger's title must not look like one.
std::string sentence(std::string_view text, std::size_t width);
// Lines that somebody wrote, each indented, also where it is broken.
std::string indented(std::string_view lines, std::size_t indent, std::size_t width);
// `left`, and `right` beside it from `column` on. With a line end.
std::string beside(std::string_view left, std::size_t column, std::string_view right,
                   std::size_t width);
// "Usage: ", and the words of a command, whose brackets and options stay whole.
std::string usage_lines(std::string_view words, std::size_t width);
// Help: lines of a paragraph are joined and broken anew. A line that begins with two blanks is a
// command, and one with more goes on with it.
std::string reflowed(std::string_view text, std::size_t width);

struct Column {
    std::string_view name{};       // its heading; empty: none
    std::size_t least = unbroken;  // it may be cut to so many columns; unbroken: not at all
    int spare = 0;                 // above 0: it may be left out, the highest first
};

// Its first column names the row. Columns in which nothing stands are left out.
class Table {
public:
    explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
    // A cell a column, on one line each. Of blanks in a row one stays: no cell looks like two.
    void add(std::vector<std::string> cells);
    std::string print(std::size_t width) const;

private:
    using Widths = std::vector<std::size_t>;  // 0: the column is left out
    Widths natural() const;
    bool drop_one(Widths& widths) const;
    void cut_to(Widths& widths, std::size_t width) const;
    std::string rows_of(const Widths& widths) const;
    std::string stacked(std::size_t width) const;

    std::vector<Column> columns_;
    std::vector<std::vector<std::string>> rows_;
};

}  // namespace hearsay::app
