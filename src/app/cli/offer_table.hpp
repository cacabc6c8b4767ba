// app/cli/offer_table.hpp - offers as rows of a table, for `offer import` and `offer export`.
//
// The first row names the columns, in any order; those that are not there are not said. `details`
// holds NAME=VALUE, one on each line of the cell; tags, delivery and payment hold words with blanks
// between. Prices and times are written as on the command line.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "api.pb.h"
#include "app/cli/csv.hpp"

namespace hearsay::app::cli {

const std::vector<std::string>& offer_columns();
// The error names the column that is unknown, or stands twice.
std::expected<void, std::string> check_columns(const std::vector<std::string>& names);
// The error names the column, and what was expected there.
std::expected<api::OfferDraft, std::string> draft_of_row(const std::vector<std::string>& names,
                                                         const CsvRow& row);
std::vector<std::string> row_of(const api::OfferDraft& draft);  // for offer_columns()

}  // namespace hearsay::app::cli
