// app/cli/text.hpp - how the command turns words into values and strangers' text into safe text.
//
// Offers and mails are written by people who may wish the reader harm. Whatever a terminal could
// obey, or the eye could be led astray by, never reaches it:
//   - control characters (C0, C1, DEL), private-use characters, broken UTF-8 become U+FFFD
//   - bidirectional overrides and isolates, invisible format characters (Unicode category Cf)
//     and fillers become U+FFFD. The joiners U+200C and U+200D stay behind what may need one:
//     letters of Arabic, Indic and other such scripts, and emoji. Behind Latin, Greek, Cyrillic
//     letters and digits they only make two words of one
//   - more than four combining marks in a row are dropped; they would paint over other lines
//   - line and paragraph separators count as line feeds
// Pure functions; the time now is an argument.
#pragma once

#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/columns.hpp"
#include "app/nearest.hpp"
#include "base/time.hpp"

namespace hearsay::app::cli {

// On one line: line feeds and tabs become blanks, runs of them one blank.
std::string safe_line(std::string_view text);
// Line by line, the last with its end, too. Where it is shown, each is indented (layout.hpp), so
// that none looks like one of ours.
std::string safe_lines(std::string_view text);

// A title on one line, or words for one of which nothing shows.
std::string safe_title(std::string_view text);

// "90m", "12h", "7d"; nothing for anything else, for zero, and for what would overflow.
std::optional<base::Seconds> parse_lifetime(std::string_view text);
// As parse_lifetime, and "30s" or a bare "30".
std::optional<base::Seconds> parse_timeout(std::string_view text);

// "6 days", "1 hour", "20 seconds": what has passed, so it is rounded down
std::string describe_span(base::Seconds span);
// "in 7 days", "3 minutes ago", "now": what is to come is rounded to the nearest
std::string describe_when(base::WallTime when, base::WallTime now);
// Of something that says when it was made only to `step`, rounded down: "just now" until then
std::string describe_made(base::WallTime when, base::WallTime now, base::Seconds step);
std::string grouped(std::uint64_t number);        // "1,340"
std::string describe_date(base::WallTime when);   // "2026-11-21 10:27 UTC"
std::string describe_bytes(std::uint64_t bytes);  // "1.2 MB"
std::string progress_bar(std::uint32_t percent,
                         std::size_t width);  // "[#####-----]", width without brackets

// As the value of a query in the target of a request (RFC 3986, section 2.1).
std::string percent_encoded(std::string_view text);

}  // namespace hearsay::app::cli
