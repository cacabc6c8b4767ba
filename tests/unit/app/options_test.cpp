#include "app/node/options.hpp"

#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>

#include "app/node/settings.hpp"
#include "base/limits/links.hpp"
#include "crypto/ed25519.hpp"
#include "crypto/onion.hpp"

namespace hearsay::app {
namespace {

std::string onion(std::uint8_t number) {
    base::Secret seed;
    seed.data.fill(number);
    return crypto::onion_address(base::PeerId{crypto::ed25519_public_key(seed).data});
}
base::PeerId peer(std::uint8_t number) {
    return *crypto::parse_onion(onion(number));
}

struct Fixture {
    std::string folder;
    Fixture() {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "hearsay-options-XXXXXX").string();
        REQUIRE(mkdtemp(pattern.data()) != nullptr);
        folder = pattern;
    }
    ~Fixture() {
        std::error_code ignored;
        std::filesystem::remove_all(folder, ignored);
    }
    std::string file(const std::string& name, const std::string& text) const {
        std::ofstream(folder + "/" + name) << text;
        return folder + "/" + name;
    }
    static base::Result<Options> read(std::vector<std::string> words) {
        words.insert(words.begin(), {"hearsayd", "--data-dir", "/nowhere"});
        std::vector<const char*> arguments;
        for (const std::string& word : words) arguments.push_back(word.c_str());
        return read_options(static_cast<int>(arguments.size()), arguments.data());
    }
    static bool refuses(std::vector<std::string> words, std::string_view about) {
        const auto options = read(std::move(words));
        if (options) return false;
        INFO(options.error().text);
        CHECK(options.error().text.find(about) != std::string::npos);
        return true;
    }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "traffic is bounded in KiB a second, and without a word not at all") {
    CHECK(read({})->traffic == core::TrafficLimits{});
    const auto given = read({"--upload-limit", "50", "--download-limit", "8"});
    REQUIRE(given);
    CHECK(given->traffic == core::TrafficLimits{50 * 1024, 8 * 1024});
    const auto kept = read({"--config", file("hearsay.conf", "upload_limit = 20\n")});
    REQUIRE(kept);
    CHECK(kept->traffic == core::TrafficLimits{20 * 1024, 0});
    CHECK(refuses({"--upload-limit", "7"}, "from 8 to 1048576"));
    CHECK(refuses({"--download-limit", "1048577"}, "from 8 to 1048576"));
    CHECK(refuses({"--download-limit", "8 KiB"}, "--download-limit 8 KiB"));
}

TEST_CASE_FIXTURE(Fixture, "what lists hide is relayed unless the user says no") {
    CHECK(read({})->mail.keeps_hidden);
    CHECK(read({"--relay-hidden", "yes"})->mail.keeps_hidden);
    CHECK_FALSE(read({"--relay-hidden", "no"})->mail.keeps_hidden);
    CHECK(refuses({"--relay-hidden", "some"}, "relay-hidden"));
}

TEST_CASE_FIXTURE(Fixture,
                  "settings are printed as they hold, and what was printed says the same") {
    const std::string written =
        file("written", "\xEF\xBB\xBF# a mark\ndegree = 5\npeer = " + onion(1) + "\n");
    const auto printed = read({"--config", written, "--print-settings", "--degree", "6", "--peer",
                               onion(2), "--log-format", "json"});
    REQUIRE(printed);
    CHECK(printed->asked == Asked::print_settings);
    CHECK(printed->log_json);
    for (const std::string line : {"degree = 6\n", "log-format = json\n", "discover = yes\n",
                                   "# log-file =\n", "no-passphrase = false\n"})
        CHECK_MESSAGE(printed->settings.find("\n" + line) != std::string::npos, line);
    for (const char* once : {"accept-loss", "check", "version"})
        CHECK(printed->settings.find(once) == std::string::npos);
    const auto again = read({"--config", file("again", printed->settings), "--print-settings"});
    REQUIRE_MESSAGE(again, (again ? "" : again.error().text));
    const auto body = [](const std::string& text) { return text.substr(text.find('\n')); };
    CHECK(body(again->settings) == body(printed->settings));
    CHECK(again->peers.size() == 2);
}

TEST_CASE_FIXTURE(
    Fixture, "a mistake in a settings file names the file, one on the command line the option") {
    CHECK(refuses({"--config", file("twice", "degree = 5\ndegree = 6\n")}, "twice"));
    CHECK(refuses({"--config", file("typo", "degre = 5\n")}, "degre"));
    CHECK(refuses({"--degree", "5", "--degree", "6"}, "more than once"));
    CHECK(refuses({"--log-format", "xml"}, "text or json"));
    CHECK(refuses({"--pasphrase-file", "x"}, "did you mean \"--passphrase-file\"?"));
    CHECK(refuses({"status"}, "hearsayd takes options only"));
    const std::string deep = "/" + std::string(4000, 'x');
    std::vector<const char*> words{"hearsayd", "--data-dir", deep.c_str()};
    const auto options = read_options(3, words.data());
    REQUIRE_FALSE(options);
    CHECK(options.error().text.find("shorter --data-dir") != std::string::npos);
}

TEST_CASE_FIXTURE(Fixture,
                  "a browser may come only if that was asked for, at a port of no system's") {
    const auto usual = read({});
    REQUIRE(usual);
    CHECK_FALSE(usual->page);
    CHECK(usual->page_port == 0);
    const auto asked = read({"--config", file("config", "page = yes\npage_port = 4711\n")});
    REQUIRE(asked);
    CHECK(asked->page);
    CHECK(asked->page_port == 4711);
    CHECK(refuses({"--page", "maybe"}, "--page"));
    for (const char* port : {"0", "80", "1023", "65536", "-1", "x"}) {
        CAPTURE(port);
        CHECK(refuses({"--page-port", port}, "--page-port"));
    }
}

TEST_CASE_FIXTURE(Fixture, "without options a node discovers with the usual numbers of links") {
    const auto options = read({});
    REQUIRE(options);
    CHECK(options->discovery.discover);
    CHECK(options->discovery.degree == base::limits::degree_default);
    CHECK(options->discovery.min_connections == base::limits::min_connections_default);
    CHECK(options->discovery.max_connections == base::limits::max_connections_default);
    CHECK(options->discovery.bootstrappers.empty());
}

TEST_CASE_FIXTURE(Fixture, "numbers of links are read, and must go together") {
    const auto options = read({"--degree", "12", "--min-connections", "0", "--max-connections=12"});
    REQUIRE(options);
    CHECK(options->discovery.degree == 12);
    CHECK(options->discovery.min_connections == 0);
    CHECK(options->discovery.max_connections == 12);
    CHECK(refuses({"--degree", "33"}, "1 to 32"));
    CHECK(refuses({"--degree", "0"}, "1 to 32"));
    CHECK(refuses({"--degree", ""}, "--degree"));
    CHECK(refuses({"--degree", "8 "}, "1 to 32"));
    CHECK(refuses({"--max-connections", "7"}, "from 8 to 512 (the least is the degree)"));
    CHECK(refuses({"--max-connections", "513"}, "512"));
    CHECK(refuses({"--max-connections", "10", "--min-connections", "11"}, "from 0 to 10"));
    CHECK(refuses({"--min-connections", "99999999999999999999"}, "from 0 to 72"));
    CHECK(refuses({"--discover", "perhaps"}, "yes or no"));
    CHECK_FALSE(read({"--discover", "no"})->discovery.discover);
}

TEST_CASE_FIXTURE(
    Fixture, "friends, bootstrappers and known peers add up, from the command line and the file") {
    const std::string some = file(
        "some", "# a comment\n" + onion(1) + "\r\n\n \t" + onion(2) + "  # Ann's\n#" + onion(3));
    const std::string more = file("more", onion(4));
    const std::string config =
        file("config",
             "known_peers = " + some + "\nbootstrapper = " + onion(5) +
                 "\nmin_connections=3\nmax_connections = 40 # enough\npeer = " + onion(6) + "\n");
    const auto options = read({"--config", config, "--known-peers", more, "--bootstrapper",
                               onion(7), "--peer", onion(8), "--max-connections", "50"});
    REQUIRE_MESSAGE(options, options.error().text);
    using Peers = std::vector<base::PeerId>;
    CHECK(options->suggested == Peers{peer(4), peer(1), peer(2)});
    CHECK(options->discovery.bootstrappers == Peers{peer(7), peer(5)});
    CHECK(options->peers == Peers{peer(8), peer(6)});
    CHECK(options->discovery.min_connections == 3);
    CHECK(options->discovery.max_connections == 50);  // the command line wins
}

TEST_CASE_FIXTURE(Fixture, "what is no address is named with its place") {
    CHECK(refuses({"--known-peers", file("bad", "\n" + onion(1) + "\nnonsense\n")}, "bad, line 3"));
    CHECK(refuses({"--known-peers", folder + "/none"}, "--known-peers"));
    CHECK(refuses({"--known-peers", folder}, "--known-peers"));
    CHECK(refuses({"--bootstrapper", "x.onion"}, "--bootstrapper x.onion"));
    CHECK(refuses({"--config", file("config", "max_links = 5\n")}, "max-links"));
}

TEST_CASE_FIXTURE(Fixture, "the VoidPhone interface is off unless it is asked for") {
    CHECK_FALSE(read({})->voidphone);
    CHECK(read({"--voidphone", "yes"})->voidphone == voidphone::Config{});
    CHECK_FALSE(read({"--voidphone", "no"})->voidphone);
    voidphone::Config usual;
    CHECK(read({"--voidphone-config", file("usual", "[gossip]")})->voidphone == usual);
    usual.has_section = false;
    CHECK(read({"--voidphone-config", file("empty", "")})->voidphone == usual);
    CHECK_FALSE(
        read({"--voidphone", "no", "--voidphone-config", file("off", "[gossip]")})->voidphone);
    CHECK(refuses({"--voidphone", "perhaps"}, "yes or no"));
    CHECK(refuses({"--voidphone", "perhaps", "--voidphone-config", file("on", "[gossip]")},
                  "yes or no"));
    CHECK(refuses({"--voidphone-config", folder + "/none"}, "--voidphone-config"));
}

TEST_CASE_FIXTURE(Fixture,
                  "what [gossip] says of links and peers counts, and the command line wins") {
    const std::string some = file("some", onion(1) + "\n");
    const std::string ini =
        file("voidphone.ini",
             "[gossip]\ndegree = 6\nmax_connections = 40\n"
             "min_connections = 3\nbootstrapper = " +
                 onion(5) + ", " + onion(6) + "\nknown_peers = " + onion(2) + "\n");
    const auto options = read({"--voidphone-config", ini, "--degree", "7", "--bootstrapper",
                               onion(7), "--known-peers", some});
    REQUIRE_MESSAGE(options, options.error().text);
    using Peers = std::vector<base::PeerId>;
    CHECK(options->discovery.degree == 7);
    CHECK(options->discovery.max_connections == 40);
    CHECK(options->discovery.min_connections == 3);
    CHECK(options->discovery.bootstrappers == Peers{peer(7), peer(5), peer(6)});
    CHECK(options->suggested == Peers{peer(2), peer(1)});
    const std::string listed = file("files.ini", "[gossip]\nknown_peers = " + some + "\n");
    CHECK(read({"--voidphone-config", listed})->suggested == Peers{peer(1)});
    CHECK(refuses({"--voidphone-config", file("a.ini", "[gossip]\ndegree = 1000\n")}, "--degree"));
    CHECK(refuses({"--voidphone-config", file("b.ini", "[gossip]\nbootstrapper = 1.2.3.4:6001\n")},
                  "--bootstrapper 1.2.3.4:6001"));
}

TEST_CASE("only names are spelled with dashes, never values or comments") {
    CHECK(with_dashes("known_peers = /a_b/c_d=e_f\n# max_connections = x\nflag_only\n\n") ==
          "known-peers = /a_b/c_d=e_f\n# max_connections = x\nflag_only\n\n");
}

}  // namespace hearsay::app
