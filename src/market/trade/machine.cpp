#include "market/trade/machine.hpp"

#include <algorithm>

#include "base/limits/trades.hpp"

namespace hearsay::market::trade {
namespace {

namespace limits = base::limits;

constexpr std::size_t rooms = 4;  // of maker, taker and arbiter, and one of all others
constexpr std::size_t strangers = 3;

// What there may be any number of; of every other kind a side says one or two in a trade.
bool is_talk(MoveKind kind) {
    return kind == MoveKind::text || kind == MoveKind::pay_info || kind == MoveKind::counter;
}

// Among what waits in one room the lower ones stay. Of strangers nobody knows whose numbers count;
// but a Take tells.
std::uint32_t rank(std::size_t room, const Message& message) {
    if (room != strangers) return message.number;
    return message.move.kind == MoveKind::take ? 0 : 1;
}

}  // namespace

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
    for (const auto& [place, waits] : waiting_) out.push_back(waits.message);
    return out;
}

const Step* Machine::step_with(const Hash& hash) const {
    const auto at = std::find_if(steps_.begin(), steps_.end(),
                                 [&](const Step& step) { return step.message.hash == hash; });
    return at == steps_.end() ? nullptr : &*at;
}

const Step* Machine::step_at(Role by, std::uint32_t number) const {
    const auto& chain = chains_[index(by)];
    return number == 0 || number > chain.size()
               ? nullptr
               : &steps_[chain[number - 1]];  // total: chains name steps
}

void Machine::keep_fork(const Signed& message) {
    const base::PublisherKey& sender = message.message.sender;
    if (room_of(sender) == strangers) return;
    std::size_t kept = 0;
    for (const Signed& fork : forks_) {
        if (fork.hash == message.hash) return;
        kept += fork.message.sender == sender ? 1U : 0U;
    }
    if (kept < limits::trade_forks_of_sender_max && forks_.size() < limits::trade_forks_max)
        forks_.push_back(message);
}

Outcome Machine::add(const Signed& message) {
    if (message.message.trade != trade_ || structure_problem(message.message))
        return Outcome::refused;
    if (step_with(message.hash)) return Outcome::known;
    const Outcome outcome = place(message);
    while (process_waiting()) {
    }
    if (outcome != Outcome::waiting) return outcome;
    if (step_with(message.hash)) return Outcome::processed;
    // What it waits behind may just have told that there is no room for it.
    const auto kept = waiting_.find({message.message.sender, message.message.number});
    return kept == waiting_.end() ? Outcome::refused : Outcome::waiting;
}

std::size_t Machine::room_of(const base::PublisherKey& sender) const {
    if (sender == maker_) return index(Role::maker);
    if (sender == taker_) return index(Role::taker);
    const bool named = state_.terms.arbiter && state_.terms.arbiter->persona == sender;
    return named || sender == keeper_.arbiter ? index(Role::arbiter) : strangers;
}

bool Machine::is_within_quota(Role by, const Signed& message) const {
    return message.message.number <= keeper_.messages_max &&
           bytes_[index(by)] + message.bytes.size() <= keeper_.bytes_max;
}

// The highest numbers go until the rest fits; of equal ones the latest.
void Machine::trim(std::size_t room) {
    while (true) {
        std::size_t count = 0;
        std::size_t bytes = room == strangers ? 0 : bytes_[room];  // total: a role's
        auto last = waiting_.end();
        for (auto at = waiting_.begin(); at != waiting_.end(); ++at) {
            const Message& message = at->second.message.message;
            if (room_of(message.sender) != room) continue;
            ++count;
            bytes += at->second.message.bytes.size();
            const auto worth = [&](const Waiting& waits) {
                return std::pair(rank(room, waits.message.message), waits.arrived);
            };
            if (last == waiting_.end() || worth(at->second) > worth(last->second)) last = at;
        }
        const bool fits = count <= keeper_.waiting_max && bytes <= keeper_.bytes_max;
        if (fits || last == waiting_.end()) return;
        waiting_.erase(last);
    }
}

// What was processed may have told who somebody is.
void Machine::trim() {
    for (std::size_t room = 0; room < rooms; ++room) trim(room);
}

// Everything waits first: what it needs may be here already.
Outcome Machine::place(const Signed& message) {
    const base::PublisherKey& sender = message.message.sender;
    const auto role = role_of(sender);
    if (role && message.message.number <= count(*role)) {
        keep_fork(message);
        return Outcome::forked;
    }
    const std::size_t room = room_of(sender);
    if (room == strangers && state_.confirmed) return Outcome::refused;
    const std::pair at(sender, message.message.number);
    const auto before = waiting_.find(at);
    if (before != waiting_.end()) {
        if (before->second.message.hash == message.hash) return Outcome::known;
        keep_fork(message);
        return Outcome::forked;
    }
    waiting_.emplace(at, Waiting{message, arrivals_++});
    trim(room);
    return waiting_.contains(at) ? Outcome::waiting : Outcome::refused;
}

Machine::Ready Machine::ready(const Signed& message) const {
    const Message& in = message.message;
    if (!maker_)
        return in.move.kind == MoveKind::take && in.number == 1 ? Ready::yes : Ready::later;
    const auto role = role_of(in.sender);
    if (!role || in.number != count(*role) + 1) return Ready::later;
    if (const Step* last = last_step(*role); last && in.previous != last->message.hash)
        return Ready::forked;
    for (const Seen& seen : in.seen) {
        const auto who = role_of(seen.who);
        if (!who || seen.number > count(*who)) return Ready::later;
    }
    return Ready::yes;
}

bool Machine::process_waiting() {
    for (auto at = waiting_.begin(); at != waiting_.end(); ++at) {
        const Signed& waits = at->second.message;
        const auto role = role_of(waits.message.sender);
        const bool stranger = state_.confirmed && room_of(waits.message.sender) == strangers;
        const bool taken = role && waits.message.number <= count(*role);
        const Ready now = ready(waits);
        if (now == Ready::later && !stranger && !taken) continue;
        const Signed message = waits;
        waiting_.erase(at);
        if (now != Ready::yes)
            keep_fork(message);
        else if (!role || is_within_quota(*role, message))
            process(message);
        return true;
    }
    return false;
}

// Of what is ready(): its sender has a role.
void Machine::process(const Signed& message) {
    const Move& move = message.message.move;
    if (!maker_) {
        maker_ = maker_in(move);
        if (maker_) slot_ = move.offer->header.publication()->slot;
        taker_ = message.message.sender;
    }
    const auto by = role_of(message.message.sender);
    if (!by) return;
    const State seen = state_seen_by(message.message, *by);
    Step step{message, *by, judge(message, *by, seen), Closing::open};
    if (!step.problem) {
        if (move.kind == MoveKind::close) step.closing = closing_in(seen, *by);
        take_effect(state_, *by, move, message.hash, step.closing);
    }
    chains_[index(*by)].push_back(steps_.size());
    bytes_[index(*by)] += message.bytes.size();
    steps_.push_back(std::move(step));
    trim();
}

std::optional<std::string> Machine::seen_problem(const Signed& message, Role by) const {
    for (const Seen& seen : message.message.seen) {
        const auto who = role_of(seen.who);
        const Step* const named = who ? step_at(*who, seen.number) : nullptr;
        if (!named || named->message.hash != seen.hash)
            return "its sender claims to have seen what the other never sent";
    }
    const Step* const last = last_step(by);
    if (!last) return std::nullopt;
    for (const Seen& before : last->message.message.seen) {
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
    if (move.mailbox && !keeper_.checks.is_usable(*move.mailbox))
        return "it names a mailbox that nobody can write to";
    if (move.terms && move.terms->arbiter) {
        const Arbiter& arbiter = *move.terms->arbiter;
        if (arbiter.persona == maker_ || arbiter.persona == taker_)
            return "the arbiter is a third, neither maker nor taker";
        if (!keeper_.checks.is_usable(arbiter.mailbox))
            return "it names a mailbox of the arbiter that nobody can write to";
    }
    if (move.token && !token_holds(message.message))
        return "it does not sign the tokens for the ratings";
    return std::nullopt;
}

bool Machine::token_holds(const Message& message) const {
    if (!maker_ || !taker_ || !slot_ || !message.move.token) return false;
    const TokenSignatures& signatures = *message.move.token;
    const auto holds = [&](const item::Token& token, const crypto::Signature& signature) {
        return keeper_.checks.token_is_signed(token, network_, message.sender, signature);
    };
    return holds(rating_token(trade_, *maker_, *taker_), signatures.partner) &&
           holds(thing_token(trade_, *maker_, *taker_, *slot_), signatures.thing);
}

State Machine::state_seen_by(const Message& message, Role by) const {
    std::uint32_t upto[3] = {0, 0, 0};
    upto[index(by)] = message.number - 1;
    for (const Seen& seen : message.seen)
        if (const auto who = role_of(seen.who)) upto[index(*who)] = seen.number;
    State out;
    const Move* proposal = nullptr;  // the last
    for (const Step& step : steps_) {
        const Signed& each = step.message;
        if (step.problem || each.message.number > upto[index(step.by)]) continue;
        take_effect_but_terms(out, step.by, each.message.move, each.hash, step.closing);
        if (is_proposal(each.message.move.kind)) proposal = &each.message.move;
    }
    if (proposal) out.terms = proposal->terms.value_or(Terms{});
    return out;
}

std::optional<std::string> Machine::problem(Role by, const Move& move) const {
    if (by == Role::arbiter) return "an arbiter's moves depend on the case, not on the trade";
    if (is_stuck(by))
        return "you have signed messages that are not here, as after an old backup; to go on would "
               "contradict "
               "them";
    const std::uint32_t needed = is_talk(move.kind) ? 1 + limits::trade_moves_reserved : 1;
    if (!has_room(by, needed)) return "the trade has no room for more of your messages";
    if (count(by) >= seen_by(other(by), by) + limits::trade_unseen_max && is_talk(move.kind))
        return "the other side has not seen your last " + std::to_string(limits::trade_unseen_max) +
               " messages yet";
    return move_problem(state_, by, move);
}

Message Machine::next(Role by) const {
    Message out;
    out.trade = trade_;
    if (const auto who = persona_of(by)) out.sender = *who;
    out.number = count(by) + 1;
    if (const Step* last = last_step(by)) out.previous = last->message.hash;
    for (Role role : {Role::maker, Role::taker, Role::arbiter}) {
        const Step* const last = role == by ? nullptr : last_step(role);
        if (last)
            out.seen.push_back({last->message.message.sender, count(role), last->message.hash});
    }
    return out;
}

std::uint32_t Machine::seen_by(Role who, Role sender) const {
    const Step* const last = last_step(who);
    if (!last) return 0;
    for (const Seen& seen : last->message.message.seen)
        if (role_of(seen.who) == sender) return seen.number;
    return 0;
}

bool Machine::has_room(Role by, std::uint32_t messages) const {
    return count(by) + messages <= keeper_.messages_max &&
           bytes_[index(by)] + messages * keeper_.message_bytes_max <= keeper_.bytes_max;
}

bool Machine::lacks_own(Role own) const {
    const auto who = persona_of(own);
    return std::any_of(waiting_.begin(), waiting_.end(),
                       [&](const auto& waits) { return waits.first.first == who; });
}

bool Machine::is_claimed_more(Role own) const {
    return !missing(own, 1).empty();
}

std::vector<std::uint32_t> Machine::missing(Role sender, std::size_t most) const {
    std::vector<std::uint32_t> out;
    const auto who = persona_of(sender);
    if (!who) return out;
    std::uint32_t highest = 0;
    for (const auto& [place, waits] : waiting_) {
        if (place.first == *who) highest = std::max(highest, place.second);
        for (const Seen& seen : waits.message.message.seen)
            if (seen.who == *who) highest = std::max(highest, seen.number);
    }
    for (std::uint32_t number = count(sender) + 1; number <= highest && out.size() < most; ++number)
        if (!waiting_.contains({*who, number})) out.push_back(number);
    return out;
}

}  // namespace hearsay::market::trade
