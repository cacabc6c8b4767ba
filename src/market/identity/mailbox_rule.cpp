#include "market/identity/mailbox_rule.hpp"

#include <array>

namespace hearsay::market {
namespace {

constexpr std::array<std::string_view, 3> rule_names{"anyone", "takers", "friends"};

}  // namespace

std::string_view name(SenderRule rule) {
    return rule_names.at(static_cast<std::size_t>(rule));
}

std::optional<SenderRule> sender_rule(std::string_view name) {
    for (std::size_t i = 0; i < rule_names.size(); ++i)
        if (rule_names[i] == name) return static_cast<SenderRule>(i);
    return std::nullopt;
}

}  // namespace hearsay::market
