#include "api/transport/server.hpp"

#include <sys/wait.h>

#include "api/encode/json.hpp"
#include "fixture.hpp"

namespace hearsay::api {
namespace {

using std::chrono::milliseconds;
const std::string get_status = "GET /v1/status HTTP/1.1\r\nHost: hearsay\r\n\r\n";
const std::string get_events = "GET /v1/events HTTP/1.1\r\nHost: hearsay\r\n\r\n";

struct ShortWaits : ServerFixture {
    static ServerLimits limits() {
        ServerLimits out;
        out.connections_max = 3;
        out.body_bytes_max = 1000;
        out.stream_bytes_max = 20'000;
        out.request_wait = milliseconds(50);
        out.answer_wait = milliseconds(50);
        out.write_wait = milliseconds(50);
        out.idle_wait = milliseconds(100);
        return out;
    }
    ShortWaits() : ServerFixture(limits()) {}
};

std::size_t count(const std::string& text, std::string_view part) {
    std::size_t out = 0;
    for (std::size_t at = text.find(part); at != std::string::npos;
         at = text.find(part, at + part.size()))
        ++out;
    return out;
}

TEST_CASE_FIXTURE(ServerFixture, "a request over the socket is answered with JSON") {
    const std::string answer =
        request("POST", "/v1/offers", R"({"title":"Bicycle","tags":["bike"]})");
    CHECK(status_of(answer) == 201);
    CHECK(answer.find("Content-Type: application/json\r\n") != std::string::npos);
    Offer offer;
    CHECK(from_json(body_of(answer), offer, Unknown::refuse).has_value());
    CHECK(offer.title() == "Bicycle");
    CHECK(backend.last_draft.tags(0) == "bike");
    CHECK(pump(nullptr, [&] { return server->connections() == 0; }));
}

TEST_CASE_FIXTURE(ServerFixture,
                  "a connection serves requests one after the other, also when sent ahead") {
    const auto client = connect_client();
    client->send(get_status + get_status + get_status);
    CHECK(pump(client.get(), [&] { return count(client->received, "HTTP/1.1 200 OK") == 3; }));
    client->send(get_status);
    CHECK(pump(client.get(), [&] { return count(client->received, "HTTP/1.1 200 OK") == 4; }));
    CHECK_FALSE(client->closed);
}

TEST_CASE_FIXTURE(ServerFixture, "answers keep the order of their requests") {
    backend.hold = true;
    const auto client = connect_client();
    client->send("GET /v1/peers HTTP/1.1\r\nHost: hearsay\r\n\r\n" + get_status);
    REQUIRE(pump(client.get(), [&] { return backend.held.size() == 1; }));
    CHECK(backend.calls == std::vector<std::string>{"list_peers"});
    backend.hold = false;
    backend.held.front()();
    CHECK(pump(client.get(), [&] { return count(client->received, "HTTP/1.1 200 OK") == 2; }));
    CHECK(client->received.find("\"peers\"") < client->received.find("\"version\""));
}

TEST_CASE_FIXTURE(ServerFixture, "a client that expects 100-continue is told to go on") {
    const auto client = connect_client();
    client->send(
        "POST /v1/peers HTTP/1.1\r\nHost: hearsay\r\nContent-Type: application/json\r\n"
        "Content-Length: 15\r\nExpect: 100-continue\r\n\r\n");
    REQUIRE(
        pump(client.get(), [&] { return client->received == "HTTP/1.1 100 Continue\r\n\r\n"; }));
    client->send(R"({"onion":"xyz"})");
    CHECK(pump(client.get(), [&] { return client->has("HTTP/1.1 201 Created"); }));
}

TEST_CASE_FIXTURE(ServerFixture, "a client that has finished sending still gets its answer") {
    backend.hold = true;
    const auto client = connect_client();
    client->send(get_status);
    client->finish_sending();
    REQUIRE(pump(client.get(), [&] { return backend.held.size() == 1; }));
    backend.held.front()();
    CHECK(pump(client.get(), [&] { return client->closed; }));
    CHECK(status_of(client->received) == 200);
}

TEST_CASE_FIXTURE(ServerFixture, "an answer for a client that is gone is dropped") {
    backend.hold = true;
    auto client = connect_client();
    client->send(get_status);
    REQUIRE(pump(client.get(), [&] { return backend.held.size() == 1; }));
    client.reset();
    backend.held.front()();
    CHECK(pump(nullptr, [&] { return server->connections() == 0; }));
    backend.held.front()();  // and again, to nobody
    CHECK(status_of(request("GET", "/v1/nothing")) == 404);
}

TEST_CASE_FIXTURE(ServerFixture, "a backend may answer after the server is gone") {
    backend.hold = true;
    const auto client = connect_client();
    client->send(get_status);
    REQUIRE(pump(client.get(), [&] { return backend.held.size() == 1; }));
    server.reset();
    backend.held.front()();
    CHECK(pump(client.get(), [&] { return client->closed; }));
    CHECK(client->received.empty());
}

TEST_CASE_FIXTURE(ServerFixture, "malformed HTTP gets an error in JSON and the connection ends") {
    const std::string answer = exchange("HELO hearsay\r\n");
    CHECK(status_of(answer) == 400);
    CHECK(body_of(answer).find("\"code\":\"invalid\"") != std::string::npos);
}

TEST_CASE_FIXTURE(ServerFixture, "the body of a request that may not come in is not waited for") {
    const auto client = connect_client();
    client->send(
        "POST /v1/offers HTTP/1.1\r\nHost: hearsay\r\nOrigin: https://page.example\r\n"
        "Content-Length: 900\r\nExpect: 100-continue\r\n\r\n");
    REQUIRE(pump(client.get(), [&] { return client->closed; }));
    CHECK(status_of(client->received) == 403);
    CHECK(count(client->received, "HTTP/1.1") == 1);  // nobody asked for the body
    CHECK(backend.calls.empty());
}

TEST_CASE_FIXTURE(ServerFixture, "a request without Host is refused, HTTP/1.0 may leave it out") {
    CHECK(status_of(exchange("GET /v1/status HTTP/1.1\r\nConnection: close\r\n\r\n")) == 400);
    CHECK(status_of(exchange("GET /v1/status HTTP/1.0\r\n\r\n")) == 200);
}

TEST_CASE_FIXTURE(ServerFixture,
                  "a web page's request is refused, and the next one is looked at anew") {
    const auto client = connect_client();
    client->send("GET /v1/status HTTP/1.1\r\nHost: hearsay\r\nOrigin: null\r\n\r\n" + get_status);
    REQUIRE(pump(client.get(), [&] { return client->has("200 OK"); }));
    CHECK(status_of(client->received) == 403);
    CHECK(backend.calls == std::vector<std::string>{"status"});
}

TEST_CASE_FIXTURE(ServerFixture, "what is smuggled behind a malformed request is not looked at") {
    const std::string answer = exchange(
        "POST /v1/offers HTTP/1.1\r\nHost: hearsay\r\nContent-Length: 5\r\nContent-Length: "
        "0\r\n\r\n" +
        get_status);
    CHECK(status_of(answer) == 400);
    CHECK(count(answer, "HTTP/1.1") == 1);
    CHECK(backend.calls.empty());
}

TEST_CASE_FIXTURE(ServerFixture, "HEAD is refused without a body") {
    const std::string answer = request("HEAD", "/v1/status");
    CHECK(status_of(answer) == 405);
    CHECK(answer.find("Allow: GET\r\n") != std::string::npos);
    CHECK(body_of(answer).empty());
}

TEST_CASE_FIXTURE(ShortWaits, "a body that is too large is refused before it is read") {
    const std::string answer =
        exchange("POST /v1/mail HTTP/1.1\r\nHost: hearsay\r\nContent-Length: 1001\r\n\r\n");
    CHECK(status_of(answer) == 413);
    CHECK(body_of(answer).find("\"exhausted\"") != std::string::npos);
    CHECK(status_of(request("POST", "/v1/mail", std::string(3'000'000, 'x'))) == 413);
    CHECK(backend.calls.empty());
}

TEST_CASE_FIXTURE(ShortWaits, "half a request is told that it took too long") {
    const auto client = connect_client();
    client->send("GET /v1/sta");
    CHECK(pump(client.get(), [&] { return client->closed; }));
    CHECK(status_of(client->received) == 408);
}

// Each of the two waits is told from the other: where one is short, the other is long.
struct ShortRequest : ServerFixture {
    static ServerLimits limits() {
        ServerLimits out;
        out.request_wait = milliseconds(50);
        out.idle_wait = std::chrono::minutes(10);
        return out;
    }
    ShortRequest() : ServerFixture(limits()) {}
};
struct ShortIdle : ServerFixture {
    static ServerLimits limits() {
        ServerLimits out;
        out.request_wait = std::chrono::minutes(10);
        out.idle_wait = milliseconds(50);
        return out;
    }
    ShortIdle() : ServerFixture(limits()) {}
};

TEST_CASE_FIXTURE(ShortRequest, "a request's time begins with its first byte") {
    const auto client = connect_client();
    CHECK_FALSE(pump(client.get(), [&] { return client->closed; }, milliseconds(200)));
    client->send("GET /v1/sta");
    CHECK(pump(client.get(), [&] { return client->closed; }));
    CHECK(status_of(client->received) == 408);
}

TEST_CASE_FIXTURE(ShortRequest, "the time of each request is its own") {
    const auto client = connect_client();
    for (int i = 0; i < 3; ++i) {
        client->received.clear();
        client->send(get_status);
        REQUIRE(pump(client.get(), [&] { return client->has("200 OK"); }));
        // Idle between requests for longer than one of them may take.
        CHECK_FALSE(pump(client.get(), [&] { return client->closed; }, milliseconds(100)));
    }
    client->send("G");
    CHECK(pump(client.get(), [&] { return client->closed; }));
    CHECK(status_of(client->received.substr(client->received.rfind("HTTP/1.1"))) == 408);
}

TEST_CASE_FIXTURE(ShortIdle, "a request under way is not idle") {
    const auto client = connect_client();
    client->send("GET /v1/sta");
    CHECK_FALSE(pump(client.get(), [&] { return client->closed; }, milliseconds(200)));
    client->send("tus HTTP/1.1\r\nHost: hearsay\r\n\r\n");
    CHECK(pump(client.get(), [&] { return client->has("200 OK"); }));
    CHECK(pump(client.get(), [&] { return client->closed; }));
    CHECK(count(client->received, "HTTP/1.1") == 1);
}

TEST_CASE_FIXTURE(ShortWaits, "a client that trickles its request cannot hold the connection") {
    const auto client = connect_client();
    client->send("GET /v1/status HTTP/1.1\r\n");
    CHECK(pump(client.get(), [&] {
        client->send("X");
        return client->closed;
    }));
    CHECK(status_of(client->received) == 408);
}

TEST_CASE_FIXTURE(ShortWaits, "an idle connection is closed without a word") {
    const auto client = connect_client();
    CHECK(pump(client.get(), [&] { return client->closed; }));
    CHECK(client->received.empty());
    CHECK(server->connections() == 0);
}

TEST_CASE_FIXTURE(ShortWaits,
                  "a backend that does not answer costs a 503 and its late answer is dropped") {
    backend.hold = true;
    const auto client = connect_client();
    client->send(get_status);
    CHECK(pump(client.get(), [&] { return client->closed; }));
    CHECK(status_of(client->received) == 503);
    backend.held.front()();
    CHECK(count(client->received, "HTTP/1.1") == 1);
}

TEST_CASE_FIXTURE(ShortWaits, "a client that does not read its answer is cut") {
    backend.listed = 100;
    backend.listed_text = std::string(30'000, 'x');
    const auto client = connect_client();
    client->send("GET /v1/offers HTTP/1.1\r\nHost: hearsay\r\n\r\n");
    CHECK(pump(nullptr, [&] { return !backend.calls.empty() && server->connections() == 0; }));
    CHECK(pump(client.get(), [&] { return client->closed; }));
    CHECK(client->received.size() < 100 * 30'000);
}

TEST_CASE_FIXTURE(ServerFixture,
                  "a client that asks and asks without reading does not fill the memory") {
    backend.listed = 100;
    backend.listed_text = std::string(30'000, 'x');
    const auto client = connect_client();
    std::string many;
    for (int i = 0; i < 10; ++i) many += "GET /v1/offers HTTP/1.1\r\nHost: hearsay\r\n\r\n";
    client->send(many);
    // pump() runs the loop until nothing is left to do without the client.
    REQUIRE(pump(nullptr, [&] { return !backend.calls.empty(); }));
    CHECK(backend.calls.size() == 1);
    CHECK(pump(client.get(), [&] { return count(client->received, "HTTP/1.1 200 OK") == 10; }));
}

TEST_CASE_FIXTURE(ShortWaits, "one client too many is told so, and welcome when another has gone") {
    std::vector<std::unique_ptr<RawClient>> clients;
    for (int i = 0; i < 3; ++i) {
        clients.push_back(connect_client());
        clients.back()->send(get_events);
        REQUIRE(pump(clients.back().get(), [&] { return clients.back()->has("200 OK"); }));
    }
    const auto late = connect_client();
    CHECK(pump(late.get(), [&] { return late->closed; }));
    CHECK(status_of(late->received) == 503);
    clients.pop_back();
    REQUIRE(pump(nullptr, [&] { return server->connections() == 2; }));
    CHECK(status_of(request("GET", "/v1/status")) == 200);
}

TEST_CASE_FIXTURE(ServerFixture, "events reach every stream, a line and a chunk each") {
    const auto a = connect_client();
    const auto b = connect_client();
    a->send(get_events);
    b->send("GET /v1/events HTTP/1.0\r\n\r\n");
    REQUIRE(pump(a.get(), [&] { return a->has("\r\n\r\n"); }));
    REQUIRE(pump(b.get(), [&] { return b->has("\r\n\r\n"); }));
    CHECK(a->has("Content-Type: application/x-ndjson"));
    CHECK(server->streams() == 2);
    Event event;
    event.set_type("offer");
    event.set_id("abc");
    server->publish(event);
    event.set_number(1);
    const std::string line = to_json(event).value() + "\n";
    char size[16];
    std::snprintf(size, sizeof size, "%zx\r\n", line.size());
    CHECK(pump(a.get(), [&] { return a->has("\r\n\r\n" + (size + line) + "\r\n"); }));
    CHECK(pump(b.get(), [&] { return b->received.ends_with("\r\n\r\n" + line); }));
}

TEST_CASE_FIXTURE(ServerFixture, "a stream whose consumer has gone is forgotten") {
    auto client = connect_client();
    client->send(get_events);
    REQUIRE(pump(client.get(), [&] { return server->streams() == 1; }));
    client.reset();
    CHECK(pump(nullptr, [&] { return server->connections() == 0; }));
    server->publish(Event());
}

TEST_CASE_FIXTURE(ServerFixture,
                  "a slow consumer of events is cut at the limit, the others go on") {
    const auto slow = connect_client();
    const auto good = connect_client();
    for (RawClient* each : {slow.get(), good.get()}) {
        each->send(get_events);
        REQUIRE(pump(each, [&] { return each->has("\r\n\r\n"); }));
    }
    Event event;
    event.set_text(std::string(10'000, 'x'));
    std::size_t sent = 0;
    CHECK(pump(good.get(), [&] {
        server->publish(event);
        ++sent;
        return server->streams() == 1;
    }));
    CHECK_FALSE(good->closed);
    CHECK(sent < 200);  // two megabytes: the socket's buffer and ours
    CHECK(pump(good.get(), [&] { return count(good->received, "\"type\"") == sent; }));
}

TEST_CASE_FIXTURE(ServerFixture, "another user's process is refused") {
    if (geteuid() != 0) {
        MESSAGE("skipped: only root can become somebody else");
        return;
    }
    REQUIRE(fchmodat(dir.get(), "api", 0666, 0) == 0);
    REQUIRE(chmod(temp.path().c_str(), 0755) == 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = (temp.path() / "api").string();
    REQUIRE(path.size() < sizeof address.sun_path);
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    const pid_t child = fork();
    if (child == 0) {  // only system calls from here
        char answer[16] = {};
        const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
        if (setuid(65534) != 0) _exit(2);
        if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) _exit(3);
        if (recv(fd, answer, 12, MSG_WAITALL) != 12) _exit(4);
        _exit(std::memcmp(answer, "HTTP/1.1 403", 12) == 0 ? 0 : 5);
    }
    int status = -1;
    CHECK(pump(nullptr, [&] { return waitpid(child, &status, WNOHANG) == child; }));
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE_FIXTURE(ServerFixture, "a second socket, for a group, answers as the first one does") {
    const TempDir shared;
    const base::UniqueFd place = open_dir(shared.path());
    REQUIRE(server->share(base.get(), place.get(), getegid()));
    struct stat made{};
    REQUIRE(stat((shared.path() / "api").c_str(), &made) == 0);
    CHECK((made.st_mode & 0777) == 0660);
    CHECK(made.st_gid == getegid());
    RawClient client(place.get());
    client.send("GET /v1/status HTTP/1.1\r\nHost: hearsay\r\nConnection: close\r\n\r\n");
    CHECK(pump(&client, [&] { return client.closed; }));
    CHECK(client.received.starts_with("HTTP/1.1 200"));
    CHECK_FALSE(server->share(base.get(), -1, getegid()));
    server.reset();
    CHECK(stat((shared.path() / "api").c_str(), &made) != 0);
}

}  // namespace
}  // namespace hearsay::api
