#include "voidphone/machine.hpp"

#include <doctest/doctest.h>

namespace {

using namespace hearsay;
using namespace hearsay::voidphone;
using namespace std::chrono_literals;

constexpr ClientId alice{1};
constexpr ClientId bob{2};
constexpr ClientId carol{3};
constexpr DataType chat = 1337;
constexpr DataType news = 540;

std::string_view name_of(ClientId client) {
    return client == alice ? "alice" : client == bob ? "bob" : client == carol ? "carol" : "other";
}

// What a machine did, in words: "bob is told of 1337: tea".
struct Fixture {
    explicit Fixture(MachineLimits limits = {}, std::vector<TypeRange> types = {})
        : machine(limits, std::move(types), base::Rng(base::Secret{})) {
        for (const ClientId client : {alice, bob, carol}) REQUIRE(machine.on_opened(client));
    }

    std::vector<std::string> give(ClientId client, const Frame& frame) {
        Effects out;
        later = machine.on_frame(client, write_frame(frame), now, out);
        return told(out);
    }
    std::vector<std::string> subscribe(ClientId client, DataType type = chat) {
        return give(client, Notify{type});
    }
    std::vector<std::string> announce(ClientId client, std::uint8_t ttl = 0, DataType type = chat) {
        return give(client, Announce{ttl, type, base::to_bytes("tea")});
    }
    std::vector<std::string> judge(ClientId client, bool valid) {
        return give(client, Validation{last_id.at(client), valid});
    }
    std::vector<std::string> item(DataType type = chat) {
        Effects out;
        machine.on_item(type, base::as_bytes("tea"), out);
        return told(out);
    }
    std::vector<std::string> leave(ClientId client) {
        Effects out;
        machine.on_closed(client, out);
        return told(out);
    }
    std::vector<std::string> wait(base::Millis time) {
        now += time;
        Effects out;
        if (machine.next_deadline() <= now) machine.on_timer(now, out);
        return told(out);
    }

    std::vector<std::string> told(const Effects& effects) {
        machine.sanity_check();
        std::vector<std::string> out;
        for (const Effect& effect : effects) {
            if (const auto* send = std::get_if<Send>(&effect)) {
                const base::ByteView frame = send->frame;
                last_id[send->client] =
                    base::read_big_endian<std::uint16_t>(frame.subspan(4).first<2>());
                ids.push_back(last_id[send->client]);
                const auto type = base::read_big_endian<std::uint16_t>(frame.subspan(6).first<2>());
                out.push_back(std::string(name_of(send->client)) + " is told of " +
                              std::to_string(type) + ": " + base::to_text(frame.subspan(8)));
            } else if (const auto* end = std::get_if<End>(&effect)) {
                out.push_back(std::string(name_of(end->client)) + " ends: " + end->why);
            } else if (const auto* spread = std::get_if<Spread>(&effect)) {
                out.push_back("spread " + std::to_string(spread->type) + ": " +
                              base::to_text(spread->data));
            } else if (const auto* drop = std::get_if<Drop>(&effect)) {
                out.push_back("dropped: " + drop->why);
            }
        }
        return out;
    }

    using Told = std::vector<std::string>;
    Machine machine;
    base::MonoTime now{1000s};
    std::optional<base::MonoTime> later;
    std::map<ClientId, MessageId> last_id;
    std::vector<MessageId> ids;
};
using Told = Fixture::Told;

TEST_CASE_FIXTURE(Fixture, "without a subscriber here an announcement goes nowhere") {
    subscribe(bob, news);
    CHECK(announce(alice) == Told{"dropped: no application here subscribed to this data type"});
}

TEST_CASE_FIXTURE(Fixture, "the only subscriber is the one that announces: it goes at once") {
    subscribe(alice);
    CHECK(announce(alice) == Told{"spread 1337: tea"});
}

TEST_CASE_FIXTURE(Fixture, "an announcement goes on once all others found it valid") {
    for (const ClientId client : {alice, bob, carol}) subscribe(client);
    CHECK(announce(alice) == Told{"bob is told of 1337: tea", "carol is told of 1337: tea"});
    CHECK(judge(carol, true).empty());
    CHECK(judge(bob, true) == Told{"spread 1337: tea"});
    CHECK(machine.waiting() == 0);
}

TEST_CASE_FIXTURE(Fixture, "one who finds it not valid stops it; what others say is too late") {
    subscribe(bob);
    subscribe(carol);
    announce(alice);
    CHECK(judge(carol, false) == Told{"dropped: an application found it not valid"});
    CHECK(judge(bob, true).empty());
    CHECK(judge(bob, true).empty());
    CHECK(machine.has(bob));
}

TEST_CASE_FIXTURE(Fixture, "who does not answer in time, or leaves, did not find it valid") {
    subscribe(bob);
    announce(alice);
    CHECK(wait(59s).empty());
    CHECK(wait(1s) == Told{"dropped: an application did not answer in time"});
    CHECK(judge(bob, true).empty());
    announce(alice);
    CHECK(leave(bob) == Told{"dropped: an application left without an answer"});
    CHECK(machine.next_deadline() == base::never);
}

TEST_CASE_FIXTURE(Fixture, "who announced may leave before the verdict") {
    subscribe(bob);
    announce(alice);
    CHECK(leave(alice).empty());
    CHECK(judge(bob, true) == Told{"spread 1337: tea"});
}

TEST_CASE_FIXTURE(Fixture, "with a TTL of 1 it ends here, whatever is said of it") {
    subscribe(alice);
    CHECK(announce(alice, 1).empty());
    subscribe(bob);
    CHECK(announce(alice, 1) == Told{"bob is told of 1337: tea"});
    CHECK(judge(bob, true).empty());
    CHECK(machine.waiting() == 0);
}

TEST_CASE_FIXTURE(Fixture, "any other TTL means as much as 0") {
    subscribe(alice);
    for (const int ttl : {2, 4, 255})
        CHECK(announce(alice, static_cast<std::uint8_t>(ttl)).size() == 1);
}

TEST_CASE_FIXTURE(Fixture,
                  "what the network brings is told to all who subscribed, and no further") {
    subscribe(alice);
    subscribe(carol);
    subscribe(bob, news);
    CHECK(item() == Told{"alice is told of 1337: tea", "carol is told of 1337: tea"});
    CHECK(judge(alice, false).empty());
    CHECK(judge(carol, true).empty());
    CHECK(machine.waiting() == 0);
}

TEST_CASE_FIXTURE(Fixture, "each subscriber gets ids of its own, at random, none of them twice") {
    subscribe(bob);
    subscribe(carol);
    for (int i = 0; i < 100; ++i) item();
    CHECK(std::set(ids.begin(), ids.end()).size() > 190);  // 200 of 65,536 hardly ever meet
    std::set<MessageId> bobs;
    for (std::size_t at = 0; at < ids.size(); at += 2) bobs.insert(ids[at]);
    CHECK(bobs.size() == 100);
}

TEST_CASE_FIXTURE(Fixture, "ids do not run out, and no awaited one is given again") {
    subscribe(bob);
    announce(alice);
    const MessageId awaited = last_id.at(bob);
    for (int i = 0; i < 70'000; ++i) {
        Effects out;
        machine.on_item(chat, base::as_bytes("x"), out);
        const base::ByteView frame = std::get<Send>(out.at(0)).frame;
        REQUIRE(base::read_big_endian<std::uint16_t>(frame.subspan(4).first<2>()) != awaited);
    }
    CHECK(give(bob, Validation{awaited, true}) == Told{"spread 1337: tea"});
}

TEST_CASE_FIXTURE(Fixture, "a verdict on an id that was never given ends the connection") {
    subscribe(bob);
    subscribe(carol);
    announce(alice);
    const MessageId bobs = last_id.at(bob);
    if (bobs == last_id.at(carol)) return;
    // Carol's dies with her: she was asked, and did not find it valid.
    CHECK(give(carol, Validation{bobs, true}) ==
          Told{"carol ends: a VALIDATION (503) of the id " + std::to_string(bobs) +
                   ", which this client was never given",
               "dropped: an application left without an answer"});
    CHECK_FALSE(machine.has(carol));
    CHECK(machine.has(bob));
}

TEST_CASE_FIXTURE(Fixture, "frames that a client may not send end its connection") {
    const auto ends = [&](const base::Bytes& bytes) {
        Effects out;
        machine.on_frame(alice, bytes, now, out);
        const bool ended = out.size() == 1 && std::holds_alternative<End>(out[0]);
        if (ended) REQUIRE(machine.on_opened(alice));
        return ended;
    };
    CHECK(ends({0, 8, 1, 0xf4, 0, 0, 5, 0x39}));
    CHECK(ends({0, 9, 1, 0xf6, 0, 0, 5, 0x39, 1}));
    CHECK(ends({0, 8, 9, 9, 0, 0, 0, 0}));
    CHECK(ends({0, 9, 1, 0xf5, 0, 0, 0}));
}

TEST_CASE("a data type that is not listed ends the connection") {
    Fixture fixture({}, {{1337, 1337}, {500, 540}});
    CHECK(fixture.subscribe(alice, news).empty());
    CHECK(fixture.subscribe(alice, 541) ==
          Told{"alice ends: the data type 541, which is not allowed here"});
    CHECK(fixture.announce(bob, 0, 1338) ==
          Told{"bob ends: the data type 1338, which is not allowed here"});
}

TEST_CASE("an answer is paid for by its notification: a flood silences nobody who answers it") {
    MachineLimits limits;
    limits.frames = {3, 1, 1s};
    Fixture phone(limits);
    phone.subscribe(alice);
    phone.subscribe(bob);
    for (int at = 0; at < 100; ++at) {
        phone.item();
        CHECK(phone.judge(alice, true).empty());
        CHECK(!phone.later);
    }
    phone.announce(bob);
    CHECK(phone.judge(alice, true) == Told{"spread 1337: tea"});
    // What answers nothing is paid for: a second verdict on one id.
    int free = 0;
    for (; free < 10 && !phone.later; ++free) phone.judge(alice, true);
    CHECK(free == 3);  // two were left of the burst
}

TEST_CASE("a client that is too fast waits, and loses nothing") {
    MachineLimits limits;
    limits.frames = {3, 1, 1s};
    Fixture fixture(limits);
    for (int i = 0; i < 3; ++i) fixture.subscribe(alice);
    CHECK_FALSE(fixture.later);
    CHECK(fixture.announce(alice).empty());
    REQUIRE(fixture.later);
    CHECK(*fixture.later > fixture.now);
    CHECK(*fixture.later <= fixture.now + 1s);
    fixture.now = *fixture.later;
    CHECK(fixture.announce(alice) == Told{"spread 1337: tea"});
}

TEST_CASE(
    "announcements for the network are limited over all clients; those that end here are not") {
    MachineLimits limits;
    limits.announcements = {1, 1, 5s};
    Fixture fixture(limits);
    fixture.subscribe(alice);
    fixture.subscribe(bob);
    CHECK(fixture.announce(carol).size() == 2);
    CHECK(fixture.announce(alice).empty());
    CHECK(fixture.later == fixture.now + 5s);
    CHECK(fixture.announce(alice, 1) == Told{"bob is told of 1337: tea"});
    fixture.now += 5s;
    CHECK(fixture.announce(alice) == Told{"bob is told of 1337: tea"});
}

TEST_CASE("no more announcements wait for verdicts than cache_size") {
    MachineLimits limits;
    limits.waiting_max = 2;
    Fixture fixture(limits);
    fixture.subscribe(bob);
    fixture.announce(alice);
    fixture.announce(alice);
    CHECK(fixture.announce(alice).empty());
    REQUIRE(fixture.later);
    CHECK(fixture.judge(bob, true) == Told{"spread 1337: tea"});
    CHECK(fixture.announce(alice) == Told{"bob is told of 1337: tea"});
}

TEST_CASE("clients and their data types are bounded") {
    MachineLimits limits;
    limits.clients_max = 3;
    limits.types_max = 2;
    Fixture fixture(limits);
    CHECK_FALSE(fixture.machine.on_opened(ClientId{4}));
    fixture.subscribe(alice, 1);
    fixture.subscribe(alice, 2);
    CHECK(fixture.subscribe(alice, 2).empty());
    CHECK(fixture.subscribe(alice, 3) == Told{"alice ends: more than 2 data types of one client"});
    CHECK(fixture.machine.on_opened(ClientId{4}));
}

}  // namespace
