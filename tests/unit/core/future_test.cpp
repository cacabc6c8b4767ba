// A peer of a later time: whatever it says beyond what we know costs it nothing, and us next to
// nothing. docs/protocol.md, "What is not known".
#include <doctest/doctest.h>

#include "fixture.hpp"

namespace hearsay::core {
namespace {

struct Future : Fixture {
    Hello later_hello() const {
        Hello out = hello();
        out.newest = 9;
        out.features = {1, 5, 1024};
        return out;
    }
    void meet() {
        up(bob);
        hear(bob, later_hello());
        REQUIRE(node->links().find(bob.link)->stands());
    }
    std::string unknown_frame() {
        const base::Bytes frame = base::to_bytes("\xa2\x01\x03new");  // body 20
        return step(FrameReceived{bob.link, frame});
    }
    static item::Item later_version() {
        item::Item out = samples::publication();
        out.header[1] = 2;
        out.signature.resize(2420, 1);
        return out;
    }
    static item::Item later_claim() {
        item::Item out = samples::publication();
        out.header[out.header.size() - 56] = 0x5a;  // field 11 in place of 8
        return out;
    }
    void is_in_good_standing() {
        CHECK(linked(bob));
        CHECK(!node->links().is_shunned(bob.key, now));
        CHECK(node->links().scores().points(bob.key, now.mono) == 0);
    }
};

TEST_CASE_FIXTURE(Future, "frames of types that we do not know are counted and ignored") {
    meet();
    for (int at = 0; at < 100; ++at) CHECK(unknown_frame() == "refused bob frame_unknown");
    is_in_good_standing();
    CHECK(receive(bob, samples::publication()) == "verify ?");
}

TEST_CASE_FIXTURE(Future, "a frame that we do not know shows that the other side lives") {
    meet();
    now.mono += limits::ping_interval - Millis(1);
    unknown_frame();
    CHECK(wait(Millis(2)).find("ping") == std::string::npos);
    CHECK(wait(limits::ping_interval).find("tell bob ping") != std::string::npos);
    is_in_good_standing();
}

TEST_CASE_FIXTURE(Future, "before Hello even an unknown frame is out of turn") {
    up(bob);
    CHECK(unknown_frame() == "refused bob frame_unexpected; end bob frame_unexpected");
}

TEST_CASE_FIXTURE(
    Future, "items that we cannot judge are dropped, and the others of their frame are taken") {
    meet();
    const std::string got = receive(bob, {later_version(), samples::publication({.slot = 7}),
                                          later_claim(), samples::publication({.slot = 8})});
    CHECK(got == "refused bob item_unknown; verify ?; refused bob item_unknown; verify ?");
    is_in_good_standing();
}

TEST_CASE_FIXTURE(Future, "items that we cannot judge are neither known afterwards nor passed on") {
    meet();
    connect(carol);
    for (int at = 0; at < 3; ++at) CHECK(receive(bob, later_claim()) == "refused bob item_unknown");
    CHECK(node->verifying() == 0);
    CHECK(store.alive_count() == 0);
    CHECK(store.presence(id(later_claim())) == Presence::unknown);
    CHECK(receive(carol, later_version()) == "refused carol item_unknown");
    is_in_good_standing();
}

TEST_CASE_FIXTURE(
    Future,
    "a visitor hands over items of later kinds of envelopes, and the one of ours is taken") {
    const base::LinkId visitor{1000};
    names.links[visitor] = "visitor";
    step(LinkUp{visitor, std::nullopt, false});
    frame(visitor, encode(later_hello()));
    CHECK(frame(visitor, frame_of({later_version(), samples::publication()})) ==
          "refused visitor item_unknown; verify ?");
}

TEST_CASE_FIXTURE(Future, "a kind of publication that we do not know is carried") {
    meet();
    connect(carol);
    const item::Item item = named("news", samples::publication({.kind = 77}));
    CHECK(receive(bob, item) == "verify news");
    CHECK(verified(item).find("store news") != std::string::npos);
    CHECK(holds(item));
}

}  // namespace
}  // namespace hearsay::core
