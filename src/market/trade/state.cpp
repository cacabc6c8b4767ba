#include "market/trade/state.hpp"

#include "base/ensure.hpp"

namespace hearsay::market::trade {
namespace {

using Problem = std::optional<std::string>;

bool ships(const Terms& terms, Role side) {
    return terms.ships == Ships::both || (terms.ships == Ships::maker) == (side == Role::maker);
}

bool is_complete(const State& state) {
    for (Role side : {Role::maker, Role::taker})
        if (ships(state.terms, side) && !state.side(other(side)).received) return false;
    return true;
}

Problem not_yet(Phase phase) {
    return "nothing is agreed yet: the trade is " + std::string(name(phase));
}
Problem over(Phase phase) {
    return "the trade is over: it is " + std::string(name(phase));
}

Problem answer_problem(const State& seen, Role by, const Move& move, Phase phase) {
    if (phase != Phase::proposed)
        return is_over(phase)
                   ? over(phase)
                   : "there is no open proposal: the trade is " + std::string(name(phase));
    if (seen.proposer == by)
        return "the last proposal is its sender's own; the other side answers it";
    if (move.answers != seen.proposal) return "it answers another proposal than the last one";
    return std::nullopt;
}

Problem confirm_problem(const State& seen, Role by, const Move& move, Phase phase) {
    if (phase != Phase::accepted)
        return is_over(phase)
                   ? over(phase)
                   : "there is nothing to confirm: the trade is " + std::string(name(phase));
    if (seen.proposer != by) return "only who made the accepted proposal confirms it";
    if (move.answers != seen.accept) return "it confirms something else than the acceptance";
    return std::nullopt;
}

Problem shipped_problem(const State& seen, Role by, Phase phase) {
    if (is_over(phase)) return over(phase);
    if (phase != Phase::agreed && phase != Phase::disputed) return not_yet(phase);
    if (!ships(seen.terms, by)) return "by the terms only the other side ships";
    if (seen.side(by).shipped) return "it is shipped already";
    if (seen.side(by).closing != Closing::open) return "who asked to cancel does not ship";
    return std::nullopt;
}

Problem received_problem(const State& seen, Role by, Phase phase) {
    if (is_over(phase)) return over(phase);
    if (!seen.side(other(by)).shipped) return "the other side has shipped nothing yet";
    if (seen.side(by).received) return "it is received already";
    return std::nullopt;
}

Problem dispute_problem(const State& seen, Role by, Phase phase) {
    if (is_over(phase)) return over(phase);
    if (phase != Phase::agreed && phase != Phase::disputed) return not_yet(phase);
    if (!seen.terms.arbiter) return "the terms name no arbiter, so there is nobody to turn to";
    if (seen.side(by).dispute) return "it is disputed already; the arbiter has to rule";
    return std::nullopt;
}

Problem close_problem(const State& seen, Role by, Phase phase) {
    if (seen.side(by).closing != Closing::open) return "it is closed already by the same side";
    if (phase == Phase::empty) return "there is no trade yet";
    if ((phase == Phase::agreed || phase == Phase::disputed) && seen.anything_shipped())
        return "something is shipped already: say received, or dispute";
    return std::nullopt;
}

Problem text_problem(const State& seen, Role by, Phase phase) {
    if (phase == Phase::empty) return "there is no trade yet";
    if (!is_over(phase)) return std::nullopt;
    if (seen.side(by).closing != Closing::open ||
        seen.side(other(by)).closing == Closing::said_goodbye)
        return "the trade is closed";
    return std::nullopt;
}

Problem proposal_problem(const Move& move) {
    if (!move.terms) return "a proposal has terms";
    if (move.terms->give.empty() != move.terms->want.empty())
        return "terms change both, give and want, or neither";
    return std::nullopt;
}

Problem arbiter_problem(const State& seen, const Move& move) {
    if (move.kind == MoveKind::text) return std::nullopt;
    if (move.kind != MoveKind::ruling) return "an arbiter only writes and rules";
    if (seen.ruling) return "the arbiter has ruled already";
    return std::nullopt;
}

}  // namespace

std::string_view name(Role role) {
    constexpr std::string_view names[] = {"maker", "taker", "arbiter"};
    return names[static_cast<std::size_t>(role)];  // total: a name for each of the enumeration
}

std::string_view name(Phase phase) {
    constexpr std::string_view names[] = {"empty",    "proposed", "accepted",  "agreed",
                                          "disputed", "complete", "cancelled", "ruled",
                                          "declined", "withdrawn"};
    return names[static_cast<std::size_t>(phase)];  // total: a name for each of the enumeration
}

bool is_over(Phase phase) {
    return phase >= Phase::complete;
}

Phase State::phase() const {
    if (!proposal) return Phase::empty;
    if (confirmed) {
        if (ruling) return Phase::ruled;
        if (is_complete(*this)) return Phase::complete;
        const bool cancelled = sides[0].closing == Closing::asked_to_cancel &&
                               sides[1].closing == Closing::asked_to_cancel;
        if (cancelled) return Phase::cancelled;
        return sides[0].dispute || sides[1].dispute ? Phase::disputed : Phase::agreed;
    }
    if (sides[0].closing == Closing::withdrew || sides[1].closing == Closing::withdrew)
        return Phase::withdrawn;
    if (declined) return Phase::declined;
    return accept ? Phase::accepted : Phase::proposed;
}

std::optional<std::string> move_problem(const State& seen, Role by, const Move& move) {
    if (by == Role::arbiter) return arbiter_problem(seen, move);
    const Phase phase = seen.phase();
    switch (move.kind) {
        case MoveKind::take:
            if (phase != Phase::empty) return "a trade is taken once";
            if (by != Role::taker) return "the maker does not take its own offer";
            return proposal_problem(move);
        case MoveKind::counter:
            if (auto problem = answer_problem(seen, by, move, phase)) return problem;
            return proposal_problem(move);
        case MoveKind::accept:
        case MoveKind::decline:
            return answer_problem(seen, by, move, phase);
        case MoveKind::confirm:
            return confirm_problem(seen, by, move, phase);
        case MoveKind::pay_info:
            if (is_over(phase)) return over(phase);
            return seen.accept ? std::nullopt : not_yet(phase);
        case MoveKind::shipped:
            return shipped_problem(seen, by, phase);
        case MoveKind::received:
            return received_problem(seen, by, phase);
        case MoveKind::dispute:
            return dispute_problem(seen, by, phase);
        case MoveKind::ruling:
            return "only the arbiter rules";
        case MoveKind::text:
            return text_problem(seen, by, phase);
        case MoveKind::close:
            return close_problem(seen, by, phase);
    }
    return "it is no move";
}

Closing closing_in(const State& seen, Role by) {
    const Phase phase = seen.phase();
    if (is_over(phase)) return Closing::said_goodbye;
    const bool bound = seen.confirmed || (seen.accept && seen.proposer != by);
    return bound ? Closing::asked_to_cancel : Closing::withdrew;
}

void take_effect(State& state, Role by, const Move& move, const Hash& hash, Closing closing) {
    take_effect_but_terms(state, by, move, hash, closing);
    if (is_proposal(move.kind)) state.terms = move.terms.value_or(Terms{});
}

void take_effect_but_terms(State& state, Role by, const Move& move, const Hash& hash,
                           Closing closing) {
    switch (move.kind) {
        case MoveKind::take:
        case MoveKind::counter:
            state.proposal = hash;
            state.proposer = by;
            ++state.proposals;
            break;
        case MoveKind::accept:
            state.accept = hash;
            break;
        case MoveKind::decline:
            state.declined = true;
            break;
        case MoveKind::confirm:
            state.confirmed = true;
            break;
        case MoveKind::pay_info:
            state.side(by).pay_info = true;
            break;
        case MoveKind::shipped:
            state.side(by).shipped = true;
            break;
        case MoveKind::received:
            state.side(by).received = true;
            break;
        case MoveKind::dispute:
            state.side(by).dispute = hash;
            break;
        case MoveKind::ruling:
            state.ruling = Ruling{move.right, hash};
            break;
        case MoveKind::close:
            state.side(by).closing = closing;
            break;
        case MoveKind::text:
            break;
    }
}

}  // namespace hearsay::market::trade
