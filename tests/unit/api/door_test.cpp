// The door as a browser meets it: over TCP on the loopback.
#include "api/door/door.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <netinet/in.h>

#include "api.pb.h"
#include "api/door/files.hpp"
#include "api/encode/json.hpp"
#include "base/encoding.hpp"
#include "base/limits/page.hpp"
#include "fixture.hpp"

namespace hearsay::api {
namespace {

using base::Millis;

base::UniqueFd connected_to(std::uint16_t port) {
    base::UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    fcntl(fd.get(), F_SETFL, O_NONBLOCK);
    return fd;
}

struct DoorFixture : ServerFixture {
    base::Now now{};
    Feed feed;
    Door door{base.get(), DoorMeans{base::Rng(base::Secret{}), [this] { return now; }, 0},
              backend,    feed,
              log,        limits()};

    static ServerLimits limits() {
        ServerLimits out = door_limits();
        out.strangers_max = 3;
        out.stranger_wait = Millis(100);
        return out;
    }
    std::string host() { return "127.0.0.1:" + std::to_string(door.port()); }
    std::unique_ptr<RawClient> browser() {
        return std::make_unique<RawClient>(connected_to(door.port()));
    }
    std::string ask(const std::string& start, const std::string& fields = {},
                    const std::string& body = {}) {
        const auto client = browser();
        std::string bytes =
            start + " HTTP/1.1\r\nHost: " + host() + "\r\nConnection: close\r\n" + fields;
        if (!body.empty())
            bytes +=
                "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
                "\r\n";
        client->send(bytes + "\r\n" + body);
        CHECK(pump(client.get(), [&] { return client->closed; }));
        return client->received;
    }
    std::string let_in() {
        const auto access = door.open();
        REQUIRE(access.has_value());
        const std::string answer =
            ask("POST /v1/page/token", {}, "{\"code\":\"" + access->code() + "\"}");
        REQUIRE(status_of(answer) == 201);
        PageToken token;
        REQUIRE(from_json(body_of(answer), token, Unknown::refuse).has_value());
        return "Authorization: Bearer " + token.token() + "\r\n";
    }
};

TEST_CASE_FIXTURE(DoorFixture, "nothing listens until somebody asks for the page") {
    CHECK(door.port() == 0);
    CHECK_FALSE(door.look().open());
    const auto access = door.open();
    REQUIRE(access.has_value());
    CHECK(access->url() == "http://" + host() + "/");
    CHECK(access->codes() == 1);
    CHECK(door.look().code().empty());
    CHECK_FALSE(door.close().open());
    CHECK(door.port() == 0);
    REQUIRE(door.open().has_value());
    CHECK(status_of(ask("GET /")) == 200);
}

TEST_CASE_FIXTURE(DoorFixture, "a code gives a token, once, and the token gives the routes") {
    const std::string token = let_in();
    CHECK(status_of(ask("GET /v1/status")) == 401);
    CHECK(backend.calls.empty());
    CHECK(status_of(ask("GET /v1/status", token)) == 200);
    CHECK(status_of(ask("POST /v1/offers", token, R"({"title":"Bicycle"})")) == 201);
    CHECK(backend.calls == std::vector<std::string>{"status", "publish_offer Bicycle"});
    CHECK(status_of(ask("DELETE /v1/page/token", token)) == 200);
    CHECK(status_of(ask("GET /v1/status", token)) == 401);
}

TEST_CASE_FIXTURE(DoorFixture, "what gives keys away or takes them over is not for the page") {
    const std::string token = let_in();
    for (const char* start : {"POST /v1/persona-exports", "POST /v1/persona-imports",
                              "POST /v1/recoveries", "POST /v1/restores"}) {
        CAPTURE(start);
        CHECK(status_of(ask(start, token, "{}")) == 403);
    }
    for (const char* start : {"GET /v1/page", "POST /v1/page", "DELETE /v1/page"})
        CHECK(status_of(ask(start, token)) == 403);
    CHECK(backend.calls.empty());
    CHECK(status_of(request("POST", "/v1/persona-exports", R"({"persona":"shop"})")) == 201);
    CHECK(status_of(request("POST", "/v1/page/token", R"({"code":"x"})")) == 403);
    CHECK(status_of(request("POST", "/v1/page")) == 503);  // this interface was made without one
}

TEST_CASE_FIXTURE(ServerFixture, "the token for figures reads figures, and nothing else") {
    Feed feed;
    const base::Secret secret = base::Rng(base::Secret{}).secret();
    Door door{
        base.get(),
        DoorMeans{base::Rng(base::Secret{}), [] { return base::Now{}; }, 0, bind_loopback, secret},
        backend,
        feed,
        log,
        DoorFixture::limits()};
    REQUIRE(door.listen());
    const auto ask = [&](const std::string& path, const std::string& token) {
        RawClient client(connected_to(door.port()));
        client.send("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(door.port()) +
                    "\r\nConnection: close\r\nAuthorization: Bearer " + token + "\r\n\r\n");
        CHECK(pump(&client, [&] { return client.closed; }));
        return client.received;
    };
    const std::string token = base::to_hex(secret);
    const std::string answer = ask("/metrics", token);
    CHECK(status_of(answer) == 200);
    CHECK(answer.find("Content-Type: text/plain; version=0.0.4") != std::string::npos);
    CHECK(body_of(answer).find("\nhearsay_tor_ready 1\n") != std::string::npos);
    CHECK(status_of(ask("/metrics?x=1", token)) == 400);
    for (const char* other :
         {"/v1/status", "/v1/metrics", "/metrics/", "//metrics", "/metrics%20"}) {
        CAPTURE(other);
        CHECK(status_of(ask(other, token)) != 200);
    }
    for (const std::string& wrong :
         {std::string(64, '0'), std::string(), token.substr(1), token + "0"})
        CHECK(status_of(ask("/metrics", wrong)) == 401);
    CHECK(backend.calls == std::vector<std::string>{"figures"});
}

TEST_CASE_FIXTURE(DoorFixture, "a page's token reads figures, too; nobody does without one") {
    const std::string token = let_in();
    CHECK(status_of(ask("GET /metrics")) == 401);
    CHECK(status_of(ask("GET /metrics", token)) == 200);
    CHECK(status_of(ask("POST /metrics", token, "{}")) == 405);
    CHECK(status_of(request("GET", "/metrics")) == 200);
}

TEST_CASE_FIXTURE(DoorFixture, "every answer says that it is for this page alone") {
    const std::string token = let_in();
    for (const std::string& answer :
         {ask("GET /"), ask("GET /nothing"), ask("GET /v1/status"), ask("GET /v1/status", token),
          ask("GET /v1/status", token + "Origin: http://evil.example\r\n"), ask("BROKEN"),
          ask("GET /v1/status", "Content-Length: 1\r\nContent-Length: 2\r\n"),
          ask("POST /v1/mail",
              token + "Content-Type: application/json\r\nContent-Length: 999999\r\n")})
        for (const HttpField& field : door_fields()) {
            CAPTURE(answer);
            CHECK(answer.find("\r\n" + field.name + ": ") != std::string::npos);
            CHECK(answer.find("Access-Control") == std::string::npos);
            CHECK(answer.find("Set-Cookie") == std::string::npos);
        }
    CHECK(ask("GET /v1/status", token).find("Cache-Control: no-store\r\n") != std::string::npos);
}

TEST_CASE_FIXTURE(DoorFixture, "the page's files are served with what names their content") {
    REQUIRE(door.open().has_value());
    const std::string answer = ask("GET /");
    CHECK(answer.find("Content-Type: text/html; charset=utf-8\r\n") != std::string::npos);
    const std::size_t at = answer.find("ETag: ") + 6;
    const std::string tag = answer.substr(at, answer.find('\r', at) - at);
    const std::string same = ask("GET /index.html", "If-None-Match: \"x\", " + tag + "\r\n");
    CHECK(status_of(same) == 304);
    CHECK(body_of(same).empty());
    CHECK(status_of(ask("GET /", "If-None-Match: \"x\"\r\n")) == 200);
    CHECK(body_of(ask("HEAD /")).empty());
    CHECK(status_of(ask("POST /", {}, "{}")) == 405);
    CHECK(status_of(ask("GET /../index.html")) == 404);
}

TEST_CASE_FIXTURE(DoorFixture,
                  "a stranger is cut within seconds, whatever it does; a holder is not") {
    const std::string token = let_in();
    const auto silent = browser(), busy = browser(), known = browser();
    const std::string get = "GET / HTTP/1.1\r\nHost: " + host() + "\r\n\r\n";
    known->send("GET /v1/events HTTP/1.1\r\nHost: " + host() + "\r\n" + token + "\r\n");
    bool alive = true;
    CHECK(pump(silent.get(), [&] {
        if (!busy->closed) busy->send(get);
        busy->pull();
        known->pull();
        alive = alive && !known->closed;
        return silent->closed && busy->closed;
    }));
    CHECK(alive);
    CHECK(known->has("200 OK"));
}

TEST_CASE_FIXTURE(DoorFixture,
                  "silent strangers make room for the next one and take none of others") {
    const std::string token = let_in();
    const auto known = browser();
    known->send("GET /v1/events HTTP/1.1\r\nHost: " + host() + "\r\n" + token + "\r\n");
    REQUIRE(pump(known.get(), [&] { return known->has("200 OK"); }));
    std::vector<std::unique_ptr<RawClient>> silent;
    for (int i = 0; i < 10; ++i) silent.push_back(browser());
    CHECK(status_of(ask("GET /")) == 200);
    CHECK(pump(silent[0].get(), [&] { return silent[0]->closed; }));
    known->pull();
    CHECK_FALSE(known->closed);
}

TEST_CASE_FIXTURE(DoorFixture, "what flows to a holder ends with the token") {
    for (const int how : {0, 1, 2}) {
        CAPTURE(how);
        const std::string token = let_in();
        const auto stream = browser();
        stream->send("GET /v1/events HTTP/1.1\r\nHost: " + host() + "\r\n" + token + "\r\n");
        REQUIRE(pump(stream.get(), [&] { return feed.readers() == 1; }));
        feed.feed("{}\n");
        REQUIRE(pump(stream.get(), [&] { return stream->has("{}\n"); }));
        if (how == 0) CHECK(status_of(ask("DELETE /v1/page/token", token)) == 200);
        if (how == 1) now.mono += base::limits::page_token_idle;
        if (how == 1) door.look();
        if (how == 2) door.close();
        CHECK(pump(stream.get(), [&] { return stream->closed; }));
        CHECK(feed.readers() == 0);
    }
}

TEST_CASE_FIXTURE(DoorFixture, "wrong codes and tokens are told less when they are many") {
    const std::string token = let_in();
    const std::string wrong = "Authorization: Bearer " + std::string(64, '0') + "\r\n";
    int told = 0, refused = 0;
    for (int i = 0; i < 30; ++i) {
        const int status = status_of(ask("GET /v1/status", wrong));
        told += status == 401 ? 1 : 0;
        refused += status == 429 ? 1 : 0;
    }
    CHECK(told == base::limits::page_mistakes.burst);
    CHECK(told + refused == 30);
    CHECK(status_of(ask("POST /v1/page/token", {}, R"({"code":"x"})")) == 503);
    CHECK(status_of(ask("GET /v1/status", token)) == 200);
    CHECK_FALSE(let_in().empty());  // nobody can lock the person out
}

TEST_CASE("a port that somebody has is a conflict, and both loopback addresses are taken") {
    DoorFixture one;
    REQUIRE(one.door.open().has_value());
    Door other(one.base.get(),
               DoorMeans{base::Rng(base::Secret{}), [&] { return one.now; }, one.door.port()},
               one.backend, one.feed, one.log, door_limits());
    const auto refused = other.open();
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == base::ErrorCode::conflict);
}

TEST_CASE("what a browser loads is small, and each file has a type and a tag of its own") {
    std::size_t bytes = 0;
    std::size_t catalogue = 0;  // a visit loads one
    for (const PageFile& file : page_files()) {
        CAPTURE(file.path);
        if (file.path.starts_with("/words/"))
            catalogue = std::max(catalogue, file.bytes.size());
        else
            bytes += file.bytes.size();
        CHECK_FALSE(file.type.empty());
        CHECK(file.etag.size() == 34);
        CHECK_FALSE(file.bytes.empty());
    }
    CHECK(catalogue > 0);
    bytes += catalogue;
    CHECK(bytes < 150'000);
    MESSAGE(bytes << " bytes of " << page_files().size() << " files");
}

}  // namespace
}  // namespace hearsay::api
