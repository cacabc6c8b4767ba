#include "market/mail/letter_content.hpp"

#include <algorithm>

#include "item/item.hpp"
#include "item/text.hpp"
#include "mail.pb.h"
#include "market/mail/letter_body.hpp"
#include "market/mail/letter_padding.hpp"

namespace hearsay::market {
namespace {

// Normalised or not is the sender's business: only what could do harm is refused.
bool is_harmless(const std::string& text, bool lines) {
    const auto normal = item::to_nfc(text);
    return normal && item::is_clean_text(*normal, lines);
}

// What a receiver accepts: what letter_problem() lets through, normalised or not.
bool is_harmless(const Letter& letter) {
    return is_harmless(letter.subject, false) && is_harmless(letter.text, true) &&
           std::all_of(letter.attachments.begin(), letter.attachments.end(),
                       [](const Attachment& attachment) {
                           std::string name = attachment.name;
                           return !name_problem(name);
                       });
}

}  // namespace

std::optional<std::string> name_problem(std::string& name) {
    auto normal = item::to_nfc(name);
    if (!normal || !item::is_clean_text(*normal, false) || normal->empty() || *normal == "." ||
        *normal == ".." || normal->size() > attachment_name_bytes_max ||
        normal->find_first_of("/\\") != std::string::npos)
        return "an attachment's name is a file name without a path, of 1 to " +
               std::to_string(attachment_name_bytes_max) + " bytes";
    name = std::move(*normal);
    return std::nullopt;
}

std::optional<LetterContent> read_content(base::ByteView plain,
                                          const base::Digest& removal_commitment) {
    const auto content = unpad(plain);
    wire::Letter envelope;
    wire::LetterBody body;
    if (!content || !envelope.ParseFromArray(content->data(), static_cast<int>(content->size())) ||
        !body.ParseFromString(envelope.body()))
        return std::nullopt;
    const auto sender = base::PublisherKey::from(base::as_bytes(envelope.sender()));
    const auto signature = crypto::Signature::from(base::as_bytes(envelope.signature()));
    auto letter = sender && signature ? read_body(body, *sender) : std::nullopt;
    if (!letter || item::removal_commitment(letter->removal_secret) != removal_commitment ||
        !is_harmless(*letter))
        return std::nullopt;
    return LetterContent{*std::move(letter), base::to_bytes(envelope.body()), *signature};
}

}  // namespace hearsay::market
