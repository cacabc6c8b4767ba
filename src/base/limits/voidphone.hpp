// base/limits/voidphone.hpp - bounds of the VoidPhone interface (docs/voidphone.md).
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/time.hpp"
#include "base/token_bucket.hpp"

namespace hearsay::base::limits {

// Where it listens if the configuration names no api_address (docs/voidphone.md).
inline constexpr std::uint16_t voidphone_port = 7001;
inline constexpr std::size_t voidphone_clients_max = 64;
// Of one client; each is a few bytes.
inline constexpr std::size_t voidphone_types_max = 256;
// What one client may have unread. Sixty of the largest notifications.
inline constexpr std::size_t voidphone_unread_bytes_max = 1024 * 1024;
// Read ahead of one client: three of the largest frames.
inline constexpr std::size_t voidphone_ahead_bytes_max = 64 * 1024;
// Frames of one client. A subscriber answers each notification.
inline constexpr Rate voidphone_frames_rate{200, 50, std::chrono::seconds(1)};
// Announcements of all clients that are meant for the network: each is about a second of work on
// one core, and lies a day on every node.
inline constexpr Rate voidphone_announce_rate{60, 1, std::chrono::seconds(5)};
// Announcements that wait for verdicts of applications, if the configuration names no cache_size.
inline constexpr std::size_t voidphone_cache_default = 50;
inline constexpr std::size_t voidphone_cache_max = 1000;
// An application that says nothing for so long did not find it valid.
inline constexpr Millis voidphone_verdict_wait = std::chrono::seconds(60);
// How soon a client whose frame had to wait for others is looked at again.
inline constexpr Millis voidphone_retry_wait = std::chrono::milliseconds(100);
// Announcements that were given to the network and did not come back yet. What is the user's own
// (followed_items_max) must not wait behind a program's.
inline constexpr std::size_t voidphone_under_way_max = 64;
// Own announcements whose return is told to nobody: at the rate above a day's.
inline constexpr std::size_t voidphone_own_ids_max = 20'000;
// How long an announcement floods: a node that is off over night still gets it.
inline constexpr Seconds voidphone_lifetime{24LL * 3600};
// After a connection was refused: another user of this machine must not keep the node busy.
inline constexpr Millis voidphone_refusal_pause = std::chrono::milliseconds(50);
inline constexpr std::size_t voidphone_config_bytes_max = 64 * 1024;

}  // namespace hearsay::base::limits
