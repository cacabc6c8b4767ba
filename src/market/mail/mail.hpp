// market/mail/mail.hpp - mail as a user and the rooms above see it: both boxes,
// and the way of a letter.
//
// A mail goes to a mailbox address, to the maker of an offer, or as the answer to a mail that came:
// then to its reply_to, signed by the persona that owns the mailbox it came to, unless that one
// signs nothing new. A receipt is a mail of its own, one for all that are due and go to the same
// mailbox.
#pragma once

#include "market/mail/inbox.hpp"

namespace hearsay::market {

class Mail final : public Room {
public:
    Mail(Common& common, Identity& identity, Offers& offers, OwnItems& items)
        : Room(common),
          identity_(identity),
          offers_(offers),
          senders(common, identity),
          removals(common, items),
          outbox(common, identity, senders, removals, items),
          inbox(common, {identity, offers, senders, removals, outbox}) {}

    bool load(const OwnStore& store);  // false if a record does not open
    bool resume(const Turn& turn);     // false if an item does not read
    void expire(const Turn& turn);
    std::optional<base::WallTime> next_due() const;
    void run_due(const Turn& turn);  // removals and receipts

    base::Result<MailView> send(const MailDraft& draft, const Turn& turn);
    base::Result<MailView> view(std::string_view id_or_beginning, const OwnStore& store) const;
    // marks it read
    base::Result<MailView> read(std::string_view id_or_beginning, const Turn& turn);
    // Ends a mail of ours at all nodes, if nobody has it yet: conflict if it is delivered or
    // withdrawn already; exhausted: too many removals are under way.
    base::Result<MailView> withdraw(std::string_view id_or_beginning, const Turn& turn);
    // The user's copy; what is out stays out, what is not does not get out any more.
    base::Result<MailView> remove(std::string_view id_or_beginning, const Turn& turn);
    std::vector<MailPlace> places() const;  // newest first
    // What a list shows of it, its texts empty; nothing: it is gone, or damaged.
    std::optional<MailView> headline(const MailPlace& place, const OwnStore& store) const;

private:
    struct Named {
        MessageId id;
        bool received = false;
    };
    base::Result<Named> find(std::string_view id_or_beginning) const;
    static base::Result<MailView> opened(const Named& which, std::optional<MailView> mail);
    base::Result<Posting> route(std::string_view to, const Turn& turn) const;
    base::Result<Posting> route_to_offer(const item::ThingId& thing, const Turn& turn) const;
    base::Result<Posting> route_answer(const MessageId& id, const Turn& turn) const;

    Identity& identity_;
    Offers& offers_;

public:
    Senders senders;
    Removals removals;
    Outbox outbox;
    Inbox inbox;
};

}  // namespace hearsay::market
