// unit/core/comparing.hpp - a node that holds a hundred items, and a peer that compares with it as
// a test wants it to.
#pragma once

#include <doctest/doctest.h>

#include "base/limits/frames.hpp"
#include "base/limits/relay.hpp"
#include "fixture.hpp"

namespace hearsay::core {

struct Comparing : Fixture {
    const std::string ended_unexpected = "refused bob frame_unexpected; end bob frame_unexpected";
    const std::string ended_sketch = "refused bob bad_sketch; end bob bad_sketch";
    base::Rng rng{samples::filled<base::Secret>(9)};
    const crypto::SipKey key = samples::filled<crypto::SipKey>(7);  // bob's

    Comparing() {
        for (std::uint32_t at = 0; at < 100; ++at) hold(samples::mail({.slot = at}));
    }
    void dialled(const Peer& peer) {
        step(AddPeer{peer.key, true});
        connect(peer, true);
    }
    // Until we compare with it again; it lets itself be heard meanwhile.
    void wait_for_round(const Peer& peer) {
        const std::string wanted = "tell " + names.links.at(peer.link) + " compare";
        for (int times = 0; wait(Millis(30'000)).find(wanted) == std::string::npos; ++times) {
            REQUIRE(times < 20);
            hear(peer, Ping{1});
        }
    }
    // Numbers that are no set's symbols, but begin as they must.
    Symbols noise(std::uint32_t first, std::size_t count) {
        Symbols out{first, std::vector<Symbol>(count), 100, key};
        for (std::size_t at = 0; at < count; ++at)
            out.symbols[at] = {rng.next(), static_cast<std::uint32_t>(rng.next()),
                               first + at == 0 ? 100 : static_cast<std::int32_t>(rng.below(100))};
        return out;
    }
    // Answers More with noise until something else is said; counts the symbols.
    std::string lie(std::size_t& symbols) {
        std::uint32_t have = 200;
        std::string said = hear(bob, noise(0, have));
        for (int times = 0; said.find("tell bob more ") == 0; ++times) {
            REQUIRE(times < 20);
            const auto more = static_cast<std::uint32_t>(std::stoul(said.substr(14)));
            said = hear(bob, noise(have, more));
            have += more;
        }
        symbols = have;
        return said;
    }
    // The first symbols of what we hold, as bob would send them.
    std::vector<Symbol> ours_coded(std::size_t count) const {
        std::vector<Symbol> symbols(count);
        for (const auto& [position, id, standing] : store.newest(UINT64_MAX, store.alive_count()))
            code(symbols, 0, short_id(key, id), 1);
        return symbols;
    }
    Compare unlike() const {
        return {samples::filled<SetDigest>(1), store.shelves().summary().counters(), 100};
    }
};

}  // namespace hearsay::core
