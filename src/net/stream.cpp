#include "net/stream.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <utility>

#include <event2/event.h>

#include "base/ensure.hpp"
#include "base/guard.hpp"

namespace hearsay::net {

using base::Fault;

Stream::Stream(Loop& loop, StreamOwner& owner, const LinksOptions& options, base::LinkId id)
    : loop_(loop), owner_(owner), options_(options) {
    info_.link = id;
}

Stream::~Stream() = default;

void Stream::start_inbound(UniqueFd fd) {
    watch(std::move(fd), Stage::proxy_line, options_.proxy_line_wait);
    if (stage_ == Stage::proxy_line) read_proxy_line();  // Tor writes it at once
}

void Stream::start_dialled(const base::PeerId& peer, DialKind kind, SocksClient socks,
                           base::Millis patience) {
    info_.dialled = kind;
    dialled_peer_ = peer;
    base::Result<UniqueFd> fd = connect_unix(options_.socks_dir_fd, options_.socks_name);
    if (!fd) return end(std::nullopt, "Tor is not there: " + fd.error().text);
    const base::Bytes greeting = socks.greeting();
    socks_.emplace(std::move(socks));
    watch(std::move(*fd), Stage::socks, patience);
    if (stage_ == Stage::socks) send_all(greeting);
}

void Stream::watch(UniqueFd fd, Stage stage, base::Millis wait) {
    fd_ = std::move(fd);
    fd_event_.reset(event_new(
        loop_.raw(), fd_.get(), EV_READ | EV_PERSIST,
        [](evutil_socket_t, short, void* self) {
            base::guarded("a link", [&] { static_cast<Stream*>(self)->on_fd_readable(); });
        },
        this));
    if (!fd_event_ || event_add(fd_event_.get(), nullptr) != 0)
        return end(std::nullopt, "out of memory for another stream");
    enter(stage, now().mono + wait);
}

void Stream::enter(Stage stage, base::MonoTime deadline) {
    stage_ = stage;
    deadline_ = deadline;
    owner_.deadline_changed(deadline);
}

void Stream::on_fd_readable() {
    if (stage_ == Stage::proxy_line) return read_proxy_line();
    if (stage_ == Stage::client_hello) return read_first_byte();
    if (stage_ == Stage::socks) return read_socks();
    if (stage_ == Stage::handshake) return shake_hands();
    read_tls();
    if (std::exchange(write_wants_read_, false)) write_tls();
}

// Looks first and takes only up to the line's end: TLS starts right behind it.
void Stream::read_proxy_line() {
    std::array<char, proxy_line_bytes_max> buffer;
    const ssize_t seen = ::recv(fd_.get(), buffer.data(), buffer.size(), MSG_PEEK);
    if (seen < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (seen <= 0) return end(std::nullopt, "the stream ended before it named its circuit");
    const std::size_t take = proxy_line_.take({buffer.data(), static_cast<std::size_t>(seen)});
    ENSURE(::recv(fd_.get(), buffer.data(), take, 0) == static_cast<ssize_t>(take),
           "what was seen is there");
    switch (proxy_line_.state()) {
        case ProxyLineReader::State::reading:
            return;
        case ProxyLineReader::State::endless:
            return end(Fault::bad_handshake, "the stream did not begin with a PROXY line");
        case ProxyLineReader::State::malformed:
            return end(Fault::bad_handshake, "the stream began with a malformed PROXY line");
        case ProxyLineReader::State::done:
            break;
    }
    const StreamOwner::Circuit circuit = owner_.look_at_circuit(proxy_line_.circuit());
    info_.circuit = proxy_line_.circuit();
    circuit_seen_ = circuit != StreamOwner::Circuit::fresh;
    if (circuit == StreamOwner::Circuit::full)
        return end(Fault::too_many_requests, "too many streams on one circuit");
    enter(Stage::client_hello, now().mono + options_.client_hello_wait);
    if (owner_.stream_advanced(*this)) read_first_byte();
}

// RFC 8446 section 5.1: a handshake record begins with 22.
void Stream::read_first_byte() {
    constexpr std::uint8_t handshake_record = 22;
    std::uint8_t first = 0;
    const ssize_t seen = ::recv(fd_.get(), &first, 1, MSG_PEEK);
    if (seen < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (seen <= 0) return end(std::nullopt, "the stream ended before TLS began");
    if (first != handshake_record)
        return end(Fault::bad_handshake, "the stream does not begin with TLS");
    start_tls(true);
}

void Stream::read_socks() {
    while (socks_->wanted() > 0) {
        // the longest reply is a name of 255 bytes and its port
        std::array<std::uint8_t, 300> buffer;
        const std::size_t missing = socks_->wanted() - received_.size();
        const ssize_t got = ::recv(fd_.get(), buffer.data(), missing, 0);
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (got <= 0) return end(std::nullopt, "Tor closed the connection without an answer");
        received_.insert(received_.end(), buffer.begin(), buffer.begin() + got);
        if (static_cast<std::size_t>(got) < missing) return;
        const auto next = socks_->on_reply(received_);
        received_.clear();
        if (!next) return end(std::nullopt, next.error());
        if (!next->empty() && !send_all(*next)) return;
    }
    start_tls(false);
}

// A few hundred bytes into an empty socket: if they do not fit, nobody is reading there.
bool Stream::send_all(base::ByteView bytes) {
    const ssize_t sent = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent == static_cast<ssize_t>(bytes.size())) return true;
    end(std::nullopt, "Tor closed the connection without an answer");
    return false;
}

void Stream::time_out() {
    switch (stage_) {
        case Stage::proxy_line:
            return end(Fault::bad_handshake, "the stream did not name its circuit in time");
        case Stage::client_hello:
            return end(Fault::bad_handshake, "TLS did not begin in time");
        case Stage::socks:
            return end(std::nullopt, "no connection in time");
        case Stage::handshake:
            // A circuit that died looks like this: no blame for a peer that we dialled.
            if (info_.dialled) return end(std::nullopt, "no TLS handshake in time");
            return end(Fault::bad_handshake, "no TLS handshake in time");
        case Stage::flushing:
            return end(std::nullopt, "closed with frames unsent");
        case Stage::lingering:
            return end(std::nullopt, "closed");
        case Stage::open:
            if (now().mono - drain_since_ >= options_.drain_wait)
                return end(Fault::slow_reader, "it does not read what we send");
            return end(Fault::frame_truncated, "a frame of it did not come to its end in time");
        case Stage::over:
            break;
    }
    ENSURE(false, "this stage has no deadline");
}

void Stream::end(std::optional<Fault> fault, std::string why) {
    if (stage_ == Stage::over && !ending_.why.empty()) return;
    ENSURE(!why.empty(), "every end has its reason");
    ending_ = {fault, std::move(why)};
    info_ = info();  // the last figures, while the buffers are still there
    fd_event_.reset();
    write_event_.reset();
    tls_.reset();
    output_.reset();
    received_ = {};
    cutter_.clear();
    fd_.reset();
    enter(Stage::over, base::never);
    report_held();
    owner_.stream_ended(*this);
}

}  // namespace hearsay::net
