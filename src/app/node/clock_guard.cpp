#include "app/node/clock_guard.hpp"

#include <algorithm>
#include <ctime>

#include "base/encoding.hpp"
#include "base/limits/items.hpp"

namespace hearsay::app {
namespace {

constexpr base::Seconds keep_every{3600};
constexpr base::Seconds anchor_every{24 * 3600};
constexpr base::WallTime first_release = base::from_unix_seconds(1'767'225'600);  // 2026-01-01
constexpr std::size_t boot_id_bytes_max = 64;

// In Table::meta, in the clear: seconds since 1970 [8], milliseconds since the machine's start [8],
// the id of that start.
const base::Bytes clock_key = base::to_bytes("clock");

struct Kept {
    base::WallTime wall;
    base::Millis up{0};
    std::string boot_id;
};

std::string text_of(base::WallTime time) {
    const std::time_t seconds = base::unix_seconds(time);
    std::tm parts{};
    char text[sizeof "-2147483648-12-31 23:59 UTC"] = "";
    if (gmtime_r(&seconds, &parts)) std::strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", &parts);
    return text;
}

std::uint64_t number_at(const base::Bytes& value, std::size_t at) {
    return base::read_big_endian<std::uint64_t>(std::span(value).subspan(at).first<8>());
}

std::optional<Kept> kept_in(const market::OwnStore& store) {
    const auto value = store.get(market::Table::meta, clock_key);
    // Records of before the counter was kept have the first number only.
    if (!value || (value->size() != 8 && value->size() < 16) ||
        value->size() > 16 + boot_id_bytes_max)
        return std::nullopt;
    // as core/links/links.cpp; beyond, it is damaged
    constexpr std::uint64_t most = std::uint64_t{1} << 40;
    const std::uint64_t seconds = number_at(*value, 0);
    if (seconds > most) return std::nullopt;
    Kept out{base::from_unix_seconds(static_cast<std::int64_t>(seconds)), {}, {}};
    if (value->size() == 8) return out;
    const std::uint64_t up = number_at(*value, 8);
    if (up > most * 1000) return std::nullopt;
    out.up = base::Millis(static_cast<std::int64_t>(up));
    out.boot_id = base::to_text(base::ByteView(*value).subspan(16));
    return out;
}

base::Seconds whole_seconds(base::Millis time) {
    return std::chrono::duration_cast<base::Seconds>(time);
}

base::Seconds distance(base::WallTime a, base::WallTime b) {
    return a < b ? b - a : a - b;
}

}  // namespace

void ClockGuard::restore(const market::OwnStore& store) {
    const auto kept = kept_in(store);
    if (!kept || latest_) return;
    latest_ = anchor_ = Point{kept->wall, kept->up, !boot_id_.empty() && kept->boot_id == boot_id_};
}

// What the clock should say; nothing if the counter cannot tell.
std::optional<base::WallTime> ClockGuard::counted(base::Millis up) const {
    if (!anchor_ || !anchor_->this_boot || up < anchor_->up) return std::nullopt;
    return anchor_->wall + whole_seconds(up - anchor_->up);
}

bool ClockGuard::is_plausible(const Reading& reading) const {
    const base::WallTime clock = reading.now.wall;
    if (clock < first_release) return false;
    if (!anchor_) return true;
    if (const auto expected = counted(reading.up)) return distance(clock, *expected) <= slack;
    return clock >= anchor_->wall - slack && clock - anchor_->wall <= off_max;
}

base::WallTime ClockGuard::in_doubt(base::Millis up) const {
    if (!anchor_) return first_release;
    return counted(up).value_or(latest_->wall);
}

ClockGuard::Times ClockGuard::believe(const Reading& reading, const core::Links& links) {
    if (!is_plausible(reading) && !trusted_) {
        if (!doubted_since_) doubted_since_ = reading.now.mono;
        expected_ = in_doubt(reading.up);
        if (!is_confirmed(reading, links))
            return {latest_ ? latest_->wall : first_release, expected_};
        anchor_.reset();
    }
    if (std::exchange(trusted_, false)) anchor_.reset();
    doubted_since_.reset();
    latest_ = Point{reading.now.wall, reading.up, true};
    // Not at each turn: many small leaps are a large one.
    if (!anchor_ || !anchor_->this_boot || reading.up < anchor_->up ||
        reading.up - anchor_->up >= anchor_every)
        anchor_ = latest_;
    return {reading.now.wall, reading.now.wall};
}

// A peer's clock is known relative to the core's time at its Hello.
bool ClockGuard::is_confirmed(const Reading& reading, const core::Links& links) const {
    int votes = 0;
    for (const auto& [id, link] : links.all()) {
        if (!link.stands() || !link.outbound || *link.hello_at < *doubted_since_) continue;
        const base::Seconds since = whole_seconds(reading.now.mono - *link.hello_at);
        const base::WallTime clock_then = reading.now.wall - since;
        const base::WallTime core_then =
            in_doubt(reading.up - std::min(reading.up, base::Millis(since)));
        const bool agrees =
            distance(core_then + link.clock_offset, clock_then) <= base::limits::future_max;
        votes += agrees ? 1 : -1;
    }
    return votes > 0;
}

void ClockGuard::keep(market::OwnStore& store) const {
    if (!latest_ || !latest_->this_boot) return;
    const auto kept = kept_in(store);
    if (kept && kept->boot_id == boot_id_ && distance(latest_->wall, kept->wall) < keep_every)
        return;
    base::Bytes value;
    base::append(value,
                 base::big_endian(static_cast<std::uint64_t>(base::unix_seconds(latest_->wall))));
    base::append(value, base::big_endian(static_cast<std::uint64_t>(latest_->up.count())));
    base::append(value,
                 base::as_bytes(boot_id_).first(std::min(boot_id_.size(), boot_id_bytes_max)));
    store.put(market::Table::meta, clock_key, value);
}

std::optional<std::string> ClockGuard::doubt(base::WallTime clock) const {
    if (!doubts()) return std::nullopt;
    const bool after = latest_ && anchor_ && !anchor_->this_boot;
    return "this machine's clock says " + text_of(clock) + ", and " +
           (!latest_ ? "that is before this program was made"
            : after
                ? "this node last knew " + text_of(latest_->wall)
                : "by what was counted since it was last right it is about " + text_of(expected_)) +
           "; keys are kept, nothing is made and nothing expires until the clock is set right, "
           "until another "
           "node confirms it, or until hearsayd is started with --clock-is-right";
}

}  // namespace hearsay::app
