#include <atomic>

#include "base/ensure.hpp"
#include "base/limits/items.hpp"
#include "crypto/hpke.hpp"
#include "crypto/work.hpp"
#include "item/mailbox.hpp"
#include "letter_entries.hpp"
#include "mail.pb.h"
#include "market/mail/letter.hpp"
#include "market/mail/letter_body.hpp"
#include "market/mail/letter_padding.hpp"
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

// Sealed by hand: under another `info`, or signed for another mailbox or by nobody.
item::Item by_hand(const Letter& letter, const std::string& info, const base::MailboxId& signed_for,
                   std::uint8_t signer) {
    const crypto::XWingKey mailbox(mailbox_seed);
    crypto::EncapsulationSeed random;
    random.data.fill(5);
    auto hpke = crypto::HpkeSender::setup(mailbox.public_key(), base::as_bytes(info), random);
    ENSURE(hpke, "a mailbox of a vector is unusable");
    const base::Digest hash = item::encapsulation_hash(hpke->encapsulation().view());
    wire::Letter envelope;
    envelope.set_body(market::write_body(letter).SerializeAsString());
    envelope.set_sender(base::to_text(letter.sender.view()));
    base::Bytes message = base::to_bytes(std::string_view("hearsay letter v1\0", 18));
    for (const base::ByteView part :
         {signed_for.view(), hash.view(), base::as_bytes(envelope.body())})
        base::append(message, part);
    envelope.set_signature(
        base::to_text(crypto::ed25519_sign(filled<base::Secret>(signer), message).view()));
    const base::Bytes plain = market::pad(base::as_bytes(envelope.SerializeAsString()));
    const item::Mail claim{item::removal_commitment(letter.removal_secret), hash};
    const base::Seconds day(86400);
    const base::Bytes associated = item::mail_associated_data(
        samples::network, item::kind_mail, item::created_for(noon), item::expires_for(noon, day),
        static_cast<std::uint32_t>(plain.size() + base::limits::mail_seal_bytes), claim,
        item::mailbox_id(mailbox.public_key()));
    base::Bytes payload = base::to_bytes(hpke->tag().view());
    base::append(payload, hpke->encapsulation().view());
    base::append(payload, std::move(*hpke).seal(associated, plain));
    return item::make_mail({samples::network, item::kind_mail, noon, day}, claim, payload);
}

void add_forged(std::vector<Entry>& out, const Letter& letter) {
    const std::string info("hearsay mail v1\0", 16);
    const base::MailboxId mailbox = item::mailbox_id(crypto::XWingKey(mailbox_seed).public_key());
    const auto of = [&](const std::string& about, const item::Item& mail) {
        out.push_back(mail_entry(about, mail, letter));
    };
    of("sealed by hand", by_hand(letter, info, mailbox, 6));
    of("sealed under the info of a version 0",
       by_hand(letter, std::string("hearsay mail v0\0", 16), mailbox, 6));
    of("sealed under an info without its zero byte",
       by_hand(letter, "hearsay mail v1", mailbox, 6));
    of("signed for another mailbox", by_hand(letter, info, filled<base::MailboxId>(9), 6));
    of("signed by somebody else", by_hand(letter, info, mailbox, 7));
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
    add_forged(out.entries, plain);
    add_letter_contents(out.entries);
    out.entries.push_back(stamp(8));
    out.entries.push_back(stamp(12));
    return out;
}

}  // namespace hearsay::vectors
