#include <atomic>

#include "base/ensure.hpp"
#include "crypto/work.hpp"
#include "crypto/x25519.hpp"
#include "mail.pb.h"
#include "market/mail/letter.hpp"
#include "market/mail/letter_body.hpp"
#include "market/mail/postage.hpp"
#include "unit/item/samples.hpp"
#include "vectors.hpp"

namespace hearsay::vectors {
namespace {

using namespace samples;
using market::Letter;

const base::Secret mailbox_secret = filled<base::Secret>(77);
const base::Secret ephemeral_seed = filled<base::Secret>(5);

Letter sample() {
    Letter out;
    out.id = filled<market::MessageId>(4);
    out.sender = persona(6);
    out.written = noon + base::Seconds(17);
    out.removal_secret = filled<base::Secret>(9);
    return out;
}

// Sealed with the first secret of a generator with this seed: HPKE's ikmE,
// which a reader needs not know.
Entry sealed(const std::string& about, const Letter& letter) {
    const base::MailboxId mailbox = crypto::x25519_public_key(mailbox_secret);
    base::Rng rng(ephemeral_seed);
    const auto mail = market::seal_letter(letter, filled<base::Secret>(6), mailbox,
                                          samples::network, noon, base::Seconds(86400), rng);
    ENSURE(mail, "a letter for a vector was not sealed");
    base::Rng again(ephemeral_seed);
    const auto opened = market::open_letter(*accepted(*mail), mailbox_secret, mailbox);
    return Entry(about)
        .hex("mailbox_secret", mailbox_secret.view())
        .hex("mailbox", mailbox.view())
        .hex("ephemeral_ikm", again.secret().view())
        .hex("header", mail->header)
        .hex("payload", mail->payload)
        .hex("body", base::as_bytes(market::write_body(letter).SerializeAsString()))
        .hex("sender", letter.sender.view())
        .flag("opens", opened && *opened == letter);
}

Entry stamp(std::uint32_t bits) {
    const base::MailboxId mailbox = crypto::x25519_public_key(mailbox_secret);
    const base::ItemId id = market::stamp_id(mailbox, sample().id, sample().sender);
    const std::atomic<bool> cancelled{false};
    const auto nonce = crypto::find_work(id, market::stamp_trials(bits), 0, cancelled);
    return Entry("a stamp: the first nonce that is enough")
        .text("what", "stamp")
        .hex("mailbox", mailbox.view())
        .hex("message_id", sample().id.view())
        .hex("sender", sample().sender.view())
        .number("bits", bits)
        .hex("stamp_id", id.view())
        .number("stamp", static_cast<std::int64_t>(nonce.value()));
}

}  // namespace

File letters() {
    File out{"letters", "Letters, sealed, and stamps: docs/protocol.md, section 10.", {}};
    Letter plain = sample();
    plain.subject = "Are they still there?";
    plain.text = "I could come on Saturday.\n";
    out.entries.push_back(sealed("a letter", plain));
    Letter full = plain;
    full.reply_to = filled<base::MailboxId>(8);
    full.about = filled<item::ThingId>(2);
    full.in_reply_to = filled<market::MessageId>(3);
    full.attachments = {{"picture.png", base::Bytes(1500, 0x5a)}, {"empty.txt", {}}};
    full.stamp = 123456789;
    full.ticket = filled<market::Ticket>(1);
    full.tickets = {filled<market::Ticket>(10), filled<market::Ticket>(11)};
    out.entries.push_back(sealed("a letter with everything but a trade", full));
    Letter receipt = sample();
    receipt.received = {filled<market::MessageId>(20), filled<market::MessageId>(21)};
    out.entries.push_back(sealed("a receipt", receipt));
    out.entries.push_back(stamp(8));
    out.entries.push_back(stamp(12));
    return out;
}

}  // namespace hearsay::vectors
