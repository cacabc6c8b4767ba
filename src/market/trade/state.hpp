// market/trade/state.hpp - where a trade stands, and which moves that allows.
// docs/trade.md has it drawn.
//
//   proposed -> accepted -> agreed -> complete | cancelled | ruled
//      |            |          \-> disputed -/
//      '-> declined '-> withdrawn
//
// Rules:
//   1. The Take is the first proposal, a Counter the next. Only who did not make the last proposal
//      answers it, and names it. So at any time one side can answer, and two answers never meet.
//   2. Accept binds who accepts. Confirm, by the proposer, makes the agreement: until then the
//      proposer may withdraw (Close), even if the Accept is on its way. Nothing is shipped before
//      the Confirm, so nobody loses by it.
//   3. After that each side raises flags of its own, which only ever go up: pay-info, shipped,
//      received, disputed, closed. Flags commute, so the order in which they arrive does not
//      matter.
//   4. Received needs the other side's Shipped. All that the terms want received: complete.
//   5. Close before the agreement withdraws; in it, as long as nothing is shipped, it asks to
//      cancel, and both sides' asking cancels; who asked ships no more.
//      When the trade is over Close only says good-bye.
//   6. Dispute needs an arbiter in the terms, and a trade that is not over.
//      The arbiter rules once, from the agreement on.
// A move is judged by what its sender had seen (machine.hpp), so both sides judge it alike.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "market/trade/message.hpp"

namespace hearsay::market::trade {

enum class Role { maker = 0, taker = 1, arbiter = 2 };
inline constexpr Role other(Role side) {
    return side == Role::maker ? Role::taker : Role::maker;
}
std::string_view name(Role role);

enum class Phase {
    empty,
    proposed,
    accepted,
    agreed,
    disputed,
    complete,
    cancelled,
    ruled,
    declined,
    withdrawn
};
std::string_view name(Phase phase);
bool is_over(Phase phase);

enum class Closing { open, withdrew, asked_to_cancel, said_goodbye };

struct Side {
    bool pay_info = false;
    bool shipped = false;
    bool received = false;
    Closing closing = Closing::open;
    std::optional<Hash> dispute{};  // its message
    bool operator==(const Side&) const = default;
};
struct Ruling {
    Finding right = Finding::neither;
    Hash message{};
    bool operator==(const Ruling&) const = default;
};

struct State {
    std::optional<Hash> proposal{};  // the last one, with the next three
    Role proposer = Role::taker;
    std::uint32_t proposals = 0;
    Terms terms{};
    std::optional<Hash> accept{};
    bool confirmed = false;
    bool declined = false;
    std::array<Side, 2> sides{};  // maker, taker
    std::optional<Ruling> ruling{};
    bool operator==(const State&) const = default;

    // total: of maker and taker only; the library ends the process for another
    const Side& side(Role role) const { return sides[static_cast<std::size_t>(role)]; }
    // total: likewise
    Side& side(Role role) { return sides[static_cast<std::size_t>(role)]; }
    bool anything_shipped() const { return sides[0].shipped || sides[1].shipped; }
    Phase phase() const;
};

// Whether `by` may move so, in a state that it sees: why not, as a sentence for a person, or
// nothing. `answers` of the move is looked at, but for a Ruling's.
std::optional<std::string> move_problem(const State& seen, Role by, const Move& move);
// What a Close means to who sees this.
Closing closing_in(const State& seen, Role by);
// It offers terms of its own.
inline bool is_proposal(MoveKind kind) {
    return kind == MoveKind::take || kind == MoveKind::counter;
}
// A move without problem takes effect; of a Close also what it meant to its sender.
void take_effect(State& state, Role by, const Move& move, const Hash& hash, Closing closing);
// The same but for the terms, which are the largest part by far: of many moves the last proposal's
// alone are the state's.
void take_effect_but_terms(State& state, Role by, const Move& move, const Hash& hash,
                           Closing closing);

}  // namespace hearsay::market::trade
