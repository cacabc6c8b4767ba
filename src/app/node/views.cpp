#include "app/node/views.hpp"

#include "base/encoding.hpp"
#include "market/address.hpp"

namespace hearsay::app {
namespace {

void set_time(google::protobuf::Timestamp* out, base::WallTime time) {
    out->set_seconds(base::unix_seconds(time));
}

std::string_view name(market::PublicationState state) {
    switch (state) {
        case market::PublicationState::working:
            return "working";
        case market::PublicationState::queued:
            return "queued";
        case market::PublicationState::injected:
            return "injected";
        case market::PublicationState::published:
            return "published";
        case market::PublicationState::removed:
            return "removed";
        case market::PublicationState::live:
            return "live";
        case market::PublicationState::expired:
            return "expired";
    }
    return "";
}

std::string_view name(market::MailState state) {
    switch (state) {
        case market::MailState::unread:
            return "unread";
        case market::MailState::read:
            return "read";
        case market::MailState::working:
            return "working";
        case market::MailState::queued:
            return "queued";
        case market::MailState::injected:
            return "injected";
        case market::MailState::heard:
            return "heard";
        case market::MailState::delivered:
            return "delivered";
        case market::MailState::withdrawn:
            return "withdrawn";
        case market::MailState::failed:
            return "failed";
    }
    return "";
}

}  // namespace

api::Offer to_api(const market::OfferView& offer) {
    api::Offer out;
    out.set_id(base::to_hex(offer.thing));
    out.set_item(base::to_hex(offer.item));
    out.set_title(offer.text.title);
    out.set_text(offer.text.text);
    out.set_give(offer.text.give);
    out.set_want(offer.text.want);
    for (const std::string& tag : offer.text.tags) out.add_tags(tag);
    out.set_publisher(market::persona_address(offer.publisher));
    if (offer.mailbox) out.set_mailbox(market::mailbox_address(*offer.mailbox));
    set_time(out.mutable_created(), offer.created);
    set_time(out.mutable_expires(), offer.expires);
    out.set_sequence(offer.sequence);
    out.set_mine(offer.mine);
    out.set_state(std::string(name(offer.state)));
    out.set_injected(offer.spread.injected);
    out.set_heard(offer.spread.heard);
    out.set_stamp_bits(offer.text.stamp_bits);
    return out;
}

api::Mail to_api(const market::MailView& mail, bool with_text) {
    const market::Letter& letter = mail.letter;
    api::Mail out;
    out.set_id(base::to_hex(letter.id));
    out.set_direction(mail.incoming ? "in" : "out");
    out.set_from(market::persona_address(letter.sender));
    out.set_to(market::mailbox_address(mail.mailbox));
    if (letter.reply_to) out.set_reply_to(market::mailbox_address(*letter.reply_to));
    if (letter.about) out.set_about(base::to_hex(*letter.about));
    if (letter.in_reply_to) out.set_in_reply_to(base::to_hex(*letter.in_reply_to));
    out.set_subject(letter.subject);
    if (with_text) out.set_text(letter.text);
    set_time(out.mutable_written(), letter.written);
    if (mail.incoming) set_time(out.mutable_received(), mail.received);
    set_time(out.mutable_expires(), mail.expires);
    out.set_state(std::string(name(mail.state)));
    if (mail.item != base::ItemId{}) out.set_item(base::to_hex(mail.item));
    out.set_injected(mail.spread.injected);
    out.set_heard(mail.spread.heard);
    if (mail.delivered) set_time(out.mutable_delivered(), *mail.delivered);
    out.set_why(mail.why);
    out.set_trade(!letter.trade.empty());
    for (const market::Attachment& attachment : letter.attachments) {
        api::Attachment& entry = *out.add_attachments();
        entry.set_name(attachment.name);
        entry.set_size(static_cast<std::uint32_t>(attachment.content.size()));
        if (with_text) entry.set_content(base::to_text(attachment.content));
    }
    return out;
}

api::Persona to_api(const market::PersonaView& persona) {
    api::Persona out;
    out.set_address(market::persona_address(persona.key));
    out.set_purpose(persona.purpose);
    set_time(out.mutable_created(), persona.created);
    out.set_name(persona.name);
    out.set_kept(persona.kept);
    out.set_retired(persona.retired);
    return out;
}

api::Mailbox to_api(const market::MailboxView& mailbox) {
    api::Mailbox out;
    out.set_address(market::mailbox_address(mailbox.key));
    out.set_purpose(mailbox.purpose);
    set_time(out.mutable_created(), mailbox.created);
    set_time(out.mutable_destroyed_after(), mailbox.destroy_after);
    out.set_rule(std::string(market::name(mailbox.rule.who)));
    out.set_stamp_bits(mailbox.rule.stamp_bits);
    out.set_strangers_max(mailbox.rule.strangers_max);
    out.set_refused(mailbox.refused);
    out.set_strangers_unread(static_cast<std::uint32_t>(mailbox.strangers_unread));
    out.set_main(mailbox.main);
    return out;
}

api::Friend to_api(const market::FriendView& known) {
    api::Friend out;
    out.set_address(market::persona_address(known.persona));
    out.set_name(known.name);
    return out;
}

item::OfferText from_api(const api::OfferDraft& draft) {
    return {draft.title(),
            draft.text(),
            draft.give(),
            draft.want(),
            {draft.tags().begin(), draft.tags().end()},
            draft.stamp_bits()};
}

market::MailDraft from_api(const api::MailDraft& draft) {
    market::MailDraft out{
        draft.to(), draft.subject(), draft.text(), base::Seconds(draft.lifetime_seconds()), {}};
    out.persona = draft.persona();
    for (const api::Attachment& attachment : draft.attachments())
        out.attachments.push_back({attachment.name(), base::to_bytes(attachment.content())});
    return out;
}

}  // namespace hearsay::app
