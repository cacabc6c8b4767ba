#include "api/transport/connection.hpp"

#include <cstdio>
#include <utility>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>

#include "api/encode/answers.hpp"
#include "api/transport/server.hpp"
#include "base/ensure.hpp"
#include "base/guard.hpp"
#include "base/limits/api.hpp"

namespace hearsay::api {

namespace {

timeval to_timeval(base::Millis wait) {
    timeval out{};
    out.tv_sec = static_cast<decltype(out.tv_sec)>(wait.count() / 1000);
    out.tv_usec = static_cast<decltype(out.tv_usec)>(wait.count() % 1000 * 1000);
    return out;
}

void write(bufferevent* stream, std::string_view bytes) {
    bufferevent_write(stream, bytes.data(), bytes.size());
}

HttpReader fresh_reader(const ServerLimits& limits) {
    return {HttpReader::Kind::request,
            {limits.head_bytes_max, base::limits::api_fields_max, limits.body_bytes_max}};
}

// The status line and the answer's fields, then the gate's; how long it is, the caller adds.
std::string begin_head(const Response& response, std::span<const HttpField> of_gate) {
    std::string head = "HTTP/1.1 " + std::to_string(response.status) + " ";
    head += http_reason(response.status);
    head += "\r\n";
    for (const HttpField& field : response.fields) {
        ENSURE((field.name + field.value).find_first_of("\r\n") == std::string::npos,
               "a field of ours is one line");
        head += field.name + ": " + field.value + "\r\n";
    }
    for (const HttpField& field : of_gate)
        if (response.find(field.name) == nullptr) head += field.name + ": " + field.value + "\r\n";
    return head;
}

}  // namespace

Connection::Connection(Server& server, std::uint64_t id)
    : server_(server), id_(id), reader_(fresh_reader(server.limits_)) {}

Connection::~Connection() {
    if (feed_ != nullptr) feed_->leave(*this);
    if (deadline_ != nullptr) event_free(deadline_);
    if (stranger_deadline_ != nullptr) event_free(stranger_deadline_);
    if (stream_ != nullptr) bufferevent_free(stream_);
}

bool Connection::start(base::UniqueFd fd) {
    stream_ = bufferevent_socket_new(server_.base_, fd.get(), BEV_OPT_CLOSE_ON_FREE);
    if (stream_ == nullptr) return false;
    fd.release();
    deadline_ = event_new(
        server_.base_, -1, 0,
        [](evutil_socket_t, short, void* self) {
            base::guarded("the local interface",
                          [&] { static_cast<Connection*>(self)->on_deadline(); });
        },
        this);
    if (deadline_ == nullptr) return false;
    stranger_ = server_.gate_->meets_strangers();
    if (stranger_) {
        stranger_deadline_ = event_new(
            server_.base_, -1, 0,
            [](evutil_socket_t, short, void* self) {
                base::guarded("the local interface",
                              [&] { static_cast<Connection*>(self)->close(); });
            },
            this);
        if (stranger_deadline_ == nullptr) return false;
        const timeval most = to_timeval(server_.limits_.stranger_wait);
        event_add(stranger_deadline_, &most);
    }
    bufferevent_setcb(
        stream_,
        [](bufferevent*, void* self) {
            base::guarded("the local interface",
                          [&] { static_cast<Connection*>(self)->on_readable(); });
        },
        [](bufferevent*, void* self) {
            base::guarded("the local interface",
                          [&] { static_cast<Connection*>(self)->on_written(); });
        },
        [](bufferevent*, short what, void* self) {
            base::guarded("the local interface",
                          [&] { static_cast<Connection*>(self)->on_ended(what); });
        },
        this);
    bufferevent_setwatermark(stream_, EV_READ, 0, base::limits::api_pending_bytes_max);
    const timeval write_wait = to_timeval(server_.limits_.write_wait);
    bufferevent_set_timeouts(stream_, nullptr, &write_wait);
    read_next();
    return bufferevent_enable(stream_, EV_READ | EV_WRITE) == 0;
}

void Connection::read_next() {
    phase_ = Phase::reading;
    ++exchange_;
    reader_ = fresh_reader(server_.limits_);
    set_deadline(server_.limits_.idle_wait);
}

void Connection::set_deadline(base::Millis wait) {
    const timeval time = to_timeval(wait);
    event_add(deadline_, &time);
}

void Connection::on_readable() {
    if (reading_now_) return;  // an answer came at once; the loop below goes on by itself
    const std::shared_ptr<Connection> alive = shared_from_this();
    reading_now_ = true;
    evbuffer* const input = bufferevent_get_input(stream_);
    evbuffer* const output = bufferevent_get_output(stream_);
    while (phase_ == Phase::reading && evbuffer_get_length(input) != 0 &&
           evbuffer_get_length(output) <= base::limits::api_unread_bytes_max) {
        evbuffer_iovec part{};
        evbuffer_peek(input, -1, nullptr, &part, 1);
        const bool fresh = reader_.untouched();
        const bool had_head = reader_.state() == HttpReader::State::body;
        const std::size_t used =
            reader_.feed({static_cast<const char*>(part.iov_base), part.iov_len});
        evbuffer_drain(input, used);
        if (fresh) set_deadline(server_.limits_.request_wait);
        if (reader_.state() == HttpReader::State::failed) {
            on_bad_request();
        } else if (reader_.state() != HttpReader::State::head) {
            if (!had_head && !on_head()) continue;
            if (reader_.state() == HttpReader::State::done) on_request();
        }
    }
    if (phase_ == Phase::ending || phase_ == Phase::streaming)
        evbuffer_drain(input, evbuffer_get_length(input));
    reading_now_ = false;
    if (phase_ == Phase::reading && client_done_) close();
}

void Connection::on_bad_request() {
    keep_alive_ = false;
    const HttpError& error = reader_.error();
    const base::ErrorCode code =
        error.status == 413 ? base::ErrorCode::exhausted : base::ErrorCode::invalid;
    phase_ = Phase::answering;
    respond(exchange_, error_response(error.status, code, error.text));
}

// False: the gate refused it. Then its body is not waited for, and what follows is not read, unless
// all of it is here.
bool Connection::on_head() {
    const HttpHead& head = reader_.head();
    const bool whole = reader_.state() == HttpReader::State::done;
    keep_alive_ = head.minor == 1 && !head.has_token("connection", "close");
    chunked_ = head.minor == 1;
    head_only_ = head.method == "HEAD";
    if (std::optional<Response> refusal = server_.gate_->refuse_request(head)) {
        keep_alive_ = keep_alive_ && whole;
        phase_ = Phase::answering;
        respond(exchange_, *std::move(refusal));
        return false;
    }
    on_holder(server_.gate_->holder(head));
    if (!whole && head.has_token("expect", "100-continue"))
        write(stream_, "HTTP/1.1 100 Continue\r\n\r\n");
    return true;
}

void Connection::on_holder(std::uint64_t holder) {
    if (!stranger_ || holder == 0) return;
    stranger_ = false;
    holder_ = holder;
    event_del(stranger_deadline_);
}

void Connection::on_holder_ended(std::uint64_t holder) {
    if (holder_ != holder || holder == 0) return;
    keep_alive_ = false;
    if (phase_ == Phase::streaming || phase_ == Phase::reading) close();
}

void Connection::on_request() {
    phase_ = Phase::answering;
    set_deadline(server_.limits_.answer_wait);
    server_.handler_.handle(reader_.head(), reader_.body(),
                            [weak = weak_from_this(), exchange = exchange_](Response response) {
                                if (const std::shared_ptr<Connection> self = weak.lock())
                                    self->respond(exchange, std::move(response));
                            });
}

void Connection::respond(std::uint64_t exchange, Response response) {
    if (exchange != exchange_ || phase_ != Phase::answering) return;
    const std::shared_ptr<Connection> alive = shared_from_this();
    if (response.is_stream()) return stream(response);
    const bool keep = keep_alive_;
    // 304 has no body, and a length would be that of the file (RFC 9110 section 15.4.5).
    const std::string length =
        response.status == 304
            ? std::string()
            : "Content-Length: " + std::to_string(response.body().size()) + "\r\n";
    write(stream_, begin_head(response, server_.gate_->fields()) + length +
                       (keep ? "" : "Connection: close\r\n") + "\r\n");
    if (!head_only_) write(stream_, response.body());
    if (!keep) {
        phase_ = Phase::ending;
        event_del(deadline_);  // the write time-out watches from here
        return;
    }
    read_next();
    on_readable();  // what was sent ahead
}

void Connection::stream(const Response& response) {
    if (client_done_) return close();
    phase_ = Phase::streaming;
    event_del(deadline_);
    write(stream_,
          begin_head(response, server_.gate_->fields()) +
              (chunked_ ? "Transfer-Encoding: chunked\r\n\r\n" : "Connection: close\r\n\r\n"));
    feed_ = std::get<Feed*>(response.content);
    feed_->join(*this, response.filter);
    if (!response.first.empty()) send_line(response.first);
}

void Connection::turn_away(Response response) {
    keep_alive_ = false;
    phase_ = Phase::answering;
    respond(exchange_, std::move(response));
}

void Connection::on_fed(std::string_view bytes) {
    const std::shared_ptr<Connection> alive = shared_from_this();
    if (evbuffer_get_length(bufferevent_get_output(stream_)) + bytes.size() >
        server_.limits_.stream_bytes_max) {
        server_.log_.write(base::LogLevel::info, "api",
                           "an event consumer reads too slowly and was cut");
        return close();
    }
    send_line(bytes);
}

void Connection::send_line(std::string_view bytes) {
    if (chunked_) {
        char size[24];
        std::snprintf(size, sizeof size, "%zx\r\n", bytes.size());
        write(stream_, size);
    }
    write(stream_, bytes);
    if (chunked_) write(stream_, "\r\n");
}

void Connection::on_written() {
    if (phase_ == Phase::ending) return close();
    on_readable();  // what waited for the client to read
}

void Connection::on_ended(short what) {
    if ((what & BEV_EVENT_EOF) == 0) return close();  // an error, or nobody read for write_wait
    client_done_ = true;
    if (phase_ == Phase::streaming || phase_ == Phase::reading) return close();
    keep_alive_ = false;  // answering or ending: it may still listen
}

void Connection::on_deadline() {
    if (phase_ == Phase::reading && reader_.untouched()) {
        if (evbuffer_get_length(bufferevent_get_output(stream_)) == 0) return close();
        return set_deadline(server_.limits_.idle_wait);  // still reading the last answer
    }
    keep_alive_ = false;
    if (phase_ == Phase::reading) {
        phase_ = Phase::answering;
        respond(exchange_, error_response(408, base::ErrorCode::invalid,
                                          "the request took too long to arrive"));
    } else if (phase_ == Phase::answering) {
        respond(exchange_,
                error_response(503, base::ErrorCode::unavailable,
                               "the node did not answer in time; it may still do what was asked"));
    }
}

void Connection::close() {
    if (phase_ == Phase::closed) return;
    phase_ = Phase::closed;
    if (feed_ != nullptr) std::exchange(feed_, nullptr)->leave(*this);
    event_del(deadline_);
    if (stranger_deadline_ != nullptr) event_del(stranger_deadline_);
    bufferevent_setcb(stream_, nullptr, nullptr, nullptr, nullptr);
    bufferevent_disable(stream_, EV_READ | EV_WRITE);
    server_.on_closed(id_);  // may destroy us unless a caller holds on
}

}  // namespace hearsay::api
