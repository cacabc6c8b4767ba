// Letters that are made to end a node: whoever they come to, it takes them, goes on, and does so
// after a restart.
#include <doctest/doctest.h>

#include "base/limits/trades.hpp"
#include "cheat.hpp"
#include "item/mailbox.hpp"
#include "item/make.hpp"

namespace hearsay::market {
namespace {

using trade::Phase;

// An offer that was never published anywhere, of somebody whom nobody knows.
item::ReadPtr unheard_offer(const base::Secret& seed, base::WallTime now) {
    item::Publication claim;
    claim.publisher = base::PublisherKey{crypto::ed25519_public_key(seed).data};
    item::OfferText tent{"tent", "", "", "", {}};
    tent.mailbox = base::MailboxKey{{9}};
    claim.mailbox = item::mailbox_id(*tent.mailbox);
    claim.sequence = 1;
    auto read = item::read(item::make_publication({item::Network::sim, item::kind_offer, now, day},
                                                  claim, item::write_offer(tent), seed),
                           item::Network::sim);
    REQUIRE(read);
    return *read;
}

struct Poisoned : Cheat {
    base::Secret seed = rng.secret();

    trade::Signed take_that_has_seen(const item::ReadPtr& offer, const trade::Seen& claim) {
        trade::Message take = stray_take(offer, seed).message;
        take.seen = {claim};
        return sign(take, seed);
    }
    // The letter comes, and comes again to a node whose last turn was lost, and to one that was
    // ended and started.
    void survives(Person& person, const base::MailboxId& mailbox, const trade::Signed& poison,
                  const Wish& wish = {}) {
        for (Crash crash : {Crash::never, Crash::before_commit}) {
            person.next_crash = crash;
            post(person, mailbox, seed, {poison}, wish);
            CHECK(person.market->trades().empty());
            person.start();
            person.do_tries();
            CHECK(person.market->trades().empty());
        }
    }
};

}  // namespace

TEST_CASE_FIXTURE(
    Poisoned, "a Take that says it saw the maker's first message does not end the maker's node") {
    const auto offer = people.maker.publish("bicycle");
    REQUIRE(offer);
    people.settle_all();
    const trade::Signed poison = take_that_has_seen(people.maker.flood.get(offer->item),
                                                    {offer->publisher, 1, trade::Hash{}});
    survives(people.maker, *offer->mailbox, poison);
    // The letter is there, as any other that says nothing of a trade.
    CHECK(people.maker.inbox().size() == 2);
}

TEST_CASE_FIXTURE(Poisoned,
                  "a Take that says it saw somebody unknown does not end the maker's node") {
    const auto offer = people.maker.publish("bicycle");
    REQUIRE(offer);
    people.settle_all();
    const trade::Signed poison = take_that_has_seen(people.maker.flood.get(offer->item),
                                                    {base::PublisherKey{{77}}, 1, trade::Hash{}});
    survives(people.maker, *offer->mailbox, poison);
}

TEST_CASE_FIXTURE(Poisoned,
                  "such a Take of an offer that never was does not end an arbiter's node") {
    const base::Secret nobody = rng.secret();
    const item::ReadPtr offer = unheard_offer(nobody, people.arbiter.now);
    const trade::Signed poison =
        take_that_has_seen(offer, {offer->header.publication()->publisher, 1, trade::Hash{}});
    survives(people.arbiter, main_of(people.arbiter), poison,
             {.arbiter = people.terms().arbiter->persona});
}

TEST_CASE_FIXTURE(Poisoned, "after such letters a node trades as before") {
    const std::string id = people.take();
    const base::MailboxId mailbox = offer_mailbox(view(people.maker, id));
    const auto offer = view(people.maker, id).take()->offer;
    post(people.maker, mailbox, seed,
         {take_that_has_seen(offer, {offer->header.publication()->publisher, 1, trade::Hash{}})});
    people.maker.start();
    people.maker.do_tries();
    people.move(people.maker, id, trade::MoveKind::accept);
    for (Person* side : {&people.maker, &people.taker})
        CHECK(people.phase(*side, id) == Phase::agreed);
}

TEST_CASE_FIXTURE(
    Poisoned,
    "an Accept that comes when the trade's mailbox has just lapsed does not end the taker's node") {
    const std::string id = people.take();
    while (people.taker.now + 14 * day <
           view(people.taker, id).created + base::limits::trade_life_max)
        people.pass(14 * day);
    // Beyond the end of its mailbox, and before the hourly tick that destroys the key.
    const base::WallTime lapsed =
        view(people.taker, id).created + base::limits::trade_life_max + hour;
    for (Person* person : people.all()) person->now = lapsed;
    people.move(people.maker, id, trade::MoveKind::accept);
    people.taker.tick();
    CHECK(people.taker.market->trade(id, people.taker.store));
}

}  // namespace hearsay::market
