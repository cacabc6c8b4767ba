// relay/injection.hpp: an own item goes out through others only, and what the user learns of its
// return.
#include <algorithm>
#include <map>

#include <doctest/doctest.h>

#include "base/limits/discovery.hpp"
#include "base/limits/relay.hpp"
#include "injecting.hpp"

namespace hearsay::core {
namespace {

using namespace std::chrono_literals;

TEST_CASE_FIXTURE(Injecting,
                  "a submitted item is neither stored nor told of, and leaves after a moment") {
    know({dave});
    connect(alice);
    CHECK(submit(apple) == "");
    CHECK(store.presence(id(apple)) == Presence::unknown);
    const base::MonoTime before = now.mono;
    const auto out = next_injection(limits::injection_delay);
    REQUIRE(out);
    CHECK(now.mono - before >= limits::injection_delay_min);
    CHECK(out->peer == dave.key);
    CHECK(answer(*out, true) == "injected apple 1");
    CHECK(!holds(apple));
    CHECK(ask_for_list(alice) == "tell alice have 1: last");
}

TEST_CASE_FIXTURE(Injecting, "for an item that waits alone, the time that its work took counts") {
    know({dave});
    connect(alice);
    CHECK(submit(apple, 0, limits::injection_delay).starts_with("inject apple"));
    answer(*injection(), true);
    receive(alice, apple);
    verified(apple);

    // Of the next two the second is not alone here, however long its work took.
    submit(named("pear", samples::publication({.persona = 3})));
    CHECK(submit(named("plum", samples::publication({.persona = 4})), 0,
                 limits::injection_delay_max) == "");
    CHECK(next_injection(2 * limits::injection_delay));
}

TEST_CASE_FIXTURE(Injecting, "what is handed over is a Hello that offers nothing, and the item") {
    know({dave});
    submit(apple);
    const auto out = next_injection(limits::injection_delay);
    REQUIRE(out);
    REQUIRE(out->frames.size() == 2);
    const auto hello = parse(*out->frames[0]);
    REQUIRE(hello);
    CHECK(!std::get<Hello>(*hello).listening);
    const auto items = parse(*out->frames[1]);
    REQUIRE(items);
    REQUIRE(std::get<Items>(*items).items.size() == 1);
    CHECK(std::get<Items>(*items).items[0] == apple);
}

TEST_CASE_FIXTURE(
    Injecting, "to every peer we look as if we had never heard of our item, until it comes back") {
    know({dave});
    connect(alice);
    inject(apple);
    Fixture other;  // a node that did not make it
    other.connect(other.alice);
    const auto told = [](const Effects& effects) {
        std::vector<base::Bytes> frames;
        for (const Effect& effect : effects)
            if (const auto* send = std::get_if<Send>(&effect)) frames.push_back(*send->frame);
        return frames;
    };
    CHECK(ask_for_list(alice) == other.ask_for_list(other.alice));
    hear(alice, Have{1, {id(apple)}, false});
    other.hear(other.alice, Have{1, {id(apple)}, false});
    const auto asked = told(last);
    CHECK(asked == told(other.last));
    CHECK(!asked.empty());
    CHECK(receive(alice, apple) == "verify apple");
    CHECK(other.receive(other.alice, apple) == "verify ?");
}

TEST_CASE_FIXTURE(
    Injecting, "when it comes back it is stored and relayed like anybody's, and the user hears") {
    know({dave});
    connect(alice);
    connect(bob);
    inject(apple);
    CHECK(receive(alice, apple) == "verify apple");
    CHECK(verified(apple) == "store apple; stored apple; heard apple 1; tell bob items apple");
    CHECK(!next_injection(limits::injection_wait_most));
}

TEST_CASE_FIXTURE(Injecting,
                  "a copy that an anonymous visitor brings is taken, and is not hearing back") {
    know({dave});
    connect(alice);
    inject(apple);
    CHECK(publish(apple) == "store apple; stored apple; tell alice items apple");
    CHECK(!next_injection(limits::injection_wait_most));
}

TEST_CASE_FIXTURE(Injecting, "a visitor that brings it and stays is nobody who has it") {
    know({dave});
    connect(alice);
    inject(apple);
    const Peer visitor = named(1000, 0, "visitor");
    step(LinkUp{visitor.link, std::nullopt, false});
    greet(visitor);
    CHECK(receive(visitor, apple) == "verify apple");
    CHECK(verified(apple) == "store apple; stored apple; tell alice items apple");
    CHECK(receive(visitor, apple) == "");
    CHECK(receive(alice, apple) == "heard apple 1");
}

TEST_CASE_FIXTURE(Injecting, "a forged copy does not end the injecting") {
    know({dave});
    connect(alice);
    inject(apple);
    item::Item forged = apple;
    forged.nonce += 1;
    receive(alice, forged);
    verified(apple, Fault::item_little_work);
    CHECK(!holds(apple));
    CHECK(next_injection(limits::injection_wait_max).has_value());
}

TEST_CASE_FIXTURE(
    Injecting, "an announcement alone neither ends the injecting nor counts before it is stored") {
    know({dave});
    connect(alice);
    connect(bob);
    inject(apple);
    ask_for_list(alice);
    CHECK(hear(alice, Have{1, {id(apple)}, false}).find("heard") == std::string::npos);
    CHECK(next_injection(limits::injection_wait_max).has_value());
    receive(bob, apple);
    CHECK(verified(apple).find("heard apple 2") != std::string::npos);
}

TEST_CASE_FIXTURE(
    Injecting,
    "peers that push, list or do not want it count, each once; whom we sent it does not") {
    know({dave});
    for (const Peer& peer : {alice, bob, carol, erin}) connect(peer);
    inject(apple);
    receive(alice, apple);
    CHECK(verified(apple).find("tell erin items apple") != std::string::npos);
    CHECK(receive(bob, apple) == "heard apple 2");
    CHECK(receive(bob, apple) == "");
    CHECK(ask_for_list(carol) == "tell carol have 1: apple");
    CHECK(hear(carol, Want{1, {}}).find("heard apple 3") != std::string::npos);
    ask_for_list(erin);
    CHECK(hear(erin, Want{1, {id(apple)}}).find("heard") == std::string::npos);
    CHECK(hear(erin, Have{1, {id(apple)}, false}).find("heard apple 4") != std::string::npos);
}

TEST_CASE_FIXTURE(Injecting, "a peer whose set matched ours after it was stored counts") {
    know({dave});
    connect(alice);
    connect(bob);
    inject(apple);
    receive(alice, apple);
    verified(apple);
    now.mono += Millis(1);
    const SetSummary ours = store.shelves().summary();
    CHECK(hear(bob, Compare{ours.digest(), ours.counters(), ours.count()}) ==
          "tell bob done; heard apple 2");
}

TEST_CASE_FIXTURE(Injecting,
                  "a match of sets that were compared before it was stored says nothing of it") {
    know({dave});
    connect(alice);
    connect(bob, true);  // we dialled bob, and compare at once
    inject(apple);
    receive(alice, apple);
    verified(apple);
    CHECK(hear(bob, Done{true}).find("heard") == std::string::npos);
}

TEST_CASE_FIXTURE(Injecting, "a node that was only dialled injects at its links' peers") {
    step(NetworkReady{true});
    connect(alice);
    CHECK(inject(apple).peer == alice.key);
}

TEST_CASE_FIXTURE(Injecting, "a node that knows nobody waits, and injects when somebody is added") {
    step(NetworkReady{true});
    submit(apple);
    CHECK(!next_injection(10min));
    now.mono += 10min;
    step(AddPeer{dave.key, true});
    CHECK(injection() == nullptr);  // not in the moment in which everything becomes possible
    CHECK(next_injection(limits::injection_delay).has_value());
}

TEST_CASE_FIXTURE(Injecting, "nothing is injected while the network is not ready") {
    know({dave});
    step(NetworkReady{false});
    submit(apple);
    CHECK(!next_injection(10min));
    step(NetworkReady{true});
    CHECK(next_injection(limits::injection_delay).has_value());
}

TEST_CASE_FIXTURE(Injecting,
                  "items submitted together leave at moments of their own, a few at once at most") {
    know({dave, erin, carol});
    constexpr std::uint8_t count = 20;
    std::set<base::ItemId> items;
    for (std::uint8_t i = 0; i < count; ++i) {
        const item::Item item = samples::publication({.slot = i, .lifetime = Seconds(86400)});
        items.insert(id(item));
        submit(item);
    }
    REQUIRE(items.size() == count);
    std::vector<Inject> under_way;
    std::set<base::MonoTime> moments;
    std::set<base::ItemId> left;
    const base::MonoTime begin = now.mono;
    const auto note = [&] {
        for (const Effect& effect : last)
            if (const auto* inject = std::get_if<Inject>(&effect)) {
                left.insert(inject->id);
                moments.insert(now.mono);
                under_way.push_back(*inject);
            }
        CHECK(under_way.size() <= limits::injections_max);
    };
    while (left.size() < count) {
        const base::MonoTime next = node->next_deadline();
        REQUIRE(now.mono - begin < 20min);
        if (under_way.size() == limits::injections_max ||
            (!under_way.empty() && next > now.mono + 3s)) {
            now.mono += 1s;
            answer(under_way.front(), true);
            under_way.erase(under_way.begin());
        } else {
            wait(std::max(next, now.mono) - now.mono);
        }
        note();
    }
    CHECK(moments.size() > count / 2);
    CHECK(now.mono - begin >= limits::injection_delay * (count / 2));
}

TEST_CASE_FIXTURE(Injecting, "an own item that is in the store already is only followed") {
    hold(apple);
    know({dave});
    connect(bob);
    CHECK(submit(apple) == "");
    CHECK(!next_injection(limits::injection_wait_most));
    ask_for_list(bob);
    CHECK(hear(bob, Want{1, {}}).find("heard apple 1") != std::string::npos);
}

TEST_CASE_FIXTURE(Injecting,
                  "one that was injected in an earlier run gets time to come back by itself") {
    know({dave});
    submit(apple, 2);
    CHECK(!next_injection(limits::injection_wait_min - Millis(1)));
    const auto next = next_injection(limits::injection_wait_max);
    REQUIRE(next);
    CHECK(answer(*next, true) == "injected apple 3");
}

TEST_CASE_FIXTURE(Injecting,
                  "an expired item is refused, and one that expires while it waits is dropped") {
    know({dave});
    CHECK(submit(samples::publication({.created = samples::noon - Seconds(36000)})) ==
          "refused item_expired");
    submit(apple);
    now.wall = samples::noon + Seconds(86400);
    CHECK(!next_injection(limits::injection_wait_most));
}

TEST_CASE_FIXTURE(Injecting, "an own item too many is refused until one came back") {
    know({dave});
    connect(alice);
    const auto own = [](std::size_t number) {
        return samples::mail(
            {.slot = static_cast<std::uint32_t>(number), .lifetime = Seconds(86400)});
    };
    Effects said;
    // Not by step(): it looks at all that the node follows each time.
    for (std::size_t number = 1; number <= limits::followed_items_max; ++number)
        node->step(Submit{samples::accepted(own(number)), 0}, now, store, said);
    CHECK(said.empty());
    const item::Item one_more = own(limits::followed_items_max + 1);
    CHECK(submit(one_more) == "refused too_many_requests");
    receive(alice, own(1));
    verified(own(1));
    CHECK(submit(one_more) == "");
    CHECK(submit(own(limits::followed_items_max + 2)) == "refused too_many_requests");
}

TEST_CASE_FIXTURE(Injecting, "a newer version takes the place of one that did not come back") {
    know({dave});
    submit(apple);
    const item::Item newer = named("newer", samples::publication({.sequence = 2}));
    submit(newer);
    const auto next = next_injection(limits::injection_delay * 2);
    REQUIRE(next);
    CHECK(next->id == id(newer));
    answer(*next, true);
    const auto again = next_injection(limits::injection_wait_max);
    REQUIRE(again);
    CHECK(again->id == id(newer));
}

TEST_CASE_FIXTURE(
    Injecting,
    "an item that is recalled is handed to nobody any more, wherever its injection stands") {
    know({dave, erin});
    submit(apple);
    step(Recall{id(apple)});  // it waits for its moment
    CHECK_FALSE(next_injection(limits::injection_delay_max));
    submit(apple);
    const auto out = next_injection(limits::injection_delay);
    REQUIRE(out);
    step(Recall{id(apple)});  // on its way
    CHECK(answer(*out, true) == "");
    CHECK_FALSE(next_injection(limits::injection_wait_most));
    inject(apple);
    step(Recall{id(apple)});  // it waits for its return
    CHECK_FALSE(next_injection(limits::injection_wait_most));
    step(Recall{id(apple)});  // nobody follows it
}

TEST_CASE_FIXTURE(Injecting, "an item of which a newer version is known is refused") {
    know({dave});
    publish(samples::publication({.sequence = 2}));
    CHECK(submit(apple) == "refused item_superseded");
}

TEST_CASE_FIXTURE(Injecting, "a replaced or expired own item is no longer followed") {
    know({dave});
    connect(alice);
    connect(bob);
    inject(apple);
    receive(alice, apple);
    verified(apple);
    ask_for_list(bob);  // apple is on the page listed to bob
    SUBCASE("replaced") {
        publish(named("newer", samples::publication({.sequence = 2})));
    }
    SUBCASE("expired") {
        now.wall = samples::noon + Seconds(86400);
        CHECK(wait(limits::sweep_interval).find("forget apple expired") != std::string::npos);
    }
    CHECK(hear(bob, Want{1, {}}).find("heard") == std::string::npos);
}

TEST_CASE_FIXTURE(Injecting, "of the peers that have it followed_peers_max are counted") {
    hold(apple);
    Injection injection(peer_key(self), samples::network,
                        base::Rng(samples::filled<base::Secret>(1)));
    REQUIRE(!injection.on_submit(Submit{samples::accepted(apple)}, now, store));
    Effects out;
    for (std::uint32_t at = 0; at < limits::followed_peers_max + 5; ++at)
        injection.on_peer_has(id(apple), samples::numbered<base::PeerId>(at), out);
    injection.on_peer_has(samples::numbered<base::ItemId>(1), alice.key, out);  // none of ours
    CHECK(out.size() == limits::followed_peers_max);
    CHECK(out.back() == Effect{Notify{OwnItemHeard{id(apple), limits::followed_peers_max}}});
    injection.sanity_check();
}

TEST_CASE_FIXTURE(Injecting, "what others publish is nobody's return") {
    know({dave});
    connect(alice);
    connect(bob);
    receive(alice, apple);
    CHECK(verified(apple) == "store apple; stored apple; tell bob items apple");
    CHECK(receive(bob, apple) == "");
}

TEST_CASE_FIXTURE(Injecting,
                  "an answer that comes after the return is counted and changes nothing else") {
    know({dave});
    connect(alice);
    submit(apple);
    const auto out = next_injection(limits::injection_delay);
    REQUIRE(out);
    receive(alice, apple);
    verified(apple);
    CHECK(answer(*out, true) == "injected apple 1");
    CHECK(answer(*out, true) == "");
    CHECK(!next_injection(limits::injection_wait_most));
}

}  // namespace
}  // namespace hearsay::core
