// What a feed keeps for who joins again.
#include <string>

#include <doctest/doctest.h>

#include "api/http/feed.hpp"

namespace hearsay::api {
namespace {

struct Listening : Feed::Reader {
    std::string heard;
    void on_fed(std::string_view bytes) override { heard += bytes; }
};

void feed_many(Feed& feed, std::uint64_t count) {
    for (std::uint64_t at = 0; at < count; ++at) feed.feed("x", {feed.last() + 1, "mail", ""});
}

}  // namespace

TEST_CASE("a reader gets the kinds and the topic that it wants") {
    Feed feed;
    Listening all, mail, bikes;
    feed.join(all);
    feed.join(mail, {{"mail", "trade"}, ""});
    feed.join(bikes, {{"watch"}, "bikes"});
    feed.feed("1", {1, "mail", ""});
    feed.feed("2", {2, "watch", "bikes"});
    feed.feed("3", {3, "watch", "bread"});
    feed.feed("4", {4, "trade", ""});
    CHECK(all.heard == "1234");
    CHECK(mail.heard == "14");
    CHECK(bikes.heard == "2");
}

TEST_CASE("who joins again asks for what came since, and learns whether something is lost") {
    Feed feed;
    feed.begin_after(7000);
    CHECK(feed.knows_since(7000));
    CHECK_FALSE(feed.knows_since(6999));  // of an earlier run
    CHECK_FALSE(feed.knows_since(7001));  // of a clock that was ahead
    feed.feed("a", {7001, "mail", ""});
    feed.feed("b", {7002, "peer", ""});
    CHECK(feed.since(7000, {}) == "ab");
    CHECK(feed.since(7001, {}) == "b");
    CHECK(feed.since(7000, {{"mail"}, ""}) == "a");
    CHECK(feed.knows_since(7000));
    feed_many(feed, Feed::kept_max - 2);
    CHECK(feed.knows_since(7000));
    feed_many(feed, 1);
    CHECK_FALSE(feed.knows_since(7000));
    CHECK(feed.knows_since(7001));
    CHECK(feed.since(0, {}).size() == Feed::kept_max);
}

TEST_CASE("what has no number is not kept") {
    Feed feed;
    feed.feed("1");
    CHECK(feed.since(0, {}).empty());
    CHECK(feed.last() == 0);
}

}  // namespace hearsay::api
