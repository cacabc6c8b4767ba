// Ratings that break one rule each: docs/protocol.md, section 14.
#include "item/kinds/rating.hpp"
#include "item_entries.hpp"

namespace hearsay::vectors {
namespace {

using namespace samples;

// Of a trade between maker 1 and taker 2.
struct Sample {
    item::Token token{filled<item::TokenId>(3), persona(1), persona(2), std::nullopt};
    item::Network network = samples::network;
    std::uint8_t maker = 1;  // whose signatures they are
    std::uint8_t taker = 2;
    std::uint8_t by = 1;
    std::uint32_t stars = 5;
    std::string text = "Quick and kind";
    std::uint8_t slot = 3;
    std::optional<base::MailboxId> mailbox{};
};

item::Item made(const Sample& sample) {
    const base::Bytes message = item::token_message(sample.token, sample.network);
    item::Rating rating;
    rating.token = sample.token;
    rating.maker_signature = crypto::ed25519_sign(filled<base::Secret>(sample.maker), message);
    rating.taker_signature = crypto::ed25519_sign(filled<base::Secret>(sample.taker), message);
    rating.stars = sample.stars;
    rating.text = sample.text;
    const item::Publication claim{persona(sample.by), filled<base::Slot>(sample.slot), 1, false,
                                  sample.mailbox};
    return item::make_publication({samples::network, item::kind_rating, noon, base::Seconds(3600)},
                                  claim, item::write_rating(rating),
                                  filled<base::Secret>(sample.by));
}

}  // namespace

void add_wrong_ratings(std::vector<Entry>& out) {
    const auto of = [&](const std::string& about, const Sample& sample) {
        out.push_back(refused(about, worked(made(sample))));
    };
    of("a rating of no stars", {.stars = 0});
    of("a rating of six stars", {.stars = 6});
    of("a rating with a text of 2001 bytes", {.text = std::string(2001, 'a')});
    of("a rating with an escape in its text", {.text = "\x1b[2J"});
    of("a rating in another slot than its token", {.slot = 4});
    of("a rating with a mailbox", {.mailbox = filled<base::MailboxId>(5)});
    of("a rating by somebody who was no side", {.by = 3});
    of("a rating of a trade with oneself",
       {.token = {filled<item::TokenId>(3), persona(1), persona(1), std::nullopt}, .taker = 1});
    of("a rating that the maker did not sign for", {.maker = 3});
    of("a rating that the taker did not sign for", {.taker = 3});
    of("a rating signed for another network", {.network = item::Network::local});
}

}  // namespace hearsay::vectors
