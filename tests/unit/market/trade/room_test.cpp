// Room, claims and evidence: what a partner can use up, stop or void, which is nothing of anybody
// else's.
#include <doctest/doctest.h>

#include "base/limits/trades.hpp"
#include "market/trade/case.hpp"
#include "players.hpp"

namespace hearsay::market::trade {
namespace {

namespace limits = base::limits;

Message text_of(const Player& player, std::size_t payload = 0) {
    Message out = player.machine.next(player.role);
    out.sender = persona_key(player.role);
    out.move.kind = MoveKind::text;
    out.move.text = "on and on";
    if (payload > 0)
        out.move.payload = Payload{"application/octet-stream", base::Bytes(payload, 7)};
    return out;
}

// Says texts until its own machine takes no more; what it said.
std::size_t fill(Player& player, std::size_t payload) {
    for (std::size_t said = 0; said < 2000; ++said) {
        Message message = text_of(player, payload);
        if (message.number > limits::trade_sender_messages_max) return said;
        const Signed made = signed_by(player.role, message);
        if (player.machine.add(made) != Outcome::processed) return said;
        player.sent.push_back(made);
    }
    FAIL("there is no end of it");
    return 0;
}

Machine machine_of_arbiter(bool from_backup = false) {
    return {sample_trade(), samples::network,
            Keeper{persona_key(Role::arbiter), limits::trade_sender_messages_max, from_backup}};
}

Signed by_arbiter(const Case& shown, MoveKind kind) {
    Message message = shown.next(persona_key(Role::arbiter));
    message.move.kind = kind;
    message.move.text = "thus";
    message.move.answers = Hash{};
    return signed_by(Role::arbiter, message);
}

TEST_CASE("who fills its room, by number or by size, leaves the room of the others") {
    for (const std::size_t payload : {std::size_t{0}, limits::trade_payload_bytes_max}) {
        CAPTURE(payload);
        Table table;
        table.agree();
        const std::size_t said = fill(table.maker, payload);
        if (payload == 0)
            CHECK(table.maker.machine.count(Role::maker) == limits::trade_sender_messages_max);
        if (payload > 0) CHECK(said < 1 + limits::trade_sender_bytes_max / payload);
        for (const Signed& each : table.maker.sent) table.taker.machine.add(each);
        CHECK(table.taker.machine.count(Role::maker) == table.maker.machine.count(Role::maker));
        for (const MoveKind kind : {MoveKind::text, MoveKind::shipped, MoveKind::dispute}) {
            const Move move = sample_move(kind, Role::taker, table.taker.machine);
            CHECK(table.taker.machine.problem(Role::taker, move).value_or("") == "");
            const Signed made = table.taker.play(kind);
            CHECK(table.maker.machine.add(made) == Outcome::processed);
        }
        CHECK(table.arbiter.machine.add(table.taker.sent.back()) == Outcome::waiting);
        CHECK(table.taker.machine.state() == table.maker.machine.state());
    }
}

TEST_CASE(
    "a message beyond its sender's bytes is dropped wherever and in whatever order it arrives") {
    Table table;
    table.agree();
    Player liar = table.maker;
    fill(liar, limits::trade_payload_bytes_max);
    // One that its own machine would not take.
    const Signed beyond = signed_by(Role::maker, text_of(liar, limits::trade_payload_bytes_max));
    std::vector<Signed> sent = liar.sent;
    sent.push_back(beyond);
    Machine forwards = table.taker.machine;
    Machine backwards = table.taker.machine;
    for (const Signed& each : sent) forwards.add(each);
    for (auto at = sent.rbegin(); at != sent.rend(); ++at) backwards.add(*at);
    CHECK(forwards.count(Role::maker) == liar.machine.count(Role::maker));
    CHECK(backwards.count(Role::maker) == forwards.count(Role::maker));
    CHECK(forwards.waiting().empty());
    CHECK(backwards.waiting().empty());
}

TEST_CASE(
    "room is kept for moves: who may write no more can still ship, receive, dispute and close") {
    Table table;
    table.agree();
    const auto may = [&](MoveKind kind) {
        return !table.maker.machine.problem(Role::maker,
                                            sample_move(kind, Role::maker, table.maker.machine));
    };
    std::size_t said = 0;
    while (may(MoveKind::text) && said++ < 1000) {
        table.maker.play(MoveKind::text);
        table.taker.machine.add(table.maker.sent.back());
        // The taker is not silent, or the maker would wait for it.
        if (said % 60 == 0) table.maker.machine.add(table.taker.play(MoveKind::text));
    }
    CHECK(table.maker.machine.count(Role::maker) + limits::trade_moves_reserved ==
          limits::trade_sender_messages_max);
    CHECK(!may(MoveKind::pay_info));
    for (const MoveKind kind : {MoveKind::shipped, MoveKind::dispute}) {
        CHECK(may(kind));
        table.maker.play(kind);
        CHECK(table.taker.machine.add(table.maker.sent.back()) == Outcome::processed);
    }
}

TEST_CASE("a silent partner stops texts after a while, but no move") {
    Table table;
    table.agree();
    const auto problem = [&](MoveKind kind) {
        return table.taker.machine.problem(Role::taker,
                                           sample_move(kind, Role::taker, table.taker.machine));
    };
    for (int said = 0; said < 200 && !problem(MoveKind::text); ++said)
        table.taker.play(MoveKind::text);
    CHECK(problem(MoveKind::text).value_or("").find("has not seen") != std::string::npos);
    CHECK(problem(MoveKind::dispute).value_or("") == "");
}

TEST_CASE("a lower number drives out a higher one when too much of one sender waits") {
    Table table;
    table.agree();
    Message message = text_of(table.taker);
    message.previous = Hash{};
    for (std::uint32_t number = 100; number < 100 + limits::trade_waiting_max; ++number) {
        message.number = number;
        CHECK(table.maker.machine.add(signed_by(Role::taker, message)) == Outcome::waiting);
    }
    message.number = 50;
    CHECK(table.maker.machine.add(signed_by(Role::taker, message)) == Outcome::waiting);
    CHECK(table.maker.machine.waiting().size() == limits::trade_waiting_max);
    message.number = 290;
    CHECK(table.maker.machine.add(signed_by(Role::taker, message)) == Outcome::refused);
}

TEST_CASE("strangers crowd out neither the Take nor the arbiter") {
    Table table;
    table.agree();
    Machine late(sample_trade(), samples::network);
    for (std::uint8_t i = 0; i < 200; ++i) {
        Message message = text_of(table.taker);
        message.sender = samples::persona(static_cast<std::uint8_t>(50 + i % 200));
        const auto made = sign(message, samples::network,
                               samples::filled<base::Secret>(static_cast<std::uint8_t>(50 + i)));
        if (made) late.add(*made);
    }
    CHECK(late.waiting().size() == limits::trade_waiting_max);
    for (const Step& step : table.maker.machine.steps()) {
        if (step.message.message.move.kind == MoveKind::confirm)
            CHECK(late.add(table.arbiter.make(MoveKind::text)) == Outcome::waiting);
        CHECK(late.add(step.message) == Outcome::processed);
    }
    CHECK(late.count(Role::arbiter) == 1);
    CHECK(late.waiting().empty());
}

// ---- claims -------------------------------------------------------------------------------------
TEST_CASE(
    "a partner that claims to have seen what was never said stops nobody, but is believed after a "
    "restoration") {
    Table table;
    table.agree();
    Message claim = text_of(table.maker);
    claim.seen = {Seen{persona_key(Role::taker), 290, samples::filled<Hash>(1)}};
    const Signed lie = signed_by(Role::maker, claim);
    Machine restored(sample_trade(), samples::network, Keeper{.from_backup = true});
    for (const Step& step : table.taker.machine.steps()) restored.add(step.message);
    for (Machine* machine : {&table.taker.machine, &restored}) {
        CHECK(machine->add(lie) == Outcome::waiting);
        CHECK(machine->is_claimed_more(Role::taker));
        CHECK(!machine->lacks_own(Role::taker));
    }
    const Move dispute = sample_move(MoveKind::dispute, Role::taker, table.taker.machine);
    CHECK(table.taker.machine.problem(Role::taker, dispute).value_or("") == "");
    CHECK(restored.problem(Role::taker, dispute).value_or("").find("old backup") !=
          std::string::npos);
}

TEST_CASE("an own message that waits for what it had seen keeps its number from being used again") {
    Table table;
    table.agree();
    Player restored = table.taker;
    const Signed seen = table.maker.play(MoveKind::text);
    table.taker.machine.add(seen);
    const Signed own = table.taker.play(MoveKind::text);
    CHECK(restored.machine.add(own) == Outcome::waiting);
    const Move move = sample_move(MoveKind::text, Role::taker, restored.machine);
    CHECK(restored.machine.problem(Role::taker, move).value_or("").find("old backup") !=
          std::string::npos);
    CHECK(restored.machine.add(seen) == Outcome::processed);
    CHECK(restored.machine.problem(Role::taker, move).value_or("") == "");
}

TEST_CASE("a move that names a mailbox which nobody can write to is not allowed") {
    Table table;
    table.play(Role::taker, MoveKind::take);
    Move move = sample_move(MoveKind::counter, Role::maker, table.maker.machine);
    SUBCASE("its sender's") {
        move.mailbox = base::MailboxKey{};
    }
    SUBCASE("the arbiter's") {
        move.terms->arbiter->mailbox = base::MailboxKey{};
    }
    const Signed made = table.maker.play(move);
    CHECK(table.maker.last_problem().find("nobody can write to") != std::string::npos);
    CHECK(table.taker.machine.add(made) == Outcome::processed);
    CHECK(table.taker.machine.state() == table.maker.machine.state());
    CHECK(table.taker.machine.state().proposals == 1);
}

// ---- before an arbiter --------------------------------------------------------------------------
struct Disputed : Table {
    Disputed() {
        play(Role::taker, MoveKind::take);
        play(Role::maker, MoveKind::counter);
        Message bogus = maker.machine.next(Role::maker);
        bogus.sender = persona_key(Role::maker);
        bogus.move = sample_move(MoveKind::confirm, Role::maker, maker.machine);
        maker.sent.push_back(signed_by(Role::maker, bogus));  // before there is anything to confirm
        for (Player* player : {&maker, &taker, &arbiter}) player->machine.add(maker.sent.back());
        play(Role::taker, MoveKind::accept);
        play(Role::maker, MoveKind::confirm);
        play(Role::taker, MoveKind::dispute);
    }
    std::vector<Signed> all() const {
        std::vector<Signed> out;
        for (const Step& step : taker.machine.steps()) out.push_back(step.message);
        return out;
    }
};

TEST_CASE_FIXTURE(Disputed, "a Confirm of nothing hides no agreement from the arbiter") {
    CHECK(taker.phase() == Phase::disputed);
    Machine shown = machine_of_arbiter();
    for (const Signed& each : all()) shown.add(each);
    const Case made = build_case(shown, persona_key(Role::arbiter));
    CHECK(made.problem(persona_key(Role::arbiter)).value_or("") == "");
}

TEST_CASE_FIXTURE(Disputed,
                  "whoever contradicts itself before the arbiter hides no agreement either") {
    Machine shown = machine_of_arbiter();
    // The accused maker shows other messages under all its numbers, as many as there may be.
    Message other = text_of(maker);
    other.seen.clear();
    for (std::uint32_t number = 1; number <= limits::trade_sender_messages_max; ++number) {
        other.number = number;
        other.previous = number > 1 ? std::optional(samples::filled<Hash>(3)) : std::nullopt;
        shown.add(signed_by(Role::maker, other));
    }
    const auto proof = agreement_among(shown, all(), persona_key(Role::arbiter));
    CHECK(proof.size() == 4);
    for (const Signed& each : all()) shown.add(each);
    const Case made = build_case(shown, persona_key(Role::arbiter), proof);
    CHECK(made.problem(persona_key(Role::arbiter)).value_or("") == "");
    CHECK(made.mailbox_of(persona_key(Role::maker)));
}

TEST_CASE_FIXTURE(Disputed,
                  "a case that a side floods leaves the arbiter its numbers, and it rules once") {
    Machine shown = machine_of_arbiter();
    Message flood = text_of(taker);
    flood.previous = samples::filled<Hash>(3);
    for (std::uint32_t number = 20; number <= limits::trade_sender_messages_max; ++number)
        for (const Role side : {Role::maker, Role::taker}) {
            flood.number = number;
            flood.sender = persona_key(side);
            flood.seen.clear();
            shown.add(signed_by(side, flood));
        }
    const auto proof = agreement_among(shown, all(), persona_key(Role::arbiter));
    for (const Signed& each : all()) shown.add(each);
    const auto now = [&] { return build_case(shown, persona_key(Role::arbiter), proof); };
    REQUIRE(!now().problem(persona_key(Role::arbiter)));
    CHECK(!now().move_problem(MoveKind::ruling));
    const Signed ruling = by_arbiter(now(), MoveKind::ruling);
    const Outcome outcome = shown.add(ruling);
    CHECK((outcome == Outcome::processed || outcome == Outcome::waiting));
    CHECK(now().next(persona_key(Role::arbiter)).number == 2);
    CHECK(now().move_problem(MoveKind::ruling).value_or("") == "the arbiter has ruled already");
}

TEST_CASE_FIXTURE(Disputed, "a ruling counts from the agreement on, whichever dispute it names") {
    Machine early(sample_trade(), samples::network);
    Message message;
    message.sender = persona_key(Role::arbiter);
    message.trade = sample_trade();
    message.number = 1;
    message.move.kind = MoveKind::ruling;
    message.move.right = Finding::taker;
    // a dispute that the accused showed to the arbiter alone
    message.move.answers = samples::filled<Hash>(77);
    const Signed ruling = signed_by(Role::arbiter, message);
    for (const Signed& each : all()) {
        if (each.message.move.kind == MoveKind::accept)
            CHECK(early.add(ruling) == Outcome::waiting);
        early.add(each);
    }
    CHECK(early.state().phase() == Phase::ruled);
    CHECK(maker.machine.add(ruling) == Outcome::processed);
    CHECK(maker.phase() == Phase::ruled);
}

TEST_CASE_FIXTURE(
    Disputed,
    "an arbiter whose own messages are missing, as after an old backup, says nothing more") {
    const Signed first = arbiter.play(MoveKind::text);
    const Signed second = arbiter.play(MoveKind::text);
    for (const bool restored : {false, true}) {
        CAPTURE(restored);
        Machine shown = machine_of_arbiter(restored);
        for (const Signed& each : all()) shown.add(each);
        if (!restored) shown.add(second);
        Message claim = text_of(taker);
        claim.seen.push_back({persona_key(Role::arbiter), 2, second.hash});
        shown.add(signed_by(Role::taker, claim));
        const Case made = build_case(shown, persona_key(Role::arbiter));
        CHECK(made.move_problem(MoveKind::ruling).value_or("").find("old backup") !=
              std::string::npos);
        shown.add(first);
        shown.add(second);
        CHECK(!build_case(shown, persona_key(Role::arbiter)).move_problem(MoveKind::ruling));
    }
}

TEST_CASE_FIXTURE(Disputed, "who is a side is no arbiter") {
    Machine shown(sample_trade(), samples::network, Keeper{.arbiter = persona_key(Role::maker)});
    for (const Signed& each : all()) shown.add(each);
    CHECK(build_case(shown, persona_key(Role::maker))
              .problem(persona_key(Role::maker))
              .value_or("")
              .find("third") != std::string::npos);
}

}  // namespace
}  // namespace hearsay::market::trade
