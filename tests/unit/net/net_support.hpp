// What the tests of src/net share: a directory, a recorder of news, a stand-in for Tor, raw peers.
//
// Everything is real but Tor: Unix sockets, TLS, libevent. FakeTor speaks SOCKS5 on a Unix socket
// and passes streams on to the listener that a test registered for an onion address,
// PROXY line first.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/rng.hpp"
#include "crypto/certificate.hpp"
#include "net/links.hpp"
#include "net/loop.hpp"
#include "net/sockets.hpp"

struct bufferevent;
struct evconnlistener;
struct ssl_st;
struct ssl_ctx_st;

namespace hearsay::net::test {

using base::Bytes;
using base::LinkId;
using base::PeerId;

// Turns the loop until `done`, or gives up after `bound`; looks again at least every 5 ms.
bool wait_until(Loop& loop, const std::function<bool()>& done,
                base::Millis bound = std::chrono::seconds(30));

// One turn: whatever is ready now happens. Does not wait.
void event_turn(Loop& loop);

class Directory {  // a fresh one under /tmp, removed at the end
public:
    explicit Directory(std::size_t path_length_min = 0);
    ~Directory();
    int fd() const { return fd_.get(); }
    const std::string& path() const { return path_; }

private:
    std::string root_;
    std::string path_;
    UniqueFd fd_;
};

class NoLog : public base::Log {
public:
    void write(base::LogLevel, std::string_view, std::string_view) override {}
};

base::Secret seed_of(std::uint8_t number);
PeerId peer_of(std::uint8_t number);
FramePtr frame_of(Bytes bytes);
Bytes bytes_of(std::size_t size, std::uint8_t value);

struct Up {
    LinkId link;
    std::optional<PeerId> peer;
    bool outbound;
    std::optional<std::uint64_t> circuit;
};
struct DialFailure {
    LinkId link;
    PeerId peer;
    DialKind kind;
    std::optional<base::Fault> fault;
    std::string why;
};
struct Down {
    LinkId link;
    std::optional<base::Fault> fault;
};
struct Refusal {
    std::optional<std::uint64_t> circuit;
    std::optional<base::Fault> fault;
    std::string why;
};

// Remembers all news, and checks the rules that hold for every test (rule 5 and 6 of
// net/links.hpp).
class Recorder : public LinkEvents {
public:
    std::vector<Up> ups;
    std::vector<DialFailure> failures;
    std::vector<Down> downs;
    std::vector<Refusal> refusals;
    std::map<LinkId, std::vector<Bytes>> frames;
    std::vector<LinkId> drained;
    std::vector<std::pair<bool, std::string>> self_checks;
    bool inside_call = false;  // set around calls to Links: no news may come then
    std::function<void(LinkId)> up_hook;
    std::function<void(LinkId)> frame_hook;

    std::size_t frame_count() const;
    void on_link_up(LinkId, std::optional<PeerId>, bool, std::optional<std::uint64_t>) override;
    void on_dial_failed(LinkId, PeerId, DialKind, std::optional<base::Fault>, std::string) override;
    void on_frame(LinkId, Bytes) override;
    void on_link_down(LinkId, std::optional<base::Fault>) override;
    void on_drained(LinkId) override;
    void on_self_check(bool, std::string) override;
    void on_inbound_refused(std::optional<std::uint64_t>, std::optional<base::Fault>,
                            std::string) override;

private:
    std::set<LinkId> open_, seen_;
};

class FakeTor {
public:
    FakeTor(Loop& loop, int dir_fd);
    ~FakeTor();
    struct Service {
        int dir_fd = -1;
        std::string name;
        bool proxy_line = true;
    };
    struct Pipe;

    std::map<std::string, Service> services;      // by host name
    std::map<std::string, std::uint8_t> refused;  // by host name: the SOCKS error
    std::set<std::string> silent;                 // by host name: never answered
    std::set<std::string> passwords;              // seen
    std::vector<std::string> users;               // seen
    std::set<std::uint16_t> ports;                // asked for
    std::size_t requests = 0;
    std::uint32_t next_circuit = 0x10001;

private:
    friend struct Pipe;
    Loop& loop_;
    UniqueFd fd_;
    evconnlistener* listener_ = nullptr;
    std::vector<std::unique_ptr<Pipe>> pipes_;
};

// A node: Links with its news, listening as "onion" in its own directory and known to Tor.
struct Node {
    Node(Loop& loop, FakeTor& tor, int tor_dir_fd, std::uint8_t number, LinksOptions options = {});
    Directory directory;
    NoLog log;
    Recorder news;
    PeerId id;
    std::unique_ptr<Links> links;

    LinkId dial(const PeerId& peer, DialKind kind = DialKind::listed);
    void send(LinkId link, Bytes bytes);
    void close(LinkId link, bool graceful);
};

// A peer that does what we say: a socket, optionally TLS over it, no rules.
class RawPeer {
public:
    explicit RawPeer(UniqueFd fd);
    ~RawPeer();
    void write_plain(base::ByteView bytes);  // before TLS
    void start_tls(ssl_ctx_st* context, bool server);
    bool handshake();  // call until true
    bool failed() const { return failed_; }
    bool write(base::ByteView bytes);  // all of it, true when it went
    bool closed();                     // the other side hung up
    int fd() const { return fd_.get(); }
    ssl_st* tls() const { return ssl_; }

private:
    UniqueFd fd_;
    ssl_st* ssl_ = nullptr;
    bool failed_ = false;
};

inline const std::string proxy_line_1 = "PROXY TCP6 fc00:dead:beef:4dad::0:1 ::1 22 9999\r\n";
std::unique_ptr<RawPeer> connect_raw(const Node& node,
                                     const std::string& first_line = proxy_line_1);

// Two nodes, a Tor, and the usual moves.
struct Fixture {
    Loop loop;
    Directory tor_directory;
    FakeTor tor{loop, tor_directory.fd()};
    Node alice{loop, tor, tor_directory.fd(), 1, options()};
    Node bob{loop, tor, tor_directory.fd(), 2, options()};

    static LinksOptions options();
    bool wait(const std::function<bool()>& done) { return wait_until(loop, done); }
    // Alice dials Bob and both report it: {alice's link, bob's link}.
    std::pair<LinkId, LinkId> connect(DialKind kind = DialKind::listed);
};

// An anonymous visitor of Bob's that does what we say, once its link is up.
struct RawVisitor : Fixture {
    RawVisitor();
    std::optional<base::Fault> fault_of_end();  // waits for it
    crypto::TlsContext context = std::move(*crypto::client_context(std::nullopt));
    std::unique_ptr<RawPeer> peer;
    LinkId link{};
};

}  // namespace hearsay::net::test
