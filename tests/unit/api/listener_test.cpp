#include "api/transport/listener.hpp"

#include <fstream>

#include "fixture.hpp"

namespace hearsay::api {
namespace {

TEST_CASE("the socket is for its user only and goes away with the server") {
    TempDir temp;
    const base::UniqueFd dir = open_dir(temp.path());
    {
        const base::Result<Listener> listener = Listener::open(dir.get());
        REQUIRE(listener.has_value());
        struct stat found{};
        REQUIRE(stat((temp.path() / "api").c_str(), &found) == 0);
        CHECK(S_ISSOCK(found.st_mode));
        CHECK((found.st_mode & 0777) == 0600);
    }
    CHECK_FALSE(std::filesystem::exists(temp.path() / "api"));
}

TEST_CASE("a socket that a dead node left behind is replaced") {
    TempDir temp;
    const base::UniqueFd dir = open_dir(temp.path());
    {
        const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        const std::string path = (temp.path() / "api").string();
        REQUIRE(path.size() < sizeof address.sun_path);
        std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
        REQUIRE(bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
        close(fd);
    }
    REQUIRE(std::filesystem::exists(temp.path() / "api"));
    CHECK(Listener::open(dir.get()).has_value());
}

TEST_CASE("a node that answers keeps its socket") {
    TempDir temp;
    const base::UniqueFd dir = open_dir(temp.path());
    base::Result<Listener> first = Listener::open(dir.get());
    REQUIRE(first.has_value());
    const base::UniqueFd socket = first->take_socket();
    REQUIRE(listen(socket.get(), 1) == 0);
    CHECK(Listener::open(dir.get()).error().code == base::ErrorCode::conflict);
    CHECK(std::filesystem::exists(temp.path() / "api"));
}

TEST_CASE("a file that is no socket is not touched") {
    TempDir temp;
    const base::UniqueFd dir = open_dir(temp.path());
    std::ofstream(temp.path() / "api") << "precious";
    CHECK(Listener::open(dir.get()).error().code == base::ErrorCode::conflict);
    CHECK(std::filesystem::file_size(temp.path() / "api") == 8);
}

TEST_CASE("a socket that somebody else has put in its place is not removed") {
    TempDir temp;
    const base::UniqueFd dir = open_dir(temp.path());
    {
        const base::Result<Listener> listener = Listener::open(dir.get());
        REQUIRE(listener.has_value());
        std::filesystem::rename(temp.path() / "api", temp.path() / "old");
        std::ofstream(temp.path() / "api") << "theirs";
    }
    CHECK(std::filesystem::exists(temp.path() / "api"));
}

TEST_CASE("a directory whose path has more than 200 characters works") {
    TempDir temp;
    const std::filesystem::path deep = temp.path() / std::string(120, 'x') / std::string(120, 'y');
    std::filesystem::create_directories(deep);
    const base::UniqueFd dir = open_dir(deep);
    const base::Result<Listener> listener = Listener::open(dir.get());
    REQUIRE(listener.has_value());
    CHECK(std::filesystem::exists(deep / "api"));
}

}  // namespace
}  // namespace hearsay::api
