// item/make.hpp - how a node makes items of its own. The proof of work is found elsewhere
// (a worker, crypto/work.hpp) and then set as the item's nonce.
#pragma once

#include "item/item.hpp"

namespace hearsay::item {

struct Terms {
    Network network = Network::main;
    Kind kind = 0;
    base::WallTime now;  // rounded down to created_step
    // rounded up to created_step, capped at lifetime_max; a mail's to mail_lifetimes
    base::Seconds lifetime;
};

// Signed with the persona's seed; publication.publisher must be its public key.
Item make_publication(const Terms& terms, const Publication& publication, base::Bytes payload,
                      const base::Secret& persona_seed);
// `payload` is the sealed letter (market/mail/letter.hpp).
Item make_mail(const Terms& terms, const Mail& mail, base::Bytes payload);

// Ends the mail of this header at all nodes. It expires with the mail, so `terms.lifetime` does not
// count.
Item make_removal(Network network, base::WallTime now, base::ByteView mail_header,
                  const base::Secret& secret);

// What a mail's encryption binds: every header field but the payload's hash, which is not known
// before sealing, and the mailbox that it is sealed to. Layout in docs/protocol.md, "Mail".
base::Bytes mail_associated_data(Network network, Kind kind, base::WallTime created,
                                 base::WallTime expires, std::uint32_t payload_size,
                                 const Mail& mail, const base::MailboxId& mailbox);

// created and expires as make_* will set them.
base::WallTime created_for(base::WallTime now);
base::WallTime expires_for(base::WallTime now, base::Seconds lifetime);

}  // namespace hearsay::item
