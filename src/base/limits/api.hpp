// base/limits/api.hpp - bounds of the local API.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/time.hpp"

namespace hearsay::base::limits {

using namespace std::chrono_literals;

inline constexpr std::size_t api_body_bytes_max = 256 * 1024;
inline constexpr std::size_t api_connections_max = 64;
// A browser's largest heads; ours are 200 bytes.
inline constexpr std::size_t api_head_bytes_max = 16 * 1024;
inline constexpr std::size_t api_fields_max = 64;
// About 1,000 events for a consumer that does not read.
inline constexpr std::size_t api_stream_bytes_max = 1024 * 1024;
// Read ahead of one connection, and answers it has not read before the next request is looked at.
inline constexpr std::size_t api_pending_bytes_max = 64 * 1024;
inline constexpr std::size_t api_unread_bytes_max = 1024 * 1024;
// One answer of a list; a page for a person, a bite for a script.
inline constexpr std::size_t api_list_max = 1000;
inline constexpr std::size_t api_list_default = 100;
// The end of all pages: a page costs a look at all before it.
inline constexpr std::size_t api_listed_max = 10'000;
// Items, and known nodes, of one request that imports a bundle, and of one answer that exports.
inline constexpr std::size_t api_batch_max = 256;
// Of an id in a path: an onion address has 62, a mailbox address about as many.
inline constexpr std::size_t api_id_letters_max = 100;
// What the page's plots show: a day, a point for each that a screen can tell apart. The ring takes
// some 40 KiB.
inline constexpr Millis history_interval = 1min;
inline constexpr std::size_t history_samples_max = 24 * 60;

}  // namespace hearsay::base::limits
