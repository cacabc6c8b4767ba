// market/mail/views.hpp - what mail and friends look like from outside: what commands take and
// answer.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "market/mail/letter.hpp"
#include "market/publications/views.hpp"

namespace hearsay::market {

// Sent, in order: it waits for the key of its mailbox; its stamp or its work is made; it waits to
// be handed to another node; it was; it came back from the network; the recipient has it. Or it
// ended otherwise.
enum class MailState {
    unread,
    read,
    draft,
    working,
    queued,
    injected,
    heard,
    delivered,
    withdrawn,
    failed
};
struct MailView {
    Letter letter;
    bool incoming = false;
    base::MailboxId mailbox;  // it was sealed to
    base::ItemId item;        // all zero while its stamp is made
    base::WallTime received;  // incoming only
    base::WallTime expires;
    MailState state = MailState::unread;
    Spread spread;                            // outgoing only
    std::optional<base::WallTime> delivered;  // outgoing only: when we heard of it
    std::string why;                          // of delivered and failed, for people
    std::optional<base::Digest> trade{};      // incoming only: whose id took the message in it
    bool waits() const { return state == MailState::queued || state == MailState::injected; }
};
// Of the list of both boxes, before anything is opened.
struct MailPlace {
    MessageId id{};
    bool incoming = false;
    base::WallTime when{};  // received, or written
    bool unread = false;    // incoming only
    bool of_trade = false;  // a trade took the message in it, or sent it
};
struct FriendView {
    base::PublisherKey persona;
    std::string name;
};
struct MailDraft {
    // offer id or a unique beginning of it, mailbox address, or id of a received mail
    std::string to;
    std::string subject;
    std::string text;
    base::Seconds lifetime{0};  // 0: lifetime_max
    std::vector<Attachment> attachments{};
    std::string persona{};  // address or name of the one that signs; empty: as market.hpp says
};

}  // namespace hearsay::market
