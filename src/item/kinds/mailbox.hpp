// item/kinds/mailbox.hpp - kind 4: the key of a mailbox, for who has only its address.
// docs/protocol.md, "Mailboxes". Rules, for everybody who relays:
//   1. the payload parses, and is a key
//   2. the header names the mailbox, by the key's fingerprint
//   3. the slot is the first 16 bytes of the fingerprint, so a persona has one of each mailbox
// Who publishes it proves nothing and need not: the fingerprint does.
#pragma once

#include <optional>
#include <string>

#include "item/item.hpp"

namespace hearsay::item {

inline constexpr Kind kind_mailbox = 4;

base::Slot mailbox_slot(const base::MailboxId& mailbox);
base::Bytes write_mailbox(const base::MailboxKey& key);
std::optional<base::MailboxKey> read_mailbox(base::ByteView payload);
// Rules 1 to 3.
std::optional<std::string> mailbox_content_problem(const Read& item);

}  // namespace hearsay::item
