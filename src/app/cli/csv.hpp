// app/cli/csv.hpp - tables as text with commas (RFC 4180): what spreadsheets write and read.
//
// A cell with a comma, a quote or a line end stands in quotes, a quote in it twice. Lines end with
// LF or CR LF. A total reader: whatever the text, rows or an error that names the line.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace hearsay::app::cli {

struct CsvRow {
    std::size_t line = 0;  // on which it begins, from 1
    std::vector<std::string> cells;
    bool operator==(const CsvRow&) const = default;
};

// Without rows that are empty lines. The error is a sentence that begins with the line.
std::expected<std::vector<CsvRow>, std::string> read_csv(std::string_view text);
std::string csv_line(const std::vector<std::string>& cells);  // with its line end
// What a spreadsheet would take for a formula begins with an apostrophe instead: for texts of
// strangers.
std::string csv_text(std::string text);

}  // namespace hearsay::app::cli
