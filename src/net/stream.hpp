// net/stream.hpp - one byte stream from its first byte to its last; private to this room.
//
//   inbound:  proxy_line -> client_hello -> handshake -> open -> flushing -> lingering -> over
//   dialled:  socks                      -> handshake -> open -> flushing -> lingering -> over
//   any of them -> over
//
// Until TLS begins the stream reads its descriptor exactly as far as the PROXY line or the SOCKS
// reply goes: the bytes behind belong to TLS. Who connects and says nothing costs a descriptor and
// no TLS: that is made when the first byte of a TLS record is here. A handshake of more than
// handshake_bytes_max is none of ours.
//
// How bytes move:
//   - What is sent waits until the turn is over and leaves then: many small frames are one TLS
//     record and one write. The descriptor is watched for room only while it has none.
//   - OpenSSL reads ahead: a wake-up costs one read() for all records that are here. What it holds
//     back the descriptor does not show, so reading goes on until it holds nothing
//     (SSL_has_pending).
//   - At most turn_bytes_max each way and turn_frames_max frames, then the other streams have their
//     turn: whole frames beyond wait in the cutter, and nothing more is read before they went.
//   - Nothing is read from an inbound link while more than send_queue_busy_bytes are unsent, until
//     half of it went: who does not read our answers may not ask for more. Who dialled reads on, so
//     that no two nodes wait for each other.
//   - Messages of TLS itself (KeyUpdate, NewSessionTicket) cost a key derivation each and bring
//     nothing. One SSL_read() takes no more of them than OpenSSL has read ahead, and a link that
//     sends more than tls_messages_rate is ended.
//   - What is unsent has to move: in each drain_wait all of it or drain_bytes_min, else it is a
//     slow_reader. A frame that was begun has to be whole within frame_wait.
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

#include "base/token_bucket.hpp"
#include "net/frame_cutter.hpp"
#include "net/links.hpp"
#include "net/proxy_line.hpp"
#include "net/socks.hpp"

struct evbuffer;
struct ssl_ctx_st;
struct ssl_st;

namespace hearsay::net {

enum class Stage { proxy_line, client_hello, socks, handshake, open, flushing, lingering, over };

class Stream;

// What a stream asks of the table that holds it.
class StreamOwner {
public:
    virtual ~StreamOwner() = default;
    enum class Circuit { fresh, seen, full };
    virtual Circuit look_at_circuit(std::uint64_t circuit) = 0;
    virtual ssl_ctx_st* tls_context(const Stream& stream) const = 0;
    virtual bool throttled() const = 0;
    virtual void stream_opened(Stream& stream) = 0;
    virtual void stream_received(Stream& stream, base::Bytes frame) = 0;
    virtual void stream_drained(Stream& stream) = 0;
    // It came to client_hello, handshake or its end by a graceful close; others of the kind may
    // have to go. True: it may go on.
    virtual bool stream_advanced(Stream& stream) = 0;
    // It holds so many bytes more, or less: of a frame that is not whole, and unsent.
    // May end any stream.
    virtual void stream_holds(std::ptrdiff_t partial, std::ptrdiff_t unsent) = 0;
    // must not call back or delete before the next turn
    virtual void stream_ended(Stream& stream) = 0;
    virtual void deadline_changed(base::MonoTime deadline) = 0;  // of one stream
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
    void start_dialled(const base::PeerId& peer, DialKind kind, SocksClient socks,
                       base::Millis patience);

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
    bool circuit_seen() const { return circuit_seen_; }  // a stream of it came before
    std::size_t unsent() const;
    std::size_t partial() const { return cutter_.held(); }
    LinkInfo info() const;

private:
    // stream.cpp: before TLS, and life and death
    void watch(UniqueFd fd, Stage stage, base::Millis wait);
    void on_fd_readable();
    void read_proxy_line();
    void read_first_byte();
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
    bool within_tls_budget();
    std::size_t deliver(std::size_t most);
    void report_held();
    void watch_reading();
    void watch_time();
    void write_tls();
    void on_moved(std::size_t bytes);
    void on_written();
    void come_back();
    void on_cut();
    void read_rest();
    void say_goodbye();
    bool may_read() const { return !owner_.throttled() && !busy_; }

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
    ProxyLineReader proxy_line_;
    bool circuit_seen_ = false;
    base::Bytes received_;  // the part of a SOCKS reply, so far
    std::optional<SocksClient> socks_;
    FrameCutter cutter_;
    base::MonoTime partial_since_ = base::never;  // when the frame that is not whole was begun

    std::unique_ptr<ssl_st, TlsFree> tls_;
    // added while the descriptor has no room; made active when there is something
    EventHandle write_event_;
    std::unique_ptr<evbuffer, BufferFree> output_;
    std::int64_t tls_messages_ = 0;             // of TLS itself, that came and were not charged yet
    base::TokenBucket tls_budget_;              // of such messages
    bool busy_ = false;                         // too much is unsent to read on
    base::MonoTime drain_since_ = base::never;  // what is unsent has been so since then, but for
    std::size_t drained_ = 0;                   // so many bytes that went
    std::size_t reported_partial_ = 0;
    std::size_t reported_unsent_ = 0;
    bool read_again_ = false;         // when the write event comes
    bool write_wants_read_ = false;   // OpenSSL has to read before it can write
    std::uint64_t bytes_queued_ = 0;  // ever
    bool undrained_ = false;          // something was queued since the last stream_drained()
};

}  // namespace hearsay::net
