#include "base/fault.hpp"

#include "base/ensure.hpp"

namespace hearsay::base {
namespace {

struct Entry {
    std::string_view name;
    Cost cost;
};

constexpr std::array<Entry, fault_count> entries{{
    // a cut circuit looks the same
    {"frame_too_long", Cost::link},
    {"frame_truncated", Cost::nothing},
    {"frame_malformed", Cost::link},
    {"frame_unknown", Cost::nothing},
    {"frame_unexpected", Cost::link},
    {"bad_sketch", Cost::link},
    {"wrong_key", Cost::link},
    {"bad_certificate", Cost::link},
    {"bad_handshake", Cost::link},
    {"silent", Cost::nothing},
    {"slow_reader", Cost::nothing},
    {"wrong_protocol", Cost::nothing},
    {"item_unknown", Cost::nothing},
    {"item_too_large", Cost::link},
    {"item_malformed", Cost::link},
    {"item_wrong_network", Cost::link},
    {"item_too_long_lived", Cost::link},
    {"item_expired", Cost::nothing},
    {"item_from_future", Cost::nothing},
    {"item_superseded", Cost::nothing},
    {"item_below_floor", Cost::nothing},
    {"item_laid_aside", Cost::nothing},  // no peer can know what the user's lists hide
    {"item_bad_payload", Cost::link},
    {"item_little_work", Cost::link},
    {"item_bad_signature", Cost::link},
    {"item_bad_removal", Cost::link},
    {"item_bad_content", Cost::nothing},  // a relay that does not know the kind cannot tell
    {"too_many_requests", Cost::link},
}};
static_assert(!entries.back().name.empty(), "a Fault without its name and cost");

const Entry& entry(Fault fault) {
    const auto at = static_cast<std::size_t>(fault);
    ENSURE(at < fault_count, "a Fault outside its enumeration");
    return entries[at];
}

}  // namespace

Cost cost(Fault fault) {
    return entry(fault).cost;
}
std::string_view name(Fault fault) {
    return entry(fault).name;
}

}  // namespace hearsay::base
