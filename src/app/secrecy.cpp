#include "app/secrecy.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <malloc.h>
#include <sys/mman.h>

#include <event2/event.h>

#include "base/wipe.hpp"

namespace hearsay::app {
namespace {

void give_back(void* at) {
    if (at) base::wipe(at, malloc_usable_size(at));
    std::free(at);
}

// A new place always: the old one is wiped.
void* move(void* at, std::size_t size) {
    void* const moved = std::malloc(size == 0 ? 1 : size);
    if (!moved || !at) return moved;
    std::memcpy(moved, at, std::min(size, malloc_usable_size(at)));
    give_back(at);
    return moved;
}

}  // namespace

void wipe_buffers() {
    event_set_mem_functions(std::malloc, move, give_back);
}

bool lock_in_memory(const void* at, std::size_t size) {
    return mlock(at, size) == 0;
}

}  // namespace hearsay::app
