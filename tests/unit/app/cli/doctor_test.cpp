#include "app/cli/doctor.hpp"

#include <algorithm>

#include <doctest/doctest.h>

#include "app/cli/commands.hpp"
#include "app/cli/show.hpp"
#include "app/cli/text.hpp"

namespace hearsay::app::cli {
namespace {

constexpr base::WallTime now = base::from_unix_seconds(1'800'000'000);
constexpr Home good_home{true, true, true, 0700, 1ULL << 40};

void set(api::Progress& progress, const char* state, std::uint32_t percent,
         const char* detail = "") {
    progress.set_state(state);
    progress.set_percent(percent);
    progress.set_detail(detail);
}

// A node of which nothing is to be said.
api::Status healthy() {
    api::Status out;
    const std::string version = version_text();  // "hearsay 0.1.0", a line
    out.set_version(version.substr(8, version.size() - 9));
    out.set_network("main");
    out.set_tor_version("0.4.9.11");
    set(*out.mutable_tor(), "ready", 100);
    set(*out.mutable_onion_descriptor(), "published", 100, "8 of 8 directories have it");
    set(*out.mutable_reachability(), "reachable", 100, "strangers can connect to this node");
    set(*out.mutable_peers(), "connected", 100, "8 of 8 links out");
    set(*out.mutable_sync(), "complete", 100, "your view matches 8 of 8 peers");
    set(*out.mutable_store(), "ready", 100, "3 items, 1 offer");
    out.set_view_peers(8);
    out.set_sealed(true);
    out.mutable_last_backup()->set_seconds(1'800'000'000 - 86400);
    return out;
}

api::Finding finding(const api::Examination& all, const std::string& part) {
    const auto at = std::ranges::find(all.findings(), part, &api::Finding::part);
    REQUIRE_MESSAGE(at != all.findings().end(), part);
    return *at;
}
api::Examination look(const api::Status& status, const Home& home = good_home) {
    return examine("/home/ann/.local/share/hearsay", home, status, "", now);
}

TEST_CASE("of a node that does well everything is good, in the order in which it is read") {
    const api::Examination all = look(healthy());
    CHECK(all.good());
    std::vector<std::string> parts;
    for (const api::Finding& each : all.findings()) {
        CHECK_MESSAGE(each.state() == "good", each.part());
        parts.push_back(each.part());
    }
    CHECK(parts == std::vector<std::string>{"directory", "disk", "node", "clock", "tor",
                                            "descriptor", "reachable", "peers", "complete", "store",
                                            "keys", "backup", "versions"});
}

TEST_CASE("each part that is wrong says so and what to do") {
    using Change = void (*)(api::Status&);
    const std::vector<std::tuple<const char*, const char*, Change>> cases{
        {"clock", "Set the clock", [](api::Status& s) { s.set_clock_doubt("it says 1970"); }},
        {"clock", "2 hours later", [](api::Status& s) { s.set_clock_offset_seconds(7300); }},
        {"clock", "2 hours earlier", [](api::Status& s) { s.set_clock_offset_seconds(-7300); }},
        {"tor", "use bridges",
         [](api::Status& s) {
             set(*s.mutable_tor(), "bootstrapping", 14, "Handshaking");
             s.set_tor_hindrance("use bridges");
         }},
        {"tor", "--tor-config", [](api::Status& s) { set(*s.mutable_tor(), "failed", 0, "x"); }},
        {"tor", "by itself", [](api::Status& s) { set(*s.mutable_tor(), "silent", 100, "x"); }},
        {"network", "no route", [](api::Status& s) { s.set_tor_hindrance("no route"); }},
        {"reachable", "by itself",
         [](api::Status& s) { set(*s.mutable_reachability(), "unreachable", 0, "x"); }},
        {"peers", "peers add", [](api::Status& s) { set(*s.mutable_peers(), "alone", 0, "x"); }},
        {"peers", "peers add",
         [](api::Status& s) { set(*s.mutable_peers(), "connecting", 0, "x"); }},
        {"store", "Make room", [](api::Status& s) { set(*s.mutable_store(), "full", 0, "x"); }},
        {"versions", "anew", [](api::Status& s) { s.set_version("0.0.1"); }}};
    for (const auto& [part, words, change] : cases) {
        CAPTURE(part);
        api::Status status = healthy();
        change(status);
        const api::Examination all = look(status);
        CHECK_FALSE(all.good());
        const api::Finding found = finding(all, part);
        CHECK(found.state() == "wrong");
        CHECK((found.text() + found.advice()).find(words) != std::string::npos);
    }
}

TEST_CASE("what a person may want to know is a note, and nothing is wrong for it") {
    api::Status status = healthy();
    status.set_sealed(false);
    status.mutable_last_backup()->set_seconds(1'800'000'000 - 40 * 86400);
    status.set_view_peers(2);
    status.set_trades_waiting(1);
    status.add_warnings("Searching proof of work: 3 % of the expected effort spent.");
    set(*status.mutable_sync(), "comparing", 50, "your view matches 1 of 2 peers");
    const api::Examination all = look(status);
    CHECK(all.good());
    for (const char* part : {"keys", "backup", "clock", "waiting", "besides", "complete"})
        CHECK_MESSAGE(finding(all, part).state() == "note", part);
    status.clear_last_backup();
    CHECK(finding(look(status), "backup").text().find("none") != std::string::npos);
}

TEST_CASE("without a node the directory is looked at all the same") {
    const auto silent = [](const Home& home) {
        return examine("/d", home, std::nullopt, "no node answers", now);
    };
    CHECK_FALSE(silent(good_home).good());
    CHECK(finding(silent(good_home), "node").advice().find("hearsayd --data-dir /d") !=
          std::string::npos);
    CHECK(finding(silent({}), "directory").text().find("is not there") != std::string::npos);
    Home home = good_home;
    home.mode = 0755;
    CHECK(finding(silent(home), "directory").advice().find("chmod 700") != std::string::npos);
    home = good_home;
    home.free_bytes = 1000;
    CHECK(finding(silent(home), "disk").state() == "wrong");
    home.readable = false;
    CHECK(finding(silent(home), "directory").text().find("another user") != std::string::npos);
}

TEST_CASE("the page fits every width, and what a stranger said does no harm") {
    api::Status status = healthy();
    set(*status.mutable_peers(), "alone", 0, "a\x1b[2J word and another one, and so on and so on");
    for (std::size_t width = 40; width <= 120; ++width) {
        const std::string text = show(look(status), {false, width, now});
        CHECK(text.find('\x1b') == text.npos);
        std::size_t begin = 0;
        while (begin < text.size()) {
            const std::size_t end = text.find('\n', begin);
            const std::string line = text.substr(begin, end - begin);
            // A path stays whole.
            if (line.find("/home") == line.npos) CHECK_MESSAGE(columns(line) <= width, line);
            begin = end + 1;
        }
    }
    CHECK(show(look(healthy()), {false, 80, now}).ends_with("\nNothing is wrong.\n"));
}

TEST_CASE("a Tor that its directory does not recommend any more is told, with what to do") {
    api::Status status = healthy();
    status.set_tor_standing("current");
    CHECK(finding(look(status), "versions").text().ends_with("which is current"));
    for (const char* standing : {"outdated", "unlisted"}) {
        status.set_tor_standing(standing);
        const api::Finding found = finding(look(status), "versions");
        CHECK(found.state() == "wrong");
        CHECK(found.text().find("does not recommend Tor 0.4.9.11") != std::string::npos);
        CHECK(found.advice().find("Upgrade") != std::string::npos);
    }
}

}  // namespace
}  // namespace hearsay::app::cli
