// base/wipe.hpp - overwrites secrets that are no longer needed, so that the compiler does not leave
// it out.
//
// What is freed is overwritten by the programs anyway (app/wiping_new.cpp). These are for what lies
// elsewhere: on the stack, as a short std::string does, or in memory that lives on.
#pragma once

#include <cstring>
#include <string>

#include "base/bytes.hpp"

namespace hearsay::base {

inline void wipe(void* at, std::size_t size) {
    std::memset(at, 0, size);
    // Whoever reads the assembly could read the bytes: so they must be there.
    __asm__ __volatile__("" : : "r"(at) : "memory");
}
// All that it holds room for: what was longer before lies behind its end.
inline void wipe(std::string& text) {
    text.resize(text.capacity());
    wipe(text.data(), text.size());
    text.clear();
}
inline void wipe(Bytes& bytes) {
    bytes.resize(bytes.capacity());
    wipe(bytes.data(), bytes.size());
    bytes.clear();
}

// When it goes out of scope, whichever way.
template <class Held>
class WipeAtEnd {
public:
    explicit WipeAtEnd(Held& held) : held_(held) {}
    ~WipeAtEnd() { wipe(held_); }
    WipeAtEnd(const WipeAtEnd&) = delete;
    WipeAtEnd& operator=(const WipeAtEnd&) = delete;

private:
    Held& held_;
};

}  // namespace hearsay::base
