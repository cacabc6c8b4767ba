// Any bytes as a trade's letter and message; and the input as a script of moves, allowed or not, by three participants,
// that reach two observers in any order, doubled, forked or never. What was agreed stays agreed, a replay of what was
// processed gives the same state, and two observers who processed the same messages are in one state.
#include <algorithm>
#include <set>

#include "base/ensure.hpp"
#include "base/limits/trades.hpp"
#include "market/trade/case.hpp"
#include "unit/item/samples.hpp"

namespace hearsay::market::trade {
namespace {

base::Secret seed_of(Role role) {
    return samples::filled<base::Secret>(static_cast<std::uint8_t>(11 * (1 + static_cast<int>(role))));
}
base::PublisherKey key_of(Role role) {
    static const base::PublisherKey keys[] = {samples::persona(11), samples::persona(22),
                                              samples::persona(33)};
    return keys[static_cast<std::size_t>(role)];
}
const item::ReadPtr& offer() {
    static const item::ReadPtr made = [] {
        samples::Wish wish;
        wish.persona = 11;
        return samples::accepted(samples::offer({"Bicycle", "", "", "", {}}, wish));
    }();
    return made;
}
const TradeId& trade() {
    static const TradeId id = trade_id(*offer(), key_of(Role::taker), Nonce{});
    return id;
}

void check_bytes(base::ByteView bytes) {
    (void)read_letter(bytes);
    const auto message = read(bytes, samples::network, Proof::known);
    if (!message) return;
    ENSURE(message->message.number > 0 && !shape_problem(message->message.move),
           "a shape that is none was read");
    const auto again = read(write(*message), samples::network, Proof::known);
    ENSURE(again && again->hash == message->hash, "a message changed");
    Machine machine(message->message.trade, samples::network);
    (void)machine.add(*message);
    (void)build_case(machine, message->message.sender);
}

Move move_for(MoveKind kind, Role by, const State& state, std::uint8_t extra) {
    Move move;
    move.kind = kind;
    if (kind == MoveKind::take || kind == MoveKind::counter) {
        move.terms = Terms{"", "", "", static_cast<Ships>(extra % 3), std::nullopt};
        if (extra & 4)
            move.terms->arbiter =
                Arbiter{key_of(static_cast<Role>(extra / 8 % 3)), samples::filled<base::MailboxKey>(9)};
        move.offer = offer();
    }
    move.mailbox = samples::filled<base::MailboxKey>(40);
    if (extra & 16) move.mailbox = base::MailboxKey{};  // nobody can write to it
    move.answers = kind == MoveKind::confirm  ? state.accept.value_or(Hash{})
                   : kind == MoveKind::ruling ? state.sides[extra % 2].dispute.value_or(Hash{})
                                              : state.proposal.value_or(Hash{});
    const item::Token token = rating_token(trade(), key_of(Role::maker), key_of(Role::taker));
    move.token = crypto::ed25519_sign(seed_of(by), item::token_message(token, samples::network));
    return move;
}

class Script {
public:
    void play(base::ByteView script) {
        for (std::size_t at = 0; at + 1 < script.size(); at += 2) {
            if (script[at] % 2 == 0)
                act(static_cast<Role>(script[at] / 2 % 3), every_move[script[at] / 6 % std::size(every_move)],
                    script[at + 1]);
            else if (!sent_.empty())
                deliver(observers_[script[at] / 2 % 2], sent_[script[at + 1] % sent_.size()]);
        }
        const auto processed = [](const Machine& machine) {
            std::set<Hash> out;
            for (const Step& step : machine.steps()) out.insert(step.message.hash);
            return out;
        };
        if (processed(observers_[0]) == processed(observers_[1]))
            ENSURE(observers_[0].state() == observers_[1].state(), "one set of messages, two states");
        for (const Machine& machine : observers_) check_replay(machine);
    }

private:
    // Its sender knows what the first observer knows; a fork does not know its own last message.
    void act(Role by, MoveKind kind, std::uint8_t extra) {
        if (sent_.size() >= 60) return;
        Message message = observers_[0].next(by);
        message.trade = trade();
        message.sender = key_of(by);
        if (extra & 64) message.seen.clear();
        if (extra & 128) message.number += extra % 3;
        if (message.number > 1 && !message.previous) message.previous = Hash{};
        message.move = move_for(kind, by, observers_[0].state(), extra);
        const auto made = sign(message, samples::network, seed_of(by));
        const auto arrived = made ? read(write(*made), samples::network) : std::unexpected(std::string());
        if (!arrived) return;
        sent_.push_back(*arrived);
        if (!(extra & 32)) deliver(observers_[0], sent_.back());
    }
    void deliver(Machine& machine, const Signed& message) {
        const State before = machine.state();
        const std::size_t steps = machine.steps().size();
        const Outcome outcome = machine.add(message);
        const State& after = machine.state();
        ENSURE(!before.confirmed ||
                   (after.confirmed && after.terms == before.terms && after.accept == before.accept),
               "what was agreed changed");
        ENSURE(!is_over(before.phase()) || is_over(after.phase()), "what was over went on");
        ENSURE(outcome == Outcome::processed || machine.steps().size() == steps, "processed without a word");
        ENSURE(machine.waiting().size() <= 4 * base::limits::trade_waiting_max, "too much waits");
    }
    static void check_replay(const Machine& machine) {
        Machine again(trade(), samples::network);
        for (const Step& step : machine.steps())
            ENSURE(again.add(step.message) == Outcome::processed, "what was processed is not, a second time");
        ENSURE(again.state() == machine.state(), "a replay gives another state");
    }

    Machine observers_[2]{{trade(), samples::network}, {trade(), samples::network}};
    std::vector<Signed> sent_;
};

}  // namespace
}  // namespace hearsay::market::trade

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace hearsay::market::trade;
    if (size == 0) return 0;
    const hearsay::base::ByteView rest{data + 1, size - 1};
    if (data[0] % 2 == 0)
        check_bytes(rest);
    else
        Script().play(rest.first(std::min<std::size_t>(rest.size(), 400)));
    return 0;
}
