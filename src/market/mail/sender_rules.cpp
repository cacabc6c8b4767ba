#include "market/mail/sender_rules.hpp"

#include <array>

namespace hearsay::market {
namespace {

constexpr std::array<std::string_view, 4> refusal_names{"no postage", "not a taker", "not a friend",
                                                        "mailbox full"};

}  // namespace

std::string_view name(Refusal refusal) {
    return refusal_names.at(static_cast<std::size_t>(refusal));
}

std::optional<Refusal> refusal(const MailboxRule& rule, const Bearer& bearer) {
    if (bearer.has_ticket) return std::nullopt;
    if (rule.who == SenderRule::friends && !bearer.is_friend) return Refusal::not_a_friend;
    if (bearer.is_friend) return std::nullopt;
    if (rule.who == SenderRule::takers && !bearer.trades) return Refusal::not_a_taker;
    if (!bearer.is_stamped) return Refusal::no_postage;
    if (bearer.strangers_unread >= rule.strangers_max) return Refusal::mailbox_full;
    return std::nullopt;
}

}  // namespace hearsay::market
