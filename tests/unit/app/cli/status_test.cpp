// hearsay status: what it shows on terminals of any width.
#include <doctest/doctest.h>

#include "app/cli/show.hpp"
#include "app/cli/text.hpp"
#include "app/cli/watch.hpp"

namespace hearsay::app::cli {
namespace {

constexpr std::size_t width_min = 40, width_max = 130;

void set(api::Progress& progress, const std::string& state, std::uint32_t percent,
         const std::string& detail) {
    progress.set_state(state);
    progress.set_percent(percent);
    progress.set_detail(detail);
}

// A node with as much to say as there is.
api::Status talkative() {
    const std::string long_words =
        "a word and another one, and \xe8\x87\xaa\xe8\xa1\x8c, "
        "which take two columns each, and so on until there is no more "
        "room for them on any terminal that this test looks at";
    api::Status out;
    out.set_version("10.20.30-with-something");
    out.set_network("local");
    out.set_onion(std::string(56, 'a') + ".onion");
    out.set_uptime_seconds(59 * 60);
    set(*out.mutable_tor(), "bootstrapping", 5, long_words);
    set(*out.mutable_onion_descriptor(), "uploading", 50, long_words);
    set(*out.mutable_reachability(), "unreachable", 0, long_words);
    set(*out.mutable_peers(), "connected", 100, long_words);
    set(*out.mutable_sync(), "complete", 100, "");
    set(*out.mutable_store(), "ready", 1000, "short");
    out.set_laid_aside(16'384);
    out.set_laid_aside_kept(4'000'000);
    out.set_links_outbound(1000);
    out.set_links_inbound(1000);
    out.set_peers_known(2000);
    out.set_peers_heard_of(4'000'000);
    out.set_items(4'000'000);
    out.set_offers(4'000'000);
    out.set_store_bytes(123'456'789'000);
    out.set_mail_unread(4'000'000);
    out.set_outbox_pending(4'000'000);
    out.set_tor_restarts(4'000'000);
    out.add_warnings(long_words);
    out.add_warnings(
        "Strangers cannot reach this node. It still dials others, and gets and sends "
        "everything through those links.");
    return out;
}

std::vector<std::string> lines_of(const api::Status& status, std::size_t width, bool colour,
                                  bool one_screen = false) {
    std::vector<std::string> out(1);
    bool in_colour = false;
    for (const char c : show(status, {colour, width, {}, one_screen})) {
        if (c == '\n')
            out.emplace_back();
        else if (c == '\x1b' || in_colour)
            in_colour = c != 'm';
        else
            out.back() += c;
    }
    return out;
}

// As a watch draws it.
std::string line_of(const std::string& name, const api::Status& status, std::size_t width) {
    for (const std::string& line : lines_of(status, width, false, true))
        if (line.starts_with("  " + name + " ")) return line;
    return "";
}

TEST_CASE("no line of the status is wider than the terminal, but for the address, which is whole") {
    const api::Status status = talkative();
    for (const bool colour : {false, true})
        for (std::size_t width = width_min; width <= width_max; ++width) {
            CAPTURE(width);
            for (const bool one_screen : {false, true}) {
                std::size_t addresses = 0;
                for (const std::string& line : lines_of(status, width, colour, one_screen)) {
                    if (line == status.onion())
                        ++addresses;
                    else
                        CHECK_MESSAGE(columns(line) <= width, line);
                }
                CHECK(addresses == 1);
            }
        }
}

TEST_CASE("in a watch words that have no room are cut, and all room is theirs") {
    const api::Status status = talkative();
    for (std::size_t width = width_min; width <= width_max; ++width) {
        CAPTURE(width);
        const std::string line = line_of("onion descriptor", status, width);
        CHECK(columns(line) == width);
        CHECK(line.find("...") != line.npos);
        CHECK(line_of("store", status, width).find("100 %  ready: short") != line.npos);
    }
}

TEST_CASE("a bar is drawn where it leaves the words room") {
    const api::Status status = talkative();
    for (std::size_t width = width_min; width <= width_max; ++width) {
        CAPTURE(width);
        const std::string line = line_of("onion descriptor", status, width);
        CHECK((line.find("[##########----------]  50 %") != line.npos) == (width >= 69));
    }
    CHECK(line_of("onion descriptor", status, 40) == "  onion descriptor  50 %  uploading: ...");
}

TEST_CASE("but for a watch nothing is cut: words have as many lines as they take") {
    const api::Status status = talkative();
    for (std::size_t width = width_min; width <= width_max; ++width) {
        CAPTURE(width);
        std::string all;
        for (const std::string& line : lines_of(status, width, false))
            all += line.substr(std::min(line.find_first_not_of(' '), line.size())) + " ";
        CHECK(all.find("2000 nodes, heard of 4000000 more") != all.npos);
        for (const std::string& warning : status.warnings())
            CHECK(all.find("! " + warning) != all.npos);
        // Wide characters are broken without a blank.
        std::string words = status.onion_descriptor().detail();
        for (std::string* text : {&all, &words}) std::erase(*text, ' ');
        CHECK(all.find(words) != all.npos);
    }
}

// What a terminal of this size shows of it.
std::vector<std::string> screen_of(const std::string& drawn) {
    std::vector<std::string> out(1);
    for (std::size_t at = 0; at < drawn.size(); ++at) {
        if (drawn[at] == '\x1b') {
            at = drawn.find_first_of("HJKm", at);
        } else if (drawn[at] == '\n') {
            out.emplace_back();
        } else if (drawn[at] != '\r') {
            out.back() += drawn[at];
        }
    }
    return out;
}

TEST_CASE("a watch never scrolls, and says how much has no room") {
    const api::Status status = talkative();
    for (const std::size_t width : {40U, 80U, 120U}) {
        const std::string text = show(status, {true, width, {}});
        const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
        for (std::size_t height = 1; height <= lines + 3; ++height) {
            CAPTURE(width);
            CAPTURE(height);
            const std::string out = drawn(text, width, height);
            CHECK(out.starts_with("\x1b[H"));
            CHECK(out.ends_with("\x1b[J"));
            std::size_t rows = 0;
            const std::vector<std::string> screen = screen_of(out);
            for (const std::string& line : screen)
                rows += std::max<std::size_t>(1, (columns(line) + width - 1) / width);
            CHECK(rows <= std::max<std::size_t>(height, 2));
            const bool cut = screen.back().starts_with("... and ");
            CHECK(cut == (screen.size() < lines || height < 3));
        }
    }
    CHECK(screen_of(drawn("one\ntwo\nthree\n", 40, 2)).back().starts_with("... and 2 more lines"));
    CHECK(drawn("one\n", 40, 5) == "\x1b[Hone\x1b[K\x1b[J");
}

TEST_CASE("each state that can be waited for is told by its part of the status") {
    api::Status status;
    CHECK_FALSE(reached(Until::never, status));
    for (const Until until : {Until::ready, Until::reachable, Until::connected, Until::synced})
        CHECK_FALSE(reached(until, status));
    status.mutable_tor()->set_state("ready");
    CHECK(reached(Until::ready, status));
    status.mutable_reachability()->set_state("reachable");
    CHECK(reached(Until::reachable, status));
    status.mutable_peers()->set_state("connected");
    CHECK(reached(Until::connected, status));
    status.mutable_sync()->set_state("complete");
    CHECK(reached(Until::synced, status));
}

TEST_CASE("the status says what Tor's directory says of the version of Tor") {
    api::Status status = talkative();
    status.set_tor_version("0.4.9.11");
    const auto told = [&](const char* standing) {
        status.set_tor_standing(standing);
        return line_of("tor version", status, 80);
    };
    CHECK(told("current").ends_with("0.4.9.11, recommended by Tor's directory"));
    CHECK(told("newer").find("newer than what") != std::string::npos);
    CHECK(told("outdated").find("not recommended") != std::string::npos);
    CHECK(told("unlisted").find("not recommended") != std::string::npos);
    CHECK(told("").find("not known yet") != std::string::npos);
}

}  // namespace
}  // namespace hearsay::app::cli
