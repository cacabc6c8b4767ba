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

std::string state_in_list(const api::Offer& offer) {
    std::string out = status_of(offer);
    if (offer.mine()) out += (out.empty() ? "" : ", ") + ("yours, " + short_state(offer));
    return out;
}

}  // namespace

std::string show(const api::Offer& offer, const Style& style) {
    std::string out = (is_wanted(offer) ? "Wanted: " : "") + safe_title(offer.title());
    if (const std::string status = status_of(offer); !status.empty()) out += "  (" + status + ")";
    out += std::string(offer.mine() ? "  (yours)" : "") + "\n";
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
    for (const std::string& picture : offer.pictures()) out += field("picture", picture);
    out += field("made", when_made(offer.created(), style));
    // What is removed ends at once; its expiry is that of the removal.
    if (offer.state() != "removed") out += field("expires", when(offer.expires(), style));
    out += publisher_fields(offer);
    out += optional_field("mailbox", offer.mailbox());
    if (offer.mine()) out += field("state", state_of(offer));
    if (!offer.text().empty()) out += "\n" + safe_lines(offer.text(), text_indent);
    return out;
}

std::string show(const api::OfferList& offers, const Style& style) {
    if (offers.offers().empty()) return "No offers.\n";
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
    return table.print(1, style.width);
}

}  // namespace hearsay::app::cli
