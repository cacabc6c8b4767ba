// What a node that came back from a backup, or from the words, does with a world that has gone on.
#include <doctest/doctest.h>

#include "backups.hpp"
#include "base/encoding.hpp"
#include "market/address.hpp"
#include "market/records.hpp"

namespace hearsay::market {
namespace {

// On a network where stamps are checked. Their mailboxes ask for little, so that they are found
// quickly.
struct Paying {
    static constexpr std::uint32_t bits = 10;
    Person alice{1, item::Network::local, {}, early};
    Person bob{2, item::Network::local, {}, early};
    Person again{3, item::Network::local, {}, early};
    MessageId first{};  // bob's to alice

    Paying() {
        for (Person* person : {&alice, &bob, &again}) person->stamp_bits = bits;
        ask_little(alice);
        first = bob.send(mailbox_address(alice.market->mailboxes().at(0).key), "hello")->letter.id;
        both();
        REQUIRE(alice.inbox().size() == 1);
    }
    static void ask_little(Person& person) {
        for (const MailboxView& mailbox : person.market->mailboxes())
            REQUIRE(person.turn([&](const Turn& turn) {
                return person.market->set_rule(mailbox.key, {SenderRule::anyone, bits, 500}, turn);
            }));
    }
    void both() { settle({&alice, &bob}); }
    void alice_and_again() { settle({&alice, &again}); }
    // Answers the newest mail in the inbox.
    static MailView answer(Person& person, const std::string& text) {
        auto mail = person.send(base::to_hex(person.inbox().at(0).letter.id), text);
        REQUIRE(mail);
        return *std::move(mail);
    }
    static bool has(const Person& person, const MessageId& id) {
        return std::ranges::any_of(person.inbox(),
                                   [&](const auto& mail) { return mail.letter.id == id; });
    }
    static void wait(std::initializer_list<Person*> persons) {
        for (Person* person : persons) person->now += hour;
    }
};

// A trade that is agreed on.
struct Deal {
    Person maker{1, early};
    Person taker{2, early};
    std::string id;

    Deal() {
        const auto offer = maker.publish("bicycle");
        settle({&maker, &taker});
        const auto taken = taker.turn([&](const Turn& turn) {
            return taker.market->take_offer({base::to_hex(offer->thing), {}, ""}, turn);
        });
        REQUIRE(taken);
        id = base::to_hex(taken->id);
        settle({&maker, &taker});
        move(maker, trade::MoveKind::accept, "");
        settle({&maker, &taker});
    }
    void move(Person& who, trade::MoveKind kind, const std::string& text) const {
        MoveDraft draft;
        draft.kind = kind;
        draft.text = text;
        REQUIRE(
            who.turn([&](const Turn& turn) { return who.market->move_trade(id, draft, turn); }));
    }
    std::string last_text(Person& who) const {
        const auto view = who.market->trade(id, who.store);
        REQUIRE(view);
        CHECK(view->phase == trade::Phase::agreed);
        return view->machine.steps().back().message.message.move.text;
    }
    RatingView rate(Person& who, std::uint32_t stars) {
        const auto made = who.turn(
            [&](const Turn& turn) { return who.market->rate(id, stars, "so it was", turn); });
        REQUIRE(made);
        settle({&maker, &taker});
        return *made;
    }
    // What floods at the maker's comes to the new machine.
    void flood(Person& to) const {
        for (const auto kind : {item::kind_offer, item::kind_rating, item::kind_mail})
            maker.flood.of_kind_since(kind, 0, [&](core::Position, const item::ReadPtr& item) {
                to.hear(item);
                return true;
            });
        to.do_recovery();
        to.do_tries();
    }
};

}  // namespace

TEST_CASE_FIXTURE(Paying,
                  "a restored node takes answers on tickets that were given since the backup") {
    const base::Bytes file = backup_of(bob);
    for (int i = 0; i < 5; ++i) {  // with each four tickets of bob's
        wait({&alice, &bob});
        answer(alice, "what is it?");
        both();
        answer(bob, "a bicycle");
        both();
    }
    again.now = bob.now;
    REQUIRE(restore(again, file));
    const MailView mail = answer(alice, "I take it");
    REQUIRE(mail.letter.ticket);
    alice_and_again();
    CHECK(has(again, mail.letter.id));
    CHECK(again.market->mailboxes().at(0).refused == 0);
}

TEST_CASE_FIXTURE(
    Paying, "letters after a restore do not close the tickets that were given since the backup") {
    answer(alice, "what is it?");
    both();
    const base::Bytes file = backup_of(bob);
    const MailView since = answer(bob, "a bicycle");
    both();
    REQUIRE(restore(again, file));
    for (int i = 0; i < 10; ++i) answer(again, "are you there?");
    settle({&again});
    // Somebody who heard none of these answers on the ticket from before.
    const MailView mail = answer(alice, "I take it");
    REQUIRE(mail.letter.ticket == since.letter.tickets.back());
    alice_and_again();
    CHECK(has(again, mail.letter.id));
}

TEST_CASE_FIXTURE(
    Paying, "a restored node uses no ticket of the backup, which may be used up, but stamps") {
    answer(alice, "what is it?");
    both();
    ask_little(alice);
    const base::Bytes file = backup_of(bob);
    REQUIRE(answer(bob, "a bicycle").letter.ticket);
    both();
    REQUIRE(restore(again, file));
    const MailView mail = answer(again, "as I said, a bicycle");
    CHECK_FALSE(mail.letter.ticket);
    alice_and_again();
    CHECK(has(alice, mail.letter.id));
}

TEST_CASE_FIXTURE(
    Paying, "a restored node uses no ticket of a letter that the lost one may have answered") {
    const base::Bytes file = backup_of(bob);
    answer(alice, "what is it?");
    both();
    ask_little(alice);
    REQUIRE(answer(bob, "a bicycle").letter.ticket);
    both();
    again.now = bob.now + hour;
    REQUIRE(restore(again, file));
    alice.flood.of_kind_since(item::kind_mail, 0, [&](core::Position, const item::ReadPtr& item) {
        again.hear(item);
        return true;
    });
    again.do_tries();
    REQUIRE(again.inbox().size() == 1);
    const MailView mail = answer(again, "as I said, a bicycle");
    CHECK_FALSE(mail.letter.ticket);
    alice_and_again();
    CHECK(has(alice, mail.letter.id));
    // Tickets that came since are good.
    alice.now = again.now + 3 * hour;
    answer(alice, "I take it");
    alice_and_again();
    CHECK(answer(again, "fine").letter.ticket);
}

TEST_CASE("a restored node sees that a mail of its own was removed before it came back") {
    Person alice(1, early);
    Person bob(2, item::Network::sim, MarketSettings{.receipts = false}, early);
    Person again(3, early);
    const auto state = [](Person& person) {
        return person.market->list_mail(person.store).at(0).state;
    };
    REQUIRE(alice.send(mailbox_address(bob.market->mailboxes().at(0).key), "hello"));
    settle({&alice, &bob});
    REQUIRE(state(alice) == MailState::heard);
    const base::Bytes file = backup_of(alice);
    bob.now += bob.settings.remove_within;
    bob.tick();
    settle({&alice, &bob});
    REQUIRE(state(alice) == MailState::delivered);
    alice.flood.of_kind_since(item::kind_mail_removal, 0,
                              [&](core::Position, const item::ReadPtr& removal) {
                                  again.hear(removal);
                                  return true;
                              });
    REQUIRE(restore(again, file));
    CHECK(state(again) == MailState::delivered);
    CHECK(again.market->list_mail(again.store).at(0).why ==
          "its reader removed it from the network");
    // Of another mail nothing is heard.
    const auto other = again.send(mailbox_address(bob.market->mailboxes().at(0).key), "hello?");
    REQUIRE(other);
    settle({&again, &bob});
    again.start();
    const auto view = again.turn([&](const Turn& turn) {
        return again.market->read_mail(base::to_hex(other->letter.id), turn);
    });
    REQUIRE(view);
    CHECK(view->state == MailState::heard);
}

TEST_CASE(
    "a restored offer's mailbox asks for what its version in the network says, not for what the "
    "backup did") {
    Person bob(2, early);
    Person again(3, early);
    item::OfferText text;
    text.title = "bicycle";
    text.stamp_bits = 30;
    const auto offer = bob.turn([&](const Turn& turn) {
        return bob.market->publish_offer(text, day, {early, bob.store, bob.flood, turn.out});
    });
    REQUIRE(offer);
    const base::Bytes file = backup_of(bob);
    text.stamp_bits = 20;
    REQUIRE(bob.turn([&](const Turn& turn) {
        return bob.market->update_offer(offer->thing, text, day,
                                        {early, bob.store, bob.flood, turn.out});
    }));
    settle({&bob});
    REQUIRE(restore(again, file));
    bob.flood.of_kind_since(item::kind_offer, 0, [&](core::Position, const item::ReadPtr& item) {
        again.hear(item);
        return true;
    });
    again.do_recovery();
    const auto mailboxes = again.market->mailboxes();
    const auto at = std::ranges::find(mailboxes, *offer->mailbox, &MailboxView::key);
    REQUIRE(at != mailboxes.end());
    CHECK(at->rule.stamp_bits == 20);
}

TEST_CASE("a backup of another network, or with a record that does not open, changes nothing") {
    Person bob(2, item::Network::local, {}, early);
    Person again(3, early);
    const auto refused = [&](const base::Bytes& file, base::ErrorCode code) {
        const base::Bytes vault_file = again.vault_file;
        const auto rows = again.store.rows();
        const auto identity = again.market->vault().identity();
        const auto restored = restore(again, file);
        REQUIRE_FALSE(restored);
        CHECK(restored.error().code == code);
        CHECK(again.store.rows() == rows);
        CHECK(again.vault_file == vault_file);
        CHECK(again.market->vault().identity() == identity);
        again.start();
        CHECK(again.lists.empty());  // nothing of a recovery
    };
    const auto offer = bob.publish("bicycle", day);
    REQUIRE(offer);
    const base::Bytes alive = backup_of(bob);
    refused(alive, base::ErrorCode::refused);
    again.now = early + 2 * day;  // over, and of another network still
    refused(alive, base::ErrorCode::refused);
    base::Rng rng = seeded(79);
    ChangeRecords records(bob.market->vault(), bob.store, rng);
    records.erase(Table::publications, offer->thing.view());
    records::Trade trade;
    trade.add_steps("no message of this network");
    records.save(Table::trades, base::to_bytes("a trade's id"), trade);
    refused(backup_of(bob), base::ErrorCode::refused);
    records.erase(Table::trades, base::to_bytes("a trade's id"));
    const base::Bytes key = base::to_bytes("a thing's id");  // sealed, but it is no record
    bob.store.put(Table::publications, key,
                  bob.market->vault().seal_record(place_of(Table::publications, key),
                                                  base::Bytes{0xff}, rng));
    refused(backup_of(bob), base::ErrorCode::corrupt);
}

TEST_CASE("an open trade goes on after a backup of two months ago is restored") {
    Deal deal;
    Person again(3, early);
    const base::Bytes file = backup_of(deal.taker);
    for (int i = 0; i < 60; ++i)  // what is over is destroyed day by day
        for (Person* person : {&deal.maker, &deal.taker, &again}) {
            person->now += day;
            person->tick();
        }
    settle({&deal.maker, &deal.taker});
    REQUIRE(restore(again, file));
    again.start();
    deal.move(deal.maker, trade::MoveKind::text, "are you there?");
    settle({&deal.maker, &again});
    CHECK(deal.last_text(again) == "are you there?");
    deal.move(again, trade::MoveKind::text, "here I am");
    settle({&deal.maker, &again});
    CHECK(deal.last_text(deal.maker) == "here I am");
}

TEST_CASE("the words bring one's own ratings back, to be renewed and removed") {
    Deal deal;
    const auto rating = deal.rate(deal.taker, 4);
    Person again(3, early);
    again.now = early + hour;
    REQUIRE(again.turn(
        [&](const Turn& turn) { return again.market->recover(deal.taker.words, turn); }));
    deal.flood(again);
    const auto found = again.market->own_ratings(again.store);
    REQUIRE(found.size() == 1);
    CHECK(found[0].thing == rating.thing);
    CHECK(found[0].stars == 4);
    CHECK(again.market->own_offers(again.store).empty());
    deal.maker.now = again.now = early + 13 * day;
    again.tick();
    settle({&deal.maker, &again});
    auto seen = deal.maker.market->ratings(rating.about, deal.maker.flood).newest;
    REQUIRE(seen.size() == 1);
    CHECK(seen[0].expires > rating.expires);
    CHECK(seen[0].stars == 4);
    REQUIRE(again.turn([&](const Turn& turn) {
        return again.market->remove_rating(base::to_hex(rating.thing), turn);
    }));
    settle({&deal.maker, &again});
    CHECK(deal.maker.market->ratings(rating.about, deal.maker.flood).newest.empty());
}

TEST_CASE("a rating that was removed since the backup does not return") {
    Deal deal;
    const auto rating = deal.rate(deal.taker, 4);
    const base::Bytes file = backup_of(deal.taker);
    Person again(3, early);
    deal.taker.now = again.now = early + 13 * day;
    REQUIRE(deal.taker.turn([&](const Turn& turn) {
        return deal.taker.market->remove_rating(base::to_hex(rating.thing), turn);
    }));
    settle({&deal.maker, &deal.taker});
    REQUIRE(restore(again, file));
    const auto published = [&] {
        again.tick();
        settle({&again});
        return again.market->ratings(rating.about, again.flood).newest;
    };
    // renewal was due
    for (const RatingView& seen : published()) CHECK(seen.expires == rating.expires);
    deal.flood(again);
    CHECK(again.market->own_ratings(again.store).at(0).state == PublicationState::removed);
    again.now += 2 * day;
    CHECK(published().empty());
}

TEST_CASE("a rating that nobody has any more is published again a day after a restore") {
    Deal deal;
    const auto rating = deal.rate(deal.taker, 4);
    const base::Bytes file = backup_of(deal.taker);
    Person again(3, early);
    again.now = early + 60 * day;
    REQUIRE(restore(again, file));
    again.now += 2 * day;
    again.tick();
    settle({&again});
    const auto seen = again.market->ratings(rating.about, again.flood).newest;
    REQUIRE(seen.size() == 1);
    CHECK(seen[0].expires > again.now);
}

}  // namespace hearsay::market
