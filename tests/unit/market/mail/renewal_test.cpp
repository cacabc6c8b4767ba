// Letters that are sealed anew because nobody told their sender that they came.
#include <doctest/doctest.h>

#include "base/encoding.hpp"
#include "delivery.hpp"

namespace hearsay::market {
namespace {

TEST_CASE_FIXTURE(Delivery,
                  "a trade's letter that nobody fetched is sealed anew, and nothing outside tells "
                  "that it is one") {
    take();
    settle({&buyer});  // the maker is away
    const MailView first = buyer.market->list_mail(buyer.store).at(0);
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
            CHECK(one->header.mail()->encapsulation_hash !=
                  other->header.mail()->encapsulation_hash);
            CHECK(one->header.mail()->removal_commitment !=
                  other->header.mail()->removal_commitment);
            CHECK(one->header.created != other->header.created);
        }
    maker.now = buyer.now;
    maker.start();  // it was away for a month, and its mailbox is still there
    maker.hear(items.back());
    maker.do_tries();
    REQUIRE(maker.inbox().size() == 1);
    CHECK(maker.inbox()[0].letter.id == first.letter.id);
    CHECK(maker.market->trades().size() == 1);
    pass(maker.settings.receipt_within);
    CHECK(view(buyer, first.letter.id).state == MailState::delivered);
}

TEST_CASE_FIXTURE(
    Delivery,
    "a trade's letter is sealed anew however long its sender was away, plain mail has failed") {
    const MailView letter = in_a_trade();
    const auto plain = buyer.send(address_of(maker), "x");
    REQUIRE(plain);
    buyer.now += 100 * day;
    buyer.told.clear();
    buyer.start();
    CHECK(view(buyer, letter.letter.id).state == MailState::working);
    CHECK(view(buyer, plain->letter.id).state == MailState::failed);
    REQUIRE(buyer.told.size() == 1);
    CHECK(buyer.told[0].id == base::to_hex(plain->letter.id));
    CHECK(buyer.told[0].text == "failed");
}

TEST_CASE_FIXTURE(
    Delivery,
    "a trade's letter that its reader removed stays away as long as its sender renews it") {
    maker.settings = {false, base::Seconds(0), base::Seconds(0)};
    maker.start();
    const MessageId id = in_a_trade().letter.id;
    REQUIRE(copies(maker, id) == 1);
    remove(maker, id);
    const std::uint32_t unread = maker.market->counts().unread;
    arrives(maker, renewed_after(40 * day, id));
    CHECK(copies(maker, id) == 0);
    maker.start();
    arrives(maker, renewed_after(17 * day, id));
    CHECK(copies(maker, id) == 0);
    CHECK(maker.market->counts().unread == unread);
}

TEST_CASE_FIXTURE(Delivery,
                  "a read mail that made room for others does not come back as a new one") {
    maker.settings = {false, base::Seconds(0), base::Seconds(0)};
    maker.start();
    const MessageId id = in_a_trade().letter.id;
    for (const MailView& mail : maker.inbox()) view(maker, mail.letter.id);  // read
    maker.settings.inbox_max = 1;
    maker.start();
    const MessageId other = sent().letter.id;
    REQUIRE(copies(maker, id) == 0);
    view(maker, other);
    arrives(maker, renewed_after(16 * day, id));
    CHECK(copies(maker, id) == 0);
    CHECK(copies(maker, other) == 1);
}

TEST_CASE("a copy that comes after its receipt was lost has another, but no second within days") {
    for (const bool removed : {false, true})
        for (const base::Seconds remove_within : {base::Seconds(0), 2 * hour}) {
            CAPTURE(removed);
            CAPTURE(remove_within.count());
            Delivery both;
            Person& maker = both.maker;
            maker.settings.remove_within = remove_within;
            maker.start();
            const MailView mail = both.in_a_trade();
            if (removed) both.remove(maker, mail.letter.id);
            const auto pass = [&] {
                maker.now += maker.settings.receipt_within;
                maker.tick();
            };
            both.arrives(maker, both.renewed_after(40 * day, mail.letter.id));
            maker.start();
            pass();
            settle({&maker, &both.buyer});
            CHECK(both.view(both.buyer, mail.letter.id).why == "a receipt came");
            const std::size_t removals = maker.store.count(Table::removals);
            Letter copy;
            copy.id = mail.letter.id;
            copy.text = "are you there?";
            copy.reply_to = mail.letter.reply_to;
            both.arrives(maker, both.sealed(copy, mail.mailbox, maker.now));
            CHECK(maker.store.count(Table::removals) == removals);
            pass();
            CHECK(maker.work.empty());
            CHECK(both.copies(maker, mail.letter.id) == (removed ? 0 : 1));
        }
}

TEST_CASE_FIXTURE(Delivery,
                  "what a renewal at a start gave is in the vault's file before anything leaves") {
    const MailView mail = in_a_trade();
    buyer.now = mail.expires - hour;
    buyer.tick();  // the day's changes are saved
    buyer.now = mail.expires;
    buyer.start();
    REQUIRE(view(buyer, mail.letter.id).state == MailState::working);
    const auto saved = Vault::open(buyer.vault_file, base::as_bytes(buyer.passphrase));
    REQUIRE(saved);
    CHECK(saved->mailboxes() == buyer.market->vault().mailboxes());
    Effects out;
    buyer.now = view(buyer, mail.letter.id).expires;
    REQUIRE(buyer.market->start({buyer.now, buyer.store, buyer.flood, out}));
    REQUIRE(out.size() >= 2);
    CHECK(std::holds_alternative<SaveVault>(out[0]));
}

TEST_CASE_FIXTURE(Delivery, "plain mail is not renewed") {
    const auto mail = buyer.send(address_of(maker), "x");
    settle({&buyer});
    buyer.now += 16 * day;
    buyer.tick();
    CHECK(view(buyer, mail->letter.id).state == MailState::failed);
    CHECK(buyer.work.empty());
}

// Both sides lose their process at the n-th turn of the whole story, in each of the ways of a
// commit, and go on.
}  // namespace
}  // namespace hearsay::market
