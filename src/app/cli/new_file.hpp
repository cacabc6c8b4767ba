// app/cli/new_file.hpp - a file that the command makes for the user, or reads for the user.
#pragma once

#include <expected>
#include <string>

namespace hearsay::app::cli {

// "cannot read FILE: Is a directory": why a file that somebody named is of no use.
std::string cannot_read(const std::string& path);

// Mode 0600. Never over a file or through a link that is there; what could not be written whole is
// removed again. The error is a sentence that begins with the path.
std::expected<void, std::string> write_new(const std::string& path, const std::string& content);

}  // namespace hearsay::app::cli
