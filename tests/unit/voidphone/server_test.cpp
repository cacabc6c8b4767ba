#include "voidphone/server.hpp"

#include <arpa/inet.h>
#include <chrono>
#include <csignal>
#include <cstring>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <doctest/doctest.h>
#include <event2/event.h>

namespace {

using namespace hearsay;
using namespace hearsay::voidphone;
using namespace std::chrono_literals;

struct Lines final : base::Log {
    void write(base::LogLevel, std::string_view, std::string_view text) override {
        lines.emplace_back(text);
    }
    std::vector<std::string> lines;
};

base::MonoTime mono() {
    const auto since = std::chrono::steady_clock::now().time_since_epoch();
    return base::MonoTime(std::chrono::duration_cast<base::Millis>(since));
}

struct Program {  // one at the other end
    explicit Program(std::uint16_t port) : fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        REQUIRE(connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    }
    void send(const base::Bytes& bytes) const {
        REQUIRE(::send(fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
                static_cast<ssize_t>(bytes.size()));
    }
    base::UniqueFd fd;
};

struct Fixture {
    Fixture() : loop(event_base_new()) {
        // A port that is free: another test may have the usual one.
        Config config;
        for (std::uint16_t port = 20'000; !server && port < 20'100; ++port) {
            config.api_address.port = port;
            auto opened = Server::open(
                config,
                {loop, mono, [this](const Spread& spread) { spreads.push_back(spread); }, getuid()},
                log, base::Rng(base::Secret{}));
            if (opened) server = std::move(*opened);
        }
        REQUIRE(server);
    }
    ~Fixture() {
        server.reset();
        event_base_free(loop);
    }
    bool until(const std::function<bool()>& done) const {
        for (const auto last = mono() + 10s; mono() < last;) {
            if (done()) return true;
            event_base_loop(loop, EVLOOP_ONCE | EVLOOP_NONBLOCK);
            usleep(1000);
        }
        return false;
    }
    bool said(std::string_view what) const {
        return std::ranges::any_of(
            log.lines, [&](const std::string& line) { return line.find(what) != line.npos; });
    }
    // What the program can read by now; nothing: the stream has ended.
    static std::optional<base::Bytes> read(const Program& program) {
        base::Bytes out(70'000);
        const ssize_t got = recv(program.fd.get(), out.data(), out.size(), MSG_DONTWAIT);
        if (got == 0 || (got < 0 && errno == ECONNRESET)) return std::nullopt;
        out.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
        return out;
    }

    event_base* loop;
    Lines log;
    std::vector<Spread> spreads;
    std::unique_ptr<Server> server;
};

TEST_CASE_FIXTURE(Fixture, "a program announces and leaves, and its frames are handled still") {
    Program program(server->port());
    base::Bytes frames = write_frame(Notify{1});
    base::append(frames, write_frame(Announce{0, 1, base::to_bytes("tea")}));
    program.send(frames);
    // The socket stays its program's until the node has let it in.
    shutdown(program.fd.get(), SHUT_WR);
    CHECK(until([&] { return spreads == std::vector{Spread{1, base::to_bytes("tea")}}; }));
    CHECK(until([&] { return !read(program); }));
}

TEST_CASE_FIXTURE(Fixture, "a notification arrives as one whole frame") {
    Program program(server->port());
    program.send(write_frame(Notify{1}));
    const base::Bytes data(16 * 1024, 7);
    base::Bytes got;
    CHECK(until([&] {
        server->on_item(1, data);
        got = read(program).value_or(base::Bytes{});
        return !got.empty();
    }));
    REQUIRE(got.size() >= 16 * 1024 + 8);
    CHECK(got[0] == 0x40);
    CHECK(got[1] == 0x08);
}

TEST_CASE_FIXTURE(Fixture, "frames come in pieces, and several at once") {
    Program program(server->port());
    base::Bytes frames = write_frame(Notify{1});
    base::append(frames, write_frame(Announce{0, 1, base::to_bytes("tea")}));
    base::append(frames, write_frame(Announce{0, 1, base::to_bytes("cake")}));
    for (const std::uint8_t byte : frames) {
        program.send({byte});
        event_base_loop(loop, EVLOOP_ONCE | EVLOOP_NONBLOCK);
    }
    CHECK(until([&] { return spreads.size() == 2; }));
}

TEST_CASE_FIXTURE(Fixture, "a browser's request has no effect and gets no answer") {
    Program program(server->port());
    program.send(base::to_bytes("POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"));
    CHECK(until([&] { return said("a program was cut: it sent a message of the unknown type"); }));
    CHECK(until([&] { return !read(program); }));
    CHECK(spreads.empty());
}

TEST_CASE_FIXTURE(Fixture, "a program that does not read is cut at a bound, and nobody else") {
    Program sleeper(server->port());
    Program reader(server->port());
    sleeper.send(write_frame(Notify{1}));
    reader.send(write_frame(Notify{1}));
    const base::Bytes data(16 * 1024, 7);
    std::size_t read_bytes = 0;
    CHECK(until([&] {
        server->on_item(1, data);
        read_bytes += read(reader).value_or(base::Bytes{}).size();
        return said("reads too slowly");
    }));
    CHECK(read_bytes > 0);
    const std::size_t before = read_bytes;
    CHECK(until([&] {
        server->on_item(1, data);
        read_bytes += read(reader).value_or(base::Bytes{}).size();
        return read_bytes > before + 1024 * 1024;
    }));
}

TEST_CASE_FIXTURE(Fixture, "a port that somebody has is a conflict") {
    Config config;
    config.api_address.port = server->port();
    const auto second = Server::open(config, {loop, mono, [](const Spread&) {}, getuid()}, log,
                                     base::Rng(base::Secret{}));
    REQUIRE_FALSE(second);
    CHECK(second.error().code == base::ErrorCode::conflict);
}

TEST_CASE("a program of another user is refused") {
    Fixture fixture;
    Config config;
    Lines log;
    std::unique_ptr<Server> strict;
    for (std::uint16_t port = 20'200; !strict && port < 20'300; ++port) {
        config.api_address.port = port;
        // As if the node were somebody else's; root's programs are let in everywhere.
        auto opened = Server::open(config, {fixture.loop, mono, [](const Spread&) {}, getuid() + 1},
                                   log, base::Rng(base::Secret{}));
        if (opened) strict = std::move(*opened);
    }
    REQUIRE(strict);
    if (getuid() == 0) REQUIRE(seteuid(65534) == 0);  // the socket's owner is the effective user
    const Program program(strict->port());
    if (getuid() == 0) REQUIRE(seteuid(0) == 0);
    CHECK(fixture.until([&] { return !Fixture::read(program); }));
    REQUIRE_FALSE(log.lines.empty());
    CHECK(log.lines.back() == "a program of another user was refused");
}

}  // namespace
