#include "api/http/answer_reader.hpp"

#include <string>

#include <doctest/doctest.h>

namespace hearsay::api {
namespace {

using State = AnswerReader::State;

AnswerReader read(const std::string& bytes, std::size_t step = 1000) {
    AnswerReader reader({400, 4, 100});
    for (std::size_t at = 0; at < bytes.size(); at += step)
        reader.feed(std::string_view(bytes).substr(at, step));
    return reader;
}

const std::string interim = "HTTP/1.1 100 Continue\r\n\r\n";
const std::string answer = "HTTP/1.1 201 Created\r\nContent-Length: 5\r\n\r\nhello";

TEST_CASE("an answer is read whatever pieces it comes in") {
    for (const std::size_t step : {1U, 3U, 1000U}) {
        const AnswerReader reader = read(answer, step);
        REQUIRE(reader.state() == State::done);
        CHECK(reader.status() == 201);
        CHECK(reader.body() == "hello");
    }
}

TEST_CASE("interim answers are passed over, a few of them") {
    std::string some;
    for (std::size_t i = 0; i < AnswerReader::interim_answers_max; ++i) some += interim;
    for (const std::size_t step : {1U, 1000U}) {
        const AnswerReader reader = read(some + answer, step);
        REQUIRE(reader.state() == State::done);
        CHECK(reader.status() == 201);
    }
    CHECK(read(some + interim + answer).state() == State::failed);
}

TEST_CASE("another protocol is an error: nobody asked for it") {
    CHECK(read("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n").state() == State::failed);
}

TEST_CASE("bytes behind the answer are an error, together with it or later") {
    CHECK(read(answer + "x").state() == State::failed);
    AnswerReader reader = read(answer);
    reader.feed("HTTP/1.1 200 OK\r\n");
    CHECK(reader.state() == State::failed);
    CHECK(read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nx").state() ==
          State::failed);
}

TEST_CASE("the connection's end completes only an answer of unknown length") {
    AnswerReader whole = read("HTTP/1.1 200 OK\r\n\r\nhello");
    CHECK(whole.state() == State::reading);
    whole.end();
    CHECK(whole.state() == State::done);
    CHECK(whole.body() == "hello");
    for (const std::string& part :
         {std::string(), interim, answer.substr(0, answer.size() - 1),
          std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")}) {
        CAPTURE(part);
        AnswerReader reader = read(part);
        reader.end();
        CHECK(reader.state() == State::failed);
        CHECK_FALSE(reader.error().empty());
    }
}

TEST_CASE("an end after the answer changes nothing") {
    AnswerReader reader = read(answer);
    reader.end();
    CHECK(reader.state() == State::done);
}

}  // namespace
}  // namespace hearsay::api
