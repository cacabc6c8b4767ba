#include "api/routes/router.hpp"

#include <algorithm>
#include <utility>

#include "api/door/verdict.hpp"
#include "api/encode/answers.hpp"
#include "base/limits/api.hpp"

namespace hearsay::api {

using base::ErrorCode;

namespace {

// The id in a path that fits the route, empty if the route has none; nothing if the path does not
// fit.
std::optional<std::string_view> id_in(std::string_view pattern, std::string_view path) {
    const std::size_t open = pattern.find('{');
    if (open == std::string_view::npos)
        return path == pattern ? std::optional(std::string_view()) : std::nullopt;
    const std::string_view before = pattern.substr(0, open);
    const std::string_view after = pattern.substr(std::min(pattern.find('}') + 1, pattern.size()));
    if (path.size() <= before.size() + after.size() || !path.starts_with(before) ||
        !path.ends_with(after))
        return std::nullopt;
    const std::string_view id =
        path.substr(before.size(), path.size() - before.size() - after.size());
    return id.find('/') == std::string_view::npos ? std::optional(id) : std::nullopt;
}

bool is_id(std::string_view text) {
    return text.size() <= base::limits::api_id_letters_max &&
           std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '.' || c == '_' || c == '-';  // in names of personas
           });
}

Response no_such_path() {
    std::string known;
    std::string_view last;
    for (const Route& route : routes()) {  // those of one word stand together
        if (!route.path.starts_with("/v1/")) continue;
        const std::string_view rest = route.path.substr(std::string_view("/v1/").size());
        const std::string_view word = rest.substr(0, rest.find('/'));
        if (word == std::exchange(last, word)) continue;
        known += (known.empty() ? "/v1/" : ", ") + std::string(word);
    }
    return error_response(404, ErrorCode::not_found, "no such path; expected " + known);
}

Response wrong_method(const std::string& allow) {
    Response out = error_response(405, ErrorCode::invalid, "this path takes " + allow);
    out.fields.push_back({"Allow", allow});
    return out;
}

}  // namespace

void Router::handle(const HttpHead& head, const std::string& body, Respond respond) const {
    const std::string_view target = head.target;
    const std::size_t mark = std::min(target.find('?'), target.size());
    const std::string_view path = target.substr(0, mark);
    const std::string_view query = target.substr(std::min(mark + 1, target.size()));

    const Route* found = nullptr;
    std::string id;
    std::string allow;
    for (const Route& route : routes()) {
        const std::optional<std::string_view> here = id_in(route.path, path);
        if (!here) continue;
        allow += (allow.empty() ? "" : ", ") + std::string(route.method);
        if (route.method != head.method) continue;
        found = &route;
        id = *here;
    }
    if (allow.empty()) return respond(no_such_path());
    if (found == nullptr) return respond(wrong_method(allow));
    if (found->where != Route::Where::both && found->where != side_)
        return respond(error_response(403, ErrorCode::denied,
                                      side_ == Route::Where::page
                                          ? "not over the page: the command hearsay does this"
                                          : "only the page asks this"));
    if (!is_id(id))
        return respond(error_response(400, ErrorCode::invalid,
                                      "not an id: expected at most 100 letters, digits and dots"));
    if (found->takes != Route::Takes::query && !query.empty())
        return respond(
            error_response(400, ErrorCode::invalid, "unknown query: this path takes none"));
    if (found->takes == Route::Takes::body && !is_json_type(head.find("content-type").value_or("")))
        return respond(
            error_response(415, ErrorCode::invalid, "expected \"Content-Type: application/json\""));
    found->ask(
        {backend_, events_, std::move(id), query, body, found->status, door_, bearer_of(head)},
        std::move(respond));
}

}  // namespace hearsay::api
