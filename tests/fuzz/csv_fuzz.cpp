// fuzz: max_len=500
// Tables with commas, as spreadsheets write them and people edit them.
// Checked:
//   1. any text is rows or an error that names its line
//   2. what was read reads the same once it is written again, in as many rows
//   3. an offer that a row makes is written as a row that makes the same offer
#include "app/cli/offer_table.hpp"
#include "base/bytes.hpp"
#include "base/ensure.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace hearsay;
    using namespace hearsay::app::cli;
    const auto rows = read_csv(base::as_text({data, size}));
    if (!rows) {
        ENSURE(rows.error().starts_with("line "), "an error without its line");
        return 0;
    }
    std::string written;
    std::size_t last = 0;
    for (const CsvRow& row : *rows) {
        ENSURE(row.line > last && !row.cells.empty(), "rows out of order, or without a cell");
        last = row.line;
        written += csv_line(row.cells);
    }
    const auto again = read_csv(written);
    ENSURE(again && again->size() == rows->size(), "written again it has other rows");
    for (std::size_t at = 0; at < rows->size(); ++at)
        ENSURE((*again)[at].cells == (*rows)[at].cells, "written again a row reads otherwise");
    if (rows->empty() || !check_columns(rows->front().cells)) return 0;
    for (std::size_t at = 1; at < rows->size(); ++at) {
        const auto draft = draft_of_row(rows->front().cells, (*rows)[at]);
        if (!draft) continue;
        const CsvRow row{1, row_of(*draft)};
        auto same = draft_of_row(offer_columns(), row);
        ENSURE(same, "a row of an offer makes none");
        ENSURE(row_of(*same) == row.cells, "an offer's row makes another offer");
    }
    return 0;
}
