// core/broken_rule.hpp - which rule of docs/protocol.md somebody broke, for the log at its level
// debug: who writes another program learns more from it than from a fault's name.
//
// Constant texts only, nothing of what the other side sent: no id, no key, no word. A text is for
// people and decides nothing. The fault says what it costs (base/fault.hpp).
#pragma once

#include <string_view>

#include "base/bytes.hpp"
#include "base/fault.hpp"

namespace hearsay::core {

struct Message;

struct BrokenRule {
    std::string_view frame{};  // "Ping"; empty if it cannot be told which frame it would be
    std::string_view rule{};   // empty: nobody said
    bool operator==(const BrokenRule&) const = default;
};

// Of a frame that parses, as that message. `passing`: it came over a link that only passes.
BrokenRule rule_broken_by(base::ByteView frame, const Message& message, base::Fault fault,
                          bool passing);

}  // namespace hearsay::core
