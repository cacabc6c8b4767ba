// TLS and frames of net/stream.hpp.
#include <array>
#include <sys/socket.h>
#include <utility>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "base/ensure.hpp"
#include "crypto/certificate.hpp"
#include "net/stream.hpp"

namespace hearsay::net {
namespace {

using base::Fault;

constexpr std::size_t length_bytes = 4;
// Up to here a frame is copied behind its length and leaves in the same TLS record; a record costs
// 22 bytes, which matter through Tor, while the copy of so little does not.
constexpr std::size_t copied_bytes_max = 4096;

constexpr std::size_t input_bytes_max = length_bytes + base::limits::frame_bytes_max;
constexpr std::size_t discarded_bytes_max = 64 * 1024;  // at a time, of a link that is being closed
// More than a Unix socket holds, whatever its buffer size (net.core.wmem_max is 208 KiB).
constexpr std::size_t rest_bytes_max = 2 * input_bytes_max;

// Reasons for which OpenSSL itself refuses what the other side showed.
bool is_about_certificate(unsigned long error) {
    switch (ERR_GET_REASON(error)) {
        case SSL_R_CERTIFICATE_VERIFY_FAILED:
        case SSL_R_WRONG_CERTIFICATE_TYPE:
        case SSL_R_UNKNOWN_CERTIFICATE_TYPE:
        case SSL_R_WRONG_SIGNATURE_TYPE:
        case SSL_R_BAD_SIGNATURE:
        case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
        case SSL_R_CERT_LENGTH_MISMATCH:
        case SSL_R_UNABLE_TO_FIND_PUBLIC_KEY_PARAMETERS:
            return true;
        default:
            return false;
    }
}

// What OpenSSL had to say when a bufferevent reported an error; takes it out of there.
struct TlsErrors {
    bool protocol = false;     // the other side broke TLS; else the stream was only cut
    bool certificate = false;  // and it was about what it showed
    std::string text;

    explicit TlsErrors(bufferevent* bev) {
        while (const unsigned long error = bufferevent_get_openssl_error(bev)) {
            // Library 0: not an error of OpenSSL but a result of SSL_get_error(), which libevent adds.
            if (ERR_GET_LIB(error) == 0 || ERR_SYSTEM_ERROR(error)) continue;
            if (ERR_GET_REASON(error) == SSL_R_UNEXPECTED_EOF_WHILE_READING) continue;
            protocol = true;
            certificate = certificate || is_about_certificate(error);
            std::array<char, 256> line;
            ERR_error_string_n(error, line.data(), line.size());
            text += (text.empty() ? "" : "; ") + std::string(line.data());
        }
        ERR_clear_error();
    }
};

std::pair<Fault, std::string> blame(crypto::PeerKeyProblem problem) {
    switch (problem) {
        case crypto::PeerKeyProblem::none_shown:
            return {Fault::bad_certificate, "it showed no certificate"};
        case crypto::PeerKeyProblem::not_ed25519:
            return {Fault::bad_certificate, "the key of its certificate is not Ed25519"};
        case crypto::PeerKeyProblem::unacceptable:
            return {Fault::bad_certificate, "the key of its certificate is unacceptable"};
        case crypto::PeerKeyProblem::wrong_shape:
            return {Fault::bad_certificate, "its certificate has the wrong shape"};
        case crypto::PeerKeyProblem::no_alpn:
            return {Fault::bad_handshake, "it does not speak hearsay/1"};
    }
    ENSURE(false, "a PeerKeyProblem outside its enumeration");
}

}  // namespace

void Stream::BuffereventFree::operator()(bufferevent* handle) const {
    // libevent closes the descriptor in a later turn; the other side need not wait for that.
    if (const evutil_socket_t fd = bufferevent_getfd(handle); fd >= 0) ::shutdown(fd, SHUT_RDWR);
    bufferevent_free(handle);
}

ssl_st* Stream::tls() const {
    return bufferevent_openssl_get_ssl(bev_.get());
}

std::size_t Stream::unsent() const {
    return bev_ ? evbuffer_get_length(bufferevent_get_output(bev_.get())) : 0;
}

LinkInfo Stream::info() const {
    LinkInfo info = info_;
    if (bev_) {
        info.queued = unsent();
        info.bytes_out = bytes_queued_ - info.queued;
    }
    return info;
}

void Stream::start_tls(bool server) {
    fd_event_.reset();
    received_ = {};
    SSL* const ssl = SSL_new(owner_.tls_context(*this));
    if (!ssl) return end(std::nullopt, "no TLS: " + crypto::tls_error_text());
    bev_.reset(bufferevent_openssl_socket_new(loop_.raw(), fd_.get(), ssl,
                                              server ? BUFFEREVENT_SSL_ACCEPTING : BUFFEREVENT_SSL_CONNECTING,
                                              BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS));
    if (!bev_) return end(std::nullopt, "out of memory for TLS");
    fd_.release();
    bufferevent_setcb(
        bev_.get(), [](bufferevent*, void* self) { static_cast<Stream*>(self)->on_readable(); },
        [](bufferevent*, void* self) { static_cast<Stream*>(self)->on_writable(); },
        [](bufferevent*, short what, void* self) { static_cast<Stream*>(self)->on_event(what); }, this);
    bufferevent_setwatermark(bev_.get(), EV_READ, length_bytes, length_bytes + base::limits::frame_bytes_max);
    // An inbound stream has one deadline for its PROXY line and TLS together.
    enter(Stage::handshake, server ? deadline_ : now().mono + options_.handshake_wait);
}

void Stream::on_event(short what) {
    if (what & BEV_EVENT_CONNECTED) return on_handshake_done();
    if (!(what & (BEV_EVENT_EOF | BEV_EVENT_ERROR))) return;
    if (stage_ == Stage::handshake) return on_handshake_failed();
    on_cut();
}

void Stream::on_handshake_done() {
    const auto key = crypto::peer_key(tls());
    if (key) {
        if (info_.dialled && *key != dialled_peer_)
            return end(Fault::wrong_key, "it proved another key than its onion address names");
        info_.peer = *key;
    } else if (info_.dialled || key.error() != crypto::PeerKeyProblem::none_shown) {
        auto [fault, why] = blame(key.error());
        return end(fault, std::move(why));
    }
    if (info_.dialled == DialKind::self_check) {
        proved_ = true;
        return end(std::nullopt, "reachable");
    }
    enter(Stage::open, base::never);
    was_open_ = true;
    info_.since = now().mono;
    // Before the news: what is sent from inside on_link_up may already need reading to proceed.
    if (!owner_.throttled()) bufferevent_enable(bev_.get(), EV_READ);
    owner_.stream_opened(*this);
}

void Stream::on_handshake_failed() {
    const TlsErrors errors(bev_.get());
    if (!errors.protocol) return end(std::nullopt, "the stream ended during the TLS handshake");
    if (errors.certificate) return end(Fault::bad_certificate, "TLS refused its certificate: " + errors.text);
    end(Fault::bad_handshake, "the TLS handshake failed: " + errors.text);
}

void Stream::send(FramePtr frame) {
    if (stage_ != Stage::open) return;
    ENSURE(frame && !frame->empty() && frame->size() <= base::limits::frame_bytes_max,
           "a frame in its limits");
    const std::size_t whole = length_bytes + frame->size();
    if (unsent() + whole > options_.send_queue_bytes_max)
        return end(Fault::slow_reader, "it does not read what we send");
    evbuffer* const output = bufferevent_get_output(bev_.get());
    const auto length = base::big_endian(static_cast<std::uint32_t>(frame->size()));
    int failed = evbuffer_add(output, length.data(), length.size());
    if (frame->size() <= copied_bytes_max) {
        failed |= evbuffer_add(output, frame->data(), frame->size());
    } else {
        auto* const held = new FramePtr(std::move(frame));
        failed |= evbuffer_add_reference(
            output, (*held)->data(), (*held)->size(),
            [](const void*, std::size_t, void* holder) { delete static_cast<FramePtr*>(holder); }, held);
    }
    ENSURE(!failed, "out of memory");
    bytes_queued_ += whole;
    undrained_ = true;
}

void Stream::on_writable() {
    if (!bev_ || unsent() > 0) return;
    if (stage_ == Stage::flushing) return say_goodbye();
    if (stage_ == Stage::open && std::exchange(undrained_, false)) owner_.stream_drained(*this);
}

void Stream::throttle_changed() {
    if (stage_ != Stage::open) return;
    if (owner_.throttled()) {
        bufferevent_disable(bev_.get(), EV_READ);
    } else {
        bufferevent_enable(bev_.get(), EV_READ);
        // Frames that were here already when reading stopped: no new byte may come to remind us.
        bufferevent_trigger(bev_.get(), EV_READ, BEV_TRIG_IGNORE_WATERMARKS | BEV_TRIG_DEFER_CALLBACKS);
    }
}

void Stream::close(bool graceful) {
    if (stage_ != Stage::open) return;
    if (!graceful) return end(std::nullopt, "closed");
    enter(Stage::flushing, now().mono + options_.flush_wait);
    bufferevent_setwatermark(bev_.get(), EV_READ, 0, discarded_bytes_max);
    on_readable();
    bufferevent_enable(bev_.get(),
                       EV_READ);  // even if throttled: the other side may have to get rid of its own
    if (unsent() == 0) say_goodbye();
}

void Stream::say_goodbye() {
    SSL_shutdown(tls());  // only says it; the answer is waited for by reading on
    ERR_clear_error();
    ::shutdown(bufferevent_getfd(bev_.get()), SHUT_WR);
    enter(Stage::lingering, deadline_);
}

void Stream::on_readable() {
    if (stage_ == Stage::open) return take_frames();
    if (!bev_) return;
    evbuffer* const input = bufferevent_get_input(bev_.get());  // on its way out: nobody waits for this
    evbuffer_drain(input, evbuffer_get_length(input));
}

void Stream::take_frames() {
    evbuffer* const input = bufferevent_get_input(bev_.get());
    while (!owner_.throttled() && take_frame(input)) {
    }
    if (stage_ != Stage::open) return;
    // Wake us for a whole frame, not for each piece of it.
    bufferevent_setwatermark(bev_.get(), EV_READ, length_bytes + frame_ahead(input).value_or(0),
                             input_bytes_max);
}

// The length of the next frame, if it is known yet.
std::optional<std::size_t> Stream::frame_ahead(evbuffer* from) {
    std::array<std::uint8_t, length_bytes> head;
    if (evbuffer_copyout(from, head.data(), head.size()) != static_cast<ev_ssize_t>(head.size()))
        return std::nullopt;
    return base::read_big_endian<std::uint32_t>(head);
}

// Delivers one frame if `from` holds it whole; may end the stream. False when there is no next one.
bool Stream::take_frame(evbuffer* from) {
    const std::optional<std::size_t> size = frame_ahead(from);
    if (!size) return false;
    if (*size == 0) return end(Fault::frame_malformed, "an empty frame"), false;
    if (*size > base::limits::frame_bytes_max) return end(Fault::frame_too_long, "a frame too long"), false;
    if (evbuffer_get_length(from) < length_bytes + *size) return false;
    base::Bytes frame(*size);
    evbuffer_drain(from, length_bytes);
    ENSURE(evbuffer_remove(from, frame.data(), *size) == static_cast<int>(*size), "a frame that was there");
    info_.bytes_in += length_bytes + *size;
    owner_.stream_received(*this, std::move(frame));
    return stage_ == Stage::open;  // the owner may have closed it
}

void Stream::on_cut() {
    if (stage_ != Stage::open)
        return end(std::nullopt, stage_ == Stage::lingering ? "closed" : "cut with frames unsent");
    const TlsErrors errors(bev_.get());
    const std::unique_ptr<evbuffer, void (*)(evbuffer*)> rest(evbuffer_new(), &evbuffer_free);
    ENSURE(rest, "out of memory");
    bufferevent_disable(bev_.get(), EV_READ | EV_WRITE);  // emptying the input would make libevent read on
    evbuffer_add_buffer(rest.get(), bufferevent_get_input(bev_.get()));
    if (!errors.protocol) read_rest(rest.get());
    // Also while throttled: a bounded rest, and the last chance to take it.
    while (take_frame(rest.get())) {
    }
    if (stage_ != Stage::open) return end(std::nullopt, "the stream ended");
    if (errors.protocol) return end(Fault::bad_handshake, "TLS failed: " + errors.text);
    if (evbuffer_get_length(rest.get()) > 0)
        return end(Fault::frame_truncated, "the stream ended inside a frame");
    end(std::nullopt, "the stream ended");
}

// If our own write noticed the end, the other side's last bytes still lie in the socket.
void Stream::read_rest(evbuffer* rest) {
    std::array<std::uint8_t, 16 * 1024> buffer;
    while (evbuffer_get_length(rest) < rest_bytes_max) {
        const int got = SSL_read(tls(), buffer.data(), static_cast<int>(buffer.size()));
        if (got <= 0) break;
        evbuffer_add(rest, buffer.data(), static_cast<std::size_t>(got));
    }
    ERR_clear_error();
}

}  // namespace hearsay::net
