// hearsay-find-work ID TRIALS: prints a nonce with which this id (hex) has so much work. The
// attackers of the functional tests are in Python, where a mail's work takes seconds;
// whether it is right is for the node to say.
#include <charconv>
#include <iostream>
#include <span>
#include <string_view>

#include "base/encoding.hpp"
#include "crypto/work.hpp"

int main(int argc, char** argv) {
    using namespace hearsay;
    const std::span arguments(argv, static_cast<std::size_t>(argc));
    const auto bytes = argc == 3 ? base::from_hex(arguments[1]) : std::nullopt;
    const auto id = bytes ? base::ItemId::from(*bytes) : std::nullopt;
    std::uint64_t trials = 0;
    const std::string_view number = argc == 3 ? arguments[2] : "";
    const auto [end, error] = std::from_chars(number.begin(), number.end(), trials);
    if (!id || error != std::errc{} || end != number.end()) {
        std::cerr << "usage: hearsay-find-work ID TRIALS\n";
        return 2;
    }
    const std::atomic<bool> never = false;
    std::cout << crypto::find_work(*id, trials, 0, never).value() << "\n";
    return 0;
}
