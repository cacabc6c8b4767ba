#include "app/cli/csv.hpp"

#include <algorithm>

namespace hearsay::app::cli {
namespace {

class Reader {
public:
    explicit Reader(std::string_view text) : left_(text) {}

    std::expected<std::vector<CsvRow>, std::string> rows() {
        std::vector<CsvRow> out;
        while (!left_.empty()) {
            CsvRow row{line_, {}};
            if (const char* const problem = read_row(row.cells))
                return std::unexpected("line " + std::to_string(row.line) + ": " + problem);
            if (row.cells.size() > 1 || !row.cells.front().empty()) out.push_back(std::move(row));
        }
        return out;
    }

private:
    // What is wrong with it, or null.
    const char* read_row(std::vector<std::string>& cells) {
        while (true) {
            std::string& cell = cells.emplace_back();
            if (!left_.empty() && left_.front() == '"') {
                if (!read_quoted(cell)) return "a quote is not closed";
            } else {
                read_plain(cell);
            }
            if (at_line_end()) return nullptr;
            if (left_.front() != ',') return "something follows a closing quote";
            left_.remove_prefix(1);
        }
    }

    void read_plain(std::string& cell) {
        const std::size_t end = std::min(left_.find_first_of(",\n"), left_.size());
        cell = left_.substr(0, end);
        left_.remove_prefix(end);
        const bool line_end = left_.empty() || left_.front() == '\n';
        if (line_end && cell.ends_with('\r')) cell.pop_back();
    }

    bool read_quoted(std::string& cell) {
        left_.remove_prefix(1);
        while (true) {
            const std::size_t end = left_.find('"');
            if (end == left_.npos) return false;
            cell += left_.substr(0, end);
            left_.remove_prefix(end + 1);
            if (left_.empty() || left_.front() != '"') break;
            cell += '"';
            left_.remove_prefix(1);
        }
        line_ += static_cast<std::size_t>(std::ranges::count(cell, '\n'));
        return true;
    }

    // And behind it.
    bool at_line_end() {
        if (left_.starts_with("\r\n") || left_ == "\r") left_.remove_prefix(1);
        if (left_.empty()) return true;
        if (left_.front() != '\n') return false;
        left_.remove_prefix(1);
        ++line_;
        return true;
    }

    std::string_view left_;
    std::size_t line_ = 1;
};

}  // namespace

std::expected<std::vector<CsvRow>, std::string> read_csv(std::string_view text) {
    return Reader(text).rows();
}

std::string csv_line(const std::vector<std::string>& cells) {
    std::string out;
    for (std::size_t at = 0; at < cells.size(); ++at) {
        if (at > 0) out += ',';
        const std::string& cell = cells[at];
        if (cell.find_first_of(",\"\r\n") == cell.npos) {
            out += cell;
            continue;
        }
        out += '"';
        for (const char c : cell) out += c == '"' ? "\"\"" : std::string(1, c);
        out += '"';
    }
    return out + "\n";
}

std::string csv_text(std::string text) {
    if (!text.empty() && std::string_view("=+-@\t\r").contains(text.front()))
        text.insert(0, 1, '\'');
    return text;
}

}  // namespace hearsay::app::cli
