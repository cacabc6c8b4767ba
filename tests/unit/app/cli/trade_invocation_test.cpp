// Trades and ratings on the command line.
#include <doctest/doctest.h>

#include "app/cli/commands.hpp"
#include "app/cli/invocation.hpp"
#include "base/limits/api.hpp"

namespace hearsay::app::cli {
namespace {

const Environment at_home{std::nullopt, std::nullopt, "/home/ann"};

template <class T>
T command(const std::vector<std::string>& words) {
    const auto invocation = parse(words, at_home);
    REQUIRE_MESSAGE(invocation, (invocation ? std::string() : invocation.error().text));
    REQUIRE(std::holds_alternative<T>(invocation->command));
    return std::get<T>(invocation->command);
}
std::string refusal(const std::vector<std::string>& words) {
    const auto invocation = parse(words, at_home);
    return invocation ? "" : invocation.error().text;
}

TEST_CASE("an offer is taken with terms and an arbiter") {
    const auto take = command<TradeCommand>({"trade", "take", "abcdef12", "--give", "bicycle",
                                             "--want", "70 EUR", "--ships", "maker", "--arbiter",
                                             "hsp1x/hsm1y", "--text", "On Friday?"});
    CHECK(take.move == "take");
    CHECK(take.id == "abcdef12");
    CHECK(take.want == "70 EUR");
    CHECK(take.ships == "maker");
    CHECK(take.arbiter == "hsp1x");
    CHECK(take.arbiter_mailbox == "hsm1y");
    CHECK(take.text.text == "On Friday?");
    CHECK(take.changes_terms);
}

TEST_CASE("every move of a trade is a command, and the ruling's is rule") {
    for (const char* word :
         {"accept", "decline", "counter", "confirm", "pay-info", "shipped", "received", "dispute",
          "evidence", "text", "close", "show", "remove"}) {
        CAPTURE(word);
        CHECK(command<TradeCommand>({"trade", word, "abcdef12"}).move == word);
        CHECK(refusal({"trade", word}).find("trade list") != std::string::npos);
    }
    const auto rule = command<TradeCommand>({"trade", "rule", "abcdef12", "--right", "taker"});
    CHECK(rule.move == "ruling");
    CHECK(rule.right == "taker");
    CHECK(command<TradeList>({"trade", "list"}).part.limit == base::limits::api_list_default);
    CHECK(command<TradeList>({"trade", "list", "--all"}).part.all);
}

TEST_CASE("a ruling says who is right, for it cannot be taken back") {
    for (const char* who : {"maker", "taker", "neither"})
        CHECK(command<TradeCommand>({"trade", "rule", "abcdef12", "--right", who}).right == who);
    CHECK(refusal({"trade", "rule", "abcdef12", "--text", "x"}).find("--right") !=
          std::string::npos);
    CHECK(refusal({"trade", "rule", "abcdef12", "--right", "both"}).find("neither") !=
          std::string::npos);
}

TEST_CASE("a payload is named by the trade and the message, which has the same name on all sides") {
    const auto payload = command<TradeCommand>({"trade", "payload", "abcdef12", "maker-5"});
    CHECK(payload.id == "abcdef12");
    CHECK(payload.message == "maker-5");
    for (const char* name : {"5", "maker-0", "maker-", "maker-x", "buyer-1", "taker-5x"})
        CHECK(refusal({"trade", "payload", "abcdef12", name}).find("such as maker-2") !=
              std::string::npos);
    CHECK(refusal({"trade", "payload", "abcdef12", "maker-5", "6"}).find("too many arguments") !=
          std::string::npos);
}

TEST_CASE("the arbiter is shown all or chosen messages") {
    CHECK(command<TradeCommand>({"trade", "dispute", "abcdef12", "--text", "x", "--all"}).show_all);
    CHECK(command<TradeCommand>({"trade", "evidence", "abcdef12", "--show", "maker-1,taker-4"})
              .show == std::vector<std::string>{"maker-1", "taker-4"});
    CHECK(refusal({"trade", "evidence", "abcdef12", "--show", "maker-1,2"}).find("maker-2") !=
          std::string::npos);
    CHECK(refusal({"trade", "take", "abcdef12", "--arbiter", "hsp1x"}).find("slash") !=
          std::string::npos);
}

TEST_CASE("a rating has one to five stars, or is taken back") {
    const auto rating =
        command<RateCommand>({"rate", "abcdef12", "--stars", "4", "--text", "Quick"});
    CHECK(rating.id == "abcdef12");
    CHECK(rating.stars == 4);
    CHECK(command<RateCommand>({"rate", "abcdef12", "--remove"}).remove);
    for (const char* stars : {"0", "6", "many"})
        CHECK(refusal({"rate", "abcdef12", "--stars", stars}).find("1 to 5") != std::string::npos);
    CHECK(!refusal({"rate", "abcdef12"}).empty());
    CHECK(command<RatingsShow>({"ratings", "hsp1x"}).persona == "hsp1x");
    CHECK(command<RatingsShow>({"ratings"}).persona.empty());
}

TEST_CASE("the help lists the commands of trades") {
    CHECK(general_help(width_usual).find("trade pay-info") != std::string::npos);
    CHECK(group_help("trade", width_usual).find("trade dispute") != std::string::npos);
}

}  // namespace
}  // namespace hearsay::app::cli
