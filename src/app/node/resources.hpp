// app/node/resources.hpp - what the process asks of the system before anything else.
//
//   - As many descriptors as the system grants, up to descriptors_wanted: streams that are not
//     links yet have a thousand places (net/links.hpp). With fewer the oldest of them go earlier.
//   - Memory that a flood took is given back when it ends. glibc grows one heap for each thread and
//     moves its threshold for mapping up with every large block that is freed: two heaps, and a
//     fixed threshold below the size of large frames, keep the process small. It also keeps free
//     pages between living blocks, for ever: those are given back by give_back_memory(),
//     which is asked now and then.
#pragma once

namespace hearsay::app {

void settle_resources();

// Free memory inside the heaps, if it is more than a few MiB, goes back to the system.
void give_back_memory();

}  // namespace hearsay::app
