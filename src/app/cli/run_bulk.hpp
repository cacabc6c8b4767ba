// app/cli/run_bulk.hpp - what moves many things between the node and a file: bundles, offers as
// lines or as a table, trades.
#pragma once

#include <expected>
#include <string>

#include "app/cli/client.hpp"
#include "app/cli/run.hpp"

namespace hearsay::app::cli {

int run_bulk(const BulkCommand& command, const Client& client, bool json, Terminal& terminal);

// "limit=100&q=tea": of GET /v1/search.
std::string search_query(const SearchCommand& command);

// ---- shared by the two files that carry it out --------------------------------------------------
// All of it, at most `most` bytes; "-" is standard input. The error is a sentence.
std::expected<std::string, std::string> read_input(const std::string& file, std::size_t most,
                                                   Terminal& terminal);
// A new file, or standard output for "-". The exit code; an error is told.
int write_output(const std::string& file, const std::string& content, bool json,
                 Terminal& terminal);

int run_bundle_export(const BundleExport& command, const Client& client, bool json,
                      Terminal& terminal);
int run_bundle_import(const BundleImport& command, const Client& client, bool json,
                      Terminal& terminal);

}  // namespace hearsay::app::cli
