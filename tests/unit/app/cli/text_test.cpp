#include "app/cli/text.hpp"

#include <vector>

#include <doctest/doctest.h>

namespace hearsay::app::cli {
namespace {

constexpr const char* lost = "\xEF\xBF\xBD";

TEST_CASE("escape sequences of strangers do not reach the terminal") {
    CHECK(safe_line("\x1b[2Jgone") == std::string(lost) + "[2Jgone");
    CHECK(safe_line("\x1b]0;title\x07") == std::string(lost) + "]0;title" + lost);
    // C1: CSI in one character
    CHECK(safe_line("\xc2\x9b"
                    "2J") == std::string(lost) + "2J");
    CHECK(safe_line("a\x7f\x08z") == std::string("a") + lost + lost + "z");
    CHECK(safe_line(std::string_view("a\0b", 3)) == std::string("a") + lost + "b");
}

TEST_CASE("text that turns or hides itself is neutralised") {
    // right-to-left override
    CHECK(safe_line("\xe2\x80\xae"
                    "evil") == std::string(lost) + "evil");
    CHECK(safe_line("\xe2\x81\xa6x") == std::string(lost) + "x");      // left-to-right isolate
    CHECK(safe_line("\xe2\x80\x8bx") == std::string(lost) + "x");      // zero width space
    CHECK(safe_line("\xef\xbb\xbfx") == std::string(lost) + "x");      // byte order mark
    CHECK(safe_line("\xf3\xa0\x81\x81x") == std::string(lost) + "x");  // a tag character
    CHECK(safe_line("\xee\x80\x80x") == std::string(lost) + "x");      // private use
}

TEST_CASE("broken UTF-8 becomes a visible mark and the rest stays") {
    CHECK(safe_line("a\xff"
                    "b\xe2\x82") == std::string("a") + lost + "b" + lost + lost);
}

TEST_CASE("ordinary text of many scripts stays as it is") {
    for (const char* text :
         {"Gr\xc3\xbc\xc3\x9f"
          "e",
          "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d", "\xe8\x87\xaa\xe8\xa1\x8c\xe8\xbb\x8a",
          "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x94\xa7"})
        CHECK(safe_line(text) == text);
}

TEST_CASE("piled-up marks are cut to four") {
    std::string pile = "a";
    for (int i = 0; i < 50; ++i) pile += "\xcc\x80";
    CHECK(safe_line(pile) == "a\xcc\x80\xcc\x80\xcc\x80\xcc\x80");
}

TEST_CASE("one line stays one line") {
    CHECK(safe_line("a\n\n\tb\xe2\x80\xa8"
                    "c") == "a b c");
    CHECK(safe_line("a\r\nb") == std::string("a") + lost + " b");
}

TEST_CASE("whatever ends a line ends one, and the last one too") {
    CHECK(safe_lines("one\n\ntwo\xe2\x80\xa9three") == "one\n\ntwo\nthree\n");
    CHECK(safe_lines("end\n") == "end\n");
    CHECK(safe_lines("a\tb") == "a    b\n");
    CHECK(safe_lines("").empty());
}

TEST_CASE("columns count what the terminal shows") {
    CHECK(columns("abc") == 3);
    CHECK(columns("\xe8\x87\xaa\xe8\xa1\x8c") == 4);
    CHECK(columns("e\xcc\x81") == 1);
    CHECK(fit("abc", 5) == "abc  ");
    CHECK(fit("abcdefgh", 6) == "abc...");
    CHECK(columns(fit("\xe8\x87\xaa\xe8\xa1\x8c\xe8\xbb\x8a\xe8\xbb\x8a", 7)) == 7);
    CHECK(columns(fit("\xe8\x87\xaa\xe8\xa1\x8c\xe8\xbb\x8a\xe8\xbb\x8a", 6)) == 6);
}

TEST_CASE("a word may end a line before and behind wide characters, and nowhere else") {
    const auto parts = [](std::string_view word, std::size_t most = 10) {
        std::string out;
        for (const std::string_view part : parts_of_word(word, most))
            out += (out.empty() ? "" : "|") + std::string(part);
        return out;
    };
    CHECK(parts("hearsay") == "hearsay");
    CHECK(parts("自行車") == "自|行|車");
    CHECK(parts("a自b") == "a|自|b");
    CHECK(parts("「自行」、車。") ==
          "「自|行」、|車。");                    // what opens and closes stays with its word
    CHECK(parts("か\u3099き") == "か\u3099|き");  // a mark stays with its letter
    CHECK(parts(std::string(70, 'a')) == std::string(70, 'a'));  // an id, as long as it is
    CHECK(parts("größenwahnsinnig", 8) == "größenwa|hnsinnig");
    CHECK(parts("e\u0301e\u0301e\u0301", 2) == "e\u0301e\u0301|e\u0301");
    CHECK(parts("自" + std::string(70, 'a'), 20) == "自|" + std::string(70, 'a'));
    CHECK(parts("").empty());
}

TEST_CASE("lifetimes are a number and a unit") {
    CHECK(parse_lifetime("90m") == base::Seconds(5400));
    CHECK(parse_lifetime("12h") == base::Seconds(43200));
    CHECK(parse_lifetime("7d") == base::Seconds(604800));
    for (const char* bad : {"", "7", "d", "0d", "-1d", "1.5h", "7 d", "7D", "7w", "30s", "1h30m",
                            "999999d", "9999999m"}) {
        CAPTURE(bad);
        CHECK_FALSE(parse_lifetime(bad).has_value());
    }
    CHECK(parse_timeout("30") == base::Seconds(30));
    CHECK(parse_timeout("30s") == base::Seconds(30));
    CHECK(parse_timeout("5m") == base::Seconds(300));
    CHECK_FALSE(parse_timeout("x").has_value());
}

TEST_CASE("times are told relative to now") {
    const base::WallTime now = base::from_unix_seconds(1'800'000'000);
    CHECK(describe_when(now, now) == "now");
    CHECK(describe_when(now + base::Seconds(6 * 86400 + 5), now) == "in 6 days");
    CHECK(describe_when(now - base::Seconds(61), now) == "1 minute ago");
    CHECK(describe_when(now + base::Seconds(59), now) == "in 59 seconds");
    CHECK(describe_date(now) == "2027-01-15 08:00 UTC");
}

TEST_CASE("what is to come is rounded to the nearest, what has passed down") {
    const base::WallTime now = base::from_unix_seconds(1'800'000'000);
    const auto in = [&](std::int64_t seconds) {
        return describe_when(now + base::Seconds(seconds), now);
    };
    CHECK(in(7 * 86400 - 590) == "in 7 days");  // what the wire's ten minutes take away
    CHECK(in(86400 - 600) == "in 1 day");
    CHECK(in(86400 - 20) == "in 1 day");
    CHECK(in(3600 - 20) == "in 1 hour");
    CHECK(in(90) == "in 2 minutes");
    CHECK(describe_when(now - base::Seconds(2 * 86400 - 1), now) == "1 day ago");
    const base::Seconds step{600};
    CHECK(describe_made(now - base::Seconds(599), now, step) == "just now");
    CHECK(describe_made(now, now, step) == "just now");
    CHECK(describe_made(now - base::Seconds(600), now, step) == "10 minutes ago");
    CHECK(describe_made(now + base::Seconds(60), now, step) == "in 1 minute");
}

TEST_CASE("large numbers are grouped") {
    CHECK(grouped(0) == "0");
    CHECK(grouped(999) == "999");
    CHECK(grouped(1340) == "1,340");
    CHECK(grouped(1'234'567) == "1,234,567");
}

TEST_CASE("a joiner shows inside a Latin word, and stays where letters need it") {
    CHECK(safe_line("pay\u200dpal") == std::string("pay") + lost + "pal");
    CHECK(safe_line("pay\u200cpal") == std::string("pay") + lost + "pal");
    CHECK(safe_line("\u200dx") == std::string(lost) + "x");
    CHECK(safe_line("\u0645\u06cc\u200c\u062e") == "\u0645\u06cc\u200c\u062e");  // Persian
    CHECK(safe_line("\u0915\u094d\u200d\u0937") == "\u0915\u094d\u200d\u0937");  // Hindi
    CHECK(safe_line("\U0001F469\u200d\U0001F527") == "\U0001F469\u200d\U0001F527");
    CHECK(safe_line("a\u3164b") == std::string("a") + lost + "b");
}

TEST_CASE("a title of which nothing shows is shown as that") {
    for (const char* title : {" ", "\u200b", "\u3164", "\u00a0 \u2003", "\u0301", "\u2800\u034f"}) {
        CAPTURE(title);
        CHECK(safe_title(title) == "(empty title)");
    }
    CHECK(safe_title("").find("no title") != std::string::npos);
    CHECK(safe_title("a") == "a");
    CHECK(safe_title("\u200b!") == std::string(lost) + "!");
}

TEST_CASE("sizes and bars are drawn") {
    CHECK(describe_bytes(999) == "999 bytes");
    CHECK(describe_bytes(1'234'567) == "1.2 MB");
    CHECK(describe_bytes(999'960) == "1.0 MB");
    CHECK(progress_bar(50, 10) == "[#####-----]");
    CHECK(progress_bar(0, 4) == "[----]");
    CHECK(progress_bar(400, 4) == "[####]");
}

TEST_CASE("a typing mistake is met with the nearest word") {
    const std::vector<std::string> words{"status", "identity", "offer", "mail", "peers"};
    CHECK(nearest("offre", words) == "offer");
    CHECK(nearest("stauts", words) == "status");
    CHECK(nearest("peer", words) == "peers");
    CHECK_FALSE(nearest("banana", words).has_value());
    CHECK_FALSE(nearest("", words).has_value());
    CHECK_FALSE(nearest(std::string(10'000, 'a'), words).has_value());
}

}  // namespace
}  // namespace hearsay::app::cli
