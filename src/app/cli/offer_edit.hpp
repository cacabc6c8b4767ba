// app/cli/offer_edit.hpp - what a command line says about an offer, and what becomes of a draft by
// it. `offer publish` edits an empty draft, `offer update` that of the offer as it is: so what is
// not named stays.
//
// An empty value takes away what was there: --give "", --tag "", --price "".
// Of a price:
//   1. --free leaves nothing of what was said before; --market leaves the currency and the unit.
//   2. --price turns a price that had no amount into a fixed one. One that was negotiable stays so.
//   3. How many decimals there are is what was typed: 25.50 has two, and is shown as 25.50.
// What makes sense together is the node's to say: the edit does not know what was there.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hearsay::api {
class Offer;
class OfferDraft;
}  // namespace hearsay::api

namespace hearsay::app::cli {

// In units of 10^-decimals.
struct Amount {
    std::uint64_t least = 0;
    std::uint64_t most = 0;  // 0: no range
    std::uint32_t decimals = 0;
    bool operator==(const Amount&) const = default;
};

struct PriceEdit {
    bool remove = false;
    std::optional<std::string> mode{};  // fixed, negotiable, free, market
    std::optional<Amount> amount{};
    std::optional<std::int32_t> premium_bp{};
    std::optional<std::string> currency{};
    std::optional<std::string> per{};
    bool operator==(const PriceEdit&) const = default;
};

struct OfferEdit {
    using Words = std::vector<std::string>;
    std::optional<std::string> title{}, give{}, want{}, side{}, condition{}, category{}, country{},
        geohash{}, language{}, status{}, warning{};
    std::optional<std::uint32_t> quantity{}, stamp_bits{};
    std::optional<Words> tags{}, delivery{}, payment{};
    std::optional<std::vector<std::pair<std::string, std::string>>> details{};
    PriceEdit price{};
    bool operator==(const OfferEdit&) const = default;
};

// "25.50", or "20-30" with as many decimals on both sides as the longer one has. Strict: no signs,
// no blanks, no needless zeros before, at most 18 decimals, more than 0, and it fits 64 bits.
std::optional<Amount> parse_amount(std::string_view text);
// "+2.5%", "-1%", "0": hundredths of a percent, at most 2 decimals, from -99.99 to 1000 percent.
std::optional<std::int32_t> parse_premium(std::string_view text);
// "NAME=VALUE"; the name has no "=", and neither is empty.
std::optional<std::pair<std::string, std::string>> parse_detail(std::string_view text);

void apply(const OfferEdit& edit, api::OfferDraft& draft);
// All that an offer says, as the draft that would say the same. Its lifetime is left open.
api::OfferDraft draft_of(const api::Offer& offer);

}  // namespace hearsay::app::cli
