// market/mail/posting.hpp - a letter on its way from whatever room to the outbox (mail/post.cpp),
// which makes it an outbox record and gets it out. What a letter says besides is filled in there:
// id, tickets, stamp, removal secret.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "item/mailbox.hpp"
#include "market/mail/letter.hpp"

namespace hearsay::market {

// Tickets that the persona gave for the mailbox may be used in letters to it.
struct Addressee {
    base::MailboxId mailbox{};
    std::optional<base::MailboxKey> key{};        // nothing: to be found, and the letter waits
    std::optional<base::PublisherKey> persona{};  // if known
};
inline Addressee addressee(const base::MailboxKey& key,
                           const std::optional<base::PublisherKey>& persona = std::nullopt) {
    return {item::mailbox_id(key), key, persona};
}

// One letter to one mailbox.
struct Posting {
    Addressee to{};
    std::optional<item::ThingId> about{};
    std::optional<MessageId> in_reply_to{};
    std::optional<std::uint32_t> persona{};     // nothing: a fresh one
    std::optional<base::MailboxId> reply_to{};  // of ours; nothing: a fresh one
    std::string purpose{};                      // of what is fresh
    std::string subject{};
    std::string text{};
    std::vector<Attachment> attachments{};
    base::Bytes trade{};
    std::vector<MessageId> received{};
    base::Seconds lifetime{0};  // 0: lifetime_max
    // sealed anew when it expires undelivered; for trades, which may rest for months
    bool renew = false;
    std::uint32_t stamp_bits = 0;  // that the mailbox asks for; 0: the usual
};

}  // namespace hearsay::market
