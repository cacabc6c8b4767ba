#include "core/links/budgets.hpp"

#include "base/limits/budgets.hpp"
#include "base/overloaded.hpp"

namespace hearsay::core {
namespace {

namespace limits = base::limits;

constexpr std::array<FrameBudget, frame_type_count> rows{{
    {FrameType::hello, "Hello", "frames", {1, 0}, Beyond::by_rule},
    {FrameType::ping, "Ping", "frames", limits::ping_rate, Beyond::ends},
    {FrameType::pong, "Pong", "frames", {1, 0}, Beyond::by_rule},
    {FrameType::items, "Items", "bytes in vain", limits::waste_rate, Beyond::by_rule},
    {FrameType::announce, "Announce", "ids", limits::announced_rate, Beyond::ignored},
    {FrameType::request, "Request", "ids", limits::requested_rate, Beyond::ends},
    {FrameType::push, "Push", "frames", limits::push_rate, Beyond::ends},
    {FrameType::compare, "Compare", "frames", limits::compare_rate, Beyond::ends},
    {FrameType::symbols, "Symbols", "frames", limits::symbols_rate, Beyond::ends},
    {FrameType::more, "More", "frames", limits::symbols_rate, Beyond::ends},
    {FrameType::fetch, "Fetch", "frames", limits::fetch_rate, Beyond::ends},
    {FrameType::done, "Done", "frames", limits::done_rate, Beyond::ends},
    {FrameType::have, "Have", "frames", limits::pages_rate, Beyond::ends},
    {FrameType::want, "Want", "frames", limits::pages_rate, Beyond::ends},
    {FrameType::find, "Find", "frames", limits::find_rate, Beyond::ends},
    {FrameType::contacts, "Contacts", "frames", limits::contacts_rate, Beyond::ends},
    {FrameType::floor, "Floor", "frames", limits::floor_rate, Beyond::ends},
    {FrameType::probe, "Probe", "frames", limits::probe_rate, Beyond::ends},
    {FrameType::held, "Held", "frames", limits::probe_rate, Beyond::ends},
    {FrameType::unknown, "unknown", "frames and 4 KiB", limits::unknown_rate, Beyond::ignored},
}};

constexpr bool in_order() {
    for (std::size_t at = 0; at < rows.size(); ++at)
        if (rows[at].type != static_cast<FrameType>(at)) return false;
    return true;
}
static_assert(in_order());

}  // namespace

const std::array<FrameBudget, frame_type_count>& frame_budgets() {
    return rows;
}

FrameType type_of(const Message& message) {
    const base::Overloaded type{
        [](const Hello&) { return FrameType::hello; },
        [](const Ping&) { return FrameType::ping; },
        [](const Pong&) { return FrameType::pong; },
        [](const Items&) { return FrameType::items; },
        [](const Announce&) { return FrameType::announce; },
        [](const Request&) { return FrameType::request; },
        [](const Push&) { return FrameType::push; },
        [](const Compare&) { return FrameType::compare; },
        [](const Symbols&) { return FrameType::symbols; },
        [](const More&) { return FrameType::more; },
        [](const Fetch&) { return FrameType::fetch; },
        [](const Done&) { return FrameType::done; },
        [](const Have&) { return FrameType::have; },
        [](const Want&) { return FrameType::want; },
        [](const Find&) { return FrameType::find; },
        [](const Contacts&) { return FrameType::contacts; },
        [](const Floor&) { return FrameType::floor; },
        [](const Probe&) { return FrameType::probe; },
        [](const Held&) { return FrameType::held; },
    };
    return std::visit(type, message);
}

std::int64_t units_of(const Message& message) {
    if (const auto* announce = std::get_if<Announce>(&message))
        return static_cast<std::int64_t>(announce->items.size());
    if (const auto* request = std::get_if<Request>(&message))
        return static_cast<std::int64_t>(request->ids.size());
    return 1;
}

FrameBudgets::Verdict FrameBudgets::take(FrameType type, std::int64_t units, base::MonoTime now) {
    const auto at = static_cast<std::size_t>(type);
    const FrameBudget& row = rows[at];  // total: as many rows and buckets as types
    // total: likewise
    if (row.beyond == Beyond::by_rule || buckets_[at].take(row.rate, units, now))
        return Verdict::within;
    return row.beyond == Beyond::ignored ? Verdict::ignored : Verdict::too_many;
}

FrameBudgets::Verdict FrameBudgets::take_unknown(std::size_t bytes, base::MonoTime now) {
    return take(FrameType::unknown,
                1 + static_cast<std::int64_t>(bytes / limits::unknown_unit_bytes), now);
}

}  // namespace hearsay::core
