// Every move in every situation, and what a hostile partner can do.
#include <fstream>
#include <sstream>

#include <doctest/doctest.h>

#include "base/limits/trades.hpp"
#include "players.hpp"

namespace hearsay::market::trade {
namespace {

std::string cell(const Table& table, Role by, MoveKind kind) {
    if (kind == MoveKind::take && by != Role::taker) return "-";  // its id says who takes
    Table copy = table;
    Player& player = copy.at(by);
    // Judged by the machine of somebody else, as the partner would.
    const Signed made = player.make(kind);
    Player& judge = copy.at(by == Role::arbiter ? Role::maker : other(by));
    if (judge.machine.add(made) != Outcome::processed) return "-";
    return judge.last_problem().empty() ? "yes" : "-";
}

// As docs/trade.md prints it: for each situation and move who may: m(aker), t(aker), a(rbiter).
std::string table_of_moves() {
    std::ostringstream out;
    out << "| situation |";
    for (MoveKind kind : every_move) out << " " << name(kind) << " |";
    out << "\n|---|";
    for (std::size_t i = 0; i < std::size(every_move); ++i) out << "---|";
    out << "\n";
    for (const Situation& situation : situations()) {
        Table table;
        situation.reach(table);
        out << "| " << situation.name << " |";
        for (MoveKind kind : every_move) {
            std::string who;
            for (Role by : {Role::maker, Role::taker, Role::arbiter})
                if (cell(table, by, kind) == "yes")
                    who += std::string(who.empty() ? "" : " ") + name(by)[0];
            out << " " << (who.empty() ? "-" : who) << " |";
        }
        out << "\n";
    }
    return out.str();
}

TEST_CASE("which moves each situation allows is what docs/trade.md says") {
    std::ifstream file(HEARSAY_DOCS "/trade.md");
    REQUIRE(file);
    std::ostringstream text;
    text << file.rdbuf();
    const std::string table = table_of_moves();
    const bool printed = text.str().find(table) != std::string::npos;
    if (!printed) MESSAGE(table);
    CHECK(printed);
}

TEST_CASE("a move that is not allowed is told why, to its sender and when it arrives") {
    for (const Situation& situation : situations()) {
        Table table;
        situation.reach(table);
        for (MoveKind kind : every_move) {
            for (Role by : {Role::maker, Role::taker}) {
                if (kind == MoveKind::take && by == Role::maker) continue;
                CAPTURE(situation.name);
                CAPTURE(name(kind));
                Player& player = table.at(by);
                const auto told = player.machine.problem(by, sample_move(kind, by, player.machine));
                Player partner = table.at(other(by));
                REQUIRE(partner.machine.add(player.make(kind)) == Outcome::processed);
                CHECK(partner.last_problem() == told.value_or(""));
                CHECK((!told || !told->empty()));
            }
        }
    }
}

TEST_CASE("an illegal message changes nothing but is kept") {
    for (const Situation& situation : situations()) {
        Table table;
        situation.reach(table);
        for (MoveKind kind : every_move) {
            Player maker = table.maker;
            const State before = maker.machine.state();
            const std::size_t steps = maker.machine.steps().size();
            if (!table.taker.machine.problem(Role::taker,
                                             sample_move(kind, Role::taker, table.taker.machine)))
                continue;
            REQUIRE(maker.machine.add(table.taker.make(kind)) == Outcome::processed);
            CHECK(maker.machine.state() == before);
            CHECK(maker.machine.steps().size() == steps + 1);
        }
    }
}

TEST_CASE("each situation has the phase it is named for") {
    const std::vector<Phase> expected{
        Phase::proposed, Phase::proposed, Phase::accepted, Phase::agreed,   Phase::agreed,
        Phase::agreed,   Phase::agreed,   Phase::disputed, Phase::complete, Phase::cancelled,
        Phase::ruled,    Phase::declined, Phase::withdrawn};
    for (std::size_t i = 0; i < situations().size(); ++i) {
        Table table;
        situations()[i].reach(table);
        CAPTURE(situations()[i].name);
        CHECK(table.maker.phase() == expected[i]);
        CHECK(table.taker.machine.state() == table.maker.machine.state());
        CHECK(table.arbiter.machine.state() == table.maker.machine.state());
    }
}

TEST_CASE(
    "a withdrawal wins against an acceptance that it crosses, and nobody has shipped by then") {
    Table table;
    table.play(Role::taker, MoveKind::take);
    const Signed accept = table.maker.play(MoveKind::accept);
    const auto early = table.maker.machine.problem(
        Role::maker, sample_move(MoveKind::shipped, Role::maker, table.maker.machine));
    CHECK(early.value_or("").find("accepted") != std::string::npos);
    const Signed withdrawal = table.taker.play(MoveKind::close);
    CHECK(table.taker.machine.add(accept) == Outcome::processed);
    CHECK(table.maker.machine.add(withdrawal) == Outcome::processed);
    CHECK(table.maker.phase() == Phase::withdrawn);
    CHECK(table.taker.machine.state() == table.maker.machine.state());
}

TEST_CASE("a wish to cancel that crosses a shipment cancels nothing") {
    Table table;
    table.agree();
    const Signed shipped = table.maker.play(MoveKind::shipped);
    const Signed cancel = table.taker.play(MoveKind::close);
    table.maker.machine.add(cancel);
    table.taker.machine.add(shipped);
    CHECK(table.maker.phase() == Phase::agreed);
    CHECK(table.maker.machine.problem(
        Role::maker, sample_move(MoveKind::close, Role::maker, table.maker.machine)));
    table.maker.machine.add(table.taker.play(MoveKind::received));
    CHECK(table.taker.last_problem() == "");
    CHECK(table.maker.machine.state() == table.taker.machine.state());
}

TEST_CASE("terms in which only the maker ships are complete when the taker has received") {
    Table table;
    table.agree(sample_terms(false, Ships::maker));
    CHECK(table.taker.machine.problem(
        Role::taker, sample_move(MoveKind::shipped, Role::taker, table.taker.machine)));
    table.play(Role::maker, MoveKind::shipped);
    CHECK(table.maker.phase() == Phase::agreed);
    table.play(Role::taker, MoveKind::received);
    CHECK(table.maker.phase() == Phase::complete);
}

TEST_CASE("without an arbiter in the terms nobody disputes, and the reason says so") {
    Table table;
    table.agree(sample_terms(false));
    const auto problem = table.taker.machine.problem(
        Role::taker, sample_move(MoveKind::dispute, Role::taker, table.taker.machine));
    CHECK(problem.value_or("").find("no arbiter") != std::string::npos);
}

TEST_CASE("a side cannot be its own arbiter") {
    for (Role side : {Role::maker, Role::taker}) {
        Table table;
        Terms terms = sample_terms();
        terms.arbiter->persona = persona_key(side);
        table.taker.play(MoveKind::take, terms);
        CHECK(table.taker.last_problem().find("third") != std::string::npos);
        CHECK(table.taker.phase() == Phase::empty);
    }
}

TEST_CASE("both sides can dispute, and the arbiter rules once") {
    Table table;
    table.agree();
    table.play(Role::maker, MoveKind::dispute);
    table.play(Role::taker, MoveKind::dispute);
    table.play(Role::arbiter, MoveKind::text);
    table.play(Role::arbiter, MoveKind::ruling);
    CHECK(table.maker.machine.state().ruling->right == Finding::taker);
    table.maker.machine.add(table.arbiter.play(MoveKind::ruling));
    CHECK(table.maker.last_problem() == "the arbiter has ruled already");
}

TEST_CASE("who is named arbiter in a proposal has no say before the agreement") {
    Table table;
    table.play(Role::taker, MoveKind::take);
    CHECK(table.maker.machine.add(table.arbiter.make(MoveKind::text)) == Outcome::waiting);
    table.maker.play(MoveKind::counter, sample_terms(false));
    CHECK(table.maker.machine.steps().size() == 2);
}

// ---- a hostile partner --------------------------------------------------------------------------
TEST_CASE("a fork is kept as a proof and changes nothing; the first message counts") {
    Table table;
    table.agree();
    Player liar = table.taker;
    table.play(Role::taker, MoveKind::text);
    const State before = table.maker.machine.state();
    const Signed fork = liar.play(MoveKind::close);
    CHECK(table.maker.machine.add(fork) == Outcome::forked);
    CHECK(table.maker.machine.add(liar.play(MoveKind::text)) != Outcome::processed);
    CHECK(table.maker.machine.state() == before);
    REQUIRE(table.maker.machine.forks().size() == 2);
    CHECK(table.maker.machine.forks()[0].hash == fork.hash);
    CHECK(table.maker.machine.add(table.taker.play(MoveKind::text)) == Outcome::processed);
}

TEST_CASE("a replay is known, whether it was processed or waits") {
    Table table;
    table.agree();
    for (const Step& step : std::vector<Step>(table.maker.machine.steps()))
        CHECK(table.maker.machine.add(step.message) == Outcome::known);
    table.taker.play(MoveKind::text);
    const Signed second = table.taker.play(MoveKind::text);
    CHECK(table.maker.machine.add(second) == Outcome::waiting);
    CHECK(table.maker.machine.add(second) == Outcome::known);
}

TEST_CASE("a message of another trade, or of a stranger, is refused") {
    Table table;
    table.agree(sample_terms(false));
    Message message = table.taker.machine.next(Role::taker);
    message.move = sample_move(MoveKind::text, Role::taker, table.taker.machine);
    message.trade.data[0] ^= 1;
    CHECK(table.maker.machine.add(signed_by(Role::taker, message)) == Outcome::refused);
    CHECK(table.maker.machine.add(table.arbiter.make(MoveKind::text)) == Outcome::refused);
}

TEST_CASE("skipped numbers fill a bounded buffer and nothing more") {
    Table table;
    table.agree();
    const State before = table.maker.machine.state();
    Message message = table.taker.machine.next(Role::taker);
    message.move = sample_move(MoveKind::text, Role::taker, table.taker.machine);
    message.previous = Hash{};
    std::size_t waiting = 0;
    for (std::uint32_t i = 0; i < 2 * base::limits::trade_waiting_max; ++i) {
        message.number = 20 + i;
        if (table.maker.machine.add(signed_by(Role::taker, message)) == Outcome::waiting) ++waiting;
    }
    CHECK(waiting == base::limits::trade_waiting_max);
    CHECK(table.maker.machine.state() == before);
    // The one that comes next has room all the same.
    CHECK(table.maker.machine.add(table.taker.play(MoveKind::shipped)) == Outcome::processed);
    CHECK(table.maker.machine.state().side(Role::taker).shipped);
}

TEST_CASE("who claims to have seen what was never sent, or less than before, achieves nothing") {
    Table table;
    table.agree();
    table.play(Role::maker, MoveKind::shipped);
    Message message = table.taker.machine.next(Role::taker);
    message.move = sample_move(MoveKind::received, Role::taker, table.taker.machine);
    SUBCASE("another hash") {
        message.seen.at(0).hash.data[0] ^= 1;
    }
    SUBCASE("nothing at all") {
        message.seen.clear();
    }
    CHECK(table.maker.machine.add(signed_by(Role::taker, message)) == Outcome::processed);
    CHECK(table.maker.last_problem().find("claims to have seen") != std::string::npos);
    CHECK(!table.maker.machine.state().side(Role::taker).received);
}

TEST_CASE("a token for the ratings that is not signed makes no acceptance") {
    Table table;
    table.play(Role::taker, MoveKind::take);
    Move move = sample_move(MoveKind::accept, Role::maker, table.maker.machine);
    SUBCASE("of the partner") {
        move.token->partner.data[0] ^= 1;
    }
    SUBCASE("of the thing") {
        move.token->thing.data[0] ^= 1;
    }
    SUBCASE("one for the other") {
        std::swap(move.token->partner, move.token->thing);
    }
    table.maker.play(move);
    CHECK(table.maker.phase() == Phase::proposed);
}

TEST_CASE("who lost its own messages is kept from contradicting them") {
    Table table;
    table.agree();
    Player restored{Role::taker, {sample_trade(), samples::network, Keeper{.from_backup = true}}};
    for (const Step& step : table.taker.machine.steps()) restored.machine.add(step.message);
    table.taker.play(MoveKind::text);
    table.maker.machine.add(table.taker.sent.back());
    CHECK(restored.machine.add(table.maker.play(MoveKind::text)) == Outcome::waiting);
    CHECK(restored.machine.is_stuck(Role::taker));
    CHECK(restored.machine
              .problem(Role::taker, sample_move(MoveKind::text, Role::taker, restored.machine))
              .value_or("")
              .find("old backup") != std::string::npos);
    restored.machine.add(table.taker.sent.back());
    CHECK(!restored.machine.is_stuck(Role::taker));
}

TEST_CASE("nobody talks on and on to a partner that has seen nothing of it") {
    Table table;
    table.agree();
    std::size_t said = 0;
    while (said < 200 &&
           !table.taker.machine.problem(
               Role::taker, sample_move(MoveKind::text, Role::taker, table.taker.machine))) {
        table.taker.play(MoveKind::text);
        ++said;
    }
    CHECK(said <= base::limits::trade_unseen_max);
    CHECK(said + 3 > base::limits::trade_unseen_max);
    // And all of it fits the partner's buffer, in the worst order.
    for (auto at = table.taker.sent.rbegin(); at != table.taker.sent.rend(); ++at)
        table.maker.machine.add(*at);
    CHECK(table.maker.machine.state() == table.taker.machine.state());
}

}  // namespace
}  // namespace hearsay::market::trade
