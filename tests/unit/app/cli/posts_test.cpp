// The commands about profiles and posts.
#include <doctest/doctest.h>

#include "api.pb.h"
#include "app/cli/invocation.hpp"
#include "app/cli/show.hpp"
#include "app/node/views.hpp"
#include "market/address.hpp"

namespace hearsay::app::cli {
namespace {

const Environment home{std::nullopt, std::nullopt, "/home/ann"};

template <class T>
T parsed(std::vector<std::string> words) {
    const auto invocation = parse(words, home);
    REQUIRE_MESSAGE(invocation.has_value(), invocation.error().text);
    REQUIRE(std::holds_alternative<T>(invocation->command));
    return std::get<T>(invocation->command);
}
bool complains(std::vector<std::string> words, std::string_view about) {
    const auto invocation = parse(words, home);
    const std::string text = invocation ? "" : invocation.error().text;
    INFO(text);
    CHECK(text.find(about) != std::string::npos);
    return !text.empty();
}

}  // namespace

TEST_CASE("a profile is set by what is named, and nothing else") {
    const auto all = parsed<ProfileSet>({"profile", "set", "shop", "--nickname", "Ann", "--text",
                                         "x", "--language", "de", "--language", "en", "--contact"});
    CHECK(all.persona == "shop");
    CHECK(all.nickname == "Ann");
    CHECK(all.about.text == "x");
    CHECK(all.languages == std::vector<std::string>{"de", "en"});
    CHECK(all.contact == true);
    const auto none = parsed<ProfileSet>({"profile", "set", "shop"});
    CHECK_FALSE(none.nickname);
    CHECK_FALSE(none.languages);
    CHECK_FALSE(none.contact);
    CHECK(parsed<ProfileSet>({"profile", "set", "shop", "--no-contact"}).contact == false);
    CHECK(parsed<ProfileSet>({"profile", "set", "shop", "--language", ""}).languages->empty());
    CHECK(complains({"profile", "set"}, "identity list"));
    CHECK(complains({"profile", "set", "shop", "--contact", "--no-contact"}, "not both"));
}

TEST_CASE("profiles are shown, listed and removed") {
    CHECK(parsed<ProfileShow>({"profile", "show", "my-shop"}).persona == "my-shop");
    CHECK(parsed<ProfileList>({"profile", "show"}).mine);
    CHECK_FALSE(parsed<ProfileList>({"profile", "list"}).mine);
    CHECK(parsed<ProfileRemove>({"profile", "remove", "shop"}).persona == "shop");
    CHECK(complains({"profile", "remove"}, "identity list"));
}

TEST_CASE("a post has a title unless it answers something") {
    const auto post = parsed<PostPublish>({"post", "publish", "--title", "Spring", "--tag", "a",
                                           "--tag", "b", "--lifetime", "1d", "--as", "shop"});
    CHECK(post.title == "Spring");
    CHECK(post.tags == std::vector<std::string>{"a", "b"});
    CHECK(post.lifetime_seconds == 86'400);
    CHECK(post.persona == "shop");
    CHECK(parsed<PostPublish>({"post", "publish", "--answer", "abcdef12"}).answer_to == "abcdef12");
    CHECK(complains({"post", "publish"}, "--title TITLE"));
    CHECK(complains({"post", "publish", "--answer", "../x"}, "after --answer"));
    CHECK(parsed<PostShow>({"post", "show", "abcdef12"}).id == "abcdef12");
    CHECK(parsed<PostRemove>({"post", "remove", "abcdef12"}).id == "abcdef12");
    CHECK(complains({"post", "show"}, "post list"));
}

TEST_CASE("a nickname stands behind the fingerprint, and what the user says before it") {
    const base::PublisherKey key{};
    const std::string address = market::persona_address(key);
    const std::string fingerprint =
        address.substr(4, 4) + "-" + address.substr(8, 4) + "-" + address.substr(12, 4);
    CHECK(describe({"", ""}, key).empty());
    CHECK(describe({"", "Ann"}, key) == fingerprint + " \"Ann\"");
    CHECK(describe({"bob", ""}, key) == "bob " + fingerprint);
    CHECK(describe({"bob", "Ann"}, key) == "bob " + fingerprint + " \"Ann\"");
}

TEST_CASE("a hostile profile and post are harmless on the terminal") {
    api::Profile profile;
    profile.set_name("q9s5-4waj-jwl2 \"Ann\x1b[2J\"");
    profile.set_about("fine\n  persona    fake\x07");
    const std::string shown = show(profile, Style{});
    CHECK(shown.find('\x1b') == std::string::npos);
    CHECK(shown.find("\n      persona    fake") != std::string::npos);
    api::Post post;
    post.set_title("Spring\x1b[2J");
    post.set_publisher_name("q9s5-4waj-jwl2 \"Ann\x07\"");
    api::PostList list;
    *list.add_posts() = post;
    for (const std::string& text : {show(post, Style{}), show(list, Style{})}) {
        CHECK(text.find('\x1b') == std::string::npos);
        CHECK(text.find('\x07') == std::string::npos);
    }
}

}  // namespace hearsay::app::cli
