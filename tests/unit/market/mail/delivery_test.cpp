// What becomes of a mail that was sent: receipts, withdrawal, failure - and crashes in between.
#include "delivery.hpp"

#include <doctest/doctest.h>

#include "base/limits/items.hpp"

namespace hearsay::market {
namespace {

using base::ErrorCode;

TEST_CASE_FIXTURE(
    Delivery, "a receipt comes within its time and the sender sees that the mail is delivered") {
    const MailView mail = sent();
    CHECK(mail.state == MailState::heard);
    pass(maker.settings.receipt_within);
    const MailView after = view(buyer, mail.letter.id);
    CHECK(after.state == MailState::delivered);
    CHECK(after.delivered == buyer.now);
    CHECK(after.why == "a receipt came");
    CHECK(buyer.told.back().text == "delivered");
}

TEST_CASE_FIXTURE(Delivery, "a mail that is delivered still says how many peers had shown it") {
    const MailView mail = sent();
    for (std::size_t peers = 2; peers <= 7; ++peers) buyer.heard(mail.item, peers);
    CHECK(view(buyer, mail.letter.id).spread == Spread{1, 7});
    pass(maker.settings.receipt_within);
    REQUIRE(view(buyer, mail.letter.id).state == MailState::delivered);
    CHECK(view(buyer, mail.letter.id).spread == Spread{1, 7});
    buyer.start();
    CHECK(view(buyer, mail.letter.id).spread == Spread{1, 4});  // what is kept: each doubling
}

TEST_CASE_FIXTURE(Delivery, "a receipt is a mail of the smallest size and stands in no box") {
    sent();
    maker.now += maker.settings.receipt_within;
    maker.tick();
    maker.do_work();
    REQUIRE(maker.submitted.size() == 1);
    CHECK(maker.submitted[0]->item.payload.size() == 3584);
    // as any mail's
    CHECK(maker.submitted[0]->header.expires - maker.submitted[0]->header.created ==
          base::limits::lifetime_max);
    settle({&maker, &buyer});
    CHECK(buyer.inbox().empty());
    CHECK(maker.market->list_mail(maker.store).size() == 1);
    CHECK(maker.market->counts().pending == 0);
}

TEST_CASE_FIXTURE(Delivery, "mails of one conversation that are due together share a receipt") {
    const MailView first = sent();
    const auto answer = maker.send(base::to_hex(first.letter.id), "yes");
    REQUIRE(answer);
    settle({&maker, &buyer});
    for (int i = 0; i < 3; ++i) REQUIRE(buyer.send(base::to_hex(answer->letter.id), "and"));
    settle({&maker, &buyer});
    maker.now += maker.settings.receipt_within;
    maker.tick();
    maker.do_work();
    CHECK(maker.submitted.size() == 1);
}

TEST_CASE_FIXTURE(Delivery,
                  "a reader who gives no receipts is known only by the removal, if at all") {
    maker.settings.receipts = false;
    maker.start();
    const MailView mail = sent();
    pass(maker.settings.receipt_within);
    CHECK(view(buyer, mail.letter.id).state == MailState::heard);
    pass(maker.settings.remove_within);
    CHECK(view(buyer, mail.letter.id).why == "its reader removed it from the network");
}

TEST_CASE_FIXTURE(Delivery, "a reader may leave mail to expire and say nothing") {
    maker.settings = {false, base::Seconds(0), base::Seconds(0)};
    maker.start();
    const MailView mail = sent();
    pass(14 * day);
    CHECK(removals(buyer).empty());
    CHECK(view(buyer, mail.letter.id).state == MailState::heard);
    pass(2 * day);
    CHECK(view(buyer, mail.letter.id).why == "it expired; the network had it, and no receipt came");
}

TEST_CASE_FIXTURE(Delivery,
                  "a receipt for a mail that did not name this mailbox counts for nothing") {
    const MailView mail = sent();
    const auto other = buyer.send(address_of(maker), "another");
    REQUIRE(other);
    settle({&maker, &buyer});
    Letter forged;
    forged.received = {mail.letter.id};
    arrives(buyer, sealed(forged, *view(buyer, other->letter.id).letter.reply_to, noon));
    CHECK(view(buyer, mail.letter.id).state == MailState::heard);
}

TEST_CASE_FIXTURE(Delivery, "a mail that is still being worked on is withdrawn without a trace") {
    const auto mail = buyer.send(address_of(maker), "x");
    REQUIRE(mail);
    const auto withdrawn = withdraw(mail->letter.id);
    REQUIRE(withdrawn);
    CHECK(withdrawn->state == MailState::withdrawn);
    CHECK(buyer.cancelled.size() == 1);
    buyer.work.clear();
    buyer.start();
    CHECK(buyer.work.empty());
    CHECK(buyer.submitted.empty());
    CHECK(withdraw(mail->letter.id).error().code == ErrorCode::conflict);
}

TEST_CASE_FIXTURE(Delivery, "a mail that is out is withdrawn by its removal") {
    const auto mail = buyer.send(address_of(maker), "x");
    REQUIRE(mail);
    settle({&buyer});  // its reader is away
    const MailView out = view(buyer, mail->letter.id);
    REQUIRE(withdraw(mail->letter.id));
    buyer.do_work();
    REQUIRE(buyer.submitted.size() == 1);
    CHECK(buyer.submitted[0]->removes == out.item);
    settle({&buyer});
    CHECK(view(buyer, mail->letter.id).state == MailState::withdrawn);
    buyer.start();
    CHECK(buyer.submitted.empty());
}

TEST_CASE_FIXTURE(
    Delivery,
    "a mail that is withdrawn or removed from the outbox is recalled before any work is found") {
    const auto withdrawn = buyer.send(address_of(maker), "x");
    const auto removed = buyer.send(address_of(maker), "y");
    buyer.do_work();
    REQUIRE(buyer.submitted.size() == 2);
    REQUIRE(withdraw(withdrawn->letter.id));
    CHECK(buyer.recalled == std::vector{view(buyer, withdrawn->letter.id).item});
    const base::ItemId item = view(buyer, removed->letter.id).item;
    REQUIRE(buyer.turn([&](const Turn& turn) {
        return buyer.market->remove_mail(base::to_hex(removed->letter.id), turn);
    }));
    CHECK(buyer.recalled.back() == item);
    CHECK(buyer.submitted.empty());
    buyer.start();
    CHECK(buyer.submitted.empty());
}

TEST_CASE_FIXTURE(Delivery, "what its reader has cannot be withdrawn") {
    const MailView mail = sent();
    pass(maker.settings.receipt_within);
    CHECK(withdraw(mail.letter.id).error().code == ErrorCode::conflict);
    CHECK(withdraw(MessageId{}).error().code == ErrorCode::not_found);
}

TEST_CASE_FIXTURE(Delivery, "failure tells how far the mail had come") {
    const auto unworked = buyer.send(address_of(maker), "one");
    buyer.work.clear();
    const auto injected = buyer.send(address_of(maker), "two");
    buyer.do_work();
    buyer.injected(buyer.submitted.back()->id, 3);
    buyer.now += 16 * day;
    buyer.tick();
    CHECK(view(buyer, unworked->letter.id).why ==
          "it expired before it could be handed to another node");
    CHECK(view(buyer, injected->letter.id).why ==
          "it expired; it was handed to other nodes and never heard back");
    CHECK(view(buyer, injected->letter.id).state == MailState::failed);
}

TEST_CASE_FIXTURE(Delivery, "attachments arrive byte for byte, and lists leave them out") {
    const Attachment photo{"photo.jpg", base::Bytes(20000, 0xff)};
    auto mail = buyer.turn([&](const Turn& turn) {
        return buyer.market->send_mail({address_of(maker), "", "", day, {photo, {"empty", {}}}},
                                       turn);
    });
    REQUIRE(mail);
    settle({&maker, &buyer});
    const MailView got = view(maker, mail->letter.id);
    REQUIRE(got.letter.attachments.size() == 2);
    CHECK(got.letter.attachments[0] == photo);
    CHECK(maker.inbox()[0].letter.attachments[0].content.empty());
}

TEST_CASE("whoever crashes at whatever turn, a mail is shown once, acknowledged and removed") {
    for (Crash crash : {Crash::before_vault, Crash::before_commit, Crash::before_speaking})
        for (int at = 0; at < 40; ++at) {
            CAPTURE(static_cast<int>(crash));
            CAPTURE(at);
            Delivery both;
            const std::string to = both.address_of(both.maker);
            int turns = at;
            const auto step = [&](Person& person, const auto& act) {
                if (turns-- == 0) person.next_crash = crash;
                act();
                if (person.down) person.start();
            };
            std::optional<MessageId> id;
            step(both.buyer, [&] {
                const auto mail = both.buyer.send(to, "once");
                if (mail && !both.buyer.down) id = mail->letter.id;
            });
            const bool acknowledged = id.has_value();
            for (int round = 0; round < 12; ++round) {
                for (Person* person : {&both.buyer, &both.maker}) {
                    Person& other = person == &both.buyer ? both.maker : both.buyer;
                    step(*person, [&] { person->do_work(); });
                    for (const item::ReadPtr& item : std::exchange(person->submitted, {})) {
                        step(*person, [&] { person->hear(item); });
                        step(other, [&] { other.hear(item); });
                        step(*person, [&] { person->heard(item->id, 1); });
                    }
                    step(*person, [&] { person->do_tries(); });
                    person->now += base::Seconds(1200);
                    step(*person, [&] { person->tick(); });
                }
            }
            const auto inbox = both.maker.inbox();
            CHECK(inbox.size() <= 1);
            if (acknowledged) CHECK(inbox.size() == 1);
            if (inbox.empty()) continue;
            CHECK(both.view(both.buyer, inbox[0].letter.id).state == MailState::delivered);
            bool removed = false;
            for (const item::ReadPtr& removal : both.removals(both.buyer))
                removed = removed || removal->removes == inbox[0].item;
            CHECK(removed);
        }
}

}  // namespace
}  // namespace hearsay::market
