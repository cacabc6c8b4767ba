// Kind 5: who may rate whom.
#include "item/kinds/rating.hpp"

#include <doctest/doctest.h>

#include "samples.hpp"

namespace hearsay {
namespace {

using item::Rating;

constexpr std::uint8_t maker = 1;
constexpr std::uint8_t taker = 2;

crypto::Signature token_by(std::uint8_t seed, const item::Token& token) {
    return crypto::ed25519_sign(samples::filled<base::Secret>(seed),
                                item::token_message(token, samples::network));
}
Rating good() {
    Rating out;
    out.token = {samples::filled<item::TokenId>(9), samples::persona(maker),
                 samples::persona(taker)};
    out.maker_signature = token_by(maker, out.token);
    out.taker_signature = token_by(taker, out.token);
    out.stars = 4;
    out.text = "Quick.\nFriendly.";
    return out;
}
std::string verdict(const Rating& rating, std::uint8_t by = taker, bool with_mailbox = false,
                    const base::Slot& slot = samples::filled<base::Slot>(9)) {
    item::Publication claim{samples::persona(by), slot, 1, false, std::nullopt};
    if (with_mailbox) claim.mailbox = samples::filled<base::MailboxId>(3);
    const item::Item made = item::make_publication(
        {samples::network, item::kind_rating, samples::noon, base::Seconds(3600)}, claim,
        item::write_rating(rating), samples::filled<base::Secret>(by));
    return item::content_problem(*samples::accepted(made)).value_or("ok");
}

TEST_CASE("a rating by either side of the trade passes and is read back as it was written") {
    CHECK(verdict(good(), taker) == "ok");
    CHECK(verdict(good(), maker) == "ok");
    CHECK(item::read_rating(item::write_rating(good())) == good());
    CHECK(item::rated(good().token, samples::persona(taker)) == samples::persona(maker));
}

Rating of_thing(std::uint8_t slot = 7) {
    Rating out = good();
    out.token.slot = samples::filled<base::Slot>(slot);
    out.maker_signature = token_by(maker, out.token);
    out.taker_signature = token_by(taker, out.token);
    return out;
}

TEST_CASE("a thing is rated by who took it, and named by the maker's slot") {
    const Rating rating = of_thing();
    CHECK(verdict(rating, taker) == "ok");
    CHECK(verdict(rating, maker) == "a rating of a thing by its own maker");
    CHECK(verdict(of_thing(0), taker) == "a rating of a profile");
    CHECK(item::read_rating(item::write_rating(rating)) == rating);
    item::Publication claim;
    claim.publisher = samples::persona(maker);
    claim.slot = samples::filled<base::Slot>(7);
    CHECK(item::rated_thing(rating.token) == item::thing_of(claim));
    CHECK(!item::rated_thing(good().token));
    CHECK(item::rated(rating.token, samples::persona(taker)) == samples::persona(maker));
}

TEST_CASE("a token for the partner rates no thing, nor one for a thing another or the partner") {
    const auto is_unsigned = [](const Rating& rating) {
        return verdict(rating) == "a rating whose token was not signed by both sides";
    };
    Rating rating = good();
    rating.token.slot = samples::filled<base::Slot>(7);
    CHECK(is_unsigned(rating));
    rating = of_thing();
    rating.token.slot = samples::filled<base::Slot>(8);
    CHECK(is_unsigned(rating));
    rating.token.slot.reset();
    CHECK(is_unsigned(rating));
}

TEST_CASE("a third cannot rate with somebody else's token") {
    CHECK(verdict(good(), 3) == "a rating by somebody who was no side of the trade");
}

TEST_CASE("both sides must have signed the token") {
    const auto unsigned_verdict = [](Rating rating) {
        return verdict(rating) == "a rating whose token was not signed by both sides";
    };
    Rating rating = good();
    rating.maker_signature = token_by(taker, rating.token);
    CHECK(unsigned_verdict(rating));
    rating = good();
    rating.taker_signature.data[5] ^= 1;
    CHECK(unsigned_verdict(rating));
    rating = good();
    rating.token.maker = samples::persona(3);
    CHECK(unsigned_verdict(rating));
}

TEST_CASE("a token of another network is none here") {
    Rating rating = good();
    rating.maker_signature =
        crypto::ed25519_sign(samples::filled<base::Secret>(maker),
                             item::token_message(rating.token, item::Network::main));
    CHECK(verdict(rating) == "a rating whose token was not signed by both sides");
}

TEST_CASE("nobody trades with itself to rate itself under one name") {
    Rating rating = good();
    rating.token.taker = rating.token.maker;
    rating.maker_signature = rating.taker_signature = token_by(maker, rating.token);
    CHECK(verdict(rating, maker) == "a rating by somebody who was no side of the trade");
}

TEST_CASE("the slot is the token's, so that each side has one rating a trade") {
    CHECK(verdict(good(), taker, false, samples::filled<base::Slot>(8)) ==
          "a rating in another slot than its token's");
}

TEST_CASE("a rating takes no mail") {
    CHECK(verdict(good(), taker, true) == "a rating with a mailbox");
}

TEST_CASE("one to five stars, and a text of up to 2000 bytes") {
    for (std::uint32_t stars = 0; stars <= 6; ++stars) {
        Rating rating = good();
        rating.stars = stars;
        CHECK((verdict(rating) == "ok") == (stars >= 1 && stars <= 5));
    }
    Rating rating = good();
    rating.text = std::string(2000, 'x');
    CHECK(verdict(rating) == "ok");
    rating.text += "x";
    CHECK(verdict(rating).find("2000") != std::string::npos);
    rating.text = "bell\x07";
    CHECK(verdict(rating).find("UTF-8") != std::string::npos);
}

}  // namespace
}  // namespace hearsay
