// market/identity/mailbox_rule.hpp - who may write to a mailbox of ours, as its owner set it. What
// follows for a letter is decided in mail (market/mail/sender_rules.hpp).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/limits/person.hpp"
#include "item/kinds.hpp"

namespace hearsay::market {

enum class SenderRule : std::uint8_t { anyone = 0, takers = 1, friends = 2 };
std::string_view name(SenderRule rule);
std::optional<SenderRule> sender_rule(std::string_view name);

// The usual bits of a stamp: about two seconds of one core, and more than the item's own work.
inline constexpr std::uint32_t stamp_bits_default = 24;
constexpr std::uint32_t usual_if_none(std::uint32_t bits) {
    return bits == 0 ? stamp_bits_default : bits;
}
// An hour and a half of one core; more would be another way to say no.
inline constexpr std::uint32_t stamp_bits_max = item::offer_stamp_bits_max;

struct MailboxRule {
    SenderRule who = SenderRule::anyone;
    std::uint32_t stamp_bits = 0;  // 0: the usual
    std::uint32_t strangers_max = base::limits::strangers_mail_default;
    bool operator==(const MailboxRule&) const = default;
};

}  // namespace hearsay::market
