#include <atomic>

#include "base/ensure.hpp"
#include "crypto/work.hpp"
#include "item/mailbox.hpp"
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

const base::Secret mailbox_seed = filled<base::Secret>(77);
const base::Secret random_seed = filled<base::Secret>(5);

Letter sample() {
    Letter out;
    out.id = filled<market::MessageId>(4);
    out.sender = persona(6);
    out.written = noon + base::Seconds(17);
    out.removal_secret = filled<base::Secret>(9);
    return out;
}

item::Item seal(const Letter& letter) {
    const crypto::XWingKey mailbox(mailbox_seed);
    base::Rng rng(random_seed);
    const auto mail = market::seal_letter(letter, filled<base::Secret>(6), mailbox.public_key(),
                                          samples::network, noon, base::Seconds(86400), rng);
    ENSURE(mail, "a letter for a vector was not sealed");
    return *mail;
}

Entry mail_entry(const std::string& about, const item::Item& mail, const Letter& letter) {
    const crypto::XWingKey mailbox(mailbox_seed);
    const auto opened = market::open_letter(*accepted(mail), mailbox);
    return Entry(about)
        .hex("mailbox_seed", mailbox_seed.view())
        .hex("mailbox", item::mailbox_id(mailbox.public_key()).view())
        .hex("header", mail.header)
        .hex("payload", mail.payload)
        .hex("body", base::as_bytes(market::write_body(letter).SerializeAsString()))
        .hex("sender", letter.sender.view())
        .flag("opens", opened && *opened == letter);
}

Entry sealed(const std::string& about, const Letter& letter) {
    return mail_entry(about, seal(letter), letter);
}

// What is not the mailbox's, though the network carries it.
void add_strangers(std::vector<Entry>& out, const Letter& letter) {
    const auto changed = [&](const std::string& about, std::size_t at, const base::Bytes& bytes) {
        item::Item mail = seal(letter);
        std::copy(bytes.begin(), bytes.end(),
                  mail.payload.begin() + static_cast<std::ptrdiff_t>(at));
        mail = with_header(mail, [&](wire::ItemHeader& header) {
            header.set_payload_sha256(base::to_text(crypto::sha256(mail.payload).view()));
        });
        out.push_back(mail_entry(about, mail, letter));
    };
    changed("another tag", 0, base::Bytes(8, 1));
    changed("another ciphertext of ML-KEM", 8, base::Bytes(8, 1));
    changed("an X25519 key of zeros", 8 + 1088, base::Bytes(32));
    changed("another X25519 key, which the tag says nothing of", 8 + 1088, base::Bytes(32, 9));
    changed("another ciphertext", 1128, base::Bytes(8, 1));
    item::Item mail = with_header(seal(letter), [](wire::ItemHeader& header) {
        header.mutable_mail()->set_encapsulation_hash(std::string(32, 'x'));
    });
    out.push_back(mail_entry("another hash in the header", mail, letter));
}

Entry stamp(std::uint32_t bits) {
    const base::MailboxId mailbox = item::mailbox_id(crypto::XWingKey(mailbox_seed).public_key());
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
    full.reply_to = crypto::XWingKey(filled<base::Secret>(8)).public_key();
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
    add_strangers(out.entries, plain);
    out.entries.push_back(stamp(8));
    out.entries.push_back(stamp(12));
    return out;
}

}  // namespace hearsay::vectors
