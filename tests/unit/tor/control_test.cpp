#include "tor/control.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace {

using namespace hearsay;
using tor::ControlMessage;
using tor::ControlReader;

std::vector<ControlMessage> read(ControlReader& reader, std::string_view text) {
    auto messages = reader.feed(base::as_bytes(text));
    REQUIRE(messages);
    return *messages;
}

}  // namespace

TEST_CASE("a reply of one line is one message") {
    ControlReader reader;
    CHECK(read(reader, "250 OK\r\n") == std::vector<ControlMessage>{{250, {{"OK", ""}}}});
}

TEST_CASE("bytes may come one at a time") {
    ControlReader reader;
    std::vector<ControlMessage> all;
    for (const char c : std::string_view("250-a=1\r\n250 OK\r\n"))
        for (ControlMessage& message : read(reader, {&c, 1})) all.push_back(std::move(message));
    CHECK(all == std::vector<ControlMessage>{{250, {{"a=1", ""}, {"OK", ""}}}});
}

TEST_CASE("a data block belongs to its line and loses its dots") {
    ControlReader reader;
    const auto messages =
        read(reader, "250+info=\r\nfirst\r\n..second\r\n250 no end\r\n.\r\n250 OK\r\n");
    CHECK(messages == std::vector<ControlMessage>{
                          {250, {{"info=", "first\n.second\n250 no end"}, {"OK", ""}}}});
}

TEST_CASE("an event within a reply harms neither") {
    ControlReader reader;
    const auto messages = read(reader, "250-a=1\r\n650 HS_DESC UPLOAD x\r\n250 OK\r\n");
    CHECK(messages == std::vector<ControlMessage>{{650, {{"HS_DESC UPLOAD x", ""}}},
                                                  {250, {{"a=1", ""}, {"OK", ""}}}});
    CHECK(messages[0].is_event());
    CHECK(messages[1].is_success());
}

TEST_CASE("the status of a reply is that of its last line") {
    ControlReader reader;
    const auto messages = read(reader, "250-ok so far\r\n552 unknown\r\n");
    REQUIRE(messages.size() == 1);
    CHECK(messages[0].status == 552);
    CHECK_FALSE(messages[0].is_success());
}

TEST_CASE("a lone line feed does not end a line") {
    ControlReader reader;
    CHECK(read(reader, "250 a\nb\r\n")[0].lines[0].text == "a\nb");
}

TEST_CASE("a line without status ends the conversation for good") {
    for (const char* line : {"OK\r\n", "25 OK\r\n", "250?OK\r\n", "\r\n"}) {
        ControlReader reader;
        CHECK_FALSE(reader.feed(base::as_bytes(line)));
        CHECK_FALSE(reader.feed(base::as_bytes("250 OK\r\n")));
    }
}

TEST_CASE("lines, their number and messages are bounded") {
    ControlReader long_line({.line_bytes = 16, .message_lines = 100, .message_bytes = 1000});
    CHECK_FALSE(long_line.feed(base::as_bytes(std::string(17, '2'))));

    ControlReader many_lines({.line_bytes = 16, .message_lines = 2, .message_bytes = 1000});
    CHECK(many_lines.feed(base::as_bytes("250-a\r\n250-b\r\n")));
    CHECK_FALSE(many_lines.feed(base::as_bytes("250-c\r\n")));

    ControlReader much_data({.line_bytes = 16, .message_lines = 9, .message_bytes = 40});
    CHECK_FALSE(much_data.feed(
        base::as_bytes("250+a=\r\n0123456789\r\n0123456789\r\n0123456789\r\n0123456789\r\n")));
}

TEST_CASE("empty lines in a data block count, too") {
    ControlReader reader({.line_bytes = 16, .message_lines = 9, .message_bytes = 40});
    std::string text = "250+a=\r\n";
    for (int i = 0; i < 50; ++i) text += "\r\n";
    CHECK_FALSE(reader.feed(base::as_bytes(text)));
}

TEST_CASE("a keyword is found outside of quotes only") {
    const std::string_view line =
        R"(STATUS_CLIENT WARN BOOTSTRAP SUMMARY="TAG=no \"x\" \\" TAG=conn XTAG=1)";
    CHECK(tor::find_keyword(line, "TAG") == "conn");
    CHECK(tor::find_keyword(line, "SUMMARY") == R"(TAG=no "x" \)");
    CHECK_FALSE(tor::find_keyword(line, "PROGRESS"));
    CHECK_FALSE(tor::find_keyword(R"(A="unfinished TAG=1)", "TAG"));
}

TEST_CASE("words are counted from nought and may be missing") {
    CHECK(tor::word("HS_DESC  UPLOAD abc", 1) == "UPLOAD");
    CHECK(tor::word("HS_DESC", 3).empty());
    CHECK(tor::word("", 0).empty());
}

TEST_CASE("a command ends with one line end") {
    CHECK(tor::control_command("GETINFO version") == "GETINFO version\r\n");
}

TEST_CASE("an answer is found by its whole key") {
    const ControlMessage reply{250, {{"status/version/current=new in series", ""}, {"OK", ""}}};
    CHECK(tor::find_answer(reply, "status/version/current") == "new in series");
    CHECK_FALSE(tor::find_answer(reply, "status/version"));
    CHECK_FALSE(tor::find_answer(reply, "OK"));
}
