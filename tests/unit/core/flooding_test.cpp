// relay/relay.hpp: ids that run ahead, items that are asked for, and what becomes of lies and
// silence.
#include <doctest/doctest.h>

#include "base/limits/budgets.hpp"
#include "base/limits/relay.hpp"
#include "fixture.hpp"

namespace hearsay::core {
namespace {

struct Flooding : Fixture {
    item::Item apple = named("apple", samples::publication({.lifetime = Seconds(86400)}));
    item::Item pear = named("pear", samples::publication({.slot = 2, .lifetime = Seconds(86400)}));

    static Announced word(const item::Item& item) {
        return {id(item), item.nonce, static_cast<std::uint32_t>(item.size()), 86400};
    }
    std::string announce(const Peer& peer, const item::Item& item) {
        return hear(peer, Announce{{word(item)}});
    }
    std::string request(const Peer& peer, const item::Item& item) {
        return hear(peer, Request{{id(item)}});
    }
    // An anonymous client: its link only passes.
    Peer visitor() {
        const Peer out = named(66, 0, "ghost");
        step(LinkUp{out.link, std::nullopt, false});
        greet(out);
        return out;
    }
    // So long that an announcement does not have to wait for the one before.
    void pause() { wait(limits::announce_pause); }
};

TEST_CASE_FIXTURE(Flooding,
                  "an announced id goes on at once, and its item is asked of the first announcer") {
    connect_all();
    CHECK(announce(alice, apple) ==
          "tell bob announce apple; tell carol announce apple; tell alice request: apple");
    CHECK(announce(bob, apple) == "");
}

TEST_CASE_FIXTURE(Flooding, "who asks before the item is here gets it as soon as it is") {
    connect_all();
    announce(alice, apple);
    CHECK(request(carol, apple) == "");
    push(alice, apple, 5);
    CHECK(verified(apple) == "store apple; stored apple; tell carol items apple");
    CHECK(request(bob, apple) == "tell bob items apple");
}

TEST_CASE_FIXTURE(Flooding, "an item reaches nobody twice, whoever asks and announces") {
    connect_all();
    announce(alice, apple);
    announce(bob, apple);
    request(carol, apple);
    request(carol, apple);
    push(alice, apple, 5);
    CHECK(verified(apple) == "store apple; stored apple; tell carol items apple");
}

TEST_CASE_FIXTURE(Flooding, "what nobody announced is announced when it was pushed from afar") {
    connect_all();
    push(alice, apple, 5);
    CHECK(verified(apple) ==
          "store apple; stored apple; tell bob announce apple; tell carol announce apple");
}

TEST_CASE_FIXTURE(Flooding, "what enters the network here is pushed to everybody") {
    connect_all();
    const Peer ghost = visitor();
    push(ghost, apple, 0);
    CHECK(verified(apple) ==
          "store apple; stored apple; tell alice items apple; tell bob items apple; tell carol "
          "items apple");
    const auto* told = std::get_if<Send>(&last.back());
    REQUIRE(told);
    CHECK(std::get<Items>(*parse(*told->frame)).hops == 1);
}

TEST_CASE_FIXTURE(Flooding,
                  "what a visitor brings need not be asked for, and goes to who asked for it") {
    connect_all();
    const Peer ghost = visitor();
    announce(alice, apple);
    announce(bob, apple);
    hear(carol, Push{0});
    request(carol, apple);
    push(ghost, apple, 0);
    CHECK(verified(apple) == "store apple; stored apple; tell carol items apple");
    CHECK(wait(limits::answer_wait_max).find("request") == std::string::npos);
}

TEST_CASE_FIXTURE(Flooding, "a peer decides what it is pushed") {
    connect_all();
    hear(bob, Push{0});
    hear(carol, Push{push_all});
    push(alice, apple, 0);
    CHECK(verified(apple) ==
          "store apple; stored apple; tell bob announce apple; tell carol items apple");
    pause();
    push(alice, pear, 9);
    CHECK(verified(pear) ==
          "store pear; stored pear; tell bob announce pear; tell carol items pear");
}

TEST_CASE_FIXTURE(Flooding, "an announcer that does not deliver is followed by the next") {
    connect_all();
    announce(alice, apple);
    announce(bob, apple);
    CHECK(wait(limits::answer_wait_min - Millis(1)) == "sweep");
    CHECK(wait(limits::answer_wait_max).find("tell bob request: apple") != std::string::npos);
    // All were asked: nobody is left but those who announce it later.
    wait(limits::answer_wait_max);
    CHECK(announce(carol, apple) == "tell carol request: apple");
}

TEST_CASE_FIXTURE(Flooding, "an announcer whose link ends is followed by the next at once") {
    connect_all();
    announce(alice, apple);
    announce(bob, apple);
    step(LinkDown{alice.link, std::nullopt});
    CHECK(step(TimerFired{}).find("tell bob request: apple") != std::string::npos);
}

TEST_CASE_FIXTURE(Flooding, "a forged copy does not end the asking") {
    connect_all();
    announce(alice, apple);
    announce(bob, apple);
    push(alice, apple, 1);
    CHECK(verified(apple, Fault::item_bad_signature).find("end alice item_bad_signature") !=
          std::string::npos);
    CHECK(step(TimerFired{}).find("tell bob request: apple") != std::string::npos);
    push(bob, apple, 1);
    CHECK(verified(apple).find("store apple") != std::string::npos);
}

TEST_CASE_FIXTURE(Flooding, "the word of a peer in debt goes on only once the item is here") {
    connect_all();
    for (std::uint32_t at = 0; at < limits::debts_max; ++at) {
        const item::Item kept =
            samples::publication({.slot = 100 + at, .lifetime = Seconds(86400)});
        announce(alice, kept);
        wait(limits::answer_wait_max);
        push(bob, kept, 2);  // there it is
        verified(kept);
    }
    pause();
    CHECK(announce(alice, apple) == "tell alice request: apple");
    CHECK(announce(carol, apple) == "tell bob announce apple");  // somebody else's word is enough
    step(LinkDown{carol.link, std::nullopt});
    pause();
    CHECK(announce(alice, pear) == "tell alice request: pear");
    push(alice, pear, 3);
    CHECK(verified(pear).find("tell bob announce pear") != std::string::npos);
    pause();
    const item::Item plum =
        named("plum", samples::publication({.slot = 3, .lifetime = Seconds(86400)}));
    CHECK(announce(alice, plum).find("tell bob announce plum") != std::string::npos);  // it paid
}

TEST_CASE_FIXTURE(Flooding, "an id that never comes floods once") {
    connect_all();
    announce(alice, apple);
    wait(limits::answer_wait_max);
    wait(limits::answer_wait_max);
    CHECK(announce(bob, apple) == "tell bob request: apple");
    wait(limits::vain_memory);
    wait(limits::request_memory);
    CHECK(announce(carol, apple).find("tell alice announce apple") != std::string::npos);
}

TEST_CASE_FIXTURE(Flooding, "what is held, gone or being verified is not asked for") {
    connect_all();
    hold(apple);
    CHECK(announce(alice, apple) == "");
    push(alice, pear, 1);
    CHECK(announce(bob, pear) == "");
    CHECK(verified(pear).find("tell bob") == std::string::npos);  // bob has it
}

TEST_CASE_FIXTURE(Flooding, "ids without work cost the link that brought them") {
    const FloorTable floors;
    Retention retention;
    Traffic unlimited;
    Relay relay(RelayMode::tree, item::Network::local, floors, unlimited);
    const Ingest ingest(item::Network::local, retention,
                        [](base::LinkId) { return pile_visitors; });
    Effects out;
    relay.on_greeted(alice.link, now, out);
    const Announce idle{{{id(apple), 0, 600, 86400}}};
    CHECK(relay.on_announce(alice.link, idle, ingest, store, now, out) == Fault::item_little_work);
    CHECK(out.empty());
}

TEST_CASE_FIXTURE(Flooding, "ids are gathered, unless the link was quiet") {
    connect_all();
    step(TimerFired{});  // nothing else is due
    CHECK(announce(alice, apple).find("tell bob announce apple") != std::string::npos);
    CHECK(announce(alice, pear) == "tell alice request: pear");
    CHECK(node->next_deadline() == now.mono + limits::announce_pause);
    CHECK(wait(limits::announce_pause) == "tell bob announce pear; tell carol announce pear");
}

TEST_CASE_FIXTURE(Flooding, "a link that does not read is told ids, once it reads") {
    connect(alice);
    connect(bob);
    hear(bob, Push{push_all});
    const std::string payload(30'000, 'x');
    std::string said;
    for (std::uint32_t at = 0; at < 12; ++at) {
        const auto item =
            samples::publication({.slot = at, .payload = payload, .lifetime = Seconds(86400)});
        push(alice, item, 1);
        said = verified(item);
    }
    CHECK(said.find("tell bob") == std::string::npos);
    CHECK(step(LinkDrained{bob.link}).find("tell bob announce ? ? ") != std::string::npos);
}

TEST_CASE_FIXTURE(Flooding, "bulk is told to nobody whose last comparison did not match") {
    connect_all();
    push(alice, apple, hops_bulk);
    CHECK(verified(apple) == "store apple; stored apple");
    const SetSummary ours = store.shelves().summary();
    CHECK(hear(bob, Compare{ours.digest(), ours.counters(), ours.count()}) == "tell bob done");
    push(alice, pear, hops_bulk);
    CHECK(verified(pear) == "store pear; stored pear; tell bob announce pear");
}

TEST_CASE_FIXTURE(Flooding,
                  "a link pays for what it sends in vain, until nothing is left to pay with") {
    connect(alice);
    const std::string payload(30'000, 'x');
    const auto item = samples::publication({.payload = payload, .lifetime = Seconds(86400)});
    hold(item);
    const std::size_t allowed = static_cast<std::size_t>(limits::waste_rate.burst) / item.size();
    for (std::size_t at = 0; at < allowed; ++at) push(alice, item, hops_bulk);
    REQUIRE(linked(alice));
    CHECK(push(alice, item, hops_bulk) == "refused alice too_many_requests; end alice");
}

TEST_CASE_FIXTURE(
    Flooding,
    "ids announced twice are paid for as copies in vain are, and keep nobody out either") {
    connect(alice);
    const std::string payload(30'000, 'x');
    const auto item = samples::publication({.payload = payload, .lifetime = Seconds(86400)});
    hold(item);
    const std::size_t allowed = static_cast<std::size_t>(limits::waste_rate.burst) / item.size();
    for (std::size_t at = 0; at < allowed; ++at) push(alice, item, hops_bulk);
    REQUIRE(linked(alice));
    const std::vector<Announced> often(1000, word(pear));
    CHECK(hear(alice, Announce{often}).ends_with("refused alice too_many_requests; end alice"));
}

TEST_CASE_FIXTURE(Flooding, "who sends too much in vain may come again") {
    connect(alice);
    const std::string payload(30'000, 'x');
    const auto item = samples::publication({.payload = payload, .lifetime = Seconds(86400)});
    hold(item);
    for (std::size_t sent = 0; linked(alice); sent += item.size()) {
        REQUIRE(sent <= static_cast<std::size_t>(limits::waste_rate.burst) + item.size());
        push(alice, item, hops_bulk);
    }
    connect(alice);
    CHECK(linked(alice));
}

TEST_CASE_FIXTURE(
    Flooding, "a peer that pushed much in vain is told to push nothing, until its budget is back") {
    connect(alice);
    const std::string payload(30'000, 'x');
    const auto item = samples::publication({.payload = payload, .lifetime = Seconds(86400)});
    hold(item);
    const auto half =
        static_cast<std::size_t>(limits::waste_rate.burst - limits::waste_left_to_end);
    for (std::size_t at = 0; at < half / item.size(); ++at) REQUIRE(push(alice, item, 1) == "");
    CHECK(push(alice, item, 1) == "tell alice push 0");
    CHECK(push(alice, item, 1) == "");
    // A quarter comes back; the next copy shows that it is here.
    now.mono +=
        limits::waste_rate.per * (limits::waste_rate.burst / 4 / limits::waste_rate.units + 60);
    CHECK(push(alice, item, 1) == "tell alice push 1");
}

TEST_CASE_FIXTURE(Flooding, "the budget comes back with time") {
    connect(alice);
    const std::string payload(30'000, 'x');
    const auto item = samples::publication({.payload = payload, .lifetime = Seconds(86400)});
    hold(item);
    const std::size_t allowed = static_cast<std::size_t>(limits::waste_rate.burst) / item.size();
    for (std::size_t at = 0; at < allowed; ++at) push(alice, item, hops_bulk);
    REQUIRE(linked(alice));
    now.mono += Millis(10'000);
    push(alice, item, hops_bulk);
    CHECK(linked(alice));
}

TEST_CASE_FIXTURE(Flooding, "copies of what we hold are paid for, though copies may be pushed") {
    connect(alice);
    const std::string payload(30'000, 'x');
    const auto item = samples::publication({.payload = payload, .lifetime = Seconds(86400)});
    hold(item);
    const std::size_t allowed = static_cast<std::size_t>(limits::waste_rate.burst) / item.size();
    for (std::size_t at = 0; at < allowed; ++at) push(alice, item, 0);
    REQUIRE(linked(alice));
    CHECK(push(alice, item, 0) == "refused alice too_many_requests; end alice");
}

TEST_CASE_FIXTURE(Flooding,
                  "answers are bounded by a budget of bytes; what is beyond it is sent later") {
    connect(alice);
    const std::string payload(30'000, 'x');
    std::vector<base::ItemId> ids;
    for (std::uint32_t at = 0; at < 50; ++at) {
        const auto item =
            samples::publication({.slot = at, .payload = payload, .lifetime = Seconds(86400)});
        hold(item);
        ids.push_back(id(item));
    }
    std::size_t bytes = 0;
    const auto read = [&] {  // alice reads whatever comes, until nothing more comes
        for (bool more = true; more;) {
            more = false;
            for (const Effect& effect : last)
                if (const auto* send = std::get_if<Send>(&effect))
                    bytes += send->frame->size(), more = true;
            step(LinkDrained{alice.link});
        }
    };
    const auto burst = static_cast<std::size_t>(limits::answers_rate.burst);
    for (std::size_t asked = 0; asked < 2 * burst; asked += 50 * payload.size()) {
        hear(alice, Request{ids});
        read();
    }
    CHECK(linked(alice));
    CHECK(bytes >= burst);
    CHECK(bytes < burst + 2 * payload.size());
    CHECK(node->next_deadline() <= now.mono + Millis(1000));
    bytes = 0;
    wait(Millis(1000));
    read();
    const auto per_second = static_cast<std::size_t>(limits::answers_rate.units);
    CHECK(bytes + 2 * payload.size() > per_second);
    CHECK(bytes < per_second + 2 * payload.size());
}

TEST_CASE_FIXTURE(Flooding, "an answer that had to wait for its item is paid for, a push is not") {
    connect_all();
    hold(apple);
    const std::string payload(30'000, 'x');
    const auto count = static_cast<std::uint32_t>(
        static_cast<std::size_t>(limits::answers_rate.burst) / payload.size() + 1);
    bool asks = false;
    SUBCASE("it was asked for") {
        asks = true;
    }
    SUBCASE("it was not") {}
    for (std::uint32_t at = 0; at < count; ++at) {
        const auto item =
            samples::publication({.slot = 10 + at, .payload = payload, .lifetime = Seconds(86400)});
        if (asks) {
            announce(carol, item);
            request(alice, item);
        }
        push(bob, item, 0);
        REQUIRE(verified(item).find("tell alice items") != std::string::npos);
        step(LinkDrained{alice.link});
        step(LinkDrained{carol.link});
    }
    CHECK(request(alice, apple) == (asks ? "" : "tell alice items apple"));
}

TEST_CASE_FIXTURE(Flooding, "what one link asks for does not delay another") {
    connect(alice);
    connect(bob);
    const std::string payload(30'000, 'x');
    const auto item = samples::publication({.payload = payload, .lifetime = Seconds(86400)});
    hold(item);
    const std::vector<base::ItemId> often(1000, id(item));
    for (int times = 0; times < 3; ++times) {
        hear(alice, Request{often});
        for (int drained = 0; drained < 1000; ++drained) step(LinkDrained{alice.link});
    }
    CHECK(request(bob, item).starts_with("tell bob items"));
}

TEST_CASE_FIXTURE(Flooding, "what a link asks for beyond all that it may be owed is passed over") {
    connect(alice);
    hold(apple);
    // Nothing is read meanwhile: a piece is on its way, the rest is owed.
    for (std::size_t at = 0; at < limits::requested_max + 3000; at += 1000)
        hear(alice, Request{std::vector<base::ItemId>(1000, id(apple))});
    CHECK(linked(alice));
    CHECK(node->waiting_to_send() == limits::requested_max);
    while (node->waiting_to_send() > 0) step(LinkDrained{alice.link});
    CHECK(request(alice, apple) == "tell alice items apple");
}

TEST_CASE_FIXTURE(Flooding,
                  "a requested copy says one hop more than ours, as long as that is remembered") {
    connect_all();
    hear(bob, Push{0});
    push(alice, apple, 5);
    verified(apple);
    const auto hops_to_bob = [&] {
        request(bob, apple);
        const auto* told = std::get_if<Send>(&last.back());
        REQUIRE(told);
        return std::get<Items>(*parse(*told->frame)).hops;
    };
    CHECK(hops_to_bob() == 6);
    wait(limits::request_memory);
    CHECK(hops_to_bob() == hops_answer);
}

TEST_CASE_FIXTURE(Flooding, "a requested copy that had to wait says so, too") {
    connect_all();
    hear(bob, Push{0});
    push(alice, apple, 5);
    verified(apple);
    const auto large = samples::publication(
        {.slot = 9, .payload = std::string(30'000, 'x'), .lifetime = Seconds(86400)});
    hold(large);
    hear(bob, Request{std::vector<base::ItemId>(12, id(large))});
    CHECK(request(bob, apple) == "");  // bob is behind
    step(LinkDrained{bob.link});
    const auto* told = std::get_if<Send>(&last.back());
    REQUIRE(told);
    const auto message = *parse(*told->frame);
    CHECK(id(std::get<Items>(message).items.front()) == id(apple));
    CHECK(std::get<Items>(message).hops == 6);
}

TEST_CASE_FIXTURE(Flooding, "copies that we asked for are never held against the link") {
    connect_all();
    announce(alice, apple);
    push(bob, apple, 1);
    verified(apple);
    CHECK(push(alice, apple, 1) == "");
    CHECK(linked(alice));
}

TEST_CASE_FIXTURE(Flooding, "flooding frames of an anonymous link are out of turn") {
    const Peer ghost = visitor();
    CHECK(announce(ghost, apple).find("end ghost frame_unexpected") != std::string::npos);
}

TEST_CASE_FIXTURE(Flooding,
                  "to be compared with: plain flooding pushes everything, announcing nothing") {
    relay_mode = RelayMode::flood;
    restart();
    up(alice);
    CHECK(greet(alice) == "tell alice push 256");
    connect(bob);
    hear(bob, Push{push_all});
    push(alice, apple, 7);
    CHECK(verified(apple) == "store apple; stored apple; tell bob items apple");

    relay_mode = RelayMode::announce;
    restart();
    up(alice);
    CHECK(greet(alice) == "tell alice push 0");
    connect(bob);
    hear(bob, Push{0});
    CHECK(announce(alice, pear) == "tell alice request: pear");
    push(alice, pear, 7);
    CHECK(verified(pear) == "store pear; stored pear; tell bob announce pear");
}

}  // namespace
}  // namespace hearsay::core
