#include "app/node/clock_guard.hpp"

#include <algorithm>
#include <ctime>

#include "base/encoding.hpp"
#include "base/limits/items.hpp"

namespace hearsay::app {
namespace {

constexpr base::Seconds keep_every{3600};

const base::Bytes clock_key = base::to_bytes("clock");  // in Table::meta: seconds, 8 bytes, in the clear

std::string day_of(base::WallTime time) {
    const std::time_t seconds = base::unix_seconds(time);
    std::tm parts{};
    char text[sizeof "-2147483648-12-31"] = "";
    if (gmtime_r(&seconds, &parts)) std::strftime(text, sizeof text, "%Y-%m-%d", &parts);
    return text;
}

std::optional<base::WallTime> kept_in(const market::Keep& keep) {
    const auto value = keep.get(market::Table::meta, clock_key);
    if (!value || value->size() != sizeof(std::uint64_t)) return std::nullopt;
    const auto seconds =
        base::read_big_endian<std::uint64_t>(std::span<const std::uint8_t, sizeof(std::uint64_t)>(*value));
    constexpr std::uint64_t most = std::uint64_t{1} << 40;  // as core/links/links.cpp; beyond, it is damaged
    if (seconds > most) return std::nullopt;
    return base::from_unix_seconds(static_cast<std::int64_t>(seconds));
}

}  // namespace

void ClockGuard::restore(const market::Keep& keep) {
    const auto kept = kept_in(keep);
    if (kept && (!latest_ || *latest_ < *kept)) latest_ = kept;
}

base::WallTime ClockGuard::believe(base::Now now, const core::Links& links) {
    if (!latest_) latest_ = now.wall;
    if (now.wall - *latest_ <= leap_max) {
        doubted_since_.reset();
    } else {
        if (!doubted_since_) doubted_since_ = now.mono;
        if (!is_confirmed(links)) return *latest_;
        doubted_since_.reset();
    }
    latest_ = std::max(*latest_, now.wall);
    return now.wall;
}

bool ClockGuard::is_confirmed(const core::Links& links) const {
    int votes = 0;
    for (const auto& [id, link] : links.all()) {
        if (!link.stands() || *link.hello_at < *doubted_since_) continue;
        const bool agrees =
            link.clock_offset <= base::limits::future_max && link.clock_offset >= -base::limits::future_max;
        votes += agrees ? 1 : -1;
    }
    return votes > 0;
}

void ClockGuard::keep(market::Keep& keep) const {
    if (!latest_) return;
    const auto kept = kept_in(keep);
    if (kept && *latest_ - *kept < keep_every) return;
    keep.put(market::Table::meta, clock_key,
             base::big_endian(static_cast<std::uint64_t>(base::unix_seconds(*latest_))));
}

std::optional<std::string> ClockGuard::doubt(base::WallTime clock) const {
    if (!doubts()) return std::nullopt;
    return "this machine's clock says " + day_of(clock) + ", and this node last knew " + day_of(*latest_) +
           "; until the clock is right, or another node confirms it, keys are kept, nothing is "
           "made and nothing expires";
}

}  // namespace hearsay::app
