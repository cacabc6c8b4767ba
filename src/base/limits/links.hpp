// base/limits/links.hpp - bounds of links and dials: how many, how long, what each may hold unsent.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/time.hpp"
#include "base/token_bucket.hpp"

namespace hearsay::base::limits {

using namespace std::chrono_literals;

// ---- protocol: links ----
// The virtual port of every node's onion service.
inline constexpr std::uint16_t onion_port = 7788;

// An answer of Kademlia's k contacts.
inline constexpr std::size_t contacts_per_answer_max = 20;

// ---- node: links ----
// As the user may set them (degree, max_connections), and as they are otherwise: flooding reaches
// everybody over eight links each even if most of the network is silent (docs/simulator.md),
// and 64 callers cost a few MB.
inline constexpr std::size_t degree_most = 32;
inline constexpr std::size_t degree_default = 8;
inline constexpr std::size_t connections_most = 512;
inline constexpr std::size_t max_connections_default = 72;
inline constexpr std::size_t min_connections_default = 4;
// Each link may wait with this much unsent; more means that the other side does not read.
inline constexpr std::size_t send_queue_bytes_max = 8 * 1024 * 1024;
// Above this we read nothing from a link until it has read. More than a node queues of its own
// accord (relay_ahead_bytes, a piece of what was asked for and one of a comparison), so that two
// nodes never wait for each other.
inline constexpr std::size_t send_queue_busy_bytes = 1024 * 1024;
// Unsent to all links together: a third more than 72 links that are fed as fast as
// relay_ahead_bytes allows.
inline constexpr std::size_t send_queues_bytes_max = 24 * 1024 * 1024;
// Who has something unsent takes so much, or all, in this time: 1 KiB a second,
// or its circuit is dead.
inline constexpr Millis drain_wait = 60s;
inline constexpr std::size_t drain_bytes_min = 64 * 1024;
// A frame that was begun is whole by then: 256 KiB at 2 KiB a second.
inline constexpr Millis frame_wait = 128s;
// Of frames that are not whole, all links together: one of the largest on each of 72 links,
// and what passes.
inline constexpr std::size_t partial_bytes_max = 20 * 1024 * 1024;
// Of a dial.
inline constexpr Millis handshake_wait = 60s;
// Messages of TLS itself after its handshake. Programs send two tickets then,
// and a KeyUpdate each few GB, if at all.
inline constexpr Rate tls_messages_rate{32, 1, 10s};
// Of inbound streams. Tor writes the PROXY line as it connects; the client's first bytes take a
// round trip from there, TLS another one. The 99th percentile of a round trip through Tor is 3 s.
inline constexpr Millis proxy_line_wait = 3s;
inline constexpr Millis client_hello_wait = 10s;
inline constexpr Millis accept_wait = 10s;
// Streams at once that are no links yet, by how far they came; beyond, the oldest goes. At 50 new
// ones a second they have 5, 20 and 5 s. The first two cost a descriptor, the last 40 KB and a
// signature.
inline constexpr std::size_t proxy_lines_max = 256;
inline constexpr std::size_t client_hellos_max = 1024;
inline constexpr std::size_t handshakes_max = 256;
// Likewise, of circuits that brought a stream before, of which so many are remembered.
inline constexpr std::size_t seen_circuits_max = 32;
inline constexpr std::size_t circuits_remembered_max = 4096;
// Links that are being closed gracefully; beyond, the oldest is cut.
inline constexpr std::size_t closings_max = 64;
// The Hello comes with the last bytes of TLS, or a round trip later on a link that we dialled.
inline constexpr Millis hello_wait = 10s;
// Tor closes idle circuits; NATs and sleeping laptops make links half-open.
inline constexpr Millis ping_interval = 90s;
inline constexpr Millis pong_wait = 60s;
// A try that has not connected by then hangs on a dead introduction (3 to 6 s are usual on a
// private network, the public one is slower); the next try has twice the time, up to the latter.
inline constexpr Millis dial_wait_first = 10s;
inline constexpr Millis dial_wait = 80s;
// Dials at once, where nobody says how many: a node's follow from its degree (app/node/daemon.cpp).
inline constexpr std::size_t dials_max = 32;
// Inbound streams of one circuit. An honest dial has a circuit of its own; one more may overlap
// when it comes again before we noticed that it went.
inline constexpr std::size_t circuit_streams_max = 2;
// A graceful close, in all: who does not read its last frames by then does not want them.
inline constexpr Millis flush_wait = 5s;
// Two links of one pair that came up within this time are dials that crossed; a later one replaces
// a dead one.
inline constexpr Millis crossing_dials_max = 60s;
// A link that lasted this long was a good one: its peer is dialled again at once when it ends.
inline constexpr Millis lasting_link = 60s;
inline constexpr Millis redial_first = 2s;
inline constexpr Millis redial_most = 10min;
// Failures after which the second wait is not yet doubled: the service of a pinned node that
// started in the same minute is found a few seconds after its descriptor is out.
inline constexpr std::uint32_t redial_steady = 2;
// Until Tor may be told again to forget which onion services it did not find: no sooner than Tor
// takes it (MAX_SIGNEWNYM_RATE), and at last as late as it forgets by itself.
inline constexpr Millis forget_wait_first = 10s;
inline constexpr Millis forget_wait_most = 15min;
inline constexpr std::size_t known_peers_max = 2000;
// A peer that broke the rules stays out long enough to make trying again pointless, short enough
// that a bug on either side heals within a coffee break; core/links/scores.hpp.
inline constexpr Millis ban_wait = 10min;
inline constexpr Millis ban_long = 24h;
inline constexpr std::int64_t ban_score = 3;
inline constexpr Millis score_half_life = 6h;
inline constexpr std::size_t banned_peers_max = 10000;
inline constexpr std::size_t ban_reason_bytes_max = 200;
// Of the places for inbound links, only for peers that answered a dial of ours, or are pinned:
// strangers cannot fill them.
inline constexpr std::size_t inbound_reserved = 16;
// Links that each of three classes protects from eviction (core/links/eviction.hpp).
inline constexpr std::size_t evict_protected = 8;
// Inbound links whose Hello has not come: nobody knows yet what they want.
inline constexpr std::size_t ungreeted_links_max = 128;
// Visits, and likewise anonymous links. Both only pass: a visit asks something, an anonymous link
// asks or hands something over, and goes. A visit takes two round trips. What is handed over comes
// right behind the Hello. If 50 hostile ones come in a second, a place lasts 2.5 s.
inline constexpr std::size_t passing_links_max = 128;
// Nobody needs longer than five slow round trips.
inline constexpr Millis passing_stay = 15s;
// Protocol: a node of ours that injects hands over one item at a time (core/relay/injection.hpp);
// the rest is room for other programs.
inline constexpr std::size_t items_per_passing_link_max = 16;
// Links that the core is about to end.
inline constexpr std::size_t inbound_links_spare = 64;

}  // namespace hearsay::base::limits
