#include "api/door/door.hpp"

#include <array>
#include <string>
#include <utility>

#include <event2/event.h>

#include "api.pb.h"
#include "api/door/files.hpp"
#include "api/door/verdict.hpp"
#include "api/encode/answers.hpp"
#include "api/encode/metrics.hpp"
#include "base/guard.hpp"
#include "base/limits/page.hpp"

namespace hearsay::api {

using base::ErrorCode;
namespace limits = base::limits;

namespace {

Response refusal(Verdict verdict) {
    switch (verdict) {
        case Verdict::wrong_host:
            return error_response(403, ErrorCode::denied, "Host is not this node's page");
        case Verdict::foreign_origin:
        case Verdict::foreign_site:
            return error_response(403, ErrorCode::denied,
                                  "another page may not use this node (Origin, Sec-Fetch-Site)");
        case Verdict::wrong_method:
            return error_response(403, ErrorCode::denied,
                                  "expected GET, HEAD, POST, PUT or DELETE, and no upgrade");
        case Verdict::not_json:
            return error_response(415, ErrorCode::invalid,
                                  "expected \"Content-Type: application/json\"");
        case Verdict::read_only: {
            Response out = error_response(405, ErrorCode::invalid, "this path takes GET, HEAD");
            out.fields.push_back({"Allow", "GET, HEAD"});
            return out;
        }
        default: {
            Response out = error_response(401, ErrorCode::denied,
                                          "nobody is logged in here; \"hearsay open\" lets you in");
            out.fields.push_back({"WWW-Authenticate", "Bearer"});
            return out;
        }
    }
}

Response too_many_mistakes() {
    return error_response(429, ErrorCode::denied, "too many wrong codes and tokens");
}

const std::array<HttpField, 7> fields_of_all{
    {{"Content-Security-Policy",
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
      "img-src blob:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; "
      "require-trusted-types-for 'script'; trusted-types 'none'"},
     {"X-Content-Type-Options", "nosniff"},
     {"Cross-Origin-Resource-Policy", "same-origin"},
     {"Cross-Origin-Opener-Policy", "same-origin"},
     {"Cache-Control", "no-store"},
     {"Referrer-Policy", "no-referrer"},
     {"X-Frame-Options", "DENY"}}};  // for what does not know frame-ancestors

}  // namespace

ServerLimits door_limits() {
    ServerLimits out;
    out.connections_max = limits::page_connections_max;
    out.strangers_max = limits::page_strangers_max;
    out.stranger_wait = limits::page_stranger_wait;
    return out;
}

std::span<const HttpField> door_fields() {
    return fields_of_all;
}

class Door::DoorGate final : public Gate {
public:
    explicit DoorGate(Door& door) : door_(door) {}

    // What is bound to the loopback is reached from this machine alone, and who it is there, TCP
    // does not say.
    std::optional<Response> refuse_connection(int) const override { return std::nullopt; }

    std::optional<Response> refuse_request(const HttpHead& head) const override {
        const base::MonoTime now = door_.now();
        const std::string_view token = bearer_of(head);
        const Verdict verdict = door_verdict(head, door_.port_, door_.holder(head) != nobody);
        if (is_allowed(verdict)) return std::nullopt;
        const bool mistake = verdict == Verdict::no_token && !token.empty();
        if (mistake && !door_.keys_.on_mistake(now)) return too_many_mistakes();
        return refusal(verdict);
    }

    Holder holder(const HttpHead& head) const override {
        const Holder found = door_.holder(head);
        if (found != nobody) door_.keys_.on_used(found, door_.now());
        return found;
    }

    bool meets_strangers() const override { return true; }
    std::span<const HttpField> fields() const override { return door_fields(); }

private:
    Door& door_;
};

// Files before routes; what may be asked by whom, the gate has seen.
class Door::Front final : public Handler {
public:
    explicit Front(const Router& router) : router_(router) {}
    void handle(const HttpHead& head, const std::string& body, Respond respond) const override {
        if (is_for_routes(head))
            router_.handle(head, body, std::move(respond));
        else
            respond(file_response(head));
    }

private:
    const Router& router_;
};

Door::Door(event_base* base, DoorMeans means, Backend& backend, Feed& events, base::Log& log,
           const ServerLimits& limits)
    : base_(base),
      means_(std::move(means)),
      log_(log),
      limits_(limits),
      router_(backend, events, this, Route::Where::page),
      front_(std::make_unique<Front>(router_)),
      keys_(means_.rng.fork(), [this](Holder holder) { on_token_ended(holder); }) {}

Door::~Door() {
    if (sweep_ != nullptr) event_free(sweep_);
}

Holder Door::holder(const HttpHead& head) const {
    const std::string_view token = bearer_of(head);
    if (means_.metrics_token && path_of(head) == metrics_path &&
        is_secret(token, *means_.metrics_token))
        return who_measures;
    return keys_.holder(token, now());
}

base::Result<void> Door::listen() {
    if (port_ != 0) return {};
    base::Result<Loopback> loopback = means_.bind(means_.port);
    if (!loopback) return std::unexpected(loopback.error());
    if (sweep_ == nullptr)
        sweep_ = event_new(
            base_, -1, EV_PERSIST,
            [](evutil_socket_t, short, void* self) {
                base::guarded("the page's door", [&] { static_cast<Door*>(self)->on_sweep(); });
            },
            this);
    if (sweep_ == nullptr) return base::fail(ErrorCode::io, "cannot make a timer");
    std::vector<std::unique_ptr<Server>> servers;
    for (base::UniqueFd& socket : loopback->sockets) {
        auto server = Server::open(base_, std::move(socket), std::make_unique<DoorGate>(*this),
                                   *front_, log_, limits_);
        if (!server) return std::unexpected(server.error());
        servers.push_back(*std::move(server));
    }
    servers_ = std::move(servers);
    port_ = loopback->port;
    const timeval wait{limits::page_sweep_wait.count() / 1000, 0};
    event_add(sweep_, &wait);
    log_.write(base::LogLevel::info, "api",
               "the page is at http://127.0.0.1:" + std::to_string(port_) + "/");
    return {};
}

base::Result<PageAccess> Door::open() {
    if (const base::Result<void> listening = listen(); !listening)
        return std::unexpected(listening.error());
    const std::string code = keys_.new_code(now());
    PageAccess out = look();
    out.set_code(code);
    const base::WallTime ends = means_.clock().wall + std::chrono::duration_cast<base::Seconds>(
                                                          base::limits::page_code_life);
    out.mutable_expires()->set_seconds(base::unix_seconds(ends));
    return out;
}

PageAccess Door::look() {
    keys_.sweep(now());
    PageAccess out;
    out.set_open(port_ != 0);
    if (port_ != 0) out.set_url("http://127.0.0.1:" + std::to_string(port_) + "/");
    out.set_codes(static_cast<std::uint32_t>(keys_.codes()));
    out.set_tokens(static_cast<std::uint32_t>(keys_.tokens()));
    return out;
}

PageAccess Door::close() {
    keys_.clear();
    servers_.clear();
    port_ = 0;
    if (sweep_ != nullptr) event_del(sweep_);
    return look();
}

base::Result<PageToken> Door::enter(const PageCode& code) {
    const base::MonoTime instant = now();
    std::optional<std::string> token = keys_.enter(code.code(), instant);
    if (!token) {
        if (!keys_.on_mistake(instant))
            return base::fail(ErrorCode::unavailable, "too many wrong codes and tokens");
        return base::fail(ErrorCode::denied,
                          "this code is not good: it was used, or its minute is over");
    }
    PageToken out;
    out.set_token(*std::move(token));
    out.set_idle_seconds(static_cast<std::uint32_t>(limits::page_token_idle.count() / 1000));
    return out;
}

PageToken Door::leave(std::string_view token) {
    keys_.leave(keys_.holder(token, now()));
    return {};
}

void Door::on_token_ended(Holder holder) {
    for (const std::unique_ptr<Server>& server : servers_) server->on_holder_ended(holder);
}

void Door::on_sweep() {
    keys_.sweep(now());
}

}  // namespace hearsay::api
