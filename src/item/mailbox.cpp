#include "item/mailbox.hpp"

#include "crypto/sha256.hpp"
#include "item/kinds/mailbox.hpp"
#include "item/kinds/offer.hpp"
#include "item/kinds/profile.hpp"

namespace hearsay::item {

base::MailboxId mailbox_id(const base::MailboxKey& key) {
    return base::MailboxId{crypto::tagged_sha256("hearsay mailbox v1", {key.view()}).data};
}

base::Digest encapsulation_hash(base::ByteView encapsulation) {
    return crypto::tagged_sha256("hearsay encapsulation v1", {encapsulation});
}

std::optional<std::string> mailbox_key_problem(const Read& item,
                                               const std::optional<base::MailboxKey>& key) {
    const Publication* const claim = item.header.publication();
    if (!claim || claim->mailbox.has_value() != key.has_value())
        return "a mailbox is named without its key, or the other way round";
    if (key && mailbox_id(*key) != *claim->mailbox)
        return "the key is not that of the mailbox that the header names";
    return std::nullopt;
}

bool carries_mailbox_key(Kind kind) {
    return kind == kind_offer || kind == kind_profile || kind == kind_mailbox;
}

std::optional<base::MailboxKey> mailbox_key_in(const Read& item) {
    const Publication* const claim = item.header.publication();
    if (!claim || !claim->mailbox) return std::nullopt;
    std::optional<base::MailboxKey> key;
    if (item.header.kind == kind_offer) {
        if (const auto offer = read_offer(item.item.payload)) key = offer->mailbox;
    } else if (item.header.kind == kind_profile) {
        if (const auto profile = read_profile(item.item.payload)) key = profile->mailbox;
    } else if (item.header.kind == kind_mailbox) {
        key = read_mailbox(item.item.payload);
    }
    if (key && mailbox_id(*key) != *claim->mailbox) return std::nullopt;
    return key;
}

}  // namespace hearsay::item
