#include "voidphone/config.hpp"

#include <doctest/doctest.h>

namespace {

using namespace hearsay;
using namespace hearsay::voidphone;

std::string problem_of(std::string_view text) {
    const auto config = read_config(text, "voidphone.ini");
    return config ? "" : config.error().text;
}

TEST_CASE("an empty file is the usual interface") {
    const auto config = read_config("", "voidphone.ini");
    REQUIRE(config);
    Config usual;
    usual.has_section = false;
    CHECK(*config == usual);
    CHECK(to_text(config->api_address) == "127.0.0.1:7001");
    CHECK(config->cache_size == 50);
}

TEST_CASE("all keys of the course's file are read, and other sections passed over") {
    const auto config = read_config(
        "hostkey = /hostkey.pem\r\n"
        "[nse]\r\nlisten_address = 127.0.0.1:7201\r\n"
        "; a remark\n"
        " [gossip] \n"
        "degree = 30\n"
        "cache_size = 70\n"
        "min_connections=4\n"
        "max_connections =  64\n"
        "search_cooldown = 60\n"
        "bootstrapper = aaaa.onion, bbbb.onion\n"
        "known_peers = cccc.onion dddd.onion\n"
        "api_address = [::1]:7002\n"
        "data_types = 1337, 540-549\n"
        "[dht]\ndegree = nonsense\n",
        "voidphone.ini");
    REQUIRE(config);
    Config wanted;
    wanted.api_address = {true, 7002};
    wanted.cache_size = 70;
    wanted.data_types = {{1337, 1337}, {540, 549}};
    wanted.degree = "30";
    wanted.min_connections = "4";
    wanted.max_connections = "64";
    wanted.bootstrappers = {"aaaa.onion", "bbbb.onion"};
    wanted.known_peers = {"cccc.onion", "dddd.onion"};
    wanted.without_effect = {"search_cooldown"};
    CHECK(*config == wanted);
}

TEST_CASE("known_peers with a slash is a file of them") {
    const auto config = read_config("[gossip]\nknown_peers = /etc/peers of mine.txt\n", "x");
    REQUIRE(config);
    CHECK(config->known_peers_files == std::vector<std::string>{"/etc/peers of mine.txt"});
    CHECK(config->known_peers.empty());
}

TEST_CASE("an unknown key is named, and no error") {
    const auto config = read_config("[gossip]\np2p_address = 1.2.3.4:6001\n", "x");
    REQUIRE(config);
    CHECK(config->without_effect == std::vector<std::string>{"p2p_address"});
}

TEST_CASE("a value that makes no sense is an error that names file, line and key") {
    CHECK(problem_of("[gossip]\n\napi_address = 0.0.0.0:7001\n") ==
          "voidphone.ini, line 3: api_address: expected 127.0.0.1:PORT or [::1]:PORT, with a port "
          "from 1024 to 65535; the interface is for programs of this machine only");
    for (const char* line :
         {"api_address = 127.0.0.1", "api_address = 127.0.0.1:80", "api_address = :7001",
          "api_address = 127.0.0.1:70000", "api_address =", "cache_size = 0", "cache_size = 1001",
          "cache_size = ten", "cache_size = 5 6", "search_cooldown = -1", "data_types = ,",
          "data_types = 65536", "data_types = 5-4", "data_types = -", "data_types = 1-", "degree",
          "degree =", "degree = 3\ndegree = 3", "[gossip"})
        CHECK_MESSAGE(!problem_of("[gossip]\n" + std::string(line) + "\n").empty(), line);
}

}  // namespace
