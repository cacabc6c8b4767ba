// unit/market/cheat.hpp - somebody who makes letters and a trade's messages without a node that
// keeps to the rules.
#pragma once

#include <doctest/doctest.h>

#include "people.hpp"

namespace hearsay::market {

struct Wish {
    std::optional<base::MailboxKey> reply_to{};
    std::optional<base::PublisherKey> arbiter{};
};
struct Cheat {
    People people;
    base::Rng rng = seeded(99);

    // The seed of a persona that this node gave lately.
    static base::Secret seed_of(Person& person, const base::PublisherKey& key) {
        const Vault& vault = person.market->vault();
        for (std::uint32_t back = 1; back < 50; ++back) {
            const base::Secret seed = vault.persona_seed(vault.next_persona() - back);
            if (crypto::ed25519_public_key(seed).data == key.data) return seed;
        }
        FAIL("this persona is not the node's");
        return {};
    }
    static TradeView view(Person& person, const std::string& id) {
        auto view = person.market->trade(id, person.store);
        REQUIRE(view);
        return *std::move(view);
    }
    static std::vector<trade::Signed> messages(Person& person, const std::string& id) {
        return view(person, id).messages();
    }
    static trade::Signed sign(const trade::Message& message, const base::Secret& seed) {
        auto made = trade::sign(message, item::Network::sim, seed);
        REQUIRE(made);
        return *std::move(made);
    }
    // The next message of this role, as its own node would begin it.
    static trade::Message next(const trade::Machine& machine, trade::Role role,
                               trade::MoveKind kind, const std::string& text) {
        trade::Message out = machine.next(role);
        out.move.kind = kind;
        out.move.text = text;
        return out;
    }
    void post(Person& to, const base::MailboxId& mailbox, const base::Secret& seed,
              const std::vector<trade::Signed>& messages, const Wish& wish = {}) {
        trade::TradeLetter parcel{{}, wish.arbiter};
        for (const trade::Signed& message : messages)
            parcel.messages.push_back(trade::write(message));
        Letter letter;
        rng.fill(letter.id);
        letter.sender = base::PublisherKey{crypto::ed25519_public_key(seed).data};
        letter.written = to.now;
        letter.removal_secret = rng.secret();
        letter.reply_to = wish.reply_to;
        letter.subject = "trade";
        letter.trade = trade::write_letter(parcel);
        auto sealed =
            seal_letter(letter, seed, key_of(mailbox), item::Network::sim, to.now, day, rng);
        REQUIRE(sealed);
        const auto read = item::read(*std::move(sealed), item::Network::sim);
        REQUIRE(read);
        to.hear(*read);
        to.do_tries();
    }
    static base::MailboxId offer_mailbox(const TradeView& view) {
        return *view.take()->offer->header.publication()->mailbox;
    }
    // Where this person gets the letters of the trade.
    static base::MailboxId mailbox_of(Person& person, const std::string& id) {
        for (const MailboxView& each : person.market->mailboxes())
            if (each.purpose == "trade " + id) return each.key;
        FAIL("no mailbox of the trade");
        return {};
    }
    static base::MailboxId main_of(Person& person) {
        for (const MailboxView& each : person.market->mailboxes())
            if (each.main) return each.key;
        FAIL("no main mailbox");
        return {};
    }
    base::Secret maker_seed(const std::string& id) {
        return seed_of(people.maker, *view(people.maker, id).machine.maker());
    }
    base::Secret taker_seed(const std::string& id) {
        return seed_of(people.taker, *view(people.taker, id).machine.taker());
    }
    std::string disputed() {
        const std::string id = people.agree();
        people.move(people.taker, id, trade::MoveKind::dispute, "nothing came");
        return id;
    }
    // A Take by nobody that we know, of an offer of this person; to be made by `seed`.
    trade::Signed stray_take(const item::ReadPtr& offer, const base::Secret& seed) {
        trade::Message take;
        take.sender = base::PublisherKey{crypto::ed25519_public_key(seed).data};
        take.number = 1;
        take.move.kind = trade::MoveKind::take;
        rng.fill(take.move.nonce);
        take.move.offer = offer;
        take.move.terms = trade::Terms{};
        take.move.mailbox = people.terms().arbiter->mailbox;
        take.trade = trade::trade_id(*offer, take.sender, take.move.nonce);
        return sign(take, seed);
    }
};

}  // namespace hearsay::market
