// market/mail/outbox.hpp - mail of our own on its way: sealed, worked, out, and what became of it.
//
//   1. post() keeps the letter. A first mail to somebody is stamped (postage.hpp): FindWork for the
//      stamp, then it is sealed, then FindWork for the item. Answers carry a ticket instead;
//      receipts nothing.
//   2. It is `delivered` when its receipt came or its reader removed it; nothing is resent then. A
//      start looks whether the flood store has the removal: to a node that came back from a backup
//      nobody tells of one that was stored before.
//   3. A letter of a trade is sealed anew when it expires undelivered, into another item with
//      nothing in common that anybody else could see, for up to renewed_for.
//   4. A letter to an address whose key is not known is kept and waits for it: nothing is searched
//      or sealed before. It fails when its time is over.
//   5. At most outbox_max mails and receipts_max receipts; the oldest that is over makes room.
//   6. What is over stays listed for keep_expired; a receipt goes as soon as the network has it.
// Who answers whom: an answer is signed by the persona that owns the mailbox the mail came to. Each
// conversation that we begin has a persona and a reply mailbox of its own.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "market/identity/identity.hpp"
#include "market/mail/posting.hpp"
#include "market/mail/removals.hpp"
#include "market/mail/senders.hpp"
#include "market/own_items.hpp"

namespace hearsay::market {

// A trade may rest for months; nobody waits for a year.
inline constexpr base::Seconds renewed_for{400 * 24 * 3600};

class Outbox final : public Room, public ItemOwner {
public:
    Outbox(Common& common, Identity& identity, Senders& senders, Removals& removals,
           OwnItems& items)
        : Room(common),
          identity_(identity),
          senders_(senders),
          removals_(removals),
          items_(items, *this) {}

    bool load(const OwnStore& store);  // false if a record does not open
    bool resume(const Turn& turn);     // false if an item does not read
    std::size_t size() const { return sent_.size(); }
    std::size_t pending() const;
    std::set<std::uint32_t> personas() const;

    base::Result<MailView> post(const Posting& posting, const Turn& turn);
    // What post() of so many letters to this mailbox could refuse, but for mailboxes of ours.
    std::optional<base::Error> postage_problem(const base::MailboxKey& to, std::size_t letters,
                                               const Turn& turn);
    // Rule 4: anybody's publication, as it is stored. What waited for its mailbox's key goes on.
    void on_stored(const item::Read& item, const Turn& turn);
    // From the letters on; what is due because of it is for the caller to run.
    // Errors as Mail::withdraw().
    base::Result<records::SentMail> withdraw(const std::string& digits, const Turn& turn);
    MailView remove(const MessageId& id, const Turn& turn);  // the user's copy
    // Which of these mails a receipt in this mailbox proves to be delivered (admission.hpp);
    // true if any.
    bool on_receipt(const std::vector<MessageId>& received, const base::MailboxId& mailbox,
                    const Turn& turn);
    void expire(const Turn& turn);

    std::vector<MessageId> beginning(const std::string& digits) const;  // no receipts
    std::optional<MailView> view(const MessageId& id, const OwnStore& store) const;
    MailView view_of(const records::SentMail& record) const;
    void list(std::vector<MailPlace>& out) const;

    // ItemOwner
    void on_work_found(const base::ItemId& item, std::uint64_t nonce, const Turn& turn) override;
    void on_injected(const base::ItemId& item, std::uint32_t times, const Turn& turn) override;
    void on_heard(const base::ItemId& item, std::size_t peers, const Turn& turn) override;
    void on_too_cheap(const base::ItemId& item, bool lost, const Turn& turn) override;
    void on_cheaper(const base::ItemId& item, const Turn& turn) override;
    void on_removed_by_reader(const base::ItemId& item, const Turn& turn) override;

private:
    struct Sent {
        base::ItemId item;  // or its stamp's id, while there is no item
        base::WallTime expires;
        bool worked = false;
        Spread spread;
        bool pending = false;
        bool over = false;  // nothing more is done for it
        bool receipt = false;
        bool of_trade = false;
        std::uint32_t persona = 0;
        base::WallTime written{};
        std::optional<base::MailboxId> lacks_key{};  // of this mailbox
    };
    void note(const MessageId& id, const records::SentMail& record);
    void look_for_removals(const Turn& turn);
    // Stamps it or seals it, now that the key is known. False: nobody can seal to that.
    bool begin(records::SentMail& record, const Turn& turn);
    void seal(records::SentMail& record, const Turn& turn);
    void take_key(const base::MailboxId& mailbox, const base::MailboxKey& key, const Turn& turn);
    void look_for_keys(const Turn& turn);
    void drop(const MessageId& id);
    bool renew(records::SentMail& record, const Turn& turn);
    void note_delivered(const MessageId& id, bool by_removal, const Turn& turn);
    void set_spread(const MessageId& id, const Spread& spread, bool durable, const Turn& turn);
    bool make_room(bool receipt, const Turn& turn);
    void address(Letter& letter, records::SentMail& record, const Posting& posting,
                 base::Seconds lifetime, const Turn& turn);

    Identity& identity_;
    Senders& senders_;
    Removals& removals_;
    ItemsOf<MessageId> items_;
    std::map<MessageId, Sent> sent_;
    std::set<std::pair<base::MailboxId, MessageId>> keyless_;  // of these
};

}  // namespace hearsay::market
