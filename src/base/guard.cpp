#include "base/guard.hpp"

#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>

namespace hearsay::base {
namespace {

std::atomic<LastWords> last_words = nullptr;
std::atomic<bool> ending = false;

[[noreturn]] void on_terminate() {
    const std::exception_ptr thrown = std::current_exception();
    if (!thrown) end_by_exception("a function that may not throw", "std::terminate");
    try {
        std::rethrow_exception(thrown);
    } catch (const std::exception& exception) {
        end_by_exception("a function that may not throw", exception.what());
    } catch (...) {
        end_by_exception("a function that may not throw", "something that is no std::exception");
    }
}

}  // namespace

void set_last_words(LastWords say) {
    last_words = say;
}

void end_on_unhandled_exceptions() {
    std::set_terminate(on_terminate);
}

// Without the heap: that may be what has run out. A second thread that comes here, or the saying
// itself throwing, does not say it twice.
void end_by_exception(const char* where, const char* what) noexcept {
    if (ending.exchange(true)) std::_Exit(exit_by_exception);
    std::array<char, 512> line{};
    std::snprintf(line.data(), line.size(), "ended by an exception in %s: %s", where, what);
    bool said = false;
    try {
        const LastWords say = last_words;
        said = say != nullptr && say(line.data());
    } catch (...) {
        said = false;
    }
    if (!said) std::fprintf(stderr, "hearsay: %s\n", line.data());
    std::_Exit(exit_by_exception);
}

}  // namespace hearsay::base
