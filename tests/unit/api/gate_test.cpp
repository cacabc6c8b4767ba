#include "api/transport/gate.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include "base/unique_fd.hpp"

namespace hearsay::api {
namespace {

int refusal(std::vector<HttpField> fields) {
    const UnixGate gate(1000);
    HttpHead head{"GET", "/v1/status", 0, 1, std::move(fields)};
    const std::optional<Response> refused = gate.refuse_request(head);
    return refused ? refused->status : 0;
}

TEST_CASE("web pages are kept out") {
    CHECK(refusal({{"host", "hearsay"}, {"origin", "https://evil.example"}}) == 403);
    CHECK(refusal({{"host", "hearsay"}, {"origin", "null"}}) == 403);
    CHECK(refusal({{"host", "hearsay"}, {"origin", ""}}) == 403);
    for (const char* host : {"evil.example", "localhost.evil.example", "evil.example:localhost", "",
                             "localhost.", "127.0.0.1", "[::1]", "hearsay, evil"}) {
        CAPTURE(host);
        CHECK(refusal({{"host", host}}) == 403);
    }
    for (const char* host : {"hearsay", "LocalHost:8080", "localhost", "HEARSAY:1"}) {
        CAPTURE(host);
        CHECK(refusal({{"host", host}}) == 0);
    }
    CHECK(refusal({}) == 0);  // HTTP/1.0
}

TEST_CASE("only the same user and root may talk") {
    CHECK(may_talk(1000, 1000));
    CHECK(may_talk(0, 1000));
    CHECK_FALSE(may_talk(1001, 1000));
    CHECK_FALSE(may_talk(1000, 0));
}

TEST_CASE("who the system does not tell is refused") {
    int ends[2];
    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    const base::UniqueFd here(ends[0]), there(ends[1]);
    CHECK_FALSE(UnixGate(geteuid()).refuse_connection(here.get()).has_value());
    CHECK(UnixGate(geteuid()).refuse_connection(-1)->status == 403);
}

TEST_CASE("members of the group that was named are let in, and of no other") {
    int ends[2];
    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    const base::UniqueFd here(ends[0]), there(ends[1]);
    const uid_t somebody = 4'000'001;  // not who runs this, and root is let in by nobody's group
    CHECK(is_of_group(here.get(), getegid()));
    CHECK_FALSE(is_of_group(here.get(), 4'000'000));
    CHECK_FALSE(is_of_group(-1, getegid()));
    if (geteuid() == 0) return;
    CHECK(UnixGate(somebody).refuse_connection(here.get()));
    CHECK(UnixGate(somebody, 4'000'000).refuse_connection(here.get()));
    CHECK_FALSE(UnixGate(somebody, getegid()).refuse_connection(here.get()));
}

}  // namespace
}  // namespace hearsay::api
