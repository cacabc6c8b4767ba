#include "voidphone/connection.hpp"

#include <algorithm>
#include <cerrno>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/event.h>

#include "base/guard.hpp"
#include "voidphone/server.hpp"

namespace hearsay::voidphone {
namespace {

namespace limits = base::limits;

bool would_block() {
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

}  // namespace

Connection::Connection(Server& server, ClientId id, base::UniqueFd fd)
    : server_(server), id_(id), fd_(std::move(fd)) {}

Connection::~Connection() {
    for (event* const each : {readable_, writable_, retry_})
        if (each != nullptr) event_free(each);
}

bool Connection::start(event_base* base) {
    // A verdict must not wait for the acknowledgement of the frame before.
    const int yes = 1;
    setsockopt(fd_.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    readable_ = event_new(
        base, fd_.get(), EV_READ | EV_PERSIST,
        [](evutil_socket_t, short, void* self) {
            base::guarded("the VoidPhone interface",
                          [&] { static_cast<Connection*>(self)->on_readable(); });
        },
        this);
    writable_ = event_new(
        base, fd_.get(), EV_WRITE,
        [](evutil_socket_t, short, void* self) {
            base::guarded("the VoidPhone interface",
                          [&] { static_cast<Connection*>(self)->on_writable(); });
        },
        this);
    retry_ = event_new(
        base, -1, 0,
        [](evutil_socket_t, short, void* self) {
            base::guarded("the VoidPhone interface",
                          [&] { static_cast<Connection*>(self)->on_retry(); });
        },
        this);
    return readable_ != nullptr && writable_ != nullptr && retry_ != nullptr &&
           event_add(readable_, nullptr) == 0;
}

void Connection::close() {
    if (closed_) return;
    closed_ = true;
    for (event* const each : {readable_, writable_, retry_})
        if (each != nullptr) event_del(each);
    fd_.reset();
}

void Connection::on_readable() {
    const std::shared_ptr<Connection> alive = shared_from_this();
    base::Bytes piece(limits::voidphone_ahead_bytes_max - in_.size());
    const ssize_t got = recv(fd_.get(), piece.data(), piece.size(), 0);
    if (got < 0 && would_block()) return;
    if (got < 0) return server_.on_gone(id_);
    piece.resize(static_cast<std::size_t>(got));
    base::append(in_, piece);
    if (got == 0) {
        ended_ = true;
        event_del(readable_);
    }
    handle_frames();
}

void Connection::on_retry() {
    const std::shared_ptr<Connection> alive = shared_from_this();
    waits_ = false;
    if (!ended_) event_add(readable_, nullptr);
    handle_frames();
}

void Connection::handle_frames() {
    std::size_t used = 0;
    while (!closed_ && !waits_ && in_.size() - used >= header_bytes) {
        const base::ByteView left = base::ByteView(in_).subspan(used);  // total: as the loop asks
        server_.run([&](Machine& machine, Effects& out) {
            machine.on_header(id_, left.first<header_bytes>(), out);
        });
        const std::size_t size = frame_bytes(left);
        if (closed_ || left.size() < size) break;
        std::optional<base::MonoTime> later;
        server_.run([&](Machine& machine, Effects& out) {
            later = machine.on_frame(id_, left.first(size), server_.now(), out);
        });
        if (later)
            look_again(*later);
        else
            used += size;
    }
    if (closed_) return;
    in_.erase(in_.begin(), in_.begin() + static_cast<std::ptrdiff_t>(used));
    if (ended_ && !waits_) server_.on_gone(id_);
}

void Connection::look_again(base::MonoTime when) {
    waits_ = true;
    event_del(readable_);
    const base::Millis wait = std::max(when - server_.now(), base::Millis(1));
    const timeval time{static_cast<time_t>(wait.count() / 1000),
                       static_cast<suseconds_t>(wait.count() % 1000 * 1000)};
    event_add(retry_, &time);
}

bool Connection::send(base::Bytes frame) {
    if (closed_) return false;
    if (out_.empty()) {
        const ssize_t sent = ::send(fd_.get(), frame.data(), frame.size(), MSG_NOSIGNAL);
        if (sent == static_cast<ssize_t>(frame.size())) return true;
        if (sent < 0 && !would_block()) return false;
        out_sent_ = static_cast<std::size_t>(std::max<ssize_t>(sent, 0));
        event_add(writable_, nullptr);
    }
    out_bytes_ += frame.size();
    out_.push_back(std::move(frame));
    return out_bytes_ <= limits::voidphone_unread_bytes_max;
}

void Connection::on_writable() {
    const std::shared_ptr<Connection> alive = shared_from_this();
    while (!out_.empty()) {
        const base::ByteView rest = base::ByteView(out_.front()).subspan(out_sent_);
        const ssize_t sent = ::send(fd_.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
        if (sent < 0 && !would_block()) return server_.on_gone(id_);
        out_sent_ += static_cast<std::size_t>(std::max<ssize_t>(sent, 0));
        if (out_sent_ < out_.front().size()) {
            event_add(writable_, nullptr);
            return;
        }
        out_bytes_ -= out_.front().size();
        out_.pop_front();
        out_sent_ = 0;
    }
}

}  // namespace hearsay::voidphone
