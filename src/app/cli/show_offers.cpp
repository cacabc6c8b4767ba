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

std::string rated_field(const char* name, const api::Rated& rated) {
    if (rated.count() == 0) return "";
    return field(name, stars_on_average(rated.mean()) + ", " + counted(rated.count(), "rating"));
}

std::string state_in_list(const api::Offer& offer) {
    std::string out = status_of(offer);
    for (const std::string& more : {own_in_list(offer), short_note(offer)})
        if (!more.empty()) out += (out.empty() ? "" : ", ") + more;
    return out;
}

}  // namespace

std::string show(const api::Offer& offer, const Style& style) {
    std::string out = (is_wanted(offer) ? "Wanted: " : "") + safe_title(offer.title());
    if (const std::string status = status_of(offer); !status.empty()) out += "  (" + status + ")";
    out += yours(offer);
    out += optional_field("warning", offer.warning());
    out += field("id", offer.id());
    out += optional_field("price", offer.price_text());
    out += optional_field("give", offer.give());
    out += optional_field("want", offer.want());
    if (offer.quantity() != 0) out += field("quantity", std::to_string(offer.quantity()));
    out += optional_field("condition", offer.condition());
    out += optional_field("category", offer.category());
    out += optional_field("where", place_of(offer));
    out += optional_field("delivery", joined(offer.delivery()));
    out += optional_field("payment", joined(offer.payment()));
    out += optional_field("language", offer.language());
    for (const api::Detail& detail : offer.details())
        out += field("detail", detail.name() + ": " + detail.value());
    out += optional_field("tags", joined(offer.tags()));
    for (const api::Picture& picture : offer.shown_pictures())
        out += field("picture", picture_line(picture));
    out += times_of(offer, style, offer.renew() ? ", renewed before that" : "");
    out += rated_field("rated", offer.thing_rated());
    out += publisher_fields(offer);
    out += rated_field("maker rated", offer.maker_rated());
    out += optional_field("mailbox", offer.mailbox());
    return out + notes_of(offer) + own_state(offer) + text_below(offer.text());
}

std::string show(const api::OfferList& offers, const Style& style) {
    if (offers.offers().empty()) return "No offers.\n" + hidden_lines(offers);
    Table table{{{"ID", "TITLE", "PRICE", "WHERE", "BY", "EXPIRES", ""}}};
    for (const api::Offer& offer : offers.offers())
        table.rows.push_back(
            {short_id(offer.id()), (is_wanted(offer) ? "wanted: " : "") + safe_title(offer.title()),
             cut(price_of(offer), 24), safe_line(offer.country()),
             cut(safe_line(offer.publisher_name()), 28),
             offer.state() == "removed" ? std::string("removed")
                                        : describe_when(time_of(offer.expires()), style.now),
             state_in_list(offer)});
    for (const std::size_t column : {std::size_t{4}, std::size_t{3}}) table.drop_if_empty(column);
    return table.print(1, style.width) + hidden_lines(offers);
}

namespace {

std::string about(double seconds) {
    if (seconds < 1) return "less than a second";
    constexpr double longest = 1e9;  // thirty years
    return "about " + describe_span(base::Seconds(
                          static_cast<base::Seconds::rep>(std::min(seconds, longest) + 0.5)));
}

}  // namespace

std::string show(const api::WorkEstimate& estimate, const Style& style) {
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
    return wrapped(text, 0, style.width) + "\n";
}

}  // namespace hearsay::app::cli
