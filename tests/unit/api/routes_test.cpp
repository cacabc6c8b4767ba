#include "api/routes/routes.hpp"

#include <fstream>
#include <map>
#include <regex>
#include <sstream>
#include <vector>

#include <doctest/doctest.h>
#include <google/protobuf/descriptor.h>

namespace hearsay::api {
namespace {

std::string name(Route::Message message) {
    return message == nullptr ? "" : message()->name();
}

// "POST /v1/trades" -> "TradeDraft | 201 Trade"
using Rows = std::map<std::string, std::string>;

Rows of_code() {
    Rows out;
    for (const Route& route : routes())
        out[std::string(route.method) + " " + std::string(route.path)] =
            name(route.request) + " | " + std::to_string(route.status) + " " + name(route.answer);
    return out;
}

// | `POST /v1/trades` | `TradeDraft` | 201 `Trade`: the offer is taken, ... |
Rows of_document() {
    std::ifstream in(HEARSAY_API_DOCUMENT);
    REQUIRE(in.good());
    const std::regex row(
        R"(\| `([A-Z]+ /(?:v1/[^`]*|metrics))` \| (?:`(\w+)`)? ?\| (\d+)(?: `(\w+)`)?.*)");
    Rows out;
    std::smatch found;
    for (std::string line; std::getline(in, line);)
        if (std::regex_match(line, found, row))
            out[found[1]] = found[2].str() + " | " + found[3].str() + " " + found[4].str();
    return out;
}

TEST_CASE("docs/api.md tells of each route what it takes and what it answers") {
    const Rows code = of_code();
    Rows document = of_document();
    document["GET /v1/events"] += "Event";  // which it tells in a section of its own
    for (const auto& [route, messages] : code) {
        CAPTURE(route);
        CHECK(document[route] == messages);
    }
    CHECK(document.size() == code.size());
}

TEST_CASE("a route's path holds one id at most, and no two routes fit the same request") {
    CHECK(of_code().size() == routes().size());
    for (const Route& route : routes()) {
        CAPTURE(route.path);
        CHECK((route.path.starts_with("/v1/") || route.path == "/metrics"));
        CHECK(route.path.find('{') == route.path.rfind('{'));
        CHECK((route.takes == Route::Takes::body) == (route.request != nullptr));
    }
}

TEST_CASE("what gives keys away, takes them over or opens the door is for the socket alone") {
    std::vector<std::string> socket, page;
    for (const Route& route : routes()) {
        const std::string row = std::string(route.method) + " " + std::string(route.path);
        if (route.where == Route::Where::socket) socket.push_back(row);
        if (route.where == Route::Where::page) page.push_back(row);
    }
    CHECK(socket == std::vector<std::string>{"POST /v1/persona-exports", "POST /v1/persona-imports",
                                             "POST /v1/recoveries", "POST /v1/word-checks",
                                             "PUT /v1/passphrase", "POST /v1/restores",
                                             "POST /v1/stop", "GET /v1/page", "POST /v1/page",
                                             "DELETE /v1/page"});
    CHECK(page == std::vector<std::string>{"POST /v1/page/token", "DELETE /v1/page/token"});
}

}  // namespace
}  // namespace hearsay::api
