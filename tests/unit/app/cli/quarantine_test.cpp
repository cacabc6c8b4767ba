// hearsay mail quarantine: its words, and what it shows.
#include <doctest/doctest.h>

#include "app/cli/invocation.hpp"
#include "app/cli/show.hpp"

namespace hearsay::app::cli {
namespace {

std::expected<Invocation, UsageError> parsed(std::vector<std::string> words) {
    words.insert(words.begin(), {"mail", "quarantine"});
    return parse(words, {std::nullopt, std::nullopt, "/home/ann"});
}

api::SetAside entry() {
    api::SetAside out;
    out.set_id(std::string(64, 'a'));
    out.set_kind("letter");
    out.mutable_at()->set_seconds(1'800'000'000);
    out.set_times(2);
    out.set_why("it ended the node\x1b[2J");
    return out;
}

}  // namespace

TEST_CASE("the list, another try and the removal are told apart, and exclude each other") {
    const auto list = parsed({});
    REQUIRE(list);
    CHECK(std::get<MailQuarantine>(list->command).retry.empty());
    CHECK(std::get<MailQuarantine>(list->command).remove.empty());
    const auto retry = parsed({"--retry", "abcdef12"});
    REQUIRE(retry);
    CHECK(std::get<MailQuarantine>(retry->command).retry == "abcdef12");
    const auto remove = parsed({"--remove", "abcdef12"});
    REQUIRE(remove);
    CHECK(std::get<MailQuarantine>(remove->command).remove == "abcdef12");
    CHECK_FALSE(parsed({"--retry", "abcdef12", "--remove", "abcdef12"}));
    CHECK_FALSE(parsed({"--retry", "../mail"}));
    CHECK_FALSE(parsed({"abcdef12"}));
}

TEST_CASE(
    "the list says what is set aside, since when and how often, with nothing that commands a "
    "terminal") {
    const Style style{false, 100, base::from_unix_seconds(1'800'000'000)};
    CHECK(show(api::SetAsideList(), style) == "Nothing is set aside.\n");
    api::SetAsideList list;
    *list.add_set_aside() = entry();
    list.add_set_aside()->set_retried(true);
    const std::string text = show(list, style);
    CHECK(text.find("aaaaaaaa") != text.npos);
    CHECK(text.find("letter") != text.npos);
    CHECK(text.find("it ended the node") != text.npos);
    CHECK(text.find("it is being read again") != text.npos);
    CHECK(text.find('\x1b') == text.npos);
    const std::string one = show(entry(), style);
    CHECK(one.find("2 times") != one.npos);
    CHECK(one.find('\x1b') == one.npos);
}

}  // namespace hearsay::app::cli
