// market/views.hpp - what a person's things look like from outside: what commands take and answer.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "item/kinds.hpp"
#include "market/letter.hpp"
#include "market/sender_rules.hpp"

namespace hearsay::market {

struct PersonaView {
    base::PublisherKey key;
    // "main", "kept", "imported", "offer <thing id>" or "mail to <thing id or mailbox address>"
    std::string purpose;
    base::WallTime created;
    std::string name{};
    bool kept = false;     // until it is retired
    bool retired = false;  // goes when nothing needs it any more
};
struct MailboxView {
    base::MailboxKey key;
    std::string purpose;  // as above, or "recovered"
    base::WallTime created;
    base::WallTime destroy_after;
    bool main = false;
    MailboxRule rule;
    std::uint32_t refused = 0;  // letters against the rule
    std::size_t strangers_unread = 0;
};
// Ours, in order: its work is made; it waits to be handed to another node; it was, and is not heard
// yet; it came back. Live: somebody else's.
enum class OfferState { working, queued, injected, published, removed, expired, live };
// How far a thing of ours got.
struct Spread {
    std::uint32_t injected = 0;  // times that it was handed to another node
    std::uint32_t heard = 0;     // peers that it was heard back from
    bool operator==(const Spread&) const = default;
};
struct OfferView {
    item::ThingId thing;
    base::ItemId item;
    item::OfferText text;
    base::PublisherKey publisher;
    std::optional<base::MailboxKey> mailbox;
    base::WallTime created;
    base::WallTime expires;
    std::uint64_t sequence = 0;
    bool mine = false;
    OfferState state = OfferState::live;
    Spread spread;  // of this version, if it is ours
    // Only what is ours, and was not heard back, waits for anything.
    bool waits() const { return state == OfferState::queued || state == OfferState::injected; }
};
// Sent, in order: its stamp or its work is made; it waits to be handed to another node; it was; it
// came back from the network; the recipient has it. Or it ended otherwise.
enum class MailState {
    unread,
    read,
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
    base::MailboxKey mailbox;  // it was sealed to
    base::ItemId item;         // all zero while its stamp is made
    base::WallTime received;   // incoming only
    base::WallTime expires;
    MailState state = MailState::unread;
    Spread spread;                            // outgoing only
    std::optional<base::WallTime> delivered;  // outgoing only: when we heard of it
    std::string why;                          // of delivered and failed, for people
    bool waits() const { return state == MailState::queued || state == MailState::injected; }
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
struct Counts {
    std::uint32_t unread = 0;
    std::uint32_t pending = 0;  // of ours, not heard back yet
};

}  // namespace hearsay::market
