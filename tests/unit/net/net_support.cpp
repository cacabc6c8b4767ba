#include "net_support.hpp"

#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

#include <doctest/doctest.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "crypto/certificate.hpp"
#include "crypto/ed25519.hpp"
#include "crypto/onion.hpp"

namespace hearsay::net::test {

bool wait_until(Loop& loop, const std::function<bool()>& done, base::Millis bound) {
    const base::MonoTime last = now().mono + bound;
    Timer tick(loop, [] {});
    while (!done()) {
        if (now().mono >= last) return false;
        tick.arm(base::Millis(5));
        event_base_loop(loop.raw(), EVLOOP_ONCE);
    }
    return true;
}

void event_turn(Loop& loop) {
    event_base_loop(loop.raw(), EVLOOP_ONCE | EVLOOP_NONBLOCK);
}

Directory::Directory(std::size_t path_length_min) {
    std::string pattern = "/tmp/hearsay-net-XXXXXX";
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    root_ = path_ = pattern;
    while (path_.size() < path_length_min) path_ += "/a-directory-with-quite-a-long-name-in-it";
    std::filesystem::create_directories(path_);
    fd_.reset(::open(path_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    REQUIRE(fd_.valid());
}
Directory::~Directory() {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
}

base::Secret seed_of(std::uint8_t number) {
    base::Secret seed;
    seed.data.fill(number);
    return seed;
}
PeerId peer_of(std::uint8_t number) {
    return *PeerId::from(crypto::ed25519_public_key(seed_of(number)).view());
}
FramePtr frame_of(Bytes bytes) {
    return std::make_shared<const Bytes>(std::move(bytes));
}
Bytes bytes_of(std::size_t size, std::uint8_t value) {
    return Bytes(size, value);
}

// ---- Recorder -----------------------------------------------------------------------------------
std::size_t Recorder::frame_count() const {
    std::size_t count = 0;
    for (const auto& [link, list] : frames) count += list.size();
    return count;
}
void Recorder::on_link_up(LinkId link, std::optional<PeerId> peer, bool outbound,
                          std::optional<std::uint64_t> circuit) {
    CHECK(!inside_call);
    CHECK(seen_.insert(link).second);  // never reused
    open_.insert(link);
    ups.push_back({link, peer, outbound, circuit});
    if (up_hook) up_hook(link);
}
void Recorder::on_dial_failed(LinkId link, PeerId peer, DialKind kind,
                              std::optional<base::Fault> fault, std::string why) {
    CHECK(!inside_call);
    CHECK(seen_.insert(link).second);
    CHECK(!why.empty());
    failures.push_back({link, peer, kind, fault, why});
}
void Recorder::on_frame(LinkId link, Bytes frame) {
    if (inside_call || !open_.contains(link)) FAIL_CHECK("a frame out of turn");
    frames[link].push_back(std::move(frame));
    if (frame_hook) frame_hook(link);
}
void Recorder::on_link_down(LinkId link, std::optional<base::Fault> fault) {
    CHECK(!inside_call);
    CHECK(open_.erase(link) == 1);  // was up, and goes down once
    downs.push_back({link, fault});
}
void Recorder::on_drained(LinkId link) {
    CHECK(!inside_call);
    CHECK(open_.contains(link));
    drained.push_back(link);
}
void Recorder::on_self_check(bool ok, std::string why) {
    CHECK(!inside_call);
    self_checks.emplace_back(ok, std::move(why));
}
void Recorder::on_inbound_refused(std::optional<std::uint64_t> circuit,
                                  std::optional<base::Fault> fault, std::string why) {
    CHECK(!inside_call);
    refusals.push_back({circuit, fault, std::move(why)});
}

// ---- FakeTor ------------------------------------------------------------------------------------
namespace {
constexpr std::size_t pipe_bytes_max = 64 * 1024;
}

// One SOCKS conversation, and then the two ends of the stream.
struct FakeTor::Pipe {
    Pipe(FakeTor& owner, evutil_socket_t fd)
        : tor(owner), client(bufferevent_socket_new(owner.loop_.raw(), fd, BEV_OPT_CLOSE_ON_FREE)) {
        bufferevent_setcb(
            client, [](bufferevent*, void* self) { static_cast<Pipe*>(self)->on_socks(); }, nullptr,
            [](bufferevent*, short, void* self) { static_cast<Pipe*>(self)->finish(); }, this);
        bufferevent_enable(client, EV_READ | EV_WRITE);
    }
    ~Pipe() { finish(); }

    void finish() {
        if (client) bufferevent_free(std::exchange(client, nullptr));
        if (service) bufferevent_free(std::exchange(service, nullptr));
    }
    void reply(const Bytes& bytes) { bufferevent_write(client, bytes.data(), bytes.size()); }

    void on_socks() {
        evbuffer* const input = bufferevent_get_input(client);
        while (client && !service && !stuck) {
            const std::size_t size = evbuffer_get_length(input);
            if (size == 0) return;
            const std::uint8_t* const data = evbuffer_pullup(input, -1);
            const std::size_t used = step == 0   ? on_methods(data, size)
                                     : step == 1 ? on_credentials(data, size)
                                                 : on_request(data, size);
            if (used == 0 || !client) return;
            evbuffer_drain(input, used);
        }
    }
    std::size_t on_methods(const std::uint8_t* data, std::size_t size) {
        if (size < 3) return 0;
        CHECK(data[0] == 5);
        step = 1;
        reply({5, 2});
        return 3;
    }
    std::size_t on_credentials(const std::uint8_t* data, std::size_t size) {
        if (size < 2) return 0;
        const std::size_t user = data[1];
        if (size < 3 + user) return 0;
        const std::size_t password = data[2 + user];
        if (size < 3 + user + password) return 0;
        tor.users.emplace_back(reinterpret_cast<const char*>(data + 2), user);
        tor.passwords.emplace(reinterpret_cast<const char*>(data + 3 + user), password);
        step = 2;
        reply({1, 0});
        return 3 + user + password;
    }
    std::size_t on_request(const std::uint8_t* data, std::size_t size) {
        if (size < 5) return 0;
        CHECK(data[3] == 3);  // by name: nothing was resolved
        const std::size_t length = data[4];
        if (size < 5 + length + 2) return 0;
        const std::string host(reinterpret_cast<const char*>(data + 5), length);
        tor.ports.insert(static_cast<std::uint16_t>(data[5 + length] << 8 | data[6 + length]));
        ++tor.requests;
        open_stream(host);
        return 5 + length + 2;
    }
    void open_stream(const std::string& host) {
        stuck = true;
        if (tor.silent.contains(host)) return;
        const auto refusal = tor.refused.find(host);
        const auto found = tor.services.find(host);
        if (refusal != tor.refused.end() || found == tor.services.end())
            return reply({5, refusal != tor.refused.end() ? refusal->second : std::uint8_t{0xF0}, 0,
                          1, 0, 0, 0, 0, 0, 0});
        auto fd = connect_unix(found->second.dir_fd, found->second.name);
        if (!fd) return reply({5, 5, 0, 1, 0, 0, 0, 0, 0, 0});
        reply({5, 0, 0, 1, 0, 0, 0, 0, 0, 0});
        service = bufferevent_socket_new(tor.loop_.raw(), fd->release(), BEV_OPT_CLOSE_ON_FREE);
        if (found->second.proxy_line) {
            std::array<char, 128> line;
            const std::uint32_t circuit = tor.next_circuit++;
            const int used = std::snprintf(line.data(), line.size(),
                                           "PROXY TCP6 fc00:dead:beef:4dad::%x:%x ::1 22 9999\r\n",
                                           circuit >> 16, circuit & 0xFFFF);
            bufferevent_write(service, line.data(), static_cast<std::size_t>(used));
        }
        for (bufferevent* end : {client, service}) {
            bufferevent_setcb(
                end, [](bufferevent* from, void* self) { static_cast<Pipe*>(self)->pass(from); },
                [](bufferevent* to, void* self) { static_cast<Pipe*>(self)->on_room(to); },
                [](bufferevent* from, short, void* self) {
                    static_cast<Pipe*>(self)->on_end(from);
                },
                this);
            bufferevent_setwatermark(end, EV_READ, 0, pipe_bytes_max);
            bufferevent_enable(end, EV_READ | EV_WRITE);
        }
    }
    bufferevent* other(bufferevent* end) const { return end == client ? service : client; }
    void pass(bufferevent* from) {
        bufferevent* const to = other(from);
        if (!to) return;
        if (evbuffer_get_length(bufferevent_get_output(to)) > pipe_bytes_max) {
            // until on_room(): a full input would be reported for ever
            bufferevent_disable(from, EV_READ);
            return;
        }
        evbuffer_add_buffer(bufferevent_get_output(to), bufferevent_get_input(from));
    }
    void on_room(bufferevent* to) {
        bufferevent* const from = other(to);
        if (from) {
            bufferevent_enable(from, EV_READ);
            return pass(from);
        }
        finish();  // its other end is gone and the last bytes went out
    }
    void on_end(bufferevent* from) {  // as Tor: what is under way still arrives
        bufferevent* const to = other(from);
        if (to) evbuffer_add_buffer(bufferevent_get_output(to), bufferevent_get_input(from));
        (from == client ? client : service) = nullptr;
        bufferevent_free(from);
        if (!to) return;
        if (evbuffer_get_length(bufferevent_get_output(to)) == 0) return finish();
    }

    FakeTor& tor;
    bufferevent* client;
    bufferevent* service = nullptr;
    int step = 0;
    bool stuck = false;
};

FakeTor::FakeTor(Loop& loop, int dir_fd) : loop_(loop) {
    auto fd = listen_unix(dir_fd, "socks");
    REQUIRE(fd.has_value());
    listener_ = evconnlistener_new(
        loop.raw(),
        [](evconnlistener*, evutil_socket_t accepted, sockaddr*, int, void* self) {
            auto* const tor = static_cast<FakeTor*>(self);
            tor->pipes_.push_back(std::make_unique<Pipe>(*tor, accepted));
        },
        this, LEV_OPT_CLOSE_ON_FREE, 0, fd->release());
}
FakeTor::~FakeTor() {
    evconnlistener_free(listener_);
}

// ---- Node ---------------------------------------------------------------------------------------
Node::Node(Loop& loop, FakeTor& tor, int tor_dir_fd, std::uint8_t number, LinksOptions options)
    : id(peer_of(number)) {
    options.socks_dir_fd = tor_dir_fd;
    auto made =
        Links::create(loop, log, news, seed_of(number), base::Rng(seed_of(number)), options);
    REQUIRE(made.has_value());
    links = std::move(*made);
    REQUIRE(links->listen(directory.fd(), "onion").has_value());
    tor.services[crypto::onion_address(id)] = {directory.fd(), "onion"};
}
LinkId Node::dial(const PeerId& peer, DialKind kind) {
    news.inside_call = true;
    const LinkId link = links->dial(peer, kind);
    news.inside_call = false;
    return link;
}
void Node::send(LinkId link, Bytes bytes) {
    const bool outer = std::exchange(news.inside_call, true);
    links->send(link, frame_of(std::move(bytes)));
    news.inside_call = outer;
}
void Node::close(LinkId link, bool graceful) {
    const bool outer = std::exchange(news.inside_call, true);
    links->close(link, graceful);
    news.inside_call = outer;
}

// ---- RawPeer ------------------------------------------------------------------------------------
RawPeer::RawPeer(UniqueFd fd) : fd_(std::move(fd)) {
    REQUIRE(fd_.valid());
}
RawPeer::~RawPeer() {
    if (ssl_) SSL_free(ssl_);
    ERR_clear_error();
}
void RawPeer::write_plain(base::ByteView bytes) {
    REQUIRE(::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
            static_cast<ssize_t>(bytes.size()));
}
void RawPeer::start_tls(ssl_ctx_st* context, bool server) {
    ssl_ = SSL_new(context);
    REQUIRE(ssl_);
    SSL_set_fd(ssl_, fd_.get());
    server ? SSL_set_accept_state(ssl_) : SSL_set_connect_state(ssl_);
}
bool RawPeer::handshake() {
    ERR_clear_error();
    const int done = SSL_do_handshake(ssl_);
    if (done == 1) return true;
    const int error = SSL_get_error(ssl_, done);
    failed_ = error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE;
    ERR_clear_error();
    return failed_;
}
bool RawPeer::write(base::ByteView bytes) {
    ERR_clear_error();
    const int sent = SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()));
    ERR_clear_error();
    return sent == static_cast<int>(bytes.size());
}
bool RawPeer::closed() {
    char buffer[4096];
    ssize_t got = 0;
    while ((got = ::recv(fd_.get(), buffer, sizeof buffer, MSG_DONTWAIT)) > 0) {
    }
    return got == 0 || (errno != EAGAIN && errno != EINTR);
}

std::unique_ptr<RawPeer> connect_raw(const Node& node, const std::string& first_line) {
    auto fd = connect_unix(node.directory.fd(), "onion");
    REQUIRE(fd.has_value());
    auto peer = std::make_unique<RawPeer>(std::move(*fd));
    if (!first_line.empty()) peer->write_plain(base::as_bytes(first_line));
    return peer;
}

// ---- Fixture ------------------------------------------------------------------------------------
LinksOptions Fixture::options() {
    LinksOptions options;
    options.circuit_streams_max = 2;
    return options;
}

std::pair<LinkId, LinkId> Fixture::connect(DialKind kind) {
    const std::size_t a = alice.news.ups.size();
    const std::size_t b = bob.news.ups.size();
    alice.dial(bob.id, kind);
    REQUIRE(wait([&] { return alice.news.ups.size() > a && bob.news.ups.size() > b; }));
    return {alice.news.ups.back().link, bob.news.ups.back().link};
}

RawVisitor::RawVisitor() {
    peer = connect_raw(bob);
    peer->start_tls(context.get(), false);
    REQUIRE(wait([&] { return peer->handshake() && bob.news.ups.size() == 1; }));
    link = bob.news.ups[0].link;
}

std::optional<base::Fault> RawVisitor::fault_of_end() {
    REQUIRE(wait([&] { return bob.news.downs.size() == 1; }));
    CHECK(bob.news.downs[0].link == link);
    return bob.news.downs[0].fault;
}

}  // namespace hearsay::net::test
