// Mail from one person to another, and the two boxes.
#include <doctest/doctest.h>

#include "base/encoding.hpp"
#include "base/limits/items.hpp"
#include "base/limits/person.hpp"
#include "crypto/ed25519.hpp"
#include "fakes.hpp"
#include "item/mailbox.hpp"
#include "market/address.hpp"
#include "market/identity/identity.hpp"
#include "market/mail/postage.hpp"

namespace hearsay::market {
namespace {

namespace limits = base::limits;
using base::ErrorCode;

struct Fixture {
    Person maker{1};
    Person buyer{2};

    OfferView offer() {
        auto made = maker.publish("bicycle");
        REQUIRE(made);
        settle({&maker, &buyer});
        return *made;
    }
    MailView sent(Person& from, const std::string& to, const std::string& text = "hello") {
        auto mail = from.send(to, text);
        REQUIRE(mail);
        CHECK(mail->state == MailState::working);
        settle({&maker, &buyer});
        return read(from, mail->letter.id);
    }
    MailView read(Person& by, const MessageId& id) {
        auto mail =
            by.turn([&](const Turn& turn) { return by.market->read_mail(base::to_hex(id), turn); });
        REQUIRE(mail);
        return *mail;
    }
    std::string address_of(Person& person) {
        return mailbox_address(person.market->mailboxes().back().key);
    }
};

}  // namespace

TEST_CASE_FIXTURE(
    Fixture, "a mail about an offer arrives with its text, its offer and an address to answer to") {
    const OfferView about = offer();
    const MailView mail = sent(buyer, base::to_hex(about.thing).substr(0, 8), "still there?");
    REQUIRE(maker.inbox().size() == 1);
    CHECK(maker.inbox()[0].letter.text.empty());  // lists have none
    const MailView got = read(maker, mail.letter.id);
    CHECK(got.letter.text == "still there?");
    CHECK(got.letter == mail.letter);
    CHECK(got.letter.about == about.thing);
    CHECK(got.letter.reply_to);
    CHECK(got.mailbox == *about.mailbox);
    CHECK(got.received == noon);
    CHECK(read(buyer, mail.letter.id).state == MailState::heard);
    CHECK(read(buyer, mail.letter.id).spread == Spread{1, 1});
    CHECK(buyer.inbox().empty());
    CHECK(maker.told.back().what == Happening::mail_arrived);
    CHECK(maker.told.back().id == base::to_hex(mail.letter.id));
}

TEST_CASE_FIXTURE(Fixture, "its sender is told when a mail left and when it came back, once each") {
    const auto mail = buyer.send(mailbox_address(maker.market->mailboxes().at(0).key), "hello");
    REQUIRE(mail);
    for (int turns = 0; turns < 3 && buyer.submitted.empty(); ++turns) buyer.do_work();
    REQUIRE(buyer.submitted.size() == 1);
    const base::ItemId id = buyer.submitted.front()->id;
    buyer.told.clear();
    for (const std::uint32_t times : {1U, 2U}) buyer.injected(id, times);
    for (const std::size_t peers : {1U, 2U, 2U, 5U}) buyer.heard(id, peers);
    std::vector<std::string> states;
    for (const Tell& tell : buyer.told)
        if (tell.what == Happening::mail_state) states.push_back(tell.text);
    CHECK(states == std::vector<std::string>{"injected", "heard"});
    CHECK(read(buyer, mail->letter.id).spread.heard == 5);
}

TEST_CASE_FIXTURE(Fixture,
                  "a conversation goes back and forth with the offer's persona on one side") {
    const OfferView about = offer();
    const MailView question = sent(buyer, base::to_hex(about.thing));
    const MailView answer = sent(maker, base::to_hex(question.letter.id), "yes");
    CHECK(answer.letter.sender == about.publisher);
    CHECK(answer.letter.in_reply_to == question.letter.id);
    CHECK(answer.letter.about == about.thing);
    CHECK(answer.mailbox == item::mailbox_id(*question.letter.reply_to));
    CHECK(item::mailbox_id(*answer.letter.reply_to) != about.mailbox);
    REQUIRE(buyer.inbox().size() == 1);

    const MailView deal = sent(buyer, base::to_hex(answer.letter.id), "deal");
    CHECK(deal.letter.sender == question.letter.sender);
    CHECK(deal.letter.reply_to == question.letter.reply_to);
    CHECK(deal.mailbox == item::mailbox_id(*answer.letter.reply_to));

    const MailView thanks = sent(maker, base::to_hex(deal.letter.id), "thanks");
    CHECK(thanks.letter.sender == about.publisher);
    CHECK(thanks.letter.reply_to == answer.letter.reply_to);
    CHECK(read(buyer, thanks.letter.id).letter.text == "thanks");
    CHECK(maker.inbox().size() == 2);
}

TEST_CASE_FIXTURE(Fixture, "a second answer to the first mail belongs to the same conversation") {
    const OfferView about = offer();
    const MailView question = sent(buyer, base::to_hex(about.thing));
    const MailView one = sent(maker, base::to_hex(question.letter.id), "yes");
    const MailView two = sent(maker, base::to_hex(question.letter.id), "and it is red");
    CHECK(one.letter.reply_to == two.letter.reply_to);
}

TEST_CASE_FIXTURE(Fixture, "two conversations share neither persona nor mailbox") {
    const OfferView about = offer();
    const MailView one = sent(buyer, base::to_hex(about.thing));
    const MailView two = sent(buyer, base::to_hex(about.thing));
    CHECK(one.letter.sender != two.letter.sender);
    CHECK(one.letter.reply_to != two.letter.reply_to);
    const MailView answer_one = sent(maker, base::to_hex(one.letter.id));
    const MailView answer_two = sent(maker, base::to_hex(two.letter.id));
    CHECK(answer_one.letter.reply_to != answer_two.letter.reply_to);
}

TEST_CASE_FIXTURE(Fixture,
                  "an answer by another persona is answered to a mailbox of that persona") {
    const OfferView about = offer();
    const MailView question = sent(buyer, base::to_hex(about.thing));
    const MailView yes = sent(maker, base::to_hex(question.letter.id), "yes");
    const auto shop =
        buyer.turn([&](const Turn& turn) { return buyer.market->new_persona("shop", turn); });
    REQUIRE(shop);
    const auto as_shop = [&] {
        MailDraft draft{base::to_hex(yes.letter.id), "", "deal", base::Seconds(0)};
        draft.persona = "shop";
        const auto mail =
            buyer.turn([&](const Turn& turn) { return buyer.market->send_mail(draft, turn); });
        REQUIRE(mail);
        settle({&maker, &buyer});
        return *mail;
    };
    const MailView deal = as_shop();
    CHECK(deal.letter.sender == shop->key);
    CHECK(deal.letter.sender != question.letter.sender);
    CHECK(deal.letter.reply_to != question.letter.reply_to);
    // What comes there is the shop's to answer; the first persona keeps its own.
    const MailView fine = sent(maker, base::to_hex(deal.letter.id), "fine");
    const MailView bye = sent(buyer, base::to_hex(fine.letter.id), "bye");
    CHECK(bye.letter.sender == shop->key);
    CHECK(bye.letter.reply_to == deal.letter.reply_to);
    const MailView again = sent(buyer, base::to_hex(yes.letter.id), "it is me");
    CHECK(again.letter.sender == question.letter.sender);
    CHECK(again.letter.reply_to == question.letter.reply_to);
}

TEST_CASE_FIXTURE(Fixture, "a conversation changes its mailbox after a while and goes on") {
    const OfferView about = offer();
    const MailView question = sent(buyer, base::to_hex(about.thing));
    const MailView one = sent(maker, base::to_hex(question.letter.id));
    maker.now += conversation_mailbox_max;
    const MailView two = sent(maker, base::to_hex(question.letter.id));
    CHECK(one.letter.reply_to != two.letter.reply_to);
    for (const auto& [key, mailbox] : maker.market->vault().mailboxes())
        CHECK(mailbox.destroy_after <= mailbox.created + mailbox_life_max);
}

TEST_CASE_FIXTURE(Fixture,
                  "mail to a mailbox address arrives, and is answered by its owner's persona") {
    const MailView mail = sent(buyer, address_of(maker));
    CHECK_FALSE(mail.letter.about);
    REQUIRE(maker.inbox().size() == 1);
    const MailView answer = sent(maker, base::to_hex(mail.letter.id));
    CHECK(answer.letter.sender == maker.market->personas(maker.store).at(0).key);
}

TEST_CASE_FIXTURE(Fixture, "mail that came while the market was away is found at the next start") {
    const OfferView about = offer();
    REQUIRE(buyer.send(base::to_hex(about.thing), "are you there?"));
    buyer.do_work();
    maker.flood.store(buyer.submitted.at(0));  // the core had it, the market never heard
    maker.start();
    maker.do_tries();
    CHECK(maker.inbox().size() == 1);
    maker.start();
    CHECK(maker.tries.empty());
}

TEST_CASE_FIXTURE(Fixture, "a mail whose try was never answered is tried again after a crash") {
    const OfferView about = offer();
    REQUIRE(buyer.send(base::to_hex(about.thing), "are you there?"));
    buyer.do_work();
    maker.hear(buyer.submitted.at(0));
    CHECK(maker.tries.size() == 1);
    maker.tick();
    maker.do_tries();  // nothing is left unanswered...
    maker.store.roll_back();
    const auto before = maker.inbox().size();
    CHECK(before == 1);
    // ...and without the answer:
    REQUIRE(buyer.send(base::to_hex(about.thing), "and now?"));
    buyer.submitted.clear();
    buyer.do_work();
    maker.hear(buyer.submitted.at(0));
    maker.tick();  // and the search goes on
    maker.start();
    CHECK(maker.tries.size() == 1);
    maker.do_tries();
    CHECK(maker.inbox().size() == 2);
}

TEST_CASE_FIXTURE(Fixture, "other people's mail is searched once") {
    Person other(3);
    REQUIRE(buyer.send(address_of(other), "not for the maker"));
    settle({&buyer, &maker, &other});
    CHECK(maker.inbox().empty());
    CHECK(other.inbox().size() == 1);
    maker.tick();
    maker.do_tries();
    maker.start();
    CHECK(maker.tries.empty());
}

TEST_CASE_FIXTURE(
    Fixture,
    "after the flood store was wiped everything is searched again and nothing shown twice") {
    const OfferView about = offer();
    sent(buyer, base::to_hex(about.thing));
    const auto kept = maker.flood.get(buyer.market->list_mail(buyer.store).at(0).item);
    maker.tick();
    maker.do_tries();
    maker.flood.wipe();
    for (std::uint8_t i = 0; i < 3; ++i) {
        Person other(static_cast<std::uint8_t>(10 + i));
        REQUIRE(other.send(base::to_hex(about.thing), "x").error().code == ErrorCode::not_found);
    }
    maker.flood.store(kept);
    maker.start();
    maker.do_tries();
    CHECK(maker.inbox().size() == 1);
    CHECK(maker.market->counts().unread == 1);
}

TEST_CASE_FIXTURE(Fixture, "a resend of the same letter in another item is not shown twice") {
    const OfferView about = offer();
    const MailView mail = sent(buyer, base::to_hex(about.thing));
    const Vault& vault = buyer.market->vault();
    for (std::uint32_t index = Vault::persona_floor(noon); index < vault.next_persona(); ++index) {
        const base::Secret seed = vault.persona_seed(index);
        if (crypto::ed25519_public_key(seed).data != mail.letter.sender.data) continue;
        base::Rng rng = seeded(7);
        auto again =
            seal_letter(mail.letter, seed, *about.text.mailbox, item::Network::sim, noon, day, rng);
        REQUIRE(again);
        auto item = item::read(*std::move(again), item::Network::sim);
        REQUIRE(item);
        CHECK((*item)->id != mail.item);
        maker.hear(*item);
        CHECK(maker.tries.size() == 1);
        maker.do_tries();
        CHECK(maker.inbox().size() == 1);
        maker.hear(*item);
        CHECK(maker.tries.empty());  // seen
        return;
    }
    FAIL("the letter's persona was not found");
}

TEST_CASE_FIXTURE(Fixture, "reading marks a mail as read, durably") {
    const OfferView about = offer();
    const MailView mail = sent(buyer, base::to_hex(about.thing));
    CHECK(maker.market->counts().unread == 1);
    CHECK(maker.inbox()[0].state == MailState::unread);
    read(maker, mail.letter.id);
    CHECK(maker.market->counts().unread == 0);
    maker.start();
    CHECK(maker.inbox()[0].state == MailState::read);
    CHECK(maker.market->counts().unread == 0);
    read(maker, mail.letter.id);
    CHECK(maker.market->counts().unread == 0);
}

TEST_CASE_FIXTURE(Fixture, "mail to nobody says what was expected") {
    const OfferView about = offer();
    const auto code = [&](const std::string& to) { return buyer.send(to, "x").error().code; };
    CHECK(buyer.send("bob", "x").error().text ==
          "mail goes to a mailbox address (hsm1...), an offer or the sender of a received mail; an "
          "offer id "
          "is 64 "
          "hexadecimal digits; a unique beginning of 8 or more is enough");
    CHECK(code("bob") == ErrorCode::invalid);
    CHECK(code("0123456789") == ErrorCode::not_found);
    CHECK(buyer.send(persona_address(about.publisher), "x")
              .error()
              .text.find("address of a persona") != std::string::npos);
    const MailView mail = sent(buyer, base::to_hex(about.thing));
    CHECK(buyer.send(base::to_hex(mail.letter.id), "x").error().code == ErrorCode::refused);
}

TEST_CASE_FIXTURE(Fixture,
                  "an empty, an endless and a garbled mail are refused and change nothing") {
    const OfferView about = offer();
    const std::string to = base::to_hex(about.thing);
    const std::size_t puts = buyer.store.puts;
    const std::size_t mailboxes = buyer.market->vault().mailboxes().size();
    const auto send = [&](const MailDraft& draft) {
        return buyer.turn([&](const Turn& turn) {
            auto mail = buyer.market->send_mail(draft, turn);
            CHECK(turn.out.empty());
            return mail.error().code;
        });
    };
    CHECK(send({to, "", "", hour}) == ErrorCode::invalid);
    CHECK(send({to, "", std::string(40000, 'x'), hour}) == ErrorCode::invalid);
    CHECK(send({to, "", "\xff", hour}) == ErrorCode::invalid);
    CHECK(send({to, "", "x", base::Seconds(-1)}) == ErrorCode::invalid);
    CHECK(send({to, "", "x", limits::lifetime_max + hour}) == ErrorCode::invalid);
    CHECK(buyer.store.puts == puts);
    CHECK(buyer.market->vault().mailboxes().size() == mailboxes);
}

TEST_CASE_FIXTURE(Fixture, "a removed and an expired offer take no mail") {
    const OfferView about = offer();
    REQUIRE(maker.turn([&](const Turn& turn) {
        return maker.market->remove_offer(about.thing, {noon, maker.store, maker.flood, turn.out});
    }));
    settle({&maker, &buyer});
    CHECK(buyer.send(base::to_hex(about.thing), "x").error().code == ErrorCode::not_found);
    CHECK(maker.send(base::to_hex(about.thing), "x").error().code == ErrorCode::not_found);
}

TEST_CASE_FIXTURE(Fixture, "mail of one's own expires and is forgotten a while later") {
    const MailView mail = *buyer.send(address_of(maker), "x");
    buyer.now = mail.expires;
    buyer.tick();
    CHECK(buyer.market->list_mail(buyer.store).at(0).state == MailState::failed);
    CHECK(buyer.cancelled ==
          std::vector<base::ItemId>{stamp_id(mail.mailbox, mail.letter.id, mail.letter.sender)});
    buyer.start();
    CHECK(buyer.work.empty());
    buyer.now += keep_expired;
    buyer.tick();
    CHECK(buyer.market->list_mail(buyer.store).empty());
    CHECK(buyer.store.count(Table::outbox) == 0);
}

TEST_CASE_FIXTURE(Fixture, "the outbox is limited, and expired mail makes room") {
    const std::string to = address_of(maker);
    Effects unheard;
    for (std::size_t i = 0; i < limits::outbox_max; ++i)
        REQUIRE(
            buyer.market->send_mail({to, "", "x", day}, {noon, buyer.store, buyer.flood, unheard}));
    const auto more = buyer.send(to, "one too many");
    REQUIRE_FALSE(more);
    CHECK(more.error().code == ErrorCode::exhausted);
    buyer.now += limits::lifetime_max;
    buyer.tick();
    CHECK(buyer.send(to, "room again"));
    CHECK(buyer.store.count(Table::outbox) == limits::outbox_max);
}

TEST_CASE_FIXTURE(Fixture, "letters that come in are listed newest first") {
    const std::string to = address_of(maker);
    sent(buyer, to, "first");
    maker.now += hour;
    const MailView second = sent(buyer, to, "second");
    REQUIRE(maker.inbox().size() == 2);
    CHECK(maker.inbox()[0].letter.id == second.letter.id);
}

TEST_CASE_FIXTURE(Fixture, "mailbox keys are limited") {
    while (buyer.market->vault().mailboxes().size() < limits::mailbox_keys_max)
        buyer.market->vault().new_mailbox(noon, noon + day);
    const std::string to = address_of(maker);
    CHECK(buyer.send(to, "x").error().code == ErrorCode::exhausted);
    CHECK(buyer.publish("x").error().code == ErrorCode::exhausted);
    buyer.now += day;
    CHECK(buyer.send(to, "x"));
}

}  // namespace hearsay::market
