#include "api/http.hpp"

#include <doctest/doctest.h>

namespace hearsay::api {
namespace {

using State = HttpReader::State;

HttpReader read(HttpReader::Kind kind, std::string_view bytes, std::size_t step, std::size_t body_max = 100) {
    HttpLimits limits;
    limits.head_bytes_max = 400;
    limits.fields_max = 4;
    limits.body_bytes_max = body_max;
    HttpReader reader(kind, limits);
    while (!bytes.empty() && (reader.state() == State::head || reader.state() == State::body)) {
        const std::size_t used = reader.feed(bytes.substr(0, step));
        if (used == 0) break;
        bytes.remove_prefix(used);
    }
    return reader;
}
HttpReader request(std::string_view bytes) {
    return read(HttpReader::Kind::request, bytes, 1000);
}
int refusal(std::string_view bytes) {
    const HttpReader reader = request(bytes);
    return reader.state() == State::failed ? reader.error().status : 0;
}

TEST_CASE("a request reads the same whatever pieces it comes in") {
    const std::string_view bytes =
        "POST /v1/mail?x=1 HTTP/1.1\r\nHost: hearsay\r\nX-Thing:  a b \r\nContent-Length: 5\r\n\r\nhello";
    for (const std::size_t step : {1U, 2U, 7U, 1000U}) {
        const HttpReader reader = read(HttpReader::Kind::request, bytes, step);
        REQUIRE(reader.state() == State::done);
        CHECK(reader.head().method == "POST");
        CHECK(reader.head().target == "/v1/mail?x=1");
        CHECK(reader.head().find("x-thing") == "a b");
        CHECK(reader.body() == "hello");
    }
}

TEST_CASE("a chunked body is put together, extensions and trailers are skipped") {
    const std::string_view bytes =
        "POST / HTTP/1.1\r\nTransfer-Encoding: "
        "chunked\r\n\r\n3;why=no\r\nabc\r\n0A\r\n0123456789\r\n0\r\nLater: x\r\n\r\n";
    for (const std::size_t step : {1U, 3U, 1000U}) {
        const HttpReader reader = read(HttpReader::Kind::request, bytes, step);
        REQUIRE(reader.state() == State::done);
        CHECK(reader.body() == "abc0123456789");
    }
}

TEST_CASE("bytes after the message are left for the next one") {
    HttpLimits limits;
    HttpReader reader(HttpReader::Kind::request, limits);
    const std::string first = "GET /a HTTP/1.1\r\n\r\n";
    CHECK(reader.feed(first + "GET /b") == first.size());
    CHECK(reader.state() == State::done);
}

TEST_CASE("malformed heads are refused") {
    CHECK(refusal("GET / HTTP/1.1\nHost: x\r\n\r\n") == 400);
    CHECK(refusal("GET / HTTP/1.1\r\nHost : x\r\n\r\n") == 400);
    CHECK(refusal("GET / HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n") == 400);
    CHECK(refusal("GET / HTTP/1.1\r\nno colon\r\n\r\n") == 400);
    CHECK(refusal("GET http://hearsay/ HTTP/1.1\r\n\r\n") == 400);
    CHECK(refusal("GET /a b HTTP/1.1\r\n\r\n") == 400);
    CHECK(refusal("GET /\x01 HTTP/1.1\r\n\r\n") == 400);
    CHECK(refusal(std::string_view("GET /\0 HTTP/1.1\r\n\r\n", 19)) == 400);
    CHECK(refusal("G\"T / HTTP/1.1\r\n\r\n") == 400);
    CHECK(refusal("nonsense\r\n\r\n") == 400);
    CHECK(refusal("GET / HTTP/2.0\r\n\r\n") == 505);
}

TEST_CASE("two opinions about the body's length are refused") {
    CHECK(refusal("POST / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc") == 400);
    CHECK(refusal("POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n") == 400);
    CHECK(refusal("POST / HTTP/1.1\r\nContent-Length: -3\r\n\r\n") == 400);
    CHECK(refusal("POST / HTTP/1.1\r\nContent-Length: 3, 3\r\n\r\n") == 400);
    CHECK(refusal("POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n") == 501);
    CHECK(refusal("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n") == 400);
    CHECK(refusal("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n") == 400);
}

TEST_CASE("what servers and proxies read differently is refused") {
    const std::string chunked = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
    const std::string post = "POST / HTTP/1.1\r\nContent-Length: ";
    for (const char* length :
         {"+5", "-5", "5 5", "5,5", "0x5", "", "5\x01", "99999999999999999999", "\xef\xbc\x95"}) {
        CAPTURE(length);
        CHECK(refusal(post + length + "\r\n\r\nhello") == 400);
    }
    for (const char* chunk :
         {" 5\r\nhello", "+5\r\nhello", "0x5\r\nhello", "5 5\r\nhello", "5\nhello", "5;\x01\r\nhello",
          "5\r\nhellothere\r\n", "5\r\nhello\n0\r\n\r\n", "\r\n", ";x\r\n", "FFFFFFFFFFFFFFFFF\r\nhello",
          "0\r\nno field\r\n\r\n", "0\r\n folded: x\r\n\r\n"}) {
        CAPTURE(chunk);
        CHECK(refusal(chunked + chunk) == 400);
    }
    CHECK(refusal(chunked + "1000000000\r\n") == 413);
    CHECK(refusal("GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n") == 400);
    CHECK(refusal("GET / HTTP/1.1\r\nA : b\r\n\r\n") == 400);
    CHECK(refusal("GET / HTTP/1.1\r\nA: b\x7f\r\n\r\n") == 400);
    CHECK(refusal("GET / HTTP/1.1\nA: b\r\n\r\n") == 400);
    CHECK(refusal("POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n") == 501);
    CHECK(refusal("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n") == 501);
}

TEST_CASE("extensions of chunks are limited in all, chunks are not") {
    std::string bytes = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
    const std::string head = bytes;
    for (int i = 0; i < 90; ++i) bytes += "1\r\na\r\n";
    CHECK(read(HttpReader::Kind::request, bytes + "0\r\n\r\n", 1000).state() == State::done);
    bytes = head;
    for (int i = 0; i < 30; ++i) bytes += "1;" + std::string(20, 'x') + "\r\na\r\n";
    CHECK(refusal(bytes) == 431);
}

TEST_CASE("head, fields and body have limits") {
    CHECK(refusal("GET /" + std::string(500, 'a') + " HTTP/1.1\r\n\r\n") == 431);
    CHECK(refusal("GET / HTTP/1.1\r\nA:1\r\nB:1\r\nC:1\r\nD:1\r\nE:1\r\n\r\n") == 431);
    CHECK(refusal("POST / HTTP/1.1\r\nContent-Length: 101\r\n\r\n") == 413);
    CHECK(refusal("POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n") == 400);
    CHECK(refusal("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n") == 413);
    CHECK(refusal("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + std::string(500, 'a')) ==
          431);
    // Many small chunks are no head.
    std::string many = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (int i = 0; i < 100; ++i) many += "1\r\nx\r\n";
    CHECK(request(many + "0\r\n\r\n").state() == State::done);
}

TEST_CASE("a response without a length ends with the connection") {
    HttpReader reader = read(HttpReader::Kind::response, "HTTP/1.1 200 OK\r\n\r\nhel", 1000);
    CHECK(reader.state() == State::body);
    reader.feed("lo");
    reader.end();
    CHECK(reader.state() == State::done);
    CHECK(reader.head().status == 200);
    CHECK(reader.body() == "hello");
}

TEST_CASE("a message cut short is an error") {
    for (const std::string_view part : {"", "GET /", "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nab"}) {
        HttpReader reader = request(part);
        reader.end();
        CHECK(reader.state() == State::failed);
    }
}

TEST_CASE("204 has no body and malformed status lines are refused") {
    CHECK(read(HttpReader::Kind::response, "HTTP/1.1 204 No Content\r\n\r\n", 1000).state() == State::done);
    CHECK(read(HttpReader::Kind::response, "HTTP/1.1 2000 OK\r\n\r\n", 1000).state() == State::failed);
    CHECK(read(HttpReader::Kind::response, "SSH-2.0-OpenSSH\r\n", 1000).state() == State::failed);
}

TEST_CASE("tokens of a list are found in any case") {
    const HttpReader reader = request("GET / HTTP/1.1\r\nConnection: foo , Close\r\n\r\n");
    CHECK(reader.head().has_token("connection", "close"));
    CHECK_FALSE(reader.head().has_token("connection", "clos"));
}

}  // namespace
}  // namespace hearsay::api
