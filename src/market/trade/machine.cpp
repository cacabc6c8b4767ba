#include "market/trade/machine.hpp"

#include <algorithm>

namespace hearsay::market::trade {

namespace limits = base::limits;

std::optional<Role> Machine::role_of(const base::PublisherKey& who) const {
    if (who == maker_) return Role::maker;
    if (who == taker_) return Role::taker;
    // Before the agreement proposals may still change who it is.
    if (state_.confirmed && state_.terms.arbiter && state_.terms.arbiter->persona == who)
        return Role::arbiter;
    return std::nullopt;
}

std::optional<base::PublisherKey> Machine::persona_of(Role role) const {
    if (role == Role::maker) return maker_;
    if (role == Role::taker) return taker_;
    return state_.terms.arbiter ? std::optional(state_.terms.arbiter->persona) : std::nullopt;
}

std::optional<base::MailboxKey> Machine::mailbox_of(Role role) const {
    if (role == Role::arbiter)
        return state_.terms.arbiter ? std::optional(state_.terms.arbiter->mailbox) : std::nullopt;
    std::optional<base::MailboxKey> out;
    for (const Step& step : steps_)
        if (step.by == role && !step.problem && step.message.message.move.mailbox)
            out = step.message.message.move.mailbox;
    return out;
}

std::vector<Signed> Machine::waiting() const {
    std::vector<Signed> out;
    for (const auto& [place, message] : waiting_) out.push_back(message);
    return out;
}

const Step* Machine::step_with(const Hash& hash) const {
    const auto at = std::find_if(steps_.begin(), steps_.end(),
                                 [&](const Step& step) { return step.message.hash == hash; });
    return at == steps_.end() ? nullptr : &*at;
}

void Machine::keep_fork(const Signed& message) {
    const bool kept = std::any_of(forks_.begin(), forks_.end(),
                                  [&](const Signed& fork) { return fork.hash == message.hash; });
    if (!kept && forks_.size() < limits::trade_forks_max) forks_.push_back(message);
}

Outcome Machine::add(const Signed& message) {
    if (message.message.trade != trade_) return Outcome::refused;
    if (step_with(message.hash)) return Outcome::known;
    const Outcome outcome = place(message);
    while (process_waiting()) {
    }
    if (outcome == Outcome::waiting && step_with(message.hash)) return Outcome::processed;
    return outcome;
}

// Everything waits first: what it needs may be here already.
Outcome Machine::place(const Signed& message) {
    const base::PublisherKey& sender = message.message.sender;
    if (steps_.size() + waiting_.size() >= limits::trade_messages_max ||
        bytes_ + message.bytes.size() > limits::trade_bytes_max)
        return Outcome::refused;
    const auto role = role_of(sender);
    if (role && message.message.number <= count(*role)) {
        keep_fork(message);
        return Outcome::forked;
    }
    if (!role && state_.confirmed) return Outcome::refused;
    const auto before = waiting_.find({sender, message.message.number});
    if (before != waiting_.end()) {
        if (before->second.hash == message.hash) return Outcome::known;
        keep_fork(message);
        return Outcome::forked;
    }
    const bool next = role && message.message.number == count(*role) + 1;
    // The one that the others wait for has always room.
    const bool first = message.message.move.kind == MoveKind::take && message.message.number == 1;
    if (!next && !first && waiting_.size() >= waiting_max_) return Outcome::refused;
    waiting_.emplace(std::pair(sender, message.message.number), message);
    bytes_ += message.bytes.size();
    return Outcome::waiting;
}

Machine::Ready Machine::ready(const Signed& message) const {
    const Message& in = message.message;
    if (!maker_) return in.move.kind == MoveKind::take && in.number == 1 ? Ready::yes : Ready::later;
    const auto role = role_of(in.sender);
    if (!role || in.number != count(*role) + 1) return Ready::later;
    const auto& chain = chains_[index(*role)];
    if (!chain.empty() && in.previous != steps_[chain.back()].message.hash) return Ready::forked;
    for (const Seen& seen : in.seen) {
        const auto who = role_of(seen.who);
        if (!who || seen.number > count(*who)) return Ready::later;
    }
    if (in.move.kind == MoveKind::ruling && *role == Role::arbiter && !step_with(*in.move.answers))
        return Ready::later;
    return Ready::yes;
}

bool Machine::process_waiting() {
    for (auto at = waiting_.begin(); at != waiting_.end(); ++at) {
        const auto role = role_of(at->second.message.sender);
        const bool stranger = !role && state_.confirmed;
        const bool taken = role && at->second.message.number <= count(*role);
        const Ready now = ready(at->second);
        if (now == Ready::later && !stranger && !taken) continue;
        const Signed message = std::move(at->second);
        waiting_.erase(at);
        if (now == Ready::yes) {
            process(message);
        } else {
            bytes_ -= message.bytes.size();
            if (!stranger) keep_fork(message);
        }
        return true;
    }
    return false;
}

void Machine::process(const Signed& message) {
    const Move& move = message.message.move;
    if (!maker_) {
        maker_ = move.offer->header.publication()->publisher;
        taker_ = message.message.sender;
    }
    const Role by = *role_of(message.message.sender);
    const State seen = state_seen_by(message.message, by);
    Step step{message, by, judge(message, by, seen), Closing::open};
    if (!step.problem) {
        if (move.kind == MoveKind::close) step.closing = closing_in(seen, by);
        take_effect(state_, by, move, message.hash, step.closing);
    }
    chains_[index(by)].push_back(steps_.size());
    steps_.push_back(std::move(step));
}

std::optional<std::string> Machine::seen_problem(const Signed& message, Role by) const {
    for (const Seen& seen : message.message.seen) {
        const Role who = *role_of(seen.who);
        if (steps_[chains_[index(who)][seen.number - 1]].message.hash != seen.hash)
            return "its sender claims to have seen what the other never sent";
    }
    const auto& chain = chains_[index(by)];
    if (chain.empty()) return std::nullopt;
    for (const Seen& before : steps_[chain.back()].message.message.seen) {
        const auto& now = message.message.seen;
        const bool kept = std::any_of(now.begin(), now.end(), [&](const Seen& seen) {
            return seen.who == before.who && seen.number >= before.number;
        });
        if (!kept) return "its sender claims to have seen less than before";
    }
    return std::nullopt;
}

std::optional<std::string> Machine::judge(const Signed& message, Role by, const State& seen) const {
    const Move& move = message.message.move;
    if (auto problem = seen_problem(message, by)) return problem;
    if (auto problem = move_problem(seen, by, move)) return problem;
    if (move.terms && move.terms->arbiter) {
        const base::PublisherKey& arbiter = move.terms->arbiter->persona;
        if (arbiter == maker_ || arbiter == taker_) return "the arbiter is a third, neither maker nor taker";
    }
    if (move.token && !token_holds(message.message)) return "it does not sign the token for the ratings";
    if (move.kind == MoveKind::ruling) {
        const Step* dispute = step_with(*move.answers);
        if (!dispute || dispute->problem || dispute->message.message.move.kind != MoveKind::dispute)
            return "it rules on something that is no dispute";
    }
    return std::nullopt;
}

bool Machine::token_holds(const Message& message) const {
    return item::token_is_signed(rating_token(trade_, *maker_, *taker_), network_, message.sender,
                                 *message.move.token);
}

State Machine::state_seen_by(const Message& message, Role by) const {
    std::uint32_t upto[3] = {0, 0, 0};
    upto[index(by)] = message.number - 1;
    for (const Seen& seen : message.seen)
        if (const auto who = role_of(seen.who)) upto[index(*who)] = seen.number;
    State out;
    for (const Step& step : steps_) {
        const Signed& each = step.message;
        if (step.problem || each.message.number > upto[index(step.by)]) continue;
        take_effect(out, step.by, each.message.move, each.hash, step.closing);
    }
    return out;
}

std::optional<std::string> Machine::problem(Role by, const Move& move) const {
    if (by == Role::arbiter) return "an arbiter's moves depend on the case, not on the trade";
    // Half of it stays free for what is on its way.
    const bool room = bytes_ < limits::trade_bytes_max / 2 &&
                      steps_.size() + 2 * limits::trade_unseen_max < limits::trade_messages_max;
    if (!room && move.kind == MoveKind::text) return "the trade has no room for more texts";
    if (lacks_own(by))
        return "the other side has seen messages of yours that are not here, as after an old backup; to go "
               "on would "
               "contradict them";
    if (count(by) >= seen_by(other(by), by) + limits::trade_unseen_max && move.kind != MoveKind::close)
        return "the other side has not seen your last " + std::to_string(limits::trade_unseen_max) +
               " messages yet";
    return move_problem(state_, by, move);
}

Message Machine::next(Role by) const {
    Message out;
    out.trade = trade_;
    if (const auto who = persona_of(by)) out.sender = *who;
    out.number = count(by) + 1;
    const auto last = [&](Role role) -> const Signed& { return steps_[chains_[index(role)].back()].message; };
    if (count(by) > 0) out.previous = last(by).hash;
    for (Role role : {Role::maker, Role::taker, Role::arbiter})
        if (role != by && count(role) > 0)
            out.seen.push_back({*persona_of(role), count(role), last(role).hash});
    return out;
}

std::uint32_t Machine::seen_by(Role who, Role sender) const {
    const auto& chain = chains_[index(who)];
    if (chain.empty()) return 0;
    for (const Seen& seen : steps_[chain.back()].message.message.seen)
        if (role_of(seen.who) == sender) return seen.number;
    return 0;
}

bool Machine::lacks_own(Role own) const {
    return !missing(own, 1).empty();
}

std::vector<std::uint32_t> Machine::missing(Role sender, std::size_t most) const {
    std::vector<std::uint32_t> out;
    const auto who = persona_of(sender);
    if (!who) return out;
    std::uint32_t highest = 0;
    for (const auto& [place, message] : waiting_) {
        if (place.first == *who) highest = std::max(highest, place.second);
        for (const Seen& seen : message.message.seen)
            if (seen.who == *who) highest = std::max(highest, seen.number);
    }
    for (std::uint32_t number = count(sender) + 1; number <= highest && out.size() < most; ++number)
        if (!waiting_.contains({*who, number})) out.push_back(number);
    return out;
}

}  // namespace hearsay::market::trade
