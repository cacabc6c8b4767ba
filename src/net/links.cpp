#include "net/links.hpp"

#include <algorithm>
#include <deque>
#include <set>
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

// Of a frame that is not whole: who holds less does not matter before all who hold more are gone.
constexpr std::size_t partial_share = 32 * 1024;

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

// An inbound stream that is not a link yet.
bool is_unfinished(const Stream& stream) {
    return !stream.dialled() &&
           (stream.stage() == Stage::proxy_line || stream.stage() == Stage::client_hello ||
            stream.stage() == Stage::handshake);
}

void count_traffic(const Stream& stream, Traffic& out) {
    const LinkInfo info = stream.info();
    out.bytes_in += info.bytes_in;
    out.bytes_out += info.bytes_out;
}

// Numbers of the circuits that brought a stream lately. Tor counts from the beginning when it
// starts anew: then some look seen that are not, which costs them the larger share of the places
// and no more.
class SeenCircuits {
public:
    // False if it was seen.
    bool add(std::uint64_t circuit) {
        if (!numbers_.insert(circuit).second) return false;
        order_.push_back(circuit);
        if (order_.size() > base::limits::circuits_remembered_max) {
            numbers_.erase(order_.front());
            order_.pop_front();
        }
        return true;
    }

private:
    std::set<std::uint64_t> numbers_;
    std::deque<std::uint64_t> order_;  // as they came first
};

class LinkTable final : public Links, public StreamOwner {
public:
    LinkTable(Loop& loop, base::Log& log, LinkEvents& events, base::Rng rng, TlsContexts tls,
              LinksOptions options);
    ~LinkTable() override;

    base::Result<void> listen(int dir_fd, const std::string& name) override;
    base::LinkId dial(const base::PeerId& peer, DialKind kind,
                      std::optional<base::Millis> patience) override;
    void send(base::LinkId link, FramePtr frame) override;
    void close(base::LinkId link, bool graceful) override;
    void throttle(bool on) override;
    std::vector<LinkInfo> list() const override;
    Traffic traffic() const override;
    std::size_t handshakes() const override;
    std::size_t dials() const override;

private:
    Circuit look_at_circuit(std::uint64_t circuit) override;
    ssl_ctx_st* tls_context(const Stream& stream) const override;
    bool throttled() const override { return throttled_; }
    void stream_opened(Stream& stream) override;
    void stream_received(Stream& stream, base::Bytes frame) override;
    void stream_drained(Stream& stream) override;
    bool stream_advanced(Stream& stream) override;
    void stream_holds(std::ptrdiff_t partial, std::ptrdiff_t unsent) override;
    void stream_ended(Stream& stream) override;
    void deadline_changed(base::MonoTime deadline) override;

    void on_accepted(UniqueFd fd);
    void on_accept_failed();
    void on_deadline();
    template <class Predicate>
    void make_room(std::size_t most, const char* why, std::optional<Fault> fault,
                   Predicate predicate);
    void end_hoarder(bool (*more)(const Stream& a, const Stream& b), std::optional<Fault> fault,
                     const char* why);
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

    SeenCircuits seen_;
    std::size_t partial_bytes_ = 0;  // of all streams
    std::size_t unsent_bytes_ = 0;
    Traffic ended_traffic_;               // of streams that are gone
    base::MonoTime armed_ = base::never;  // when deadline_timer_ comes
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
        base::guarded("a visitor's coming",
                      [&] { static_cast<LinkTable*>(self)->on_accept_failed(); });
    });
    listen_dir_fd_ = dir_fd;
    listen_name_ = name;
    return {};
}

// The oldest unfinished stream gives its descriptor; without one there is nothing to do but wait.
void LinkTable::on_accept_failed() {
    const auto oldest = std::find_if(streams_.begin(), streams_.end(), [](const auto& entry) {
        return is_unfinished(*entry.second);
    });
    if (oldest != streams_.end())
        return oldest->second->end(Fault::too_many_requests, "no descriptor is left");
    log_.write(LogLevel::warning, "net",
               "cannot accept a stream: too many files are open; trying again shortly");
    evconnlistener_disable(listener_.get());
    accept_timer_.arm(accept_pause);
}

void LinkTable::on_accepted(UniqueFd fd) {
    add_stream().start_inbound(std::move(fd));
    make_room(options_.proxy_lines_max, "others came after it", Fault::too_many_requests,
              [](const Stream& stream) { return stream.stage() == Stage::proxy_line; });
}

bool LinkTable::stream_advanced(Stream& stream) {
    const Stage stage = stream.stage();
    if (stage == Stage::open) {
        if (count([](const Stream& other) {
                return other.stage() == Stage::open && !other.dialled();
            }) > options_.inbound_max)
            stream.end(Fault::too_many_requests, "too many inbound links");
    } else if (stage == Stage::flushing) {
        make_room(options_.closings_max, "closed", std::nullopt, [](const Stream& other) {
            return other.stage() == Stage::flushing || other.stage() == Stage::lingering;
        });
    } else {
        const bool seen = stream.circuit_seen();
        const std::size_t most = seen                           ? options_.seen_circuits_max
                                 : stage == Stage::client_hello ? options_.client_hellos_max
                                                                : options_.handshakes_max;
        make_room(most, "others came after it", Fault::too_many_requests, [&](const Stream& other) {
            return other.stage() == stage && !other.dialled() && other.circuit_seen() == seen;
        });
    }
    return stream.stage() == stage;
}

// Ends the oldest that fit until no more than `most` are left.
template <class Predicate>
void LinkTable::make_room(std::size_t most, const char* why, std::optional<Fault> fault,
                          Predicate predicate) {
    std::size_t fitting = count(predicate);
    for (auto& [id, stream] : streams_) {
        if (fitting <= most) return;
        if (!predicate(*stream)) continue;
        stream->end(fault, why);
        --fitting;
    }
}

void LinkTable::stream_holds(std::ptrdiff_t partial, std::ptrdiff_t unsent) {
    partial_bytes_ += static_cast<std::size_t>(partial);
    unsent_bytes_ += static_cast<std::size_t>(unsent);
    if (partial > 0 && partial_bytes_ > options_.partial_bytes_max)
        end_hoarder(
            [](const Stream& a, const Stream& b) {
                const auto share = [](const Stream& stream) {
                    return std::min(stream.partial(), partial_share);
                };
                if (share(a) != share(b)) return share(a) > share(b);
                return a.id() > b.id();
            },
            Fault::frame_truncated, "too many frames are under way, and no link is younger");
    if (unsent > 0 && unsent_bytes_ > options_.send_queues_bytes_max)
        end_hoarder([](const Stream& a, const Stream& b) { return a.unsent() > b.unsent(); },
                    Fault::slow_reader, "too much is unsent in all, and most of it to it");
}

// The first in this order; of equal ones the oldest.
void LinkTable::end_hoarder(bool (*more)(const Stream& a, const Stream& b),
                            std::optional<Fault> fault, const char* why) {
    const auto worst =
        std::min_element(streams_.begin(), streams_.end(),
                         [&](const auto& a, const auto& b) { return more(*a.second, *b.second); });
    worst->second->end(fault, why);
}

base::LinkId LinkTable::dial(const base::PeerId& peer, DialKind kind,
                             std::optional<base::Millis> patience) {
    if (dials() >= options_.dials_max) {
        const auto link = static_cast<base::LinkId>(++last_id_);
        failures_.push_back({link, peer, kind, "too many dials at once"});
        event_active(ended_event_.get(), EV_TIMEOUT, 1);
        return link;
    }
    Stream& stream = add_stream();
    stream.start_dialled(peer, kind,
                         SocksClient(crypto::onion_address(peer), options_.onion_port,
                                     socks_user(kind), base::to_hex(rng_.secret())),
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

Traffic LinkTable::traffic() const {
    Traffic out = ended_traffic_;
    for (const auto& [id, stream] : streams_) count_traffic(*stream, out);
    return out;
}

std::size_t LinkTable::handshakes() const {
    return count(is_unfinished);
}

std::size_t LinkTable::dials() const {
    return count([](const Stream& stream) { return stream.dialled() && !stream.was_open(); });
}

StreamOwner::Circuit LinkTable::look_at_circuit(std::uint64_t circuit) {
    const std::size_t others = count([&](const Stream& other) {
        return other.circuit() == circuit && other.stage() != Stage::over;
    });
    const bool fresh = seen_.add(circuit);
    if (others >= options_.circuit_streams_max) return Circuit::full;
    return fresh ? Circuit::fresh : Circuit::seen;
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
            events_.on_dial_failed(failure.link, failure.peer, failure.kind, std::nullopt,
                                   failure.why);
    }
    for (const base::LinkId id : std::exchange(ended_, {})) {
        const auto found = streams_.find(id);
        ENSURE(found != streams_.end(), "a stream ends once");
        const std::unique_ptr<Stream> stream = std::move(found->second);
        streams_.erase(found);
        count_traffic(*stream, ended_traffic_);
        tell_ending(*stream);
    }
}

void LinkTable::tell_ending(const Stream& stream) {
    const StreamEnd& end = stream.ending();
    if (stream.was_open()) {
        if (end.fault)
            log_.write(LogLevel::debug, "net",
                       "a link is ended: " + std::string(base::name(*end.fault)) + ": " + end.why);
        return events_.on_link_down(stream.id(), end.fault);
    }
    if (!stream.dialled()) return events_.on_inbound_refused(stream.circuit(), end.fault, end.why);
    if (stream.dialled() == DialKind::self_check)
        return events_.on_self_check(stream.proved(), end.why);
    events_.on_dial_failed(stream.id(), stream.dialled_peer(), *stream.dialled(), end.fault,
                           end.why);
}

// A timer that comes too early looks again: that is rarer than deadlines that move on.
void LinkTable::deadline_changed(base::MonoTime deadline) {
    if (deadline >= armed_) return;
    armed_ = deadline;
    deadline_timer_.arm(deadline - now().mono);
}

void LinkTable::on_deadline() {
    armed_ = base::never;
    const base::MonoTime time = now().mono;
    for (auto& [id, stream] : streams_)
        if (stream->deadline() <= time) stream->time_out();
    base::MonoTime first = base::never;
    for (const auto& [id, stream] : streams_) first = std::min(first, stream->deadline());
    deadline_changed(first);
}

Stream* LinkTable::find_link(base::LinkId link) {
    const auto found = streams_.find(link);
    return found == streams_.end() ? nullptr : found->second.get();
}

Stream& LinkTable::add_stream() {
    const auto id = static_cast<base::LinkId>(++last_id_);
    return *streams_.emplace(id, std::make_unique<Stream>(loop_, *this, options_, id))
                .first->second;
}

template <class Predicate>
std::size_t LinkTable::count(Predicate predicate) const {
    return static_cast<std::size_t>(
        std::count_if(streams_.begin(), streams_.end(),
                      [&](const auto& entry) { return predicate(*entry.second); }));
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
        TlsContexts{std::move(*server), std::move(*listed), std::move(*anonymous)},
        std::move(options));
}

}  // namespace hearsay::net
