// Posts: what somebody has to say, and answers to it.
#include "market/posts/posts.hpp"

#include <doctest/doctest.h>

#include "base/encoding.hpp"
#include "base/limits/items.hpp"
#include "fakes.hpp"
#include "item/make.hpp"

namespace hearsay::market {
namespace {

using base::ErrorCode;

struct Fixture {
    Person alice{1};
    Person bob{2};

    base::Result<PostView> say(Person& who, const PostDraft& draft) {
        return who.turn([&](const Turn& turn) { return who.market->publish_post(draft, turn); });
    }
    base::Result<PostView> remove(Person& who, const item::ThingId& thing) {
        return who.turn(
            [&](const Turn& turn) { return who.market->remove_post(base::to_hex(thing), turn); });
    }
    base::Result<PostView> seen_by(Person& who, const item::ThingId& thing) {
        return who.market->post(base::to_hex(thing).substr(0, 12), who.store, who.flood);
    }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a post lives from ten minutes to two weeks, both included") {
    const auto lives = [&](base::Seconds lifetime) {
        PostDraft draft{{"Spring"}};
        draft.lifetime = lifetime;
        return say(alice, draft).has_value();
    };
    const base::Seconds second(1);
    CHECK(lives(base::limits::created_step));
    CHECK_FALSE(lives(base::limits::created_step - second));
    CHECK(lives(base::limits::lifetime_max));
    CHECK_FALSE(lives(base::limits::lifetime_max + second));
}

TEST_CASE_FIXTURE(Fixture, "a post is seen by everybody, each by a persona of its own") {
    const auto first = say(alice, {{"Spring", "It\ncomes.", {"weather"}, {}, "en"}});
    const auto second = say(alice, {{"Summer"}});
    REQUIRE(first);
    REQUIRE(second);
    CHECK(first->publisher != second->publisher);
    CHECK(first->expires == item::expires_for(alice.now, post_lifetime_default));
    settle({&alice, &bob});
    REQUIRE(seen_by(bob, first->thing));
    CHECK(seen_by(bob, first->thing)->text == first->text);
    CHECK_FALSE(seen_by(bob, first->thing)->mine);
    CHECK(seen_by(alice, first->thing)->state == PublicationState::published);
    CHECK(bob.market->posts(bob.store, bob.flood, 10).size() == 2);
    CHECK(bob.market->posts(bob.store, bob.flood, 1).size() == 1);
    CHECK(alice.market->own_posts(alice.store).size() == 2);
    CHECK(bob.market->own_posts(bob.store).empty());
}

TEST_CASE_FIXTURE(Fixture, "a post and an offer can be answered by a beginning of their ids") {
    const auto post = say(alice, {{"Spring"}});
    const auto offer = alice.publish("bicycle");
    REQUIRE(post);
    REQUIRE(offer);
    settle({&alice, &bob});
    for (const item::ThingId& thing : {post->thing, offer->thing}) {
        const auto answer =
            say(bob, {{"", "Indeed."}, base::to_hex(thing).substr(0, 10), base::Seconds(0), ""});
        REQUIRE(answer);
        CHECK(answer->text.answer_to == thing);
    }
    const std::string gone(64, 'a');  // the whole id of what is not here
    CHECK(say(bob, {{"", "Indeed."}, gone}));
    CHECK(say(bob, {{"", "Indeed."}, gone.substr(0, 10)}).error().code == ErrorCode::not_found);
    CHECK(say(bob, {{"", "Indeed."}, "xyz"}).error().code == ErrorCode::invalid);
}

TEST_CASE_FIXTURE(Fixture, "what breaks a rule is not published") {
    CHECK(say(alice, {{"", "no title"}}).error().code == ErrorCode::invalid);
    CHECK(say(alice, {{"x"}, "", base::Seconds(60)}).error().code == ErrorCode::invalid);
    CHECK(say(alice, {{"x"}, "", base::Seconds(0), "nobody"}).error().code == ErrorCode::not_found);
    CHECK(alice.market->own_posts(alice.store).empty());
}

TEST_CASE_FIXTURE(Fixture, "a removed post is gone, and only its maker removes it") {
    const auto post = say(alice, {{"Spring"}});
    REQUIRE(post);
    settle({&alice, &bob});
    CHECK(remove(bob, post->thing).error().code == ErrorCode::not_found);
    REQUIRE(remove(alice, post->thing));
    CHECK(remove(alice, post->thing).error().code == ErrorCode::conflict);
    settle({&alice, &bob});
    CHECK_FALSE(seen_by(bob, post->thing));
    CHECK(bob.market->posts(bob.store, bob.flood, 10).empty());
    CHECK(alice.market->posts(alice.store, alice.flood, 10).empty());
}

TEST_CASE_FIXTURE(Fixture, "a post comes through a new start") {
    const auto post = say(alice, {{"Spring", "It comes."}});
    REQUIRE(post);
    alice.start();
    settle({&alice, &bob});
    REQUIRE(seen_by(bob, post->thing));
    CHECK(seen_by(alice, post->thing)->text.text == "It comes.");
}

}  // namespace hearsay::market
