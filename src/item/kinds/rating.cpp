#include "item/kinds/rating.hpp"

#include "base/canonical.hpp"
#include "item/kinds/parts.hpp"
#include "rating.pb.h"

namespace hearsay::item {

base::Bytes token_message(const Token& token, Network network) {
    base::Bytes out =
        base::to_bytes(token.slot ? "hearsay thing rating token v1" : "hearsay rating token v1");
    out.push_back(0);
    base::append(out, token.id.view());
    base::append(out, base::big_endian(static_cast<std::uint32_t>(network)));
    base::append(out, token.maker.view());
    base::append(out, token.taker.view());
    if (token.slot) base::append(out, token.slot->view());
    return out;
}

bool token_is_signed(const Token& token, Network network, const base::PublisherKey& by,
                     const crypto::Signature& signature) {
    return crypto::ed25519_verify(by.view(), token_message(token, network), signature.view());
}

std::optional<std::string> rating_problem(std::uint32_t stars, const std::string& text) {
    if (stars < 1 || stars > rating_stars_max) return "a rating has 1 to 5 stars";
    return text_problem("text", text, rating_text_bytes_max, true);
}

base::Bytes write_rating(const Rating& rating) {
    wire::Rating out;
    out.set_token(base::to_text(rating.token.id.view()));
    out.set_maker(base::to_text(rating.token.maker.view()));
    out.set_taker(base::to_text(rating.token.taker.view()));
    out.set_maker_signature(base::to_text(rating.maker_signature.view()));
    out.set_taker_signature(base::to_text(rating.taker_signature.view()));
    out.set_stars(rating.stars);
    out.set_text(rating.text);
    if (rating.token.slot) out.set_slot(base::to_text(rating.token.slot->view()));
    return serialized(out);
}

std::optional<Rating> read_rating(base::ByteView payload) {
    base::CanonicalReader in(payload);
    const auto id = TokenId::from(in.bytes(1));
    const auto maker = base::PublisherKey::from(in.bytes(2));
    const auto taker = base::PublisherKey::from(in.bytes(3));
    const auto by_maker = crypto::Signature::from(in.bytes(4));
    const auto by_taker = crypto::Signature::from(in.bytes(5));
    const std::uint32_t stars = in.number32(6);
    std::string text = base::to_text(in.bytes(7));
    const base::ByteView said = in.bytes(8);
    const auto slot = base::Slot::from(said);
    if (!in.is_whole() || !id || !maker || !taker || !by_maker || !by_taker) return std::nullopt;
    if (!said.empty() && !slot) return std::nullopt;
    return Rating{{*id, *maker, *taker, slot}, *by_maker, *by_taker, stars, std::move(text)};
}

std::optional<std::string> rating_content_problem(const Read& item) {
    const Publication* claim = item.header.publication();
    const auto rating = read_rating(item.item.payload);
    if (!claim || !rating) return "a rating that does not parse";
    if (auto problem = rating_problem(rating->stars, rating->text)) return problem;
    const Token& token = rating->token;
    if (!base::equal(claim->slot.view(), token.id.view()))
        return "a rating in another slot than its token's";
    if (claim->mailbox) return "a rating with a mailbox";
    if (token.maker == token.taker ||
        (claim->publisher != token.maker && claim->publisher != token.taker))
        return "a rating by somebody who was no side of the trade";
    if (token.slot && token.slot->is_zero()) return "a rating of a profile";
    if (token.slot && claim->publisher != token.taker)
        return "a rating of a thing by its own maker";
    const Network network = item.header.network;
    if (!token_is_signed(token, network, token.maker, rating->maker_signature) ||
        !token_is_signed(token, network, token.taker, rating->taker_signature))
        return "a rating whose token was not signed by both sides";
    return std::nullopt;
}

std::optional<ThingId> rated_thing(const Token& token) {
    if (!token.slot) return std::nullopt;
    Publication claim;
    claim.publisher = token.maker;
    claim.slot = *token.slot;
    return thing_of(claim);
}

base::PublisherKey rated(const Token& token, const base::PublisherKey& publisher) {
    return publisher == token.maker ? token.taker : token.maker;
}

}  // namespace hearsay::item
