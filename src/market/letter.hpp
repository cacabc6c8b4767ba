// market/letter.hpp - a mail's inside: sealing, padding, trial opening. docs/protocol.md, "Mail".
//
// HPKE base mode (crypto/hpke.hpp) to the recipient's mailbox key; info = "hearsay mail v1" 0x00;
// associated data = item::mail_associated_data. Plaintext = 4-byte length || Letter || zeros, in all
// 1, 2, 4, 8, 16 or 32 KiB, so a mail's size says little. The sender's persona signs
// "hearsay letter v1" 0x00 || recipient mailbox key || encapsulated key || body: a letter cannot be passed on
// as if it had been written to somebody else. Nothing in the clear names either side.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/rng.hpp"
#include "item/item.hpp"

namespace hearsay::market {

struct MessageTag;
using MessageId = base::FixedBytes<16, MessageTag>;

struct Letter {
    MessageId id;
    base::PublisherKey sender;
    base::WallTime written;
    base::Secret removal_secret;
    std::optional<base::MailboxKey> reply_to;
    std::optional<item::ThingId> about;
    std::optional<MessageId> in_reply_to;
    std::string subject;
    std::string text;
    bool operator==(const Letter&) const = default;
};

// Why subject and text cannot be sent, as a sentence for the user, or nothing. Normalises both.
std::optional<std::string> letter_problem(std::string& subject, std::string& text);

// The finished item but for its proof of work. invalid: subject or text too long or not UTF-8;
// refused: the recipient's key is unusable. letter.sender must be the seed's public key.
base::Result<item::Item> seal_letter(const Letter& letter, const base::Secret& sender_seed,
                                     const base::MailboxKey& recipient, item::Network network,
                                     base::WallTime now, base::Seconds lifetime, base::Rng& rng);

enum class OpenProblem {
    not_ours,       // no key opens it: the usual case
    malformed,      // it opens, but what is inside breaks the rules
    bad_signature,  // the sender's signature is wrong
};
// One key against one mail; thread-safe, about one X25519.
std::expected<Letter, OpenProblem> open_letter(const item::Read& mail, const base::Secret& mailbox_secret,
                                               const base::MailboxKey& mailbox);

// False for the few keys of small order, to which nothing can be sealed.
bool is_usable(const base::MailboxKey& mailbox);

// SHA-256 of a tag and the secret: what the header commits to.
base::Digest removal_commitment(const base::Secret& removal_secret);

}  // namespace hearsay::market
