// base/limits/links.hpp - bounds of links and dials: how many, how long, what each may hold unsent.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/time.hpp"

namespace hearsay::base::limits {

using namespace std::chrono_literals;

// ---- protocol: links ----
// The virtual port of every node's onion service.
inline constexpr std::uint16_t onion_port = 7788;

// An answer of Kademlia's k contacts.
inline constexpr std::size_t contacts_per_answer_max = 20;

// ---- node: links ----
// As the user may set them (degree, max_connections), and as they are otherwise: flooding reaches everybody over eight
// links each even if most of the network is silent (docs/simulator.md), and 64 callers cost a few MB.
inline constexpr std::size_t degree_most = 32;
inline constexpr std::size_t degree_default = 8;
inline constexpr std::size_t connections_most = 512;
inline constexpr std::size_t max_connections_default = 72;
inline constexpr std::size_t min_connections_default = 4;
// Each link may wait with this much unsent; more means that the other side does not read.
inline constexpr std::size_t send_queue_bytes_max = 8 * 1024 * 1024;
// Above this we stop answering a link's requests until it has read.
inline constexpr std::size_t send_queue_busy_bytes = 1024 * 1024;
// Handshakes not finished yet: each costs memory and a signature, and is anonymous.
inline constexpr std::size_t handshakes_max = 64;
inline constexpr Millis handshake_wait = 60s;
inline constexpr Millis hello_wait = 30s;
// Tor closes idle circuits; NATs and sleeping laptops make links half-open.
inline constexpr Millis ping_interval = 90s;
inline constexpr Millis pong_wait = 60s;
// A try that has not connected by then hangs on a dead introduction (3 to 6 s are usual on a private network, the
// public one is slower); the next try has twice the time, up to the latter.
inline constexpr Millis dial_wait_first = 10s;
inline constexpr Millis dial_wait = 80s;
// Dials at once: outbound_links_max of the core's, the look at oneself, and room for what comes.
inline constexpr std::size_t dials_max = 32;
// Inbound streams of one circuit. An honest dial has a circuit of its own; one more may overlap when it comes
// again before we noticed that it went.
inline constexpr std::size_t circuit_streams_max = 2;
// A graceful close, in all: who does not read its last frames by then does not want them.
inline constexpr Millis flush_wait = 5s;
// Two links of one pair that came up within this time are dials that crossed; a later one replaces a dead
// one.
inline constexpr Millis crossing_dials_max = 60s;
// A link that lasted this long was a good one: its peer is dialled again at once when it ends.
inline constexpr Millis lasting_link = 60s;
inline constexpr Millis redial_first = 2s;
inline constexpr Millis redial_most = 10min;
inline constexpr std::size_t known_peers_max = 2000;
// A peer that broke the rules stays out long enough to make trying again pointless, short enough that a bug
// on either side heals within a coffee break; core/links/scores.hpp.
inline constexpr Millis ban_wait = 10min;
inline constexpr Millis ban_long = 24h;
inline constexpr std::int64_t ban_score = 3;
inline constexpr Millis score_half_life = 6h;
inline constexpr std::size_t banned_peers_max = 10000;
inline constexpr std::size_t ban_reason_bytes_max = 200;
// Of inbound_links_max, only for peers that answered a dial of ours, or are friends: strangers cannot fill them.
inline constexpr std::size_t inbound_reserved = 16;
// Links that each of three classes protects from eviction (core/links/eviction.hpp).
inline constexpr std::size_t evict_protected = 8;
// Inbound links whose Hello has not come: nobody knows yet what they want.
inline constexpr std::size_t ungreeted_links_max = 64;
// A link that does not say who it is, or only asks something, may do so and go; it is not asked to stay. A visit takes two
// round trips, so 32 places serve ten a second.
inline constexpr std::size_t passing_links_max = 32;
inline constexpr Millis passing_stay = 60s;
inline constexpr std::size_t items_per_passing_link_max = 16;

}  // namespace hearsay::base::limits
