#include "core/broken_rule.hpp"

#include "core/messages.hpp"
#include "item/malformed.hpp"

namespace hearsay::core {
namespace {

using base::Fault;

template <class... Which>
bool is_one_of(const Message& message) {
    return (std::holds_alternative<Which>(message) || ...);
}

std::string_view out_of_turn(const Message& message, bool passing) {
    if (is_one_of<Hello>(message)) return "a second Hello";
    if (is_one_of<Pong>(message)) return "it answers no Ping";
    if (passing) return "over a link that only passes (section 3)";
    return "not foreseen at this point of a round (section 7)";
}

std::string_view too_many(const Message& message) {
    if (is_one_of<Items>(message)) return "more than 16 items over a link that only passes";
    if (is_one_of<Compare>(message)) return "less than 60 s after the last";
    if (is_one_of<More>(message)) return "more than 8 times or 16,384 symbols in a round";
    if (is_one_of<Have>(message)) return "more than 10,000 pages";
    return "beyond a budget of the link (section 12)";
}

// The message that was parsed has given its items away.
std::string_view malformed_in(base::ByteView frame) {
    const auto again = parse(frame);
    const auto* const items = again ? std::get_if<Items>(&*again) : nullptr;
    if (!items) return {};
    for (const item::Item& item : items->items)
        if (const auto rule = item::malformed_by(item); !rule.empty()) return rule;
    return {};
}

}  // namespace

BrokenRule rule_broken_by(base::ByteView frame, const Message& message, Fault fault, bool passing) {
    BrokenRule out{name_of(message), {}};
    if (fault == Fault::frame_unexpected) out.rule = out_of_turn(message, passing);
    if (fault == Fault::too_many_requests) out.rule = too_many(message);
    if (fault == Fault::wrong_protocol) out.rule = "no version in common, or another network";
    if (fault == Fault::bad_sketch)
        out.rule = "symbols that never decode, or cannot be of the set that they claim (section 7)";
    if (fault == Fault::item_malformed) out.rule = malformed_in(frame);
    if (out.rule.empty()) out.rule = "an item of it (section 4)";
    return out;
}

}  // namespace hearsay::core
