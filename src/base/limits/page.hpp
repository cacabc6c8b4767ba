// base/limits/page.hpp - bounds of the door through which a browser comes (api/door/door.hpp).
#pragma once

#include <cstddef>

#include "base/time.hpp"
#include "base/token_bucket.hpp"

namespace hearsay::base::limits {

// From the command that asks for a code to the browser that shows it: a slow start of a browser.
inline constexpr Millis page_code_life = std::chrono::minutes(1);
// Whoever asks again before the first browser is there gets another code.
inline constexpr std::size_t page_codes_max = 4;
// A person's browsers, profiles and windows, with those that were closed without a word.
inline constexpr std::size_t page_tokens_max = 16;
// An open page asks every few minutes by itself, so this is about pages that are gone.
inline constexpr Millis page_token_idle = std::chrono::minutes(30);
// Connections that have not shown a token. A browser loads the page's files over six.
inline constexpr std::size_t page_strangers_max = 16;
inline constexpr Millis page_stranger_wait = std::chrono::seconds(8);
inline constexpr std::size_t page_connections_max = 64;
// Wrong codes and tokens that are answered with what was wrong; beyond them only with 429.
inline constexpr Rate page_mistakes{20, 1, std::chrono::seconds(1)};
// How often tokens that nobody uses any more are looked for.
inline constexpr Millis page_sweep_wait = std::chrono::minutes(1);

}  // namespace hearsay::base::limits
