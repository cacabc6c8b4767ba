// app/node/resources.hpp - what the process asks of the system before anything else.
//
//   - As many descriptors as the system grants, up to descriptors_wanted: streams that are not links yet have a thousand
//     places (net/links.hpp). With fewer the oldest of them go earlier.
//   - Memory that a flood took is given back when it ends. glibc grows one heap for each thread, moves its threshold for
//     mapping up with every large block that is freed, and keeps what lies between two living blocks: two heaps, a fixed
//     threshold below the size of large frames, and a short tail are what keeps the process small.
#pragma once

namespace hearsay::app {

void settle_resources();

}  // namespace hearsay::app
