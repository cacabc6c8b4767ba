// What one program reads as the end of a message and another as its middle: the classes of request
// smuggling, each with its variants. Every row is refused before its last byte can be taken for a
// request of its own, and none is accepted in another way when it comes byte by byte.
#include <optional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "api/http/reader.hpp"

namespace hearsay::api {
namespace {

using State = HttpReader::State;

struct Vector {
    const char* what;
    std::string bytes;
    int status;  // of the refusal; 0: it is one whole request
};

const std::string host = "Host: hearsay\r\n";
const std::string start = "POST / HTTP/1.1\r\n" + host;
const std::string smuggled = "GET /v1/status HTTP/1.1\r\nHost: hearsay\r\n\r\n";

std::string with_length(const std::string& length) {
    return start + "Content-Length: " + length + "\r\n\r\nhello" + smuggled;
}
std::string with_field(const std::string& line) {
    return start + line + "\r\nContent-Length: 5\r\n\r\nhello" + smuggled;
}
std::string with_coding(const std::string& coding) {
    return start + "Transfer-Encoding: " + coding + "\r\n\r\n0\r\n\r\n" + smuggled;
}
std::string with_chunks(const std::string& chunks) {
    return start + "Transfer-Encoding: chunked\r\n\r\n" + chunks + smuggled;
}

// Requests that were read whole, and the status of what came behind them: 0 if it was incomplete.
struct Reading {
    std::vector<std::string> targets;
    int refusal = 0;
};

Reading read_all(const std::string& bytes, std::size_t step) {
    Reading out;
    std::size_t at = 0;
    while (at < bytes.size()) {
        HttpReader reader(HttpReader::Kind::request, {4096, 16, 4096});
        while (at < bytes.size() && reader.wants_more())
            at += reader.feed(std::string_view(bytes).substr(at, step));
        if (reader.state() == State::failed) {
            out.refusal = reader.error().status;
            CHECK(reader.feed(smuggled) == 0);
            return out;
        }
        if (reader.state() == State::done) out.targets.push_back(reader.head().target);
    }
    return out;
}

void check(const std::vector<Vector>& vectors) {
    for (const Vector& vector : vectors) {
        for (const std::size_t step : {std::size_t{1}, std::size_t{7}, vector.bytes.size()}) {
            CAPTURE(vector.what);
            CAPTURE(vector.bytes);
            CAPTURE(step);
            const Reading reading = read_all(vector.bytes, step);
            CHECK(reading.refusal == vector.status);
            // The innocent ones are followed by the second request, the others by nothing.
            CHECK(reading.targets.size() == (vector.status == 0 ? 2 : 0));
        }
    }
}

TEST_CASE("two lengths, or a length beside a coding, are refused even if they agree") {
    const std::string length = "Content-Length: 5\r\n";
    const std::string chunked = "Transfer-Encoding: chunked\r\n";
    check({
        {"length and coding", start + length + chunked + "\r\n0\r\n\r\n" + smuggled, 400},
        {"coding and length", start + chunked + length + "\r\n0\r\n\r\n" + smuggled, 400},
        {"length of 0 and coding",
         start + "Content-Length: 0\r\n" + chunked + "\r\n0\r\n\r\n" + smuggled, 400},
        {"equal lengths", start + length + length + "\r\nhello" + smuggled, 400},
        {"different lengths", start + length + "Content-Length: 0\r\n\r\nhello" + smuggled, 400},
        {"in another case", start + length + "CONTENT-LENGTH: 5\r\n\r\nhello" + smuggled, 400},
        {"two codings", start + chunked + chunked + "\r\n0\r\n\r\n" + smuggled, 400},
        {"a coding and an empty one",
         start + chunked + "Transfer-Encoding:\r\n\r\n0\r\n\r\n" + smuggled, 400},
        {"one length", start + length + "\r\nhello" + smuggled, 0},
        {"one coding", start + chunked + "\r\n0\r\n\r\n" + smuggled, 0},
    });
}

TEST_CASE("a length is digits and nothing else") {
    std::vector<Vector> vectors;
    for (const char* length : {"+5", "-5", "-0", "5 5", "5,5", "5, 5", "0x5", "5.0", "5e0", "",
                               "'5'", "\"5\"", "5;", "\xef\xbc\x95", "5\xc2\xa0", "5\v", "5\f"})
        vectors.push_back({"not digits", with_length(length), 400});
    // 2^64 + 5 and 2^32 * 2^32 + 5 are 5 to whom they overflow.
    for (const char* length : {"18446744073709551621", "99999999999999999999", "0000000000000005"})
        vectors.push_back({"too many digits", with_length(length), 400});
    vectors.push_back({"2^32 + 5", with_length("4294967301"), 413});
    vectors.push_back({"2^31", with_length("2147483648"), 413});
    vectors.push_back({"leading zeros", with_length("005"), 0});
    vectors.push_back({"blanks around it", with_length(" \t5 \t"), 0});
    check(vectors);
}

TEST_CASE("a coding is \"chunked\", in HTTP/1.1, and nothing else") {
    std::vector<Vector> vectors;
    for (const char* coding :
         {"", "identity", "gzip", "gzip, chunked", "chunked, gzip", "chunked, chunked",
          "chunked, identity", ", chunked", "chunked,", "chunked;q=1", "\"chunked\"", "xchunked",
          "chunkedx", "chu nked", "chunked\xa0"})
        vectors.push_back({"another coding", with_coding(coding), 501});
    vectors.push_back({"a control character before it",
                       with_coding("\x0b"
                                   "chunked"),
                       400});
    vectors.push_back(
        {"HTTP/1.0",
         "POST / HTTP/1.0\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + smuggled,
         501});
    vectors.push_back({"in any case", with_coding("CHUNKED"), 0});
    vectors.push_back({"blanks around it", with_coding("\t chunked \t"), 0});
    check(vectors);
}

TEST_CASE("a field is a name, a colon and a value on one line") {
    check({
        {"folded by a blank", with_field("A: b\r\n c"), 400},
        {"folded by a tab", with_field("A: b\r\n\tc"), 400},
        {"a folded coding", with_field("Transfer-Encoding:\r\n chunked"), 400},
        {"folded before the first field", "POST / HTTP/1.1\r\n A: b\r\n" + host + "\r\n" + smuggled,
         400},
        {"blank before the colon", with_field("Transfer-Encoding : chunked"), 400},
        {"tab before the colon", with_field("Transfer-Encoding\t: chunked"), 400},
        {"blank in the name", with_field("Transfer Encoding: chunked"), 400},
        {"no name", with_field(": chunked"), 400},
        {"no colon", with_field("Transfer-Encoding"), 400},
        {"a name beyond ASCII", with_field("Tr\xc3\xa4nsfer: chunked"), 400},
        {"a colon more", with_field("A:: b"), 0},
        {"NUL in the value", with_field(std::string("A: b\0c", 6)), 400},
        {"NUL in the name", with_field(std::string("A\0: b", 5)), 400},
        {"DEL in the value", with_field("A: b\x7f"), 400},
        {"escape in the value", with_field("A: \x1b[2J"), 400},
        {"vertical tab in the value", with_field("A: b\x0b"), 400},
        {"tab in the value", with_field("A: b\tc"), 0},
        {"bytes beyond ASCII in the value", with_field("A: \x80\xff"), 0},
        {"no value", with_field("A:"), 0},
    });
}

TEST_CASE("a line ends with CR LF, nowhere else and in no other way") {
    check({
        {"LF ends the start line", "POST / HTTP/1.1\n" + host + "\r\n" + smuggled, 400},
        {"LF ends a field", with_field("A: b\nTransfer-Encoding: chunked"), 400},
        {"LF ends the head", start + "Content-Length: 5\r\n\nhello" + smuggled, 400},
        {"CR ends a field", with_field("A: b\rTransfer-Encoding: chunked"), 400},
        {"CR CR LF", with_field("A: b\r"), 400},
        {"LF CR", with_field("A: b\n\rC: d"), 400},
        {"LF before the request", "\n" + smuggled, 400},
        {"CR before the request", "\r" + smuggled, 400},
        {"LF ends a chunk's size", with_chunks("5\nhello\r\n0\r\n\r\n"), 400},
        {"LF ends a chunk", with_chunks("5\r\nhello\n0\r\n\r\n"), 400},
        {"CR ends a chunk", with_chunks("5\r\nhello\r0\r\n\r\n"), 400},
        {"LF ends the trailer", with_chunks("0\r\n\n"), 400},
        {"LF within an extension", with_chunks("5;a=\"\n0\"\r\nhello\r\n0\r\n\r\n"), 400},
        {"CR within an extension", with_chunks("5;a=\"\r0\"\r\nhello\r\n0\r\n\r\n"), 400},
    });
}

TEST_CASE("a chunk's size is hexadecimal digits, and the chunk is as long as it says") {
    std::vector<Vector> vectors;
    for (const char* chunks : {" 5\r\nhello",
                               "\t5\r\nhello",
                               "+5\r\nhello",
                               "-5\r\nhello",
                               "-0\r\n\r\n",
                               "0x5\r\nhello",
                               "5h\r\nhello",
                               "5 5\r\nhello",
                               "5 \r\nhello",
                               "5\t\r\nhello",
                               "5,\r\nhello",
                               "\r\n",
                               ";a=b\r\n",
                               "g\r\n",
                               "5\r\nhell\r\n0\r\n\r\n",
                               "5\r\nhellothere\r\n0\r\n\r\n",
                               "5\r\nhello0\r\n\r\n",
                               "5\r\nhello\r\n\r\n0\r\n\r\n",
                               "5;\x01\r\nhello\r\n0\r\n\r\n",
                               "5;a\x7f\r\nhello\r\n0\r\n\r\n"})
        vectors.push_back({"a bad chunk", with_chunks(chunks), 400});
    // 2^64 + 5 and 2^64 * 16 + 5 are 5 to whom they overflow, and the last is -1.
    for (const char* size : {"10000000000000005", "100000000000000005", "0000000000000005",
                             "FFFFFFFFFFFFFFFF", "8000000000000000"})
        vectors.push_back(
            {"an overflow", with_chunks(std::string(size) + "\r\nhello\r\n0\r\n\r\n"), 400});
    vectors.push_back({"2^32 + 5", with_chunks("100000005\r\nhello\r\n0\r\n\r\n"), 413});
    vectors.push_back({"2^31", with_chunks("80000000\r\nhello\r\n0\r\n\r\n"), 413});
    for (const char* fine : {"5\r\nhello\r\n0\r\n\r\n", "5;a=b\r\nhello\r\n0;c\r\n\r\n",
                             "5 ; a=\"b c\"\r\nhello\r\n0\r\n\r\n", "005\r\nhello\r\n000\r\n\r\n",
                             "a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n"})
        vectors.push_back({"fine", with_chunks(fine), 0});
    check(vectors);
}

TEST_CASE("behind the last chunk come fields of a trailer, and nothing of theirs is believed") {
    check({
        {"junk", with_chunks("0\r\njunk\r\n\r\n"), 400},
        {"a request at once", with_chunks("0\r\n"), 400},
        {"a folded line", with_chunks("0\r\nA: b\r\n c\r\n\r\n"), 400},
        {"blank before the colon", with_chunks("0\r\nA : b\r\n\r\n"), 400},
        {"a control character", with_chunks("0\r\nA: \x01\r\n\r\n"), 400},
        {"a field", with_chunks("0\r\nA: b\r\n\r\n"), 0},
        {"a length", with_chunks("0\r\nContent-Length: 5\r\n\r\n"), 0},
        {"a coding", with_chunks("0\r\nTransfer-Encoding: chunked\r\n\r\n"), 0},
        {"a Host", with_chunks("0\r\nHost: evil\r\n\r\n"), 0},
    });
}

TEST_CASE("a request names one Host; an old one may leave it out") {
    const std::string get = "GET / HTTP/1.1\r\n";
    check({
        {"none", get + "\r\n" + smuggled, 400},
        {"two", get + host + host + "\r\n" + smuggled, 400},
        {"two different", get + host + "Host: evil\r\n\r\n" + smuggled, 400},
        {"in another case", get + host + "HOST: hearsay\r\n\r\n" + smuggled, 400},
        {"two of HTTP/1.0", "GET / HTTP/1.0\r\n" + host + host + "\r\n" + smuggled, 400},
        {"none of HTTP/1.0", "GET / HTTP/1.0\r\n\r\n" + smuggled, 0},
        {"one", get + host + "\r\n" + smuggled, 0},
    });
}

TEST_CASE("a start line is a method, a path and a version with one blank between them") {
    std::vector<Vector> vectors;
    for (const std::string& line :
         {std::string("GET  / HTTP/1.1"), std::string("GET / HTTP/1.1 "),
          std::string(" GET / HTTP/1.1"), std::string("GET\t/ HTTP/1.1"),
          std::string("GET /a b HTTP/1.1"), std::string("GET /"), std::string("GET"),
          std::string("G\"T / HTTP/1.1"), std::string("GET http://hearsay/ HTTP/1.1"),
          std::string("CONNECT hearsay:80 HTTP/1.1"), std::string("OPTIONS * HTTP/1.1"),
          std::string("GET /\x01 HTTP/1.1"), std::string("GET /\x7f HTTP/1.1"),
          std::string("GET /\xc3\xa4 HTTP/1.1"), std::string("GET /\0 HTTP/1.1", 15),
          std::string("nonsense")})
        vectors.push_back({"a bad start line", line + "\r\n" + host + "\r\n" + smuggled, 400});
    for (const char* version : {"HTTP/2.0", "HTTP/1.2", "HTTP/0.9", "HTTP/1.10", "HTTP/01.1",
                                "http/1.1", "HTTP/1", "HTTP/+1.1", "HTTP\\1.1"})
        vectors.push_back({"another version",
                           "GET / " + std::string(version) + "\r\n" + host + "\r\n" + smuggled,
                           505});
    check(vectors);
}

}  // namespace
}  // namespace hearsay::api
