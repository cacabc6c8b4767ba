// app/node/settings.hpp - how the user's words about peers and links are read.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"

namespace hearsay::app {

// A whole number from `least` to `most`; the error names the option and the range.
base::Result<std::size_t> read_count(const std::string& option, const std::string& text,
                                     std::size_t least, std::size_t most);
// Bytes from `least` to `most`: a number with KiB, MiB or GiB, or K, M or G, which mean the same.
base::Result<std::uint64_t> read_size(const std::string& option, const std::string& text,
                                      std::uint64_t least, std::uint64_t most);
base::Result<bool> read_yes_or_no(const std::string& option, const std::string& text);
// A number with s, m, h or d, of at most 15 days; or 0.
base::Result<base::Seconds> read_span(const std::string& option, const std::string& text);
base::Result<base::PeerId> read_onion(const std::string& option, const std::string& text);
// Addresses one a line; what follows a # is a comment. The error names the file and the line.
base::Result<std::vector<base::PeerId>> read_known_peers(const std::string& path);
// The first line of a file, 64 hexadecimal digits: who shows it reads the figures.
base::Result<base::Secret> read_token(const std::string& path);
// Without the byte order mark that some editors write before everything.
std::string without_mark(const std::string& text);
// A configuration file's text with the names before the = spelled as on the command line:
// known_peers is known-peers.
std::string with_dashes(const std::string& text);

}  // namespace hearsay::app
