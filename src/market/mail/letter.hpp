// market/mail/letter.hpp - a mail's inside: sealing, padding, trial opening. docs/protocol.md,
// "Mail".
//
// HPKE base mode (crypto/hpke.hpp) to the recipient's mailbox key; info = "hearsay mail v1" 0x00;
// associated data = item::mail_associated_data. The payload is tag || encapsulation || ciphertext,
// and the header has a hash of the encapsulation. Plaintext = 4-byte length || Letter || zeros, so
// that the payload has one of five sizes, which say little. The sender's persona signs
// "hearsay letter v1" 0x00 || recipient mailbox || hash of the encapsulation || body: a letter
// cannot be passed on as if it had been written to somebody else. Nothing in the clear names either
// side.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/rng.hpp"
#include "crypto/hpke.hpp"
#include "item/item.hpp"

namespace hearsay::market {

struct MessageTag;
using MessageId = base::FixedBytes<16, MessageTag>;

struct TicketTag;
// Lets one answer into a mailbox without a stamp (market/mail/postage.hpp).
using Ticket = base::FixedBytes<16, TicketTag>;

struct Attachment {
    std::string name;  // a file name without a path
    base::Bytes content;
    bool operator==(const Attachment&) const = default;
};

struct Letter {
    MessageId id{};
    base::PublisherKey sender{};
    base::WallTime written{};
    base::Secret removal_secret{};
    std::optional<base::MailboxKey> reply_to{};
    std::optional<item::ThingId> about{};
    std::optional<MessageId> in_reply_to{};
    std::string subject{};
    std::string text{};
    std::vector<Attachment> attachments{};
    std::uint64_t stamp = 0;
    std::optional<Ticket> ticket{};
    std::vector<Ticket> tickets{};  // for answers to reply_to
    // a receipt for these: subject, text, attachments and trade are empty
    std::vector<MessageId> received{};
    base::Bytes trade{};  // a TradeLetter (market/trade/message.hpp), or empty
    bool operator==(const Letter&) const = default;
};
inline constexpr std::size_t attachments_max = 16;
inline constexpr std::size_t attachment_name_bytes_max = 100;
inline constexpr std::size_t tickets_per_letter_max = 16;
inline constexpr std::size_t receipts_per_letter_max = 16;

// Why it cannot be sent, as a sentence for the user, or nothing: a text or a name that is none, or
// more than the largest padded size holds. Normalises subject, text and names.
std::optional<std::string> letter_problem(Letter& letter);

// The finished item but for its proof of work. invalid: letter_problem(); refused: the recipient's
// key is unusable. letter.sender must be the seed's public key.
base::Result<item::Item> seal_letter(const Letter& letter, const base::Secret& sender_seed,
                                     const base::MailboxKey& recipient, item::Network network,
                                     base::WallTime now, base::Seconds lifetime, base::Rng& rng);

enum class OpenProblem {
    not_ours,       // no key opens it: the usual case
    malformed,      // it opens, but what is inside breaks the rules
    bad_signature,  // the sender's signature is wrong
};
// One mail against many keys; thread-safe. The mail must outlive it.
class SealedLetter {
public:
    explicit SealedLetter(const item::Read& mail);
    SealedLetter(const SealedLetter&) = delete;
    SealedLetter& operator=(const SealedLetter&) = delete;
    // Whether its tag is this mailbox's. One decapsulation of ML-KEM, for a hit as for a miss.
    bool is_tagged_for(const crypto::XWingKey& mailbox) const;
    // Worth trying if it is. About three times as much.
    std::expected<Letter, OpenProblem> open(const crypto::XWingKey& mailbox) const;

private:
    const item::Read& mail_;
    std::optional<crypto::HpkeSealed> sealed_;  // nothing: this is no mail
};
// The same for one key.
std::expected<Letter, OpenProblem> open_letter(const item::Read& mail,
                                               const crypto::XWingKey& mailbox);

// False for keys to which nothing can be sealed (crypto/xwing.hpp).
bool is_usable(const base::MailboxKey& mailbox);

}  // namespace hearsay::market
