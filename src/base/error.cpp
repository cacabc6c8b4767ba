#include "base/error.hpp"

#include <cstdio>
#include <cstdlib>

#include "base/ensure.hpp"

namespace hearsay::base {

std::string_view name(ErrorCode code) {
    switch (code) {
        case ErrorCode::invalid:
            return "invalid";
        case ErrorCode::not_found:
            return "not_found";
        case ErrorCode::refused:
            return "refused";
        case ErrorCode::conflict:
            return "conflict";
        case ErrorCode::unavailable:
            return "unavailable";
        case ErrorCode::exhausted:
            return "exhausted";
        case ErrorCode::corrupt:
            return "corrupt";
        case ErrorCode::denied:
            return "denied";
        case ErrorCode::io:
            return "io";
    }
    ENSURE(false, "an ErrorCode outside its enumeration");
    std::abort();
}

void ensure_failed(const char* condition, const char* why, const char* file, int line) {
    std::fprintf(stderr, "hearsay: bug: %s (%s) at %s:%d\n", why, condition, file, line);
    std::abort();
}

}  // namespace hearsay::base
