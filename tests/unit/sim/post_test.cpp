#include "sim/post.hpp"

#include <doctest/doctest.h>

#include "base/encoding.hpp"

using namespace hearsay;
using market::MailState;

namespace {

constexpr std::uint32_t alice = 1;
constexpr std::uint32_t bob = 2;
constexpr base::MonoTime later{base::Millis(5000)};

bool everybody(std::uint32_t) {
    return true;
}

struct Fixture {
    sim::Post post;
    market::MessageId id{};
    std::string name = base::to_hex(id);

    Fixture() {
        post.on_sent(
            {id, alice, bob, false, "hello", base::MonoTime(base::Millis(1000)), {}, false, false});
    }
    market::MailView mail(bool incoming, MailState state) const {
        market::MailView out;
        out.letter.id = id;
        out.letter.text = "hello";
        out.incoming = incoming;
        out.state = state;
        return out;
    }
    market::MailView received() const { return mail(true, MailState::unread); }
    bool complains(const std::optional<std::string>& wrong, const std::string& words) const {
        return wrong && wrong->find(words) != std::string::npos;
    }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture,
                  "a mail is told of once, to its addressee, and only if somebody sent it") {
    CHECK(complains(post.on_arrived(alice, name, later), "S9: its user is told of mail 0"));
    CHECK(!post.on_arrived(bob, name, later));
    CHECK(complains(post.on_arrived(bob, name, later), "twice"));
    CHECK(complains(post.on_arrived(bob, "00ff", later), "nobody sent"));
    CHECK(post.delays() == std::vector<std::uint32_t>{4000});
    CHECK(post.arrived_count() == 1);
}

TEST_CASE_FIXTURE(Fixture,
                  "a mail is missing until it arrived and its sender knows it, unless one of the "
                  "two cannot be reached") {
    CHECK(complains(post.missing(everybody), "did not arrive"));
    CHECK(!post.missing([](std::uint32_t node) { return node != bob; }));
    CHECK(!post.missing([](std::uint32_t node) { return node != alice; }));
    REQUIRE(!post.on_arrived(bob, name, later));
    CHECK(complains(post.missing(everybody), "not heard back"));
    post.on_heard(name);
    CHECK(complains(post.missing(everybody), "not acknowledged"));
    REQUIRE(!post.on_delivered(name));
    CHECK(!post.missing(everybody));
}

TEST_CASE_FIXTURE(Fixture, "nobody is told of a delivery that did not happen") {
    CHECK(complains(post.on_delivered("00ff"), "nobody sent"));
    CHECK(complains(post.on_delivered(name), "did not arrive"));
}

TEST_CASE_FIXTURE(
    Fixture, "the inbox must hold it once, with its text, and nothing that nobody sent to it") {
    CHECK(!post.problem(bob, {received()}, everybody));
    CHECK(complains(post.problem(bob, {}, everybody), "the inbox lacks mail 0"));
    CHECK(complains(post.problem(bob, {received(), received()}, everybody), "twice"));
    CHECK(complains(post.problem(alice, {received()}, everybody), "S9: a box holds mail 0"));
    market::MailView other = received();
    other.letter.text = "help";
    CHECK(complains(post.problem(bob, {other}, everybody), "another text"));
    other.letter.id.data[0] = 1;
    CHECK(complains(post.problem(bob, {other}, everybody), "nobody sent"));
}

TEST_CASE_FIXTURE(Fixture,
                  "what was told to a user stays in the inbox, even if the sender is gone") {
    const auto without_alice = [](std::uint32_t node) { return node != alice; };
    CHECK(!post.problem(bob, {}, without_alice));
    REQUIRE(!post.on_arrived(bob, name, later));
    CHECK(complains(post.problem(bob, {}, without_alice), "the inbox lacks mail 0"));
}

TEST_CASE_FIXTURE(Fixture, "the outbox must hold it, and say that it was delivered once it was") {
    CHECK(!post.problem(alice, {mail(false, MailState::heard)}, everybody));
    REQUIRE(!post.on_arrived(bob, name, later));
    CHECK(!post.problem(alice, {mail(false, MailState::delivered)}, everybody));
    CHECK(complains(post.problem(alice, {mail(false, MailState::heard)}, everybody),
                    "was delivered"));
    CHECK(complains(post.problem(alice, {}, everybody), "S9: the outbox lost mail 0"));
}

TEST_CASE_FIXTURE(Fixture, "a disk that is lost before its mail came excuses nothing") {
    post.on_disk_lost(bob, {});
    CHECK(complains(post.missing(everybody), "did not arrive"));
    REQUIRE(!post.on_arrived(bob, name, later));
    CHECK(complains(post.on_arrived(bob, name, later), "twice"));
    CHECK(complains(post.problem(bob, {}, everybody), "the inbox lacks"));
}

TEST_CASE_FIXTURE(Fixture,
                  "a disk that is lost later excuses an empty inbox, and one more telling") {
    REQUIRE(!post.on_arrived(bob, name, later));
    post.on_disk_lost(bob, {});
    CHECK(!post.problem(bob, {}, everybody));
    CHECK(!post.on_arrived(bob, name, later));
    CHECK(complains(post.on_arrived(bob, name, later), "twice"));
}

TEST_CASE_FIXTURE(Fixture, "what a backup has is not excused") {
    REQUIRE(!post.on_arrived(bob, name, later));
    post.on_disk_lost(bob, later);
    CHECK(complains(post.problem(bob, {}, everybody), "the inbox lacks"));
    CHECK(complains(post.on_arrived(bob, name, later), "twice"));
    post.on_disk_lost(alice, later);
    CHECK(complains(post.problem(alice, {}, everybody), "the outbox lost"));
}

TEST_CASE_FIXTURE(Fixture, "mail of a sender whose disk is lost has to come only if it was out") {
    sim::Post other = post;
    other.on_heard(name);
    for (sim::Post* each : {&post, &other}) each->on_disk_lost(alice, {});
    CHECK(!post.missing(everybody));
    CHECK(complains(other.missing(everybody), "did not arrive"));
    REQUIRE(!other.on_arrived(bob, name, later));
    CHECK(!other.missing(everybody));  // that it was delivered, nobody is there to learn
    CHECK(!other.problem(alice, {}, everybody));
}

TEST_CASE_FIXTURE(
    Fixture, "what its reader removed is in the inbox no more, unless a backup brings it back") {
    REQUIRE(!post.on_arrived(bob, name, later));
    post.on_removed(0);
    CHECK(!post.problem(bob, {}, everybody));
    CHECK(complains(post.problem(bob, {received()}, everybody), "which its reader removed"));
    post.on_disk_lost(bob, later);
    CHECK(!post.problem(bob, {received()}, everybody));
}
