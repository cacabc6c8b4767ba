// Lists and watches on the command line, and programs that are run for matches.
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <unistd.h>

#include <doctest/doctest.h>

#include "app/cli/commands_search.hpp"
#include "app/cli/invocation.hpp"
#include "app/cli/run_program.hpp"
#include "app/cli/show.hpp"

namespace hearsay::app::cli {
namespace {

const Environment home{std::nullopt, std::nullopt, "/home/ann"};

template <class T>
T parsed(const std::vector<std::string>& words) {
    const auto invocation = parse(words, home);
    REQUIRE_MESSAGE(invocation.has_value(), invocation.error().text);
    REQUIRE(std::holds_alternative<T>(invocation->command));
    return std::get<T>(invocation->command);
}
std::string complaint(const std::vector<std::string>& words) {
    const auto invocation = parse(words, home);
    return invocation ? "" : invocation.error().text;
}

// A script in a directory of its own.
struct Script {
    explicit Script(const std::string& text) {
        std::string made = "/tmp/hearsay-script-XXXXXX";
        REQUIRE(mkdtemp(made.data()) != nullptr);
        folder = made;
        std::ofstream(folder / "run") << "#!/bin/sh\n" << text;
        std::filesystem::permissions(folder / "run", std::filesystem::perms::owner_all);
    }
    ~Script() { std::filesystem::remove_all(folder); }
    std::string path() const { return (folder / "run").string(); }
    std::string wrote() const {
        std::ifstream in(folder / "out");
        std::ostringstream out;
        out << in.rdbuf();
        return out.str();
    }
    std::filesystem::path folder;
};

}  // namespace

TEST_CASE("a list is named by whatever it is called, and an entry is about something") {
    const auto add = parsed<ListCommand>({"list", "add", "my list", "--word", "casino", "--word",
                                          "dice", "--publisher", "hsp1x", "--reason", "no"});
    CHECK(add.what == "add");
    CHECK(add.which == "my list");
    CHECK(add.entries.words == std::vector<std::string>{"casino", "dice"});
    CHECK(add.entries.publishers == std::vector<std::string>{"hsp1x"});
    CHECK_FALSE(add.entries.recommends);
    CHECK(parsed<ListCommand>({"list", "add", "x", "--recommend", "--item", "abcdef12"})
              .entries.recommends);
    CHECK(complaint({"list", "add", "x"}).find("--word") != std::string::npos);
    CHECK(
        complaint({"list", "add", "x", "--hide", "--recommend", "--word", "a"}).find("not both") !=
        std::string::npos);
    CHECK(complaint({"list", "remove", "x"}).find("list delete") != std::string::npos);
    CHECK(parsed<ListCommand>({"list", "why", "abcdef12"}).which == "abcdef12");
    CHECK(parsed<ListCommand>({"list", "list", "--mine"}).mine);
    CHECK(parsed<ListCommand>({"list", "publish", "x", "--as", "shop"}).persona == "shop");
}

TEST_CASE("a watch has a name and a search without order and page") {
    const auto add = parsed<WatchCommand>(
        {"watch", "add", "bikes", "city", "bike", "--price-max", "100", "--currency", "EUR"});
    CHECK(add.names == std::vector<std::string>{"bikes"});
    using Fields = std::vector<std::pair<std::string, std::string>>;
    CHECK(parameters_of(add.search) ==
          Fields{{"q", "city bike"}, {"currency", "EUR"}, {"price_max", "100"}});
    CHECK_FALSE(complaint({"watch", "add", "two words"}).empty());
    CHECK_FALSE(complaint({"watch", "add", "bikes", "--sort", "price"}).empty());
    const auto run = parsed<WatchCommand>({"watch", "run", "a", "b", "--program", "/bin/true"});
    CHECK(run.names == std::vector<std::string>{"a", "b"});
    CHECK(run.timeout_seconds == 60);
    CHECK(parsed<WatchCommand>({"watch", "run"}).names.empty());
}

TEST_CASE("an offer can be renewed, and no more") {
    CHECK(parsed<OfferPublish>({"offer", "publish", "--title", "Tea", "--renew"}).renew == true);
    CHECK_FALSE(parsed<OfferPublish>({"offer", "publish", "--title", "Tea"}).renew);
    CHECK(parsed<OfferUpdate>({"offer", "update", "abcdef12", "--renew"}).offer.renew == true);
    CHECK(parsed<Renew>({"offer", "renew", "abcdef12", "--stop"}).stop);
    CHECK_FALSE(parsed<Renew>({"offer", "renew", "abcdef12"}).stop);
}

TEST_CASE("what lists hide is told below a list, by whatever strangers called theirs") {
    api::OfferList offers;
    api::HiddenCount& hidden = *offers.add_hidden();
    hidden.set_name("Clean\x1b[31m");
    hidden.set_count(3);
    const std::string text = show(offers, {});
    CHECK(text.find("3 hidden by list Clean") != std::string::npos);
    CHECK(text.find("--show-hidden") != std::string::npos);
    CHECK(text.find('\x1b') == std::string::npos);
}

TEST_CASE("a program gets what it is for on its standard input and nothing on its command line") {
    const Script script(
        "cat > \"$(dirname \"$0\")/out\"; echo \"[$#]\" >> \"$(dirname \"$0\")/out\"");
    const std::string large = std::string(300'000, 'x') + "; $(false) `false`\n";
    CHECK_FALSE(run_program(script.path(), large, std::chrono::seconds(60)));
    CHECK(script.wrote() == large + "[0]\n");
}

TEST_CASE("a program that fails, cannot be run or does not end is told of") {
    const Script failing("exit 3");
    CHECK(run_program(failing.path(), "x", std::chrono::seconds(60))->ends_with("ended with 3"));
    CHECK(run_program("/nonexistent", "x", std::chrono::seconds(60))->find("cannot be run") !=
          std::string::npos);
    const Script endless("sleep 1000 & sleep 1000");
    CHECK(run_program(endless.path(), "x", std::chrono::seconds(1))->find("longer than 1 s") !=
          std::string::npos);
    const Script deaf("exec 0<&-; exit 0");  // reads nothing of it
    CHECK_FALSE(run_program(deaf.path(), std::string(300'000, 'x'), std::chrono::seconds(60)));
}

}  // namespace hearsay::app::cli
