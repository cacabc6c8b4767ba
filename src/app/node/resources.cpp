#include "app/node/resources.hpp"

#include <algorithm>
#include <cstddef>
#include <malloc.h>
#include <sys/resource.h>

namespace hearsay::app {
namespace {

constexpr rlim_t descriptors_wanted = 4096;
constexpr int heaps_max = 2;
constexpr int mapped_from_bytes = 64 * 1024;
constexpr int tail_bytes_max = 256 * 1024;

constexpr std::size_t free_bytes_kept = 8 * 1024 * 1024;

}  // namespace

void settle_resources() {
    rlimit descriptors{};
    if (getrlimit(RLIMIT_NOFILE, &descriptors) == 0 && descriptors.rlim_cur < descriptors_wanted) {
        descriptors.rlim_cur = std::min(descriptors.rlim_max, descriptors_wanted);
        setrlimit(RLIMIT_NOFILE, &descriptors);  // what is granted has to do
    }
    mallopt(M_ARENA_MAX, heaps_max);
    mallopt(M_MMAP_THRESHOLD, mapped_from_bytes);
    mallopt(M_TRIM_THRESHOLD, tail_bytes_max);
}

void give_back_memory() {
    if (mallinfo2().fordblks > free_bytes_kept) malloc_trim(0);
}

}  // namespace hearsay::app
