// TLS and frames of net/stream.hpp.
#include <array>
#include <sys/socket.h>
#include <utility>

#include <event2/buffer.h>
#include <event2/event.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "base/ensure.hpp"
#include "base/guard.hpp"
#include "base/limits/frames.hpp"
#include "base/limits/links.hpp"
#include "crypto/certificate.hpp"
#include "net/stream.hpp"

namespace hearsay::net {
namespace {

using base::Fault;

// Up to here a frame is copied behind its length and leaves in the same TLS record; a record costs
// 22 bytes, which matter through Tor, while the copy of so little does not.
constexpr std::size_t copied_bytes_max = 4096;

constexpr std::size_t record_bytes_max = 16 * 1024;  // RFC 8446 section 5.1
// What one stream reads, and writes, before the others have their turn.
constexpr std::size_t turn_bytes_max = 64 * 1024;
// Frames, too: a small one costs as much as a large one. Seventy links that have as many waiting
// hold the others up for some 20 ms.
constexpr std::size_t turn_frames_max = 64;
// Either side's flights are less than 2 KiB, most of it a key of ML-KEM-768; OpenSSL would hold
// 128 KiB of a client hello.
constexpr std::uint64_t handshake_bytes_max = 16 * 1024;
// More than a Unix socket holds, whatever its buffer size (net.core.wmem_max is 208 KiB).
constexpr std::size_t rest_bytes_max = 2 * (frame_length_bytes + base::limits::frame_bytes_max);

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

// What OpenSSL had to say about its last call, if that failed; takes it out of there.
struct TlsErrors {
    bool protocol = false;     // the other side broke TLS; else the stream was only cut
    bool certificate = false;  // and it was about what it showed
    std::string text;

    TlsErrors() {
        while (const unsigned long error = ERR_get_error()) {
            if (ERR_SYSTEM_ERROR(error)) continue;
            if (ERR_GET_REASON(error) == SSL_R_UNEXPECTED_EOF_WHILE_READING) continue;
            protocol = true;
            certificate = certificate || is_about_certificate(error);
            std::array<char, 256> line;
            ERR_error_string_n(error, line.data(), line.size());
            text += (text.empty() ? "" : "; ") + std::string(line.data());
        }
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

void Stream::TlsFree::operator()(ssl_st* handle) const {
    SSL_free(handle);
}
void Stream::BufferFree::operator()(evbuffer* handle) const {
    evbuffer_free(handle);
}

std::size_t Stream::unsent() const {
    return output_ ? evbuffer_get_length(output_.get()) : 0;
}

void Stream::report_held() {
    const std::size_t partial = stage_ == Stage::over ? 0 : cutter_.held();
    const std::size_t unsent_now = stage_ == Stage::over ? 0 : unsent();
    const auto more =
        static_cast<std::ptrdiff_t>(partial - std::exchange(reported_partial_, partial));
    const auto more_unsent =
        static_cast<std::ptrdiff_t>(unsent_now - std::exchange(reported_unsent_, unsent_now));
    if (more != 0 || more_unsent != 0) owner_.stream_holds(more, more_unsent);
}

LinkInfo Stream::info() const {
    LinkInfo info = info_;
    if (output_) {
        info.queued = unsent();
        info.bytes_out = bytes_queued_ - info.queued;
    }
    return info;
}

void Stream::start_tls(bool server) {
    received_ = {};
    tls_.reset(SSL_new(owner_.tls_context(*this)));
    if (!tls_ || SSL_set_fd(tls_.get(), fd_.get()) != 1)
        return end(std::nullopt, "no TLS: " + crypto::tls_error_text());
    server ? SSL_set_accept_state(tls_.get()) : SSL_set_connect_state(tls_.get());
    SSL_set_msg_callback(tls_.get(),
                         [](int write, int, int type, const void*, std::size_t, SSL*, void* self) {
                             base::guarded("a link", [&] {
                                 if (write == 0 && type == SSL3_RT_HANDSHAKE)
                                     ++static_cast<Stream*>(self)->tls_messages_;
                             });
                         });
    SSL_set_msg_callback_arg(tls_.get(), this);
    // The buffer moves when more is queued behind what could not be written yet.
    SSL_set_mode(tls_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_set_read_ahead(tls_.get(), 1);
    output_.reset(evbuffer_new());
    write_event_.reset(event_new(
        loop_.raw(), fd_.get(), EV_WRITE,
        [](evutil_socket_t, short, void* self) {
            base::guarded("a link", [&] { static_cast<Stream*>(self)->on_fd_writable(); });
        },
        this));
    if (!output_ || !write_event_) return end(std::nullopt, "out of memory for TLS");
    enter(Stage::handshake, now().mono + (server ? options_.accept_wait : options_.handshake_wait));
    if (!server || owner_.stream_advanced(*this)) event_active(write_event_.get(), EV_WRITE, 0);
}

void Stream::on_fd_writable() {
    if (stage_ == Stage::handshake) return shake_hands();
    if (std::exchange(read_again_, false)) read_tls();
    if (stage_ != Stage::over) write_tls();
}

void Stream::shake_hands() {
    ERR_clear_error();
    const int done = SSL_do_handshake(tls_.get());
    if (done == 1) {
        tls_messages_ = 0;
        on_handshake_done();
        if (stage_ != Stage::over) read_tls();  // what came with it
        return;
    }
    const int wants = SSL_get_error(tls_.get(), done);
    if (wants != SSL_ERROR_WANT_WRITE && wants != SSL_ERROR_WANT_READ) return on_handshake_failed();
    if (BIO_number_read(SSL_get_rbio(tls_.get())) > handshake_bytes_max)
        return end(Fault::bad_handshake, "the TLS handshake is too long");
    if (wants == SSL_ERROR_WANT_WRITE) event_add(write_event_.get(), nullptr);
}

void Stream::on_handshake_done() {
    const auto key = crypto::peer_key(tls_.get());
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
    if (!info_.dialled && !owner_.stream_advanced(*this)) return;
    was_open_ = true;
    info_.since = now().mono;
    watch_reading();
    owner_.stream_opened(*this);
}

void Stream::on_handshake_failed() {
    const TlsErrors errors;
    if (!errors.protocol) return end(std::nullopt, "the stream ended during the TLS handshake");
    if (errors.certificate)
        return end(Fault::bad_certificate, "TLS refused its certificate: " + errors.text);
    end(Fault::bad_handshake, "the TLS handshake failed: " + errors.text);
}

void Stream::send(FramePtr frame) {
    if (stage_ != Stage::open) return;
    ENSURE(frame && !frame->empty() && frame->size() <= base::limits::frame_bytes_max,
           "a frame in its limits");
    const std::size_t whole = frame_length_bytes + frame->size();
    if (unsent() + whole > options_.send_queue_bytes_max)
        return end(Fault::slow_reader, "it does not read what we send");
    evbuffer* const output = output_.get();
    const auto length = base::big_endian(static_cast<std::uint32_t>(frame->size()));
    int failed = evbuffer_add(output, length.data(), length.size());
    if (frame->size() <= copied_bytes_max) {
        failed |= evbuffer_add(output, frame->data(), frame->size());
    } else {
        auto* const held = new FramePtr(std::move(frame));
        failed |= evbuffer_add_reference(
            output, (*held)->data(), (*held)->size(),
            [](const void*, std::size_t, void* holder) {
                base::guarded("a link", [&] { delete static_cast<FramePtr*>(holder); });
            },
            held);
    }
    ENSURE(!failed, "out of memory");
    bytes_queued_ += whole;
    undrained_ = true;
    if (drain_since_ == base::never) {
        drain_since_ = now().mono;
        watch_time();
    }
    if (!info_.dialled && !busy_ && unsent() > options_.send_queue_busy_bytes) {
        busy_ = true;
        watch_reading();
    }
    report_held();
    if (stage_ != Stage::open) return;
    // Leaves when this turn of the loop is over, with what is queued until then.
    if (!event_pending(write_event_.get(), EV_WRITE, nullptr))
        event_active(write_event_.get(), EV_WRITE, 0);
}

void Stream::write_tls() {
    std::size_t written = 0;
    while (unsent() > 0) {
        if (written >= turn_bytes_max) {
            event_add(write_event_.get(), nullptr);
            return;
        }
        const std::size_t piece = std::min(unsent(), record_bytes_max);
        const unsigned char* const bytes =
            evbuffer_pullup(output_.get(), static_cast<ev_ssize_t>(piece));
        ENSURE(bytes, "out of memory");
        ERR_clear_error();
        const int done = SSL_write(tls_.get(), bytes, static_cast<int>(piece));
        if (done <= 0) {
            const int wants = SSL_get_error(tls_.get(), done);
            if (wants == SSL_ERROR_WANT_READ)
                write_wants_read_ = true;
            else if (wants == SSL_ERROR_WANT_WRITE)
                event_add(write_event_.get(), nullptr);
            else
                on_cut();
            return;
        }
        evbuffer_drain(output_.get(), static_cast<std::size_t>(done));
        written += static_cast<std::size_t>(done);
        on_moved(static_cast<std::size_t>(done));
    }
    on_written();
}

// So many bytes less are unsent.
void Stream::on_moved(std::size_t bytes) {
    report_held();
    if (busy_ && unsent() <= options_.send_queue_busy_bytes / 2) {
        busy_ = false;
        watch_reading();
    }
    drained_ += bytes;
    if (unsent() > 0 && drained_ < base::limits::drain_bytes_min) return;
    drained_ = 0;
    drain_since_ = unsent() > 0 ? now().mono : base::never;
    if (stage_ == Stage::open) watch_time();
}

void Stream::on_written() {
    if (stage_ == Stage::flushing) return say_goodbye();
    if (stage_ == Stage::open && std::exchange(undrained_, false)) owner_.stream_drained(*this);
}

void Stream::throttle_changed() {
    watch_reading();
}

void Stream::watch_reading() {
    if (stage_ != Stage::open) return;
    if (!may_read()) {
        event_del(fd_event_.get());
        return;
    }
    if (event_pending(fd_event_.get(), EV_READ, nullptr)) return;
    event_add(fd_event_.get(), nullptr);
    // For what was here already when reading stopped: no new byte may come to remind us.
    event_active(fd_event_.get(), EV_READ, 0);
}

// The deadline of a link: of what is unsent, and of the frame that is not whole.
void Stream::watch_time() {
    const auto after = [](base::MonoTime since, base::Millis wait) {
        return since == base::never ? base::never : since + wait;
    };
    const base::MonoTime next = std::min(after(drain_since_, options_.drain_wait),
                                         after(partial_since_, options_.frame_wait));
    if (next != deadline_) enter(Stage::open, next);
}

void Stream::close(bool graceful) {
    if (stage_ != Stage::open) return;
    if (!graceful) return end(std::nullopt, "closed");
    enter(Stage::flushing, now().mono + options_.flush_wait);
    cutter_.clear();
    report_held();
    // Even if throttled: the other side may have to get rid of its own.
    event_add(fd_event_.get(), nullptr);
    if (owner_.stream_advanced(*this) && unsent() == 0) say_goodbye();
}

void Stream::say_goodbye() {
    ERR_clear_error();
    SSL_shutdown(tls_.get());  // only says it; the answer is waited for by reading on
    ::shutdown(fd_.get(), SHUT_WR);
    enter(Stage::lingering, deadline_);
}

void Stream::read_tls() {
    std::array<std::uint8_t, record_bytes_max> buffer;
    std::size_t taken = 0;
    std::size_t frames = 0;
    while (true) {
        if (stage_ == Stage::open) frames += deliver(turn_frames_max - frames);
        if (stage_ == Stage::over || (stage_ == Stage::open && !may_read())) return;
        if (taken >= turn_bytes_max || (stage_ == Stage::open && cutter_.has_next()))
            return come_back();
        if (taken > 0 && SSL_has_pending(tls_.get()) == 0) return;
        ERR_clear_error();
        const int got = SSL_read(tls_.get(), buffer.data(), static_cast<int>(buffer.size()));
        const int wants = SSL_get_error(tls_.get(), got);
        if (!within_tls_budget()) return;
        if (got <= 0) {
            if (wants == SSL_ERROR_WANT_WRITE) return come_back();
            if (wants != SSL_ERROR_WANT_READ) on_cut();
            return;
        }
        taken += static_cast<std::size_t>(got);
        // On its way out nobody waits for this.
        if (stage_ == Stage::open) cutter_.add({buffer.data(), static_cast<std::size_t>(got)});
    }
}

// False if the stream sent too many messages of TLS itself; it has ended then.
bool Stream::within_tls_budget() {
    const std::int64_t messages = std::exchange(tls_messages_, 0);
    if (messages == 0 || tls_budget_.take(base::limits::tls_messages_rate, messages, now().mono))
        return true;
    end(Fault::too_many_requests, "it sends TLS messages that bring nothing");
    return false;
}

// Reads on in the loop's next turn, whether or not there is room to write.
void Stream::come_back() {
    constexpr timeval at_once{0, 0};
    read_again_ = true;
    event_add(write_event_.get(), &at_once);
}

// Delivers whole frames, at most so many, and answers how many; may end the stream.
std::size_t Stream::deliver(std::size_t most) {
    std::size_t frames = 0;
    while (stage_ == Stage::open && frames < most && may_read()) {
        auto frame = cutter_.next();
        if (!frame) {
            const bool empty = frame.error() == Fault::frame_malformed;
            end(frame.error(), empty ? "an empty frame" : "a frame too long");
            return frames;
        }
        if (!*frame) break;
        ++frames;
        info_.bytes_in += frame_length_bytes + (*frame)->size();
        owner_.stream_received(*this, std::move(**frame));
    }
    if (stage_ != Stage::open) return frames;
    // A frame that waits for its turn is not a slow one.
    const bool partial = cutter_.held() > 0 && !cutter_.has_next();
    if (!partial)
        partial_since_ = base::never;
    else if (frames > 0 || partial_since_ == base::never)
        partial_since_ = now().mono;
    watch_time();
    report_held();
    return frames;
}

void Stream::on_cut() {
    if (stage_ != Stage::open)
        return end(std::nullopt, stage_ == Stage::lingering ? "closed" : "cut with frames unsent");
    const TlsErrors errors;
    if (!errors.protocol) read_rest();
    // Also while nothing is read: a bounded rest, and the last chance to take it.
    while (stage_ == Stage::open && cutter_.has_next()) {
        auto frame = cutter_.next();
        if (!frame) return end(frame.error(), "the stream ended with a broken frame");
        info_.bytes_in += frame_length_bytes + (*frame)->size();
        owner_.stream_received(*this, std::move(**frame));
    }
    if (stage_ != Stage::open) return end(std::nullopt, "the stream ended");
    if (errors.protocol) return end(Fault::bad_handshake, "TLS failed: " + errors.text);
    if (cutter_.held() > 0) return end(Fault::frame_truncated, "the stream ended inside a frame");
    end(std::nullopt, "the stream ended");
}

// If our own write noticed the end, the other side's last bytes still lie in the socket.
void Stream::read_rest() {
    std::array<std::uint8_t, record_bytes_max> buffer;
    while (cutter_.held() < rest_bytes_max) {
        const int got = SSL_read(tls_.get(), buffer.data(), static_cast<int>(buffer.size()));
        if (got <= 0) break;
        cutter_.add({buffer.data(), static_cast<std::size_t>(got)});
    }
    ERR_clear_error();
}

}  // namespace hearsay::net
