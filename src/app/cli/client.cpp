#include "app/cli/client.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <utility>

#include "api/http/answer_reader.hpp"

namespace hearsay::app::cli {

namespace {

using Clock = std::chrono::steady_clock;
using Kind = ClientError::Kind;

// A list of a thousand of the largest offers is a few megabytes.
constexpr std::size_t answer_bytes_max = 64 * 1024 * 1024;

std::unexpected<ClientError> fail(Kind kind, std::string text) {
    return std::unexpected(ClientError{kind, std::move(text)});
}

std::unexpected<ClientError> not_connected(const std::string& data_dir, int error) {
    const std::string where = data_dir + "/run/api";
    if (error == EACCES || error == EPERM)
        return fail(Kind::denied, "not allowed to use " + where + ": it belongs to another user");
    struct stat info{};
    if (error == ENOTDIR && stat(data_dir.c_str(), &info) == 0 && !S_ISDIR(info.st_mode))
        return fail(Kind::not_running, data_dir + " is not a directory, and no node's");
    const bool absent = error == ENOENT || error == ECONNREFUSED || error == ENOTDIR;
    return fail(Kind::not_running,
                "no node answers at " + where +
                    (absent ? "" : std::string(" (") + std::strerror(error) + ")") +
                    "; start it with: hearsayd --data-dir " + data_dir);
}

// False once the deadline has passed.
bool wait_for(int fd, short events, Clock::time_point deadline) {
    for (;;) {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
        if (left <= 0) return false;
        pollfd entry{fd, events, 0};
        const int ready = poll(&entry, 1, static_cast<int>(std::min<long long>(left, 60'000)));
        if (ready > 0) return true;
        if (ready < 0 && errno != EINTR) return true;  // the call that follows will tell
    }
}

std::expected<base::UniqueFd, ClientError> connect_to(const std::string& data_dir,
                                                      Clock::time_point deadline) {
    const base::UniqueFd dir(open((data_dir + "/run").c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!dir.valid()) return not_connected(data_dir, errno);
    const std::string path = "/proc/self/fd/" + std::to_string(dir.get()) + "/api";
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) return not_connected(data_dir, ENAMETOOLONG);
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);

    base::UniqueFd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd.valid()) return not_connected(data_dir, errno);
    while (connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        if (errno == EINTR) continue;
        if (errno != EAGAIN) return not_connected(data_dir, errno);
        // EAGAIN: its queue of waiting clients is full, and poll cannot tell when that ends.
        if (Clock::now() >= deadline)
            return fail(Kind::timed_out, "the node is too busy to answer");
        poll(nullptr, 0, 20);
    }
    return fd;
}

// False if the time was over. A node that refuses early stops reading; its answer is there then.
bool send_all(int fd, std::string_view bytes, Clock::time_point deadline) {
    while (!bytes.empty()) {
        const ssize_t sent = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent >= 0) {
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        } else if (errno == EAGAIN) {
            if (!wait_for(fd, POLLOUT, deadline)) return false;
        } else if (errno != EINTR) {
            return true;
        }
    }
    return true;
}

}  // namespace

std::expected<Answer, ClientError> Client::ask(std::string_view method, std::string_view target,
                                               std::string_view body) const {
    const Clock::time_point deadline = Clock::now() + wait_;
    const std::expected<base::UniqueFd, ClientError> fd = connect_to(data_dir_, deadline);
    if (!fd) return std::unexpected(fd.error());

    std::string request = std::string(method) + " " + std::string(target) +
                          " HTTP/1.1\r\nHost: hearsay\r\nConnection: close\r\n";
    if (!body.empty())
        request +=
            "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
            "\r\n";
    request += "\r\n";
    request += body;
    const auto late = [] { return fail(Kind::timed_out, "the node did not answer in time"); };
    if (!send_all(fd->get(), request, deadline)) return late();

    api::HttpLimits limits;
    limits.body_bytes_max = answer_bytes_max;
    api::AnswerReader reader(limits);
    std::array<char, 16 * 1024> buffer;
    while (reader.state() == api::AnswerReader::State::reading) {
        if (!wait_for(fd->get(), POLLIN, deadline)) return late();
        const ssize_t got = recv(fd->get(), buffer.data(), buffer.size(), 0);
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
        if (got <= 0)
            reader.end();
        else
            reader.feed({buffer.data(), static_cast<std::size_t>(got)});
    }
    if (reader.state() != api::AnswerReader::State::done)
        return fail(Kind::broken,
                    "what answers at " + socket_path() + " makes no sense: " + reader.error());
    return Answer{reader.status(), reader.body()};
}

base::UniqueFd Client::open_events(const std::string& query) const {
    // In an answer to HTTP/1.0 there are no chunks.
    const std::string request = "GET /v1/events" + query +
                                (query.empty() ? " HTTP/1.1" : " HTTP/1.0") +
                                "\r\nHost: hearsay\r\n\r\n";
    const Clock::time_point deadline = Clock::now() + std::chrono::seconds(1);
    std::expected<base::UniqueFd, ClientError> fd = connect_to(data_dir_, deadline);
    if (!fd || !send_all(fd->get(), request, deadline)) return {};
    return *std::move(fd);
}

void Wakeup::wait(std::chrono::milliseconds most) {
    if (!fd_.valid() && Clock::now() >= open_again_) {
        open_again_ = Clock::now() + std::chrono::seconds(1);
        fd_ = client_.open_events();
    }
    pollfd entry{fd_.get(), POLLIN, 0};  // poll() passes over a negative descriptor
    if (poll(&entry, 1, static_cast<int>(most.count())) > 0) drain();
}

// A bounded number of reads: what is left wakes us again.
void Wakeup::drain() {
    std::array<char, 16 * 1024> buffer;
    for (int turn = 0; turn < 16; ++turn) {
        const ssize_t got = recv(fd_.get(), buffer.data(), buffer.size(), 0);
        if (got > 0 || (got < 0 && errno == EINTR)) continue;
        if (got < 0 && errno == EAGAIN) return;
        fd_.reset();  // opened again by the next wait
        return;
    }
}

}  // namespace hearsay::app::cli
