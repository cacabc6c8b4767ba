// base/guard.hpp - guarded(where, work): no exception leaves `work`; one that tries ends the
// process.
//
// Whoever calls us from C (libevent, OpenSSL) or starts one of our threads cannot be thrown
// through: unwinding a C frame leaves its locks held and its lists half linked,
// and what runs then is anything. So:
//   1. Every function that a C library calls, and every thread's first one, does its work inside
//      guarded(). tests/house/callbacks.py finds those that do not.
//   2. An exception that reaches guarded() - no memory, a container's refusal - is a fault that
//      nobody expected: what was half done is not kept, one line says where and what, and the
//      process ends with exit_by_exception.
//   3. No destructor of a static object runs then, and nothing is committed. A crash at any moment
//      is survived, so this end is, too.
// Errors that are expected are values (base/error.hpp); broken promises of ours are ENSURE's.
#pragma once

#include <exception>
#include <utility>

namespace hearsay::base {

// sysexits.h calls 70 an internal software error. docs/man/hearsayd.1.
inline constexpr int exit_by_exception = 70;

// Told of such an end before the process goes. False: it could not say so, and standard error gets
// the line.
using LastWords = bool (*)(const char* line);
void set_last_words(LastWords say);
// What escapes everything else, as out of a noexcept function, ends in the same way.
void end_on_unhandled_exceptions();
[[noreturn]] void end_by_exception(const char* where, const char* what) noexcept;

template <class Work>
auto guarded(const char* where, Work&& work) noexcept -> decltype(std::forward<Work>(work)()) {
    try {
        return std::forward<Work>(work)();
    } catch (const std::exception& exception) {
        end_by_exception(where, exception.what());
    } catch (...) {
        end_by_exception(where, "something that is no std::exception");
    }
}

}  // namespace hearsay::base
