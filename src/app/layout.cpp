#include "app/layout.hpp"

#include <algorithm>

#include "app/columns.hpp"
#include "base/ensure.hpp"

namespace hearsay::app {
namespace {

// A word that is longer than a line begins here, not as far right as its text: so more of it stands
// on its first line, and it still does not begin where our own lines do.
constexpr std::size_t long_word_indent = 4;
constexpr std::size_t sentence_indent = 4;
// Of what stands below instead of beside.
constexpr std::size_t below_indent = 6;
// Between two columns of a table, and between two values of a row on one line.
constexpr std::size_t gap = 2;

std::string blanks(std::size_t count) {
    return std::string(count, ' ');
}

std::string_view without_blanks_before(std::string_view text) {
    return text.substr(std::min(text.find_first_not_of(' '), text.size()));
}

// Takes the first line away.
std::string_view take_line(std::string_view& text) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return line;
}

// Fills one line after the other.
class Lines {
public:
    Lines(std::size_t indent, std::size_t width) : indent_(indent), width_(width) {}

    void add(std::size_t blanks_before, std::string_view word) {
        const std::size_t room = width_ > indent_ ? width_ - indent_ : 1;
        for (const std::string_view part : parts_of_word(word, room)) {
            put(blanks_before, part);
            blanks_before = 0;
        }
    }
    std::string take() { return std::move(text_); }

private:
    void put(std::size_t blanks_before, std::string_view part) {
        const std::size_t wide = columns(part);
        if (taken_ == 0) {
            blanks_before = indent_for(blanks_before, wide);
        } else if (taken_ + blanks_before + wide > width_) {
            text_ += '\n';
            taken_ = 0;
            blanks_before = indent_for(indent_, wide);
        }
        text_ += blanks(blanks_before);
        text_ += part;
        taken_ += blanks_before + wide;
    }
    std::size_t indent_for(std::size_t indent, std::size_t wide) const {
        if (width_ == unbroken || indent + wide <= width_) return indent;
        const std::size_t fitting = width_ > wide ? width_ - wide : 0;
        return std::max(fitting, std::min(indent, long_word_indent));
    }

    const std::size_t indent_, width_;
    std::string text_;
    std::size_t taken_ = 0;  // of the line that is being filled
};

// Where a word of a shell ends: at a blank outside of quotes.
std::size_t end_of_shell_word(std::string_view text) {
    char quote = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (quote == 0 && c == ' ') return at;
        if (quote == 0 && (c == '"' || c == '\''))
            quote = c;
        else if (c == quote)
            quote = 0;
    }
    return text.size();
}

// Whether what stands behind this word is its value, so that both stay on one line.
bool takes_value(std::string_view word, std::string_view next) {
    if (word == ">" || word == "<") return true;
    return word.starts_with("--") && !next.empty() && next.find_first_of("-<>|&[") != 0;
}

// A word of a shell and its value; takes them away.
std::string_view take_shell_words(std::string_view& command) {
    command = without_blanks_before(command);
    std::size_t end = end_of_shell_word(command);
    const std::string_view next = without_blanks_before(command.substr(end));
    if (takes_value(command.substr(0, end), next))
        end = command.size() - next.size() + end_of_shell_word(next);
    const std::string_view out = command.substr(0, end);
    command = without_blanks_before(command.substr(end));
    return out;
}

// A command in as many lines as it takes, each but the last with a backslash behind it.
std::string command_lines(std::string_view command, std::size_t width) {
    constexpr std::size_t indent = 2, more_indent = 4, backslash = 2;
    std::string out = blanks(indent) + std::string(take_shell_words(command));
    std::size_t taken = columns(out);
    while (!command.empty()) {
        const std::string_view words = take_shell_words(command);
        const std::size_t behind = command.empty() ? 0 : backslash;
        const bool fits = taken + 1 + columns(words) + behind <= width;
        out += fits ? " " : " \\\n" + blanks(more_indent);
        taken = (fits ? taken + 1 : more_indent) + columns(words);
        out += words;
    }
    return out + "\n";
}

// Blanks of a usage at which no line is to end: inside of brackets that fit a line, and before the
// value of an option. A tie is a letter that no usage has.
constexpr char tie = '~';

// Behind the bracket that closes the one at `begin`.
std::size_t end_of_bracket(std::string_view usage, std::size_t begin) {
    int depth = 0;
    for (std::size_t at = begin; at < usage.size(); ++at) {
        if (usage[at] == '[') ++depth;
        if (usage[at] == ']') --depth;
        if (depth == 0) return at + 1;
    }
    return usage.size();
}

void tie_brackets(std::string& usage, std::size_t most) {
    for (std::size_t begin = 0; (begin = usage.find('[', begin)) != usage.npos;) {
        const std::size_t end = end_of_bracket(usage, begin);
        if (end - begin <= most)
            for (std::size_t at = begin; at < end; ++at)
                if (usage[at] == ' ') usage[at] = tie;
        begin = end;
    }
}

void tie_values(std::string& usage) {
    std::size_t begin = 0;
    for (std::size_t at = 0; at < usage.size(); ++at) {
        if (usage[at] != ' ' && usage[at] != tie) continue;
        const std::string_view word = std::string_view(usage).substr(begin, at - begin);
        const std::size_t dashes = std::min(word.find("--"), word.size());
        if (takes_value(word.substr(dashes), std::string_view(usage).substr(at + 1)))
            usage[at] = tie;
        begin = at + 1;
    }
}

std::string lower(std::string_view heading) {
    std::string out(heading);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

}  // namespace

std::string wrapped(std::string_view text, std::size_t indent, std::size_t width) {
    Lines out(indent, width);
    for (;;) {
        const std::size_t begin = text.find_first_not_of(' ');
        if (begin == text.npos) return out.take();
        const std::size_t end = std::min(text.find(' ', begin), text.size());
        out.add(begin, text.substr(begin, end - begin));
        text.remove_prefix(end);
    }
}

std::string sentence(std::string_view text, std::size_t width) {
    return wrapped(text, sentence_indent, width) + "\n";
}

std::string indented(std::string_view lines, std::size_t indent, std::size_t width) {
    std::string out;
    while (!lines.empty()) {
        const std::string_view line = take_line(lines);
        // What the writer pushed in himself stays so, if it leaves room.
        const std::size_t own = line.size() - without_blanks_before(line).size();
        const std::size_t in = indent + (own < beside_min ? own : 0);
        out += wrapped(blanks(indent) + std::string(line), in, width) + "\n";
    }
    return out;
}

std::string usage_lines(std::string_view words, std::size_t width) {
    std::string usage = "Usage: " + std::string(words);
    tie_brackets(usage, width - sentence_indent);
    tie_values(usage);
    std::string out = wrapped(usage, sentence_indent, width) + "\n";
    std::ranges::replace(out, tie, ' ');
    return out;
}

std::string beside(std::string_view left, std::size_t column, std::string_view right,
                   std::size_t width) {
    if (right.empty()) return sentence(left, width);
    const bool below = width < column + beside_min;
    if (!below && columns(left) < column)
        return wrapped(fit(left, column) + std::string(right), column, width) + "\n";
    const std::size_t indent = below ? below_indent : column;
    return sentence(left, width) + wrapped(blanks(indent) + std::string(right), indent, width) +
           "\n";
}

std::string reflowed(std::string_view text, std::size_t width) {
    std::string out, paragraph, command;
    const auto end = [&] {
        if (!paragraph.empty()) out += wrapped(paragraph, 0, width) + "\n";
        if (!command.empty()) out += command_lines(command, width);
        paragraph.clear();
        command.clear();
    };
    while (!text.empty()) {
        const std::string_view line = take_line(text);
        const bool goes_on = line.starts_with("   ");
        const bool is_command = line.starts_with("  ");
        const bool stays = line.empty() || line == "Examples:";
        if (stays || (is_command && !goes_on)) end();
        if (stays)
            out += std::string(line) + "\n";
        else if (is_command)
            command += (command.empty() ? "" : " ") + std::string(without_blanks_before(line));
        else
            paragraph += (paragraph.empty() ? "" : " ") + std::string(line);
    }
    end();
    return out;
}

// ---- tables -------------------------------------------------------------------------------------

void Table::add(std::vector<std::string> cells) {
    ENSURE(cells.size() == columns_.size(), "a row has a cell for each column");
    for (std::string& cell : cells) {
        const auto two_blanks = [](char a, char b) { return a == ' ' && b == ' '; };
        cell.erase(std::unique(cell.begin(), cell.end(), two_blanks), cell.end());
    }
    rows_.push_back(std::move(cells));
}

Table::Widths Table::natural() const {
    Widths out(columns_.size());
    for (std::size_t at = 0; at < columns_.size(); ++at) {
        for (const auto& row : rows_) out[at] = std::max(out[at], columns(row[at]));
        if (out[at] > 0) out[at] = std::max(out[at], columns(columns_[at].name));
    }
    return out;
}

namespace {

// Of a row: its columns and what is between them.
std::size_t sum_of(const std::vector<std::size_t>& widths) {
    std::size_t out = 0;
    for (const std::size_t each : widths)
        if (each > 0) out += each + gap;
    return out > 0 ? out - gap : 0;
}

}  // namespace

// The least important one that is still there.
bool Table::drop_one(Widths& widths) const {
    std::size_t found = columns_.size();
    for (std::size_t at = 0; at < columns_.size(); ++at)
        if (widths[at] > 0 && columns_[at].spare > 0 &&
            (found == columns_.size() || columns_[at].spare > columns_[found].spare))
            found = at;
    if (found == columns_.size()) return false;
    widths[found] = 0;
    return true;
}

// The widest first, so that all that may be cut end alike.
void Table::cut_to(Widths& widths, std::size_t width) const {
    while (sum_of(widths) > width) {
        std::size_t widest = columns_.size();
        for (std::size_t at = 0; at < columns_.size(); ++at)
            if (widths[at] > columns_[at].least &&
                (widest == columns_.size() || widths[at] > widths[widest]))
                widest = at;
        if (widest == columns_.size()) return;
        --widths[widest];
    }
}

std::string Table::rows_of(const Widths& widths) const {
    std::string out;
    const auto add_row = [&](const auto& cell) {
        std::string line;
        for (std::size_t at = 0; at < columns_.size(); ++at)
            if (widths[at] > 0) line += fit(cell(at), widths[at]) + blanks(gap);
        line.erase(line.find_last_not_of(' ') + 1);
        out += line + "\n";
    };
    add_row([&](std::size_t at) { return columns_[at].name; });
    for (const auto& row : rows_)
        add_row([&](std::size_t at) { return std::string_view(row[at]); });
    return out;
}

// The name of the row, and its values: one a line, but as many as fit whole on a wide terminal.
std::string Table::stacked(std::size_t width) const {
    constexpr std::size_t wide = 60;
    std::string out;
    for (const auto& row : rows_) {
        out += sentence(row.front(), width);
        std::string line;
        for (std::size_t at = 1; at < columns_.size(); ++at) {
            if (row[at].empty()) continue;
            const std::string name = lower(columns_[at].name);
            const std::string value = (name.empty() ? "" : name + ": ") + row[at];
            const bool full = width < wide || columns(line) + gap + columns(value) > width;
            if (!line.empty() && full) {
                out += line + "\n";
                line.clear();
            }
            line += blanks(gap) + value;
            line = wrapped(line, sentence_indent, width);
        }
        if (!line.empty()) out += line + "\n";
    }
    return out;
}

std::string Table::print(std::size_t width) const {
    Widths widths = natural();
    do {
        Widths cut = widths;
        cut_to(cut, width);
        if (sum_of(cut) <= width) return rows_of(cut);
    } while (drop_one(widths));
    return stacked(width);
}

}  // namespace hearsay::app
