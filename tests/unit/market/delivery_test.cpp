// What becomes of a mail that was sent: receipts, removal from the network, withdrawal, failure - and crashes in between.
#include <doctest/doctest.h>

#include "base/encoding.hpp"
#include "crypto/ed25519.hpp"
#include "fakes.hpp"
#include "market/address.hpp"

namespace hearsay::market {
namespace {

using base::ErrorCode;

struct Delivery {
    Person maker{1};
    Person buyer{2};

    std::string address_of(Person& person) { return mailbox_address(person.market->mailboxes().back().key); }
    MailView sent(const std::string& text = "hello") {
        auto mail = buyer.send(address_of(maker), text);
        REQUIRE(mail);
        settle({&maker, &buyer});
        return view(buyer, mail->letter.id);
    }
    MailView view(Person& by, const MessageId& id) {
        auto mail = by.turn([&](Effects&) { return by.market->read_mail(base::to_hex(id), by.keep); });
        REQUIRE(mail);
        return *mail;
    }
    void pass(base::Seconds time) {
        for (Person* person : {&maker, &buyer}) {
            person->now += time;
            person->tick();
        }
        settle({&maker, &buyer});
    }
    std::vector<item::ReadPtr> removals(const Person& seen_by) {
        std::vector<item::ReadPtr> out;
        seen_by.flood.of_kind(item::kind_mail_removal, UINT64_MAX,
                              [&](core::Position, const item::ReadPtr& item) {
                                  out.push_back(item);
                                  return true;
                              });
        return out;
    }
    base::Result<MailView> withdraw(const MessageId& id) {
        return buyer.turn([&](Effects& out) {
            return buyer.market->withdraw_mail(base::to_hex(id), buyer.now, buyer.keep, out);
        });
    }
};

TEST_CASE_FIXTURE(Delivery,
                  "a receipt comes within its time and the sender sees that the mail is delivered") {
    const MailView mail = sent();
    CHECK(mail.state == MailState::heard);
    pass(maker.settings.receipt_within);
    const MailView after = view(buyer, mail.letter.id);
    CHECK(after.state == MailState::delivered);
    CHECK(after.delivered == buyer.now);
    CHECK(after.why == "a receipt came");
    CHECK(buyer.told.back().text == "delivered");
}

TEST_CASE_FIXTURE(Delivery, "a receipt is a mail of the smallest size and stands in no box") {
    sent();
    maker.now += maker.settings.receipt_within;
    maker.tick();
    maker.do_work();
    REQUIRE(maker.submitted.size() == 1);
    CHECK(maker.submitted[0]->item.payload.size() == 1024 + 16);
    CHECK(maker.submitted[0]->header.expires - maker.submitted[0]->header.created ==
          base::limits::lifetime_max);  // as any mail's
    settle({&maker, &buyer});
    CHECK(buyer.inbox().empty());
    CHECK(maker.market->list_mail(maker.keep).size() == 1);
    CHECK(maker.market->counts(maker.keep).pending == 0);
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

TEST_CASE_FIXTURE(Delivery, "a reader who gives no receipts is known only by the removal, if at all") {
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

TEST_CASE_FIXTURE(Delivery, "a mail is removed from the network at a random time after it came") {
    std::set<base::Seconds> times;
    for (std::uint8_t reader = 10; reader < 20; ++reader) {
        Person other(reader);
        auto mail = buyer.send(address_of(other), "x");
        REQUIRE(mail);
        settle({&buyer, &other});
        const base::WallTime came = other.now;
        for (int minute = 0; minute < 121 && removals(other).empty(); ++minute) {
            other.now += base::Seconds(60);
            other.tick();
            settle({&buyer, &other});
        }
        REQUIRE(removals(other).size() >= 1);
        CHECK(removals(other)[0]->removes);
        times.insert(other.now - came);
    }
    CHECK(times.size() > 5);
    CHECK(*times.rbegin() <= MarketSettings{}.remove_within + base::Seconds(60));
}

TEST_CASE_FIXTURE(Delivery, "the removal names the mail's item and proves itself") {
    const MailView mail = sent();
    pass(maker.settings.remove_within);
    bool found = false;
    for (const item::ReadPtr& removal : removals(buyer)) {
        CHECK_FALSE(item::check_all_but_work(*removal));
        found = found || removal->removes == mail.item;
    }
    CHECK(found);
    CHECK(maker.keep.count(Table::removals) == 0);  // it was heard back: nothing is left of it
}

TEST_CASE_FIXTURE(Delivery, "receipts are removed from the network like any mail that was read") {
    sent();
    pass(maker.settings.receipt_within);
    pass(maker.settings.remove_within);
    CHECK(removals(maker).size() == 2);
    maker.tick();
    CHECK(maker.keep.count(Table::outbox) == 0);
}

TEST_CASE_FIXTURE(Delivery, "a receipt for a mail that did not name this mailbox counts for nothing") {
    const MailView mail = sent();
    const auto other = buyer.send(address_of(maker), "another");
    REQUIRE(other);
    settle({&maker, &buyer});
    Letter forged;
    base::Rng rng = seeded(9);
    rng.fill(forged.id);
    const base::Secret seed = rng.secret();
    forged.sender.data = crypto::ed25519_public_key(seed).data;
    forged.written = noon;
    forged.removal_secret = rng.secret();
    forged.received = {mail.letter.id};
    auto sealed = seal_letter(forged, seed, *view(buyer, other->letter.id).letter.reply_to,
                              item::Network::sim, noon, day, rng);
    REQUIRE(sealed);
    buyer.hear(*item::read(*std::move(sealed), item::Network::sim));
    buyer.do_tries();
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

TEST_CASE_FIXTURE(Delivery,
                  "a removal that came due while the machine slept, of a mail that is over, is dropped") {
    const MailView came = [&] {
        const auto mail = maker.turn([&](Effects& out) {
            return maker.market->send_mail({address_of(buyer), "", "x", day}, maker.now, maker.flood,
                                           maker.keep, out);
        });
        REQUIRE(mail);
        settle({&maker, &buyer});
        return *mail;
    }();
    REQUIRE(buyer.inbox().size() == 1);
    buyer.now = came.expires + hour;  // its removal was due long before
    const auto mail = buyer.send(address_of(maker), "y");
    REQUIRE(mail);
    const std::size_t searches = buyer.work.size();
    REQUIRE(withdraw(mail->letter.id));  // does what is due, before any tick
    CHECK(buyer.work.size() == searches + 1);  // for the receipt, and for no removal
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
    CHECK(view(buyer, unworked->letter.id).why == "it expired before it could be handed to another node");
    CHECK(view(buyer, injected->letter.id).why ==
          "it expired; it was handed to other nodes and never heard back");
    CHECK(view(buyer, injected->letter.id).state == MailState::failed);
}

TEST_CASE_FIXTURE(Delivery, "attachments arrive byte for byte, and lists leave them out") {
    const Attachment photo{"photo.jpg", base::Bytes(20000, 0xff)};
    auto mail = buyer.turn([&](Effects& out) {
        return buyer.market->send_mail({address_of(maker), "", "", day, {photo, {"empty", {}}}}, buyer.now,
                                       buyer.flood, buyer.keep, out);
    });
    REQUIRE(mail);
    settle({&maker, &buyer});
    const MailView got = view(maker, mail->letter.id);
    REQUIRE(got.letter.attachments.size() == 2);
    CHECK(got.letter.attachments[0] == photo);
    CHECK(maker.inbox()[0].letter.attachments[0].content.empty());
}

TEST_CASE_FIXTURE(
    Delivery,
    "a trade's letter that nobody fetched is sealed anew, and nothing outside tells that it is one") {
    const auto offer = maker.publish("bicycle", 15 * day);
    REQUIRE(offer);
    settle({&maker, &buyer});
    REQUIRE(buyer.turn([&](Effects& out) {
        TakeDraft draft;
        draft.offer = base::to_hex(offer->thing);
        return buyer.market->take_offer(draft, buyer.now, buyer.flood, buyer.keep, out);
    }));
    settle({&buyer});  // the maker is away
    const MailView first = buyer.market->list_mail(buyer.keep).at(0);
    std::vector<item::ReadPtr> items{buyer.flood.get(first.item)};
    for (int time = 0; time < 2; ++time) {
        buyer.now = view(buyer, first.letter.id).expires;
        buyer.tick();
        const MailView renewed = view(buyer, first.letter.id);
        CHECK(renewed.state == MailState::working);
        CHECK(renewed.expires > buyer.now);
        settle({&buyer});
        items.push_back(buyer.flood.get(view(buyer, first.letter.id).item));
    }
    for (const item::ReadPtr& one : items)
        for (const item::ReadPtr& other : items) {
            if (one == other) continue;
            CHECK(one->header.mail()->encapsulated_key != other->header.mail()->encapsulated_key);
            CHECK(one->header.mail()->removal_commitment != other->header.mail()->removal_commitment);
            CHECK(one->header.created != other->header.created);
        }
    maker.now = buyer.now;
    maker.start();  // it was away for a month, and its mailbox is still there
    maker.hear(items.back());
    maker.do_tries();
    REQUIRE(maker.inbox().size() == 1);
    CHECK(maker.inbox()[0].letter.id == first.letter.id);
    CHECK(maker.market->trades(maker.keep).size() == 1);
    pass(maker.settings.receipt_within);
    CHECK(view(buyer, first.letter.id).state == MailState::delivered);
}

TEST_CASE_FIXTURE(Delivery, "plain mail is not renewed") {
    const auto mail = buyer.send(address_of(maker), "x");
    settle({&buyer});
    buyer.now += 16 * day;
    buyer.tick();
    CHECK(view(buyer, mail->letter.id).state == MailState::failed);
    CHECK(buyer.work.empty());
}

// Both sides lose their process at the n-th turn of the whole story, in each of the ways of a commit, and go on.
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
