// relay/verify_queue.hpp: whose items are checked next when the workers cannot keep up.
#include "core/relay/verify_queue.hpp"

#include <doctest/doctest.h>

#include "base/limits/relay.hpp"
#include "fixture.hpp"

namespace hearsay::core {
namespace {

struct Queue {
    VerifyQueue queue;
    std::uint32_t made = 0;
    std::map<base::ItemId, Pile> lanes;

    base::ItemId add(Pile lane, item::Level level = 0, std::size_t bytes = 1000) {
        const auto id = samples::numbered<base::ItemId>(++made);
        queue.add(id, lane, level, bytes);
        lanes[id] = lane;
        queue.sanity_check();
        return id;
    }
    Pile next() {
        const auto id = queue.take();
        return id ? lanes.at(*id) : 0;
    }
};

TEST_CASE_FIXTURE(Queue, "lanes are served in turn, however long they are") {
    for (int i = 0; i < 100; ++i) add(1);
    add(2), add(2), add(3);
    std::string order;
    for (int i = 0; i < 6; ++i) order += std::to_string(next());
    CHECK(order == "123121");
    CHECK(queue.size() == 97);
}

TEST_CASE_FIXTURE(Queue, "a lane of large items is served as many bytes as one of small ones") {
    for (int i = 0; i < 50; ++i) add(1, 0, 30'000), add(2, 0, 1'000);
    int large = 0, small = 0;
    for (int i = 0; i < 31; ++i) ++(next() == 1 ? large : small);
    CHECK(large == 1);
    CHECK(small == 30);
}

TEST_CASE_FIXTURE(Queue, "who was idle is next, and has no claim on what it did not use") {
    for (int i = 0; i < 50; ++i) add(1);
    for (int i = 0; i < 20; ++i) next();
    for (int i = 0; i < 10; ++i) add(2);
    std::string order;
    for (int i = 0; i < 6; ++i) order += std::to_string(next());
    CHECK((order == "212121" || order == "121212"));
}

TEST_CASE_FIXTURE(Queue, "in a lane more work goes first, then who came first") {
    const auto first = add(1, 4);
    const auto second = add(1, 4);
    const auto best = add(1, 9);
    add(1, 0);
    CHECK(queue.take() == best);
    CHECK(queue.take() == first);
    CHECK(queue.take() == second);
}

TEST_CASE_FIXTURE(Queue, "the longest lane's poorest gives way, but never for its own") {
    for (int i = 0; i < 5; ++i) add(1, 3);
    const auto poorest = add(1, 0);
    add(2);
    CHECK(!queue.drop_for(1));
    CHECK(queue.drop_for(2) == poorest);
    CHECK(queue.drop_for(3));
    CHECK(queue.size() == 5);
}

TEST_CASE_FIXTURE(Fixture, "one link's flood does not have another's item wait behind all of it") {
    connect(alice);
    connect(bob);
    const auto flood = [&](std::uint32_t slot) {
        return samples::publication({.slot = slot, .lifetime = Seconds(86400)});
    };
    std::vector<item::Item> waiting;
    for (std::uint32_t slot = 1; slot <= limits::verify_jobs_max + 200; ++slot) {
        waiting.push_back(flood(slot));
        receive(alice, waiting.back());
    }
    CHECK(verifications == limits::verify_jobs_max);
    const item::Item apple =
        named("apple", samples::publication({.slot = 9000, .lifetime = Seconds(86400)}));
    CHECK(receive(bob, apple) == "");
    std::size_t answered = 0;
    while (jobs[id(apple)].empty()) {
        REQUIRE(answered < 3);
        verified(waiting[answered++]);
    }
    CHECK(answered <= 2);
    verified(apple);
    CHECK(holds(apple));
}

TEST_CASE_FIXTURE(Fixture, "when no more may wait, the flood loses its own and others get in") {
    connect(alice);
    connect(bob);
    for (std::uint32_t slot = 1; slot <= limits::verifying_items_max; ++slot)
        receive(alice, samples::publication({.slot = slot, .lifetime = Seconds(86400)}));
    CHECK(node->verifying() == limits::verifying_items_max);
    receive(alice, samples::publication({.slot = 8000, .lifetime = Seconds(86400)}));
    const item::Item apple =
        named("apple", samples::publication({.slot = 9000, .lifetime = Seconds(86400)}));
    receive(bob, apple);
    CHECK(node->verifying() == limits::verifying_items_max);
    node->sanity_check();
    // It comes again, and is one that waits.
    receive(alice, apple);
    CHECK(node->verifying() == limits::verifying_items_max);
}

}  // namespace
}  // namespace hearsay::core
