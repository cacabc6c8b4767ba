// base/limits/quarantine.hpp - bounds of what is noted while it is read, suspected and set aside.
#pragma once

#include <cstddef>

namespace hearsay::base::limits {

// Opened letters that one turn takes: their notes lie there until the turn is decided, so all of
// them are suspects if it ends the node, and are read again one a turn.
inline constexpr std::size_t letters_a_turn_max = 32;
// Notes at a time: the letters of a turn, a record, and each thread's mail on a machine of 200
// cores. What comes beyond is read without a note.
inline constexpr std::size_t notes_max = 256;
// Two deaths leave fewer; beyond, the newest are forgotten, and come under suspicion again if they
// are to blame.
inline constexpr std::size_t suspects_max = 256;
// Each cost a stranger a mail's work and the node two starts. Beyond, the oldest goes for good.
inline constexpr std::size_t set_aside_max = 100;

}  // namespace hearsay::base::limits
