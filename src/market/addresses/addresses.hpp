// market/addresses/addresses.hpp - keys of own mailboxes that are published, for who has only the
// address. item/kinds/mailbox.hpp has the rules of the item.
//
//   1. Nothing is published unless the user wants it: each item costs every node some room, and an
//      offer or a profile carries its mailbox's key anyway.
//   2. It is signed by a persona made for it alone. The key proves itself by the address, so who
//      signs does not matter, and a persona that signs anything else would be linked to the address
//      for everybody to see.
//   3. It is renewed until the user withdraws it, and ends a lifetime before its mailbox does, so
//      that a mail that it leads to can still be read.
//   4. A new main mailbox is published as the one before was. After a recovery nothing is renewed
//      for a day, because what this node knows may be old.
#pragma once

#include "market/publications/publications.hpp"

namespace hearsay::market {

class Addresses final : public Room, public PublicationKind {
public:
    Addresses(Common& common, Identity& identity, Publications& publications)
        : Room(common), identity_(identity), publications_(publications) {
        publications.add_kind(*this);
    }

    // not_found: it is none of ours; refused: it ends too soon. Published already: nothing happens.
    base::Result<void> publish(const base::MailboxId& mailbox, const Turn& turn);
    // conflict: it is not published.
    base::Result<void> withdraw(const base::MailboxId& mailbox, const Turn& turn);
    // How far its key got; nothing: it is not published, or not any more.
    std::optional<Spread> published(const base::MailboxId& mailbox) const;

    // PublicationKind
    item::Kind kind() const override;
    std::string_view word() const override { return "mailbox"; }
    void renew(const Turn& turn) override;
    void take_found(records::OwnPublication& record, const item::Read& found,
                    const Turn& turn) override;

private:
    const item::ThingId* find(const base::MailboxId& mailbox) const;  // null: never published
    bool make(const base::MailboxId& mailbox, records::OwnPublication record, const Turn& turn);

    Identity& identity_;
    Publications& publications_;
};

}  // namespace hearsay::market
