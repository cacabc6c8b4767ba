// market/mail/postage.hpp - what lets a letter into a mailbox: a ticket from its owner, or work.
// docs/protocol.md, "Postage".
//
// Both are inside the sealed letter, so nobody but the reader sees whether a mail is a first one or
//   an answer.
//   Stamp   a nonce that makes SHA-256 of the stamp's id small (crypto/work.hpp), for 2^bits
//           expected hashes. The id binds mailbox, message and sender: a stamp serves one letter,
//           and a letter is taken once.
//   Ticket  16 bytes that the mailbox's owner put into an earlier letter, each good for one letter.
//           The number-th of a mailbox derives from its secret key, so a mailbox that was recovered
//           from the words knows its tickets.
#pragma once

#include "market/identity/mailbox_rule.hpp"
#include "market/mail/letter.hpp"

namespace hearsay::market {

// Given with each letter that may be answered; which are good: OwnMailbox::open_tickets.
inline constexpr std::uint32_t tickets_given = 4;
// Kept of those that a correspondent gave us.
inline constexpr std::size_t tickets_held_max = 64;

// In the form that work is searched for.
base::ItemId stamp_id(const base::MailboxId& mailbox, const MessageId& message,
                      const base::PublisherKey& sender);
// 0 stands for the usual; more than stamp_bits_max for that: no offer with more is one.
std::uint64_t stamp_trials(std::uint32_t bits);
bool stamp_is_enough(item::Network network, const Letter& letter, const base::MailboxId& mailbox,
                     std::uint32_t bits);

Ticket ticket(const base::Secret& mailbox_secret, std::uint32_t number);

}  // namespace hearsay::market
