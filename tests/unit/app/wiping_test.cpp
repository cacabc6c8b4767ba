// What is freed is looked for in this process's own memory, where a debugger or a core file would
// find it.
#include <array>
#include <fstream>
#include <memory>
#include <span>
#include <sstream>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <vector>

#include <doctest/doctest.h>
#include <event2/buffer.h>
#include <event2/event.h>

#include "app/secrecy.hpp"
#include "base/wipe.hpp"

namespace hearsay::app {
namespace {

// Never whole in the program's own text, nor where it is compared.
constexpr std::size_t secret_size = 48;
std::uint8_t letter(std::size_t at) {
    return static_cast<std::uint8_t>(0x80 + (at * 37 + 11) % 101);
}

template <class Held>
void fill(Held& held) {
    for (std::size_t i = 0; i < secret_size; ++i) held.push_back(static_cast<char>(letter(i)));
}

std::size_t found_in(std::span<const char> bytes) {
    std::size_t out = 0;
    for (std::size_t at = 0; at + secret_size <= bytes.size(); ++at) {
        std::size_t same = 0;
        while (same < secret_size && static_cast<std::uint8_t>(bytes[at + same]) == letter(same))
            ++same;
        out += same == secret_size ? 1 : 0;
    }
    return out;
}

// How often it lies in memory that can be written to.
std::size_t left_in_memory() {
    // Not on the heap: while it is read, what was read of it already would be read again.
    static std::array<char, 1 << 20> part;
    std::ifstream maps("/proc/self/maps");
    std::ifstream memory("/proc/self/mem", std::ios::binary);
    std::size_t out = 0;
    for (std::string line; std::getline(maps, line);) {
        std::size_t begin = 0;
        std::size_t end = 0;
        char dash = 0;
        std::string rights;
        std::istringstream(line) >> std::hex >> begin >> dash >> end >> rights;
        if (!rights.starts_with("rw")) continue;
        for (std::size_t at = begin; at < end; at += part.size() - secret_size) {
            const std::span<char> bytes(part.data(), std::min(part.size(), end - at));
            memory.clear();
            memory.seekg(static_cast<std::streamoff>(at));
            if (!memory.read(bytes.data(), static_cast<std::streamsize>(bytes.size()))) break;
            out += found_in(bytes);
            base::wipe(bytes.data(), bytes.size());
        }
    }
    return out;
}

}  // namespace

TEST_CASE(
    "what is in use is found, and is gone once it is freed, copies of growing strings included") {
    auto held = std::make_unique<std::string>();
    fill(*held);
    CHECK(left_in_memory() == 1);  // the control
    {
        std::vector<std::string> copies(20, *held);
        std::string growing = *held;
        for (int i = 0; i < 1000; ++i) growing += "and on and on";
        auto shared = std::make_shared<const std::string>(growing);
        CHECK(left_in_memory() >= 22);
    }
    CHECK(left_in_memory() == 1);
    held.reset();
    CHECK(left_in_memory() == 0);
}

TEST_CASE("what passed through a buffer of libevent's is gone once it is drained") {
    wipe_buffers();
    std::string text;
    fill(text);
    evbuffer* const buffer = evbuffer_new();
    REQUIRE(buffer);
    for (int i = 0; i < 100; ++i) REQUIRE(evbuffer_add(buffer, text.data(), text.size()) == 0);
    CHECK(left_in_memory() > 50);
    REQUIRE(evbuffer_drain(buffer, evbuffer_get_length(buffer)) == 0);
    evbuffer_free(buffer);
    CHECK(left_in_memory() == 1);
    base::wipe(text);
    CHECK(left_in_memory() == 0);
}

TEST_CASE("a short text on the stack and bytes that were longer before are wiped whole") {
    std::string held = "short";
    const char* const at = held.data();
    {
        const base::WipeAtEnd wiped(held);
    }
    CHECK(std::string(at, 5) == std::string(5, '\0'));
    base::Bytes bytes;
    fill(bytes);
    bytes.resize(1);
    const std::uint8_t* const inside = bytes.data() + 1;
    CHECK(*inside == letter(1));
    base::wipe(bytes);
    CHECK(*inside == 0);
}

TEST_CASE("a process that forbids dumps has none") {
    const int before = prctl(PR_GET_DUMPABLE);
    rlimit cores{};
    REQUIRE(getrlimit(RLIMIT_CORE, &cores) == 0);
    forbid_dumps();
    CHECK(prctl(PR_GET_DUMPABLE) == 0);
    rlimit none{1, 1};
    REQUIRE(getrlimit(RLIMIT_CORE, &none) == 0);
    CHECK(none.rlim_cur == 0);
    CHECK(none.rlim_max == 0);
    prctl(PR_SET_DUMPABLE, before);
}

}  // namespace hearsay::app
