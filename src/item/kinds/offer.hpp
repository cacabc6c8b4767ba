// item/kinds/offer.hpp - kind 2: what somebody offers or wants. docs/protocol.md, "Offer".
//
// Only the title is needed. All else is what people filter, sort and search by, so that it means
// the same to every reader; what the maker does not say is absent. Rules of the fields, for
// everybody who relays:
//   1. the payload parses: the one encoding, pictures of 32 bytes
//   2. texts are clean, within their limits, and on one line but for `text`
//   3. words of lists are lower-case, and each is there once (of tags: any number of times)
//   4. numbers that stand for words are ones that this version knows
//   5. a price says one thing: price_problem()
//   6. the header's mailbox and its key are both there or neither (item/mailbox.hpp)
//   7. a place is coarse: a country, and a geohash of four letters at most, which is about 39 by 20
//      km. Five letters are a neighbourhood, and nobody takes such a thing back. A geohash needs a
//      country, or who filters by country would miss the offer.
// Categories are a path of words. Which there are is data (docs/categories.md), no rule: a path
// that nobody has heard of is as good as any.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/ids.hpp"

namespace hearsay::item {

inline constexpr std::size_t offer_title_bytes_max = 120;
inline constexpr std::size_t offer_text_bytes_max = 8192;
inline constexpr std::size_t offer_side_bytes_max = 120;
inline constexpr std::size_t offer_tags_max = 8;
inline constexpr std::uint32_t offer_stamp_bits_max = 36;
inline constexpr std::size_t price_currency_bytes_max = 10;
// A unit of Ether has as many; the amount itself has room for 18 Ether then.
inline constexpr std::uint32_t price_decimals_max = 18;
// For nothing is what `free` says, and beyond ten times the market's price nobody means it.
inline constexpr std::int32_t price_premium_least = -9999;
inline constexpr std::int32_t price_premium_most = 100'000;
inline constexpr std::size_t price_per_bytes_max = 32;
inline constexpr std::size_t offer_category_levels_max = 4;
inline constexpr std::size_t offer_category_level_bytes_max = 32;
inline constexpr std::size_t offer_geohash_letters_max = 4;
inline constexpr std::size_t offer_deliveries_max = 8;
inline constexpr std::size_t offer_payments_max = 16;
inline constexpr std::size_t offer_details_max = 16;
inline constexpr std::size_t offer_detail_name_bytes_max = 40;
inline constexpr std::size_t offer_detail_value_bytes_max = 120;
inline constexpr std::size_t offer_warning_bytes_max = 120;
inline constexpr std::size_t offer_pictures_max = 4;

// The numbers are the protocol's.
enum class Side : std::uint32_t { offered = 0, wanted = 1 };
enum class Condition : std::uint32_t {
    unsaid = 0,
    as_new = 1,
    like_new = 2,
    good = 3,
    used = 4,
    for_parts = 5
};
enum class OfferStatus : std::uint32_t { active = 0, reserved = 1, sold = 2 };
enum class PriceMode : std::uint32_t { fixed = 0, negotiable = 1, free = 2, market = 3 };

struct Price {
    PriceMode mode = PriceMode::fixed;
    std::uint64_t amount = 0;       // in units of 10^-decimals of the currency; 0: not said
    std::uint64_t amount_most = 0;  // of a range; 0: there is none
    std::string currency{};
    std::uint32_t decimals = 0;
    std::int32_t premium_bp = 0;  // hundredths of a percent above the market's price
    std::string per{};            // what it is for: "hour"; empty: for all of it
    bool operator==(const Price&) const = default;
};

struct Detail {
    std::string name{};
    std::string value{};
    bool operator==(const Detail&) const = default;
};

struct OfferText {
    std::string title;
    std::string text;
    std::string give;
    std::string want;
    std::vector<std::string> tags{};
    // that mail of strangers carries; 0: the usual (market/mail/postage.hpp)
    std::uint32_t stamp_bits = 0;
    Side side = Side::offered;
    std::optional<Price> price{};
    std::uint32_t quantity = 0;  // 0: not said
    Condition condition = Condition::unsaid;
    std::string category{};
    std::string country{};
    std::string geohash{};
    std::vector<std::string> delivery{};
    std::vector<std::string> payment{};
    std::string language{};
    OfferStatus status = OfferStatus::active;
    std::vector<Detail> details{};
    std::string warning{};
    std::vector<base::Digest> pictures{};
    // The key of the header's mailbox. Not the maker's to write: publishing sets it.
    std::optional<base::MailboxKey> mailbox{};
    base::Bytes later{};  // fields of later texts, as they came
    bool operator==(const OfferText&) const = default;
};

// What is wrong with it as a sentence for the user, or nothing.
std::optional<std::string> offer_problem(const OfferText& offer);
std::optional<std::string> price_problem(const Price& price);
base::Bytes write_offer(const OfferText& offer);
std::optional<OfferText> read_offer(base::ByteView payload);

// The words of the local interface. An unknown word is nothing; of the condition "" is unsaid.
std::string_view name(Side side);
std::string_view name(Condition condition);
std::string_view name(OfferStatus status);
std::string_view name(PriceMode mode);
std::optional<Side> side_of(std::string_view word);
std::optional<Condition> condition_of(std::string_view word);
std::optional<OfferStatus> status_of(std::string_view word);
std::optional<PriceMode> price_mode_of(std::string_view word);

// For people: "25.50 EUR, negotiable", "20-30 EUR per hour", "free", "market price +2.5% in EUR".
std::string describe(const Price& price);

// What changes hands, in words: what a Take means whose terms say "as the offer says"
// (docs/trade.md). `give` and `want` as the offer says them if it says either, or has no price.
// Else the title stands against the price, on the side that the offer says.
struct Exchange {
    std::string give{};  // what the maker gives
    std::string want{};  // what the maker wants
    bool operator==(const Exchange&) const = default;
};
Exchange exchange_of(const OfferText& offer);

}  // namespace hearsay::item
