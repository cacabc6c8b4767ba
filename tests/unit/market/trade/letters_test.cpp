// What a letter's trade part may hold, and where its trade's letters can go.
#include <doctest/doctest.h>

#include "cheat.hpp"
#include "item/mailbox.hpp"
#include "item/make.hpp"
#include "market/records.hpp"

namespace hearsay::market {
namespace {

using trade::MoveKind;
using trade::Phase;
using trade::Role;

}  // namespace

TEST_CASE_FIXTURE(
    Cheat, "a letter's trade is that of its first message; what is of another trade is ignored") {
    const std::string first = people.take();
    const std::string second = people.take();
    const base::Secret seed = taker_seed(first);
    const base::Secret other_seed = taker_seed(second);
    const auto text = [&](const std::string& id, const base::Secret& by) {
        return sign(next(view(people.taker, id).machine, Role::taker, MoveKind::text, "hello"), by);
    };
    const std::size_t before = messages(people.maker, first).size();
    const std::size_t other_before = messages(people.maker, second).size();
    post(people.maker, offer_mailbox(view(people.maker, first)), seed,
         {text(first, seed), text(second, other_seed)});
    CHECK(messages(people.maker, first).size() == before + 1);
    CHECK(messages(people.maker, second).size() == other_before);
}

TEST_CASE_FIXTURE(Cheat, "a first message that is none leaves the letter's trade to the next") {
    const std::string first = people.take();
    const std::string second = people.take();
    const base::Secret seed = taker_seed(second);
    trade::Signed forged =
        sign(next(view(people.taker, first).machine, Role::taker, MoveKind::text, "no"),
             taker_seed(first));
    forged.signature.data[0] ^= 1;
    const trade::Signed good =
        sign(next(view(people.taker, second).machine, Role::taker, MoveKind::text, "yes"), seed);
    const std::size_t before = messages(people.maker, second).size();
    post(people.maker, offer_mailbox(view(people.maker, second)), seed, {forged, good});
    CHECK(messages(people.maker, second).size() == before + 1);
}

TEST_CASE_FIXTURE(Cheat, "a letter that brings nothing new is not written") {
    const std::string id = people.take();
    const base::Secret seed = taker_seed(id);
    const base::MailboxId mailbox = offer_mailbox(view(people.maker, id));
    const trade::Signed text =
        sign(next(view(people.taker, id).machine, Role::taker, MoveKind::text, "hello"), seed);
    // Sealed with another nonce each time that it is written.
    const auto row = [&] {
        const auto digits = base::from_hex(id);
        REQUIRE(digits);
        const auto place = place_of(Table::trades, *digits);
        const auto key = base::to_bytes(people.maker.market->vault().blind(place).view());
        return people.maker.store.get(Table::trades, key);
    };
    post(people.maker, mailbox, seed, {text});
    const auto before = row();
    REQUIRE(before);
    post(people.maker, mailbox, seed, {text});
    CHECK(row() == before);
    const base::MailboxKey elsewhere = crypto::XWingKey(rng.secret()).public_key();
    post(people.maker, mailbox, seed, {text}, {.reply_to = elsewhere});
    const auto moved = row();
    CHECK(moved != before);
    post(people.maker, mailbox, seed, {text}, {.reply_to = elsewhere});
    CHECK(row() == moved);
}

TEST_CASE_FIXTURE(
    Cheat,
    "an offer whose mailbox nobody can write to is refused to who takes it as to who writes") {
    const base::Secret seed = rng.secret();
    item::Publication claim;
    claim.publisher = base::PublisherKey{crypto::ed25519_public_key(seed).data};
    item::OfferText tent{"tent", "", "", "", {}};
    tent.mailbox.emplace();  // whose X25519 key is of small order
    claim.mailbox = item::mailbox_id(*tent.mailbox);
    claim.sequence = 1;
    const auto offer = item::read(
        item::make_publication({item::Network::sim, item::kind_offer, people.taker.now, day}, claim,
                               item::write_offer(tent), seed),
        item::Network::sim);
    REQUIRE(offer);
    people.taker.hear(*offer);
    const std::string id = base::to_hex(item::thing_of(claim));
    const auto written = people.taker.send(id, "hello");
    TakeDraft draft;
    draft.offer = id;
    const auto taken = people.taker.turn(
        [&](const Turn& turn) { return people.taker.market->take_offer(draft, turn); });
    REQUIRE(!written);
    REQUIRE(!taken);
    CHECK(written.error().code == base::ErrorCode::refused);
    CHECK(taken.error().code == written.error().code);
    CHECK(taken.error().text == written.error().text);
}

}  // namespace hearsay::market
