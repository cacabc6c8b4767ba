// Who gets mail into a mailbox: stamps, tickets, friends, takers, and how many strangers.
#include <doctest/doctest.h>

#include "base/encoding.hpp"
#include "crypto/ed25519.hpp"
#include "crypto/work.hpp"
#include "fakes.hpp"
#include "item/mailbox.hpp"
#include "market/address.hpp"
#include "market/mail/postage.hpp"
#include "market/mail/sender_rules.hpp"

namespace hearsay::market {
namespace {

using base::ErrorCode;

struct Strangers {
    Person maker{1};
    Person buyer{2};

    base::MailboxId main_of(Person& person) { return person.market->mailboxes().back().key; }
    MailboxView mailbox(Person& person, const base::MailboxId& key) {
        for (const MailboxView& view : person.market->mailboxes())
            if (view.key == key) return view;
        FAIL("no such mailbox");
        return {};
    }
    MailView sent(Person& from, const std::string& to) {
        auto mail = from.send(to, "hello");
        REQUIRE(mail);
        settle({&maker, &buyer});
        return *from.turn([&](const Turn& turn) {
            return from.market->read_mail(base::to_hex(mail->letter.id), turn);
        });
    }
    void rule(const base::MailboxId& key, const MailboxRule& rule) {
        REQUIRE(
            maker.turn([&](const Turn& turn) { return maker.market->set_rule(key, rule, turn); }));
    }
};

}  // namespace

TEST_CASE("a ticket opens every mailbox, and otherwise each rule asks for its own") {
    const MailboxRule anyone, takers{SenderRule::takers, 0, 5}, friends{SenderRule::friends, 0, 5};
    const Bearer ticket{true, false, false, false, 99};
    const Bearer nobody;
    const Bearer known{false, true, false, false, 99};
    const Bearer stamped{false, false, true, false, 4};
    const Bearer taker{false, false, true, true, 4};
    const Bearer unpaid_taker{false, false, false, true, 0};
    for (const MailboxRule& rule : {anyone, takers, friends}) CHECK_FALSE(refusal(rule, ticket));
    CHECK(refusal(anyone, nobody) == Refusal::no_postage);
    CHECK(refusal(takers, nobody) == Refusal::not_a_taker);
    CHECK(refusal(friends, nobody) == Refusal::not_a_friend);
    for (const MailboxRule& rule : {anyone, takers, friends}) CHECK_FALSE(refusal(rule, known));
    CHECK_FALSE(refusal(anyone, stamped));
    CHECK(refusal(takers, stamped) == Refusal::not_a_taker);
    CHECK(refusal(friends, stamped) == Refusal::not_a_friend);
    CHECK_FALSE(refusal(takers, taker));
    CHECK(refusal(takers, unpaid_taker) == Refusal::no_postage);
    Bearer crowded = taker;
    crowded.strangers_unread = 5;
    CHECK(refusal(takers, crowded) == Refusal::mailbox_full);
}

TEST_CASE("a stamp is work for one mailbox, one message and one sender") {
    Letter letter;
    base::Rng rng = seeded(1);
    rng.fill(letter.id);
    rng.fill(letter.sender);
    base::MailboxId mailbox;
    rng.fill(mailbox);
    constexpr std::uint32_t bits = 12;
    const std::atomic<bool> never{false};
    letter.stamp = *crypto::find_work(stamp_id(mailbox, letter.id, letter.sender),
                                      stamp_trials(bits), 0, never);
    const auto enough = [&](const Letter& other, const base::MailboxId& to, std::uint32_t asked) {
        return stamp_is_enough(item::Network::local, other, to, asked);
    };
    CHECK(enough(letter, mailbox, bits));
    CHECK_FALSE(enough(letter, mailbox, 0));  // the usual is more
    Letter other = letter;
    other.id.data[0] ^= 1;
    CHECK_FALSE(enough(other, mailbox, bits));
    other = letter;
    other.sender.data[0] ^= 1;
    CHECK_FALSE(enough(other, mailbox, bits));
    base::MailboxId elsewhere = mailbox;
    elsewhere.data[0] ^= 1;
    CHECK_FALSE(enough(letter, elsewhere, bits));
    CHECK(stamp_trials(0) == stamp_trials(stamp_bits_default));
}

TEST_CASE_FIXTURE(Strangers,
                  "a first mail is stamped, its answer and all that follow go on tickets") {
    const auto first = buyer.send(mailbox_address(main_of(maker)), "hello");
    REQUIRE(first);
    REQUIRE(buyer.work.size() == 1);
    CHECK(buyer.work[0].id == stamp_id(main_of(maker), first->letter.id, first->letter.sender));
    CHECK(buyer.work[0].trials == std::uint64_t{1} << 24);
    settle({&maker, &buyer});
    const auto answer = maker.send(base::to_hex(first->letter.id), "yes");
    REQUIRE(answer);
    CHECK(answer->letter.ticket);
    CHECK(answer->letter.stamp == 0);
    REQUIRE(maker.work.size() == 1);
    CHECK(maker.work[0].id == answer->item);  // the mail's own work, and no other
    settle({&maker, &buyer});
    for (int i = 0; i < 10; ++i) {
        CHECK(sent(buyer, base::to_hex(answer->letter.id)).letter.ticket);
        CHECK(sent(maker, base::to_hex(first->letter.id)).letter.ticket);
    }
    CHECK(maker.inbox().size() == 11);
    CHECK(buyer.inbox().size() == 11);
}

TEST_CASE_FIXTURE(Strangers, "an offer's maker says what strangers' work is") {
    item::OfferText text;
    text.title = "bicycle";
    text.stamp_bits = 30;
    const auto offer = maker.turn([&](const Turn& turn) {
        return maker.market->publish_offer(text, day, {noon, maker.store, maker.flood, turn.out});
    });
    REQUIRE(offer);
    settle({&maker, &buyer});
    REQUIRE(buyer.send(base::to_hex(offer->thing), "hello"));
    CHECK(buyer.work.at(0).trials == std::uint64_t{1} << 30);
    CHECK(mailbox(maker, *offer->mailbox).rule.stamp_bits == 30);
    text.stamp_bits = 37;
    CHECK_FALSE(maker.turn([&](const Turn& turn) {
        return maker.market->publish_offer(text, day, {noon, maker.store, maker.flood, turn.out});
    }));
}

TEST_CASE("a letter without enough work is neither shown nor acknowledged, and is counted") {
    Person maker(1, item::Network::local);
    Person buyer(2, item::Network::local);
    const base::MailboxId main = maker.market->mailboxes().back().key;
    REQUIRE(buyer.send(mailbox_address(main), "hello"));
    settle({&maker, &buyer});  // whose workers find nothing but sevens
    CHECK(maker.inbox().empty());
    CHECK(maker.market->mailboxes().back().refused == 1);
    maker.now += day;
    maker.tick();
    maker.do_work();
    CHECK(maker.submitted.empty());
    maker.start();
    maker.do_tries();
    CHECK(maker.inbox().empty());
    CHECK(maker.market->mailboxes().back().refused == 1);
}

TEST_CASE("a ticket serves once") {
    Person maker(1, item::Network::local);
    const base::MailboxId main = maker.market->mailboxes().back().key;
    const base::Secret secret = maker.market->vault().mailboxes().at(main).secret;
    // The maker gave tickets of its main mailbox away with a letter.
    REQUIRE(maker.send(mailbox_address(main), "to myself"));
    const base::MailboxKey reply_key = *maker.market->list_mail(maker.store).at(0).letter.reply_to;
    const base::MailboxId reply = item::mailbox_id(reply_key);
    const base::Secret reply_secret = maker.market->vault().mailboxes().at(reply).secret;
    base::Rng rng = seeded(9);
    const base::Secret seed = rng.secret();
    const auto write = [&](const std::optional<Ticket>& ticket) {
        Letter letter;
        rng.fill(letter.id);
        letter.sender.data = crypto::ed25519_public_key(seed).data;
        letter.written = noon;
        letter.removal_secret = rng.secret();
        letter.text = "hello";
        letter.ticket = ticket;
        auto sealed = seal_letter(letter, seed, reply_key, item::Network::local, noon, day, rng);
        REQUIRE(sealed);
        maker.hear(*item::read(*std::move(sealed), item::Network::local));
        maker.do_tries();
        return maker.inbox().size();
    };
    CHECK(write(std::nullopt) == 0);
    CHECK(write(ticket(secret, 0)) == 0);                    // of another mailbox
    CHECK(write(ticket(reply_secret, tickets_given)) == 0);  // never given
    CHECK(write(ticket(reply_secret, 0)) == 1);
    CHECK(write(ticket(reply_secret, 0)) == 1);
    maker.start();
    CHECK(write(ticket(reply_secret, 0)) == 1);
    CHECK(write(ticket(reply_secret, 1)) == 2);
}

TEST_CASE_FIXTURE(
    Strangers,
    "tickets are for letters to the persona that gave them, whatever mailbox a stranger names") {
    const auto offer = maker.publish("bicycle");
    REQUIRE(offer);
    settle({&maker, &buyer});
    base::Rng rng = seeded(9);
    const base::Secret mallory = rng.secret();
    Letter letter;
    rng.fill(letter.id);
    letter.sender.data = crypto::ed25519_public_key(mallory).data;
    letter.written = noon;
    letter.removal_secret = rng.secret();
    letter.text = "hello";
    letter.reply_to = offer->text.mailbox;  // the maker's
    letter.tickets.resize(tickets_per_letter_max);
    for (Ticket& ticket : letter.tickets) rng.fill(ticket);
    auto sealed =
        seal_letter(letter, mallory, key_of(main_of(buyer)), item::Network::sim, noon, day, rng);
    REQUIRE(sealed);
    buyer.hear(*item::read(*std::move(sealed), item::Network::sim));
    buyer.do_tries();
    REQUIRE(buyer.inbox().size() == 1);

    CHECK_FALSE(sent(buyer, base::to_hex(offer->thing)).letter.ticket);
    CHECK_FALSE(sent(buyer, mailbox_address(*offer->mailbox)).letter.ticket);
    // it is Mallory who is answered with them
    CHECK(sent(buyer, base::to_hex(letter.id)).letter.ticket);
}

TEST_CASE(
    "an update says what stamps are asked for, and letters to the version before are still good") {
    Person maker(1, item::Network::local);
    item::OfferText text;
    text.title = "bicycle";
    text.stamp_bits = 4;
    const auto offer =
        maker.turn([&](const Turn& turn) { return maker.market->publish_offer(text, day, turn); });
    REQUIRE(offer);
    const auto update = [&](std::uint32_t bits) {
        text.stamp_bits = bits;
        return maker.turn([&](const Turn& turn) {
            return maker.market->update_offer(offer->thing, text, 10 * day, turn);
        });
    };
    base::Rng rng = seeded(9);
    const std::atomic<bool> never{false};
    // A letter with a stamp of so many bits, and not of one more; what the inbox holds then.
    const auto write = [&](std::uint32_t bits) {
        const base::Secret seed = rng.secret();
        Letter letter;
        letter.sender.data = crypto::ed25519_public_key(seed).data;
        do {
            rng.fill(letter.id);
            letter.stamp = *crypto::find_work(stamp_id(*offer->mailbox, letter.id, letter.sender),
                                              stamp_trials(bits), 0, never);
        } while (stamp_is_enough(item::Network::local, letter, *offer->mailbox, bits + 1));
        letter.written = maker.now;
        letter.removal_secret = rng.secret();
        letter.text = "hello";
        auto sealed = seal_letter(letter, seed, *offer->text.mailbox, item::Network::local,
                                  maker.now, day, rng);
        REQUIRE(sealed);
        maker.hear(*item::read(*std::move(sealed), item::Network::local));
        maker.do_tries();
        return maker.inbox().size();
    };
    CHECK(write(3) == 0);
    CHECK(write(4) == 1);
    REQUIRE(update(8));
    CHECK(write(3) == 1);
    CHECK(write(4) == 2);
    maker.start();
    CHECK(write(4) == 3);
    REQUIRE(update(6));  // the first version may still be in somebody's hands
    CHECK(write(4) == 4);
    REQUIRE(update(2));
    CHECK(write(2) == 5);
    REQUIRE(update(9));
    maker.now += 5 * day;  // the version of two bits lives for ten
    CHECK(write(2) == 6);
    maker.now += 4 * day;
    REQUIRE(update(9));
    maker.now += 9 * day;
    REQUIRE(update(9));
    maker.now += 8 * day + hour * 5;
    CHECK(write(2) == 6);
    CHECK(write(9) == 7);
}

TEST_CASE_FIXTURE(Strangers, "no rule asks for more work than those who write can know of") {
    const base::MailboxId main = main_of(maker);
    item::OfferText text;
    text.title = "bicycle";
    text.stamp_bits = 28;
    const auto offer = maker.turn([&](const Turn& turn) {
        return maker.market->publish_offer(text, day, {noon, maker.store, maker.flood, turn.out});
    });
    REQUIRE(offer);
    const auto set = [&](const base::MailboxId& key, std::uint32_t bits) {
        return maker.turn([&](const Turn& turn) {
            return maker.market->set_rule(key, {SenderRule::anyone, bits, 500}, turn);
        });
    };
    CHECK(set(*offer->mailbox, 29).error().code == ErrorCode::refused);
    CHECK(set(*offer->mailbox, 28));
    CHECK(set(*offer->mailbox, 10));
    CHECK(set(main, 25).error().code == ErrorCode::refused);
    CHECK(set(main, 24));
    CHECK(set(main, 0));
}

TEST_CASE_FIXTURE(Strangers, "a mailbox for friends takes mail of friends, and answers") {
    const base::MailboxId main = main_of(maker);
    rule(main, {SenderRule::friends, 0, 500});
    sent(buyer, mailbox_address(main));
    CHECK(maker.inbox().empty());
    CHECK(mailbox(maker, main).refused == 1);

    const MailView mail = sent(maker, mailbox_address(main_of(buyer)));
    sent(buyer, base::to_hex(mail.letter.id));
    CHECK(maker.inbox().size() == 1);  // an answer comes to another mailbox, on a ticket

    const auto again = buyer.send(mailbox_address(main), "it is me");
    REQUIRE(again);
    REQUIRE(maker.turn([&](const Turn& turn) {
        return maker.market->add_friend(again->letter.sender, "Anna", turn);
    }));
    settle({&maker, &buyer});
    CHECK(maker.inbox().size() == 2);
}

TEST_CASE_FIXTURE(Strangers, "friends are kept, named and removed") {
    base::PublisherKey anna;
    anna.data.fill(7);
    const auto add = [&](const std::string& name) {
        return maker.turn(
            [&](const Turn& turn) { return maker.market->add_friend(anna, name, turn); });
    };
    CHECK(add("").error().code == ErrorCode::invalid);
    CHECK(add("two\nlines").error().code == ErrorCode::invalid);
    REQUIRE(add("Anna"));
    maker.start();
    REQUIRE(maker.market->friends().size() == 1);
    CHECK(maker.market->friends()[0].name == "Anna");
    const auto remove = [&] {
        return maker.turn(
            [&](const Turn& turn) { return maker.market->remove_friend(anna, turn); });
    };
    REQUIRE(remove());
    CHECK(remove().error().code == ErrorCode::not_found);
    maker.start();
    CHECK(maker.market->friends().empty());
}

TEST_CASE_FIXTURE(Strangers, "a mailbox takes so many strangers, and reading makes room") {
    const base::MailboxId main = main_of(maker);
    rule(main, {SenderRule::anyone, 0, 2});
    for (int i = 0; i < 3; ++i) sent(buyer, mailbox_address(main));
    CHECK(maker.inbox().size() == 2);
    CHECK(mailbox(maker, main).strangers_unread == 2);
    maker.start();
    CHECK(mailbox(maker, main).strangers_unread == 2);
    REQUIRE(maker.turn([&](const Turn& turn) {
        return maker.market->read_mail(base::to_hex(maker.inbox()[0].letter.id), turn);
    }));
    sent(buyer, mailbox_address(main));
    CHECK(maker.inbox().size() == 3);
}

TEST_CASE_FIXTURE(
    Strangers, "what found its mailbox full waits in the network and comes in when there is room") {
    const base::MailboxId main = main_of(maker);
    rule(main, {SenderRule::anyone, 0, 1});
    for (int i = 0; i < 4; ++i) sent(buyer, mailbox_address(main));
    CHECK(maker.inbox().size() == 1);
    CHECK(mailbox(maker, main).refused == 0);
    CHECK(maker.store.count(Table::removals) == 1);  // nothing answers for those that wait
    maker.start();
    maker.do_tries();
    CHECK(maker.inbox().size() == 1);
    const auto newest = [&] { return base::to_hex(maker.inbox()[0].letter.id); };
    REQUIRE(maker.turn([&](const Turn& turn) { return maker.market->read_mail(newest(), turn); }));
    maker.start();  // before it was tried
    maker.do_tries();
    CHECK(maker.inbox().size() == 2);
    CHECK(mailbox(maker, main).strangers_unread == 1);
    rule(main, {SenderRule::anyone, 0, 2});
    maker.do_tries();
    CHECK(maker.inbox().size() == 3);
    for (const MailView& mail : maker.inbox())
        REQUIRE(maker.turn([&](const Turn& turn) {
            return maker.market->remove_mail(base::to_hex(mail.letter.id), turn);
        }));
    maker.do_tries();
    CHECK(maker.inbox().size() == 1);
    CHECK(mailbox(maker, main).refused == 0);
}

TEST_CASE_FIXTURE(Strangers, "a mail that was taken back or expired while it waited is forgotten") {
    const base::MailboxId main = main_of(maker);
    rule(main, {SenderRule::anyone, 0, 1});
    sent(buyer, mailbox_address(main));
    const MailView withdrawn = sent(buyer, mailbox_address(main));
    REQUIRE(maker.store.count(Table::seen_mail) == 2);
    maker.flood.forget(withdrawn.item);
    rule(main, {SenderRule::anyone, 0, 2});
    maker.do_tries();
    CHECK(maker.inbox().size() == 1);
    CHECK(maker.store.count(Table::seen_mail) == 1);
    sent(buyer, mailbox_address(main));
    sent(buyer, mailbox_address(main));  // waits
    maker.now += 16 * day;
    maker.tick();
    CHECK(maker.store.count(Table::seen_mail) == 0);
}

TEST_CASE_FIXTURE(Strangers, "what finds the inbox full keeps its ticket until there is room") {
    maker.settings.inbox_max = 1;
    maker.start();
    const MailView first = sent(maker, mailbox_address(main_of(buyer)));
    rule(item::mailbox_id(*first.letter.reply_to),
         {SenderRule::friends, 0, 500});  // none but answers
    sent(buyer, base::to_hex(first.letter.id));
    const MailView second = sent(buyer, base::to_hex(first.letter.id));
    REQUIRE(second.letter.ticket);
    REQUIRE(maker.inbox().size() == 1);
    CHECK(maker.told.back().text == "waits: the inbox holds 1 unread mails");
    CHECK(mailbox(maker, item::mailbox_id(*first.letter.reply_to)).refused == 0);
    maker.start();
    const MessageId read = maker.inbox()[0].letter.id;
    REQUIRE(maker.turn(
        [&](const Turn& turn) { return maker.market->read_mail(base::to_hex(read), turn); }));
    maker.do_tries();
    REQUIRE(maker.inbox().size() == 1);
    CHECK(maker.inbox()[0].letter.id == second.letter.id);
    CHECK(mailbox(maker, item::mailbox_id(*first.letter.reply_to)).refused == 0);
}

TEST_CASE_FIXTURE(Strangers, "rules survive a restart, and are given to own mailboxes only") {
    const base::MailboxId main = main_of(maker);
    rule(main, {SenderRule::takers, 20, 7});
    maker.start();
    CHECK(mailbox(maker, main).rule == MailboxRule{SenderRule::takers, 20, 7});
    const auto set = [&](const base::MailboxId& key, const MailboxRule& wanted) {
        return maker.turn(
            [&](const Turn& turn) { return maker.market->set_rule(key, wanted, turn); });
    };
    CHECK(set(main_of(buyer), {}).error().code == ErrorCode::not_found);
    CHECK(set(main, {SenderRule::anyone, 37, 7}).error().code == ErrorCode::invalid);
}

}  // namespace hearsay::market
