#include "market/mail/letter_body.hpp"

#include "base/limits/items.hpp"
#include "base/limits/person.hpp"

namespace hearsay::market {
namespace {

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

// False if there are too many, or one has a wrong size.
template <class Fields, class Id>
bool read_all(const Fields& fields, std::size_t most, std::vector<Id>& out) {
    if (static_cast<std::size_t>(fields.size()) > most) return false;
    for (const std::string& field : fields) {
        const auto id = Id::from(base::as_bytes(field));
        if (!id) return false;
        out.push_back(*id);
    }
    return true;
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
    for (const Attachment& attachment : letter.attachments) {
        wire::Attachment& entry = *out.add_attachments();
        entry.set_name(attachment.name);
        entry.set_content(base::to_text(attachment.content));
    }
    out.set_stamp(letter.stamp);
    if (letter.ticket) set(out.mutable_ticket(), *letter.ticket);
    for (const Ticket& ticket : letter.tickets) set(out.add_tickets(), ticket);
    for (const MessageId& id : letter.received) set(out.add_received(), id);
    out.set_trade(base::to_text(letter.trade));
    return out;
}

std::optional<Letter> read_body(const wire::LetterBody& body, const base::PublisherKey& sender) {
    const auto id = MessageId::from(base::as_bytes(body.message_id()));
    const auto removal_secret = base::Secret::from(base::as_bytes(body.removal_secret()));
    if (!id || !removal_secret || body.written() > base::limits::unix_seconds_max)
        return std::nullopt;
    Letter out;
    out.id = *id;
    out.sender = sender;
    out.written = base::from_unix_seconds(static_cast<std::int64_t>(body.written()));
    out.removal_secret = *removal_secret;
    if (!read_optional(body.reply_to(), out.reply_to) || !read_optional(body.about(), out.about) ||
        !read_optional(body.in_reply_to(), out.in_reply_to) ||
        !read_optional(body.ticket(), out.ticket) ||
        !read_all(body.tickets(), tickets_per_letter_max, out.tickets) ||
        !read_all(body.received(), receipts_per_letter_max, out.received) ||
        static_cast<std::size_t>(body.attachments_size()) > attachments_max)
        return std::nullopt;
    if (body.subject().size() > base::limits::subject_bytes_max) return std::nullopt;
    out.subject = body.subject();
    out.text = body.text();
    for (const wire::Attachment& entry : body.attachments())
        out.attachments.push_back({entry.name(), base::to_bytes(entry.content())});
    out.stamp = body.stamp();
    out.trade = base::to_bytes(body.trade());
    const bool says_nothing =
        out.subject.empty() && out.text.empty() && out.attachments.empty() && out.trade.empty();
    if (!out.received.empty() && !says_nothing) return std::nullopt;
    return out;
}

}  // namespace hearsay::market
