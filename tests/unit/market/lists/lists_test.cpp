// Lists of what is hidden or recommended: one's own, and those that the user subscribes to.
#include "market/lists/lists.hpp"

#include <doctest/doctest.h>

#include "base/encoding.hpp"
#include "base/limits/person.hpp"
#include "fakes.hpp"
#include "item/kinds/list.hpp"
#include "item/kinds/mailbox.hpp"

namespace hearsay::market {
namespace {

using base::ErrorCode;
using item::CuratedList;

struct Fixture {
    Person alice{1};
    Person bob{2};

    item::ThingId offer(Person& who, const std::string& title) {
        const auto made = who.publish(title);
        REQUIRE(made);
        settle({&alice, &bob});
        return made->thing;
    }
    ListView make(Person& who, const CuratedList& list) {
        const auto made =
            who.turn([&](const Turn& turn) { return who.market->make_list(list, turn); });
        REQUIRE(made);
        return *made;
    }
    base::Result<ListView> change(Person& who, const CuratedList& list) {
        return who.turn(
            [&](const Turn& turn) { return who.market->change_list(list.name, list, turn); });
    }
    ListView publish(Person& who, const std::string& name) {
        const auto made =
            who.turn([&](const Turn& turn) { return who.market->publish_list(name, {}, turn); });
        REQUIRE(made);
        settle({&alice, &bob});
        return *made;
    }
    base::Result<ListView> subscribe(Person& who, const std::string& id) {
        return who.turn([&](const Turn& turn) { return who.market->subscribe(id, turn); });
    }
    // The titles that are shown; "3 by X" for what was hidden.
    static std::string shown(Person& who, bool with_hidden = false) {
        Sifter sifter = who.market->sifter(with_hidden);
        std::string out;
        for (const OfferView& each : who.market->offers(who.store, who.flood, 100, sifter)) {
            out += each.text.title;
            if (each.hidden_by) out += " (hidden by " + each.hidden_by->name + ")";
            if (each.recommended_by) out += " (good: " + each.recommended_by->reason + ")";
            out += "; ";
        }
        for (const HiddenCount& each : sifter.counts())
            out += std::to_string(each.count) + " by " + each.list.name + "; ";
        return out;
    }
};

std::string hex(const item::ThingId& id) {
    return base::to_hex(id);
}

}  // namespace

TEST_CASE_FIXTURE(Fixture,
                  "what a list of one's own hides is left out, counted, and can be shown") {
    offer(alice, "Casino chips");
    offer(alice, "Bicycle");
    make(bob, {"mine", "", {{"casino", false, "no gambling"}}});
    CHECK(shown(bob) == "Bicycle; 1 by mine; ");
    CHECK(shown(bob, true) == "Bicycle; Casino chips (hidden by mine); ");
    CHECK(shown(alice) == "Bicycle; Casino chips; ");
    CHECK(bob.submitted.empty());  // nobody learns of it
}

TEST_CASE_FIXTURE(Fixture, "one's own things are never hidden") {
    offer(bob, "Casino chips");
    make(bob, {"mine", "", {{"casino", false, ""}, {item::kind_offer, false, ""}}});
    CHECK(shown(bob) == "Casino chips; ");
}

TEST_CASE_FIXTURE(Fixture, "a published list counts for who subscribes to it, as it is changed") {
    offer(alice, "Casino chips");
    const item::ThingId bicycle = offer(alice, "Bicycle");
    const ListView made = make(alice, {"Clean", "", {{"casino", false, ""}}});
    CHECK(made.is_private);
    const ListView out = publish(alice, "Clean");
    CHECK(out.thing != made.thing);
    CHECK_FALSE(out.is_private);
    CHECK(shown(bob) == "Bicycle; Casino chips; ");
    REQUIRE(subscribe(bob, hex(out.thing).substr(0, 10)));
    CHECK(shown(bob) == "Bicycle; 1 by Clean; ");

    REQUIRE(change(alice, {"Clean", "", {{bicycle, false, "stolen"}}}));
    settle({&alice, &bob});
    CHECK(shown(bob) == "Casino chips; 1 by Clean; ");

    SUBCASE("also while the flood store is empty") {
        bob.flood.wipe();
        bob.start();
        const auto lists = bob.market->subscribed_lists(bob.store);
        REQUIRE(lists.size() == 1);
        CHECK(lists[0].list.entries.size() == 1);
        CHECK(lists[0].state == PublicationState::live);
    }
    SUBCASE("until its maker takes it back") {
        REQUIRE(alice.turn(
            [&](const Turn& turn) { return alice.market->unpublish_list("Clean", turn); }));
        settle({&alice, &bob});
        CHECK(shown(bob) == "Bicycle; Casino chips; ");
        CHECK(bob.market->subscribed_lists(bob.store)[0].state == PublicationState::expired);
        // It counts for its maker still, and goes on under the same id.
        CHECK(alice.market->own_lists(alice.store)[0].is_private);
        CHECK(publish(alice, "Clean").thing == out.thing);
        CHECK(shown(bob) == "Casino chips; 1 by Clean; ");
    }
    SUBCASE("until its time is over") {
        bob.now += 16 * day;
        bob.tick();
        CHECK(bob.market->subscribed_lists(bob.store)[0].state == PublicationState::expired);
    }
    SUBCASE("and is renewed by its maker") {
        alice.now = bob.now += 13 * day;
        alice.tick();
        settle({&alice, &bob});
        CHECK(bob.market->subscribed_lists(bob.store)[0].expires > bob.now + 10 * day);
    }
    SUBCASE("until the user subscribes to it no more") {
        REQUIRE(bob.turn([&](const Turn& turn) { return bob.market->unsubscribe("Clean", turn); }));
        CHECK(shown(bob) == "Bicycle; Casino chips; ");
    }
    SUBCASE("after a new start, too") {
        bob.start();
        CHECK(shown(bob) == "Casino chips; 1 by Clean; ");
    }
}

TEST_CASE_FIXTURE(Fixture, "a subscription waits for a list that has not arrived") {
    const ListView made = make(alice, {"Clean", "", {{"casino", false, ""}}});
    const auto out =
        alice.turn([&](const Turn& turn) { return alice.market->publish_list("Clean", {}, turn); });
    REQUIRE(out);
    CHECK(subscribe(bob, hex(out->thing).substr(0, 10)).error().code == ErrorCode::not_found);
    const auto waiting = subscribe(bob, hex(out->thing));
    REQUIRE(waiting);
    CHECK(waiting->awaited);
    settle({&alice, &bob});
    CHECK_FALSE(bob.market->subscribed_lists(bob.store)[0].awaited);
    CHECK(bob.market->subscribed_lists(bob.store)[0].list.name == "Clean");
    CHECK(subscribe(bob, hex(out->thing)).error().code == ErrorCode::conflict);
    CHECK(subscribe(alice, hex(out->thing)).error().code == ErrorCode::conflict);
}

TEST_CASE_FIXTURE(Fixture, "one's own lists go before others, and the exact before the general") {
    const item::ThingId chips = offer(alice, "Casino chips");
    offer(alice, "Casino lights");
    make(alice, {"Clean", "", {{"casino", false, "no"}, {chips, true, "antique"}}});
    const ListView out = publish(alice, "Clean");
    REQUIRE(subscribe(bob, hex(out.thing)));
    CHECK(shown(bob) == "Casino chips (good: antique); 1 by Clean; ");
    make(bob, {"mine", "", {{"lights", true, "bright"}, {item::kind_offer, false, "none"}}});
    CHECK(shown(bob) == "Casino lights (good: bright); 1 by mine; ");
}

TEST_CASE_FIXTURE(Fixture, "words are compared as the index has them") {
    offer(alice, "CASINÓ nights");
    offer(alice, "Casinos");
    offer(alice, "Second hand bicycle");
    offer(alice, "A hand, and a second one");
    offer(alice, "毒品药");
    make(bob,
         {"mine", "", {{"casino", false, ""}, {"second-hand", false, ""}, {"品药", false, ""}}});
    CHECK(shown(bob) == "A hand, and a second one; Casinos; 3 by mine; ");
}

TEST_CASE_FIXTURE(Fixture, "why something is hidden is told, also by lists that do not count") {
    const item::ThingId chips = offer(alice, "Casino chips");
    make(bob, {"Clean", "", {{"casino", false, "no gambling"}}});
    publish(bob, "Clean");
    make(alice, {"mine", "", {{"bicycle", false, ""}}});
    const auto why = alice.market->why(hex(chips).substr(0, 12), alice.store, alice.flood);
    REQUIRE(why);
    CHECK_FALSE(why->hidden);
    REQUIRE(why->entries.size() == 1);
    CHECK(why->entries[0].name == "Clean");
    CHECK(why->entries[0].entry.reason == "no gambling");
    CHECK_FALSE(why->entries[0].subscribed);
    const auto his = bob.market->why(hex(chips), bob.store, bob.flood);
    REQUIRE(his);
    CHECK(his->hidden);
    CHECK(his->title == "Casino chips");
    CHECK(his->entries[0].mine);
    CHECK(alice.market->why("0123456789ab", alice.store, alice.flood).error().code ==
          ErrorCode::not_found);
}

TEST_CASE_FIXTURE(Fixture, "there are bounds, and a list that breaks them changes nothing") {
    CuratedList big{"big", "", {}};
    for (int at = 0; at < 10'000; ++at)
        big.entries.push_back({"w" + std::to_string(at), false, ""});
    const auto refused =
        alice.turn([&](const Turn& turn) { return alice.market->make_list(big, turn); });
    CHECK(refused.error().code == ErrorCode::invalid);
    for (std::size_t at = 0; at < base::limits::own_lists_max; ++at)
        make(alice, {"list " + std::to_string(at), "", {}});
    const auto one_more = alice.turn(
        [&](const Turn& turn) { return alice.market->make_list({"more", "", {}}, turn); });
    CHECK(one_more.error().code == ErrorCode::exhausted);
    CHECK(change(alice, {"list 3", "changed", {}}));
    const auto same = alice.turn([&](const Turn& turn) {
        return alice.market->change_list("list 3", {"list 4", "", {}}, turn);
    });
    CHECK(same.error().code == ErrorCode::conflict);
    CHECK(alice.market->own_lists(alice.store).size() == base::limits::own_lists_max);
}

TEST_CASE_FIXTURE(Fixture, "what is hidden counts on the page where it would have stood") {
    // Newest first: Tea 3, Casino 3, Tea 2, Casino 2, and so on.
    for (int at = 0; at < 4; ++at) {
        for (const char* title : {"Casino ", "Tea "}) {
            alice.now = bob.now += base::Seconds(3600);
            offer(alice, title + std::to_string(at));
        }
    }
    make(bob, {"mine", "", {{"casino", false, ""}}});
    const auto hidden_on = [&](std::size_t page) {
        constexpr std::size_t limit = 2;
        Sifter sifter = bob.market->sifter(false, (page - 1) * limit);
        const auto offers = bob.market->offers(bob.store, bob.flood, page * limit, sifter);
        CHECK(offers.size() == std::min<std::size_t>(page * limit, 4));
        return sifter.counts().empty() ? 0 : sifter.counts()[0].count;
    };
    CHECK(hidden_on(1) == 1);
    CHECK(hidden_on(2) == 2);
    CHECK(hidden_on(3) == 1);
}

TEST_CASE_FIXTURE(Fixture, "an answer ends early rather than walk all that a list hides") {
    for (int at = 0; at < 5; ++at) offer(alice, "Casino " + std::to_string(at));
    make(bob, {"mine", "", {{item::kind_offer, false, ""}}});
    Sifter sifter = bob.market->sifter(false);
    PublicationView view;
    const item::ReadPtr read = bob.flood.get(alice.market->own_offers(alice.store)[0].item);
    REQUIRE(read);
    for (std::size_t at = 0; at < Sifter::hidden_max; ++at) {
        CHECK_FALSE(sifter.is_tired());
        CHECK_FALSE(sifter.takes(*read, view, 0));
    }
    CHECK(sifter.is_tired());
    CHECK(bob.market->offers(bob.store, bob.flood, 10, sifter).empty());
    CHECK(sifter.counts()[0].count == Sifter::hidden_max);
}

TEST_CASE_FIXTURE(Fixture,
                  "the words bring back a published list, and a list that is private stays") {
    Person carol(3, early);
    Person again(4, early);
    alice.now = bob.now = early;
    make(carol, {"Clean", "", {{"casino", false, ""}}});
    make(carol, {"Other", "", {}});
    REQUIRE(carol.turn(
        [&](const Turn& turn) { return carol.market->publish_list("Clean", {}, turn); }));
    settle({&carol, &again});
    const std::string words = carol.words;
    REQUIRE(again.turn([&](const Turn& turn) { return again.market->recover(words, turn); }));
    again.do_recovery();
    const auto found = again.market->own_lists(again.store);
    REQUIRE(found.size() == 1);
    CHECK(found[0].list.name == "Clean");
    CHECK_FALSE(found[0].is_private);
}

TEST_CASE_FIXTURE(Fixture,
                  "what lists hide is kept for others, unless the user wants it laid aside") {
    MarketSettings choosy;
    choosy.keeps_hidden = false;
    Person carol(3, item::Network::sim, choosy);
    const auto newest = [&](item::Kind kind) {
        item::ReadPtr out;
        alice.flood.of_kind(kind, UINT64_MAX, [&](core::Position, const item::ReadPtr& read) {
            out = read;
            return false;
        });
        REQUIRE(out);
        return out;
    };
    const item::ThingId chips = offer(alice, "Casino chips");
    const item::ReadPtr hidden = newest(item::kind_offer);
    make(carol, {"mine", "", {{"casino", false, ""}}});
    make(bob, {"mine", "", {{"casino", false, ""}}});
    CHECK(carol.market->lays_aside(hidden));
    CHECK_FALSE(bob.market->lays_aside(hidden));
    offer(alice, "Bicycle");
    CHECK_FALSE(carol.market->lays_aside(newest(item::kind_offer)));

    SUBCASE("never what takes something back") {
        REQUIRE(
            alice.turn([&](const Turn& turn) { return alice.market->remove_offer(chips, turn); }));
        settle({&alice, &bob});
        REQUIRE(newest(item::kind_offer)->version.removed);
        CHECK_FALSE(carol.market->lays_aside(newest(item::kind_offer)));
    }
    SUBCASE("never mail or the keys of mailboxes, whatever their kind is called") {
        REQUIRE(change(carol, {"mine",
                               "",
                               {{item::kind_mail, false, ""},
                                {item::kind_mailbox, false, ""},
                                {item::kind_offer, false, ""}}}));
        REQUIRE(bob.send(hex(chips), "How many?"));
        REQUIRE(alice.turn(
            [&](const Turn& turn) { return alice.market->publish_mailbox("main", turn); }));
        settle({&alice, &bob});
        CHECK_FALSE(carol.market->lays_aside(newest(item::kind_mail)));
        CHECK_FALSE(carol.market->lays_aside(newest(item::kind_mailbox)));
        CHECK(carol.market->lays_aside(newest(item::kind_offer)));
    }
    SUBCASE("never one's own") {
        REQUIRE(carol.publish("Casino, a novel"));
        carol.do_work();
        REQUIRE(carol.submitted.size() == 1);
        CHECK_FALSE(carol.market->lays_aside(carol.submitted[0]));
    }
    SUBCASE("never a list that the user subscribes to") {
        make(alice, {"Clean", "", {{"casino", false, ""}}});
        const ListView out = publish(alice, "Clean");
        REQUIRE(change(carol, {"mine", "", {{item::kind_list, false, ""}}}));
        CHECK(carol.market->lays_aside(newest(item::kind_list)));
        const std::uint64_t before = carol.market->lists_version();
        REQUIRE(subscribe(carol, hex(out.thing)));
        CHECK_FALSE(carol.market->lays_aside(newest(item::kind_list)));
        CHECK(carol.market->lists_version() != before);
        carol.tick();  // nothing ended
        CHECK(carol.market->lists_version() == before + 1);
    }
}

TEST_CASE_FIXTURE(Fixture, "what is hidden is judged again only if lists may hide less of it") {
    make(bob, {"mine", "", {{"casino", false, ""}}});
    const std::uint64_t before = bob.market->lists_version();
    const auto versions = [&](const std::vector<item::ListEntry>& entries) {
        REQUIRE(change(bob, {"mine", "", entries}));
        return bob.market->lists_version() - before;
    };
    CHECK(versions({{"casino", false, ""}, {"poker", false, ""}}) == 0);
    CHECK(versions({{"poker", false, ""}, {"casino", false, "no gambling"}}) == 0);
    CHECK(versions({{"poker", false, ""}, {"casino", false, ""}, {"novel", true, ""}}) == 1);
    CHECK(versions({{"poker", false, ""}, {"casino", false, ""}}) == 1);
    CHECK(versions({{"casino", false, ""}}) == 2);
    CHECK(versions({{"casino", true, ""}}) == 3);
}

TEST_CASE_FIXTURE(Fixture, "by what others publish it is judged again once an hour at most") {
    make(alice, {"Clean", "", {{"casino", false, ""}}});
    REQUIRE(subscribe(bob, hex(publish(alice, "Clean").thing)));
    const std::uint64_t before = bob.market->lists_version();
    const auto versions = [&] { return bob.market->lists_version() - before; };
    const auto say = [&](const std::string& word) {
        REQUIRE(change(alice, {"Clean", "", {{word, false, ""}}}));
        settle({&alice, &bob});
    };
    say("poker");
    CHECK(versions() == 1);
    say("casino");
    say("poker");
    bob.tick();
    CHECK(versions() == 1);
    bob.now += base::limits::less_hidden_pause;
    bob.tick();
    CHECK(versions() == 2);
    bob.now += base::limits::less_hidden_pause;
    bob.tick();
    CHECK(versions() == 2);
    REQUIRE(
        alice.turn([&](const Turn& turn) { return alice.market->unpublish_list("Clean", turn); }));
    settle({&alice, &bob});
    CHECK(versions() == 3);
}

TEST_CASE_FIXTURE(Fixture, "deleting a published list takes it back everywhere") {
    offer(alice, "Casino chips");
    make(alice, {"Clean", "", {{"casino", false, ""}}});
    const ListView out = publish(alice, "Clean");
    REQUIRE(subscribe(bob, hex(out.thing)));
    REQUIRE(alice.turn([&](const Turn& turn) { return alice.market->erase_list("Clean", turn); }));
    settle({&alice, &bob});
    CHECK(alice.market->own_lists(alice.store).empty());
    CHECK(shown(bob) == "Casino chips; ");
}

}  // namespace hearsay::market
