#include <map>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "api/door/verdict.hpp"

namespace hearsay::api {
namespace {

constexpr std::uint16_t port = 4711;

// What a request may say in one respect, and whether the door can live with it. More than one value
// is a field that is there more than once.
struct Choice {
    std::vector<std::string> values;
    bool fine = false;
};

const std::vector<Choice> hosts{{{"127.0.0.1:4711"}, true},
                                {{"[::1]:4711"}, true},
                                {{}},
                                {{""}},
                                {{"127.0.0.1"}},
                                {{"127.0.0.1:4712"}},
                                {{"127.0.0.1:04711"}},
                                {{"127.0.0.1.:4711"}},
                                {{"127.1:4711"}},
                                {{"2130706433:4711"}},
                                {{"localhost:4711"}},
                                {{"0.0.0.0:4711"}},
                                {{"[::]:4711"}},
                                {{"[::0001]:4711"}},
                                {{"[::ffff:127.0.0.1]:4711"}},
                                {{"evil.example:4711"}},
                                {{"127.0.0.1:4711@evil.example"}},
                                {{"127.0.0.1:4711", "127.0.0.1:4711"}},
                                {{"127.0.0.1:4711", "evil.example"}}};
// "ours" becomes http:// and the Host.
const std::vector<Choice> origins{{{}, true},
                                  {{"ours"}, true},
                                  {{"null"}},
                                  {{""}},
                                  {{"https://127.0.0.1:4711"}},
                                  {{"http://127.0.0.1:4712"}},
                                  {{"http://localhost:4711"}},
                                  {{"http://evil.example"}},
                                  {{"ours", "ours"}}};
const std::vector<Choice> sites{{{}, true},        {{"same-origin"}, true},
                                {{"none"}, true},  {{"same-site"}},
                                {{"cross-site"}},  {{""}},
                                {{"Same-Origin"}}, {{"same-origin", "cross-site"}}};
const std::vector<std::string> methods{"GET",     "HEAD",    "POST",  "PUT", "DELETE",
                                       "OPTIONS", "CONNECT", "TRACE", "get", "PATCH"};
const std::vector<Choice> types{{{}, true},
                                {{"application/json"}, true},
                                {{"Application/JSON; charset=utf-8"}, true},
                                {{"text/plain"}},
                                {{"application/x-www-form-urlencoded"}},
                                {{"multipart/form-data; boundary=application/json"}},
                                {{"application/json", "application/json"}},
                                {{""}}};
const std::vector<std::string> paths{"/",
                                     "/open",
                                     "/market.js",
                                     "/v1",
                                     "/v1/status",
                                     "/v1/offers?limit=5",
                                     "/v1/page/token",
                                     "/v1/page/token?x",
                                     "/v1/"};

bool is_one_of(const std::string& word, const std::vector<std::string>& all) {
    return std::find(all.begin(), all.end(), word) != all.end();
}

struct Cell {
    Choice host, origin, site, type;
    std::string method, path;
    bool token = false, body = false;
};

HttpHead head_of(const Cell& cell) {
    HttpHead head{cell.method, cell.path, 0, 1, {}};
    const std::string host = cell.host.values.empty() ? "" : cell.host.values.front();
    for (const std::string& value : cell.host.values) head.fields.push_back({"host", value});
    for (const std::string& value : cell.origin.values)
        head.fields.push_back({"origin", value == "ours" ? "http://" + host : value});
    for (const std::string& value : cell.site.values)
        head.fields.push_back({"sec-fetch-site", value});
    for (const std::string& value : cell.type.values)
        head.fields.push_back({"content-type", value});
    if (cell.body) head.fields.push_back({"content-length", "2"});
    return head;
}

// What may have an effect, said in another way than door_verdict() says it.
bool may(const Cell& cell) {
    const bool known_method = is_one_of(cell.method, {"GET", "HEAD", "POST", "PUT", "DELETE"});
    const bool declared = cell.type.fine && !(cell.body && cell.type.values.empty());
    if (!cell.host.fine || !cell.origin.fine || !cell.site.fine || !known_method || !declared)
        return false;
    if (!cell.path.starts_with("/v1/")) return is_one_of(cell.method, {"GET", "HEAD"});
    return cell.token || (cell.method == "POST" && cell.path == "/v1/page/token");
}

TEST_CASE("of all that a request may say, the door lets in what is allowed and nothing else") {
    std::size_t cells = 0, allowed = 0, wrong = 0;
    for (const Choice& host : hosts)
        for (const Choice& origin : origins)
            for (const Choice& site : sites)
                for (const Choice& type : types)
                    for (const std::string& method : methods)
                        for (const std::string& path : paths)
                            for (const int rest : {0, 1, 2, 3}) {
                                const Cell cell{host,   origin, site,     type,
                                                method, path,   rest > 1, rest % 2 == 1};
                                const bool lets =
                                    is_allowed(door_verdict(head_of(cell), port, cell.token));
                                ++cells;
                                allowed += lets ? 1 : 0;
                                wrong += lets != may(cell) ? 1 : 0;
                            }
    CHECK(wrong == 0);
    CHECK(cells == 3'939'840);
    CHECK(allowed > 0);
    MESSAGE(cells << " cells, " << allowed << " allowed");
}

HttpHead navigation(std::vector<HttpField> more) {
    HttpHead head{"GET", "/open", 0, 1, {{"host", "127.0.0.1:4711"}}};
    head.fields.insert(head.fields.end(), more.begin(), more.end());
    return head;
}

TEST_CASE("a file of the user's may lead to the entry, and to nothing else") {
    const HttpField cross{"sec-fetch-site", "cross-site"}, mode{"sec-fetch-mode", "navigate"},
        dest{"sec-fetch-dest", "document"};
    CHECK(door_verdict(navigation({cross, mode, dest}), port, false) == Verdict::file);
    CHECK(door_verdict(navigation({cross, mode}), port, true) == Verdict::foreign_site);
    CHECK(door_verdict(navigation({cross, dest}), port, true) == Verdict::foreign_site);
    CHECK(door_verdict(navigation({cross, mode, {"sec-fetch-dest", "iframe"}}), port, true) ==
          Verdict::foreign_site);
    CHECK(door_verdict(navigation({cross, {"sec-fetch-mode", "no-cors"}, dest}), port, true) ==
          Verdict::foreign_site);
    CHECK(door_verdict(navigation({cross, cross, mode, dest}), port, true) ==
          Verdict::foreign_site);
    CHECK(door_verdict(navigation({cross, mode, dest, {"origin", "null"}}), port, true) ==
          Verdict::foreign_origin);
    for (const char* target : {"/", "/market.js", "/v1/status", "/v1/page/token"}) {
        HttpHead other = navigation({cross, mode, dest});
        other.target = target;
        CHECK(door_verdict(other, port, true) == Verdict::foreign_site);
    }
    HttpHead posted = navigation({cross, mode, dest});
    posted.method = "POST";
    CHECK(door_verdict(posted, port, true) == Verdict::foreign_site);
}

TEST_CASE("each rule has its own answer, and the first one that is broken speaks") {
    HttpHead head{"POST", "/v1/mail", 0, 1, {{"host", "127.0.0.1:4711"}, {"content-length", "1"}}};
    CHECK(door_verdict(head, port, true) == Verdict::not_json);
    head.fields.push_back({"content-type", "application/json"});
    CHECK(door_verdict(head, port, true) == Verdict::api);
    CHECK(door_verdict(head, port, false) == Verdict::no_token);
    head.target = "/market.js";
    CHECK(door_verdict(head, port, true) == Verdict::read_only);
    head.fields.push_back({"upgrade", "websocket"});
    CHECK(door_verdict(head, port, true) == Verdict::wrong_method);
    head.fields.push_back({"sec-fetch-site", "same-site"});
    CHECK(door_verdict(head, port, true) == Verdict::foreign_site);
    head.fields.push_back({"origin", "http://127.0.0.1:80"});
    CHECK(door_verdict(head, port, true) == Verdict::foreign_origin);
    CHECK(door_verdict(head, 80, true) == Verdict::wrong_host);
}

TEST_CASE("a token is read from one Authorization field of the scheme Bearer") {
    const auto bearer = [](std::vector<HttpField> fields) {
        return std::string(bearer_of({"GET", "/", 0, 1, std::move(fields)}));
    };
    CHECK(bearer({{"authorization", "Bearer abc"}}) == "abc");
    CHECK(bearer({{"authorization", "bearer abc"}}) == "abc");
    CHECK(bearer({{"authorization", "Bearer  abc"}}) == " abc");
    CHECK(bearer({{"authorization", "Basic abc"}}) == "");
    CHECK(bearer({{"authorization", "Bearer"}}) == "");
    CHECK(bearer({{"authorization", "Bearer abc"}, {"authorization", "Bearer abc"}}) == "");
    CHECK(bearer({{"cookie", "Bearer abc"}}) == "");
    CHECK(bearer({}) == "");
}

}  // namespace
}  // namespace hearsay::api
