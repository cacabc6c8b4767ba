// Kinds 6 and 7: what a profile and a post may say.
#include "item/kinds/profile.hpp"

#include <doctest/doctest.h>

#include "item/kinds.hpp"
#include "item/kinds/post.hpp"
#include "samples.hpp"

namespace hearsay {
namespace {

using item::PostText;
using item::Profile;

bool says(const std::optional<std::string>& problem, std::string_view part) {
    return problem && problem->find(part) != std::string::npos;
}

item::Read in_slot(const Profile& profile, const base::Slot& slot) {
    item::Read out;
    out.header.kind = item::kind_profile;
    out.header.claim = item::Publication{samples::persona(1), slot, 1, false, std::nullopt};
    out.item.payload = item::write_profile(profile);
    return out;
}

}  // namespace

TEST_CASE("a profile is read back as it was written") {
    const Profile full{"Ann", "I mend\nbicycles.", {"de", "gsw"}, base::Digest{}};
    CHECK(item::read_profile(item::write_profile(full)) == full);
    CHECK(item::read_profile(item::write_profile({"Ann"})) == Profile{"Ann"});
    CHECK_FALSE(item::read_profile(base::as_bytes("\x22\x01x")));
    CHECK_FALSE(item::read_profile(base::as_bytes("\x28\x01")));
}

TEST_CASE("a nickname is one line of 1 to 40 bytes") {
    CHECK_FALSE(item::profile_problem({std::string(40, 'a')}));
    CHECK(says(item::profile_problem({std::string(41, 'a')}), "at most 40"));
    CHECK(says(item::profile_problem({""}), "needs a nickname"));
    CHECK(says(item::profile_problem({"a\nb"}), "one line"));
    CHECK(says(item::profile_problem({"u\xcc\x88"}), "form C"));
}

TEST_CASE("what is said about oneself has up to 2000 bytes, and up to eight languages") {
    CHECK_FALSE(item::profile_problem({"Ann", std::string(2000, 'a')}));
    CHECK(says(item::profile_problem({"Ann", std::string(2001, 'a')}), "at most 2000"));
    Profile profile{"Ann", "", {"aa", "bb", "cc", "dd", "ee", "ff", "gg", "hh"}};
    CHECK_FALSE(item::profile_problem(profile));
    profile.languages.emplace_back("ii");
    CHECK(says(item::profile_problem(profile), "at most 8"));
    CHECK(says(item::profile_problem({"Ann", "", {"de", "de"}}), "twice"));
    CHECK(says(item::profile_problem({"Ann", "", {"german"}}), "two or three"));
}

TEST_CASE("a persona has one profile, in the slot of zeros") {
    CHECK_FALSE(item::content_problem(in_slot({"Ann"}, base::Slot{})));
    CHECK(says(item::content_problem(in_slot({"Ann"}, samples::numbered<base::Slot>(1))), "slot"));
    CHECK(says(item::content_problem(in_slot({""}, base::Slot{})), "nickname"));
}

TEST_CASE("a post is read back as it was written") {
    const PostText full{"Spring", "It\ncomes.", {"weather"}, item::ThingId{}, "en"};
    CHECK(item::read_post(item::write_post(full)) == full);
    CHECK(item::read_post(item::write_post({"Spring"})) == PostText{"Spring"});
    CHECK_FALSE(item::read_post(base::as_bytes("\x0a\x01x\x22\x01x")));
    CHECK(item::read_post(base::as_bytes("\x0a\x01x\x30\x01")));  // a field of a later text
    CHECK_FALSE(item::read_post(base::as_bytes("\x0a\x01x\x28\x01")));
}

TEST_CASE("a post has a title, and an answer a title or a text") {
    CHECK_FALSE(item::post_problem({"Spring"}));
    CHECK(says(item::post_problem({"", "It comes."}), "needs a title"));
    CHECK_FALSE(item::post_problem({"", "Indeed.", {}, item::ThingId{}}));
    CHECK(says(item::post_problem({"", "", {}, item::ThingId{}}), "a title or a text"));
}

TEST_CASE("what a post says has the limits of an offer's texts") {
    CHECK_FALSE(item::post_problem({std::string(120, 'a'), std::string(8192, 'a')}));
    CHECK(says(item::post_problem({std::string(121, 'a')}), "at most 120"));
    CHECK(says(item::post_problem({"a", std::string(8193, 'a')}), "at most 8192"));
    CHECK(says(item::post_problem({"a\nb"}), "one line"));
    PostText post{"a", "", std::vector<std::string>(8, "tag")};
    CHECK_FALSE(item::post_problem(post));
    post.tags.emplace_back("tag");
    CHECK(says(item::post_problem(post), "at most 8"));
    CHECK(says(item::post_problem({"a", "", {"Tag"}}), "lower-case"));
    CHECK(says(item::post_problem({"a", "", {}, {}, "EN"}), "two or three"));
}

}  // namespace hearsay
