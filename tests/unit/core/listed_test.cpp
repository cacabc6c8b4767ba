// reconcile/listed.hpp: what peers list is asked of one of them at a time, each has a deadline, and
// then another is asked.
#include "core/reconcile/listed.hpp"

#include <doctest/doctest.h>

#include "base/limits/frames.hpp"
#include "base/limits/relay.hpp"
#include "unit/item/samples.hpp"

namespace hearsay::core {
namespace {

namespace limits = base::limits;
using base::Millis;

constexpr base::LinkId alice{1};
constexpr base::LinkId bob{2};
constexpr base::LinkId carol{3};

struct Lists {
    Listed listed;
    base::MonoTime now{Millis(1000)};
    using Due = std::map<base::LinkId, std::vector<base::ItemId>>;

    static base::ItemId item(std::uint16_t number) {
        base::ItemId out = samples::filled<base::ItemId>(static_cast<std::uint8_t>(number));
        out.data[1] = static_cast<std::uint8_t>(number >> 8);
        return out;
    }
    bool lists(base::LinkId link, std::uint16_t number) {
        return listed.on_listed(item(number), link, now);
    }
    void brings(base::LinkId link, std::uint16_t number) {
        listed.on_copy(item(number), link, now);
    }
    Due wait(Millis time) {
        now += time;
        const Due due = listed.take_due(now);
        listed.sanity_check();
        return due;
    }
};

TEST_CASE_FIXTURE(
    Lists, "of several that list an item one is asked, and nobody else while that one has time") {
    CHECK(lists(alice, 1));
    CHECK(!lists(bob, 1));
    CHECK(lists(bob, 2));
    CHECK(wait(limits::list_wait - Millis(1)).empty());
}

TEST_CASE_FIXTURE(Lists, "who stays silent is followed by another who listed it") {
    lists(alice, 1);
    lists(bob, 1);
    CHECK(listed.next_deadline() == now + limits::list_wait);
    CHECK(wait(limits::list_wait) == Due{{bob, {item(1)}}});
    CHECK(listed.owes(alice));
    CHECK(!listed.owes(bob));
}

TEST_CASE_FIXTURE(Lists, "a copy was asked for, once, whoever was quicker") {
    const auto sent = [&](base::LinkId link, std::uint16_t number) {
        return listed.on_sent(item(number), link, now);
    };
    lists(alice, 1);
    lists(bob, 1);
    CHECK(!sent(bob, 1));
    SUBCASE("nobody") {}
    SUBCASE("another link's copy") {
        brings(bob, 1);
    }
    SUBCASE("and it is stored") {
        brings(bob, 1);
        listed.on_settled(item(1));
    }
    SUBCASE("it is not wanted any more") {
        listed.on_settled(item(1));
    }
    SUBCASE("it came after its time, and the next was asked, too") {
        wait(limits::list_wait);
        CHECK(sent(bob, 1));
        brings(bob, 1);
    }
    SUBCASE("no more of its page came") {
        listed.on_page_over(alice, {item(1)}, now);
    }
    CHECK(sent(alice, 1));
    CHECK(!sent(alice, 1));
    CHECK(!sent(alice, 2));
    listed.sanity_check();
}

TEST_CASE_FIXTURE(Lists, "whoever still delivers has more time, but not for ever") {
    for (std::uint16_t at = 0; at < 100; ++at) lists(alice, at);
    lists(bob, 99);
    Millis waited{0};
    for (std::uint16_t at = 0; waited + limits::list_wait < limits::list_wait_most; ++at) {
        CHECK(wait(limits::list_wait - Millis(1)).empty());
        waited += limits::list_wait - Millis(1);
        brings(alice, at);
    }
    const auto due = wait(limits::list_wait_most - waited);
    CHECK(due == Due{{bob, {item(99)}}});
    CHECK(!listed.owes(alice));
}

TEST_CASE_FIXTURE(
    Lists, "what somebody who owes was asked for is asked of the next that lists it at once") {
    lists(alice, 1);
    wait(limits::list_wait);
    CHECK(listed.owes(alice));
    CHECK(lists(alice, 2));
    CHECK(lists(bob, 2));
    CHECK(!lists(carol, 2));
    CHECK(wait(limits::list_wait) == Due{{carol, {item(2)}}});
}

TEST_CASE_FIXTURE(Lists, "delivering makes good") {
    lists(alice, 1);
    lists(alice, 2);
    lists(bob, 1);
    wait(limits::list_wait);
    lists(alice, 3);
    brings(alice, 3);
    CHECK(!listed.owes(alice));
    CHECK(lists(alice, 4));
    CHECK(!lists(bob, 4));
}

TEST_CASE_FIXTURE(Lists, "who owes is asked last") {
    lists(alice, 9);
    wait(limits::list_wait);  // alice owes
    lists(bob, 1);
    lists(alice, 1);
    lists(carol, 1);
    CHECK(wait(limits::list_wait) == Due{{carol, {item(1)}}});
    CHECK(wait(limits::list_wait) == Due{{alice, {item(1)}}});
    CHECK(wait(limits::list_wait).empty());
    CHECK(listed.size() == 0);
}

TEST_CASE_FIXTURE(
    Lists, "next is who owes nothing, and of those who has least to do, whoever listed it first") {
    const auto both_list = [&](base::LinkId first, base::LinkId second) {
        lists(first, 1);
        lists(second, 1);
    };
    SUBCASE("one owes") {
        lists(alice, 9);
        wait(limits::list_wait);
        REQUIRE(listed.owes(alice));
        lists(bob, 1);
        SUBCASE("and listed it first") {
            both_list(alice, carol);
        }
        SUBCASE("and listed it last") {
            both_list(carol, alice);
        }
    }
    SUBCASE("one has something to do") {
        lists(bob, 1);
        now += Millis(1);
        lists(alice, 9);
        SUBCASE("and listed it first") {
            both_list(alice, carol);
        }
        SUBCASE("and listed it last") {
            both_list(carol, alice);
        }
    }
    CHECK(wait(listed.next_deadline() - now) == Due{{carol, {item(1)}}});
}

TEST_CASE_FIXTURE(
    Lists, "many silent peers are found out together, and then the honest one is asked for all") {
    constexpr std::uint64_t liars = 20;
    constexpr base::LinkId honest{100};
    constexpr std::uint16_t items = 200;
    for (std::uint16_t at = 0; at < items; ++at) {
        for (std::uint64_t liar = 1; liar <= liars; ++liar) lists(base::LinkId{liar}, at);
        lists(honest, at);
    }
    std::set<base::ItemId> asked;
    for (int times = 0; times < 3; ++times) {
        const auto due = wait(limits::list_wait);
        if (const auto found = due.find(honest); found != due.end())
            for (const base::ItemId& id : found->second) {
                asked.insert(id);
                listed.on_copy(id, honest, now);
                listed.on_settled(id);
            }
    }
    CHECK(asked.size() == items);
}

TEST_CASE_FIXTURE(Lists, "whoever delivers everything late has listed nothing in vain") {
    std::uint16_t number = 0;
    for (int page = 0; page < 10; ++page) {
        std::vector<base::ItemId> asked;
        for (std::size_t at = 0; at < limits::ids_per_page_max; ++at)
            if (lists(alice, ++number)) asked.push_back(item(number));
        REQUIRE(asked.size() == limits::ids_per_page_max);
        const bool lists_on = page % 2 == 1;
        if (lists_on)
            listed.on_page_over(alice, asked, now);
        else
            wait(limits::list_wait);
        CHECK(listed.vain(alice) == asked.size());
        CHECK(listed.owes(alice) == !lists_on);
        for (const base::ItemId& id : asked) listed.on_sent(id, alice, now);
        CHECK(listed.vain(alice) == 0);
        CHECK(!listed.owes(alice));
        for (const base::ItemId& id : asked) listed.on_settled(id);
    }
}

TEST_CASE_FIXTURE(Lists, "what comes late is counted once, and only of who was asked for it") {
    lists(alice, 1);
    lists(alice, 2);
    lists(bob, 3);
    wait(limits::list_wait);
    for (int times = 0; times < 3; ++times) listed.on_sent(item(1), alice, now);
    listed.on_sent(item(3), alice, now);
    CHECK(listed.vain(alice) == 1);
    CHECK(listed.vain(bob) == 1);
}

TEST_CASE_FIXTURE(
    Lists, "the next page ends the waiting for the one before, and so does the end of the link") {
    lists(alice, 1);
    lists(bob, 1);
    SUBCASE("the page") {
        listed.on_page_over(alice, {item(1)}, now);
        CHECK(listed.vain(alice) == 1);
    }
    SUBCASE("the link") {
        listed.on_link_gone(alice, now);
    }
    CHECK(wait(Millis(0)) == Due{{bob, {item(1)}}});
}

TEST_CASE_FIXTURE(Lists, "the next page ends no waiting for another, nor for what is settled") {
    lists(alice, 1);
    lists(bob, 1);
    REQUIRE(wait(limits::list_wait) == Due{{bob, {item(1)}}});
    listed.on_page_over(alice, {item(1)}, now);
    CHECK(listed.vain(alice) == 1);
    CHECK(wait(limits::list_wait - Millis(1)).empty());
    CHECK(listed.size() == 1);
    listed.on_settled(item(1));
    listed.on_page_over(bob, {item(1)}, now);
    CHECK(listed.vain(bob) == 0);
}

TEST_CASE_FIXTURE(Lists,
                  "what nobody else listed is forgotten, and asked of whoever lists it later") {
    lists(alice, 1);
    CHECK(wait(limits::list_wait).empty());
    CHECK(listed.size() == 0);
    CHECK(listed.next_deadline() == base::never);
    CHECK(lists(bob, 1));
}

TEST_CASE_FIXTURE(Lists, "a copy stops the asking, a bad one begins it again") {
    lists(alice, 1);
    lists(bob, 1);
    brings(alice, 1);
    CHECK(wait(limits::list_wait).empty());
    SUBCASE("good") {
        listed.on_settled(item(1));
        CHECK(listed.size() == 0);
    }
    SUBCASE("bad") {
        listed.on_refused(item(1), now);
        CHECK(wait(Millis(0)) == Due{{bob, {item(1)}}});
    }
    SUBCASE("never decided") {
        wait(Millis(60'000));
        CHECK(listed.size() == 0);
    }
}

TEST_CASE_FIXTURE(Lists, "what is remembered of one peer is bounded") {
    for (std::uint16_t at = 0; at < 2 * limits::listed_spare_max; ++at) {
        lists(alice, at);
        lists(bob, at);
    }
    listed.on_link_gone(alice, now);
    std::size_t asked = 0;
    for (const auto& [link, ids] : wait(Millis(0))) asked += ids.size();
    CHECK(asked == limits::listed_asked_max);  // the rest waits for its turn
    CHECK(listed.size() == limits::listed_spare_max);
}

}  // namespace
}  // namespace hearsay::core
