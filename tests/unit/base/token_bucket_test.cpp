// base/token_bucket.hpp: so much at once, so much a time, and nothing lost to rounding.
#include "base/token_bucket.hpp"

#include <doctest/doctest.h>

namespace hearsay::base {
namespace {

struct Spending {
    const Rate rate{10, 2, Millis(1000)};
    TokenBucket bucket;
    MonoTime now{Millis(50'000)};
};

TEST_CASE_FIXTURE(Spending, "a bucket begins full and gives no more than it holds") {
    CHECK(bucket.left(rate, now) == 10);
    CHECK(!bucket.take(rate, 11, now));
    CHECK(bucket.take(rate, 10, now));
    CHECK(!bucket.take(rate, 1, now));
    CHECK(bucket.left(rate, now) == 0);
}

TEST_CASE_FIXTURE(Spending, "what is spent comes back with time, up to the burst") {
    bucket.take(rate, 10, now);
    CHECK(!bucket.take(rate, 1, now + Millis(499)));
    CHECK(bucket.take(rate, 1, now + Millis(500)));
    CHECK(bucket.left(rate, now + Millis(3500)) == 6);
    CHECK(bucket.left(rate, now + std::chrono::hours(1000)) == 10);
}

TEST_CASE_FIXTURE(Spending, "looking often loses nothing") {
    bucket.take(rate, 10, now);
    for (int step = 0; step < 5000; ++step) bucket.left(rate, now += Millis(1));
    CHECK(bucket.left(rate, now) == 10);
}

TEST_CASE_FIXTURE(Spending, "a charge may go below zero, and says when there is something again") {
    bucket.charge(rate, 14, now);
    CHECK(bucket.left(rate, now) == -4);
    const MonoTime ready = bucket.ready_at(rate);
    CHECK(ready == now + Millis(2500));
    CHECK(!bucket.take(rate, 1, ready - Millis(1)));
    CHECK(bucket.take(rate, 1, ready));
}

TEST_CASE_FIXTURE(Spending, "without units nothing comes back") {
    const Rate once{1, 0};
    CHECK(bucket.take(once, 1, now));
    CHECK(!bucket.take(once, 1, now + std::chrono::hours(1000)));
    CHECK(bucket.ready_at(once) == never);
}

}  // namespace
}  // namespace hearsay::base
