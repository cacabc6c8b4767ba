#include "market/catalogue.hpp"

#include "item/kinds/mailbox.hpp"
#include "item/kinds/offer.hpp"
#include "item/kinds/profile.hpp"
#include "item/mailbox.hpp"

namespace hearsay::market {

std::optional<base::MailboxKey> Catalogue::mailbox_key(const base::MailboxId& mailbox) const {
    std::optional<base::MailboxKey> out;
    for (const item::Kind kind : {item::kind_mailbox, item::kind_profile, item::kind_offer})
        of_kind(kind, UINT64_MAX, [&](core::Position, const item::ReadPtr& read) {
            const item::Publication* const claim = read->header.publication();
            if (!out && claim && claim->mailbox == mailbox) out = item::mailbox_key_in(*read);
            return !out;
        });
    return out;
}

}  // namespace hearsay::market
