// What it takes to be kept (core::PriceChanged), and what the market does about it.
#include <doctest/doctest.h>

#include "base/limits/retention.hpp"
#include "fakes.hpp"
#include "market/address.hpp"

namespace hearsay::market {
namespace {

item::Floors price_of(item::StoreClass of, item::Level level) {
    item::Floors out{};
    out[static_cast<std::size_t>(of)] = level;
    return out;
}

struct Selling {
    Person alice{1};
    base::ItemId id;  // of the last offer
    void publish(const std::string& title = "a goat") {
        REQUIRE(alice.publish(title));
        REQUIRE(alice.work.size() == 1);
        id = alice.work.front().id;
    }
    void price(item::Level level) { alice.priced(price_of(item::StoreClass::offers, level)); }
    item::Level submitted_level() const {
        REQUIRE(!alice.submitted.empty());
        REQUIRE(alice.submitted.back()->id == id);
        return item::level_of(*alice.submitted.back());
    }
};

TEST_CASE_FIXTURE(Selling, "while there is room for all an item shows what is asked, and no more") {
    publish();
    CHECK(alice.work.front().level == 0);
    price(0);
    alice.priced(price_of(item::StoreClass::mail, 9));  // of another class
    CHECK(alice.work.size() == 1);
}

TEST_CASE_FIXTURE(Selling, "at a price it is given half a doubling more than it takes") {
    price(8);
    publish();
    CHECK(alice.work.front().level == 10);
    alice.do_work();
    CHECK(submitted_level() == 10);
    CHECK(alice.work.empty());
}

TEST_CASE_FIXTURE(Selling, "what nobody has yet is worked for again when the price rises") {
    publish();
    alice.do_work();
    CHECK(submitted_level() == 0);
    const std::size_t before = alice.submitted.size();
    price(4);
    REQUIRE(alice.work.size() == 1);
    CHECK(alice.work.front().id == id);
    CHECK(alice.work.front().level == 6);
    alice.do_work();
    CHECK(alice.submitted.size() == before + 1);
    CHECK(submitted_level() == 6);
    price(5);  // less than it shows
    CHECK(alice.work.empty());
}

TEST_CASE_FIXTURE(Selling, "what somebody has is left alone when the price rises") {
    publish();
    alice.do_work();
    alice.heard(id, 1);
    price(20);
    CHECK(alice.work.empty());
}

TEST_CASE_FIXTURE(Selling, "what this node let go is worked for again, although others had it") {
    publish();
    alice.do_work();
    alice.heard(id, 3);
    price(20);
    alice.lost(id);
    REQUIRE(alice.work.size() == 1);
    CHECK(alice.work.front().level == 22);
    alice.do_work();
    CHECK(submitted_level() == 22);
    CHECK(alice.injected_before == 0);
}

TEST_CASE_FIXTURE(Selling, "work that was found too late for the price is not handed over") {
    publish();
    price(4);  // while it is searched
    alice.do_work();
    CHECK(submitted_level() == 6);
    CHECK(alice.submitted.size() == 1);
}

TEST_CASE_FIXTURE(Selling, "however high the price, a node bids no more than it is willing to") {
    price(60);
    publish();
    CHECK(alice.work.front().level == base::limits::willing_level_max);
    alice.do_work();
    CHECK(submitted_level() == base::limits::willing_level_max);
    price(80);
    alice.lost(id);
    CHECK(alice.work.empty());
}

TEST_CASE_FIXTURE(Selling, "a price that falls changes nothing for what is on its way") {
    price(8);
    publish();
    alice.do_work();
    price(0);
    CHECK(alice.work.empty());
    CHECK(submitted_level() == 10);
}

TEST_CASE_FIXTURE(Selling, "a search begins anew once the price fell to half of what it was") {
    price(20);
    publish();
    CHECK(alice.work.front().level == 22);
    price(17);
    CHECK(alice.work.size() == 1);
    CHECK(alice.cancelled.empty());
    price(16);
    CHECK(alice.cancelled == std::vector{id});
    REQUIRE(alice.work.size() == 2);
    CHECK(alice.work.back().level == 18);
    price(13);
    CHECK(alice.work.size() == 2);
    price(12);
    CHECK(alice.work.back().level == 14);
}

TEST_CASE_FIXTURE(Selling, "more work that was under way at a crash is searched again") {
    publish();
    alice.do_work();
    price(4);
    alice.start();
    REQUIRE(alice.work.size() == 1);
    CHECK(alice.work.front().id == id);
    alice.do_work();
    CHECK(!alice.submitted.empty());
}

TEST_CASE("mail and its price: as with offers") {
    Person alice{1}, bob{2};
    const std::string to = mailbox_address(bob.market->mailboxes().front().key);
    alice.priced(price_of(item::StoreClass::mail, 8));
    REQUIRE(alice.send(to, "hello"));
    alice.do_work();
    REQUIRE(alice.submitted.size() == 1);
    const base::ItemId id = alice.submitted.front()->id;
    CHECK(item::level_of(*alice.submitted.front()) == 10);
    alice.priced(price_of(item::StoreClass::mail, 16));
    REQUIRE(alice.work.size() == 1);
    CHECK(alice.work.front().id == id);
    alice.do_work();
    CHECK(item::level_of(*alice.submitted.back()) == 18);
    alice.heard(id, 1);
    alice.priced(price_of(item::StoreClass::mail, 30));
    CHECK(alice.work.empty());
}

}  // namespace
}  // namespace hearsay::market
