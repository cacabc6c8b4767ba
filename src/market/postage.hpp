// market/postage.hpp - what lets a letter into a mailbox: a ticket from its owner, or work.
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

#include "item/kinds.hpp"
#include "market/letter.hpp"

namespace hearsay::market {

// The usual bits: about two seconds of one core, and more than the item's own work.
inline constexpr std::uint32_t stamp_bits_default = 24;
constexpr std::uint32_t usual_if_none(std::uint32_t bits) {
    return bits == 0 ? stamp_bits_default : bits;
}
// An hour and a half of one core; more would be another way to say no.
inline constexpr std::uint32_t stamp_bits_max = item::offer_stamp_bits_max;
// Given with each letter that may be answered; the newest so many of a mailbox are good.
inline constexpr std::uint32_t tickets_given = 4;
inline constexpr std::size_t tickets_open_max = 128;
// Of a mailbox whose record is lost, or as old as a backup, so many are good that were perhaps
// given since: half of what may be open, so that the letters after do not close them at once.
inline constexpr std::uint32_t tickets_unknown = 64;
// Kept of those that a correspondent gave us.
inline constexpr std::size_t tickets_held_max = 64;

// In the form that work is searched for.
base::ItemId stamp_id(const base::MailboxKey& mailbox, const MessageId& message,
                      const base::PublisherKey& sender);
// 0 stands for the usual; more than stamp_bits_max for that: no offer with more is one.
std::uint64_t stamp_trials(std::uint32_t bits);
bool stamp_is_enough(item::Network network, const Letter& letter, const base::MailboxKey& mailbox,
                     std::uint32_t bits);

Ticket ticket(const base::Secret& mailbox_secret, std::uint32_t number);

}  // namespace hearsay::market
