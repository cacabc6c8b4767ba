#include "crypto/system_random.hpp"

#include <cerrno>
#include <sys/random.h>

#include "base/ensure.hpp"

namespace hearsay::crypto {

base::Secret system_random_secret() {
    base::Secret out;
    // Up to 256 bytes come whole once the kernel's pool is ready; before that the call waits, and a
    // signal may interrupt the waiting.
    ssize_t got = -1;
    do {
        got = getrandom(out.data.data(), out.size, 0);
    } while (got < 0 && errno == EINTR);
    ENSURE(got == static_cast<ssize_t>(out.size), "the kernel gives no randomness");
    return out;
}

}  // namespace hearsay::crypto
