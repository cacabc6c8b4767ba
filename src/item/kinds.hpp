// item/kinds.hpp - the registry of kinds: one file a kind under item/kinds/, each with its limits
// and rules. A kind that is not listed is relayed within the common limits.
#pragma once

#include <optional>
#include <string>

#include "item/item.hpp"

namespace hearsay::item {

// Rule 9 of item.hpp: what is wrong with the content, in words, or nothing. Unknown kinds: nothing.
// A removal has an empty payload whatever its kind.
std::optional<std::string> content_problem(const Read& item);

struct OfferText {
    std::string title;
    std::string text;
    std::string give;
    std::string want;
    std::vector<std::string> tags{};
    // that mail of strangers carries; 0: the usual (market/mail/postage.hpp)
    std::uint32_t stamp_bits = 0;
    bool operator==(const OfferText&) const = default;
};
inline constexpr std::size_t offer_title_bytes_max = 120;
inline constexpr std::size_t offer_text_bytes_max = 8192;
inline constexpr std::size_t offer_side_bytes_max = 120;
inline constexpr std::size_t offer_tags_max = 8;
inline constexpr std::size_t offer_tag_bytes_max = 32;
inline constexpr std::uint32_t offer_stamp_bits_max = 36;

// What is wrong with it as a sentence for the user, or nothing.
std::optional<std::string> offer_problem(const OfferText& offer);
base::Bytes write_offer(const OfferText& offer);
std::optional<OfferText> read_offer(base::ByteView payload);

}  // namespace hearsay::item
