// market/trade/letters.hpp - what the files of the trades share: where a trade's letters go, what
// fits them, how a move is refused.
#pragma once

#include <optional>
#include <string>

#include "base/error.hpp"
#include "market/mail/letter.hpp"
#include "market/records.hpp"
#include "market/trade/machine.hpp"

namespace hearsay::market {

// The machine of what is kept; `arbiter`: our persona, if we are the arbiter.
trade::Machine machine_of(const records::Trade& record,
                          const std::optional<base::PublisherKey>& arbiter, item::Network network);

// What a letter has room for beside its envelope, tickets and subject
// (market/mail/letter_padding.hpp).
inline constexpr std::size_t trade_letter_room = 31400;

// As the inbox knows it, which stands below the trades.
inline base::Digest as_digest(const trade::TradeId& id) {
    return base::Digest{id.data};
}

inline std::string subject_of(trade::MoveKind kind) {
    return "trade: " + std::string(trade::name(kind));
}

// Where this role gets its letters: as it said last, if anybody can write to that.
inline std::optional<base::MailboxKey> named_mailbox(const records::Trade& record,
                                                     const trade::Machine& machine,
                                                     trade::Role role) {
    const auto at = record.mailboxes().find(std::string(trade::name(role)));
    if (at != record.mailboxes().end())
        if (const auto key = get_id<base::MailboxKey>(at->second); key && is_usable(*key))
            return key;
    const auto key = machine.mailbox_of(role);
    return key && is_usable(*key) ? key : std::nullopt;
}

inline base::Error refusal(trade::MoveKind kind, const std::string& problem) {
    return {base::ErrorCode::refused,
            std::string(trade::name(kind)) + " is not possible: " + problem};
}

}  // namespace hearsay::market
