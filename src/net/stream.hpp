// net/stream.hpp - one byte stream from its first byte to its last; private to this room.
//
//   inbound:  proxy_line -> handshake -> open -> flushing -> lingering -> over
//   dialled:  socks      -> handshake -> open -> flushing -> lingering -> over      (any -> over)
//
// Until TLS begins the stream reads its descriptor exactly as far as the PROXY line or the SOCKS reply
// goes: the bytes behind belong to TLS.
//
// How bytes move:
//   - What is sent waits until the turn is over and leaves then: many small frames are one TLS record and one
//     write. The descriptor is watched for room only while it has none.
//   - OpenSSL reads ahead: a wake-up costs one read() for all records that are here. What it holds back the
//     descriptor does not show, so reading goes on until it holds nothing (SSL_has_pending).
//   - At most turn_bytes_max each way, then the other streams have their turn.
//   - Frames are made where they were decrypted; only the beginning of one that is not whole yet is kept.
//
// How a stream ends:
//   - end() frees everything at once and tells the owner, which deletes the stream in a later turn
//     of the loop. So a stream never dies under its own feet, and no news comes from inside a call.
//   - Gracefully: write what is queued (flushing), say goodbye (TLS close_notify, half-close), then
//     throw away what still arrives until the other side closes too (lingering). Closing with
//     unread bytes would reset the stream and could take our last frames with it.
//   - The other side's last frames count even if our own write is what noticed its going: they are
//     read out of the socket first.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "net/links.hpp"
#include "net/socks.hpp"

struct evbuffer;
struct ssl_ctx_st;
struct ssl_st;

namespace hearsay::net {

enum class Stage { proxy_line, socks, handshake, open, flushing, lingering, over };

class Stream;

// What a stream asks of the table that holds it.
class StreamOwner {
public:
    virtual ~StreamOwner() = default;
    virtual bool admits_circuit(const Stream& stream, std::uint64_t circuit) const = 0;
    virtual ssl_ctx_st* tls_context(const Stream& stream) const = 0;
    virtual bool throttled() const = 0;
    virtual void stream_opened(Stream& stream) = 0;
    virtual void stream_received(Stream& stream, base::Bytes frame) = 0;
    virtual void stream_drained(Stream& stream) = 0;
    virtual void stream_ended(Stream& stream) = 0;  // must not call back or delete before the next turn
    virtual void deadline_changed() = 0;
};

// Why and how far it came; kept until the owner has told the news.
struct StreamEnd {
    std::optional<base::Fault> fault;
    std::string why;
};

class Stream {
public:
    Stream(Loop& loop, StreamOwner& owner, const LinksOptions& options, base::LinkId id);
    ~Stream();
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    // Exactly one of these, once.
    void start_inbound(UniqueFd fd);
    void start_dialled(const base::PeerId& peer, DialKind kind, SocksClient socks, base::Millis patience);

    void send(FramePtr frame);
    void close(bool graceful);
    void throttle_changed();
    void time_out();  // the owner saw deadline() pass
    void end(std::optional<base::Fault> fault, std::string why);

    Stage stage() const { return stage_; }
    bool was_open() const { return was_open_; }  // its link was announced
    bool proved() const { return proved_; }      // a self_check that succeeded
    const StreamEnd& ending() const { return ending_; }
    base::MonoTime deadline() const { return deadline_; }  // base::never: none
    base::LinkId id() const { return info_.link; }
    std::optional<DialKind> dialled() const { return info_.dialled; }
    const base::PeerId& dialled_peer() const { return dialled_peer_; }
    std::optional<std::uint64_t> circuit() const { return info_.circuit; }
    LinkInfo info() const;

private:
    // stream.cpp: before TLS, and life and death
    void watch(UniqueFd fd, Stage stage, base::Millis wait);
    void on_fd_readable();
    void read_proxy_line();
    void read_socks();
    bool send_all(base::ByteView bytes);
    void enter(Stage stage, base::MonoTime deadline);

    // stream_tls.cpp: TLS and frames
    void start_tls(bool server);
    void on_fd_writable();
    void shake_hands();
    void on_handshake_done();
    void on_handshake_failed();
    void read_tls();
    void on_decrypted(base::ByteView bytes);
    void take_received();
    std::size_t take_frames(base::ByteView from, bool last);
    void write_tls();
    void on_written();
    void come_back();
    void on_cut();
    void read_rest();
    void say_goodbye();
    std::size_t unsent() const;

    struct TlsFree {
        void operator()(ssl_st* handle) const;
    };
    struct BufferFree {
        void operator()(evbuffer* handle) const;
    };

    Loop& loop_;
    StreamOwner& owner_;
    const LinksOptions& options_;
    LinkInfo info_;
    base::PeerId dialled_peer_;
    Stage stage_ = Stage::over;
    base::MonoTime deadline_ = base::never;
    StreamEnd ending_;
    bool was_open_ = false;
    bool proved_ = false;

    UniqueFd fd_;  // declared before the events that watch it
    EventHandle fd_event_;
    base::Bytes received_;  // the PROXY line, the part of a SOCKS reply, or the beginning of a frame, so far
    std::optional<SocksClient> socks_;

    std::unique_ptr<ssl_st, TlsFree> tls_;
    EventHandle write_event_;  // added while the descriptor has no room; made active when there is something
    std::unique_ptr<evbuffer, BufferFree> output_;
    bool read_again_ = false;         // when the write event comes
    bool write_wants_read_ = false;   // OpenSSL has to read before it can write
    std::uint64_t bytes_queued_ = 0;  // ever
    bool undrained_ = false;          // something was queued since the last stream_drained()
};

}  // namespace hearsay::net
