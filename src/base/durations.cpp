#include "base/durations.hpp"

namespace hearsay::base {

namespace {

constexpr std::size_t digits_max = 9;  // in days, that is far from what Seconds holds

std::int64_t seconds_in(char unit) {
    switch (unit) {
        case 's':
            return 1;
        case 'm':
            return 60;
        case 'h':
            return 3600;
        case 'd':
            return 86400;
        default:
            return 0;
    }
}

}  // namespace

std::optional<Seconds> parse_duration(std::string_view text, std::string_view units) {
    if (text.size() < 2 || text.size() > digits_max + 1) return std::nullopt;
    const char unit = text.back();
    if (units.find(unit) == std::string_view::npos || seconds_in(unit) == 0) return std::nullopt;
    text.remove_suffix(1);
    std::int64_t number = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return std::nullopt;
        number = number * 10 + (c - '0');
    }
    return Seconds(number * seconds_in(unit));
}

}  // namespace hearsay::base
