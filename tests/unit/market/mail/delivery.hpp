// unit/market/mail/delivery.hpp - a maker and a buyer who write to each other,
// and what others seal for them.
#pragma once

#include <doctest/doctest.h>

#include "base/encoding.hpp"
#include "base/limits/items.hpp"
#include "crypto/ed25519.hpp"
#include "fakes.hpp"
#include "market/address.hpp"
#include "market/records.hpp"

namespace hearsay::market {

struct Delivery {
    Person maker{1};
    Person buyer{2};

    std::string address_of(Person& person) {
        return mailbox_address(person.market->mailboxes().back().key);
    }
    MailView sent(const std::string& text = "hello") {
        auto mail = buyer.send(address_of(maker), text);
        REQUIRE(mail);
        settle({&maker, &buyer});
        return view(buyer, mail->letter.id);
    }
    MailView view(Person& by, const MessageId& id) {
        auto mail =
            by.turn([&](const Turn& turn) { return by.market->read_mail(base::to_hex(id), turn); });
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
    // What somebody who knows the mailbox seals for it.
    item::ReadPtr sealed(const Letter& letter, const base::MailboxId& to, base::WallTime now) {
        return sealed(letter, key_of(to), now);
    }
    item::ReadPtr sealed(Letter letter, const base::MailboxKey& to, base::WallTime now) {
        const base::Secret seed = rng.secret();
        if (letter.id == MessageId{}) rng.fill(letter.id);
        letter.sender.data = crypto::ed25519_public_key(seed).data;
        letter.written = now;
        letter.removal_secret = rng.secret();
        auto item =
            seal_letter(letter, seed, to, item::Network::sim, now, base::limits::lifetime_max, rng);
        REQUIRE(item);
        return *item::read(*std::move(item), item::Network::sim);
    }
    void arrives(Person& at, const item::ReadPtr& item) {
        at.hear(item);
        at.do_tries();
    }
    // Removals that are due at `time`, of mails that nobody ever sent.
    void fill_removals(Person& person, std::size_t count, base::WallTime time) {
        person.event([&](const Turn&) {
            ChangeRecords records(person.market->vault(), person.store, rng);
            for (std::size_t i = 0; i < count; ++i) {
                base::ItemId mail;
                rng.fill(mail);
                records::Removal record;
                set_id(record.mutable_mail(), mail);
                record.set_due(seconds_of(time));
                record.set_expires(seconds_of(time + day));
                records.save(Table::removals, mail.view(), record);
            }
        });
        person.start();
    }
    void say(Person& person, const std::string& text) {
        MoveDraft draft;
        draft.text = text;
        const std::string trade = base::to_hex(person.market->trades().at(0));
        REQUIRE(person.turn(
            [&](const Turn& turn) { return person.market->move_trade(trade, draft, turn); }));
        settle({&maker, &buyer});
    }
    // The buyer takes an offer of the maker's; what they write then did not go out yet.
    OfferView take() {
        const auto offer = maker.publish("bicycle", 15 * day);
        REQUIRE(offer);
        settle({&maker, &buyer});
        REQUIRE(buyer.turn([&](const Turn& turn) {
            TakeDraft draft;
            draft.offer = base::to_hex(offer->thing);
            return buyer.market->take_offer(draft, turn);
        }));
        return *offer;
    }
    // A letter of the buyer's in a trade, to the mailbox that the maker has for it.
    MailView in_a_trade() {
        const OfferView offer = take();
        settle({&maker, &buyer});
        say(maker, "hello");
        say(buyer, "is it red?");
        for (const MailView& mail : buyer.market->list_mail(buyer.store))
            if (!mail.incoming && mail.mailbox != *offer.mailbox)
                return view(buyer, mail.letter.id);
        FAIL("the buyer said nothing");
        return {};
    }
    std::size_t copies(const Person& person, const MessageId& id) {
        const auto inbox = person.inbox();
        return static_cast<std::size_t>(
            std::ranges::count(inbox, id, [](const MailView& mail) { return mail.letter.id; }));
    }
    void remove(Person& person, const MessageId& id) {
        REQUIRE(person.turn(
            [&](const Turn& turn) { return person.market->remove_mail(base::to_hex(id), turn); }));
    }
    // Its sender sleeps so long and comes back; the other is there all the time.
    // The item of the new copy.
    item::ReadPtr renewed_after(base::Seconds time, const MessageId& id) {
        for (const base::WallTime until = maker.now + time; maker.now < until;) {
            maker.now += day;
            maker.tick();
            maker.do_work();
            maker.submitted.clear();
        }
        const base::ItemId before = view(buyer, id).item;
        buyer.now = maker.now;
        buyer.start();
        buyer.do_work();
        const base::ItemId after = view(buyer, id).item;
        REQUIRE(after != before);
        for (const item::ReadPtr& item : buyer.submitted)
            if (item->id == after) return item;
        FAIL("the mail was not renewed");
        return nullptr;
    }
    base::Rng rng = seeded(9);
    base::Result<MailView> withdraw(const MessageId& id) {
        return buyer.turn(
            [&](const Turn& turn) { return buyer.market->withdraw_mail(base::to_hex(id), turn); });
    }
};

}  // namespace hearsay::market
