// item/kinds/rating.hpp - kind 5: what one side of a trade says of the other, or the taker of what
// was traded. docs/protocol.md, "Ratings".
//
// A rating carries a token that both personas signed when they agreed on the trade: who was never
// traded with cannot be rated. There are two in a trade. The one of the partner names neither offer
// nor trade. The one of the thing names the offer, by its slot: with the maker that gives its
// thing, so nobody can sign for what another offers. It has another id, so the two cannot be joined
// by it, nor one trade with another. The token's id is the rating's slot, so each side has one
// rating a token, and changes it by a higher sequence. Rules, all of them for everybody who relays:
//   1. the payload parses, its fields have their sizes; stars 1 to 5; text as an offer's
//   2. slot is the token's id; there is no mailbox
//   3. the publisher is the maker or the taker, and these are two; of a thing it is the taker
//   4. both signatures of the token hold
//   5. the slot of a thing is not all zero: that is a profile's
#pragma once

#include <optional>
#include <string>

#include "crypto/ed25519.hpp"
#include "item/item.hpp"

namespace hearsay::item {

inline constexpr Kind kind_rating = 5;
inline constexpr std::size_t rating_text_bytes_max = 2000;
inline constexpr std::uint32_t rating_stars_max = 5;

struct TokenTag;
using TokenId = base::FixedBytes<16, TokenTag>;

struct Token {
    TokenId id{};
    base::PublisherKey maker{};
    base::PublisherKey taker{};
    std::optional<base::Slot> slot{};  // of a thing: the maker's offer's
    bool operator==(const Token&) const = default;
};
// What both sides sign: a tag, the id, the network, maker, taker, and of a thing the slot.
base::Bytes token_message(const Token& token, Network network);
bool token_is_signed(const Token& token, Network network, const base::PublisherKey& by,
                     const crypto::Signature& signature);

struct Rating {
    Token token{};
    crypto::Signature maker_signature{};
    crypto::Signature taker_signature{};
    std::uint32_t stars = 0;
    std::string text{};
    bool operator==(const Rating&) const = default;
};
// Of what a user wrote, as a sentence, or nothing.
std::optional<std::string> rating_problem(std::uint32_t stars, const std::string& text);
base::Bytes write_rating(const Rating& rating);
std::optional<Rating> read_rating(base::ByteView payload);
// Rules 1 to 5.
std::optional<std::string> rating_content_problem(const Read& item);
// The thing that it is about; nothing: it is about the partner.
std::optional<ThingId> rated_thing(const Token& token);
// The persona that a rating by `publisher` is about, of a thing its maker.
base::PublisherKey rated(const Token& token, const base::PublisherKey& publisher);

}  // namespace hearsay::item
