#include "app/node/views.hpp"

#include <cmath>

#include "api/encode/sentences.hpp"
#include "app/node/publication_views.hpp"
#include "item/mailbox.hpp"
#include "item/text.hpp"

namespace hearsay::app {
namespace {

using base::ErrorCode;

std::string_view name(market::MailState state) {
    switch (state) {
        case market::MailState::unread:
            return "unread";
        case market::MailState::read:
            return "read";
        case market::MailState::draft:
            return "draft";
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

void fill(api::Price& out, const item::Price& price) {
    out.set_mode(std::string(item::name(price.mode)));
    out.set_amount(price.amount);
    out.set_amount_most(price.amount_most);
    out.set_currency(price.currency);
    out.set_decimals(price.decimals);
    out.set_premium_bp(price.premium_bp);
    out.set_per(price.per);
}

// The fields by which offers are found.
void fill_fields(api::Offer& out, const item::OfferText& text) {
    out.set_side(std::string(item::name(text.side)));
    if (text.price) {
        fill(*out.mutable_price(), *text.price);
        out.set_price_text(item::describe(*text.price));
    }
    out.set_quantity(text.quantity);
    out.set_condition(std::string(item::name(text.condition)));
    out.set_category(text.category);
    out.set_country(text.country);
    out.set_geohash(text.geohash);
    for (const std::string& way : text.delivery) out.add_delivery(way);
    for (const std::string& way : text.payment) out.add_payment(way);
    out.set_language(text.language);
    out.set_status(std::string(item::name(text.status)));
    for (const item::Detail& detail : text.details) {
        api::Detail& pair = *out.add_details();
        pair.set_name(detail.name);
        pair.set_value(detail.value);
    }
    out.set_warning(text.warning);
    for (const base::Digest& picture : text.pictures) out.add_pictures(base::to_hex(picture));
}

base::Result<item::Price> from_api(const api::Price& price) {
    const auto mode =
        price.mode().empty() ? item::PriceMode::fixed : item::price_mode_of(price.mode());
    if (!mode)
        return base::fail(ErrorCode::invalid,
                          "price.mode: expected fixed, negotiable, free or market");
    return item::Price{*mode,
                       price.amount(),
                       price.amount_most(),
                       price.currency(),
                       price.decimals(),
                       price.premium_bp(),
                       price.per()};
}

// Of a draft; the words that stand for numbers, and bytes in hex, are judged here.
base::Result<void> read_fields(const api::OfferDraft& draft, item::OfferText& out) {
    const auto side = draft.side().empty() ? item::Side::offered : item::side_of(draft.side());
    if (!side) return base::fail(ErrorCode::invalid, "side: expected offered or wanted");
    out.side = *side;
    if (draft.has_price()) {
        const auto price = from_api(draft.price());
        if (!price) return std::unexpected(price.error());
        out.price = *price;
    }
    const auto condition = item::condition_of(draft.condition());
    if (!condition)
        return base::fail(ErrorCode::invalid,
                          "condition: expected new, like-new, good, used or for-parts");
    out.condition = *condition;
    const auto status =
        draft.status().empty() ? item::OfferStatus::active : item::status_of(draft.status());
    if (!status) return base::fail(ErrorCode::invalid, "status: expected active, reserved or sold");
    out.status = *status;
    for (const std::string& hex : draft.pictures()) {
        const auto bytes = base::from_hex(hex);
        const auto picture = bytes ? base::Digest::from(*bytes) : std::nullopt;
        if (!picture)
            return base::fail(ErrorCode::invalid,
                              "pictures: expected SHA-256 hashes, 64 hexadecimal digits each");
        out.pictures.push_back(*picture);
    }
    return {};
}

}  // namespace

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

api::Offer to_api(const market::OfferView& offer) {
    api::Offer out;
    fill_thing(out, offer);
    fill_notes(out, offer);
    out.set_renew(offer.renewed);
    out.set_title(offer.text.title);
    out.set_text(offer.text.text);
    out.set_give(offer.text.give);
    out.set_want(offer.text.want);
    for (const std::string& tag : offer.text.tags) out.add_tags(tag);
    if (offer.mailbox) out.set_mailbox(market::mailbox_address(*offer.mailbox));
    out.set_stamp_bits(offer.text.stamp_bits);
    fill_fields(out, offer.text);
    return out;
}

api::Mail to_api(const market::MailView& mail, bool with_text) {
    const market::Letter& letter = mail.letter;
    api::Mail out;
    out.set_id(base::to_hex(letter.id));
    out.set_direction(mail.incoming ? "in" : "out");
    out.set_from(market::persona_address(letter.sender));
    out.set_to(market::mailbox_address(mail.mailbox));
    if (letter.reply_to)
        out.set_reply_to(market::mailbox_address(item::mailbox_id(*letter.reply_to)));
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
    if (auto said = api::recognize(mail.why)) *out.mutable_why_said() = *std::move(said);
    out.set_trade(!letter.trade.empty());
    if (mail.trade) out.set_trade_id(base::to_hex(*mail.trade));
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
    out.set_published(mailbox.published);
    out.set_published_heard(mailbox.heard);
    return out;
}

api::Friend to_api(const market::FriendView& known) {
    api::Friend out;
    out.set_address(market::persona_address(known.persona));
    out.set_name(known.name);
    return out;
}

api::Protection to_api_protection(bool sealed) {
    api::Protection out;
    out.set_sealed(sealed);
    return out;
}

std::string counted(std::uint64_t count, std::string_view noun) {
    return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

std::optional<std::string> title_problem(std::string_view what, const std::string& title) {
    if (title.empty() || item::is_visible_text(title)) return std::nullopt;
    return std::string(what) +
           " has to show: this one is made of blanks and characters without a form";
}

api::Profile to_api(const market::ProfileView& profile) {
    api::Profile out;
    out.set_persona(market::persona_address(profile.publisher));
    out.set_sequence(profile.sequence);
    fill_publication(out, profile);
    fill_notes(out, profile);
    out.set_nickname(profile.profile.nickname);
    out.set_about(profile.profile.about);
    for (const std::string& language : profile.profile.languages) out.add_languages(language);
    if (profile.profile.picture) out.set_picture(base::to_hex(*profile.profile.picture));
    if (profile.mailbox) out.set_mailbox(market::mailbox_address(*profile.mailbox));
    return out;
}

api::Post to_api(const market::PostView& post) {
    api::Post out;
    fill_thing(out, post);
    fill_notes(out, post);
    out.set_renew(post.renewed);
    out.set_title(post.text.title);
    out.set_text(post.text.text);
    for (const std::string& tag : post.text.tags) out.add_tags(tag);
    if (post.text.answer_to) out.set_answer_to(base::to_hex(*post.text.answer_to));
    out.set_language(post.text.language);
    return out;
}

std::string describe(const market::PersonaNames& names, const base::PublisherKey& persona) {
    if (names.given.empty() && names.nickname.empty()) return "";
    // 60 bits of the key: enough to compare by eye, and too many to be found again by trying.
    const std::string address = market::persona_address(persona);
    const std::string fingerprint =
        address.substr(4, 4) + "-" + address.substr(8, 4) + "-" + address.substr(12, 4);
    return (names.given.empty() ? "" : names.given + " ") + fingerprint +
           (names.nickname.empty() ? "" : " \"" + names.nickname + "\"");
}

base::Result<market::ProfileDraft> from_api(const api::ProfileDraft& draft) {
    if (const auto problem = title_problem("a nickname", draft.nickname()))
        return base::fail(ErrorCode::invalid, *problem);
    market::ProfileDraft out;
    out.profile.nickname = draft.nickname();
    out.profile.about = draft.about();
    out.profile.languages.assign(draft.languages().begin(), draft.languages().end());
    out.contact = draft.contact();
    if (!draft.picture_file().empty()) out.picture = base::to_bytes(draft.picture_file());
    if (draft.picture().empty()) return out;
    const auto bytes = base::from_hex(draft.picture());
    out.profile.picture = bytes ? base::Digest::from(*bytes) : std::nullopt;
    if (!out.profile.picture)
        return base::fail(ErrorCode::invalid,
                          "picture: expected a SHA-256 hash, 64 hexadecimal digits");
    return out;
}

market::PostDraft from_api(const api::PostDraft& draft) {
    market::PostDraft out;
    out.text.title = draft.title();
    out.text.text = draft.text();
    out.text.tags.assign(draft.tags().begin(), draft.tags().end());
    out.text.language = draft.language();
    out.answer_to = draft.answer_to();
    out.lifetime = base::Seconds(draft.lifetime_seconds());
    out.persona = draft.persona();
    out.renew = draft.renew();
    return out;
}

base::Result<item::OfferText> from_api(const api::OfferDraft& draft) {
    if (const auto problem = title_problem("an offer's title", draft.title()))
        return base::fail(ErrorCode::invalid, *problem);
    item::OfferText out{draft.title(), draft.text(), draft.give(), draft.want()};
    out.tags.assign(draft.tags().begin(), draft.tags().end());
    out.stamp_bits = draft.stamp_bits();
    out.quantity = draft.quantity();
    out.category = draft.category();
    out.country = draft.country();
    out.geohash = draft.geohash();
    out.delivery.assign(draft.delivery().begin(), draft.delivery().end());
    out.payment.assign(draft.payment().begin(), draft.payment().end());
    out.language = draft.language();
    for (const api::Detail& detail : draft.details())
        out.details.push_back({detail.name(), detail.value()});
    out.warning = draft.warning();
    if (const auto fine = read_fields(draft, out); !fine) return std::unexpected(fine.error());
    return out;
}

std::vector<base::Bytes> picture_files(const api::OfferDraft& draft) {
    std::vector<base::Bytes> out;
    for (const std::string& file : draft.picture_files()) out.push_back(base::to_bytes(file));
    return out;
}

market::MailDraft from_api(const api::MailDraft& draft) {
    market::MailDraft out{
        draft.to(), draft.subject(), draft.text(), base::Seconds(draft.lifetime_seconds()), {}};
    out.persona = draft.persona();
    for (const api::Attachment& attachment : draft.attachments())
        out.attachments.push_back({attachment.name(), base::to_bytes(attachment.content())});
    return out;
}

double times_of(item::Level level) {
    return std::round(std::exp2(level / 4.0) * 100) / 100;
}

}  // namespace hearsay::app
