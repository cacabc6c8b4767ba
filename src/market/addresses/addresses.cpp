#include "market/addresses/addresses.hpp"

#include <algorithm>

#include "base/limits/items.hpp"
#include "base/limits/person.hpp"
#include "base/limits/trades.hpp"
#include "item/kinds/mailbox.hpp"
#include "item/mailbox.hpp"
#include "item/make.hpp"
#include "market.pb.h"
#include "market/address.hpp"

namespace hearsay::market {
namespace {

namespace limits = base::limits;
using base::ErrorCode;

// Less is not worth an item: somebody has to find it and write.
constexpr base::Seconds life_min{24 * 3600};

}  // namespace

item::Kind Addresses::kind() const {
    return item::kind_mailbox;
}

const item::ThingId* Addresses::find(const base::MailboxId& mailbox) const {
    for (const auto& [thing, own] : publications_.all())
        if (own.kind == this && own.mailbox == mailbox) return &thing;
    return nullptr;
}

std::optional<Spread> Addresses::published(const base::MailboxId& mailbox) const {
    const item::ThingId* const thing = find(mailbox);
    const Publications::Own* const own = thing ? publications_.find(*thing) : nullptr;
    if (!own || own->removed || own->over) return std::nullopt;
    return own->spread;
}

// The next version. False: the mailbox ends too soon.
bool Addresses::make(const base::MailboxId& mailbox, records::OwnPublication record,
                     const Turn& turn) {
    const MailboxSecret& secret = vault_.mailboxes().at(mailbox);
    const base::Seconds lifetime =
        std::min(limits::lifetime_max, secret.destroy_after - limits::lifetime_max - turn.now);
    if (lifetime < life_min) return false;
    const base::MailboxKey& key = secret.key->public_key();
    if (record.publisher().empty())
        record.set_persona(identity_.fresh_persona("mailbox " + mailbox_address(mailbox), turn));
    const base::Secret seed = vault_.persona_seed(record.persona());
    item::Publication claim;
    claim.publisher = publisher_of(seed);
    claim.slot = item::mailbox_slot(mailbox);
    claim.sequence = record.sequence() + 1;
    claim.mailbox = mailbox;
    const item::ThingId thing = item::thing_of(claim);
    publications_.cancel_work(thing, turn);
    const item::ReadPtr made = read_own(item::make_publication(
        {network_, item::kind_mailbox, turn.now, lifetime}, claim, item::write_mailbox(key), seed));
    record.set_removed(false);
    set_id(record.mutable_id(), thing);
    set_id(record.mutable_slot(), claim.slot);
    set_id(record.mutable_publisher(), claim.publisher);
    set_id(record.mutable_mailbox(), mailbox);
    save_vault(turn.out);
    publications_.publish(thing, record, made, turn);
    return true;
}

base::Result<void> Addresses::publish(const base::MailboxId& mailbox, const Turn& turn) {
    identity_.advance_vault(turn.now);
    if (!vault_.mailboxes().contains(mailbox))
        return base::fail(ErrorCode::not_found,
                          "none of your mailboxes is " + mailbox_address(mailbox));
    if (published(mailbox)) return {};
    if (publications_.alive(*this) >= limits::own_offers_max)
        return base::fail(ErrorCode::exhausted,
                          "there are " + std::to_string(limits::own_offers_max) +
                              " published mailboxes already; withdrawn ones count until they "
                              "expire");
    records::OwnPublication record;
    if (const item::ThingId* const thing = find(mailbox))
        record = look(turn.store)
                     .load<records::OwnPublication>(Table::publications, thing->view())
                     .value_or(record);
    if (make(mailbox, std::move(record), turn)) return {};
    return base::fail(ErrorCode::refused,
                      "this mailbox ends too soon to be told to anybody; publish a newer one");
}

base::Result<void> Addresses::withdraw(const base::MailboxId& mailbox, const Turn& turn) {
    if (!published(mailbox))
        return base::fail(ErrorCode::conflict, "this mailbox is not published, or not any more: " +
                                                   mailbox_address(mailbox));
    const item::ThingId thing = *find(mailbox);  // total: published() found it
    auto record = change(turn).load<records::OwnPublication>(Table::publications, thing.view());
    if (!record) return base::fail(ErrorCode::corrupt, "the record of this mailbox does not open");
    publications_.remove(thing, *record, turn);
    return {};
}

// Rules 3 and 4.
void Addresses::renew(const Turn& turn) {
    constexpr base::Seconds heard_within{24 * 3600};
    if (const auto recovered = vault_.recovered();
        recovered && turn.now < *recovered + heard_within)
        return;
    std::vector<base::MailboxId> due;
    bool main_is_wanted = false;
    for (const auto& [thing, own] : publications_.all()) {
        if (own.kind != this || own.removed || !vault_.mailboxes().contains(own.mailbox)) continue;
        const OwnMailbox* const known = identity_.find_mailbox(own.mailbox);
        main_is_wanted |= known && known->main;
        const base::WallTime latest =
            vault_.mailboxes().at(own.mailbox).destroy_after - limits::lifetime_max;
        if (own.expires < turn.now + limits::rating_renewal && own.expires + life_min <= latest)
            due.push_back(own.mailbox);
    }
    for (const base::MailboxId& mailbox : due) {
        const item::ThingId thing = *find(mailbox);  // total: it was found above
        if (auto record =
                change(turn).load<records::OwnPublication>(Table::publications, thing.view()))
            make(mailbox, *std::move(record), turn);
    }
    const auto newest = identity_.main_mailbox();
    if (main_is_wanted && newest && !find(*newest)) make(*newest, {}, turn);
}

// Of a lost node: what it published was its main mailbox, most likely.
void Addresses::take_found(records::OwnPublication&, const item::Read& found, const Turn& turn) {
    const auto& mailbox = found.header.publication()->mailbox;
    if (!mailbox || !vault_.mailboxes().contains(*mailbox) || identity_.find_mailbox(*mailbox))
        return;
    OwnMailbox known = identity_.mailbox_of(*mailbox);
    known.persona = 0;
    known.main = true;
    known.purpose = "main";
    identity_.save_mailbox(*mailbox, known, turn);
}

}  // namespace hearsay::market
