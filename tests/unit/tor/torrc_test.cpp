#include "tor/torrc.hpp"

#include <string>

#include <doctest/doctest.h>

namespace {

using namespace hearsay;
using tor::ConfigLine;

tor::TorrcSettings plain() {
    tor::TorrcSettings settings;
    settings.data_directory = "/home/ann/hearsay/tor";
    settings.onion_directory = "/home/ann/hearsay/tor/onion";
    settings.socks_path = "/proc/self/fd/4/run/socks";
    settings.onion_path = "/proc/self/fd/4/run/onion";
    settings.control_fd = 3;
    return settings;
}

bool has_line(const std::string& text, const std::string& line) {
    return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

base::ErrorCode refusal(std::string_view text) {
    const auto lines = tor::parse_extra_lines(text, "extra");
    REQUIRE_MESSAGE(!lines, "was accepted: ", std::string(text));
    return lines.error().code;
}

}  // namespace

TEST_CASE("the torrc has Unix sockets only and an owner for Tor") {
    const auto text = tor::make_torrc(plain());
    REQUIRE(text);
    CHECK(has_line(*text,
                   "SocksPort unix:/proc/self/fd/4/run/socks IsolateSOCKSAuth ExtendedErrors "
                   "OnionTrafficOnly"));
    CHECK(has_line(*text, "ControlPort 0"));
    CHECK(has_line(*text, "__OwningControllerFD 3"));
    CHECK(has_line(*text, "HiddenServicePort 7788 unix:/proc/self/fd/4/run/onion"));
    CHECK(text->find("127.0.0.1") == std::string::npos);
}

TEST_CASE("the onion service is defended") {
    const auto text = tor::make_torrc(plain());
    REQUIRE(text);
    CHECK(has_line(*text, "HiddenServiceExportCircuitID haproxy"));
    CHECK(has_line(*text, "HiddenServiceEnableIntroDoSDefense 1"));
    CHECK(has_line(*text, "HiddenServicePoWDefensesEnabled 1"));
    CHECK(has_line(*text, "HiddenServiceMaxStreamsCloseCircuit 1"));
}

TEST_CASE("without an onion directory there is no onion service") {
    tor::TorrcSettings settings = plain();
    settings.onion_directory.clear();
    const auto text = tor::make_torrc(settings);
    REQUIRE(text);
    CHECK(text->find("HiddenService") == std::string::npos);
}

TEST_CASE("a directory name cannot end its line") {
    tor::TorrcSettings settings = plain();
    settings.data_directory = "/tmp/a\"b\\c\nSocksPort 9050";
    const auto text = tor::make_torrc(settings);
    REQUIRE(text);
    CHECK(has_line(*text, R"(DataDirectory "/tmp/a\"b\\c\012SocksPort 9050")"));
    CHECK_FALSE(has_line(*text, "SocksPort 9050"));
}

TEST_CASE("a directory path of 200 characters is no obstacle") {
    tor::TorrcSettings settings = plain();
    settings.data_directory = "/" + std::string(199, 'd');
    CHECK(tor::make_torrc(settings));
}

TEST_CASE("a socket path that no socket address holds is refused") {
    tor::TorrcSettings settings = plain();
    settings.socks_path = "/" + std::string(107, 's');
    REQUIRE_FALSE(tor::make_torrc(settings));
    settings.socks_path.pop_back();
    CHECK(tor::make_torrc(settings));
    settings.onion_path = "run/onion";
    CHECK_FALSE(tor::make_torrc(settings));
}

TEST_CASE("bridges switch bridges on") {
    tor::TorrcSettings settings = plain();
    settings.bridges = {
        "obfs4 192.0.2.1:443 0123456789ABCDEF0123456789ABCDEF01234567 cert=x iat-mode=0"};
    settings.transports = {"obfs4 exec /usr/bin/obfs4proxy"};
    const auto text = tor::make_torrc(settings);
    REQUIRE(text);
    CHECK(has_line(*text, "UseBridges 1"));
    CHECK(has_line(*text, "Bridge " + settings.bridges[0]));
    CHECK(has_line(*text, "ClientTransportPlugin obfs4 exec /usr/bin/obfs4proxy"));
}

TEST_CASE("a bridge cannot bring a second line along") {
    tor::TorrcSettings settings = plain();
    settings.bridges = {"192.0.2.1:443\nSocksPort 9050"};
    CHECK_FALSE(tor::make_torrc(settings));
    settings.bridges = {"192.0.2.1:443 \\"};
    CHECK_FALSE(tor::make_torrc(settings));
}

TEST_CASE("a private network's client lines pass") {
    const auto lines = tor::parse_extra_lines(
        "# a comment\n\nTestingTorNetwork 1\r\n"
        "DirAuthority auth0 orport=1 no-v2 v3ident=AB 127.0.0.1:2 CD\n  "
        "pathsneededtobuildcircuits\t0.67",
        "extra");
    REQUIRE(lines);
    CHECK(*lines == std::vector<ConfigLine>{
                        {"TestingTorNetwork", "1"},
                        {"DirAuthority", "auth0 orport=1 no-v2 v3ident=AB 127.0.0.1:2 CD"},
                        {"pathsneededtobuildcircuits", "0.67"}});
}

TEST_CASE("lines of the user stand at the end of the torrc") {
    tor::TorrcSettings settings = plain();
    settings.extra = {{"EntryNodes", "{ch}"}};
    const auto text = tor::make_torrc(settings);
    REQUIRE(text);
    CHECK(text->ends_with("\nEntryNodes {ch}\n"));
}

TEST_CASE("options that open a port, move our files or run as another are refused") {
    for (const char* option : {"SocksPort",
                               "socksport",
                               "+SocksPort",
                               "/SocksPort",
                               "ControlPort",
                               "ControlSocket",
                               "ORPort",
                               "DirPort",
                               "TransPort",
                               "DNSPort",
                               "HTTPTunnelPort",
                               "NATDPort",
                               "MetricsPort",
                               "ExtORPort",
                               "HiddenServiceDir",
                               "HiddenServicePort",
                               "DataDirectory",
                               "CacheDirectory",
                               "RunAsDaemon",
                               "User",
                               "PidFile",
                               "%include",
                               "__OwningControllerFD",
                               "ServerTransportPlugin",
                               "SocksPolicy",
                               "ControlPortWriteToFile",
                               "Brid",
                               "Testing",
                               "Testing-x",
                               "ReloadTorrcOnSIGHUP"})
        CHECK(refusal(std::string(option) + " 1") == base::ErrorCode::refused);
}

TEST_CASE("a refusal names the file, the line and the option") {
    const auto lines = tor::parse_extra_lines("UseBridges 1\n\nORPort 9001\n", "my-options");
    REQUIRE_FALSE(lines);
    CHECK(lines.error().text.starts_with("my-options, line 3: "));
    CHECK(lines.error().text.find("'ORPort'") != std::string::npos);
}

TEST_CASE("a line cannot hide another one") {
    CHECK(refusal("Bridge 192.0.2.1:1 \\\nORPort 9001") == base::ErrorCode::invalid);
    CHECK(refusal("Bridge \"192.0.2.1:1\"") == base::ErrorCode::invalid);
    CHECK(refusal("Bridge 192.0.2.1:1\vORPort 1") == base::ErrorCode::invalid);
    CHECK(refusal("UseBridges") == base::ErrorCode::invalid);
}

TEST_CASE("the user's log goes to a file and nowhere else") {
    CHECK(tor::parse_extra_lines("Log info file /tmp/tor.log", "extra"));
    CHECK(refusal("Log info stdout") == base::ErrorCode::refused);
    CHECK(refusal("Log info syslog /x file /y") == base::ErrorCode::refused);
}

TEST_CASE("a file of options is not read without end") {
    CHECK(refusal(std::string(tor::extra_text_max + 1, '\n')) == base::ErrorCode::invalid);
}
