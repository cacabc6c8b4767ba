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
#include "crypto/certificate.hpp"
#include "net/stream.hpp"

namespace hearsay::net {
namespace {

using base::Fault;

constexpr std::size_t length_bytes = 4;
// Up to here a frame is copied behind its length and leaves in the same TLS record; a record costs
// 22 bytes, which matter through Tor, while the copy of so little does not.
constexpr std::size_t copied_bytes_max = 4096;

constexpr std::size_t record_bytes_max = 16 * 1024;  // RFC 8446 section 5.1
// What one stream reads, and writes, before the others have their turn.
constexpr std::size_t turn_bytes_max = 64 * 1024;
// More than a Unix socket holds, whatever its buffer size (net.core.wmem_max is 208 KiB).
constexpr std::size_t rest_bytes_max = 2 * (length_bytes + base::limits::frame_bytes_max);

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
    // An inbound stream has one deadline for its PROXY line and TLS together.
    enter(Stage::handshake, server ? deadline_ : now().mono + options_.handshake_wait);
    event_active(write_event_.get(), EV_WRITE, 0);
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
        on_handshake_done();
        if (stage_ != Stage::over) read_tls();  // what came with it
        return;
    }
    const int wants = SSL_get_error(tls_.get(), done);
    if (wants == SSL_ERROR_WANT_WRITE) event_add(write_event_.get(), nullptr);
    if (wants != SSL_ERROR_WANT_WRITE && wants != SSL_ERROR_WANT_READ) on_handshake_failed();
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
    was_open_ = true;
    info_.since = now().mono;
    if (owner_.throttled()) event_del(fd_event_.get());
    owner_.stream_opened(*this);
}

void Stream::on_handshake_failed() {
    const TlsErrors errors;
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
    // Leaves when this turn of the loop is over, with what is queued until then.
    if (!event_pending(write_event_.get(), EV_WRITE, nullptr)) event_active(write_event_.get(), EV_WRITE, 0);
}

void Stream::write_tls() {
    std::size_t written = 0;
    while (unsent() > 0) {
        if (written >= turn_bytes_max) {
            event_add(write_event_.get(), nullptr);
            return;
        }
        const std::size_t piece = std::min(unsent(), record_bytes_max);
        const unsigned char* const bytes = evbuffer_pullup(output_.get(), static_cast<ev_ssize_t>(piece));
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
    }
    on_written();
}

void Stream::on_written() {
    if (stage_ == Stage::flushing) return say_goodbye();
    if (stage_ == Stage::open && std::exchange(undrained_, false)) owner_.stream_drained(*this);
}

void Stream::throttle_changed() {
    if (stage_ != Stage::open) return;
    if (owner_.throttled()) {
        event_del(fd_event_.get());
    } else {
        event_add(fd_event_.get(), nullptr);
        // For what was here already when reading stopped: no new byte may come to remind us.
        event_active(fd_event_.get(), EV_READ, 0);
    }
}

void Stream::close(bool graceful) {
    if (stage_ != Stage::open) return;
    if (!graceful) return end(std::nullopt, "closed");
    enter(Stage::flushing, now().mono + options_.flush_wait);
    received_ = {};
    // Even if throttled: the other side may have to get rid of its own.
    event_add(fd_event_.get(), nullptr);
    if (unsent() == 0) say_goodbye();
}

void Stream::say_goodbye() {
    ERR_clear_error();
    SSL_shutdown(tls_.get());  // only says it; the answer is waited for by reading on
    ::shutdown(fd_.get(), SHUT_WR);
    enter(Stage::lingering, deadline_);
}

void Stream::read_tls() {
    if (stage_ == Stage::open) take_received();
    std::array<std::uint8_t, record_bytes_max> buffer;
    std::size_t taken = 0;
    while (stage_ != Stage::over && !(stage_ == Stage::open && owner_.throttled())) {
        if (taken >= turn_bytes_max) return come_back();
        ERR_clear_error();
        const int got = SSL_read(tls_.get(), buffer.data(), static_cast<int>(buffer.size()));
        if (got <= 0) {
            const int wants = SSL_get_error(tls_.get(), got);
            if (wants == SSL_ERROR_WANT_WRITE) return come_back();
            if (wants != SSL_ERROR_WANT_READ) on_cut();
            return;
        }
        taken += static_cast<std::size_t>(got);
        on_decrypted({buffer.data(), static_cast<std::size_t>(got)});
        if (stage_ != Stage::over && SSL_has_pending(tls_.get()) == 0) return;
    }
}

// Reads on in the loop's next turn, whether or not there is room to write.
void Stream::come_back() {
    constexpr timeval at_once{0, 0};
    read_again_ = true;
    event_add(write_event_.get(), &at_once);
}

void Stream::on_decrypted(base::ByteView bytes) {
    if (stage_ != Stage::open) return;  // on its way out: nobody waits for this
    if (received_.empty()) {
        const std::size_t used = take_frames(bytes, false);
        // total: take_frames() uses no more than it is given
        if (stage_ == Stage::open) base::append(received_, bytes.subspan(used));
    } else {
        base::append(received_, bytes);
        take_received();
    }
}

// The length of the next frame, if it is known yet.
static std::optional<std::size_t> frame_ahead(base::ByteView from) {
    if (from.size() < length_bytes) return std::nullopt;
    return base::read_big_endian<std::uint32_t>(from.first<length_bytes>());
}

// Out of what was kept. A large frame comes in many pieces: nothing is moved until it is whole.
void Stream::take_received() {
    if (owner_.throttled()) return;
    const std::optional<std::size_t> ahead = frame_ahead(received_);
    if (!ahead || (*ahead <= base::limits::frame_bytes_max && received_.size() < length_bytes + *ahead))
        return;
    const base::Bytes all = std::exchange(received_, {});  // the owner may close us meanwhile
    const std::size_t used = take_frames(all, false);
    // total: as in on_decrypted()
    if (stage_ == Stage::open) base::append(received_, base::ByteView(all).subspan(used));
}

// Delivers the whole frames of `from` and answers how many bytes those were; may end the stream. Throttled
// links get none, except their last.
std::size_t Stream::take_frames(base::ByteView from, bool last) {
    std::size_t used = 0;
    while (stage_ == Stage::open && (last || !owner_.throttled())) {
        // total: used grows by frames that lie within
        const base::ByteView rest = from.subspan(used);
        const std::optional<std::size_t> size = frame_ahead(rest);
        if (!size) break;
        if (*size == 0) {
            end(Fault::frame_malformed, "an empty frame");
            break;
        }
        if (*size > base::limits::frame_bytes_max) {
            end(Fault::frame_too_long, "a frame too long");
            break;
        }
        if (rest.size() < length_bytes + *size) break;
        used += length_bytes + *size;
        info_.bytes_in += length_bytes + *size;
        owner_.stream_received(*this, base::to_bytes(rest.subspan(length_bytes, *size)));
    }
    return used;
}

void Stream::on_cut() {
    if (stage_ != Stage::open)
        return end(std::nullopt, stage_ == Stage::lingering ? "closed" : "cut with frames unsent");
    const TlsErrors errors;
    if (!errors.protocol) read_rest();
    // Also while throttled: a bounded rest, and the last chance to take it.
    const base::Bytes rest = std::exchange(received_, {});
    const std::size_t used = take_frames(rest, true);
    if (stage_ != Stage::open) return end(std::nullopt, "the stream ended");
    if (errors.protocol) return end(Fault::bad_handshake, "TLS failed: " + errors.text);
    if (used < rest.size()) return end(Fault::frame_truncated, "the stream ended inside a frame");
    end(std::nullopt, "the stream ended");
}

// If our own write noticed the end, the other side's last bytes still lie in the socket.
void Stream::read_rest() {
    std::array<std::uint8_t, record_bytes_max> buffer;
    while (received_.size() < rest_bytes_max) {
        const int got = SSL_read(tls_.get(), buffer.data(), static_cast<int>(buffer.size()));
        if (got <= 0) break;
        base::append(received_, {buffer.data(), static_cast<std::size_t>(got)});
    }
    ERR_clear_error();
}

}  // namespace hearsay::net
