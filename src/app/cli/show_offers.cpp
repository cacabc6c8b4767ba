// Offers as text for a person.
#include "app/cli/show.hpp"
#include "app/cli/show_parts.hpp"
#include "app/cli/text.hpp"

namespace hearsay::app::cli {
namespace {

bool is_wanted(const api::Offer& offer) {
    return offer.side() == "wanted";
}

// Only what is out of the ordinary.
std::string status_of(const api::Offer& offer) {
    return offer.status() == "active" ? "" : safe_line(offer.status());
}

std::string place_of(const api::Offer& offer) {
    if (offer.geohash().empty()) return offer.country();
    return offer.country() + ", around " + offer.geohash() + " (geohash)";
}

// What it costs, or what is wanted for it; what a wanted one pays.
std::string price_of(const api::Offer& offer) {
    if (!offer.price_text().empty()) return safe_line(offer.price_text());
    return safe_line(is_wanted(offer) ? offer.give() : offer.want());
}

std::string rated_field(const Style& style, const char* name, const api::Rated& rated) {
    if (rated.count() == 0) return "";
    return field(style, name,
                 stars_on_average(rated.mean()) + ", " + counted(rated.count(), "rating"));
}

std::string state_in_list(const api::Offer& offer) {
    std::string out = status_of(offer);
    for (const std::string& more : {own_in_list(offer), short_note(offer)})
        if (!more.empty()) out += (out.empty() ? "" : ", ") + more;
    return out;
}

// What an audit found, in sentences.
std::string told(const api::Audit& audit) {
    const auto part = [](std::uint32_t count, const std::string& text) {
        return count == 0 ? std::string() : " " + std::to_string(count) + " " + text;
    };
    if (audit.state() == "interrupted") return "The node began anew meanwhile: ask again.";
    if (audit.state() == "running")
        return "Nodes are being asked; \"hearsay offer show --audit\" tells how it ends.";
    if (audit.asked() == 0)
        return "Nobody could be asked: this node knows no other that it ever reached.";
    return "Held by " + std::to_string(audit.held()) + " of " + std::to_string(audit.asked()) +
           " asked." + part(audit.lacking(), "do not have it.") +
           part(audit.declined(), "do not say.") + part(audit.unreached(), "were not reached.") +
           part(audit.linked(), "of those asked are linked to you: too few others are known.");
}

// The last one since the node began, for what it found is true of its time only.
std::string last_audit(const api::Offer& offer, const Style& style) {
    if (!offer.has_audit()) return "";
    return field(style, "audit",
                 "begun " + when(offer.audit().begun(), style) + ". " + told(offer.audit()));
}

}  // namespace

std::string show(const api::Offer& offer, const Style& style) {
    std::string title = (is_wanted(offer) ? "Wanted: " : "") + safe_title(offer.title());
    if (const std::string status = status_of(offer); !status.empty()) title += "  (" + status + ")";
    std::string out = heading(style, title + yours(offer));
    out += optional_field(style, "warning", offer.warning());
    out += field(style, "id", offer.id());
    out += optional_field(style, "price", offer.price_text());
    out += optional_field(style, "give", offer.give());
    out += optional_field(style, "want", offer.want());
    if (offer.quantity() != 0) out += field(style, "quantity", std::to_string(offer.quantity()));
    out += optional_field(style, "condition", offer.condition());
    out += optional_field(style, "category", offer.category());
    out += optional_field(style, "where", place_of(offer));
    out += optional_field(style, "delivery", joined(offer.delivery()));
    out += optional_field(style, "payment", joined(offer.payment()));
    out += optional_field(style, "language", offer.language());
    for (const api::Detail& detail : offer.details())
        out += field(style, "detail", detail.name() + ": " + detail.value());
    out += optional_field(style, "tags", joined(offer.tags()));
    for (const api::Picture& picture : offer.shown_pictures())
        out += field(style, "picture", picture_line(picture));
    out += times_of(offer, style, offer.renew() ? ", renewed before that" : "");
    out += rated_field(style, "rated", offer.thing_rated());
    out += publisher_fields(style, offer);
    out += rated_field(style, "its maker", offer.maker_rated());
    out += optional_field(style, "mailbox", offer.mailbox());
    return out + notes_of(style, offer) + own_state(style, offer) + last_audit(offer, style) +
           text_below(style, offer.text());
}

std::string show(const api::OfferList& offers, const Style& style) {
    if (offers.offers().empty()) return "No offers.\n" + hidden_lines(style, offers);
    Table table({{"ID"},
                 {"TITLE", 16},
                 {"PRICE", 12},
                 {"WHERE", unbroken, 3},
                 {"BY", 14, 2},
                 {"EXPIRES", unbroken, 1},
                 {"", 12}});
    for (const api::Offer& offer : offers.offers())
        table.add({short_id(offer.id()),
                   (is_wanted(offer) ? "wanted: " : "") + safe_title(offer.title()),
                   price_of(offer), safe_line(offer.country()), safe_line(offer.publisher_name()),
                   offer.state() == "removed" ? std::string("removed")
                                              : describe_when(time_of(offer.expires()), style.now),
                   state_in_list(offer)});
    return table.print(style.width) + hidden_lines(style, offers);
}

namespace {

std::string about(double seconds) {
    if (seconds < 1) return "less than a second";
    constexpr double longest = 1e9;  // thirty years
    return "about " + describe_span(base::Seconds(
                          static_cast<base::Seconds::rep>(std::min(seconds, longest) + 0.5)));
}

}  // namespace

std::string show(const api::Audit& audit, const Style& style) {
    return heading(style, told(audit));
}

std::string told(const api::WorkEstimate& estimate) {
    constexpr std::uint32_t day_s = 86400;
    std::string text;
    if (estimate.price() > 1) text = "The network is full: ";
    text += "this " + safe_line(estimate.kind()) + " costs " + about(estimate.seconds()) +
            " of work for " + describe_span(base::Seconds(estimate.lifetime_seconds()));
    if (estimate.lifetime_seconds() > day_s)
        text += ", " + about(estimate.day_seconds()) + " for one day";
    text += ".";
    if (estimate.too_dear())
        text +=
            " That would not keep it everywhere: more work than that the node does not search "
            "by itself, and it waits until the price falls.";
    return text;
}

std::string show(const api::WorkEstimate& estimate, const Style& style) {
    return heading(style, told(estimate));
}

}  // namespace hearsay::app::cli
