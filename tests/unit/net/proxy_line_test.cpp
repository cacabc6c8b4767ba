#include "net/proxy_line.hpp"

#include <string>

#include <doctest/doctest.h>

using hearsay::net::parse_proxy_line;
using hearsay::net::ProxyLineReader;

TEST_CASE("Tor's PROXY line names the circuit") {
    CHECK(parse_proxy_line("PROXY TCP6 fc00:dead:beef:4dad::0:16 ::1 22 9999\r\n") == 0x16);
    CHECK(parse_proxy_line("PROXY TCP6 fc00:dead:beef:4dad::1:0 ::1 0 65535\r\n") == 0x10000);
    CHECK(parse_proxy_line("PROXY TCP6 fc00:dead:beef:4dad::ffff:abcd ::1 1 1\r\n") == 0xFFFFABCD);
}

TEST_CASE("anything but Tor's PROXY line is nothing") {
    for (const char* line : {
             "",
             "\r\n",
             "PROXY UNKNOWN\r\n",
             "PROXY TCP4 127.0.0.1 127.0.0.1 1 1\r\n",
             "PROXY TCP6 fc00:dead:beef:4dad::0:16 ::1 22 9999",
             "PROXY TCP6 fc00:dead:beef:4dad::0:16 ::1 22 9999\n",
             "PROXY TCP6 fc00:dead:beef:4dad::0:16 ::1 22 9999 \r\n",
             "PROXY TCP6 fc00:dead:beef:4dad::0:16 ::1 22\r\n",
             "PROXY TCP6 fc00:dead:beef:4dad::0:16 ::1 22 65536\r\n",
             "PROXY TCP6 fc00:dead:beef:4dad::0:16 ::1 -1 1\r\n",
             "PROXY TCP6 fc00:dead:beef:4dad::0:16 ::2 22 9999\r\n",
             "PROXY TCP6 fc00:dead:beef:4dad::10000:16 ::1 22 9999\r\n",
             "PROXY TCP6 fc00:dead:beef:4dad::0:10000 ::1 22 9999\r\n",
             "PROXY TCP6 fc00:dead:beef:4dad:::16 ::1 22 9999\r\n",
             "PROXY TCP6 fc00:dead:beef:4dad::0:g ::1 22 9999\r\n",
             "PROXY TCP6 fc00:dead:beef:4dae::0:16 ::1 22 9999\r\n",
             "PROXY TCP6 fc00:dead:beef:4dad::0:016 ::1 22 9999\r\n",
             "PROXY TCP6 fc00:dead:beef:4dad::0:1F ::1 22 9999\r\n",
             "PROXY TCP6 fc00:dead:beef:4dad::0:0x1 ::1 22 9999\r\n",
             "PROXY TCP6 fc00:dead:beef:4dad::0:16 ::1 +22 9999\r\n",
             "PROXY TCP6 fc00:dead:beef:4dad::0:16 ::1 022 9999\r\n",
             "proxy TCP6 fc00:dead:beef:4dad::0:16 ::1 22 9999\r\n",
         }) {
        CAPTURE(line);
        CHECK(parse_proxy_line(line) == std::nullopt);
    }
    CHECK(parse_proxy_line("PROXY TCP6 fc00:dead:beef:4dad::" + std::string(100, '0') +
                           ":1 ::1 1 1\r\n") == std::nullopt);
}

TEST_CASE(
    "the line is taken out of a stream's first bytes and nothing behind it, however they are cut") {
    const std::string line = "PROXY TCP6 fc00:dead:beef:4dad::2:f ::1 15 7788\r\n";
    const std::string stream = line + "\x16 behind\n";
    for (std::size_t piece = 1; piece <= stream.size(); ++piece) {
        ProxyLineReader reader;
        std::size_t taken = 0;
        for (std::size_t at = 0; at < stream.size(); at += piece)
            taken += reader.take(std::string_view(stream).substr(at, piece));
        CAPTURE(piece);
        CHECK(taken == line.size());
        CHECK(reader.state() == ProxyLineReader::State::done);
        CHECK(reader.circuit() == 0x2000f);
    }
}
