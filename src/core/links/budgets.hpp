// core/links/budgets.hpp - how much of each frame type a link may send. docs/protocol.md,
// "Budgets of a link".
//
// A stranger may send anything at any speed. What is wrong is refused by its own rules; this bounds
// what is right in itself and only too much. Rules:
//   1. Every frame type has a row: what is counted, how many at once, how many more a time, and
//      what happens beyond. A type without a row would be one without a bound.
//   2. Node asks once for each frame, after parsing and before anything is done with it.
//   3. Beyond: the link ends (too_many_requests) where no honest program comes near; the frame is
//      ignored where an honest one might, and another mechanism - comparing - brings what was
//      missed.
//   4. By rule: how many there may be follows from other frames, or is counted where it is known
//      what they are good for (Items: Relay counts the bytes that came in vain).
// Budgets belong to the link: a new link begins with full ones. To come again costs a circuit and a
// handshake, and links have places of their own.
#pragma once

#include <array>
#include <string_view>

#include "base/token_bucket.hpp"
#include "core/messages.hpp"

namespace hearsay::core {

enum class FrameType : std::uint8_t {
    hello,
    ping,
    pong,
    items,
    announce,
    request,
    push,
    compare,
    symbols,
    more,
    fetch,
    done,
    have,
    want,
    find,
    contacts,
    floor,
    probe,
    held,
    unknown,  // of a later version
};
inline constexpr std::size_t frame_type_count = static_cast<std::size_t>(FrameType::unknown) + 1;

enum class Beyond : std::uint8_t { ends, ignored, by_rule };

struct FrameBudget {
    FrameType type;
    std::string_view name;
    std::string_view unit;
    base::Rate rate;
    Beyond beyond;
};
// In the order of FrameType.
const std::array<FrameBudget, frame_type_count>& frame_budgets();

FrameType type_of(const Message& message);
// In the unit of its row.
std::int64_t units_of(const Message& message);

class FrameBudgets {
public:
    enum class Verdict : std::uint8_t { within, ignored, too_many };
    Verdict take(FrameType type, std::int64_t units, base::MonoTime now);
    Verdict take(const Message& message, base::MonoTime now) {
        return take(type_of(message), units_of(message), now);
    }
    // A frame of a type that we do not know.
    Verdict take_unknown(std::size_t bytes, base::MonoTime now);

private:
    std::array<base::TokenBucket, frame_type_count> buckets_{};
};

}  // namespace hearsay::core
