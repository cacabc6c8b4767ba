#include "api/encode/sentences.hpp"

#include <map>
#include <string>

#include <doctest/doctest.h>

#include "api.pb.h"
#include "api/encode/json.hpp"

namespace hearsay::api {
namespace {

using Values = std::map<std::string, std::string>;

Values values_of(const Sentence& said) {
    return {said.values().begin(), said.values().end()};
}

// A row's sentence with "7" wherever something stands in it.
std::string with_sevens(std::string_view english) {
    std::string out;
    bool is_name = false;
    for (const char c : english) {
        if (c == '{') is_name = true;
        if (!is_name) out += c;
        if (c == '}') {
            is_name = false;
            out += '7';
        }
    }
    return out;
}

TEST_CASE("each row is found by its own sentence, and no row before it takes that") {
    for (const SentenceRow& row : sentence_rows()) {
        CAPTURE(row.english);
        const auto said = recognize(with_sevens(row.english));
        REQUIRE(said);
        CHECK(said->code() == row.code);
    }
}

TEST_CASE("what stands in a sentence is told by its name, and endings are not") {
    const auto said = recognize("your view matches 2 of 3 peers");
    REQUIRE(said);
    CHECK(said->code() == "view");
    CHECK(values_of(*said) == Values{{"n", "3"}, {"same", "2"}});
    const auto one = recognize("1 item, 0 offers");
    REQUIRE(one);
    CHECK(values_of(*one) == Values{{"items", "1"}, {"n", "0"}});
}

TEST_CASE("a word of several letters and a name of several words are told apart") {
    const auto said = recognize("the way of delivery \"post\" is said twice");
    REQUIRE(said);
    CHECK(values_of(*said) == Values{{"word", "post"}});
}

TEST_CASE("of two rows the narrower is found") {
    const auto failed = recognize("3 of 8 directories have it, 2 failed");
    REQUIRE(failed);
    CHECK(values_of(*failed) == Values{{"done", "3"}, {"n", "8"}, {"failed", "2"}});
}

TEST_CASE("a sentence within a sentence is told by its code, with its values") {
    const auto said = recognize(
        "The node pauses: the disk of /var/lib/hearsay has only 5 MiB left. It goes on by itself "
        "when there is room.");
    REQUIRE(said);
    CHECK(values_of(*said) ==
          Values{{"why", "#no_room"}, {"path", "/var/lib/hearsay"}, {"mib", "5"}});
    const auto other =
        recognize("The node pauses: no idea. It goes on by itself when there is room.");
    REQUIRE(other);
    CHECK(values_of(*other) == Values{{"why", "no idea"}});
}

TEST_CASE("what a stranger wrote is a value, also where it looks like a sentence") {
    const auto said = recognize(
        "Your offer \"#mail ends in 9 hours\" ends in 2 hours. It is not renewed: hearsay offer "
        "renew 0123456789ab");
    REQUIRE(said);
    CHECK(said->code() == "ends");
    CHECK(values_of(*said).at("title") == "#mail ends in 9 hours");
}

TEST_CASE("what is no sentence of ours has no code") {
    CHECK_FALSE(recognize(""));
    CHECK_FALSE(recognize("a receipt came, perhaps"));
    CHECK_FALSE(recognize("so a receipt came"));
    CHECK_FALSE(recognize("\xff"));
    CHECK_FALSE(recognize("there is a persona called " + std::string(2000, 'a') + " already"));
}

TEST_CASE("a phase of Tor's bootstrap is known by its tag, and what is no tag of it has no code") {
    for (const std::string_view tag : bootstrap_phases()) {
        const auto said = recognize_phase(tag);
        REQUIRE(said);
        CHECK(said->code() == "phase_" + std::string(tag));
        CHECK(said->values().empty());
    }
    CHECK_FALSE(recognize_phase(""));
    CHECK_FALSE(recognize_phase("done"));  // the state says so
    CHECK_FALSE(recognize_phase("conn_moon"));
}

TEST_CASE("why Tor ended is told with what it last said, where it said something") {
    const auto silent = recognize("Tor ended (killed by signal 9 (Killed))");
    REQUIRE(silent);
    CHECK(silent->code() == "tor_ended");
    CHECK(values_of(*silent) == Values{{"how", "killed by signal 9 (Killed)"}});
    const auto saying = recognize("Tor ended (exit status 1); it last said: no room (disk)");
    REQUIRE(saying);
    CHECK(values_of(*saying) == Values{{"how", "exit status 1"}, {"words", "no room (disk)"}});
}

TEST_CASE("every part of a sentence, and a sentence said twice, is read without harm") {
    for (const SentenceRow& row : sentence_rows()) {
        const std::string whole = with_sevens(row.english);
        for (std::size_t size = 0; size < whole.size(); ++size) {
            recognize(std::string_view(whole).substr(0, size));
            recognize(std::string_view(whole).substr(size));
        }
        if (const auto said = recognize(whole + whole)) CHECK_FALSE(said->code().empty());
        recognize(row.english);  // with its own braces
    }
}

TEST_CASE("an error's JSON has the code of its sentence beside the words") {
    const std::string json =
        error_json({base::ErrorCode::invalid, "the title is 130 bytes long; at most 120 fit"});
    CHECK(json.find(R"("message":"the title is 130 bytes long; at most 120 fit")") !=
          std::string::npos);
    CHECK(json.find(R"("said":{"code":"too_long")") != std::string::npos);
    CHECK(json.find(R"("most":"120")") != std::string::npos);
    CHECK(error_json({base::ErrorCode::io, "no idea"}).find("said") == std::string::npos);
}

}  // namespace
}  // namespace hearsay::api
