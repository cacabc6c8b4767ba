// unit/market/trade/players.hpp - the participants of a trade, each with a machine of its own,
// without any mail.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "base/rng.hpp"
#include "market/trade/machine.hpp"
#include "unit/item/samples.hpp"

namespace hearsay::market::trade {

inline constexpr std::uint8_t maker_seed = 11;
inline constexpr std::uint8_t taker_seed = 22;
inline constexpr std::uint8_t arbiter_seed = 33;

inline base::Secret seed_of(Role role) {
    const std::uint8_t seeds[] = {maker_seed, taker_seed, arbiter_seed};
    return samples::filled<base::Secret>(seeds[static_cast<std::size_t>(role)]);
}
inline base::PublisherKey persona_key(Role role) {
    return base::PublisherKey{crypto::ed25519_public_key(seed_of(role)).data};
}

inline item::ReadPtr sample_offer() {
    static const item::ReadPtr made = [] {
        samples::Wish wish;
        wish.persona = maker_seed;
        return samples::accepted(
            samples::offer({"Bicycle", "Blue.", "bicycle", "coffee", {}}, wish));
    }();
    return made;
}
inline Terms sample_terms(bool arbiter = true, Ships ships = Ships::both) {
    Terms out;
    out.ships = ships;
    if (arbiter)
        out.arbiter = Arbiter{persona_key(Role::arbiter), samples::filled<base::MailboxKey>(9)};
    return out;
}
inline TradeId sample_trade() {
    return trade_id(*sample_offer(), persona_key(Role::taker), samples::filled<Nonce>(5));
}

// A move with all that its kind needs, as this machine sees the trade.
inline Move sample_move(MoveKind kind, Role by, const Machine& machine,
                        const Terms& terms = sample_terms()) {
    Move move;
    move.kind = kind;
    const State& state = machine.state();
    const auto token = [&] {
        const auto signed_by_it = [&](const item::Token& of) {
            return crypto::ed25519_sign(seed_of(by), item::token_message(of, samples::network));
        };
        const base::PublisherKey maker = persona_key(Role::maker), taker = persona_key(Role::taker);
        return TokenSignatures{
            signed_by_it(rating_token(sample_trade(), maker, taker)),
            signed_by_it(thing_token(sample_trade(), maker, taker,
                                     sample_offer()->header.publication()->slot))};
    };
    switch (kind) {
        case MoveKind::take:
            move.nonce = samples::filled<Nonce>(5);
            move.offer = sample_offer();
            [[fallthrough]];
        case MoveKind::counter:
            move.terms = terms;
            move.mailbox = samples::filled<base::MailboxKey>(
                static_cast<std::uint8_t>(40 + static_cast<int>(by)));
            if (kind == MoveKind::counter) move.answers = state.proposal.value_or(Hash{});
            break;
        case MoveKind::accept:
            move.mailbox = samples::filled<base::MailboxKey>(
                static_cast<std::uint8_t>(40 + static_cast<int>(by)));
            move.token = token();
            [[fallthrough]];
        case MoveKind::decline:
            move.answers = state.proposal.value_or(Hash{});
            break;
        case MoveKind::confirm:
            move.answers = state.accept.value_or(Hash{});
            move.token = token();
            break;
        case MoveKind::ruling:
            move.right = Finding::taker;
            move.answers = state.side(Role::taker)
                               .dispute.value_or(state.side(Role::maker).dispute.value_or(Hash{}));
            break;
        default:
            move.text = "hello";
    }
    return move;
}

inline Signed signed_by(Role by, const Message& message) {
    auto made = sign(message, samples::network, seed_of(by));
    REQUIRE(made);
    // As it arrives: everything is read from the bytes.
    auto arrived = read(write(*made), samples::network);
    REQUIRE_MESSAGE(arrived, (arrived ? std::string() : arrived.error()));
    return *std::move(arrived);
}

struct Player {
    Role role;
    Machine machine{sample_trade(), samples::network};
    std::vector<Signed> sent{};

    Signed make(const Move& move) const {
        Message message = machine.next(role);
        message.sender = persona_key(role);
        message.move = move;
        return signed_by(role, message);
    }
    Signed make(MoveKind kind, const Terms& terms = sample_terms()) const {
        return make(sample_move(kind, role, machine, terms));
    }
    Signed play(const Move& move) {
        Signed out = make(move);
        CHECK(machine.add(out) == Outcome::processed);
        sent.push_back(out);
        return out;
    }
    Signed play(MoveKind kind, const Terms& terms = sample_terms()) {
        return play(sample_move(kind, role, machine, terms));
    }
    Phase phase() const { return machine.state().phase(); }
    std::string last_problem() const { return machine.steps().back().problem.value_or(""); }
};

// Both sides and the arbiter, who hear each other at once.
struct Table {
    Player maker{Role::maker};
    Player taker{Role::taker};
    Player arbiter{Role::arbiter};

    Player& at(Role role) {
        return role == Role::maker ? maker : role == Role::taker ? taker : arbiter;
    }
    Signed play(Role by, MoveKind kind, const Terms& terms = sample_terms()) {
        const Signed out = at(by).play(kind, terms);
        for (Role role : {Role::maker, Role::taker, Role::arbiter})
            if (role != by) CHECK(at(role).machine.add(out) == Outcome::processed);
        return out;
    }
    void agree(const Terms& terms = sample_terms()) {
        play(Role::taker, MoveKind::take, terms);
        play(Role::maker, MoveKind::accept);
        play(Role::taker, MoveKind::confirm);
    }
};

// Where a trade can stand, as the tables of docs/trade.md have it.
struct Situation {
    const char* name;
    void (*reach)(Table& table);
    Terms (*terms)() = [] { return sample_terms(); };
};
inline const std::vector<Situation>& situations() {
    static const std::vector<Situation> all{
        {"proposed", [](Table& t) { t.play(Role::taker, MoveKind::take); }},
        {"countered",
         [](Table& t) {
             t.play(Role::taker, MoveKind::take);
             t.play(Role::maker, MoveKind::counter);
         }},
        {"accepted",
         [](Table& t) {
             t.play(Role::taker, MoveKind::take);
             t.play(Role::maker, MoveKind::accept);
         }},
        {"agreed", [](Table& t) { t.agree(); }},
        {"maker shipped",
         [](Table& t) {
             t.agree();
             t.play(Role::maker, MoveKind::shipped);
         }},
        {"both shipped",
         [](Table& t) {
             t.agree();
             t.play(Role::maker, MoveKind::shipped);
             t.play(Role::taker, MoveKind::shipped);
         }},
        {"maker asks to cancel",
         [](Table& t) {
             t.agree();
             t.play(Role::maker, MoveKind::close);
         }},
        {"disputed",
         [](Table& t) {
             t.agree();
             t.play(Role::taker, MoveKind::shipped);
             t.play(Role::taker, MoveKind::dispute);
         }},
        {"complete",
         [](Table& t) {
             t.agree();
             t.play(Role::maker, MoveKind::shipped);
             t.play(Role::taker, MoveKind::shipped);
             t.play(Role::maker, MoveKind::received);
             t.play(Role::taker, MoveKind::received);
         }},
        {"cancelled",
         [](Table& t) {
             t.agree();
             t.play(Role::maker, MoveKind::close);
             t.play(Role::taker, MoveKind::close);
         }},
        {"ruled",
         [](Table& t) {
             t.agree();
             t.play(Role::taker, MoveKind::shipped);
             t.play(Role::taker, MoveKind::dispute);
             t.play(Role::arbiter, MoveKind::ruling);
         }},
        {"declined",
         [](Table& t) {
             t.play(Role::taker, MoveKind::take);
             t.play(Role::maker, MoveKind::decline);
         }},
        {"withdrawn",
         [](Table& t) {
             t.play(Role::taker, MoveKind::take);
             t.play(Role::taker, MoveKind::close);
         }},
    };
    return all;
}

}  // namespace hearsay::market::trade
