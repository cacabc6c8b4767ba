// api/transport/gate.hpp - who may come in by a listener. Each listener has a gate of its own, and
// a gate is asked twice:
//   1. when a connection was accepted, before anything is read from it: who is at the other end?
//   2. when a request's head is here, before its body is waited for and any route is looked at:
//      does it come from where it may?
// What is refused gets the answer that the gate gives. After 1 the connection ends; after 2 it goes
// on, unless a body was still to come.
//
// UnixGate, for DIR/run/api: 1. only processes of the node's own user and of root (SO_PEERCRED),
// and of a group if the operator named one (SO_PEERGROUPS).
// 2. Host is hearsay or localhost, and there is no Origin. A web page cannot forge these, so no
// page in the user's browser reaches the node, even over a socket that somebody forwards to a port.
//
// The gate for the user's own browser is the door's (api/door/door.hpp). It cannot tell by a
// connection who is there: those are strangers until a request shows it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <sys/types.h>

#include "api/http/message.hpp"
#include "base/error.hpp"

namespace hearsay::api {

class Gate {
public:
    virtual ~Gate() = default;
    virtual std::optional<Response> refuse_connection(int fd) const = 0;
    virtual std::optional<Response> refuse_request(const HttpHead& head) const = 0;

    // Whether a connection is a stranger's until a request on it tells whose it is.
    virtual bool meets_strangers() const { return false; }
    // Whose request this is, as a number that nobody else gets; 0 if it does not tell. Asked for
    // requests that were not refused.
    virtual std::uint64_t holder(const HttpHead&) const { return 0; }
    // What every answer carries, unless it has a field of that name itself.
    virtual std::span<const HttpField> fields() const { return {}; }
};

class UnixGate final : public Gate {
public:
    explicit UnixGate(uid_t self, std::optional<gid_t> group = {}) : self_(self), group_(group) {}
    std::optional<Response> refuse_connection(int fd) const override;
    std::optional<Response> refuse_request(const HttpHead& head) const override;

private:
    const uid_t self_;
    const std::optional<gid_t> group_;
};

// The user who runs the process at the other end, or nothing if the system does not say.
base::Result<uid_t> peer_user(int fd);
// Whether the process at the other end is of this group, first or supplementary.
bool is_of_group(int fd, gid_t group);
// Only the node's own user and root may talk to it.
inline bool may_talk(uid_t peer, uid_t self) {
    return peer == self || peer == 0;
}

}  // namespace hearsay::api
