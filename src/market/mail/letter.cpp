#include "market/mail/letter.hpp"

#include <algorithm>

#include "base/ensure.hpp"
#include "base/limits/person.hpp"
#include "crypto/aead.hpp"
#include "crypto/ed25519.hpp"
#include "crypto/hpke.hpp"
#include "crypto/sha256.hpp"
#include "crypto/x25519.hpp"
#include "item/make.hpp"
#include "item/text.hpp"
#include "market/mail/letter_body.hpp"
#include "market/mail/letter_content.hpp"
#include "market/mail/letter_padding.hpp"

namespace hearsay::market {
namespace {

namespace limits = base::limits;

base::Bytes tagged(std::string_view tag) {
    base::Bytes out = base::to_bytes(tag);
    out.push_back(0);
    return out;
}

base::Bytes hpke_info() {
    return tagged("hearsay mail v1");
}

base::Bytes signed_message(const base::MailboxKey& recipient,
                           const crypto::EncapsulatedKey& encapsulated, base::ByteView body) {
    base::Bytes out = tagged("hearsay letter v1");
    base::append(out, recipient.view());
    base::append(out, encapsulated.view());
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
    // Scalars are multiples of eight (RFC 7748 section 5), so any of them tells.
    return crypto::x25519(base::Secret{}, mailbox).has_value();
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
           std::to_string(padded_bytes_max) +
           " bytes (32 KiB), the largest size that mail is padded to";
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
    auto sender = crypto::HpkeSender::setup(recipient, hpke_info(), rng.secret());
    if (!sender)
        return base::fail(base::ErrorCode::refused, "the recipient's mailbox key is unusable");

    const crypto::EncapsulatedKey encapsulated = sender->encapsulated_key();
    const base::Bytes body = base::to_bytes(write_body(normal).SerializeAsString());
    wire::Letter envelope;
    envelope.set_body(base::to_text(body));
    envelope.set_sender(base::to_text(normal.sender.view()));
    const crypto::Signature signature =
        crypto::ed25519_sign(sender_seed, signed_message(recipient, encapsulated, body));
    envelope.set_signature(base::to_text(signature.view()));
    const base::Bytes plain = pad(base::as_bytes(envelope.SerializeAsString()));

    const item::Mail claim{item::removal_commitment(normal.removal_secret), encapsulated};
    const auto payload_size = static_cast<std::uint32_t>(plain.size() + crypto::aead_tag_size);
    const base::Bytes associated =
        item::mail_associated_data(network, item::kind_mail, item::created_for(now),
                                   item::expires_for(now, lifetime), payload_size, claim);
    return item::make_mail({network, item::kind_mail, now, lifetime}, claim,
                           std::move(*sender).seal(associated, plain));
}

SealedLetter::SealedLetter(const item::Read& mail) : mail_(mail) {
    const item::Header& header = mail.header;
    const item::Mail* claim = header.mail();
    if (!claim) return;
    associated_ = item::mail_associated_data(header.network, header.kind, header.created,
                                             header.expires, header.payload_size, *claim);
    sealed_.emplace(claim->encapsulated_key, hpke_info(), associated_, mail.item.payload);
}

std::expected<Letter, OpenProblem> SealedLetter::open(const crypto::X25519Key& mailbox) const {
    const auto plain = sealed_ ? sealed_->open(mailbox) : std::nullopt;
    if (!plain) return std::unexpected(OpenProblem::not_ours);
    const item::Mail* const claim = mail_.header.mail();

    auto content = read_content(*plain, claim->removal_commitment);
    if (!content) return std::unexpected(OpenProblem::malformed);
    const base::Bytes message =
        signed_message(mailbox.public_key(), claim->encapsulated_key, content->body);
    if (!crypto::ed25519_verify(content->letter.sender.view(), message, content->signature.view()))
        return std::unexpected(OpenProblem::bad_signature);
    return std::move(content->letter);
}

std::expected<Letter, OpenProblem> open_letter(const item::Read& mail,
                                               const base::Secret& mailbox_secret,
                                               const base::MailboxKey& mailbox) {
    return SealedLetter(mail).open(crypto::X25519Key(mailbox_secret, mailbox));
}

}  // namespace hearsay::market
