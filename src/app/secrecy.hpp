// app/secrecy.hpp - what a program that holds secrets asks of the system before it holds any.
//
//   1. Nobody of the same user may look into its memory (PR_SET_DUMPABLE), and it leaves no core
//      file. Root still can.
//   2. libevent's buffers, through which HTTP passes, are overwritten when they are freed, as all
//      else is (app/wiping_new.cpp).
// lock_in_memory() keeps pages out of the swap, as far as the user's limit on locked memory
// (RLIMIT_MEMLOCK) goes.
#pragma once

#include <cstddef>

namespace hearsay::app {

// Once, before anything else is done. Of the command: without libevent.
void forbid_dumps();
void wipe_buffers();

// The pages that hold these bytes, as long as the process lives. False: the limit forbids it.
bool lock_in_memory(const void* at, std::size_t size);

}  // namespace hearsay::app
