// Trades between persons with disks and mail: through crashes, over months, before an arbiter,
// to a rating.
#include "base/limits/trades.hpp"

#include <algorithm>

#include <doctest/doctest.h>

#include "base/encoding.hpp"
#include "market/address.hpp"
#include "people.hpp"

namespace hearsay::market {
namespace {

using trade::MoveKind;
using trade::Phase;

constexpr Crash every_crash[] = {Crash::before_vault, Crash::before_commit, Crash::before_speaking,
                                 Crash::never};

}  // namespace

TEST_CASE("an offer is taken, accepted, confirmed by itself, shipped and received") {
    People people;
    const std::string id = people.take();
    CHECK(people.phase(people.maker, id) == Phase::proposed);
    CHECK(people.maker.market->trades().size() == 1);
    people.move(people.maker, id, MoveKind::accept);
    CHECK(people.phase(people.maker, id) == Phase::agreed);
    CHECK(people.phase(people.taker, id) == Phase::agreed);
    for (Person* who : {&people.maker, &people.taker}) people.move(*who, id, MoveKind::shipped);
    for (Person* who : {&people.maker, &people.taker}) people.move(*who, id, MoveKind::received);
    CHECK(people.phase(people.maker, id) == Phase::complete);
    CHECK(people.phase(people.taker, id) == Phase::complete);
    CHECK(people.arbiter.market->trades().empty());
}

TEST_CASE("a move that is not allowed is refused with the reason, and nothing is sent") {
    People people;
    const std::string id = people.take();
    MoveDraft draft;
    draft.kind = MoveKind::shipped;
    const auto refused = people.try_move(people.maker, id, draft);
    REQUIRE(!refused);
    CHECK(refused.error().code == base::ErrorCode::refused);
    CHECK(refused.error().text.find("nothing is agreed yet") != std::string::npos);
    CHECK(people.maker.work.empty());
}

TEST_CASE("a move with nothing to say, or with what it cannot carry, is refused") {
    People people;
    const std::string id = people.agree();
    const auto told = [&](MoveKind kind, std::optional<trade::Payload> payload) {
        MoveDraft draft;
        draft.kind = kind;
        draft.payload = std::move(payload);
        const auto moved = people.try_move(people.maker, id, draft);
        if (moved) return std::string("ok");
        CHECK(moved.error().code == base::ErrorCode::invalid);
        return moved.error().text;
    };
    for (const MoveKind kind : {MoveKind::text, MoveKind::pay_info, MoveKind::dispute})
        CHECK(told(kind, {}).ends_with("needs a text or a payload"));
    for (const MoveKind kind : {MoveKind::received, MoveKind::close, MoveKind::dispute})
        CHECK(told(kind, trade::Payload{"text/plain", base::to_bytes("x")})
                  .starts_with("only accept, pay-info, shipped and text carry a payload"));
    CHECK(people.maker.work.empty());
}

TEST_CASE("one's own offer is not taken") {
    Person alice(1);
    const auto offer = alice.publish("bicycle");
    REQUIRE(offer);
    settle({&alice});
    Effects out;
    const auto taken = alice.market->take_offer({base::to_hex(offer->thing), {}, ""},
                                                {noon, alice.store, alice.flood, out});
    REQUIRE(!taken);
    CHECK(taken.error().code == base::ErrorCode::refused);
}

TEST_CASE("terms are bargained over until somebody accepts, and the last ones count") {
    People people;
    const std::string id = people.take(false);
    MoveDraft counter;
    counter.kind = MoveKind::counter;
    counter.terms =
        trade::Terms{"bicycle", "two pounds of coffee", "", trade::Ships::both, std::nullopt};
    REQUIRE(people.try_move(people.maker, id, counter));
    people.settle_all();
    CHECK(!people.try_move(people.maker, id, counter));  // it is the taker's turn
    people.move(people.taker, id, MoveKind::accept);
    const auto view = people.maker.market->trade(id, people.maker.store);
    REQUIRE(view);
    CHECK(view->phase == Phase::agreed);
    CHECK(view->machine.state().terms == *counter.terms);
}

TEST_CASE("a payload arrives byte for byte") {
    People people;
    const std::string id = people.agree();
    MoveDraft draft;
    draft.kind = MoveKind::pay_info;
    draft.payload = trade::Payload{"application/psbt",
                                   base::Bytes(base::limits::trade_payload_bytes_max, 0xF7)};
    REQUIRE(people.try_move(people.maker, id, draft));
    people.settle_all();
    const auto view = people.taker.market->trade(id, people.taker.store);
    REQUIRE(view);
    CHECK(view->messages().back().message.move.payload == draft.payload);
}

TEST_CASE("a trade survives a crash at every step of every move, and is carried on where it was") {
    for (Crash crash : every_crash) {
        for (int step = 0; step < 4; ++step) {
            CAPTURE(static_cast<int>(crash));
            CAPTURE(step);
            People people;
            const std::string id = people.take();
            const auto play = [&](int at, Person& who, MoveKind kind) {
                MoveDraft draft;
                draft.kind = kind;
                draft.text = "so be it";
                if (at == step) who.next_crash = crash;
                REQUIRE(people.try_move(who, id, draft));
                if (at == step && crash != Crash::never) {
                    who.start();
                    const bool kept = crash == Crash::before_speaking;
                    // What was not kept was never said: the user says it again.
                    CHECK(people.try_move(who, id, draft).has_value() == !kept);
                }
                people.settle_all();
            };
            play(0, people.maker, MoveKind::accept);
            CHECK(people.phase(people.taker, id) == Phase::agreed);
            play(1, people.maker, MoveKind::shipped);
            play(2, people.taker, MoveKind::received);
            play(3, people.maker, MoveKind::dispute);
            const auto maker = people.maker.market->trade(id, people.maker.store);
            const auto taker = people.taker.market->trade(id, people.taker.store);
            REQUIRE((maker && taker));
            CHECK(maker->machine.state() == taker->machine.state());
            CHECK(taker->machine.forks().empty());
            CHECK(people.phase(people.arbiter, id) == Phase::disputed);
        }
    }
}

TEST_CASE("a crash while a message is taken in loses nothing: the mail is tried again") {
    for (Crash crash : {Crash::before_vault, Crash::before_commit, Crash::before_speaking}) {
        CAPTURE(static_cast<int>(crash));
        People people;
        const std::string id = people.take();
        MoveDraft draft;
        draft.kind = MoveKind::accept;
        REQUIRE(people.try_move(people.maker, id, draft));
        people.maker.do_work();
        for (const item::ReadPtr& item : std::exchange(people.maker.submitted, {}))
            people.taker.hear(item);
        REQUIRE(people.taker.tries.size() == 1);
        people.taker.next_crash = crash;
        people.taker.answer(people.taker.tries.front());
        people.taker.start();
        people.settle_all();
        CHECK(people.phase(people.taker, id) == Phase::agreed);
        CHECK(people.phase(people.maker, id) == Phase::agreed);
    }
}

TEST_CASE("a trade that rested for eight months goes on, and its mailbox is there") {
    People people;
    const std::string id = people.agree();
    for (int week = 0; week < 34; ++week) people.pass(7 * day);
    people.taker.start();
    people.move(people.maker, id, MoveKind::shipped);
    people.move(people.taker, id, MoveKind::received);
    const auto view = people.maker.market->trade(id, people.maker.store);
    REQUIRE(view);
    CHECK(view->machine.state().side(trade::Role::taker).received);
}

TEST_CASE("a node that was off for months keeps the mailboxes of open trades at its start") {
    People people;
    const std::string id = people.agree();
    for (Person* person : people.all()) {
        person->now += 200 * day;
        person->start();
    }
    people.move(people.maker, id, MoveKind::text, "I am back");
    const auto view = people.taker.market->trade(id, people.taker.store);
    REQUIRE(view);
    CHECK(view->messages().back().message.move.text == "I am back");
}

TEST_CASE("the mailbox of a trade that is over is destroyed in its time") {
    People people;
    const std::string id = people.take();
    people.move(people.maker, id, MoveKind::decline);
    const auto mailboxes = [&] {
        std::size_t found = 0;
        for (const MailboxView& each : people.taker.market->mailboxes())
            found += each.purpose == "trade " + id ? 1U : 0U;
        return found;
    };
    CHECK(mailboxes() == 1);
    for (int week = 0; week < 8; ++week) people.pass(7 * day);
    CHECK(mailboxes() == 0);
}

TEST_CASE("an arbiter sees what it is shown, says what is missing, and rules for both") {
    People people;
    const std::string id = people.agree();
    people.move(people.taker, id, MoveKind::shipped);
    people.move(people.taker, id, MoveKind::text, "a secret between us");
    MoveDraft dispute;
    dispute.kind = MoveKind::dispute;
    dispute.text = "nothing came";
    dispute.show = {{trade::Role::maker, 99}};
    CHECK(!people.try_move(people.taker, id, dispute));
    CHECK(people.phase(people.taker, id) == Phase::agreed);  // with its evidence or not at all
    dispute.show.clear();
    REQUIRE(people.try_move(people.taker, id, dispute));
    people.settle_all();
    CHECK(people.phase(people.maker, id) == Phase::disputed);
    auto shown = people.arbiter.market->trade(id, people.arbiter.store);
    REQUIRE(shown);
    CHECK(shown->role == trade::Role::arbiter);
    CHECK(shown->phase == Phase::disputed);
    for (const trade::Signed& message : shown->messages())
        CHECK(message.message.move.text != "a secret between us");
    // The Take and the Confirm are here; what lies between the Confirm and the Dispute is not.
    CHECK(shown->machine.missing(trade::Role::taker, 10) == std::vector<std::uint32_t>{3, 4});

    // Who shows keeps a record of it, and says what: nothing chosen is nothing sent.
    const auto record = [&](Person& who) {
        return who.market->trade(id, who.store)->shown_to_arbiter.size();
    };
    CHECK(record(people.taker) == 4);  // Take, Accept, Confirm, Dispute
    CHECK(record(people.maker) == 0);
    const auto show_more = [&](const MoveDraft& draft) {
        return people.maker.turn([&](const Turn& turn) {
            return people.maker.market->show_to_arbiter(id, draft, turn);
        });
    };
    const auto nothing = show_more({});
    REQUIRE(!nothing);
    CHECK(nothing.error().code == base::ErrorCode::invalid);
    CHECK(people.maker.work.empty());

    MoveDraft all;
    all.show_all = true;
    REQUIRE(show_more(all));
    CHECK(record(people.maker) ==
          people.maker.market->trade(id, people.maker.store)->messages().size());
    people.settle_all();
    shown = people.arbiter.market->trade(id, people.arbiter.store);
    REQUIRE(shown);
    CHECK(shown->machine.missing(trade::Role::taker, 10).empty());

    MoveDraft ruling;
    ruling.kind = MoveKind::ruling;
    ruling.text = "the taker paid";
    ruling.right = trade::Finding::taker;
    REQUIRE(people.try_move(people.arbiter, id, ruling));
    people.settle_all();
    for (Person* person : people.all()) CHECK(people.phase(*person, id) == Phase::ruled);
    CHECK(!people.try_move(people.arbiter, id, ruling));
}

TEST_CASE("what a trade takes is no unread mail, and it is said whose turn it is") {
    People people;
    const std::string id = people.take();
    const auto counts = [](Person& who) { return who.market->counts(); };
    CHECK(counts(people.maker).unread == 0);
    CHECK(counts(people.maker).turns == 1);  // to accept, or not
    CHECK(counts(people.taker).turns == 0);
    const auto strangers = [&] {
        std::size_t sum = 0;
        for (const MailboxView& each : people.maker.market->mailboxes())
            sum += each.strangers_unread;
        return sum;
    };
    // Else a stranger's takes would fill the inbox beside the rule of the mailbox.
    CHECK(strangers() == 1);
    for (const MailView& mail : people.maker.market->list_mail(people.maker.store))
        if (mail.incoming) CHECK(base::to_hex(*mail.trade) == id);
    REQUIRE(people.maker.turn(
        [&](const Turn& turn) { return people.maker.market->read_trade(id, turn); }));
    CHECK(strangers() == 0);
    people.maker.start();
    CHECK(counts(people.maker).unread == 0);
    CHECK(counts(people.maker).turns == 1);
    people.move(people.maker, id, MoveKind::accept);
    CHECK(counts(people.maker).turns == 1);  // both are to ship
    CHECK(counts(people.taker).turns == 1);
    people.move(people.maker, id, MoveKind::shipped);
    CHECK(counts(people.maker).turns == 0);
    people.move(people.taker, id, MoveKind::shipped);
    for (Person* who : {&people.maker, &people.taker}) people.move(*who, id, MoveKind::received);
    for (Person* who : {&people.maker, &people.taker}) {
        CHECK(counts(*who).turns == 0);
        CHECK(counts(*who).unread == 0);
    }
}

TEST_CASE("trades are listed by their last change, the newest first, also after a start") {
    People people;
    const std::string first = people.take();
    people.pass(base::Seconds(3600));
    const std::string second = people.take();
    const auto listed = [&](const Person& who) {
        std::vector<std::string> out;
        for (const trade::TradeId& id : who.market->trades()) out.push_back(base::to_hex(id));
        return out;
    };
    for (Person* who : {&people.maker, &people.taker})
        CHECK(listed(*who) == std::vector{second, first});
    people.pass(base::Seconds(3600));
    people.move(people.maker, first, MoveKind::accept);
    for (Person* who : {&people.maker, &people.taker}) {
        CHECK(listed(*who) == std::vector{first, second});
        who->start();
        CHECK(listed(*who) == std::vector{first, second});
        for (const trade::TradeId& id : who->market->trades()) {
            const auto view = who->market->trade(id, who->store);
            REQUIRE(view);
            CHECK(view->id == id);
        }
    }
    CHECK(
        !people.arbiter.market->trade(people.maker.market->trades().front(), people.arbiter.store));
}

TEST_CASE("a letter's place tells what its headline tells, also after a start") {
    People people;
    const std::string id = people.take();
    const std::string to = mailbox_address(people.maker.market->mailboxes().back().key);
    people.pass(base::Seconds(3600));
    REQUIRE(people.taker.send(to, "read"));
    people.settle_all();
    people.pass(base::Seconds(3600));
    REQUIRE(people.taker.send(to, "unread"));
    people.settle_all();
    const auto letter = people.maker.market->mail_places().at(1);
    REQUIRE(people.maker.turn([&](const Turn& turn) {
        return people.maker.market->read_mail(base::to_hex(letter.id), turn);
    }));
    for (Person* who : {&people.maker, &people.taker})
        for (const bool anew : {false, true}) {
            if (anew) who->start();
            const auto places = who->market->mail_places();
            CHECK(places.size() == 3);
            CHECK(std::ranges::is_sorted(places, std::greater(), &MailPlace::when));
            for (const MailPlace& place : places) {
                const auto mail = who->market->headline(place, who->store);
                REQUIRE(mail);
                CHECK(mail->letter.id == place.id);
                CHECK(mail->letter.text.empty());
                CHECK(mail->incoming == place.incoming);
                CHECK(place.incoming == (who == &people.maker));
                CHECK(place.when == (place.incoming ? mail->received : mail->letter.written));
                CHECK(place.unread == (mail->state == MailState::unread));
                CHECK(place.of_trade == !mail->letter.trade.empty());
            }
            CHECK(std::ranges::count(places, true, &MailPlace::of_trade) == 1);
            if (who == &people.maker)
                CHECK(std::ranges::count(places, true, &MailPlace::unread) == 2);
        }
}

TEST_CASE("only a trade that is over or closed is removed") {
    People people;
    const std::string id = people.agree();
    CHECK(!people.maker.market->remove_trade(id, people.maker.aside()));
    people.move(people.maker, id, MoveKind::close);
    CHECK(people.maker.market->remove_trade(id, people.maker.aside()));
    CHECK(people.maker.market->trades().empty());
    CHECK(!people.taker.market->remove_trade(id, people.taker.aside()));
}

// ---- ratings ------------------------------------------------------------------------------------
namespace {
base::Result<RatingView> rate(Person& who, const std::string& id, std::uint32_t stars,
                              const std::string& text) {
    return who.turn([&](const Turn& turn) { return who.market->rate(id, stars, text, turn); });
}
base::PublisherKey maker_of(Person& who, const std::string& id) {
    return *who.market->trade(id, who.store)->machine.maker();
}
}  // namespace

TEST_CASE("a partner is rated only after an agreement, and everybody sees it") {
    People people;
    const std::string id = people.take();
    const auto too_soon = rate(people.taker, id, 1, "");
    REQUIRE(!too_soon);
    CHECK(too_soon.error().code == base::ErrorCode::refused);
    people.move(people.maker, id, MoveKind::accept);
    for (std::uint32_t stars : {0U, 6U}) CHECK(!rate(people.taker, id, stars, ""));
    REQUIRE(rate(people.taker, id, 4, "Good coffee"));
    people.settle_all();
    const auto seen =
        people.arbiter.market->ratings(maker_of(people.taker, id), people.arbiter.flood).newest;
    REQUIRE(seen.size() == 1);
    CHECK(seen[0].stars == 4);
    CHECK(seen[0].text == "Good coffee");
    CHECK(seen[0].by_role == trade::Role::taker);
    for (const item::ReadPtr& each : std::vector<item::ReadPtr>{people.arbiter.flood.get([&] {
             base::ItemId out{};
             people.arbiter.flood.of_kind(item::kind_rating, UINT64_MAX,
                                          [&](core::Position, const item::ReadPtr& r) {
                                              out = r->id;
                                              return false;
                                          });
             return out;
         }())})
        CHECK(!item::rating_content_problem(*each));
}

TEST_CASE("what was traded is rated by who took it, beside the partner, through all versions") {
    People people;
    const std::string id = people.agree();
    const auto rate_thing = [&](Person& who, std::uint32_t stars) {
        return who.turn([&](const Turn& turn) {
            return who.market->rate(id, stars, "Rusty", turn, RatingOf::thing);
        });
    };
    const auto by_maker = rate_thing(people.maker, 5);
    REQUIRE(!by_maker);
    CHECK(by_maker.error().code == base::ErrorCode::refused);
    const auto of_thing = rate_thing(people.taker, 2);
    REQUIRE(of_thing);
    const auto of_partner = rate(people.taker, id, 5, "Friendly");
    REQUIRE(of_partner);
    CHECK(of_thing->thing != of_partner->thing);
    people.settle_all();

    const Person& anybody = people.arbiter;
    REQUIRE(of_thing->traded);
    const auto seen = anybody.market->ratings(*of_thing->traded, anybody.flood).newest;
    REQUIRE(seen.size() == 1);
    CHECK(seen[0].stars == 2);
    CHECK(seen[0].about == maker_of(people.taker, id));
    const auto about_maker =
        anybody.market->ratings(maker_of(people.taker, id), anybody.flood).newest;
    REQUIRE(about_maker.size() == 1);
    CHECK(about_maker[0].stars == 5);

    const auto offers = anybody.market->offers(anybody.store, anybody.flood, 10);
    REQUIRE(offers.size() == 1);
    CHECK(offers[0].thing == *of_thing->traded);
    const OfferRatings ratings = anybody.market->ratings_of(offers[0], anybody.flood);
    CHECK(ratings.thing.count == 1);
    CHECK(ratings.thing.mean() == 2);
    CHECK(ratings.maker.count == 1);
    CHECK(ratings.maker.mean() == 5);

    REQUIRE(rate_thing(people.taker, 3));  // again: a new version
    people.settle_all();
    CHECK(anybody.market->ratings(*of_thing->traded, anybody.flood).newest.at(0).stars == 3);
}

TEST_CASE("a rating is changed, renewed while it is kept, and removed") {
    People people;
    const std::string id = people.agree();
    REQUIRE(rate(people.maker, id, 1, "Never came"));
    people.settle_all();
    REQUIRE(rate(people.maker, id, 5, "It came after all"));
    people.settle_all();
    const auto taker = *people.maker.market->trade(id, people.maker.store)->machine.taker();
    auto seen = people.arbiter.market->ratings(taker, people.arbiter.flood).newest;
    REQUIRE(seen.size() == 1);
    CHECK(seen[0].stars == 5);
    for (int week = 0; week < 6; ++week) people.pass(7 * day);
    seen = people.arbiter.market->ratings(taker, people.arbiter.flood).newest;
    REQUIRE(seen.size() == 1);
    CHECK(seen[0].expires > people.arbiter.now);
    const auto removed = people.maker.turn([&](const Turn& turn) {
        return people.maker.market->remove_rating(base::to_hex(seen[0].thing), turn);
    });
    REQUIRE(removed);
    people.settle_all();
    CHECK(people.arbiter.market->ratings(taker, people.arbiter.flood).newest.empty());
    // the bicycle, and no rating
    CHECK(people.maker.market->own_offers(people.maker.store).size() == 1);
}

}  // namespace hearsay::market
