// tor/extra_lines.hpp - decides which options of Tor a user's own file may set.
//
// The file is for reaching the Tor network (bridges, proxies, firewalls, a private network's
// authorities) and for tuning circuits. It is an allow-list, because Tor has some 400 options and
// new ones come with every release: what is not named here could open a port, move our sockets,
// run a program or log what must not be logged. A byte order mark before the text is passed over.
// In order, for each line:
//   1. empty, or begins with '#'                    -> nothing
//   2. control characters, a backslash at the end, a value that begins with a quote
//                                                   -> error: the next line could hide behind it
//   3. option unknown to the list                   -> error naming file, line and option. Names
//      are whole and in any case; Tor's +Option, /Option, %include and abbreviations are refused.
//   4. Log to anything but a file                   -> error: standard output is ours
// A private Tor network's client lines (DirAuthority, TestingTorNetwork, ...) pass.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace hearsay::tor {

struct ConfigLine {
    std::string option;
    std::string value;
    bool operator==(const ConfigLine&) const = default;
};

inline constexpr std::size_t extra_text_max = 64 * 1024;  // a long list of bridges is a few KiB

// `file_name` only stands in errors. Errors: invalid (malformed) and refused (not allowed).
base::Result<std::vector<ConfigLine>> parse_extra_lines(std::string_view text,
                                                        std::string_view file_name);

}  // namespace hearsay::tor
