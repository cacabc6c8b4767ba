#include "sim/liars.hpp"

#include <algorithm>

#include <doctest/doctest.h>

#include "base/rng.hpp"
#include "core/discovery/routing_table.hpp"

using namespace hearsay;

TEST_CASE("the nearest of the liars are those that sorting all of them finds") {
    base::Rng rng{base::Secret{{5}}};
    for (const std::size_t count : {0, 1, 2, 19, 20, 21, 300}) {
        std::vector<base::PeerId> peers(count);
        for (base::PeerId& peer : peers) rng.fill(peer);
        const sim::Liars liars(peers);
        for (int tries = 0; tries < 20; ++tries) {
            base::NodeId target;
            rng.fill(target);
            std::ranges::sort(peers, [&](const base::PeerId& a, const base::PeerId& b) {
                return core::is_closer(target, core::node_id_of(a), core::node_id_of(b));
            });
            const auto most = static_cast<std::ptrdiff_t>(std::min<std::size_t>(count, 20));
            CHECK(liars.nearest(target, 20) ==
                  std::vector<base::PeerId>(peers.begin(), peers.begin() + most));
        }
    }
}

TEST_CASE("a list of peers knows the place of each, and of nobody else") {
    const sim::PeerList peers({base::PeerId{{7}}, base::PeerId{{3}}});
    CHECK(peers.find(base::PeerId{{3}}) == 1);
    CHECK(peers.find(base::PeerId{{4}}) == std::nullopt);
    CHECK(sim::PeerList().all().empty());
}
