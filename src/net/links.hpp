// net/links.hpp - the table of byte streams: who is connected, and whole frames in and out.
// docs/protocol.md, "Links"; docs/design.md, "Links" and "Tor".
//
// An inbound stream:  Tor's PROXY line (names the circuit) -> TLS, server side -> frames
// A dialled stream:   SOCKS5 over Tor's Unix socket        -> TLS, client side -> frames
//
// Rules:
//   1. A link exists once TLS is done and the other side's key is read. Inbound: no certificate is
//      an anonymous visitor, any other doubt about it is bad_certificate. Dialled: the key must be
//      the onion that was dialled, else wrong_key; a server without certificate is bad_certificate.
//   2. Every step before that has a deadline: a dial dial_wait and handshake_wait, an inbound
//      stream proxy_line_wait (Tor writes the line at once), client_hello_wait and accept_wait (a
//      round trip each). A circuit carries at most circuit_streams_max streams.
//   3. Inbound streams that are not links yet never keep a newer one out: of each kind - no PROXY
//      line yet, no TLS yet, in the handshake - so many may be under way, and beyond the oldest of
//      the kind goes. Not a random one: whoever comes with n streams a second leaves each stream
//      places / n seconds, which we choose longer than an honest handshake takes, while a random
//      choice loses some honest ones at any rate. A burst that is timed to fill all places costs
//      whoever is in that stage just then: they dial again. Circuits that brought a stream before
//      have places of their own: our dials come on fresh circuits (rule 9), so who uses one again
//      and again only gets in their own way. When descriptors run out the oldest of them all goes.
//   4. A frame is a 4-byte big-endian length and that many bytes, 1 to frame_bytes_max. A length
//      outside ends the link before anything is buffered for it. A link never makes us hold more
//      than one frame and one TLS record of what it sent, all together no more than
//      partial_bytes_max: beyond, the youngest link goes that holds more than a trifle. Strangers
//      who begin large frames come and go, so what they hold is younger than the links that stand;
//      the oldest frame would be that of an honest slow circuit.
//   5. What is sent is shared between links, not copied (only small frames are, to travel in one
//      TLS record with their length). Nothing is read from an inbound link with more than
//      send_queue_busy_bytes unsent. A link with more than send_queue_bytes_max is a slow_reader
//      and ends, others notice nothing; so is the one with most unsent when all together have more
//      than send_queues_bytes_max, and one that takes next to nothing for drain_wait.
//   6. No stream holds up the others: net/stream.hpp, "How bytes move".
//   7. Each dial is answered exactly once: on_link_up or on_dial_failed (self_check:
//      on_self_check). Each on_link_up is followed by exactly one on_link_down,
//      also when we close. Ids are never reused.
//   8. No callback comes from inside a call to Links, and none after its destruction. Callbacks may
//      call Links, but not destroy it.
//   9. Each dial uses credentials of its own, therefore a circuit of its own: two dials are never
//      linkable by circuit, and a retry never queues on a circuit that is stuck
//      (docs/decisions/0005).
//  10. Only Unix sockets, no name is ever resolved here.
// All of it happens on the loop's thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/fault.hpp"
#include "base/ids.hpp"
#include "base/limits/links.hpp"
#include "base/log.hpp"
#include "base/rng.hpp"
#include "base/time.hpp"
#include "net/loop.hpp"

namespace hearsay::net {

// The same type as core::FramePtr: one serialized frame, shared by all the links it goes to.
using FramePtr = std::shared_ptr<const base::Bytes>;

enum class DialKind {
    listed,      // shows our certificate
    anonymous,   // shows none: the other side learns no name
    self_check,  // anonymous, to our own onion: closed as soon as the handshake proved it reachable
};

// Answers to calls and news from the other sides. All on the loop's thread.
class LinkEvents {
public:
    virtual ~LinkEvents() = default;
    // `peer` is proved; nothing for an anonymous visitor. `circuit` is Tor's number, inbound only.
    virtual void on_link_up(base::LinkId link, std::optional<base::PeerId> peer, bool outbound,
                            std::optional<std::uint64_t> circuit) = 0;
    // `why` is one line for the user. Without a fault the network failed, or looked like it.
    // `link` is the id that dial() gave it.
    virtual void on_dial_failed(base::LinkId link, base::PeerId peer, DialKind kind,
                                std::optional<base::Fault> fault, std::string why) = 0;
    virtual void on_frame(base::LinkId link, base::Bytes frame) = 0;  // whole, without its length
    // The fault that ended it, if there was one. Nothing: we closed it or the stream ended.
    virtual void on_link_down(base::LinkId link, std::optional<base::Fault> fault) = 0;
    // All that was queued went to TLS and the socket. Once for each time the queue became empty.
    virtual void on_drained(base::LinkId link) = 0;
    virtual void on_self_check(bool ok, std::string why) = 0;
    // A stream to our service that did not become a link; for counting. Without a fault it was cut.
    virtual void on_inbound_refused(std::optional<std::uint64_t> /*circuit*/,
                                    std::optional<base::Fault> /*fault*/, std::string /*why*/) {}
};

// Inbound links to be ready for if so many may stand: those that pass, and those that are not
// greeted, come on top. Above what the core lets stay, so that it may welcome a better link before
// it lets another go.
constexpr std::size_t inbound_links_for(std::size_t connections_max) {
    return connections_max + 2 * base::limits::passing_links_max +
           base::limits::ungreeted_links_max + base::limits::inbound_links_spare;
}

struct LinksOptions {
    // the directory of Tor's SOCKS socket; stays open as long as Links
    int socks_dir_fd = -1;
    std::string socks_name = "socks";  // its name there
    std::uint16_t onion_port = base::limits::onion_port;
    base::Millis dial_wait = base::limits::dial_wait;            // until Tor says connected
    base::Millis handshake_wait = base::limits::handshake_wait;  // TLS of a dial
    base::Millis proxy_line_wait = base::limits::proxy_line_wait;
    base::Millis client_hello_wait = base::limits::client_hello_wait;
    // TLS of an inbound stream, once it began
    base::Millis accept_wait = base::limits::accept_wait;
    base::Millis flush_wait = base::limits::flush_wait;  // a graceful close, in all
    base::Millis drain_wait = base::limits::drain_wait;
    base::Millis frame_wait = base::limits::frame_wait;
    // Inbound streams under way at once, each kind for itself; of circuits that came before,
    // seen_circuits_max.
    std::size_t proxy_lines_max = base::limits::proxy_lines_max;
    std::size_t client_hellos_max = base::limits::client_hellos_max;
    std::size_t handshakes_max = base::limits::handshakes_max;
    std::size_t seen_circuits_max = base::limits::seen_circuits_max;
    std::size_t closings_max = base::limits::closings_max;  // graceful ones
    // links; only bounds memory
    std::size_t inbound_max = inbound_links_for(base::limits::max_connections_default);
    std::size_t circuit_streams_max = base::limits::circuit_streams_max;
    std::size_t dials_max = base::limits::dials_max;
    std::size_t send_queue_bytes_max = base::limits::send_queue_bytes_max;
    std::size_t send_queue_busy_bytes = base::limits::send_queue_busy_bytes;
    std::size_t send_queues_bytes_max = base::limits::send_queues_bytes_max;
    std::size_t partial_bytes_max = base::limits::partial_bytes_max;
};

struct LinkInfo {
    base::LinkId link;
    std::optional<base::PeerId> peer;
    std::optional<DialKind> dialled;  // nothing: inbound
    std::optional<std::uint64_t> circuit;
    std::uint64_t bytes_in = 0;   // frames with their lengths, before TLS and Tor
    std::uint64_t bytes_out = 0;  // likewise, handed to TLS
    std::size_t queued = 0;       // waiting to be sent
    base::MonoTime since;
};

struct Traffic {  // of all links that ever were, as LinkInfo counts
    std::uint64_t bytes_in = 0;
    std::uint64_t bytes_out = 0;
};

class Links {
public:
    // Fails only if OpenSSL refuses the seed or its settings. `loop`, `log` and `events` outlive
    // Links.
    static base::Result<std::unique_ptr<Links>> create(Loop& loop, base::Log& log,
                                                       LinkEvents& events,
                                                       const base::Secret& onion_seed,
                                                       base::Rng rng, LinksOptions options);
    // cuts every stream and takes the listening socket away, without callbacks
    virtual ~Links() = default;

    // Accepts Tor's streams on the Unix socket `name` in the directory. Once. The directory stays
    // open as long as Links. Errors: see listen_unix().
    virtual base::Result<void> listen(int dir_fd, const std::string& name) = 0;
    // `patience`: until Tor says connected; otherwise the options' dial_wait. Returns the id of the
    // link that may become of it.
    virtual base::LinkId dial(const base::PeerId& peer, DialKind kind,
                              std::optional<base::Millis> patience = std::nullopt) = 0;
    // A link that is gone, or going, is no error: its on_link_down is on the way.
    virtual void send(base::LinkId link, FramePtr frame) = 0;
    // Graceful: what is queued goes out first, within flush_wait; nothing more is received.
    virtual void close(base::LinkId link, bool graceful) = 0;
    virtual void throttle(bool on) = 0;  // stop reading from all links, or read again

    virtual std::vector<LinkInfo> list() const = 0;  // links that are up, by id
    virtual Traffic traffic() const = 0;             // never falls
    virtual std::size_t handshakes() const = 0;      // inbound streams that are not links yet
    virtual std::size_t dials() const = 0;           // outbound ones

protected:
    Links() = default;
    Links(const Links&) = delete;
    Links& operator=(const Links&) = delete;
};

}  // namespace hearsay::net
