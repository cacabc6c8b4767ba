#include "app/cli/invocation.hpp"

#include <sstream>

#include <doctest/doctest.h>

#include "app/cli/commands.hpp"
#include "app/cli/text.hpp"

namespace hearsay::app::cli {
namespace {

const Environment home{std::nullopt, std::nullopt, "/home/ann"};

template <class T>
T parsed(std::vector<std::string> words) {
    const std::expected<Invocation, UsageError> invocation = parse(words, home);
    REQUIRE_MESSAGE(invocation.has_value(), invocation.error().text);
    REQUIRE(std::holds_alternative<T>(invocation->command));
    return std::get<T>(invocation->command);
}
std::string complaint(std::vector<std::string> words) {
    const std::expected<Invocation, UsageError> invocation = parse(words, home);
    return invocation ? "" : invocation.error().text;
}
bool complains(std::vector<std::string> words, std::string_view about) {
    const std::string text = complaint(std::move(words));
    INFO(text);
    CHECK(text.find(about) != std::string::npos);
    return !text.empty();
}

TEST_CASE("search takes any number of words, and what is left out stands before them") {
    const auto command = parsed<SearchCommand>(
        {"search", "city", "bike", "--without", "old", "--by", "hsp1x", "--sort", "relevance"});
    CHECK(command.words == "-old city bike");
    CHECK(command.by == "hsp1x");
    CHECK(command.sort == "relevance");
    CHECK(command.limit == 100);
    CHECK(parsed<SearchCommand>({"search"}).words.empty());
    CHECK(parsed<SearchCommand>({"search", "--all", "\"a b\""}).words == "\"a b\"");
    CHECK(complains({"search", "x", "--sort", "size"}, "newest, relevance or price"));
    CHECK(complains({"search", "x", "--sort", "price"}, "--currency"));
    CHECK(complains({"search", "x", "--price-min", "3"}, "--currency"));
    using Fields = std::vector<std::pair<std::string, std::string>>;
    CHECK(parsed<SearchCommand>({"search", "--side", "wanted", "--category", "sport/bicycles",
                                 "--price-max", "9.50", "--currency", "EUR"})
              .fields ==
          Fields{{"side", "wanted"}, {"category", "sport/bicycles"}, {"price_max", "9.50"}});
    CHECK(parsed<SearchCommand>({"store", "hsp1x"}).by == "hsp1x");
    CHECK(complains({"store"}, "hsp1"));
}

TEST_CASE("status takes watch, until and timeout") {
    CHECK_FALSE(parsed<StatusCommand>({"status"}).watch);
    const auto command =
        parsed<StatusCommand>({"status", "--watch", "--until", "connected", "--timeout", "5m"});
    CHECK(command.watch);
    CHECK(command.until == Until::connected);
    CHECK(command.timeout_seconds == 300);
    CHECK(complains({"status", "--until", "happy"}, "ready, reachable, connected or synced"));
    CHECK(complains({"status", "--timeout", "5m"}, "needs --until"));
    CHECK(complains({"status", "--until", "ready", "--timeout", "soon"}, "90s"));
}

TEST_CASE("offer publish takes everything an offer has") {
    const auto command = parsed<OfferPublish>(
        {"offer", "publish", "--title", "Bicycle", "--text", "Blue, -3 gears", "--give", "bicycle",
         "--want", "80 EUR", "--tag", "bike", "red", "--tag", "berlin", "--lifetime", "7d"});
    CHECK(command.edit.title == "Bicycle");
    CHECK(command.text.text == "Blue, -3 gears");
    CHECK(command.edit.give == "bicycle");
    CHECK(command.edit.want == "80 EUR");
    CHECK(command.edit.tags == std::vector<std::string>{"bike", "red", "berlin"});
    CHECK(command.lifetime_seconds == 604800);
}

TEST_CASE("offer publish says what it misses") {
    CHECK(complains({"offer", "publish"}, "--title TITLE"));
    CHECK(complains({"offer", "publish", "--title", ""}, "--title TITLE"));
    CHECK(complains({"offer", "publish", "--title", "x", "--text", "a", "--text-file", "b"},
                    "not both"));
    CHECK(complains({"offer", "publish", "--title", "x", "--lifetime", "week"}, "90m, 12h or 7d"));
    CHECK(complains({"offer", "publish", "--title", "x", "--lifetime", "16d"}, "at most 15d"));
    CHECK(complains({"offer", "publish", "--title"}, "hearsay offer publish --title"));
    CHECK(complains({"offer", "publish", "--title", "x", "--title", "y"}, "title"));
}

TEST_CASE("offers are listed, shown and removed") {
    CHECK(parsed<OfferList>({"offer", "list"}).part.limit == 100);
    CHECK(parsed<OfferList>({"offer", "list", "--page", "3"}).part.page == 3);
    CHECK(parsed<OfferList>({"offer", "list", "--all"}).part.all);
    CHECK(complains({"offer", "list", "--all", "--page", "2"}, "not both"));
    CHECK(complains({"offer", "list", "--page", "0"}, "--page"));
    CHECK(parsed<OfferList>({"offer", "list", "--mine", "--limit", "5"}).mine);
    CHECK(parsed<OfferShow>({"offer", "show", "abcdef12"}).id == "abcdef12");
    CHECK(parsed<OfferRemove>({"offer", "remove", "abcdef12"}).id == "abcdef12");
    CHECK(complains({"offer", "show"}, "first 8 digits"));
    CHECK(complains({"offer", "show", "../status"}, "first 8 digits"));
    CHECK(complains({"offer", "show", "a", "b"}, "too many arguments"));
    CHECK(complains({"offer", "list", "--limit", "0"}, "1 to 1000"));
    CHECK(complains({"offer", "list", "--limit", "1001"}, "1 to 1000"));
}

TEST_CASE("mail is sent, listed and read") {
    const auto command =
        parsed<MailSend>({"mail", "send", "hsm1abc", "--subject", "Hello", "--text-file", "-"});
    CHECK(command.to == "hsm1abc");
    CHECK(command.subject == "Hello");
    CHECK(command.text.file == "-");
    CHECK(command.lifetime_seconds == 0);
    CHECK(parsed<MailList>({"mail", "list", "--limit", "7"}).part.limit == 7);
    const auto some =
        parsed<MailList>({"mail", "list", "--unread", "--from", "Anna B", "--about", "abcdef12"});
    CHECK(some.unread);
    CHECK(some.from == "Anna B");
    CHECK(some.about == "abcdef12");
    CHECK(complains({"mail", "list", "--from", "a\x1b[2J"}, "--from"));
    CHECK(parsed<MailRead>({"mail", "read", "abc"}).id == "abc");
    CHECK(complains({"mail", "send", "--subject", "Hello"}, "mailbox address"));
    CHECK(complains({"mail", "send", "hsm1abc"}, "--subject"));
}

TEST_CASE("a ban has a time and a reason that make sense") {
    const auto ban =
        parsed<PeersBan>({"peers", "ban", "abc", "--for", "12h", "--reason", "says \xE2\x82\xAC"});
    CHECK(ban.onion == "abc");
    CHECK(ban.seconds == 12 * 3600);
    CHECK(ban.reason == "says \xE2\x82\xAC");
    CHECK(parsed<PeersBan>({"peers", "ban", "abc"}).seconds == 0);
    CHECK(parsed<PeersBan>({"peers", "ban", "abc", "--for", "3650d"}).seconds == 3650U * 86400);
    for (const char* time : {"0d", "-1d", "3651d", "999999d", "99999999999d", "x", "", "1w"})
        CHECK(complains({"peers", "ban", "abc", std::string("--for=") + time}, "--for"));
    for (const char* reason : {"a\x1b[2J", "two\nlines", "\xff", "a\x7f", "\xE2\x80\xAE"})
        CHECK(complains({"peers", "ban", "abc", "--reason", reason}, "--reason"));
    CHECK(complains({"peers", "ban", "abc", "--reason", std::string(201, 'x')}, "200 bytes"));
    CHECK(complains({"peers", "ban"}, "56 letters"));
}

TEST_CASE("peers and identity") {
    parsed<IdentityShow>({"identity", "show"});
    parsed<PeersList>({"peers", "list"});
    CHECK(parsed<PeersAdd>({"peers", "add", "abc.onion"}).onion == "abc.onion");
    CHECK(parsed<PeersRemove>({"peers", "remove", "abc.onion"}).onion == "abc.onion");
    CHECK(complains({"peers", "add"}, "56 letters"));
    CHECK(!parsed<PeersList>({"peers", "list"}).all);
    CHECK(parsed<PeersList>({"peers", "list", "--all"}).all);
    CHECK(parsed<PeersShow>({"peers", "show", "abc"}).onion == "abc");
    CHECK(parsed<PeersUnban>({"peers", "unban", "abc"}).onion == "abc");
    CHECK(complains({"peers", "show", "../../etc"}, "56 letters"));
}

TEST_CASE("common options stand before or after the command") {
    const std::vector<std::vector<std::string>> forms{
        {"--json", "--data-dir", "/d", "offer", "list"},
        {"offer", "--json", "--data-dir=/d", "list"},
        {"offer", "list", "--data-dir", "/d", "--json"}};
    for (const auto& words : forms) {
        const auto invocation = parse(words, home);
        REQUIRE(invocation.has_value());
        CHECK(invocation->json);
        CHECK(invocation->data_dir == "/d");
        CHECK(std::holds_alternative<OfferList>(invocation->command));
    }
}

TEST_CASE("the data directory comes from the option, then the environment") {
    CHECK(parse({"status"}, {"/env", "/xdg", "/home"})->data_dir == "/env");
    CHECK(parse({"status"}, {"", "/xdg", "/home"})->data_dir == "/xdg/hearsay");
    CHECK(parse({"status"}, {std::nullopt, "relative", "/home"})->data_dir ==
          "/home/.local/share/hearsay");
    CHECK_FALSE(parse({"status"}, {}).has_value());
    CHECK(parse({"status", "--data-dir", "/d"}, {"/env", {}, {}})->data_dir == "/d");
    // A script's variable that is not set does not lead to another node.
    const auto empty = parse({"status", "--data-dir", ""}, {"/env", {}, {}});
    REQUIRE_FALSE(empty);
    CHECK(empty.error().text == "--data-dir is empty: expected a directory");
}

TEST_CASE("unknown words are answered with what was expected and the nearest word") {
    CHECK(complains(
        {"banana"},
        "status, doctor, stop, open, identity, offer, search, store, profile, post, list, watch, "
        "mail, mailbox, friends, trade, rate, ratings, bundle, peers, backup"));
    CHECK(complains({"offre", "list"}, "did you mean \"offer\"?"));
    CHECK(complains({"offer"},
                    "publish, update, mark, renew, list, show, picture, remove, import, export"));
    CHECK(complains({"offer", "lsit"}, "did you mean \"list\"?"));
    CHECK(complains({"offer", "banana"},
                    "publish, update, mark, renew, list, show, picture, remove, import, export"));
    CHECK(complains({"offer", "publish", "--titel", "x"}, "did you mean \"--title\"?"));
    CHECK(complains({"--jsno", "status"}, "did you mean \"--json\"?"));
    CHECK(complains({"--jsno"}, "did you mean \"--json\"?"));
    CHECK(complains({"offer", "list", "--min"}, "did you mean \"--mine\"?"));  // no guessing
    CHECK(complains({"\x1b[31m"}, "\xEF\xBF\xBD[31m"));
}

TEST_CASE("what a script left empty is said, and never taken for something else") {
    CHECK(complains({"identity", "new", ""}, "an argument is empty; expected: hearsay identity"));
    CHECK(complains({"ratings", ""}, "an argument is empty; expected: hearsay ratings"));
    CHECK(complains({"offer", "show", ""}, "an offer's id"));
    CHECK(complains({"store", ""}, "expected PERSONA"));
    CHECK(complains({"--data-dir"}, "--data-dir needs a directory behind it"));
    CHECK(complains({"mail", "list", "--about", "zz"}, "--about: expected an offer's id"));
}

TEST_CASE("help is asked for in every way that people try") {
    const auto text = [](std::vector<std::string> words) {
        return parsed<PrintText>(std::move(words)).text;
    };
    for (const std::vector<std::string>& words :
         std::vector<std::vector<std::string>>{{}, {"help"}, {"-h"}, {"--help"}, {"--json"}})
        CHECK(text(words) == general_help(width_usual));
    CHECK(text({"version"}) == version_text());
    CHECK(text({"--version"}) == version_text());
    for (const std::vector<std::string>& words : {std::vector<std::string>{"--json", "version"},
                                                  {"--version", "--json"},
                                                  {"offer", "list", "--json", "--version"}})
        CHECK(text(words) ==
              "{\"version\":\"" + version_text().substr(8, version_text().size() - 9) + "\"}\n");
    CHECK(text({"help", "mail"}) == group_help("mail", width_usual));
    CHECK(text({"mail", "-h"}) == group_help("mail", width_usual));
    const std::string send = text({"mail", "send", "--help"});
    CHECK(text({"help", "mail", "send"}) == send);
    CHECK(text({"mail", "send", "-h"}) == send);
    CHECK(complains({"help", "banana"}, "unknown command"));
}

TEST_CASE("help lists every command once, by task") {
    const std::string help = general_help(width_usual);
    for (const CommandSpec& spec : commands()) {
        const std::string row = "\n  " + fit(spec.words(), 19);
        CHECK_MESSAGE(help.find(row) != help.npos, spec.words());
        CHECK(help.find(row) == help.rfind(row));
    }
    CHECK(help.find("\nThe market:\n") != help.npos);
    CHECK(help.find("Besides:") == help.npos);
}

TEST_CASE("a mailbox's rule is looked at, or changed by what is named") {
    const auto look = parsed<MailboxRule>({"mailbox", "rule", "main"});
    CHECK(look.address == "main");
    CHECK_FALSE((look.who || look.stamp_bits || look.strangers_max));
    const auto one = parsed<MailboxRule>({"mailbox", "rule", "hsm1x", "--stamp-bits", "0"});
    CHECK(one.stamp_bits == 0);
    CHECK_FALSE((one.who || one.strangers_max));
    CHECK(complains({"mailbox", "rule", "main", "--who", "nobody"}, "anyone, takers or friends"));
}

TEST_CASE("words and passphrases are no arguments") {
    parsed<IdentityWords>({"identity", "words", "--check"});
    CHECK(complains({"identity", "words"}, "on your paper only"));
    CHECK(parsed<IdentityPassphrase>({"identity", "passphrase", "--none"}).none);
    CHECK(complains({"identity", "passphrase", "--none", "--new-passphrase-file", "x"},
                    "at most one"));
    CHECK(complains({"identity", "passphrase", "secret"}, "too many arguments"));
}

TEST_CASE("a usage error knows that JSON was asked for") {
    CHECK(parse({"offer", "--json"}, home).error().json);
    CHECK_FALSE(parse({"offer"}, home).error().json);
}

TEST_CASE("every command has help with examples, and help needs no data directory") {
    for (const CommandSpec& spec : commands()) {
        std::vector<std::string> words{std::string(spec.group)};
        if (!spec.verb.empty()) words.emplace_back(spec.verb);
        words.emplace_back("--help");
        const auto invocation = parse(words, {});
        REQUIRE(invocation.has_value());
        const std::string& text = std::get<PrintText>(invocation->command).text;
        CHECK(text.find("Examples:\n  hearsay " + spec.words()) != std::string::npos);
        CHECK(text.find("--data-dir DIR") != std::string::npos);
        CHECK(text.find("Exit codes:") != std::string::npos);
        CHECK(std::get<PrintText>(parse({"--help"}, {})->command).text.find(spec.words()) !=
              std::string::npos);
    }
    CHECK(std::get<PrintText>(parse({"mail", "--help"}, {})->command).text.find("mail send") !=
          std::string::npos);
    CHECK(std::get<PrintText>(parse({"--version"}, {})->command).text.starts_with("hearsay "));
}

}  // namespace
}  // namespace hearsay::app::cli
