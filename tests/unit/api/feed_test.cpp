#include "api/http/feed.hpp"

#include <functional>
#include <string>

#include <doctest/doctest.h>

namespace hearsay::api {
namespace {

struct Listening : Feed::Reader {
    std::string heard;
    std::function<void()> then;
    void on_fed(std::string_view bytes) override {
        heard += bytes;
        if (then) then();
    }
};

TEST_CASE("what is fed goes to all who read then, and to nobody later") {
    Feed feed;
    Listening a, b;
    feed.join(a);
    feed.feed("1");
    feed.join(b);
    feed.feed("2");
    feed.leave(a);
    feed.feed("3");
    CHECK(a.heard == "12");
    CHECK(b.heard == "23");
    CHECK(feed.readers() == 1);
}

TEST_CASE("a reader may leave while it is fed, and make others leave") {
    Feed feed;
    Listening a, b, c;
    for (Listening* each : {&a, &b, &c}) feed.join(*each);
    a.then = [&] {
        feed.leave(a);
        feed.leave(b);
    };
    feed.feed("1");
    CHECK(a.heard == "1");
    CHECK(b.heard.empty());
    CHECK(c.heard == "1");
    CHECK(feed.readers() == 1);
}

}  // namespace
}  // namespace hearsay::api
