// base/limits/audit.hpp - how a node asks others whether they hold an item, and answers such
// questions. docs/protocol.md, "Probes"; core/audit/audit.hpp.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/token_bucket.hpp"

namespace hearsay::base::limits {

using namespace std::chrono_literals;

inline constexpr std::size_t probe_ids_max = 32;
// Among how many an item is asked for, itself one of them.
inline constexpr std::size_t audit_ids = 16;
// Drawn for decoys of the same class: where few items are of it, others do.
inline constexpr std::size_t audit_draws_max = 64;
inline constexpr std::size_t audit_draw_items = 16;
// Nodes that are asked: nine of ten that hold it are no accident, and ten circuits no burden.
inline constexpr std::size_t audit_nodes = 10;
inline constexpr std::size_t audits_max = 4;  // at once
inline constexpr std::size_t probes_max = 4;  // circuits at once
inline constexpr Millis audit_spread = 10s;   // within which the nodes are asked
// Remembered for the same decoys the next time: 0.5 KiB each.
inline constexpr std::size_t audits_remembered_max = 64;
// Answers to all links together: each costs up to 32 look-ups, so these are some milliseconds a
// second. A link has four answers: who wants to use up all of them dials five times a second.
inline constexpr Rate probe_answers_rate{240, 20, 1s};
// Frames that are read of a node that was asked: its Hello, a Ping, the answer.
inline constexpr std::size_t probe_frames_max = 8;
// From the link's beginning to the answer.
inline constexpr Millis probe_stay = 20s;

}  // namespace hearsay::base::limits
