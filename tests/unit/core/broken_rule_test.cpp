// Which rule a peer broke, as the log tells it.
#include <doctest/doctest.h>

#include "fixture.hpp"

namespace hearsay::core {
namespace {

struct Telling : Fixture {
    // Of the last step: "frame_malformed: Announce: a class above 4".
    std::string told() const {
        std::string out;
        for (const Effect& effect : last) {
            const auto* notify = std::get_if<Notify>(&effect);
            const auto* refused = notify ? std::get_if<Refused>(&notify->notice) : nullptr;
            if (refused)
                out += std::string(base::name(refused->fault)) + ": " +
                       std::string(refused->broken.frame) + ": " +
                       std::string(refused->broken.rule) + "; ";
        }
        return out;
    }
    std::string raw(const Peer& peer, std::string_view bytes) {
        frame(peer.link, std::make_shared<const base::Bytes>(base::to_bytes(bytes)));
        return told();
    }
    std::string of_item(const item::Item& item) {
        connect(alice);
        receive(alice, item);
        const std::string out = told();
        restart();
        return out;
    }
};

TEST_CASE_FIXTURE(Telling, "a malformed frame is told by what it is and what it breaks") {
    connect(alice);
    wire::Frame bad;
    bad.mutable_floor()->set_levels("\1\2");
    CHECK(raw(alice, bad.SerializeAsString()) ==
          "frame_malformed: Floor: levels that are not 5, or one above 120; ");
    connect(bob);
    CHECK(raw(bob, "hello") == "frame_malformed: : not one field with a length (section 3); ");
    connect(carol);
    CHECK(raw(carol, std::string_view("\x12\x02\x08\x00", 4)) ==
          "frame_malformed: Ping: not in the one encoding (section 1); ");
}

TEST_CASE_FIXTURE(Telling, "symbols that cannot be are told as such") {
    connect(bob, true);
    hear(bob, Symbols{0, std::vector<Symbol>(1), 7, {}});
    CHECK(told() ==
          "bad_sketch: Symbols: symbols that never decode, or cannot be of the set that they claim "
          "(section 7); ");
}

TEST_CASE_FIXTURE(Telling, "a frame out of turn is told by why it is") {
    up(alice);
    hear(alice, Ping{1});
    CHECK(told() == "frame_unexpected: Ping: before Hello; ");
    connect(bob);
    greet(bob);
    CHECK(told() == "frame_unexpected: Hello: a second Hello; ");
    connect(carol);
    hear(carol, More{3});
    CHECK(told() == "frame_unexpected: More: not foreseen at this point of a round (section 7); ");
}

TEST_CASE_FIXTURE(Telling, "what only passes, and what is too much, is told as that") {
    const base::LinkId visitor{1000};
    step(LinkUp{visitor, std::nullopt, false});
    frame(visitor, encode(hello()));
    frame(visitor, encode(Push{1}));
    CHECK(told() == "frame_unexpected: Push: over a link that only passes (section 3); ");
    connect(alice);
    for (std::uint64_t nonce = 1; linked(alice); ++nonce) hear(alice, Ping{nonce});
    CHECK(told() == "too_many_requests: Ping: beyond its budget (section 12); ");
    up(bob);
    Hello other = hello();
    other.network = 9;
    hear(bob, other);
    CHECK(told() == "wrong_protocol: Hello: no version in common, or another network; ");
}

TEST_CASE_FIXTURE(Telling, "an item is told by the rule of its header or shape that it breaks") {
    const item::Item apple = samples::publication();
    item::Item bad = apple;
    bad.signature.clear();
    CHECK(of_item(bad) == "item_malformed: Items: a signature of the wrong size; ");
    bad = apple;
    bad.payload.push_back(1);
    CHECK(of_item(bad) == "item_malformed: Items: a payload of another size than stated; ");
    bad = apple;
    bad.header.push_back(1);
    CHECK(of_item(bad) ==
          "item_malformed: Items: a header with a field missing, of the wrong size, or not in the "
          "one encoding (section 1); ");
    bad = apple;
    bad.header.resize(limits::header_bytes_max + 1);
    CHECK(of_item(bad) == "item_too_large: Items: an item of it (section 4); ");
}

TEST_CASE_FIXTURE(Telling, "a forgery is told of when it is found, and a late item is no fault") {
    connect(alice);
    const item::Item apple = samples::publication();
    receive(alice, apple);
    verified(apple, Fault::item_bad_signature);
    CHECK(told() == "item_bad_signature: Items: an item of it (section 4); ");
    connect(bob);
    receive(bob, samples::publication({.slot = 2, .created = samples::noon - Seconds(36000)}));
    CHECK(told() == "item_expired: : ; ");
}

}  // namespace
}  // namespace hearsay::core
