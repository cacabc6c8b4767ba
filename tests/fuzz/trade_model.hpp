// fuzz/trade_model.hpp - a second opinion on a trade: docs/protocol.md, section 13, written down as
// plainly as it can be.
//
// Nothing is remembered but the messages themselves, in the order in which they were processed;
// every question walks all of them. So the model shares neither tables nor counters with
// trade::Machine, and is far too slow for anything else.
#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <set>
#include <vector>

#include "market/trade/machine.hpp"

namespace hearsay::fuzz {

using market::trade::Closing;
using market::trade::Finding;
using market::trade::Hash;
using market::trade::Keeper;
using market::trade::Message;
using market::trade::Move;
using market::trade::MoveKind;
using market::trade::Outcome;
using market::trade::Phase;
using market::trade::Role;
using market::trade::Seen;
using market::trade::Ships;
using market::trade::Signed;

// What may be read of a message, texts, signatures and the trade's id aside.
inline bool is_message(const Message& message) {
    const std::uint32_t most = 300;
    if (message.number < 1 || message.number > most) return false;
    if (message.number == 1 ? message.previous.has_value() : !message.previous) return false;
    std::set<base::PublisherKey> named;
    for (const Seen& seen : message.seen)
        if (seen.number < 1 || seen.number > most || seen.who == message.sender ||
            !named.insert(seen.who).second)
            return false;
    if (named.size() > 2) return false;
    const Move& move = message.move;
    const bool proposes = move.kind == MoveKind::take || move.kind == MoveKind::counter;
    const bool binds = move.kind == MoveKind::accept || move.kind == MoveKind::confirm;
    const bool answers = binds || move.kind == MoveKind::counter ||
                         move.kind == MoveKind::decline || move.kind == MoveKind::ruling;
    if (move.kind == MoveKind::take) {
        if (!move.offer || !move.offer->header.publication()) return false;
        if (message.number == 1 && !named.empty()) return false;
    }
    if (proposes && !move.terms) return false;
    if ((proposes || move.kind == MoveKind::accept) && !move.mailbox) return false;
    return (!binds || move.token) && (!answers || move.answers);
}

class TradeModel {
public:
    struct Step {
        Signed message;
        Role by;
        bool allowed;
        Closing closing;
    };
    // allowed ones, in the order in which they were processed
    using View = std::vector<const Step*>;

    TradeModel(const market::trade::TradeId& trade, const Keeper& keeper)
        : trade_(trade), keeper_(keeper) {}

    Outcome add(const Signed& message) {
        if (message.message.trade != trade_ || !is_message(message.message))
            return Outcome::refused;
        if (is_processed(message.hash)) return Outcome::known;
        const Outcome placed = place(message);
        while (process_one()) {
        }
        if (placed != Outcome::waiting) return placed;
        if (is_processed(message.hash)) return Outcome::processed;
        return is_waiting(message.hash) ? Outcome::waiting : Outcome::refused;
    }
    const std::deque<Step>& steps() const { return steps_; }
    const std::vector<Signed>& waiting() const { return waiting_; }
    const std::vector<Signed>& forks() const { return forks_; }
    Phase phase() const { return phase_in(allowed_); }
    // Beside the phase, what people act on: the terms, who is right, what each side said.
    bool is_as(const market::trade::State& state) const {
        const Step* const proposal = proposal_in(allowed_);
        const Step* const ruling = last(allowed_, MoveKind::ruling);
        if (state.proposal.has_value() != (proposal != nullptr)) return false;
        if (proposal && (state.proposal != proposal->message.hash ||
                         state.terms != *proposal->message.message.move.terms))
            return false;
        if (state.ruling.has_value() != (ruling != nullptr)) return false;
        if (ruling && state.ruling->right != ruling->message.message.move.right) return false;
        for (const Role role : {Role::maker, Role::taker}) {
            const auto& side = state.sides[static_cast<std::size_t>(role)];
            const bool same =
                side.shipped == (last(allowed_, MoveKind::shipped, role) != nullptr) &&
                side.received == (last(allowed_, MoveKind::received, role) != nullptr) &&
                side.pay_info == (last(allowed_, MoveKind::pay_info, role) != nullptr) &&
                side.dispute.has_value() == (last(allowed_, MoveKind::dispute, role) != nullptr) &&
                side.closing == closing_of(allowed_, role);
            if (!same) return false;
        }
        return true;
    }

    // ---- where a trade stands, by what somebody saw of it ---------------------------------------
    static const Step* last(const View& view, std::function<bool(const Step&)> fits) {
        const Step* found = nullptr;
        for (const Step* step : view)
            if (fits(*step)) found = step;
        return found;
    }
    static MoveKind kind_of(const Step& step) { return step.message.message.move.kind; }
    static const Step* last(const View& view, MoveKind kind) {
        return last(view, [&](const Step& step) { return kind_of(step) == kind; });
    }
    static const Step* last(const View& view, MoveKind kind, Role by) {
        return last(view, [&](const Step& step) { return kind_of(step) == kind && step.by == by; });
    }
    static const Step* proposal_in(const View& view) {
        return last(view, [](const Step& step) {
            return kind_of(step) == MoveKind::take || kind_of(step) == MoveKind::counter;
        });
    }
    static bool ships(const View& view, Role side) {
        const Ships who = proposal_in(view)->message.message.move.terms->ships;
        return who == Ships::both || who == (side == Role::maker ? Ships::maker : Ships::taker);
    }
    static Closing closing_of(const View& view, Role side) {
        const Step* close = last(view, MoveKind::close, side);
        return close ? close->closing : Closing::open;
    }
    static Phase phase_in(const View& view) {
        if (!proposal_in(view)) return Phase::empty;
        const auto both = [&](Closing meaning) {
            return closing_of(view, Role::maker) == meaning &&
                   closing_of(view, Role::taker) == meaning;
        };
        const auto either = [&](Closing meaning) {
            return closing_of(view, Role::maker) == meaning ||
                   closing_of(view, Role::taker) == meaning;
        };
        const auto sent_arrived = [&](Role side) {
            return !ships(view, side) || last(view, MoveKind::received, market::trade::other(side));
        };
        const bool confirmed = last(view, MoveKind::confirm) != nullptr;
        if (confirmed && last(view, MoveKind::ruling)) return Phase::ruled;
        if (confirmed && sent_arrived(Role::maker) && sent_arrived(Role::taker))
            return Phase::complete;
        if (confirmed && both(Closing::asked_to_cancel)) return Phase::cancelled;
        if (confirmed && last(view, MoveKind::dispute)) return Phase::disputed;
        if (confirmed) return Phase::agreed;
        if (either(Closing::withdrew)) return Phase::withdrawn;
        if (last(view, MoveKind::decline)) return Phase::declined;
        return last(view, MoveKind::accept) ? Phase::accepted : Phase::proposed;
    }
    static bool is_over(Phase phase) {
        return phase == Phase::ruled || phase == Phase::complete || phase == Phase::cancelled ||
               phase == Phase::withdrawn || phase == Phase::declined;
    }
    static Closing meaning_of_close(const View& view, Role by) {
        if (is_over(phase_in(view))) return Closing::said_goodbye;
        const bool accepted = last(view, MoveKind::accept, by) != nullptr;
        return accepted || last(view, MoveKind::confirm) ? Closing::asked_to_cancel
                                                         : Closing::withdrew;
    }

    // ---- the table of moves ---------------------------------------------------------------------
    static bool is_allowed(const View& view, Role by, const Move& move) {
        if (by == Role::arbiter)
            return move.kind == MoveKind::text ||
                   (move.kind == MoveKind::ruling && !last(view, MoveKind::ruling));
        const Phase phase = phase_in(view);
        if (phase == Phase::empty) return move.kind == MoveKind::take && by == Role::taker;
        const Role peer = market::trade::other(by);
        const bool bound = phase == Phase::agreed || phase == Phase::disputed;
        const bool shipped = last(view, MoveKind::shipped) != nullptr;
        const Closing mine = closing_of(view, by);
        const Step* const proposal = proposal_in(view);
        const Step* const accept = last(view, MoveKind::accept);
        switch (move.kind) {
            case MoveKind::take:
            case MoveKind::ruling:
                return false;
            case MoveKind::counter:
            case MoveKind::accept:
            case MoveKind::decline:
                return phase == Phase::proposed && proposal->by != by &&
                       move.answers == proposal->message.hash;
            case MoveKind::confirm:
                return phase == Phase::accepted && proposal->by == by &&
                       move.answers == accept->message.hash;
            case MoveKind::pay_info:
                return accept && !is_over(phase);
            case MoveKind::shipped:
                return bound && ships(view, by) && !last(view, MoveKind::shipped, by) &&
                       mine == Closing::open;
            case MoveKind::received:
                return !is_over(phase) && last(view, MoveKind::shipped, peer) &&
                       !last(view, MoveKind::received, by);
            case MoveKind::dispute:
                return bound && proposal->message.message.move.terms->arbiter &&
                       !last(view, MoveKind::dispute, by);
            case MoveKind::close:
                return mine == Closing::open && !(bound && shipped);
            case MoveKind::text:
                return !is_over(phase) ||
                       (mine == Closing::open && closing_of(view, peer) != Closing::said_goodbye);
        }
        return false;
    }

private:
    enum class Turn { ready, early, fork, dead };

    const Step* take() const { return steps_.empty() ? nullptr : &steps_.front(); }
    base::PublisherKey maker() const {
        return take()->message.message.move.offer->header.publication()->publisher;
    }
    const market::trade::Arbiter* named_arbiter() const {
        const Step* proposal = proposal_in(allowed_);
        const auto* terms = proposal ? &proposal->message.message.move.terms : nullptr;
        return terms && *terms && (*terms)->arbiter ? &*(*terms)->arbiter : nullptr;
    }
    bool is_confirmed() const { return last(allowed_, MoveKind::confirm) != nullptr; }
    std::optional<Role> role_of(const base::PublisherKey& who) const {
        if (take() && who == maker()) return Role::maker;
        if (take() && who == take()->message.message.sender) return Role::taker;
        const auto* arbiter = named_arbiter();
        return arbiter && is_confirmed() && arbiter->persona == who ? std::optional(Role::arbiter)
                                                                    : std::nullopt;
    }
    // Of a stranger: nothing.
    std::optional<Role> room_of(const base::PublisherKey& who) const {
        if (const auto role = role_of(who)) return role;
        const auto* arbiter = named_arbiter();
        const bool arbitrates = (arbiter && arbiter->persona == who) || who == keeper_.arbiter;
        return arbitrates ? std::optional(Role::arbiter) : std::nullopt;
    }
    View by(Role role) const {
        View out;
        for (const Step& step : steps_)
            if (step.by == role) out.push_back(&step);
        return out;
    }
    std::size_t bytes_by(Role role) const {
        std::size_t out = 0;
        for (const Step* step : by(role)) out += step->message.bytes.size();
        return out;
    }
    bool is_processed(const Hash& hash) const {
        return std::ranges::any_of(steps_,
                                   [&](const Step& step) { return step.message.hash == hash; });
    }
    bool is_waiting(const Hash& hash) const {
        return std::ranges::any_of(waiting_, [&](const Signed& each) { return each.hash == hash; });
    }
    void keep_fork(const Signed& message) {
        const auto of_sender = [&](const Signed& each) {
            return each.message.sender == message.message.sender;
        };
        const auto same = [&](const Signed& each) { return each.hash == message.hash; };
        if (room_of(message.message.sender) && std::ranges::none_of(forks_, same) &&
            std::ranges::count_if(forks_, of_sender) < 2 && forks_.size() < 6)
            forks_.push_back(message);
    }

    Outcome place(const Signed& message) {
        const auto& sender = message.message.sender;
        const auto role = role_of(sender);
        if (role && message.message.number <= by(*role).size()) {
            keep_fork(message);
            return Outcome::forked;
        }
        if (!room_of(sender) && is_confirmed()) return Outcome::refused;
        for (const Signed& each : waiting_) {
            if (each.message.sender != sender || each.message.number != message.message.number)
                continue;
            if (each.hash == message.hash) return Outcome::known;
            keep_fork(message);
            return Outcome::forked;
        }
        waiting_.push_back(message);
        trim();
        return is_waiting(message.hash) ? Outcome::waiting : Outcome::refused;
    }
    // Of each sender the highest numbers give way, of equal ones the latest; all strangers are as
    // one sender, and what is no Take gives way first.
    void trim() {
        for (const std::optional<Role> room :
             {std::optional(Role::maker), std::optional(Role::taker), std::optional(Role::arbiter),
              std::optional<Role>()}) {
            while (true) {
                std::vector<std::size_t> here;
                std::size_t bytes = room ? bytes_by(*room) : 0;
                for (std::size_t i = 0; i < waiting_.size(); ++i) {
                    if (room_of(waiting_[i].message.sender) != room) continue;
                    here.push_back(i);
                    bytes += waiting_[i].bytes.size();
                }
                if (here.empty() ||
                    (here.size() <= keeper_.waiting_max && bytes <= keeper_.bytes_max))
                    break;
                const auto worth = [&](std::size_t i) {
                    const Message& message = waiting_[i].message;
                    if (room) return message.number;
                    return message.move.kind == MoveKind::take ? 0U : 1U;
                };
                std::size_t worst = here.front();
                for (std::size_t i : here)
                    if (worth(i) >= worth(worst)) worst = i;
                waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(worst));
            }
        }
    }

    Turn turn_of(const Signed& waits) const {
        const Message& message = waits.message;
        const auto role = role_of(message.sender);
        if (!take())
            return message.move.kind == MoveKind::take && message.number == 1 ? Turn::ready
                                                                              : Turn::early;
        if (!role) return room_of(message.sender) || !is_confirmed() ? Turn::early : Turn::dead;
        const View before = by(*role);
        if (message.number <= before.size()) return Turn::dead;
        if (message.number != before.size() + 1) return Turn::early;
        if (!before.empty() && message.previous != before.back()->message.hash) return Turn::fork;
        for (const Seen& seen : message.seen) {
            const auto who = role_of(seen.who);
            if (!who || seen.number > by(*who).size()) return Turn::early;
        }
        return Turn::ready;
    }
    // One at a time, the lowest sender and number first.
    bool process_one() {
        std::vector<const Signed*> order;
        for (const Signed& each : waiting_) order.push_back(&each);
        std::ranges::sort(order, {}, [](const Signed* each) {
            return std::pair(each->message.sender, each->message.number);
        });
        for (const Signed* waits : order) {
            const Turn turn = turn_of(*waits);
            if (turn == Turn::early) continue;
            const Signed each = *waits;
            std::erase_if(waiting_, [&](const Signed& other) { return other.hash == each.hash; });
            if (turn != Turn::ready)
                keep_fork(each);
            else if (fits(each))
                process(each);
            return true;
        }
        return false;
    }
    bool fits(const Signed& message) const {
        const auto role = role_of(message.message.sender);
        return !role || (message.message.number <= keeper_.messages_max &&
                         bytes_by(*role) + message.bytes.size() <= keeper_.bytes_max);
    }
    void process(const Signed& message) {
        const bool first = steps_.empty();
        // it says who is who
        if (first) steps_.push_back({message, Role::taker, false, Closing::open});
        const Role who = *role_of(message.message.sender);
        if (first) steps_.pop_back();
        const View seen = seen_by(message.message, who);
        const bool allowed = is_allowed(seen, who, message.message.move) &&
                             is_honest(message.message, who) && is_usable(message, first);
        const bool closes = allowed && message.message.move.kind == MoveKind::close;
        steps_.push_back(
            {message, who, allowed, closes ? meaning_of_close(seen, who) : Closing::open});
        if (allowed) allowed_.push_back(&steps_.back());
        trim();
    }
    View seen_by(const Message& message, Role who) const {
        View out;
        for (const Step& step : steps_) {
            bool seen = step.by == who;
            for (const Seen& each : message.seen)
                seen = seen ||
                       (role_of(each.who) == step.by && step.message.message.number <= each.number);
            if (seen && step.allowed) out.push_back(&step);
        }
        return out;
    }
    bool is_honest(const Message& message, Role who) const {
        for (const Seen& seen : message.seen)
            if (by(*role_of(seen.who))[seen.number - 1]->message.hash != seen.hash) return false;
        const View before = by(who);
        if (before.empty()) return true;
        return std::ranges::all_of(before.back()->message.message.seen, [&](const Seen& old) {
            return std::ranges::any_of(message.seen, [&](const Seen& now) {
                return now.who == old.who && now.number >= old.number;
            });
        });
    }
    bool is_usable(const Signed& message, bool first) const {
        const Move& move = message.message.move;
        const auto owner = first ? move.offer->header.publication()->publisher : maker();
        const auto buyer = first ? message.message.sender : take()->message.message.sender;
        if (move.mailbox && !keeper_.checks.is_usable(*move.mailbox)) return false;
        if (move.terms && move.terms->give.empty() != move.terms->want.empty()) return false;
        if (move.terms && move.terms->arbiter) {
            const auto& arbiter = *move.terms->arbiter;
            if (arbiter.persona == owner || arbiter.persona == buyer) return false;
            if (!keeper_.checks.is_usable(arbiter.mailbox)) return false;
        }
        if (!move.token) return true;
        const base::Slot slot =
            (first ? move : take()->message.message.move).offer->header.publication()->slot;
        const auto holds = [&](const item::Token& token, const crypto::Signature& signature) {
            return keeper_.checks.token_is_signed(token, item::Network::sim, message.message.sender,
                                                  signature);
        };
        return holds(market::trade::rating_token(trade_, owner, buyer), move.token->partner) &&
               holds(market::trade::thing_token(trade_, owner, buyer, slot), move.token->thing);
    }

    market::trade::TradeId trade_;
    Keeper keeper_;
    std::deque<Step> steps_;
    View allowed_;                 // of these
    std::vector<Signed> waiting_;  // in the order in which they came
    std::vector<Signed> forks_;
};

}  // namespace hearsay::fuzz
