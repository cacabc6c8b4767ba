// relay/traffic.hpp and what the others make of it: how much is sent and asked for where the user
// bounds that, what comes first, and what happens to the rest.
#include "core/relay/traffic.hpp"

#include <doctest/doctest.h>

#include "base/limits/budgets.hpp"
#include "base/limits/retention.hpp"
#include "comparing.hpp"

namespace hearsay::core {
namespace {

using base::MonoTime;

constexpr std::uint64_t limit = 100'000;
constexpr std::uint64_t send_burst = limit / 2 * limits::upload_burst_s;
constexpr std::uint64_t ask_burst = limit / 2 * limits::download_burst_s;

// ---- the limits alone

struct Bounded {
    MonoTime now{Millis(1000)};
    Traffic traffic{{limit, limit}};
    // Items of a kilobyte, until no more may be sent.
    std::uint64_t send_all(Use use) {
        std::uint64_t sent = 0;
        for (; traffic.may_send(use, now); sent += 1000) traffic.on_sent(use, 1000, now);
        return sent;
    }
};

TEST_CASE_FIXTURE(Bounded, "without limits nothing is ever held back") {
    Traffic free;
    free.on_sent(Use::flood, 1ULL << 40, now);
    free.on_came(Use::rounds, 1ULL << 40, now);
    CHECK(free.may_send(Use::flood, now));
    CHECK(free.room_to_ask(Use::rounds, 1ULL << 40, now) > 0);
    CHECK(!free.is_short(now));
    CHECK(free.short_until() == base::never);
    CHECK(free.may_send_at(Use::flood) <= now);
}

TEST_CASE_FIXTURE(Bounded,
                  "flooding and rounds have a half each, and what one leaves the other takes") {
    const std::uint64_t first = send_all(Use::flood);
    CHECK(first >= send_burst + send_burst / 2);
    CHECK(first <= send_burst + send_burst / 2 + 2000);
    CHECK(send_all(Use::rounds) >= send_burst / 2 - 2000);
    CHECK(send_all(Use::flood) == 0);
    now += Millis(1000);
    CHECK(send_all(Use::flood) == limit / 2);
    CHECK(send_all(Use::rounds) == limit / 2);
}

TEST_CASE_FIXTURE(Bounded, "in the long run no more is sent than the limit says") {
    std::uint64_t sent = 0;
    for (int seconds = 0; seconds < 100; ++seconds, now += Millis(1000))
        sent += send_all(Use::flood) + send_all(Use::rounds);
    CHECK(sent <= 100 * limit + 2 * send_burst + 2000);
    CHECK(sent >= 99 * limit);
}

TEST_CASE_FIXTURE(Bounded, "it says when something may be sent again") {
    send_all(Use::flood);
    const MonoTime then = traffic.may_send_at(Use::flood);
    CHECK(then > now);
    CHECK(!traffic.may_send(Use::flood, then - Millis(1)));
    CHECK(traffic.may_send(Use::flood, then));
}

TEST_CASE_FIXTURE(Bounded, "what is under way counts until it came, and then by its own size") {
    CHECK(traffic.room_to_ask(Use::flood, 0, now) == ask_burst);
    CHECK(traffic.room_to_ask(Use::flood, 1000, now) == ask_burst - 1000);
    traffic.on_came(Use::flood, 3000, now);
    CHECK(traffic.room_to_ask(Use::flood, 0, now) == ask_burst - 3000);
}

TEST_CASE_FIXTURE(Bounded, "what is withheld costs nothing but the time") {
    CHECK(traffic.room_to_ask(Use::flood, 10 * ask_burst, now) == 0);
    CHECK(traffic.may_ask_at(Use::flood, 10 * ask_burst) == base::never);
    CHECK(traffic.room_to_ask(Use::flood, 0, now) == ask_burst);
}

TEST_CASE_FIXTURE(Bounded, "whatever comes, a debt is paid off within the time of a burst") {
    for (int times = 0; times < 100; ++times) traffic.on_came(Use::flood, 1ULL << 40, now);
    CHECK(traffic.is_short(now));
    const auto owed = std::chrono::seconds(limits::download_burst_s);
    CHECK(traffic.may_ask_at(Use::flood, 0) <= now + owed + Millis(1000));
    traffic.sanity_check();
}

TEST_CASE_FIXTURE(Bounded, "the download is short below a quarter, and until half is there again") {
    traffic.on_came(Use::flood, ask_burst / 4 * 3 - 1000, now);
    CHECK(!traffic.is_short(now));
    traffic.on_came(Use::flood, 2000, now);
    CHECK(traffic.is_short(now));
    CHECK(traffic.is_short(traffic.short_until() - Millis(2)));
    const MonoTime over = traffic.short_until();
    CHECK(over > now + std::chrono::seconds(limits::download_burst_s / 4 - 1));
    CHECK(!traffic.is_short(over));
}

TEST_CASE_FIXTURE(Bounded, "other limits begin with nothing spent") {
    send_all(Use::flood);
    traffic.set_limits({2 * limit, 0});
    CHECK(traffic.may_send(Use::flood, now));
    CHECK(!traffic.limits_download());
    traffic.set_limits({1, 1});  // below the least
    CHECK(traffic.may_send_at(Use::flood) <= now);
    traffic.sanity_check();
}

// ---- a node with limits

constexpr std::size_t large_payload = 30'000;

item::Item large(std::uint32_t slot, item::Level level = 0) {
    item::Item out = samples::publication(
        {.slot = slot, .payload = std::string(large_payload, 'x'), .lifetime = Seconds(86400)});
    out.nonce = std::uint64_t{level} << 56;  // as the simulated network says it
    return out;
}

Announced announced(const item::Item& item) {
    return {Fixture::id(item), item.nonce, static_cast<std::uint32_t>(item.size()), 86400,
            item::StoreClass::posts};
}

struct Limited : Fixture {
    std::vector<item::Item> apples;

    void limit_to(std::uint64_t upload, std::uint64_t download) {
        traffic = {upload, download};
        restart();
    }
    // So many large items, by name apple0, apple1, ...
    void grow(std::uint32_t count) {
        for (std::uint32_t at = 0; at < count; ++at)
            apples.push_back(named("apple" + std::to_string(at), large(at)));
    }
    static std::size_t times(const std::string& said, const std::string& what) {
        std::size_t found = 0;
        for (auto at = said.find(what); at != said.npos; at = said.find(what, at + 1)) ++found;
        return found;
    }
    // All that is said within so many seconds, links reading whatever they are sent.
    std::string hear_for(int seconds) {
        std::string out;
        for (int at = 0; at < seconds; ++at) {
            out += wait(Millis(1000)) + "; ";
            for (const Peer& peer : {alice, bob, carol})
                if (linked(peer)) out += step(LinkDrained{peer.link}) + "; ";
        }
        return out;
    }
    // What was asked for since the last call.
    std::vector<base::ItemId> take_requested() {
        std::vector<base::ItemId> out;
        for (const Effect& effect : std::exchange(untaken, {})) {
            const auto* send = std::get_if<Send>(&effect);
            const auto message = send ? parse(*send->frame) : std::unexpected(Fault::silent);
            if (!message) continue;
            if (const auto* wish = std::get_if<Request>(&*message))
                out.insert(out.end(), wish->ids.begin(), wish->ids.end());
        }
        return out;
    }
    bool asks(const Peer& peer, const item::Item& item, const std::string& said) const {
        return said.find("tell " + names.links.at(peer.link) + " request:") != std::string::npos &&
               said.find(names.of(id(item))) != std::string::npos;
    }
};

TEST_CASE_FIXTURE(Limited, "a push becomes an announcement when the upload is used up") {
    limit_to(limits::traffic_limit_min, 0);
    grow(20);
    connect(alice);
    std::string said;
    for (const item::Item& apple : apples) said += publish(apple) + "; ";
    CHECK(times(said, "tell alice items") >= 2);
    CHECK(times(said, "tell alice items") <= 5);
    said += hear_for(1);
    CHECK(said.find("tell alice announce") != std::string::npos);
    CHECK(said.find("apple19") != std::string::npos);
}

TEST_CASE_FIXTURE(Limited, "what is asked for waits for the upload, and links are served in turn") {
    limit_to(limits::traffic_limit_min, 0);
    grow(12);
    for (const item::Item& apple : apples) hold(apple);
    connect(alice);
    connect(bob);
    connect(carol);
    Request all;
    for (const item::Item& apple : apples) all.ids.push_back(id(apple));
    std::string said = hear(alice, all) + "; ";
    said += hear(bob, all) + "; " + hear(carol, all) + "; ";
    CHECK(node->waiting_to_send() > 20);
    for (int seconds = 0; seconds < 60; ++seconds) said += hear_for(1);
    // What there was at once went to who asked first.
    const std::size_t first = times(said, "tell alice items");
    CHECK(first >= 3);
    CHECK(times(said, "tell bob items") + 5 >= first);
    CHECK(times(said, "tell carol items") + 1 >= times(said, "tell bob items"));
    said += hear_for(300);
    CHECK(node->waiting_to_send() == 0);
    CHECK(times(said, "tell carol items") == apples.size());
}

TEST_CASE_FIXTURE(Limited, "an item of our own leaves whatever the upload is used for") {
    limit_to(limits::traffic_limit_min, 0);
    grow(12);
    connect(alice, true);
    for (const item::Item& apple : apples) publish(apple);
    const item::Item own = named("own", large(1000));
    step(Submit{samples::accepted(own)});
    CHECK(hear_for(60).find("inject own") != std::string::npos);
}

TEST_CASE_FIXTURE(Limited,
                  "of what waits for the download the one with more work is asked for first") {
    limit_to(0, limits::traffic_limit_min);
    connect(alice);
    std::string said;
    for (std::uint32_t at = 0; at < 20; ++at)
        said += hear(alice, Announce{{announced(named("poor", large(at)))}});
    CHECK(times(said, "request:") >= 3);
    CHECK(times(said, "request:") <= 5);
    CHECK(node->waiting_to_ask() >= 15);
    const item::Item rich = named("rich", large(100, 20));
    const item::Item fair = named("fair", large(101, 8));
    hear(alice, Announce{{announced(fair)}});
    hear(alice, Announce{{announced(rich)}});
    // What was asked for does not come. Once its time is over there is room for others.
    const std::string later = hear_for(12);
    const auto first = later.find("request: rich");
    REQUIRE(first != std::string::npos);
    CHECK(later.find("fair") > first);
    CHECK(later.find("poor") > first);
}

TEST_CASE_FIXTURE(Limited, "no more is asked for than comes in time, and all of it in the end") {
    constexpr std::size_t rate = 64 * 1024;
    limit_to(0, rate);
    grow(100);
    connect(alice);
    for (const item::Item& apple : apples) hear(alice, Announce{{announced(apple)}});
    std::size_t came = 0;
    for (std::size_t seconds = 0; seconds < 120 && came < apples.size(); ++seconds) {
        for (const base::ItemId& wanted : take_requested())
            for (const item::Item& apple : apples)
                if (id(apple) == wanted) {
                    receive(alice, apple);
                    verified(apple);
                    ++came;
                }
        // Both halves at once, then the rate, and an item too many of each.
        CHECK(came * large_payload <=
              rate * (static_cast<std::size_t>(limits::download_burst_s) + seconds + 2) +
                  2 * large_payload);
        hear_for(1);
    }
    CHECK(came == apples.size());
}

TEST_CASE_FIXTURE(Limited, "it says when the next may be asked for") {
    constexpr std::uint64_t rate = limits::traffic_limit_min;
    limit_to(0, rate);
    grow(30);
    connect(alice);
    for (const item::Item& apple : apples) hear(alice, Announce{{announced(apple)}});
    REQUIRE(node->waiting_to_ask() > 0);
    for (const item::Item& apple : std::vector(apples))
        if (std::ranges::count(take_requested(), id(apple)) > 0) {
            receive(alice, apple);
            verified(apple);
        }
    step(TimerFired{});  // nothing else is due
    CHECK(node->next_deadline() <= now.mono + Millis(1000 * 2 * large_payload / rate));
}

TEST_CASE_FIXTURE(Limited, "while the download is short peers are told to push nothing") {
    limit_to(0, limits::traffic_limit_min);
    connect(alice);
    CHECK(hear_for(2).find("push") == std::string::npos);
    std::string said;
    for (std::uint32_t at = 0; at < 4; ++at) said += receive(alice, large(at)) + "; ";
    said += hear_for(2);
    CHECK(said.find("tell alice push 0") != std::string::npos);
    CHECK(hear_for(40).find("tell alice push 1") != std::string::npos);
}

TEST_CASE_FIXTURE(Limited, "what strangers hand over does not take the download from others") {
    limit_to(0, limits::traffic_limit_min);
    connect(alice);
    for (std::uint32_t at = 0; at < 10; ++at) publish(large(at));
    const item::Item apple = named("apple", large(100));
    CHECK(asks(alice, apple, hear(alice, Announce{{announced(apple)}})));
}

TEST_CASE_FIXTURE(Limited, "what cannot be asked for in time raises the floor of its class") {
    limit_to(0, limits::traffic_limit_min);
    connect(alice);
    for (std::uint32_t at = 0; at < 600; ++at)
        hear(alice, Announce{{announced(large(at, at < 300 ? 4 : 8))}});
    const std::size_t before = node->waiting_to_ask();
    std::string said;
    for (int minutes = 0; minutes < 3; ++minutes) said += hear_for(60);
    item::Floors posts{};
    posts[static_cast<std::size_t>(item::StoreClass::posts)] = 5;
    CHECK(said.find("tell alice floor 0 0 0 5 0") != std::string::npos);
    CHECK(node->retention().floors() >= posts);
    CHECK(node->waiting_to_ask() < before);
    CHECK(hear(alice, Announce{{announced(large(1000, 4))}}) == "");
}

TEST_CASE_FIXTURE(Limited, "once the limits are lifted all that waits is sent and asked for") {
    limit_to(limits::traffic_limit_min, limits::traffic_limit_min);
    grow(20);
    connect(alice);
    Request all;
    for (std::uint32_t at = 0; at < 10; ++at) {
        hold(apples[at]);
        all.ids.push_back(id(apples[at]));
    }
    hear(alice, all);
    for (std::uint32_t at = 10; at < 20; ++at) hear(alice, Announce{{announced(apples[at])}});
    CHECK(node->waiting_to_send() > 0);
    CHECK(node->waiting_to_ask() > 0);
    std::string said = step(SetTraffic{});
    said += hear_for(1);
    CHECK(node->waiting_to_send() == 0);
    CHECK(node->waiting_to_ask() == 0);
}

// ---- rounds within limits

struct LimitedRounds : Limited {
    std::vector<base::ItemId> theirs;
    // What bob lists page by page: mails that nobody else has.
    void list(std::uint32_t count) {
        for (std::uint32_t at = 0; at < count; ++at)
            theirs.push_back(id(samples::mail({.slot = 5000 + at})));
    }
};

TEST_CASE_FIXTURE(LimitedRounds,
                  "of a page what the download has room for is wanted, the rest later") {
    limit_to(0, limits::traffic_limit_min);
    connect(bob);
    hear(bob, Compare{{}, {}, 5});
    list(500);
    const std::string said = hear(bob, Have{1, theirs, false});
    CHECK(said.find("tell bob want 1:") != std::string::npos);
    const std::size_t rest = node->waiting_to_ask();
    CHECK(rest > 300);
    CHECK(rest < 500);
    // What was wanted does not come; after its time the next are asked for.
    CHECK(hear_for(30).find("tell bob request:") != std::string::npos);
    CHECK(node->waiting_to_ask() < rest);
    step(LinkDown{bob.link, std::nullopt});
    CHECK(node->waiting_to_ask() == 0);
}

TEST_CASE_FIXTURE(LimitedRounds, "what comes while it waits to be asked for is not asked for") {
    limit_to(0, limits::traffic_limit_min);
    connect(alice);
    connect(bob);
    hear(bob, Compare{{}, {}, 5});
    list(500);
    hear(bob, Have{1, theirs, false});
    const std::size_t wanted = theirs.size() - node->waiting_to_ask();
    const auto next = static_cast<std::uint32_t>(wanted);
    push(alice, samples::mail({.slot = 5000 + next}), 1);  // it is being verified from now on
    hear_for(30);
    const std::vector<base::ItemId> requested = take_requested();
    CHECK(std::ranges::count(requested, theirs[wanted]) == 0);
    CHECK(std::ranges::count(requested, theirs[wanted + 1]) == 1);
}

TEST_CASE_FIXTURE(LimitedRounds, "a page that finds no place is answered in time all the same") {
    limit_to(0, limits::traffic_limit_min);
    connect(bob);
    hear(bob, Compare{{}, {}, 5});
    list(6000);
    std::uint32_t page = 0;
    std::string said = "want";
    for (; said.find("want") != std::string::npos; ++page) {
        REQUIRE(page < 6);
        const auto from = theirs.begin() + page * 1000;
        said = hear(bob, Have{page + 1, {from, from + 1000}, false});
    }
    CHECK(page == 2);  // a page of places
    const std::string later = hear_for(static_cast<int>(limits::held_page_wait.count() / 1000) + 5);
    CHECK(later.find("tell bob want 2:") != std::string::npos);
    CHECK(linked(bob));
}

TEST_CASE_FIXTURE(LimitedRounds, "a peer that lists before its page is answered breaks the rule") {
    limit_to(0, limits::traffic_limit_min);
    connect(bob);
    hear(bob, Compare{{}, {}, 5});
    list(3000);
    for (std::uint32_t page = 0; page < 2; ++page) {
        const auto from = theirs.begin() + page * 1000;
        hear(bob, Have{page + 1, {from, from + 1000}, false});
    }
    CHECK(linked(bob));
    hear(bob, Have{3, {theirs.back()}, false});
    CHECK(!linked(bob));
}

TEST_CASE_FIXTURE(LimitedRounds, "who lists what does not exist takes no other's place") {
    limit_to(0, limits::traffic_limit_min);
    connect(bob);
    connect(carol);
    hear(bob, Compare{{}, {}, 5});
    hear(carol, Compare{{}, {}, 5});
    list(2000);
    hear(bob, Have{1, {theirs.begin(), theirs.begin() + 1000}, false});
    const std::string said =
        hear(carol, Have{1, {theirs.begin() + 1000, theirs.begin() + 2000}, false});
    CHECK(said.find("tell carol want 1:") != std::string::npos);
    CHECK(node->waiting_to_ask() > 1900);
    step(LinkDown{carol.link, std::nullopt});
    CHECK(node->waiting_to_ask() > 900);
    CHECK(node->waiting_to_ask() <= 1000);  // bob's
}

TEST_CASE_FIXTURE(LimitedRounds,
                  "what a round hands over keeps to the upload, and comes in the end") {
    limit_to(limits::traffic_limit_min, 0);
    grow(20);
    for (const item::Item& apple : apples) hold(apple);
    connect(bob);
    ask_for_list(bob);
    Want all{1, {}};
    for (const item::Item& apple : apples) all.ids.push_back(id(apple));
    std::string said = hear(bob, all) + "; ";
    CHECK(node->waiting_to_send() > 10);
    for (int seconds = 0; seconds < 400 && node->waiting_to_send() > 0; ++seconds)
        said += hear_for(1);
    CHECK(node->waiting_to_send() == 0);
    CHECK(linked(bob));
}

TEST_CASE("a dialler fetches no more than its download has room for, and comes again soon") {
    Comparing test;
    test.traffic = {0, limits::traffic_limit_min};
    test.restart();
    test.dialled(test.bob);
    // Bob holds what we hold and as much again: more than there is room for.
    std::vector<Symbol> symbols = test.ours_coded(500);
    const std::uint64_t more = 200;
    for (std::uint64_t at = 1; at <= more; ++at) code(symbols, 0, at * 0x9e3779b97f4a7c15, 1);
    const std::string said = test.hear(test.bob, Symbols{0, symbols, 100 + more, test.key});
    CHECK(said.find("tell bob fetch") != std::string::npos);
    CHECK(said.find("done unsettled") != std::string::npos);
    test.hear(test.bob, Done{true});
    CHECK(test.wait(limits::compare_wait_least - Millis(1)).find("compare") == std::string::npos);
    CHECK(test.wait(Millis(1)).find("tell bob compare") != std::string::npos);
}

}  // namespace
}  // namespace hearsay::core
