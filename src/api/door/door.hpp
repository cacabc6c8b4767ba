// api/door/door.hpp - the way in for the user's own browser: HTTP on this machine's loopback.
//
//     browser -> Server (bytes, times) -> DoorGate (door/verdict.hpp) -> file, exchange or route
//
// Rules:
//   1. Nothing listens until somebody asks for it over the Unix socket, or a setting did.
//   2. Without a token there are the page's files and the exchange of a code for a token
//      (door/keys.hpp), on connections that are few, short and apart from others.
//   3. With one, there are the routes of the Unix socket, but for those that are not for the page
//      (routes/routes.hpp, Route::Where).
//      Figures are read with the user's own token for them, too.
//   4. Every answer, errors of the transport included, says that it is for this page alone.
//   5. When a token ends, what still flows to whoever had it ends, too.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "api/backend.hpp"
#include "api/door/keys.hpp"
#include "api/door/page_door.hpp"
#include "api/routes/router.hpp"
#include "api/transport/loopback.hpp"
#include "api/transport/server.hpp"

namespace hearsay::api {

// What a door needs of the world.
struct DoorMeans {
    base::Rng rng;                     // codes and tokens are drawn from it
    std::function<base::Now()> clock;  // of waiting, which goes on while the machine sleeps
    std::uint16_t port = 0;            // 0: one that is free
    // Of a node that may make no such sockets itself: who does.
    std::function<base::Result<Loopback>(std::uint16_t)> bind = bind_loopback;
    std::optional<base::Secret> metrics_token{};  // reads GET /metrics, and nothing else
};

ServerLimits door_limits();
// What every answer carries, unless it says something of its own by that name.
std::span<const HttpField> door_fields();

class Door final : public PageDoor {
public:
    // `base`, `backend`, `events` and `log` outlive the door.
    Door(event_base* base, DoorMeans means, Backend& backend, Feed& events, base::Log& log,
         const ServerLimits& limits);
    ~Door();
    Door(const Door&) = delete;
    Door& operator=(const Door&) = delete;

    base::Result<void> listen();
    std::uint16_t port() const { return port_; }  // 0: nothing listens

    base::Result<PageAccess> open() override;
    PageAccess look() override;
    PageAccess close() override;
    base::Result<PageToken> enter(const PageCode& code) override;
    PageToken leave(std::string_view token) override;

private:
    class DoorGate;
    class Front;

    Holder holder(const HttpHead& head) const;
    base::MonoTime now() const { return means_.clock().mono; }
    void on_token_ended(Holder holder);
    void on_sweep();

    event_base* const base_;
    DoorMeans means_;
    base::Log& log_;
    const ServerLimits limits_;
    const Router router_;
    std::unique_ptr<const Handler> front_;
    DoorKeys keys_;
    std::uint16_t port_ = 0;
    event* sweep_ = nullptr;
    std::vector<std::unique_ptr<Server>> servers_;  // an address each
};

}  // namespace hearsay::api
