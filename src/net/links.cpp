#include "net/links.hpp"

#include <algorithm>
#include <unistd.h>
#include <utility>

#include <event2/event.h>
#include <event2/listener.h>

#include "base/encoding.hpp"
#include "base/ensure.hpp"
#include "base/guard.hpp"
#include "crypto/certificate.hpp"
#include "crypto/onion.hpp"
#include "net/stream.hpp"

namespace hearsay::net {
namespace {

using base::Fault;
using base::LogLevel;

// When the system has no descriptor left, accepting again at once would only burn the processor.
constexpr base::Millis accept_pause = std::chrono::seconds(1);

struct TlsContexts {
    crypto::TlsContext server;
    crypto::TlsContext listed;
    crypto::TlsContext anonymous;
};

struct ListenerFree {
    void operator()(evconnlistener* handle) const { evconnlistener_free(handle); }
};

// Named for Tor's logs only; the password makes the circuit.
const char* socks_user(DialKind kind) {
    switch (kind) {
        case DialKind::listed:
            return "hearsay";
        case DialKind::anonymous:
            return "hearsay-anonymous";
        case DialKind::self_check:
            return "hearsay-self-check";
    }
    ENSURE(false, "a DialKind outside its enumeration");
}

class LinkTable final : public Links, public StreamOwner {
public:
    LinkTable(Loop& loop, base::Log& log, LinkEvents& events, base::Rng rng, TlsContexts tls,
              LinksOptions options);
    ~LinkTable() override;

    base::Result<void> listen(int dir_fd, const std::string& name) override;
    base::LinkId dial(const base::PeerId& peer, DialKind kind, std::optional<base::Millis> patience) override;
    void send(base::LinkId link, FramePtr frame) override;
    void close(base::LinkId link, bool graceful) override;
    void throttle(bool on) override;
    std::vector<LinkInfo> list() const override;
    std::size_t handshakes() const override;

private:
    bool admits_circuit(const Stream& stream, std::uint64_t circuit) const override;
    ssl_ctx_st* tls_context(const Stream& stream) const override;
    bool throttled() const override { return throttled_; }
    void stream_opened(Stream& stream) override;
    void stream_received(Stream& stream, base::Bytes frame) override;
    void stream_drained(Stream& stream) override;
    void stream_ended(Stream& stream) override;
    void deadline_changed() override;

    void on_accepted(UniqueFd fd);
    void on_accept_failed();
    void on_deadline();
    void tell_endings();
    void tell_ending(const Stream& stream);
    Stream* find_link(base::LinkId link);
    Stream& add_stream();
    template <class Predicate>
    std::size_t count(Predicate predicate) const;

    Loop& loop_;
    base::Log& log_;
    LinkEvents& events_;
    base::Rng rng_;
    const TlsContexts tls_;
    const LinksOptions options_;
    bool throttled_ = false;
    std::uint64_t last_id_ = 0;

    Timer deadline_timer_;
    Timer accept_timer_;
    EventHandle ended_event_;
    std::vector<base::LinkId> ended_;  // streams over, whose end has not been told
    struct Failure {                   // dials that never became a stream
        base::LinkId link;
        base::PeerId peer;
        DialKind kind;
        std::string why;
    };
    std::vector<Failure> failures_;

    std::map<base::LinkId, std::unique_ptr<Stream>> streams_;
    std::unique_ptr<evconnlistener, ListenerFree> listener_;
    int listen_dir_fd_ = -1;
    std::string listen_name_;
};

LinkTable::LinkTable(Loop& loop, base::Log& log, LinkEvents& events, base::Rng rng, TlsContexts tls,
                     LinksOptions options)
    : loop_(loop),
      log_(log),
      events_(events),
      rng_(std::move(rng)),
      tls_(std::move(tls)),
      options_(std::move(options)),
      deadline_timer_(loop, [this] { on_deadline(); }),
      accept_timer_(loop, [this] { evconnlistener_enable(listener_.get()); }) {
    ended_event_.reset(event_new(
        loop_.raw(), -1, 0,
        [](evutil_socket_t, short, void* self) {
            base::guarded("a link's end", [&] { static_cast<LinkTable*>(self)->tell_endings(); });
        },
        this));
    ENSURE(ended_event_, "out of memory");
}

LinkTable::~LinkTable() {
    if (listener_) ::unlinkat(listen_dir_fd_, listen_name_.c_str(), 0);
}

base::Result<void> LinkTable::listen(int dir_fd, const std::string& name) {
    ENSURE(!listener_, "listening once is enough");
    base::Result<UniqueFd> fd = listen_unix(dir_fd, name);
    if (!fd) return std::unexpected(fd.error());
    listener_.reset(evconnlistener_new(
        loop_.raw(),
        [](evconnlistener*, evutil_socket_t accepted, sockaddr*, int, void* self) {
            base::guarded("a visitor's coming",
                          [&] { static_cast<LinkTable*>(self)->on_accepted(UniqueFd(accepted)); });
        },
        this, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 0, fd->get()));
    ENSURE(listener_, "out of memory");
    fd->release();
    evconnlistener_set_error_cb(listener_.get(), [](evconnlistener*, void* self) {
        base::guarded("a visitor's coming", [&] { static_cast<LinkTable*>(self)->on_accept_failed(); });
    });
    listen_dir_fd_ = dir_fd;
    listen_name_ = name;
    return {};
}

void LinkTable::on_accept_failed() {
    log_.write(LogLevel::warning, "net",
               "cannot accept a stream: too many files are open; trying again shortly");
    evconnlistener_disable(listener_.get());
    accept_timer_.arm(accept_pause);
}

void LinkTable::on_accepted(UniqueFd fd) {
    const char* full = nullptr;
    if (handshakes() >= options_.handshakes_max) full = "too many handshakes at once";
    if (count([](const Stream& stream) { return !stream.dialled(); }) >= options_.inbound_max)
        full = "too many inbound streams";
    if (full) return events_.on_inbound_refused(std::nullopt, Fault::too_many_requests, full);
    add_stream().start_inbound(std::move(fd));
}

base::LinkId LinkTable::dial(const base::PeerId& peer, DialKind kind, std::optional<base::Millis> patience) {
    const std::size_t dials =
        count([](const Stream& stream) { return stream.dialled() && !stream.was_open(); });
    if (dials >= options_.dials_max) {
        const auto link = static_cast<base::LinkId>(++last_id_);
        failures_.push_back({link, peer, kind, "too many dials at once"});
        event_active(ended_event_.get(), EV_TIMEOUT, 1);
        return link;
    }
    Stream& stream = add_stream();
    stream.start_dialled(peer, kind,
                         SocksClient(crypto::onion_address(peer), options_.onion_port, socks_user(kind),
                                     base::to_hex(rng_.secret())),
                         patience.value_or(options_.dial_wait));
    return stream.id();
}

void LinkTable::send(base::LinkId link, FramePtr frame) {
    if (Stream* stream = find_link(link)) stream->send(std::move(frame));
}

void LinkTable::close(base::LinkId link, bool graceful) {
    if (Stream* stream = find_link(link)) stream->close(graceful);
}

void LinkTable::throttle(bool on) {
    if (throttled_ == on) return;
    throttled_ = on;
    for (auto& [id, stream] : streams_) stream->throttle_changed();
}

std::vector<LinkInfo> LinkTable::list() const {
    std::vector<LinkInfo> links;
    for (const auto& [id, stream] : streams_)
        if (stream->was_open() && stream->stage() != Stage::over) links.push_back(stream->info());
    return links;
}

std::size_t LinkTable::handshakes() const {
    return count([](const Stream& stream) {
        return !stream.dialled() &&
               (stream.stage() == Stage::proxy_line || stream.stage() == Stage::handshake);
    });
}

bool LinkTable::admits_circuit(const Stream&, std::uint64_t circuit) const {
    return count([&](const Stream& other) {
               return other.circuit() == circuit && other.stage() != Stage::over;
           }) < options_.circuit_streams_max;
}

ssl_ctx_st* LinkTable::tls_context(const Stream& stream) const {
    if (!stream.dialled()) return tls_.server.get();
    return stream.dialled() == DialKind::listed ? tls_.listed.get() : tls_.anonymous.get();
}

void LinkTable::stream_opened(Stream& stream) {
    const LinkInfo info = stream.info();
    events_.on_link_up(info.link, info.peer, info.dialled.has_value(), info.circuit);
}
void LinkTable::stream_received(Stream& stream, base::Bytes frame) {
    events_.on_frame(stream.id(), std::move(frame));
}
void LinkTable::stream_drained(Stream& stream) {
    events_.on_drained(stream.id());
}

void LinkTable::stream_ended(Stream& stream) {
    ended_.push_back(stream.id());
    event_active(ended_event_.get(), EV_TIMEOUT, 1);
}

// The callbacks may end further streams and ask for dials; those are told in the next turn.
void LinkTable::tell_endings() {
    for (const Failure& failure : std::exchange(failures_, {})) {
        if (failure.kind == DialKind::self_check)
            events_.on_self_check(false, failure.why);
        else
            events_.on_dial_failed(failure.link, failure.peer, failure.kind, std::nullopt, failure.why);
    }
    for (const base::LinkId id : std::exchange(ended_, {})) {
        const auto found = streams_.find(id);
        ENSURE(found != streams_.end(), "a stream ends once");
        const std::unique_ptr<Stream> stream = std::move(found->second);
        streams_.erase(found);
        tell_ending(*stream);
    }
}

void LinkTable::tell_ending(const Stream& stream) {
    const StreamEnd& end = stream.ending();
    if (stream.was_open()) return events_.on_link_down(stream.id(), end.fault);
    if (!stream.dialled()) return events_.on_inbound_refused(stream.circuit(), end.fault, end.why);
    if (stream.dialled() == DialKind::self_check) return events_.on_self_check(stream.proved(), end.why);
    events_.on_dial_failed(stream.id(), stream.dialled_peer(), *stream.dialled(), end.fault, end.why);
}

void LinkTable::deadline_changed() {
    base::MonoTime first = base::never;
    for (const auto& [id, stream] : streams_) first = std::min(first, stream->deadline());
    if (first == base::never) return deadline_timer_.cancel();
    deadline_timer_.arm(first - now().mono);
}

void LinkTable::on_deadline() {
    const base::MonoTime time = now().mono;
    for (auto& [id, stream] : streams_)
        if (stream->deadline() <= time) stream->time_out();
    deadline_changed();
}

Stream* LinkTable::find_link(base::LinkId link) {
    const auto found = streams_.find(link);
    return found == streams_.end() ? nullptr : found->second.get();
}

Stream& LinkTable::add_stream() {
    const auto id = static_cast<base::LinkId>(++last_id_);
    return *streams_.emplace(id, std::make_unique<Stream>(loop_, *this, options_, id)).first->second;
}

template <class Predicate>
std::size_t LinkTable::count(Predicate predicate) const {
    return static_cast<std::size_t>(std::count_if(
        streams_.begin(), streams_.end(), [&](const auto& entry) { return predicate(*entry.second); }));
}

}  // namespace

base::Result<std::unique_ptr<Links>> Links::create(Loop& loop, base::Log& log, LinkEvents& events,
                                                   const base::Secret& onion_seed, base::Rng rng,
                                                   LinksOptions options) {
    base::Result<crypto::TlsContext> server = crypto::server_context(onion_seed);
    if (!server) return std::unexpected(server.error());
    base::Result<crypto::TlsContext> listed = crypto::client_context(onion_seed);
    if (!listed) return std::unexpected(listed.error());
    base::Result<crypto::TlsContext> anonymous = crypto::client_context(std::nullopt);
    if (!anonymous) return std::unexpected(anonymous.error());
    return std::make_unique<LinkTable>(
        loop, log, events, std::move(rng),
        TlsContexts{std::move(*server), std::move(*listed), std::move(*anonymous)}, std::move(options));
}

}  // namespace hearsay::net
