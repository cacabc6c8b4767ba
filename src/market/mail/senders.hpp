// market/mail/senders.hpp - who may write to us without more ado, and to whom we may:
// friends and tickets.
//
// A ticket is good for one letter to the mailbox that gave it (postage.hpp). Those that we gave are
// open until used, the newest tickets_open_max of a mailbox. Those that we hold are used in letters
// to the persona only that gave them: anybody may name any mailbox for answers, and nobody proves
// to own it, so a third party could hand us false ones for somebody else's mailbox, and our letters
// to there would be refused without a word.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "market/identity/identity.hpp"
#include "market/mail/letter.hpp"
#include "market/mail/postage.hpp"
#include "market/mail/views.hpp"
#include "market/room.hpp"

namespace hearsay::market {

class Senders final : public Room {
public:
    Senders(Common& common, Identity& identity) : Room(common), identity_(identity) {}

    bool load(const OwnStore& store);  // false if a record does not open
    void forget_silent(const Turn& turn);

    base::Result<FriendView> add_friend(const base::PublisherKey& persona, const std::string& name,
                                        const Turn& turn);
    base::Result<FriendView> remove_friend(const base::PublisherKey& persona, const Turn& turn);
    std::vector<FriendView> friends() const;                       // by name
    std::string name_of(const base::PublisherKey& persona) const;  // empty: no friend
    bool is_friend(const base::PublisherKey& persona) const { return friends_.contains(persona); }

    // The number of an open ticket of this mailbox that the letter bears.
    std::optional<std::uint32_t> ticket_of(const Letter& letter,
                                           const base::MailboxId& mailbox) const;
    std::vector<Ticket> give_tickets(const base::MailboxId& mailbox, const Turn& turn);
    void hold_tickets(const Letter& letter, const Turn& turn);
    // The newest that this persona gave us for its mailbox; it is used up with this.
    std::optional<Ticket> held_ticket(const base::PublisherKey& giver,
                                      const base::MailboxId& mailbox, const Turn& turn);

private:
    Identity& identity_;
    std::map<base::PublisherKey, std::string> friends_;
};

}  // namespace hearsay::market
