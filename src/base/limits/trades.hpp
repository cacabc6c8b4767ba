// base/limits/trades.hpp - bounds of trades and ratings.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/time.hpp"

namespace hearsay::base::limits {

using namespace std::chrono_literals;

// One message, so that it fits a letter with its envelope, tickets and subject;
// a payload leaves room for a text.
inline constexpr std::size_t trade_message_bytes_max = 30000;
inline constexpr std::size_t trade_payload_bytes_max = 24576;
inline constexpr std::size_t trade_text_bytes_max = 4096;
inline constexpr std::size_t trade_letter_messages_max = 64;
// Protocol: of one sender in one trade, so that nobody uses up another's room. A fifth of it stays
// for moves, which are few; texts and pay-infos fill the rest.
inline constexpr std::uint32_t trade_sender_messages_max = 300;
inline constexpr std::size_t trade_sender_bytes_max = 1024 * 1024;
// Nobody sends more moves than these beside texts, pay-infos and counters.
inline constexpr std::uint32_t trade_moves_reserved = 8;
// A trade is one record, written anew with each message: maker, taker, arbiter,
// and all strangers together.
inline constexpr std::size_t trade_bytes_max = 4 * trade_sender_bytes_max;
// What one says ahead of a silent partner, beside its moves; the partner's buffer takes it,
// whatever the order.
inline constexpr std::uint32_t trade_unseen_max = 64;
inline constexpr std::size_t trade_waiting_max = 2 * trade_unseen_max;  // of each sender
// Proofs that somebody contradicted itself; one is enough.
inline constexpr std::size_t trade_forks_of_sender_max = 2;
inline constexpr std::size_t trade_forks_max = 3 * trade_forks_of_sender_max;
inline constexpr std::size_t open_trades_max = 500;
// Of these, what strangers began and we never answered: the oldest make room.
inline constexpr std::size_t unanswered_trades_max = 200;  // proposals
inline constexpr std::size_t unanswered_cases_max = 50;    // shown to us as the arbiter
// Ids of trades that the user removed, so that their messages cannot begin them again.
inline constexpr std::size_t removed_trades_max = 10000;
// With those that are over, until the user removes them.
inline constexpr std::size_t trades_max = 5000;
// A trade may rest for months; its mailbox is one more key to try on every mail,
// so it ends some day.
inline constexpr Seconds trade_life_max = Seconds(400LL * 24 * 3600);
inline constexpr Seconds rating_renewal = Seconds(3LL * 24 * 3600);  // before its end

}  // namespace hearsay::base::limits
