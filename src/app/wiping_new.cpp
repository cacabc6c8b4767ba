// What is freed is overwritten, in both programs: passphrases, words, keys and the text of letters
// pass through strings, JSON, protobuf and the buffers of HTTP, and none of these cleans up behind
// itself. One place that does it for all of them forgets none, also not the copy that a growing
// string leaves behind. It costs one pass over memory that was in use a moment ago
// (docs/decisions/0019).
//
// These replace the global operators. What is allocated by malloc() directly is not reached:
// libevent's buffers are given the functions of app/secrecy.hpp, OpenSSL cleanses by itself what is
// secret.
#include <cstdlib>
#include <cstring>
#include <malloc.h>
#include <new>

#include "base/wipe.hpp"

namespace {

void* taken(std::size_t size) {
    for (;;) {
        if (void* const at = std::malloc(size == 0 ? 1 : size)) return at;
        const std::new_handler handler = std::get_new_handler();
        if (!handler) throw std::bad_alloc();
        handler();
    }
}

void* taken(std::size_t size, std::align_val_t align) {
    const auto step = static_cast<std::size_t>(align);
    for (;;) {
        if (void* const at = std::aligned_alloc(step, (size + step - 1) / step * step)) return at;
        const std::new_handler handler = std::get_new_handler();
        if (!handler) throw std::bad_alloc();
        handler();
    }
}

void given_back(void* at) noexcept {
    if (!at) return;
    hearsay::base::wipe(at, malloc_usable_size(at));
    std::free(at);
}

}  // namespace

void* operator new(std::size_t size) {
    return taken(size);
}
void* operator new[](std::size_t size) {
    return taken(size);
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    return std::malloc(size == 0 ? 1 : size);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
    return std::malloc(size == 0 ? 1 : size);
}
void* operator new(std::size_t size, std::align_val_t align) {
    return taken(size, align);
}
void* operator new[](std::size_t size, std::align_val_t align) {
    return taken(size, align);
}
void operator delete(void* at) noexcept {
    given_back(at);
}
void operator delete[](void* at) noexcept {
    given_back(at);
}
void operator delete(void* at, std::size_t) noexcept {
    given_back(at);
}
void operator delete[](void* at, std::size_t) noexcept {
    given_back(at);
}
void operator delete(void* at, const std::nothrow_t&) noexcept {
    given_back(at);
}
void operator delete[](void* at, const std::nothrow_t&) noexcept {
    given_back(at);
}
void operator delete(void* at, std::align_val_t) noexcept {
    given_back(at);
}
void operator delete[](void* at, std::align_val_t) noexcept {
    given_back(at);
}
void operator delete(void* at, std::size_t, std::align_val_t) noexcept {
    given_back(at);
}
void operator delete[](void* at, std::size_t, std::align_val_t) noexcept {
    given_back(at);
}
