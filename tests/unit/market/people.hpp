// unit/market/people.hpp - a maker, a taker and an arbiter, with disks and mail,
// and what they do in a trade.
#pragma once

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "base/encoding.hpp"
#include "fakes.hpp"

namespace hearsay::market {

struct People {
    Person maker{1};
    Person taker{2};
    Person arbiter{3};

    std::vector<Person*> all() { return {&maker, &taker, &arbiter}; }
    void settle_all() { settle(all()); }

    trade::Terms terms(bool with_arbiter = true) const {
        trade::Terms out;
        if (!with_arbiter) return out;
        const Person& third = arbiter;
        const auto persona = third.market->personas(third.store).front().key;
        const auto mailbox = key_of(third.market->mailboxes().front().key);
        out.arbiter = trade::Arbiter{persona, mailbox};
        return out;
    }
    std::string take(bool with_arbiter = true) {
        const auto offer = maker.publish("bicycle", base::Seconds(15LL * 24 * 3600));
        REQUIRE(offer);
        settle_all();
        const TakeDraft draft{base::to_hex(offer->thing), terms(with_arbiter), "I take it"};
        const auto taken =
            taker.turn([&](const Turn& turn) { return taker.market->take_offer(draft, turn); });
        REQUIRE_MESSAGE(taken, (taken ? std::string() : taken.error().text));
        settle_all();
        return base::to_hex(taken->id);
    }
    base::Result<TradeView> try_move(Person& who, const std::string& id, const MoveDraft& draft) {
        return who.turn([&](const Turn& turn) { return who.market->move_trade(id, draft, turn); });
    }
    void move(Person& who, const std::string& id, trade::MoveKind kind,
              const std::string& text = "so be it") {
        MoveDraft draft;
        draft.kind = kind;
        draft.text = text;
        const auto moved = try_move(who, id, draft);
        REQUIRE_MESSAGE(moved, (moved ? std::string() : moved.error().text));
        settle_all();
    }
    std::string agree(bool with_arbiter = true) {
        const std::string id = take(with_arbiter);
        move(maker, id, trade::MoveKind::accept);
        return id;
    }
    static trade::Phase phase(Person& who, const std::string& id) {
        const auto view = who.market->trade(id, who.store);
        return view ? view->phase : trade::Phase::empty;
    }
    void pass(base::Seconds span) {
        for (Person* person : all()) {
            person->now += span;
            person->tick();
        }
        settle_all();
    }
};

}  // namespace hearsay::market
