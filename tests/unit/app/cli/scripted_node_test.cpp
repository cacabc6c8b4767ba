// The command against what only says that it is a node.
#include <chrono>
#include <cstring>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>

#include <doctest/doctest.h>

#include "../../api/fixture.hpp"
#include "app/cli/client.hpp"
#include "app/cli/run.hpp"
#include "run_in.hpp"

namespace hearsay::app::cli {
namespace {

// A server that says the same bytes to whoever comes, once.
struct ScriptedNode {
    api::TempDir temp;
    int listening = -1;
    std::thread thread;

    explicit ScriptedNode(std::string script, bool hold = false) {
        const std::filesystem::path run = temp.path() / "run";
        std::filesystem::create_directory(run);
        listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        const std::string path = (run / "api").string();
        REQUIRE(path.size() < sizeof address.sun_path);
        std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
        REQUIRE(bind(listening, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
        REQUIRE(listen(listening, 1) == 0);
        thread = std::thread([this, script = std::move(script), hold] {
            const int fd = accept(listening, nullptr, nullptr);
            char request[4096];
            if (recv(fd, request, sizeof request, 0) > 0)
                send(fd, script.data(), script.size(), MSG_NOSIGNAL);
            while (hold && recv(fd, request, sizeof request, 0) > 0) {
            }
            close(fd);
        });
    }
    ~ScriptedNode() {
        thread.join();
        close(listening);
    }
};

TEST_CASE("a chunked answer and an interim one are understood") {
    ScriptedNode node(
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        "2\r\n{}\r\n0\r\n\r\n");
    const auto answer = Client(node.temp.path()).ask("GET", "/");
    REQUIRE(answer.has_value());
    CHECK(answer->body == "{}");
}

TEST_CASE("what is no node is reported, whatever it says") {
    for (const char* script :
         {"SSH-2.0-OpenSSH_9\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{", "",
          "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}junk",
          "HTTP/1.1 101 Switching Protocols\r\n\r\n"}) {
        ScriptedNode node(script);
        const auto answer = Client(node.temp.path()).ask("GET", "/");
        REQUIRE_FALSE(answer.has_value());
        CHECK(answer.error().kind == ClientError::Kind::broken);
    }
}

TEST_CASE("a node that says nothing costs only the time allowed") {
    ScriptedNode node("HTTP/1.1 200 OK\r\n", true);
    const auto answer = Client(node.temp.path(), std::chrono::milliseconds(100)).ask("GET", "/");
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().kind == ClientError::Kind::timed_out);
}

TEST_CASE("an answer that is not ours is a failure of the node") {
    ScriptedNode node("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnull");
    CHECK(run_in(node.temp.path(), {"peers", "list"}).code == exit_failed);
}

}  // namespace
}  // namespace hearsay::app::cli
