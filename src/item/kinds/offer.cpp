#include "item/kinds/offer.hpp"

#include <algorithm>
#include <array>

#include "base/canonical.hpp"
#include "item/kinds/parts.hpp"
#include "offer.pb.h"

namespace hearsay::item {
namespace {

// In the order of their numbers.
constexpr std::array<std::string_view, 2> side_words{"offered", "wanted"};
constexpr std::array<std::string_view, 6> condition_words{"",     "new",  "like-new",
                                                          "good", "used", "for-parts"};
constexpr std::array<std::string_view, 3> status_words{"active", "reserved", "sold"};
constexpr std::array<std::string_view, 4> mode_words{"fixed", "negotiable", "free", "market"};

// Empty for a number that is no word.
template <class Enum, std::size_t N>
std::string_view word_of(const std::array<std::string_view, N>& words, Enum value) {
    const auto at = static_cast<std::size_t>(value);
    return at < N ? words[at] : std::string_view();  // total: N is its size
}
template <class Enum, std::size_t N>
std::optional<Enum> number_of(const std::array<std::string_view, N>& words, std::string_view word) {
    const auto at = std::ranges::find(words, word);
    if (at == words.end()) return std::nullopt;
    return static_cast<Enum>(at - words.begin());
}

// A sint32 as the wire has it: 0, -1, 1, -2, ...
std::int32_t from_zigzag(std::uint32_t value) {
    const auto half = static_cast<std::int32_t>(value >> 1);
    return (value & 1) != 0 ? -half - 1 : half;
}

void write_price(wire::Price& out, const Price& price) {
    out.set_mode(static_cast<std::uint32_t>(price.mode));
    out.set_amount(price.amount);
    out.set_amount_most(price.amount_most);
    out.set_currency(price.currency);
    out.set_decimals(price.decimals);
    out.set_premium_bp(price.premium_bp);
    out.set_per(price.per);
}

std::optional<Price> read_price(base::ByteView part) {
    base::CanonicalReader in(part);
    Price out;
    out.mode = static_cast<PriceMode>(in.number32(1));
    out.amount = in.number(2);
    out.amount_most = in.number(3);
    out.currency = base::to_text(in.bytes(4));
    out.decimals = in.number32(5);
    out.premium_bp = from_zigzag(in.number32(6));
    out.per = base::to_text(in.bytes(7));
    if (!in.is_whole()) return std::nullopt;
    return out;
}

std::optional<Detail> read_detail(base::ByteView part) {
    base::CanonicalReader in(part);
    Detail out{base::to_text(in.bytes(1)), base::to_text(in.bytes(2))};
    if (!in.is_whole()) return std::nullopt;
    return out;
}

void read_words(base::CanonicalReader& in, std::uint32_t field, std::vector<std::string>& out) {
    while (const auto word = in.part(field)) out.push_back(base::to_text(*word));
}

// With the point where it belongs.
std::string decimal(std::uint64_t amount, std::uint32_t decimals) {
    std::string out = std::to_string(amount);
    if (decimals == 0) return out;
    if (out.size() <= decimals) out.insert(0, decimals + 1 - out.size(), '0');
    return out.insert(out.size() - decimals, 1, '.');
}

// Hundredths of a percent: "+2.5%".
std::string percent(std::int32_t premium_bp) {
    const bool less = premium_bp < 0;
    const std::int64_t size = less ? -std::int64_t{premium_bp} : std::int64_t{premium_bp};
    std::string out = decimal(static_cast<std::uint64_t>(size), 2);
    while (out.back() == '0') out.pop_back();
    if (out.back() == '.') out.pop_back();
    return (less ? "-" : "+") + out + "%";
}

}  // namespace

base::Bytes write_offer(const OfferText& offer) {
    wire::Offer out;
    out.set_title(offer.title);
    out.set_text(offer.text);
    out.set_give(offer.give);
    out.set_want(offer.want);
    for (const std::string& tag : offer.tags) out.add_tags(tag);
    out.set_stamp_bits(offer.stamp_bits);
    out.set_side(static_cast<std::uint32_t>(offer.side));
    if (offer.price) write_price(*out.mutable_price(), *offer.price);
    out.set_quantity(offer.quantity);
    out.set_condition(static_cast<std::uint32_t>(offer.condition));
    out.set_category(offer.category);
    out.set_country(offer.country);
    out.set_geohash(offer.geohash);
    for (const std::string& way : offer.delivery) out.add_delivery(way);
    for (const std::string& way : offer.payment) out.add_payment(way);
    out.set_language(offer.language);
    out.set_status(static_cast<std::uint32_t>(offer.status));
    for (const Detail& detail : offer.details) {
        wire::Detail& pair = *out.add_details();
        pair.set_name(detail.name);
        pair.set_value(detail.value);
    }
    out.set_warning(offer.warning);
    for (const base::Digest& picture : offer.pictures)
        out.add_pictures(base::to_text(picture.view()));
    if (offer.mailbox) out.set_mailbox(base::to_text(offer.mailbox->view()));
    return serialized(out, offer.later);
}

std::optional<OfferText> read_offer(base::ByteView payload) {
    base::CanonicalReader in(payload);
    OfferText out;
    out.title = base::to_text(in.bytes(1));
    out.text = base::to_text(in.bytes(2));
    out.give = base::to_text(in.bytes(3));
    out.want = base::to_text(in.bytes(4));
    read_words(in, 5, out.tags);
    out.stamp_bits = in.number32(6);
    out.side = static_cast<Side>(in.number32(7));
    if (const auto part = in.part(8)) {
        out.price = read_price(*part);
        if (!out.price) return std::nullopt;
    }
    out.quantity = in.number32(9);
    out.condition = static_cast<Condition>(in.number32(10));
    out.category = base::to_text(in.bytes(11));
    out.country = base::to_text(in.bytes(12));
    out.geohash = base::to_text(in.bytes(13));
    read_words(in, 14, out.delivery);
    read_words(in, 15, out.payment);
    out.language = base::to_text(in.bytes(16));
    out.status = static_cast<OfferStatus>(in.number32(17));
    while (const auto part = in.part(18)) {
        auto detail = read_detail(*part);
        if (!detail) return std::nullopt;
        out.details.push_back(*std::move(detail));
    }
    out.warning = base::to_text(in.bytes(19));
    while (const auto part = in.part(20)) {
        const auto picture = base::Digest::from(*part);
        if (!picture) return std::nullopt;
        out.pictures.push_back(*picture);
    }
    if (const auto key = in.part(21)) {
        out.mailbox = base::MailboxKey::from(*key);
        if (!out.mailbox) return std::nullopt;
    }
    out.later = later_fields(in, 21);
    if (!in.is_whole()) return std::nullopt;
    return out;
}

std::string_view name(Side side) {
    return word_of(side_words, side);
}
std::string_view name(Condition condition) {
    return word_of(condition_words, condition);
}
std::string_view name(OfferStatus status) {
    return word_of(status_words, status);
}
std::string_view name(PriceMode mode) {
    return word_of(mode_words, mode);
}
std::optional<Side> side_of(std::string_view word) {
    return number_of<Side>(side_words, word);
}
std::optional<Condition> condition_of(std::string_view word) {
    return number_of<Condition>(condition_words, word);
}
std::optional<OfferStatus> status_of(std::string_view word) {
    return number_of<OfferStatus>(status_words, word);
}
std::optional<PriceMode> price_mode_of(std::string_view word) {
    return number_of<PriceMode>(mode_words, word);
}

std::string describe(const Price& price) {
    const std::string per = price.per.empty() ? "" : " per " + price.per;
    if (price.mode == PriceMode::free) return "free";
    if (price.mode == PriceMode::market)
        return "market price" +
               (price.premium_bp == 0 ? std::string() : " " + percent(price.premium_bp)) + " in " +
               price.currency + per;
    const bool negotiable = price.mode == PriceMode::negotiable;
    if (price.amount == 0)
        return "negotiable" + (price.currency.empty() ? "" : " in " + price.currency) + per;
    return decimal(price.amount, price.decimals) +
           (price.amount_most == 0 ? "" : "-" + decimal(price.amount_most, price.decimals)) + " " +
           price.currency + per + (negotiable ? ", negotiable" : "");
}

Exchange exchange_of(const OfferText& offer) {
    if (!offer.give.empty() || !offer.want.empty() || !offer.price) return {offer.give, offer.want};
    const std::string price = describe(*offer.price);
    return offer.side == Side::wanted ? Exchange{price, offer.title} : Exchange{offer.title, price};
}

}  // namespace hearsay::item
