// A server on a real Unix socket and raw clients, all in one thread: pump() lets both sides run.
#pragma once

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <memory>
#include <string>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <event2/event.h>

#include "api/interface.hpp"
#include "base/unique_fd.hpp"
#include "fake_backend.hpp"

namespace hearsay::api {

class TempDir {
public:
    TempDir() {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "hearsay-api-XXXXXX").string();
        REQUIRE(mkdtemp(pattern.data()) != nullptr);
        path_ = pattern;
    }
    TempDir(const TempDir&) = delete;
    TempDir& operator=(const TempDir&) = delete;
    ~TempDir() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

inline base::UniqueFd open_dir(const std::filesystem::path& path) {
    base::UniqueFd out(open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    REQUIRE(out.valid());
    return out;
}

struct SilentLog : base::Log {
    std::vector<std::string> lines;
    void write(base::LogLevel, std::string_view, std::string_view text) override {
        lines.emplace_back(text);
    }
};

class RawClient {
public:
    explicit RawClient(int dir_fd)
        : fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        const std::string path = "/proc/self/fd/" + std::to_string(dir_fd) + "/api";
        std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
        REQUIRE(connect(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) ==
                0);
    }
    explicit RawClient(base::UniqueFd connected) : fd_(std::move(connected)) {}
    RawClient(const RawClient&) = delete;
    RawClient& operator=(const RawClient&) = delete;

    // What the socket takes at once; the rest stays for the next call.
    void send(std::string_view bytes) {
        unsent_ += bytes;
        push();
    }
    void push() {
        if (unsent_.empty() || !fd_.valid()) return;
        const ssize_t sent = ::send(fd_.get(), unsent_.data(), unsent_.size(), MSG_NOSIGNAL);
        if (sent > 0) unsent_.erase(0, static_cast<std::size_t>(sent));
        if (sent < 0 && errno != EAGAIN) unsent_.clear();
    }
    void pull() {
        push();
        char part[16384];
        ssize_t got = 0;
        while (fd_.valid() && !closed && (got = recv(fd_.get(), part, sizeof part, 0)) > 0)
            received.append(part, static_cast<std::size_t>(got));
        if (got == 0 || (got < 0 && errno != EAGAIN)) closed = fd_.valid();
    }
    void finish_sending() { shutdown(fd_.get(), SHUT_WR); }
    bool has(std::string_view text) const { return received.find(text) != std::string::npos; }

    std::string received;
    bool closed = false;  // by the server

private:
    base::UniqueFd fd_;
    std::string unsent_;
};

struct ServerFixture {
    explicit ServerFixture(const ServerLimits& limits = {}) : dir(open_dir(temp.path())) {
        std::signal(SIGPIPE, SIG_IGN);
        auto opened = Interface::open(base.get(), dir.get(), backend, log, limits);
        REQUIRE(opened.has_value());
        server = *std::move(opened);
    }

    std::unique_ptr<RawClient> connect_client() { return std::make_unique<RawClient>(dir.get()); }

    // Runs the loop until `done` or the time has passed; whether it is done.
    template <class Done>
    bool pump(RawClient* client, Done done,
              std::chrono::milliseconds most = std::chrono::seconds(10)) {
        const auto end = std::chrono::steady_clock::now() + most;
        while (std::chrono::steady_clock::now() < end) {
            event_base_loop(base.get(), EVLOOP_NONBLOCK);
            if (client != nullptr) client->pull();
            if (done()) return true;
            usleep(200);
        }
        return done();
    }

    // Sends the bytes on a connection of their own; the answer once the server has closed it.
    std::string exchange(const std::string& bytes) {
        const auto client = connect_client();
        client->send(bytes);
        CHECK(pump(client.get(), [&] { return client->closed; }));
        return client->received;
    }
    std::string request(const std::string& method, const std::string& target,
                        const std::string& body = {}) {
        std::string bytes =
            method + " " + target + " HTTP/1.1\r\nHost: hearsay\r\nConnection: close\r\n";
        if (!body.empty())
            bytes +=
                "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
                "\r\n";
        return exchange(bytes + "\r\n" + body);
    }
    static int status_of(const std::string& answer) {
        return answer.starts_with("HTTP/1.1 ") ? std::stoi(answer.substr(9, 3)) : 0;
    }
    static std::string body_of(const std::string& answer) {
        const std::size_t at = answer.find("\r\n\r\n");
        return at == std::string::npos ? std::string() : answer.substr(at + 4);
    }

    struct FreeBase {
        void operator()(event_base* each) const { event_base_free(each); }
    };
    TempDir temp;
    base::UniqueFd dir;
    std::unique_ptr<event_base, FreeBase> base{event_base_new()};
    FakeBackend backend;
    SilentLog log;
    std::unique_ptr<Interface> server;
};

}  // namespace hearsay::api
