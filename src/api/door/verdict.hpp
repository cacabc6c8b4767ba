// api/door/verdict.hpp - whether a request that came by the door may have an effect, and which kind
// of thing it asks for. Looked at before its body is read and before any route is.
//
// In a browser every page may send requests to this port; what a page cannot do is to choose what
// the browser says about where they come from. Rules, in order, each enough to refuse:
//   1. One Host, to the letter the address that is listened on: a name that was made to point here
//      (DNS rebinding) has another one.                                    -> wrong_host
//   2. No Origin, or ours: requests of other pages carry theirs.           -> foreign_origin
//   3. Sec-Fetch-Site, where the browser sends it, says same-origin or none. One exception: the
//      file that `hearsay open` writes leads the browser to entry_path, and that is a step from one
//      site to another. So a top-level navigation to that path may come from anywhere; what it gets
//      is the start page, which is the same for all.                       -> foreign_site
//   4. GET, HEAD, POST, PUT and DELETE, and no change of protocol: no preflight is ever answered
//      and no WebSocket opened.                                            -> wrong_method
//   5. A body is declared as application/json, which no form can be.       -> not_json
//   6. Outside /v1/, but for /metrics, there are files, which are read.    -> read_only
//   7. Elsewhere a token is shown, but where a code is given for one.      -> no_token
// Total and pure: heads in, a verdict out.
#pragma once

#include <cstdint>
#include <string_view>

#include "api/http/message.hpp"

namespace hearsay::api {

enum class Verdict {
    file,      // something that is the same for everybody
    exchange,  // a code for a token
    api,       // a route, asked with a token
    wrong_host,
    foreign_origin,
    foreign_site,
    wrong_method,
    not_json,
    read_only,
    no_token,
};

inline constexpr std::string_view entry_path = "/open";
inline constexpr std::string_view exchange_path = "/v1/page/token";

// `token_known`: bearer_of(head) is a token that is good.
Verdict door_verdict(const HttpHead& head, std::uint16_t port, bool token_known);

// The token of "Authorization: Bearer TOKEN"; empty if there is not exactly one such field.
std::string_view bearer_of(const HttpHead& head);

// Without what follows a '?'.
std::string_view path_of(const HttpHead& head);
// Whether a route answers it and no file does.
bool is_for_routes(const HttpHead& head);

inline bool is_allowed(Verdict verdict) {
    return verdict <= Verdict::api;
}

}  // namespace hearsay::api
