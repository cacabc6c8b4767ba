// When mail that was read is removed from the network, and when nothing is.
#include <doctest/doctest.h>

#include "base/limits/person.hpp"
#include "delivery.hpp"

namespace hearsay::market {
namespace {

using base::ErrorCode;

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
    CHECK(maker.store.count(Table::removals) == 0);  // it was heard back: nothing is left of it
}

TEST_CASE_FIXTURE(Delivery, "receipts are removed from the network like any mail that was read") {
    sent();
    pass(maker.settings.receipt_within);
    pass(maker.settings.remove_within);
    CHECK(removals(maker).size() == 2);
    maker.tick();
    CHECK(maker.store.count(Table::outbox) == 0);
}

TEST_CASE_FIXTURE(Delivery, "what looks like a receipt and is none tells its sender nothing") {
    const base::MailboxId main = maker.market->mailboxes().back().key;
    Letter forged;
    forged.received.resize(1);
    rng.fill(forged.received[0]);
    arrives(maker, sealed(forged, main, noon));
    CHECK_FALSE(maker.market->next_due());
    pass(maker.settings.remove_within);
    CHECK(removals(maker).empty());
}

TEST_CASE_FIXTURE(Delivery, "of a mail's receipts one is removed, whoever repeats it") {
    const MailView mail = sent();
    Letter receipt;
    receipt.received = {mail.letter.id};
    for (int i = 0; i < 3; ++i) arrives(buyer, sealed(receipt, *mail.letter.reply_to, noon));
    CHECK(view(buyer, mail.letter.id).state == MailState::delivered);
    CHECK(buyer.store.count(Table::removals) == 1);
}

TEST_CASE_FIXTURE(Delivery,
                  "a receipt that comes after the removal of its mail is removed as well") {
    const MailView mail = sent();
    for (int second = 0; second < 7200 && removals(buyer).empty(); second += 60) {
        maker.now += base::Seconds(60);
        maker.tick();
        maker.do_work();
        for (const item::ReadPtr& item : std::exchange(maker.submitted, {})) {
            maker.hear(item);
            if (item->removes) buyer.hear(item);
        }
    }
    REQUIRE(view(buyer, mail.letter.id).why == "its reader removed it from the network");
    Letter receipt;
    receipt.received = {mail.letter.id};
    arrives(buyer, sealed(receipt, *mail.letter.reply_to, buyer.now));
    CHECK(buyer.store.count(Table::removals) == 1);
}

TEST_CASE_FIXTURE(
    Delivery, "removals of mail that came leave room for withdrawing, and a full list is said") {
    const auto one = buyer.send(address_of(maker), "one");
    const auto two = buyer.send(address_of(maker), "two");
    settle({&buyer});
    fill_removals(buyer, base::limits::read_removals_max, noon + day);
    arrives(buyer, sealed({.text = "x"}, buyer.market->mailboxes().back().key, noon));
    REQUIRE(buyer.inbox().size() == 1);
    CHECK(buyer.store.count(Table::removals) == base::limits::read_removals_max);
    REQUIRE(withdraw(one->letter.id));
    buyer.submitted.clear();
    fill_removals(buyer, base::limits::mail_removals_max - buyer.store.count(Table::removals),
                  noon + day);
    const auto failed = withdraw(two->letter.id);
    REQUIRE_FALSE(failed);
    CHECK(failed.error().code == ErrorCode::exhausted);
    CHECK(view(buyer, two->letter.id).state == MailState::injected);
}

TEST_CASE_FIXTURE(
    Delivery,
    "mails that waited for their reader are removed over days, each at a time of its own") {
    for (int i = 0; i < 12; ++i) REQUIRE(buyer.send(address_of(maker), "hello"));
    settle({&buyer});
    std::vector<item::ReadPtr> mails;
    buyer.flood.of_kind(item::kind_mail, UINT64_MAX,
                        [&](core::Position, const item::ReadPtr& item) {
                            mails.push_back(item);
                            return true;
                        });
    maker.settings.receipts = false;
    maker.start();
    maker.now += 5 * day;
    maker.tick();
    for (const item::ReadPtr& mail : mails) arrives(maker, mail);
    REQUIRE(maker.inbox().size() == 12);
    std::vector<std::size_t> gone;  // after so many hours
    for (int hours = 0; hours < 5 * 24; ++hours) {
        maker.now += hour;
        maker.tick();
        settle({&maker});
        gone.push_back(removals(maker).size());
    }
    CHECK(gone[2] <= 3);
    CHECK(gone[48] < 12);
    CHECK(gone[48] > 1);
    CHECK(gone.back() == 12);
}

TEST_CASE_FIXTURE(
    Delivery,
    "removals that became due while the node was away do not leave together at its start") {
    maker.settings.receipts = false;
    maker.start();
    for (int i = 0; i < 12; ++i) sent();
    maker.now += 3 * day;
    maker.start();
    maker.now += base::Seconds(60);
    maker.tick();
    settle({&maker});
    CHECK(removals(maker).size() < 6);
    pass(maker.settings.remove_within);
    CHECK(removals(maker).size() == 12);
}

TEST_CASE_FIXTURE(Delivery, "the search for a removal's work ends when nobody needs it any more") {
    const auto waits = buyer.send(address_of(maker), "one");
    const auto worked = buyer.send(address_of(maker), "two");
    settle({&buyer});
    REQUIRE(withdraw(worked->letter.id));
    buyer.do_work();
    REQUIRE(buyer.submitted.size() == 1);  // the removal is on its way
    REQUIRE(withdraw(waits->letter.id));
    REQUIRE(buyer.work.size() == 1);
    const base::ItemId removal = buyer.work.at(0).id;
    buyer.cancelled.clear();
    buyer.now = view(buyer, waits->letter.id).expires;
    buyer.tick();
    CHECK(buyer.store.count(Table::removals) == 0);
    CHECK(buyer.cancelled == std::vector{removal});
}

TEST_CASE_FIXTURE(
    Delivery,
    "a removal that came due while the machine slept, of a mail that is over, is dropped") {
    const MailView came = [&] {
        const auto mail = maker.turn([&](const Turn& turn) {
            return maker.market->send_mail({address_of(buyer), "", "x", day}, turn);
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
    REQUIRE(withdraw(mail->letter.id));        // does what is due, before any tick
    CHECK(buyer.work.size() == searches + 1);  // for the receipt, and for no removal
}

}  // namespace
}  // namespace hearsay::market
