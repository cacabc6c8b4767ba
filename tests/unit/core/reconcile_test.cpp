// reconcile/reconcile.hpp: two peers find out what only one of them holds, in few bytes, and lies
// are bounded.
#include "core/reconcile/reconcile.hpp"

#include <doctest/doctest.h>

#include "base/limits/frames.hpp"
#include "base/limits/items.hpp"
#include "base/limits/links.hpp"
#include "base/limits/relay.hpp"
#include "comparing.hpp"
#include "id_store.hpp"
#include "pair.hpp"

namespace hearsay::core {
namespace {

constexpr base::LinkId wire{1};

// Two Reconciles over stores of ids. Side 0 dialled.
struct Wire {
    IdStore stores[2];
    FloorTable floors[2];
    Traffic traffic[2];
    Reconcile sides[2]{
        Reconcile(base::Rng(samples::filled<base::Secret>(1)), floors[0], traffic[0]),
        Reconcile(base::Rng(samples::filled<base::Secret>(2)), floors[1], traffic[1])};
    base::Now now{base::MonoTime(Millis(5000)), samples::noon};
    std::size_t bytes = 0;  // of frames and their lengths, both ways
    std::size_t turns = 0;  // frames of the dialler that were answered before it could go on
    std::size_t fetched = 0;
    bool paged = false;

    void run() {
        std::deque<std::pair<int, FramePtr>> queue;  // to whom
        const auto take = [&](int from, const Effects& effects) {
            for (const Effect& effect : effects)
                if (const auto* send = std::get_if<Send>(&effect))
                    queue.emplace_back(1 - from, send->frame);
        };
        for (int side : {1, 0}) {
            Effects out;
            sides[side].on_greeted(wire, side == 0, now, stores[side], out);
            take(side, out);
        }
        for (std::size_t turns_taken = 0; work(take) || !queue.empty(); ++turns_taken) {
            REQUIRE(turns_taken < 1000);
            if (queue.empty()) continue;
            const auto [to, frame] = queue.front();
            queue.pop_front();
            bytes += frame->size() + 4;
            Effects out;
            deliver(to, *parse(*frame), out);
            if (paged) return;
            take(to, out);
        }
    }
    // Sets are read in pieces, one in each turn. True: somebody had something to do.
    template <class Take>
    bool work(const Take& take) {
        now.mono += Millis(1);
        bool worked = false;
        for (int side : {0, 1}) {
            if (sides[side].next_deadline() > now.mono) continue;
            Effects out;
            sides[side].on_timer(now, stores[side], out);
            CHECK(sides[side].take_faults().empty());
            take(side, out);
            worked = true;
        }
        return worked;
    }
    void deliver(int to, const Message& message, Effects& out) {
        Reconcile& side = sides[to];
        const StoreView& view = stores[to];
        std::optional<Fault> fault;
        if (const auto* compare = std::get_if<Compare>(&message)) {
            ++turns;
            fault = side.on_compare(wire, *compare, now, view, out);
        } else if (const auto* symbols = std::get_if<Symbols>(&message)) {
            fault = side.on_symbols(wire, *symbols, now, view, out);
        } else if (const auto* more = std::get_if<More>(&message)) {
            ++turns;
            fault = side.on_more(wire, *more, now, view, out);
        } else if (const auto* fetch = std::get_if<Fetch>(&message)) {
            fetched = fetch->ids.size();
            fault = side.on_fetch(wire, *fetch, now, view, out);
        } else if (const auto* done = std::get_if<Done>(&message)) {
            fault = side.on_done(wire, *done, now, out);
        } else {
            paged = true;
        }
        CHECK(!fault);
    }
    void fill(std::size_t items, std::size_t differences) {
        base::Rng rng(samples::filled<base::Secret>(3));
        fill_apart(stores, items, differences, rng);
    }
};

TEST_CASE_FIXTURE(Wire, "equal sets are told in one round trip and 64 bytes") {
    fill(100'000, 0);
    run();
    CHECK(bytes <= 64);
    CHECK(turns == 1);
    CHECK(sides[0].is_matching(wire));
    CHECK(sides[1].is_matching(wire));
}

TEST_CASE_FIXTURE(Wire, "after a round only the side that dialled has another one before it") {
    run();
    CHECK(sides[0].next_deadline() >= now.mono + limits::compare_wait_min);
    CHECK(sides[0].next_deadline() <= now.mono + limits::compare_wait_max);
    CHECK(sides[1].next_deadline() == base::never);
}

TEST_CASE_FIXTURE(Wire, "100 differences in 100,000 items take at most 4 KiB and two round trips") {
    fill(100'000, 100);
    run();
    CHECK(fetched == 50);
    CHECK(bytes <= 4096);
    CHECK(turns <= 2);
}

TEST_CASE_FIXTURE(Wire, "1,000 differences take at most 34 KiB and two round trips") {
    fill(100'000, 1000);
    run();
    CHECK(fetched == 500);
    CHECK(bytes <= 34 * 1024);
    CHECK(turns <= 2);
}

TEST_CASE_FIXTURE(Wire,
                  "1,000 differences of a million take no more: it is the differences that cost") {
    fill(1'000'000, 1000);
    run();
    CHECK(fetched == 500);
    CHECK(bytes <= 34 * 1024);
    CHECK(turns <= 2);
}

TEST_CASE_FIXTURE(Wire, "sets that share little are listed") {
    fill(1000, 1500);
    run();
    CHECK(paged);
}

TEST_CASE_FIXTURE(Wire, "more differences than are decoded are listed, whatever is shared") {
    fill(50'000, 30'000);
    run();
    CHECK(paged);
}

// ---- one node, and a peer that a test speaks for
TEST_CASE_FIXTURE(Comparing, "the side that dialled begins, the other waits") {
    up(bob, false);
    CHECK(greet(bob).find("compare") == std::string::npos);
    step(NetworkReady{true});
    step(AddPeer{carol.key, true});
    up(carol, true);
    CHECK(greet(carol).find("tell carol compare 100") != std::string::npos);
    CHECK(node->view_matches().peers == 2);
    CHECK(node->view_matches().matching == 0);
}

TEST_CASE_FIXTURE(Comparing,
                  "we compare with one peer after the other, and wait for none for ever") {
    dialled(bob);
    step(NetworkReady{true});
    step(AddPeer{carol.key, true});
    up(carol, true);
    CHECK(greet(carol).find("compare") == std::string::npos);
    SUBCASE("the round ends") {
        hear(bob, Done{false});
        CHECK(node->next_deadline() <= now.mono);
        CHECK(step(TimerFired{}).find("tell carol compare") != std::string::npos);
    }
    SUBCASE("the round does not end") {
        CHECK(wait(limits::round_wait - Millis(1)).find("compare") == std::string::npos);
        CHECK(node->next_deadline() <= now.mono + Millis(1));
        CHECK(wait(Millis(1)).find("tell carol compare") != std::string::npos);
    }
    SUBCASE("the link ends") {
        step(LinkDown{bob.link, std::nullopt});
        CHECK(step(TimerFired{}).find("tell carol compare") != std::string::npos);
    }
}

TEST_CASE_FIXTURE(Comparing, "rounds come again at random times between the limits") {
    dialled(bob);
    hear(bob, Done{true});
    // with this seed, not looked at more closely
    REQUIRE(Trace(names)(last).find("more") == std::string::npos);
    CHECK(node->in_sync(bob.link));
    CHECK(wait(limits::compare_wait_min - Millis(1)).find("compare") == std::string::npos);
    const Millis rest = limits::compare_wait_max - limits::compare_wait_min + Millis(1);
    hear(bob, Ping{1});
    CHECK(wait(rest).find("tell bob compare") != std::string::npos);
}

TEST_CASE_FIXTURE(Comparing, "a peer that compares too often loses the link") {
    connect(bob);
    const SetSummary ours = store.shelves().summary();
    const Compare equal{ours.digest(), ours.counters(), ours.count()};
    CHECK(hear(bob, equal) == "tell bob done");
    CHECK(node->in_sync(bob.link));
    SUBCASE("later") {
        wait(limits::compare_wait_least);
        CHECK(hear(bob, equal) == "tell bob done");
    }
    SUBCASE("at once") {
        CHECK(hear(bob, equal) == "refused bob too_many_requests; end bob too_many_requests");
    }
}

TEST_CASE_FIXTURE(Comparing, "an equal summary may be looked at more closely") {
    connect(bob);
    const SetSummary ours = store.shelves().summary();
    hear(bob, Compare{ours.digest(), ours.counters(), ours.count()});
    CHECK(hear(bob, More{8}) == "tell bob symbols 0+8");
    CHECK(hear(bob, Fetch{}) == "tell bob done");
    hear(bob, Done{true});
    CHECK(node->in_sync(bob.link));
}

TEST_CASE_FIXTURE(Comparing, "symbols beyond a round's limit are not given") {
    connect(bob);
    hear(bob, unlike());
    const More most{static_cast<std::uint32_t>(limits::symbols_per_frame_max)};
    CHECK(hear(bob, most).find("tell bob symbols") == 0);
    CHECK(hear(bob, most) == "refused bob too_many_requests; end bob too_many_requests");
}

TEST_CASE_FIXTURE(Comparing, "requests for more are counted") {
    connect(bob);
    hear(bob, unlike());
    for (std::uint32_t times = 0; times < limits::batches_max; ++times)
        CHECK(hear(bob, More{1}).find("tell bob symbols") == 0);
    CHECK(hear(bob, More{1}) == "refused bob too_many_requests; end bob too_many_requests");
}

TEST_CASE_FIXTURE(Comparing,
                  "all who compare with us are answered out of one set, and nobody makes room") {
    std::vector<Peer> peers;
    std::set<crypto::SipKey> keys;
    for (std::uint8_t at = 0; at < 20; ++at) {
        peers.push_back(
            named(100u + at, static_cast<std::uint8_t>(200 + at), "peer" + std::to_string(at)));
        connect(peers.back());
        CHECK(hear(peers.back(), unlike()).find("symbols 0+") != std::string::npos);
        for (const Effect& effect : last)
            if (const auto* send = std::get_if<Send>(&effect))
                keys.insert(std::get<Symbols>(*parse(*send->frame)).key);
    }
    CHECK(keys.size() == 1);
    CHECK(hear(peers[0], More{5}).find("symbols") != std::string::npos);
    CHECK(hear(peers[3], Fetch{}) == "tell peer3 done");
}

TEST_CASE_FIXTURE(Comparing, "a round that began with a key of long ago ends unsettled") {
    connect(alice);
    connect(bob);
    connect(carol);
    hear(alice, unlike());
    now.mono += limits::set_life;
    hear(bob, unlike());
    CHECK(hear(alice, More{5}).find("tell alice symbols") == 0);
    now.mono += limits::set_life;
    hear(carol, unlike());
    CHECK(hear(alice, Fetch{}) == "tell alice done unsettled");
    CHECK(linked(alice));
}

TEST_CASE_FIXTURE(Comparing, "who lets nothing be heard in a round for long loses its link") {
    dialled(bob);
    for (Millis waited{0}; waited + Millis(30'000) < limits::round_silence_max;
         waited += Millis(30'000)) {
        wait(Millis(30'000));
        hear(bob, Ping{1});
    }
    CHECK(linked(bob));
    CHECK(wait(Millis(30'000)).find("refused bob silent; end bob silent") != std::string::npos);
}

TEST_CASE_FIXTURE(Comparing, "of those whose round is due, the one that failed least comes first") {
    dialled(bob);
    dialled(carol);
    hear(bob, Done{false});
    step(TimerFired{});
    hear(carol, Done{true});
    const std::string said = wait(limits::compare_wait_max);
    CHECK(said.find("tell carol compare") != std::string::npos);
    CHECK(said.find("tell bob compare") == std::string::npos);
}

TEST_CASE_FIXTURE(Comparing, "numbers of symbols that no frame has are malformed") {
    const std::string malformed = "refused bob frame_malformed; end bob frame_malformed";
    connect(bob);
    hear(bob, unlike());
    SUBCASE("none") {
        CHECK(hear(bob, More{0}) == malformed);
    }
    SUBCASE("one too many") {
        CHECK(hear(bob, More{limits::symbols_per_frame_max + 1}) == malformed);
    }
    SUBCASE("the most there are") {
        CHECK(hear(bob, More{limits::symbols_per_frame_max}).find("tell bob symbols") == 0);
    }
}

TEST_CASE("frames of comparing and listing over a link that only passes end it") {
    const std::vector<FramePtr> frames{
        encode(Compare{}),  encode(Symbols{0, std::vector<Symbol>(1), 0, {}}),
        encode(More{1}),    encode(Fetch{}),
        encode(Done{true}), encode(Have{1, {}, true}),
        encode(Want{1, {}})};
    for (const bool visit : {false, true})
        for (const FramePtr& frame : frames) {
            Comparing each;
            each.step(
                LinkUp{each.bob.link, visit ? std::optional(each.bob.key) : std::nullopt, false});
            Hello hello = each.hello();
            hello.visit = visit;
            hello.listening = visit;
            each.hear(each.bob, hello);
            REQUIRE(each.linked(each.bob));
            CHECK(each.frame(each.bob.link, frame) == each.ended_unexpected);
        }
}

TEST_CASE_FIXTURE(Comparing, "who was shown an id that nobody holds, and asks for it, is no liar") {
    connect(bob);
    hear(bob, unlike());
    CHECK(hear(bob, Fetch{{1}}) == "tell bob done unsettled");
    CHECK(linked(bob));
}

TEST_CASE_FIXTURE(Comparing,
                  "what is forgotten after it was shown is not handed over, nor another for it") {
    connect(bob);
    hear(bob, unlike());
    const auto* send = std::get_if<Send>(&last.front());
    REQUIRE(send);
    const crypto::SipKey shown = std::get<Symbols>(*parse(*send->frame)).key;
    const base::ItemId gone = store.newest(UINT64_MAX, 1).front().id;
    store.apply(Forget{gone, ForgetReason::expired, now.wall});
    CHECK(hear(bob, Fetch{{short_id(shown, gone)}}) == "tell bob done");
}

TEST_CASE_FIXTURE(Comparing, "what expired since a set was made is not in the next round's") {
    const item::Item brief = samples::publication({.lifetime = Seconds(1800)});
    hold(brief);
    now.wall = store.get(id(brief))->header.expires - Seconds(1);
    connect(bob);
    connect(carol);
    CHECK(hear(bob, unlike()).find("symbols") != std::string::npos);
    REQUIRE(limits::sweep_interval < limits::set_life);
    CHECK(wait(limits::sweep_interval).find("forget ? expired") != std::string::npos);
    REQUIRE(store.alive_count() == 100);
    hear(carol, unlike());
    const auto* send = std::get_if<Send>(&last.front());
    REQUIRE(send);
    const Symbols symbols = std::get<Symbols>(*parse(*send->frame));
    CHECK(symbols.items == 100);
}

TEST_CASE_FIXTURE(Comparing, "frames of comparing out of turn end the link") {
    SUBCASE("symbols for the acceptor") {
        connect(bob);
        CHECK(hear(bob, noise(0, 5)) == ended_unexpected);
    }
    SUBCASE("symbols that nobody asked for") {
        dialled(bob);
        CHECK(hear(bob, noise(7, 5)) == ended_unexpected);
    }
    SUBCASE("a round begun by the acceptor") {
        dialled(bob);
        CHECK(hear(bob, unlike()) == ended_unexpected);
    }
    SUBCASE("a round in a round") {
        connect(bob);
        hear(bob, unlike());
        wait(limits::compare_wait_least);
        CHECK(hear(bob, unlike()) == ended_unexpected);
    }
    SUBCASE("more of nothing") {
        connect(bob);
        CHECK(hear(bob, More{5}) == ended_unexpected);
    }
    SUBCASE("a fetch of nothing") {
        connect(bob);
        CHECK(hear(bob, Fetch{}) == ended_unexpected);
    }
    SUBCASE("done with nothing") {
        connect(bob);
        CHECK(hear(bob, Done{true}) == ended_unexpected);
    }
    SUBCASE("a list that nobody asked for") {
        connect(bob);
        CHECK(hear(bob, Have{1, {}, true}) == ended_unexpected);
    }
    SUBCASE("a want without a list") {
        connect(bob);
        CHECK(hear(bob, Want{1, {}}) == ended_unexpected);
    }
    CHECK(!linked(bob));
}

}  // namespace
}  // namespace hearsay::core
