// Rules 2 to 5 and 7 of item/kinds/offer.hpp, as sentences for who made the offer.
#include <algorithm>

#include "item/kinds/offer.hpp"
#include "item/kinds/parts.hpp"

namespace hearsay::item {
namespace {

using Problem = std::optional<std::string>;

constexpr std::string_view geohash_letters = "0123456789bcdefghjkmnpqrstuvwxyz";

bool is_within(char c, char first, char last) {
    return c >= first && c <= last;
}

bool is_currency(const std::string& text) {
    return !text.empty() && text.size() <= price_currency_bytes_max &&
           std::ranges::all_of(
               text, [](char c) { return is_within(c, 'A', 'Z') || is_within(c, '0', '9'); });
}

// Up to four levels of a-z, 0-9 and "-", none of them empty.
bool is_category(const std::string& path) {
    std::size_t levels = 1;
    std::size_t length = 0;
    for (const char c : path) {
        if (c == '/') {
            if (length == 0 || ++levels > offer_category_levels_max) return false;
            length = 0;
        } else if (!is_within(c, 'a', 'z') && !is_within(c, '0', '9') && c != '-') {
            return false;
        } else if (++length > offer_category_level_bytes_max) {
            return false;
        }
    }
    return length != 0;
}

Problem place_problem(const OfferText& offer) {
    if (!offer.country.empty() &&
        (offer.country.size() != 2 ||
         !std::ranges::all_of(offer.country, [](char c) { return is_within(c, 'A', 'Z'); })))
        return "a country is two capital letters, such as DE or BR (ISO 3166-1 alpha-2)";
    if (offer.geohash.empty()) return std::nullopt;
    if (offer.geohash.find_first_not_of(geohash_letters) != std::string::npos)
        return "a geohash has the digits and the small letters but a, i, l and o";
    if (offer.geohash.size() > offer_geohash_letters_max)
        return "the geohash has " + std::to_string(offer.geohash.size()) +
               " letters; at most 4 may be published: five letters are a neighbourhood, and what "
               "is published cannot be taken back";
    if (offer.country.empty())
        return "a geohash needs a country, or who looks for a country would miss the offer";
    return std::nullopt;
}

Problem details_problem(const std::vector<Detail>& details) {
    if (details.size() > offer_details_max)
        return "there are " + std::to_string(details.size()) + " details; at most " +
               std::to_string(offer_details_max) + " fit";
    for (auto at = details.begin(); at != details.end(); ++at) {
        if (at->name.empty() || at->value.empty()) return "a detail needs a name and a value";
        if (auto problem =
                text_problem("name of a detail", at->name, offer_detail_name_bytes_max, false))
            return problem;
        if (auto problem =
                text_problem("value of a detail", at->value, offer_detail_value_bytes_max, false))
            return problem;
        if (std::any_of(details.begin(), at,
                        [&](const Detail& other) { return other.name == at->name; }))
            return "the detail \"" + at->name + "\" is said twice";
    }
    return std::nullopt;
}

Problem pictures_problem(const std::vector<base::Digest>& pictures) {
    if (pictures.size() > offer_pictures_max)
        return "there are " + std::to_string(pictures.size()) + " pictures; at most " +
               std::to_string(offer_pictures_max) + " fit";
    for (auto at = pictures.begin(); at != pictures.end(); ++at)
        if (std::find(pictures.begin(), at, *at) != at) return "a picture is named twice";
    return std::nullopt;
}

// Of a number that stands for a word.
Problem word_problem(const OfferText& offer) {
    if (name(offer.side).empty()) return "the side is neither offered nor wanted";
    if (offer.condition != Condition::unsaid && name(offer.condition).empty())
        return "the condition is none of new, like-new, good, used and for-parts";
    if (name(offer.status).empty()) return "the status is none of active, reserved and sold";
    return std::nullopt;
}

Problem market_price_problem(const Price& price) {
    if (price.amount != 0 || price.amount_most != 0 || price.decimals != 0)
        return "the market's price has no amount: it is what the market says when it is paid";
    if (price.currency.empty()) return "the market's price needs a currency";
    if (price.premium_bp < price_premium_least || price.premium_bp > price_premium_most)
        return "the premium on the market's price is from -99.99 to 1000 percent";
    return std::nullopt;
}

Problem amount_problem(const Price& price) {
    if (price.amount == 0) {
        if (price.mode == PriceMode::fixed)
            return "a fixed price needs an amount; what costs nothing is free";
        if (price.amount_most != 0) return "a range needs both of its ends";
        if (price.decimals != 0) return "there are decimals and no amount";
        return std::nullopt;
    }
    if (price.currency.empty()) return "an amount needs a currency";
    if (price.amount_most != 0 && price.amount_most <= price.amount)
        return "a range ends above its beginning";
    return std::nullopt;
}

}  // namespace

std::optional<std::string> price_problem(const Price& price) {
    if (name(price.mode).empty()) return "the price is none of fixed, negotiable, free and market";
    if (price.mode == PriceMode::free) {
        if (price != Price{.mode = PriceMode::free})
            return "what is free has no amount, no currency and no premium";
        return std::nullopt;
    }
    if (!price.currency.empty() && !is_currency(price.currency))
        return "a currency is 1 to 10 capital letters and digits, such as EUR or XMR";
    if (price.decimals > price_decimals_max)
        return "an amount has at most " + std::to_string(price_decimals_max) + " decimals";
    if (auto problem =
            text_problem("unit that the price is for", price.per, price_per_bytes_max, false))
        return problem;
    if (price.mode == PriceMode::market) return market_price_problem(price);
    if (price.premium_bp != 0) return "only the market's price has a premium";
    return amount_problem(price);
}

std::optional<std::string> offer_problem(const OfferText& offer) {
    if (offer.title.empty()) return "an offer needs a title";
    if (auto problem = text_problem("title", offer.title, offer_title_bytes_max, false))
        return problem;
    if (auto problem = text_problem("text", offer.text, offer_text_bytes_max, true)) return problem;
    if (auto problem = text_problem("give", offer.give, offer_side_bytes_max, false))
        return problem;
    if (auto problem = text_problem("want", offer.want, offer_side_bytes_max, false))
        return problem;
    if (auto problem = words_problem("tag", "tags", offer.tags, offer_tags_max)) return problem;
    if (offer.stamp_bits > offer_stamp_bits_max)
        return "a stamp has at most " + std::to_string(offer_stamp_bits_max) + " bits";
    if (auto problem = word_problem(offer)) return problem;
    if (offer.price)
        if (auto problem = price_problem(*offer.price)) return problem;
    if (!offer.category.empty() && !is_category(offer.category))
        return "a category is a path such as sport/bicycles: up to 4 words of 1 to 32 small "
               "letters, digits and hyphens, with / between them";
    if (auto problem = place_problem(offer)) return problem;
    if (auto problem = different_words_problem("way of delivery", "ways of delivery",
                                               offer.delivery, offer_deliveries_max))
        return problem;
    if (auto problem = different_words_problem("way of payment", "ways of payment", offer.payment,
                                               offer_payments_max))
        return problem;
    if (!offer.language.empty() && !is_language(offer.language))
        return "a language is two or three small letters, such as en or deu";
    if (auto problem = details_problem(offer.details)) return problem;
    if (auto problem = text_problem("warning", offer.warning, offer_warning_bytes_max, false))
        return problem;
    return pictures_problem(offer.pictures);
}

}  // namespace hearsay::item
