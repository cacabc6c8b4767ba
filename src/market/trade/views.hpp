// market/trade/views.hpp - what trades look like from outside: what commands take and answer.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "market/trade/case.hpp"

namespace hearsay::market {

struct TradeView {
    trade::TradeId id{};
    trade::Role role = trade::Role::taker;  // ours
    trade::Machine machine;                 // of an arbiter: what it was shown, perhaps with gaps
    // Of an arbiter, from what it was shown; what is missing for a case is told by its problem.
    std::optional<trade::Case> shown{};
    std::optional<std::string> case_problem{};
    trade::Phase phase = trade::Phase::empty;
    base::WallTime created{};
    base::WallTime changed{};
    std::vector<trade::MoveKind> possible{};  // for us, now
    std::optional<item::ThingId> rating{};    // ours of the partner

    // Every message, in the order in which commands number them, from 1: what was processed,
    // then what waits.
    std::vector<trade::Signed> messages() const;
    const trade::Move* take() const;  // null if it is not known
};

// As a user names one; the key of its mailbox is looked for.
struct NamedArbiter {
    base::PublisherKey persona{};
    base::MailboxId mailbox{};
};

struct TakeDraft {
    std::string offer;  // id or a unique beginning
    trade::Terms terms{};
    std::string text{};
    std::optional<NamedArbiter> arbiter{};  // of the terms
};

// Of the fields those that the move's kind needs.
struct MoveDraft {
    trade::MoveKind kind = trade::MoveKind::text;
    std::string text{};
    std::optional<trade::Payload> payload{};
    std::optional<trade::Terms> terms{};
    std::optional<NamedArbiter> arbiter{};  // of the terms
    trade::Finding right = trade::Finding::neither;
    // dispute: show the arbiter all messages; else the chosen, and what a
    bool show_all = false;
    std::vector<std::uint32_t> show{};                 // case needs in any case
    std::optional<base::MailboxId> arbiter_mailbox{};  // dispute: another one than the terms name
};

}  // namespace hearsay::market
