// market/address.hpp - how personas, mailboxes and things are written for people.
// Persona "hsp1...", mailbox "hsm1..." (bech32m, docs/protocol.md); things as 64 hex letters.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"
#include "item/item.hpp"

namespace hearsay::market {

std::string persona_address(const base::PublisherKey& key);
// A persona's seed, "hssec1...": whoever has it signs as that persona.
std::string persona_secret(const base::Secret& seed);
std::string mailbox_address(const base::MailboxId& key);
// Errors say what was expected: which prefix, which length, a wrong checksum.
base::Result<base::PublisherKey> parse_persona(std::string_view text);
base::Result<base::MailboxId> parse_mailbox(std::string_view text);
base::Result<base::Secret> parse_secret(std::string_view text);

}  // namespace hearsay::market
