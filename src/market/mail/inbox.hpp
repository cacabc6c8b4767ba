// market/mail/inbox.hpp - mail that came: found in the flood, let in or not, kept,
// read and dropped.
//
//   1. Every new mail is tried with all mailbox keys on a worker (TryOpen); `mail_position` in the
//      own store remembers up to where all is answered, and search() walks what came after
//      (mail_walk.hpp).
//   2. on_opened() asks who may come in (admission.hpp) and keeps the letter, durably, before
//      anything else happens to it. With it is kept when its receipt is to be written;
//      its removal goes to Removals.
//   3. What only finds no room waits: it lives for days in the network, where it is opened again.
//   4. A copy of a letter that is here, or was removed, is answered once in copies_answered_every:
//      it was sealed again because its sender has not heard that it came, or by somebody who wants
//      to see us answer.
//   5. What the user removed leaves a mark for as long as somebody may send it again.
//   6. A full inbox makes room by what was read, the oldest first.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "market/mail/admission.hpp"
#include "market/mail/mail_walk.hpp"
#include "market/mail/outbox.hpp"
#include "market/mail/removals.hpp"
#include "market/mail/senders.hpp"
#include "market/offers/offers.hpp"

namespace hearsay::market {

// Copies of a letter that came are answered, by a receipt and a removal, once in this time: a
// renewal comes after 15 days or more, what comes sooner may want to see when we are here.
inline constexpr base::Seconds copies_answered_every =
    base::limits::lifetime_max - base::limits::grace;
// Read mails that make room together when the inbox is full:
// finding the oldest costs a look at all.
inline constexpr std::size_t inbox_room = 1000;

class Inbox final : public Room {
public:
    // The rooms below.
    struct Below {
        Identity& identity;
        Offers& offers;
        Senders& senders;
        Removals& removals;
        Outbox& outbox;
    };
    Inbox(Common& common, const Below& below)
        : Room(common),
          identity_(below.identity),
          offers_(below.offers),
          senders_(below.senders),
          removals_(below.removals),
          outbox_(below.outbox) {}

    bool load(const OwnStore& store);  // false if a record does not open
    std::size_t size() const { return inbox_.size(); }
    // Letters to the person; what a trade took is read there.
    std::uint32_t unread() const { return unread_ - unread_of_trades_; }

    // ---- finding it: search.cpp ----
    void begin_walk(const Turn& turn);  // where the last start came to
    bool wants_walk() const { return walk_.wants_more(); }
    void look_again() { walk_.look_again(); }
    void walk(const Turn& turn);
    void on_stored(const item::ReadPtr& mail, core::Pile lane, const Turn& turn);
    void on_answered(const base::ItemId& id) { walk_.on_answered(id); }
    void wake_waiting();
    void expire(const Turn& turn);  // what is known of mails that nobody serves any more
    void expire_marks(const Turn& turn);

    // ---- letting it in: admit.cpp ----
    // True if the letter came in; the caller tells of it.
    bool on_opened(const item::Read& mail, const base::MailboxId& mailbox, const Letter& letter,
                   const Turn& turn);
    std::vector<MailboxView> mailboxes() const;  // newest first
    // Who may write to a mailbox of ours (sender_rules.hpp). not_found; invalid: more bits than
    // there may be; refused: more than those who write there know of.
    base::Result<MailboxView> set_rule(const base::MailboxId& mailbox, const MailboxRule& rule,
                                       const Turn& turn);

    // ---- what is there: inbox.cpp ----
    std::vector<MessageId> beginning(const std::string& letters) const;
    std::optional<records::ReceivedMail> record(const MessageId& id, const OwnStore& store) const;
    // nothing: damaged
    std::optional<MailView> view(const MessageId& id, const OwnStore& store) const;
    // marks it read; nothing: damaged
    std::optional<MailView> read(const MessageId& id, const Turn& turn);
    // A trade took the message in it. It stays unread, and counts as a stranger's, until the trade
    // was looked at or is gone.
    void note_trade(const MessageId& id, const base::Digest& trade, const Turn& turn);
    void read_trade(const base::Digest& trade, const Turn& turn);  // all of it
    MailView remove(const MessageId& id, const Turn& turn);
    void list(std::vector<MailPlace>& out) const;
    static MailView view_of(const records::ReceivedMail& record);
    std::optional<base::WallTime> next_due() const;
    // Receipts that are due: to which mailbox, for which letters. They count as written.
    std::map<base::MailboxKey, std::vector<MessageId>> take_due_receipts(const Turn& turn);

private:
    struct Received {
        base::WallTime received;
        bool read = false;
        std::optional<base::MailboxId> stranger_in{};  // came with a stamp into this mailbox
        std::optional<base::Digest> trade{};           // that took it
    };
    struct Waiting {
        base::WallTime expires;
        base::MailboxId mailbox;
        bool for_inbox = false;  // which was full; else that mailbox
    };
    std::uint32_t bits_needed(const base::MailboxId& mailbox, const MailboxRule& rule,
                              base::WallTime now) const;
    Knock knock_of(const item::Read& mail, const Letter& letter, const base::MailboxId& mailbox,
                   base::WallTime now) const;
    void turn_away(const item::Read& mail, const Letter& letter, const base::MailboxId& mailbox,
                   Admission why, const Turn& turn);
    void take_in(const item::Read& mail, const Letter& letter, const base::MailboxId& mailbox,
                 const Bearer& bearer, const Turn& turn);
    void on_copy(const item::Read& mail, const Letter& letter, const Turn& turn);
    void wait_for_room(const item::Read& mail, const base::MailboxId& mailbox, bool for_inbox,
                       const Turn& turn);
    void try_waiting(const Turn& turn);
    void note_seen(const item::Read& mail, const Turn& turn);
    std::map<base::MailboxId, std::size_t> strangers() const;  // unread ones, by mailbox
    std::size_t strangers_unread(const base::MailboxId& mailbox) const;
    MailboxView view_of(const base::MailboxId& mailbox, std::size_t strangers) const;
    bool has_room() const;
    void make_room(const Turn& turn);
    void count_unread(const Received& entry, int by);
    bool mark_read(const MessageId& id, records::ReceivedMail& record, const Turn& turn);
    void drop(const MessageId& id, const Turn& turn);

    Identity& identity_;
    Offers& offers_;
    Senders& senders_;
    Removals& removals_;
    Outbox& outbox_;
    std::map<MessageId, Received> inbox_;
    std::uint32_t unread_ = 0;
    std::uint32_t unread_of_trades_ = 0;  // of these
    std::multimap<base::WallTime, MessageId> receipts_due_;
    std::map<base::ItemId, base::WallTime> seen_;  // mails opened, until they expire
    std::map<MessageId, base::WallTime> removed_;  // by the user: until when it must not return
    std::map<base::ItemId, Waiting> waiting_;      // mails opened that found no room
    std::set<base::ItemId> awake_;                 // of these: to be tried again
    MailWalk walk_;
    std::optional<core::Position> saved_position_;
    std::uint64_t flood_life_ = 0;
};

}  // namespace hearsay::market
