#include "app/cli/offer_edit.hpp"

#include <algorithm>
#include <limits>

#include "api.pb.h"
#include "item/kinds/offer.hpp"

namespace hearsay::app::cli {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// value * 10 + digit, if it fits.
bool push_digit(std::uint64_t& value, std::uint64_t digit) {
    constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
    if (value > (most - digit) / 10) return false;
    value = value * 10 + digit;
    return true;
}

struct Decimal {
    std::uint64_t value = 0;
    std::uint32_t decimals = 0;
};

std::optional<Decimal> parse_decimal(std::string_view text) {
    const std::size_t point = std::min(text.find('.'), text.size());
    const std::string_view whole = text.substr(0, point);
    const std::string_view part = point == text.size() ? "" : text.substr(point + 1);
    if (whole.empty() || (whole.size() > 1 && whole.front() == '0')) return std::nullopt;
    if (point != text.size() && part.empty()) return std::nullopt;
    if (part.size() > item::price_decimals_max) return std::nullopt;
    Decimal out{0, static_cast<std::uint32_t>(part.size())};
    for (const std::string_view digits : {whole, part})
        for (const char c : digits)
            if (!is_digit(c) || !push_digit(out.value, static_cast<std::uint64_t>(c - '0')))
                return std::nullopt;
    return out;
}

// With more decimals; false if that does not fit.
bool stretch(Decimal& number, std::uint32_t decimals) {
    for (; number.decimals < decimals; ++number.decimals)
        if (!push_digit(number.value, 0)) return false;
    return true;
}

// The mode that a price has after the edit (the header's rules 1 and 2).
std::string mode_after(const PriceEdit& edit, const std::string& before) {
    if (edit.mode) return *edit.mode;
    if (!edit.amount) return before;
    return before == "negotiable" ? before : "fixed";
}

void apply(const PriceEdit& edit, api::OfferDraft& draft) {
    if (edit == PriceEdit{}) return;
    if (edit.remove) return draft.clear_price();
    const std::string before = draft.has_price() ? draft.price().mode() : "";
    api::Price& price = *draft.mutable_price();
    price.set_mode(mode_after(edit, before));
    if (price.mode() == "free") price.Clear(), price.set_mode("free");
    if (price.mode() == "market") {
        price.clear_amount();
        price.clear_amount_most();
        price.clear_decimals();
    } else {
        price.clear_premium_bp();
    }
    if (edit.amount) {
        price.set_amount(edit.amount->least);
        price.set_amount_most(edit.amount->most);
        price.set_decimals(edit.amount->decimals);
    }
    if (edit.premium_bp) price.set_premium_bp(*edit.premium_bp);
    if (edit.currency) price.set_currency(*edit.currency);
    if (edit.per) price.set_per(*edit.per);
}

template <class Repeated>
void replace(Repeated* list, const std::optional<OfferEdit::Words>& words) {
    if (!words) return;
    list->Clear();
    for (const std::string& word : *words) *list->Add() = word;
}

}  // namespace

std::optional<Amount> parse_amount(std::string_view text) {
    const std::size_t dash = std::min(text.find('-'), text.size());
    auto least = parse_decimal(text.substr(0, dash));
    if (!least || least->value == 0) return std::nullopt;
    if (dash == text.size()) return Amount{least->value, 0, least->decimals};
    auto most = parse_decimal(text.substr(dash + 1));
    if (!most) return std::nullopt;
    const std::uint32_t decimals = std::max(least->decimals, most->decimals);
    if (!stretch(*least, decimals) || !stretch(*most, decimals)) return std::nullopt;
    if (most->value <= least->value) return std::nullopt;
    return Amount{least->value, most->value, decimals};
}

std::optional<std::int32_t> parse_premium(std::string_view text) {
    const bool less = text.starts_with('-');
    if (less || text.starts_with('+')) text.remove_prefix(1);
    if (text.ends_with('%')) text.remove_suffix(1);
    auto number = parse_decimal(text);
    if (!number || number->decimals > 2 || !stretch(*number, 2)) return std::nullopt;
    if (number->value > static_cast<std::uint64_t>(item::price_premium_most)) return std::nullopt;
    const auto size = static_cast<std::int64_t>(number->value);
    const std::int64_t premium = less ? -size : size;
    if (premium < item::price_premium_least) return std::nullopt;
    return static_cast<std::int32_t>(premium);
}

std::optional<std::pair<std::string, std::string>> parse_detail(std::string_view text) {
    const std::size_t at = text.find('=');
    if (at == std::string_view::npos || at == 0 || at + 1 == text.size()) return std::nullopt;
    return std::pair{std::string(text.substr(0, at)), std::string(text.substr(at + 1))};
}

void apply(const OfferEdit& edit, api::OfferDraft& draft) {
    if (edit.title) draft.set_title(*edit.title);
    if (edit.give) draft.set_give(*edit.give);
    if (edit.want) draft.set_want(*edit.want);
    if (edit.side) draft.set_side(*edit.side);
    if (edit.condition) draft.set_condition(*edit.condition);
    if (edit.category) draft.set_category(*edit.category);
    if (edit.country) draft.set_country(*edit.country);
    if (edit.geohash) draft.set_geohash(*edit.geohash);
    if (edit.language) draft.set_language(*edit.language);
    if (edit.status) draft.set_status(*edit.status);
    if (edit.warning) draft.set_warning(*edit.warning);
    if (edit.quantity) draft.set_quantity(*edit.quantity);
    if (edit.stamp_bits) draft.set_stamp_bits(*edit.stamp_bits);
    replace(draft.mutable_tags(), edit.tags);
    replace(draft.mutable_delivery(), edit.delivery);
    replace(draft.mutable_payment(), edit.payment);
    if (edit.details) {
        draft.clear_details();
        for (const auto& [name, value] : *edit.details) {
            api::Detail& detail = *draft.add_details();
            detail.set_name(name);
            detail.set_value(value);
        }
    }
    apply(edit.price, draft);
}

api::OfferDraft draft_of(const api::Offer& offer) {
    api::OfferDraft out;
    out.set_title(offer.title());
    out.set_text(offer.text());
    out.set_give(offer.give());
    out.set_want(offer.want());
    *out.mutable_tags() = offer.tags();
    out.set_stamp_bits(offer.stamp_bits());
    out.set_side(offer.side());
    if (offer.has_price()) *out.mutable_price() = offer.price();
    out.set_quantity(offer.quantity());
    out.set_condition(offer.condition());
    out.set_category(offer.category());
    out.set_country(offer.country());
    out.set_geohash(offer.geohash());
    *out.mutable_delivery() = offer.delivery();
    *out.mutable_payment() = offer.payment();
    out.set_language(offer.language());
    out.set_status(offer.status());
    *out.mutable_details() = offer.details();
    out.set_warning(offer.warning());
    out.set_renew(offer.renew());
    *out.mutable_pictures() = offer.pictures();
    return out;
}

}  // namespace hearsay::app::cli
