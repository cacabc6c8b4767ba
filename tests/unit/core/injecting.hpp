// A node with items of its own, and a test that answers its injections.
#pragma once

#include <algorithm>

#include <doctest/doctest.h>

#include "base/limits/relay.hpp"
#include "fixture.hpp"

namespace hearsay::core {

struct Injecting : Fixture {
    item::Item apple = named("apple", samples::publication({.lifetime = Seconds(86400)}));
    Peer dave = named(4, 40, "dave");
    Peer erin = named(5, 200, "erin");

    // Known peers are never dialled away by the test: their links come and go as it says.
    void know(std::initializer_list<Peer> peers) {
        std::vector<KnownPeer> known;
        for (const Peer& peer : peers) known.push_back(pinned_peer(peer.key));
        restart(std::move(known));
        step(NetworkReady{true});
    }
    std::string submit(const item::Item& item, std::uint32_t injected = 0,
                       Millis worked = Millis(0)) {
        return step(Submit{samples::accepted(item), injected, worked});
    }
    const Inject* injection() const {
        for (const Effect& effect : last)
            if (const auto* inject = std::get_if<Inject>(&effect)) return inject;
        return nullptr;
    }
    // Goes from deadline to deadline until something is injected; what and where.
    // Nothing within `most`: nullopt.
    std::optional<Inject> next_injection(Millis most) {
        for (const base::MonoTime end = now.mono + most; now.mono <= end;) {
            const base::MonoTime next = node->next_deadline();
            if (next > end) break;
            wait(std::max(next, now.mono) - now.mono);
            const Inject* found = injection();
            const std::optional<Inject> out = found ? std::optional(*found) : std::nullopt;
            answer_pings();
            if (out) return out;
        }
        return std::nullopt;
    }
    std::string answer(const Inject& inject, bool ok) {
        return step(Injected{inject.id, inject.peer, ok, ok ? "" : "no answer"});
    }
    // Submitted and handed to somebody; where.
    Inject inject(const item::Item& item) {
        submit(item);
        const auto out = next_injection(limits::injection_delay);
        REQUIRE(out);
        CHECK(out->id == id(item));
        answer(*out, true);
        return *out;
    }
    void answer_pings() {
        for (const Effect& effect : Effects(last)) {
            const auto* send = std::get_if<Send>(&effect);
            const auto message = send ? parse(*send->frame) : std::unexpected(Fault::silent);
            if (!message) continue;
            if (const auto* ping = std::get_if<Ping>(&*message))
                frame(send->link, encode(Pong{ping->nonce}));
        }
    }
};

}  // namespace hearsay::core
