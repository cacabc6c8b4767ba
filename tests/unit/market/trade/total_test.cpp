// Whatever has the type of a message, a machine says what becomes of it and goes on: a total
// function of what it is given.
#include <doctest/doctest.h>

#include "base/limits/trades.hpp"
#include "market/trade/case.hpp"
#include "market/trade/message_wire.hpp"
#include "players.hpp"
#include "trade.pb.h"

namespace hearsay::market::trade {
namespace {

namespace limits = base::limits;

// As whoever wrote it signed it, and nobody has looked at it yet.
Signed unread(Role by, Message message) {
    message.sender = persona_key(by);
    auto made = sign(message, samples::network, seed_of(by));
    REQUIRE(made);
    return *std::move(made);
}
Message take_message() {
    const Machine empty(sample_trade(), samples::network);
    Message out = empty.next(Role::taker);
    out.sender = persona_key(Role::taker);
    out.move = sample_move(MoveKind::take, Role::taker, empty);
    return out;
}
std::vector<std::vector<Seen>> claims_of_a_first_message() {
    const auto nobody = samples::filled<base::PublisherKey>(77);
    return {
        {{persona_key(Role::maker), 1, Hash{}}},
        {{nobody, 1, Hash{}}},
        {{persona_key(Role::arbiter), limits::trade_sender_messages_max, Hash{}}},
        {{persona_key(Role::maker), 1, Hash{}}, {nobody, 1, Hash{}}},
    };
}
bool is_untouched(const Machine& machine) {
    return machine.state() == State{} && machine.steps().empty() && machine.waiting().empty() &&
           machine.forks().empty();
}

}  // namespace

TEST_CASE("the first message of a trade has seen nothing: one that says so is no message") {
    for (const auto& claim : claims_of_a_first_message()) {
        Message take = take_message();
        take.seen = claim;
        for (Proof proof : {Proof::check, Proof::known})
            CHECK(!read(write(unread(Role::taker, take)), samples::network, proof));
    }
    CHECK(read(write(unread(Role::taker, take_message())), samples::network));
}

TEST_CASE(
    "a machine that is given a first message which has seen something refuses it and goes on") {
    for (const auto& claim : claims_of_a_first_message()) {
        Message take = take_message();
        take.seen = claim;
        Machine machine(sample_trade(), samples::network);
        CHECK(machine.add(unread(Role::taker, take)) == Outcome::refused);
        CHECK(is_untouched(machine));
        (void)build_case(machine, persona_key(Role::arbiter));
        CHECK(machine.add(unread(Role::taker, take_message())) == Outcome::processed);
        CHECK(machine.state().phase() == Phase::proposed);
    }
}

struct Flaw {
    const char* what;
    void (*make)(Message&);
};

TEST_CASE("a machine refuses a Take that lacks what a Take needs") {
    const Flaw flaws[] = {
        {"no offer", [](Message& take) { take.move.offer = nullptr; }},
        {"no terms", [](Message& take) { take.move.terms.reset(); }},
        {"no mailbox", [](Message& take) { take.move.mailbox.reset(); }},
        {"the number 0", [](Message& take) { take.number = 0; }},
        {"a message before it", [](Message& take) { take.previous = Hash{}; }},
    };
    for (const Flaw& flaw : flaws) {
        CAPTURE(flaw.what);
        Message take = take_message();
        flaw.make(take);
        Machine machine(sample_trade(), samples::network);
        CHECK(machine.add(unread(Role::taker, take)) == Outcome::refused);
        CHECK(is_untouched(machine));
        CHECK(!read(write(unread(Role::taker, take)), samples::network));
    }
}

TEST_CASE("a machine refuses an answer that lacks what its kind needs, or claims what cannot be") {
    const Flaw flaws[] = {
        {"no terms", [](Message& counter) { counter.move.terms.reset(); }},
        {"no mailbox", [](Message& counter) { counter.move.mailbox.reset(); }},
        {"no proposal", [](Message& counter) { counter.move.answers.reset(); }},
        {"no token", [](Message& counter) { counter.move.kind = MoveKind::accept; }},
        {"a high number", [](Message& counter) { counter.number = UINT32_MAX; }},
        {"seen 0", [](Message& counter) { counter.seen.at(0).number = 0; }},
        {"seen 2^32 - 1", [](Message& counter) { counter.seen.at(0).number = UINT32_MAX; }},
        {"seen itself", [](Message& counter) { counter.seen.at(0).who = counter.sender; }},
        {"one twice", [](Message& counter) { counter.seen.push_back(counter.seen.at(0)); }},
        {"three",
         [](Message& counter) { counter.seen.resize(3, {samples::persona(90), 1, Hash{}}); }},
    };
    Table table;
    table.play(Role::taker, MoveKind::take);
    for (const Flaw& flaw : flaws) {
        CAPTURE(flaw.what);
        Machine machine = table.maker.machine;
        Message counter = machine.next(Role::maker);
        counter.move = sample_move(MoveKind::counter, Role::maker, machine);
        flaw.make(counter);
        const State before = machine.state();
        CHECK(machine.add(unread(Role::maker, counter)) == Outcome::refused);
        CHECK(machine.state() == before);
        CHECK(machine.waiting().empty());
        CHECK(!read(write(unread(Role::maker, counter)), samples::network));
    }
}

TEST_CASE(
    "an arbiter may be any 32 bytes: nobody can speak for a key that is no point, which harms "
    "nobody") {
    Table table;
    Terms terms = sample_terms();
    terms.arbiter->persona = samples::filled<base::PublisherKey>(0xFF);
    table.agree(terms);
    CHECK(table.maker.phase() == Phase::agreed);
    table.play(Role::taker, MoveKind::dispute);
    CHECK(table.maker.phase() == Phase::disputed);
    Message ruling = table.arbiter.machine.next(Role::arbiter);
    ruling.sender = terms.arbiter->persona;
    ruling.move = sample_move(MoveKind::ruling, Role::arbiter, table.maker.machine);
    Signed forged = unread(Role::arbiter, ruling);
    wire::TradeMessage wire = to_wire(ruling);
    wire.set_network(static_cast<std::uint32_t>(samples::network));
    forged.bytes = base::to_bytes(wire.SerializeAsString());
    CHECK(read(write(forged), samples::network, Proof::known));
    CHECK(!read(write(forged), samples::network));
}

}  // namespace hearsay::market::trade
