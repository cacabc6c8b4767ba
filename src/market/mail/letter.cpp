#include "market/mail/letter.hpp"

#include <algorithm>

#include "base/ensure.hpp"
#include "base/limits/person.hpp"
#include "crypto/ed25519.hpp"
#include "item/mailbox.hpp"
#include "item/make.hpp"
#include "item/text.hpp"
#include "market/mail/letter_body.hpp"
#include "market/mail/letter_content.hpp"
#include "market/mail/letter_padding.hpp"

namespace hearsay::market {
namespace {

namespace limits = base::limits;

using namespace std::string_view_literals;

const base::ByteView hpke_info = base::as_bytes("hearsay mail v1\0"sv);

base::Bytes signed_message(const base::MailboxId& recipient, const base::Digest& encapsulation_hash,
                           base::ByteView body) {
    base::Bytes out = base::to_bytes("hearsay letter v1\0"sv);
    base::append(out, recipient.view());
    base::append(out, encapsulation_hash.view());
    base::append(out, body);
    return out;
}

std::string with_line_feeds(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i)
        if (text[i] != '\r' || i + 1 == text.size() || text[i + 1] != '\n') out.push_back(text[i]);
    return out;
}

std::string too_long(std::string_view what, std::size_t size, std::size_t most) {
    return "the " + std::string(what) + " is " + std::to_string(size) + " bytes long; at most " +
           std::to_string(most) + " fit";
}

// Of the whole plaintext, before padding. Lengths of nested fields take up to five bytes each.
std::size_t plain_size(std::size_t body_size) {
    constexpr std::size_t sender = 2 + 32;
    constexpr std::size_t signature = 2 + 64;
    constexpr std::size_t tag_and_length = 1 + 5;
    return sizeof(std::uint32_t) + tag_and_length + body_size + sender + signature;
}

}  // namespace

bool is_usable(const base::MailboxKey& mailbox) {
    return crypto::xwing_is_usable(mailbox);
}

std::optional<std::string> letter_problem(Letter& letter) {
    auto subject = item::to_nfc(letter.subject);
    auto text = item::to_nfc(with_line_feeds(letter.text));
    if (!subject || !item::is_clean_text(*subject, false))
        return "the subject must be UTF-8 text on one line, without control characters";
    if (!text || !item::is_clean_text(*text, true))
        return "the text must be UTF-8 without control characters other than line feed and tab";
    letter.subject = std::move(*subject);
    letter.text = std::move(*text);
    if (letter.subject.size() > limits::subject_bytes_max)
        return too_long("subject", letter.subject.size(), limits::subject_bytes_max);
    if (letter.attachments.size() > attachments_max)
        return "there are " + std::to_string(letter.attachments.size()) +
               " attachments; a mail takes " + std::to_string(attachments_max);
    for (Attachment& attachment : letter.attachments)
        if (auto problem = name_problem(attachment.name)) return problem;
    constexpr std::size_t stamp = 1 + 8;  // found later
    const std::size_t size =
        plain_size(write_body(letter).ByteSizeLong() + (letter.stamp == 0 ? stamp : 0));
    if (size <= padded_bytes_max) return std::nullopt;
    return "the mail is " + std::to_string(size - padded_bytes_max) +
           " bytes too large: text, attachments and envelope together take " +
           std::to_string(padded_bytes_max) + " bytes, the largest size that mail is padded to";
}

base::Result<item::Item> seal_letter(const Letter& letter, const base::Secret& sender_seed,
                                     const base::MailboxKey& recipient, item::Network network,
                                     base::WallTime now, base::Seconds lifetime, base::Rng& rng) {
    ENSURE(crypto::ed25519_public_key(sender_seed).data == letter.sender.data,
           "a letter signed by another persona than it names");
    lifetime = item::mail_lifetime(lifetime);
    Letter normal = letter;
    if (auto problem = letter_problem(normal))
        return base::fail(base::ErrorCode::invalid, *problem);
    crypto::EncapsulationSeed seed;
    rng.fill(seed);
    auto sender = crypto::HpkeSender::setup(recipient, hpke_info, seed);
    if (!sender)
        return base::fail(base::ErrorCode::refused, "the recipient's mailbox key is unusable");

    const base::MailboxId mailbox = item::mailbox_id(recipient);
    const base::Digest encapsulation_hash =
        item::encapsulation_hash(sender->encapsulation().view());
    const base::Bytes body = base::to_bytes(write_body(normal).SerializeAsString());
    wire::Letter envelope;
    envelope.set_body(base::to_text(body));
    envelope.set_sender(base::to_text(normal.sender.view()));
    const crypto::Signature signature =
        crypto::ed25519_sign(sender_seed, signed_message(mailbox, encapsulation_hash, body));
    envelope.set_signature(base::to_text(signature.view()));
    const base::Bytes plain = pad(base::as_bytes(envelope.SerializeAsString()));

    const item::Mail claim{item::removal_commitment(normal.removal_secret), encapsulation_hash};
    const auto payload_size = static_cast<std::uint32_t>(plain.size() + limits::mail_seal_bytes);
    const base::Bytes associated =
        item::mail_associated_data(network, item::kind_mail, item::created_for(now),
                                   item::expires_for(now, lifetime), payload_size, claim, mailbox);
    base::Bytes payload = base::to_bytes(sender->tag().view());
    base::append(payload, sender->encapsulation().view());
    base::append(payload, std::move(*sender).seal(associated, plain));
    return item::make_mail({network, item::kind_mail, now, lifetime}, claim, std::move(payload));
}

SealedLetter::SealedLetter(const item::Read& mail) : mail_(mail) {
    const base::ByteView payload = mail.item.payload;
    if (!mail.header.mail() || payload.size() < limits::mail_seal_bytes) return;
    constexpr std::size_t tag_size = crypto::HpkeTag::size;
    constexpr std::size_t head_size = tag_size + crypto::Encapsulation::size;
    const auto tag = crypto::HpkeTag::from(payload.first(tag_size));
    const auto encapsulation =
        crypto::Encapsulation::from(payload.subspan(tag_size, crypto::Encapsulation::size));
    // total: both were cut to their sizes
    sealed_.emplace(*tag, *encapsulation, hpke_info, payload.subspan(head_size));
}

bool SealedLetter::is_tagged_for(const crypto::XWingKey& mailbox) const {
    return sealed_ && sealed_->is_tagged_for(mailbox);
}

std::expected<Letter, OpenProblem> SealedLetter::open(const crypto::XWingKey& mailbox) const {
    if (!sealed_) return std::unexpected(OpenProblem::not_ours);
    const item::Header& header = mail_.header;
    const item::Mail& claim = *header.mail();  // total: it is a mail, or there were nothing sealed
    const base::MailboxId recipient = item::mailbox_id(mailbox.public_key());
    const base::Bytes associated =
        item::mail_associated_data(header.network, header.kind, header.created, header.expires,
                                   header.payload_size, claim, recipient);
    const auto plain = sealed_->open(mailbox, associated);
    if (!plain) return std::unexpected(OpenProblem::not_ours);

    if (item::encapsulation_hash(sealed_->encapsulation().view()) != claim.encapsulation_hash)
        return std::unexpected(OpenProblem::malformed);
    auto content = read_content(*plain, claim.removal_commitment);
    if (!content) return std::unexpected(OpenProblem::malformed);
    const base::Bytes message = signed_message(recipient, claim.encapsulation_hash, content->body);
    if (!crypto::ed25519_verify(content->letter.sender.view(), message, content->signature.view()))
        return std::unexpected(OpenProblem::bad_signature);
    return std::move(content->letter);
}

std::expected<Letter, OpenProblem> open_letter(const item::Read& mail,
                                               const crypto::XWingKey& mailbox) {
    const SealedLetter letter(mail);
    if (!letter.is_tagged_for(mailbox)) return std::unexpected(OpenProblem::not_ours);
    return letter.open(mailbox);
}

}  // namespace hearsay::market
