// base/ensure.hpp - ENSURE(condition, why): a bug of ours ends the process, loudly and at once.
// It stays on in release builds: a node that no longer knows what is true must not keep talking.
// Never use it for what a peer, a file, a user or the system did.
#pragma once

namespace hearsay::base {
[[noreturn]] void ensure_failed(const char* condition, const char* why, const char* file, int line);
}

#define ENSURE(condition, why) \
    ((condition) ? void(0) : ::hearsay::base::ensure_failed(#condition, why, __FILE__, __LINE__))
