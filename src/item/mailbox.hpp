// item/mailbox.hpp - how a mailbox is named. Its key has 1,216 bytes (crypto/xwing.hpp); everywhere
// but where somebody must seal to it a fingerprint stands for it, so that addresses, headers and
// records stay short. docs/protocol.md, "Mailboxes".
//
// A key that is told by anybody proves itself by the fingerprint, so it does not matter who tells
// it.
#pragma once

#include <optional>
#include <string>

#include "item/item.hpp"

namespace hearsay::item {

// SHA-256(tag || key).
base::MailboxId mailbox_id(const base::MailboxKey& key);
// What a mail's header has of the encapsulation in its payload: SHA-256(tag || encapsulation).
base::Digest encapsulation_hash(base::ByteView encapsulation);

// Of kinds whose payload carries the key of the header's mailbox: both are there or neither, and
// the one is the fingerprint of the other. What is wrong, or nothing.
std::optional<std::string> mailbox_key_problem(const Read& item,
                                               const std::optional<base::MailboxKey>& key);
// Whether this kind's payload carries the key of the header's mailbox: offers, profiles, mailboxes.
bool carries_mailbox_key(Kind kind);
// The key of the mailbox that the item names, if its payload has it.
std::optional<base::MailboxKey> mailbox_key_in(const Read& item);

}  // namespace hearsay::item
