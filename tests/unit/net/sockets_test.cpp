#include "net/sockets.hpp"

#include <filesystem>
#include <fstream>
#include <sys/stat.h>

#include <doctest/doctest.h>

#include "net_support.hpp"

using hearsay::base::ErrorCode;
using hearsay::net::connect_unix;
using hearsay::net::listen_unix;
using hearsay::net::UniqueFd;
using hearsay::net::test::Directory;

TEST_CASE("a listening socket belongs to its owner alone") {
    const Directory directory;
    const auto fd = listen_unix(directory.fd(), "s");
    REQUIRE(fd.has_value());
    struct stat status{};
    REQUIRE(::stat((directory.path() + "/s").c_str(), &status) == 0);
    CHECK(S_ISSOCK(status.st_mode));
    CHECK((status.st_mode & 0777) == 0600);
}

TEST_CASE("sockets work in a directory whose path has far more than 108 characters") {
    const Directory directory(200);
    REQUIRE(directory.path().size() >= 200);
    const auto listener = listen_unix(directory.fd(), "onion");
    REQUIRE(listener.has_value());
    CHECK(connect_unix(directory.fd(), "onion").has_value());
}

TEST_CASE("a socket that a dead process left is replaced") {
    const Directory directory;
    {
        const auto dead = listen_unix(directory.fd(), "s");
        REQUIRE(dead.has_value());
    }
    REQUIRE(std::filesystem::exists(directory.path() + "/s"));
    const auto listener = listen_unix(directory.fd(), "s");
    REQUIRE(listener.has_value());
    CHECK(connect_unix(directory.fd(), "s").has_value());
}

TEST_CASE("a socket that somebody listens on is left alone") {
    const Directory directory;
    const auto first = listen_unix(directory.fd(), "s");
    REQUIRE(first.has_value());
    const auto second = listen_unix(directory.fd(), "s");
    REQUIRE(!second.has_value());
    CHECK(second.error().code == ErrorCode::conflict);
    CHECK(connect_unix(directory.fd(), "s").has_value());
}

TEST_CASE("a file that is no socket is never removed") {
    const Directory directory;
    std::ofstream(directory.path() + "/s") << "precious";
    const auto fd = listen_unix(directory.fd(), "s");
    REQUIRE(!fd.has_value());
    CHECK(fd.error().code == ErrorCode::conflict);
    CHECK(std::filesystem::file_size(directory.path() + "/s") == 8);
}

TEST_CASE("a socket's name cannot lead out of its directory") {
    const Directory directory;
    for (const std::string& name :
         {std::string(), std::string("../s"), std::string("a/b"), std::string(100, 'x')}) {
        CAPTURE(name);
        const auto fd = listen_unix(directory.fd(), name);
        REQUIRE(!fd.has_value());
        CHECK(fd.error().code == ErrorCode::invalid);
    }
}

TEST_CASE("connecting to a socket that is not there says so") {
    const Directory directory;
    const auto fd = connect_unix(directory.fd(), "socks");
    REQUIRE(!fd.has_value());
    CHECK(fd.error().code == ErrorCode::unavailable);
    CHECK(fd.error().text == "cannot connect to the socket socks: No such file or directory");
}
