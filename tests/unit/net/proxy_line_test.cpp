#include "net/proxy_line.hpp"

#include <string>

#include <doctest/doctest.h>

using hearsay::net::parse_proxy_line;

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
             "proxy TCP6 fc00:dead:beef:4dad::0:16 ::1 22 9999\r\n",
         }) {
        CAPTURE(line);
        CHECK(parse_proxy_line(line) == std::nullopt);
    }
    CHECK(parse_proxy_line("PROXY TCP6 fc00:dead:beef:4dad::" + std::string(100, '0') + ":1 ::1 1 1\r\n") ==
          std::nullopt);
}
