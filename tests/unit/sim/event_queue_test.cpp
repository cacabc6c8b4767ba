#include "sim/event_queue.hpp"

#include <string>

#include <doctest/doctest.h>

using namespace hearsay;
using base::Millis;
using base::MonoTime;

namespace {

struct Popped {
    MonoTime at;
    std::string what;
    bool operator==(const Popped&) const = default;
};

std::vector<Popped> drain(sim::EventQueue<std::string>& queue) {
    std::vector<Popped> out;
    while (!queue.empty()) {
        const MonoTime at = queue.next_time();
        out.push_back({at, queue.pop()});
    }
    return out;
}

}  // namespace

TEST_CASE("events come in order of time, and those of one millisecond in order of making") {
    sim::EventQueue<std::string> queue;
    queue.push(MonoTime{Millis(5)}, "late");
    queue.push(MonoTime{Millis(2)}, "first");
    queue.push(MonoTime{Millis(2)}, "second");
    CHECK(drain(queue) == std::vector<Popped>{{MonoTime{Millis(2)}, "first"},
                                              {MonoTime{Millis(2)}, "second"},
                                              {MonoTime{Millis(5)}, "late"}});
    CHECK(queue.next_time() == base::never);
}

TEST_CASE("an event that was far away when it was made comes before a younger one of its time") {
    const MonoTime day{Millis(86'400'000)};
    sim::EventQueue<std::string> queue;
    queue.push(day, "older");
    queue.push(day - Millis(10), "eve");
    CHECK(queue.pop() == "eve");
    queue.push(day, "younger");
    CHECK(drain(queue) == std::vector<Popped>{{day, "older"}, {day, "younger"}});
}
