// relay/push_radius.hpp: how far copies are wanted unasked.
#include "core/relay/push_radius.hpp"

#include <vector>

#include <doctest/doctest.h>

#include "base/limits/relay.hpp"

namespace hearsay::core {
namespace {

namespace limits = base::limits;

TEST_CASE("a node wants copies pushed from further off while they are no duplicates") {
    PushRadius radius;
    CHECK(radius.hops() == 1);
    for (int at = 0; at < 1000; ++at) radius.on_delivered(1);
    CHECK(radius.hops() == limits::push_radius_max);
}

TEST_CASE("a node whose pushed copies come twice goes back, and tries again ever more rarely") {
    PushRadius radius;
    std::size_t duplicates = 0;
    const std::size_t deliveries = 4000;
    for (std::size_t at = 0; at < deliveries; ++at) {
        radius.on_delivered(1);
        if (radius.hops() == 0) continue;
        ++duplicates;
        radius.on_duplicate(1);
    }
    CHECK(radius.hops() == 0);
    CHECK(duplicates < deliveries / 100);
    CHECK(duplicates > 3);  // it did try again
}

TEST_CASE("one duplicate among many deliveries changes nothing") {
    PushRadius radius;
    for (int at = 0; at < 2000; ++at) {
        radius.on_delivered(1);
        if (at % 25 == 0) radius.on_duplicate(1);
    }
    CHECK(radius.hops() == 1);
}

TEST_CASE("many links together bear no more duplicates than one") {
    constexpr std::size_t links = 16;
    std::vector<PushRadius> all(links);
    std::size_t duplicates = 0;
    const std::size_t deliveries = 16'000;
    for (std::size_t at = 0; at < deliveries; ++at) {
        for (PushRadius& radius : all) radius.on_delivered(links);
        PushRadius& pushing = all[at % links];  // each pushed copy is one too many
        if (pushing.hops() == 0) continue;
        ++duplicates;
        pushing.on_duplicate(links);
    }
    CHECK(duplicates < deliveries / 40);
}

}  // namespace
}  // namespace hearsay::core
