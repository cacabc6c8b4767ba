#include "api/door/verdict.hpp"

#include <algorithm>
#include <string>

#include "api/encode/metrics.hpp"

namespace hearsay::api {

namespace {

// To the letter: browsers write it in one way.
bool has_own_host(const HttpHead& head, std::uint16_t port) {
    const std::string number = std::to_string(port);
    const std::optional<std::string_view> host = head.find("host");
    return head.count("host") == 1 && host &&
           (*host == "127.0.0.1:" + number || *host == "[::1]:" + number);
}

bool has_foreign_origin(const HttpHead& head) {
    const std::size_t count = head.count("origin");
    if (count == 0) return false;
    const std::string host(head.find("host").value_or(""));
    return count > 1 || head.find("origin") != "http://" + host;
}

bool is_entry(const HttpHead& head) {
    return head.method == "GET" && path_of(head) == entry_path && head.count("origin") == 0 &&
           head.count("sec-fetch-mode") == 1 && head.find("sec-fetch-mode") == "navigate" &&
           head.count("sec-fetch-dest") == 1 && head.find("sec-fetch-dest") == "document";
}

bool comes_from_elsewhere(const HttpHead& head) {
    const std::size_t count = head.count("sec-fetch-site");
    if (count == 0) return false;
    const std::optional<std::string_view> site = head.find("sec-fetch-site");
    if (count == 1 && (site == "same-origin" || site == "none")) return false;
    return count > 1 || !is_entry(head);
}

bool is_method_of_ours(std::string_view method) {
    return method == "GET" || method == "HEAD" || method == "POST" || method == "PUT" ||
           method == "DELETE";
}

bool has_body(const HttpHead& head) {
    const std::optional<std::string_view> length = head.find("content-length");
    return head.count("transfer-encoding") != 0 ||
           (length && length->find_first_not_of('0') != std::string_view::npos);
}

bool is_json(const HttpHead& head) {
    return head.count("content-type") == 1 && is_json_type(head.find("content-type").value_or(""));
}

}  // namespace

Verdict door_verdict(const HttpHead& head, std::uint16_t port, bool token_known) {
    if (!has_own_host(head, port)) return Verdict::wrong_host;
    if (has_foreign_origin(head)) return Verdict::foreign_origin;
    if (comes_from_elsewhere(head)) return Verdict::foreign_site;
    if (!is_method_of_ours(head.method) || head.count("upgrade") != 0) return Verdict::wrong_method;
    if ((has_body(head) || head.count("content-type") != 0) && !is_json(head))
        return Verdict::not_json;
    if (!is_for_routes(head))
        return head.method == "GET" || head.method == "HEAD" ? Verdict::file : Verdict::read_only;
    if (head.method == "POST" && head.target == exchange_path) return Verdict::exchange;
    return token_known ? Verdict::api : Verdict::no_token;
}

bool is_for_routes(const HttpHead& head) {
    const std::string_view path = path_of(head);
    return path.starts_with("/v1/") || path == metrics_path;
}

std::string_view bearer_of(const HttpHead& head) {
    constexpr std::string_view scheme = "Bearer ";
    const std::string_view value = head.find("authorization").value_or("");
    if (head.count("authorization") != 1 || value.size() < scheme.size() ||
        !same_word(value.substr(0, scheme.size()), scheme))
        return {};
    return value.substr(scheme.size());
}

std::string_view path_of(const HttpHead& head) {
    const std::string_view target = head.target;
    return target.substr(0, std::min(target.find('?'), target.size()));
}

}  // namespace hearsay::api
