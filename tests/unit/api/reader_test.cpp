#include "api/http/reader.hpp"

#include <doctest/doctest.h>

namespace hearsay::api {
namespace {

using Kind = HttpReader::Kind;
using State = HttpReader::State;

HttpReader read(Kind kind, std::string_view bytes, std::size_t step = 1000) {
    HttpReader reader(kind, {400, 4, 100});
    while (!bytes.empty() && reader.wants_more()) {
        const std::size_t used = reader.feed(bytes.substr(0, step));
        if (used == 0) break;
        bytes.remove_prefix(used);
    }
    return reader;
}
HttpReader request(std::string_view bytes) {
    return read(Kind::request, bytes);
}
// With the start line and the Host that every request has.
HttpReader post(std::string_view rest) {
    return request("POST / HTTP/1.1\r\nHost: hearsay\r\n" + std::string(rest));
}
int refusal(const HttpReader& reader) {
    return reader.state() == State::failed ? reader.error().status : 0;
}

TEST_CASE("a request reads the same whatever pieces it comes in") {
    const std::string_view bytes =
        "POST /v1/mail?x=1 HTTP/1.1\r\nHost: hearsay\r\nX-Thing:  a b \r\nContent-Length: 5\r\n\r\n"
        "hello";
    for (const std::size_t step : {1U, 2U, 7U, 1000U}) {
        const HttpReader reader = read(Kind::request, bytes, step);
        REQUIRE(reader.state() == State::done);
        CHECK(reader.head().method == "POST");
        CHECK(reader.head().target == "/v1/mail?x=1");
        CHECK(reader.head().find("x-thing") == "a b");
        CHECK(reader.body() == "hello");
    }
}

TEST_CASE("a chunked body is put together, extensions and trailers are skipped") {
    const std::string_view bytes =
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        "3;why=no\r\nabc\r\n0A\r\n0123456789\r\n0\r\nLater: x\r\n\r\n";
    for (const std::size_t step : {1U, 3U, 1000U}) {
        const HttpReader reader = read(Kind::request, bytes, step);
        REQUIRE(reader.state() == State::done);
        CHECK(reader.body() == "abc0123456789");
        CHECK_FALSE(reader.head().find("later").has_value());
    }
}

TEST_CASE("bytes after the message are left for the next one") {
    HttpReader reader(Kind::request, HttpLimits());
    const std::string first = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";
    CHECK(reader.feed(first + "GET /b") == first.size());
    CHECK(reader.state() == State::done);
    CHECK(reader.feed("GET /b") == 0);
}

TEST_CASE("empty lines before a request are passed over, as RFC 9112 section 2.2 says") {
    CHECK(request("\r\n\r\nGET /a HTTP/1.1\r\nHost: x\r\n\r\n").state() == State::done);
}

TEST_CASE("extensions of chunks are limited in all, chunks are not") {
    const std::string head = "Transfer-Encoding: chunked\r\n\r\n";
    std::string many = head;
    for (int i = 0; i < 100; ++i) many += "1\r\na\r\n";
    CHECK(post(many + "0\r\n\r\n").state() == State::done);
    std::string extended = head;
    for (int i = 0; i < 30; ++i) extended += "1;" + std::string(20, 'x') + "\r\na\r\n";
    CHECK(refusal(post(extended)) == 431);
}

TEST_CASE("head, fields and body have limits") {
    CHECK(refusal(request("GET /" + std::string(500, 'a') + " HTTP/1.1\r\n\r\n")) == 431);
    CHECK(refusal(post("A:1\r\nB:1\r\nC:1\r\n\r\n")) == 0);
    CHECK(refusal(post("A:1\r\nB:1\r\nC:1\r\nD:1\r\n\r\n")) == 431);
    CHECK(refusal(post("Content-Length: 100\r\n\r\n")) == 0);
    CHECK(refusal(post("Content-Length: 101\r\n\r\n")) == 413);
    CHECK(refusal(post("Transfer-Encoding: chunked\r\n\r\n64\r\n")) == 0);
    CHECK(refusal(post("Transfer-Encoding: chunked\r\n\r\n65\r\n")) == 413);
    // What is left for the second chunk is what the first has left.
    const std::string half(60, 'x');
    CHECK(refusal(post("Transfer-Encoding: chunked\r\n\r\n3c\r\n" + half + "\r\n29\r\n")) == 413);
    CHECK(refusal(post("Transfer-Encoding: chunked\r\n\r\n0\r\n" + std::string(500, 'a'))) == 431);
    CHECK(read(Kind::response, "HTTP/1.1 200 OK\r\n\r\n" + std::string(101, 'x')).error().status ==
          413);
}

TEST_CASE("a head of exactly the limit is read, one byte more is not") {
    const std::string start = "GET / HTTP/1.1\r\nHost: x\r\nA: ";
    const std::string fill(400 - start.size() - 4, 'a');
    CHECK(request(start + fill + "\r\n\r\n").state() == State::done);
    CHECK(refusal(request(start + fill + "a\r\n\r\n")) == 431);
}

TEST_CASE("a response without a length ends with the connection") {
    HttpReader reader = read(Kind::response, "HTTP/1.1 200 OK\r\n\r\nhel");
    CHECK(reader.state() == State::body);
    reader.feed("lo");
    reader.end();
    CHECK(reader.state() == State::done);
    CHECK(reader.head().status == 200);
    CHECK(reader.body() == "hello");
}

TEST_CASE("a message cut short is an error") {
    for (const std::string_view part :
         {"", "GET /", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nab",
          "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"}) {
        HttpReader reader = request(part);
        reader.end();
        CHECK(reader.state() == State::failed);
    }
}

TEST_CASE("what has no body is done with its head, whatever it declares") {
    for (const std::string_view status : {"100 Continue", "204 No Content", "304 Not Modified"}) {
        CAPTURE(status);
        const std::string head = "HTTP/1.1 " + std::string(status) + "\r\n";
        CHECK(read(Kind::response, head + "\r\n").state() == State::done);
        CHECK(read(Kind::response, head + "Content-Length: 5\r\n\r\n").state() == State::done);
    }
}

TEST_CASE("malformed status lines are refused") {
    for (const std::string_view line :
         {"HTTP/1.1 2000 OK", "HTTP/1.1 20 OK", "HTTP/1.1 099 OK", "HTTP/1.1 600 OK",
          "HTTP/1.1  200 OK", "HTTP/1.1 +20 OK", "HTTP/2.0 200 OK", "http/1.1 200 OK",
          "HTTP/1.1 200\tOK", "HTTP/1.1 200 O\x01K", "SSH-2.0-OpenSSH", ""}) {
        CAPTURE(line);
        CHECK(read(Kind::response, std::string(line) + "\r\n\r\n").state() == State::failed);
    }
    CHECK(read(Kind::response, "HTTP/1.1 200\r\n\r\n").state() == State::body);
}

TEST_CASE("tokens of a list are found in any case, in any of the fields") {
    const HttpHead head = post("Connection: foo , Close\r\nConnection: other\r\n\r\n").head();
    CHECK(head.has_token("connection", "close"));
    CHECK(head.has_token("connection", "OTHER"));
    CHECK_FALSE(head.has_token("connection", "clos"));
    CHECK_FALSE(head.has_token("expect", "close"));
}

}  // namespace
}  // namespace hearsay::api
