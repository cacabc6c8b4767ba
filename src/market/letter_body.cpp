#include "market/letter_body.hpp"

#include "base/limits.hpp"

namespace hearsay::market {
namespace {

// The year 9999, as for items: sums of times cannot overflow.
constexpr std::uint64_t unix_seconds_max = 253402300799ULL;

template <class Id>
void set(std::string* field, const Id& id) {
    field->assign(base::as_text(id.view()));
}

// False if the field is there with a wrong size; an empty field is an absent value.
template <class Id>
bool read_optional(const std::string& field, std::optional<Id>& out) {
    if (!field.empty()) out = Id::from(base::as_bytes(field));
    return field.empty() || out;
}

}  // namespace

wire::LetterBody write_body(const Letter& letter) {
    wire::LetterBody out;
    set(out.mutable_message_id(), letter.id);
    out.set_written(static_cast<std::uint64_t>(base::unix_seconds(letter.written)));
    set(out.mutable_removal_secret(), letter.removal_secret);
    if (letter.reply_to) set(out.mutable_reply_to(), *letter.reply_to);
    if (letter.about) set(out.mutable_about(), *letter.about);
    if (letter.in_reply_to) set(out.mutable_in_reply_to(), *letter.in_reply_to);
    out.set_subject(letter.subject);
    out.set_text(letter.text);
    return out;
}

std::optional<Letter> read_body(const wire::LetterBody& body, const base::PublisherKey& sender) {
    const auto id = MessageId::from(base::as_bytes(body.message_id()));
    const auto removal_secret = base::Secret::from(base::as_bytes(body.removal_secret()));
    if (!id || !removal_secret || body.written() > unix_seconds_max) return std::nullopt;
    Letter out;
    out.id = *id;
    out.sender = sender;
    out.written = base::from_unix_seconds(static_cast<std::int64_t>(body.written()));
    out.removal_secret = *removal_secret;
    if (!read_optional(body.reply_to(), out.reply_to) || !read_optional(body.about(), out.about) ||
        !read_optional(body.in_reply_to(), out.in_reply_to))
        return std::nullopt;
    if (body.subject().size() > base::limits::subject_bytes_max) return std::nullopt;
    out.subject = body.subject();
    out.text = body.text();
    return out;
}

}  // namespace hearsay::market
