// fuzz: max_len=600
// A trade between hostile people. The input is a script: somebody writes a message, as its own node
// would or with lies in any field, and any message reaches any of three nodes - the maker's, the
// taker's, the arbiter's - early, late, twice or never. No signature is made or checked
// (Proof::known; Keeper's checks): lies are cheap here, as they are for a liar.
//
//   reading    what is read is what the protocol calls a message, and is written again as it came
//   machine    each node is, after each message, where the model is (fuzz/trade_model.hpp): what
//              was processed in which order, by whom, which of it was allowed, what waits, what is
//              kept as a fork, in which phase it stands
//   unread     what read() throws away is refused by a machine that gets it all the same
//   agreement  what both agreed on never changes again; what is over stays over
//   replay     what was processed, processed again, gives the same state; two nodes with one set
//              are in one state
//   moves      a move that a machine calls possible is processed and allowed when it is made
//   case       an arbiter has a case if and only if the messages for it are among what it was shown
#include <map>

#include <google/protobuf/stubs/logging.h>

#include "base/ensure.hpp"
#include "fuzz/market_input.hpp"
#include "fuzz/trade_model.hpp"
#include "market/trade/case.hpp"
#include "market/trade/message_wire.hpp"
#include "trade.pb.h"
#include "unit/item/samples.hpp"

namespace hearsay::fuzz {
namespace {

using market::trade::every_move;
using market::trade::Machine;
using market::trade::Terms;

constexpr std::uint8_t maker_seed = 11;
constexpr std::size_t messages_most = 48;

const base::PublisherKey& persona(std::size_t who) {
    // Maker, taker, arbiter, another who might be one, and somebody else.
    static const base::PublisherKey keys[] = {
        samples::persona(maker_seed), filled<base::PublisherKey>(22),
        filled<base::PublisherKey>(33), filled<base::PublisherKey>(44),
        filled<base::PublisherKey>(0)};
    return keys[who % std::size(keys)];
}
const item::ReadPtr& offer() {
    static const item::ReadPtr made = [] {
        samples::Wish wish;
        wish.persona = maker_seed;
        return samples::accepted(samples::offer({"Bicycle", "", "", "", {}}, wish));
    }();
    return made;
}
const market::trade::TradeId& trade() {
    static const market::trade::TradeId id = trade_id(*offer(), persona(1), market::trade::Nonce{});
    return id;
}

// Stand-ins for X25519 and Ed25519: a mailbox of zeros is unusable, a signature of zeros is wrong.
Keeper keeper(std::size_t node) {
    Keeper out;
    out.checks.is_usable = [](const base::MailboxKey& key) { return key != base::MailboxKey{}; };
    out.checks.token_is_signed = [](const item::Token&, item::Network, const base::PublisherKey&,
                                    const crypto::Signature& token) {
        return token != crypto::Signature{};
    };
    // Small, so that a short script reaches the bounds.
    out.waiting_max = 4;
    out.messages_max = 12;
    out.message_bytes_max = 600;
    out.bytes_max = 12000;
    if (node == 2) out.arbiter = persona(2);
    return out;
}

base::Bytes wire_of(const Message& message) {
    wire::TradeMessage inner = to_wire(message);
    inner.set_network(static_cast<std::uint32_t>(samples::network));
    wire::SignedTradeMessage outer;
    outer.set_message(inner.SerializeAsString());
    outer.set_signature(std::string(crypto::Signature::size, 's'));
    return base::to_bytes(outer.SerializeAsString());
}

void check_bytes(base::ByteView bytes) {
    if (const auto letter = market::trade::read_letter(bytes)) {
        const auto again = market::trade::read_letter(market::trade::write_letter(*letter));
        ENSURE(again && again->messages == letter->messages && again->arbiter == letter->arbiter,
               "a letter changed");
        ENSURE(!letter->messages.empty() && letter->messages.size() <= 64,
               "a letter of too many messages");
    }
    const auto message = market::trade::read(bytes, samples::network, market::trade::Proof::known);
    if (!message) return;
    ENSURE(is_message(message->message), "what is no message was read");
    const auto again = market::trade::read(market::trade::write(*message), samples::network,
                                           market::trade::Proof::known);
    ENSURE(again && again->hash == message->hash && again->bytes == message->bytes,
           "a message changed");
    Machine machine(message->message.trade, samples::network);
    (void)machine.add(*message);
    (void)build_case(machine, message->message.sender);
}

struct Node {
    Machine machine;
    TradeModel model;
    std::vector<Signed> agreement{};  // an arbiter's, kept apart as the market does
};

class Script {
public:
    void play(Input& in) {
        for (std::size_t node = 0; node < 3; ++node)
            nodes_.push_back({Machine(trade(), samples::network, keeper(node)),
                              TradeModel(trade(), keeper(node))});
        while (!in.is_empty()) {
            if (in.byte() % 2 == 0)
                write(in);
            else if (!sent_.empty())
                deliver(in.below(nodes_.size()), sent_[in.below(sent_.size())]);
        }
        for (const Node& node : nodes_) {
            compare(node);
            check_replay(node.machine);
            check_moves(node.machine, sent_.size());
        }
        check_case(nodes_[2]);
        check_same_set(nodes_[0].machine, nodes_[1].machine);
    }

private:
    // The next message of its sender's node, with as many lies as the script asks for.
    void write(Input& in) {
        if (sent_.size() >= messages_most) return;
        const std::size_t who = in.below(5);
        const std::size_t node = in.below(nodes_.size());
        const Machine& machine = nodes_[node].machine;
        const Role role = who == 0 ? Role::maker : who == 1 ? Role::taker : Role::arbiter;
        Message message = machine.next(role);
        message.sender = persona(who);
        message.move = move(in, machine);
        const std::uint8_t lies = in.byte();
        if (lies & 1) lie_about_seen(in, message);
        if (lies & 2) message.number = static_cast<std::uint32_t>(in.below(12));
        if (lies & 4) message.number += in.one_in(4) ? 290 : 1;
        if (lies & 8) message.previous = hash(in);
        if (lies & 16) message.previous.reset();
        if (lies & 32) message.trade.data[0] ^= static_cast<std::uint8_t>(in.one_in(8));
        if (message.number > 1 && !message.previous && !(lies & 16)) message.previous = hash(in);
        post(message, node, !(lies & 64));
    }
    void lie_about_seen(Input& in, Message& message) {
        const std::size_t count = in.below(4);
        message.seen.resize(std::min(count, message.seen.size()));
        while (message.seen.size() < count)
            message.seen.push_back(
                {persona(in.below(5)), static_cast<std::uint32_t>(in.below(5)), hash(in)});
        if (count > 0 && in.one_in(8)) message.seen[0].number = in.word();
    }
    // Of a message that was written, or of none.
    Hash hash(Input& in) {
        const std::size_t place = in.below(sent_.size() + 1);
        return place == sent_.size() ? Hash{} : sent_[place].hash;
    }
    Move move(Input& in, const Machine& machine) {
        Move out;
        out.kind = in.choose(every_move);
        const std::uint8_t extra = in.byte();
        if (out.kind == MoveKind::take || out.kind == MoveKind::counter) {
            out.terms = Terms{"", "", "", static_cast<Ships>(extra % 3), std::nullopt};
            if (extra & 4)
                out.terms->arbiter = market::trade::Arbiter{
                    persona(in.below(5)),
                    filled<base::MailboxKey>(static_cast<std::uint8_t>(in.below(8)))};
            if (extra & 8) out.terms->give = in.flag() ? "tea" : "";
            if (extra & 16) out.terms->want = "tea";
        }
        if (out.kind == MoveKind::take) out.offer = offer();
        out.mailbox = filled<base::MailboxKey>(extra & 32 ? 0 : 40);
        const market::trade::State& state = machine.state();
        out.answers = out.kind == MoveKind::confirm ? state.accept : state.proposal;
        if (extra & 64 || !out.answers) out.answers = hash(in);
        const auto signature = [&] {
            return filled<crypto::Signature>(extra & 128 ? static_cast<std::uint8_t>(in.below(2))
                                                         : 1);
        };
        out.token = market::trade::TokenSignatures{signature(), signature()};
        if (out.kind == MoveKind::ruling)
            out.right = static_cast<market::trade::Finding>(extra % 3);
        if (out.kind == MoveKind::text) out.text = std::string(in.byte() * 10U, 'x');
        strip(in, out);
        return out;
    }
    // Left out now and then: what the kind needs.
    static void strip(Input& in, Move& out) {
        switch (in.below(32)) {
            case 28:
                out.terms.reset();
                break;
            case 29:
                out.mailbox.reset();
                break;
            case 30:
                out.answers.reset();
                break;
            case 31:
                out.offer = nullptr;
                break;
            default:
                break;
        }
    }
    void post(const Message& message, std::size_t node, bool to_own) {
        const auto read =
            market::trade::read(wire_of(message), samples::network, market::trade::Proof::known);
        const bool right_trade = message.move.kind != MoveKind::take ||
                                 (message.trade == trade() && message.sender == persona(1));
        const bool fit = is_message(message) && right_trade && message.move.text.size() <= 4096;
        ENSURE(read.has_value() == fit, "read() and the protocol disagree about what is a message");
        if (!read) return refuse_unread(message, node);
        ENSURE(market::trade::read(market::trade::write(*read), samples::network,
                                   market::trade::Proof::known)
                       ->hash == read->hash,
               "a message changed");
        for (const Signed& each : sent_)
            if (each.hash == read->hash) return;
        sent_.push_back(*read);
        if (to_own) deliver(node, sent_.back());
    }
    void refuse_unread(const Message& message, std::size_t node) {
        if (is_message(message)) return;  // of another trade
        Machine machine = nodes_[node].machine;
        const auto before = machine.state();
        Signed unread;
        unread.message = message;
        unread.bytes = base::Bytes(100);
        ENSURE(machine.add(unread) == Outcome::refused && machine.state() == before,
               "what is no message counts");
    }

    void deliver(std::size_t place, const Signed& message) {
        Node& node = nodes_[place];
        Machine& machine = node.machine;
        const market::trade::State before = machine.state();
        const std::size_t steps_before = machine.steps().size();
        if (place == 2) show_case(node, message);
        const Outcome outcome = machine.add(message);
        ENSURE(outcome == node.model.add(message),
               "machine and model differ in what became of a message");
        compare_steps(node, steps_before);
        const market::trade::State& after = machine.state();
        ENSURE(!before.confirmed ||
                   (after.confirmed && after.terms == before.terms &&
                    after.accept == before.accept && after.proposal == before.proposal),
               "what was agreed changed");
        ENSURE(!is_over(before.phase()) || is_over(after.phase()), "what was over went on");
    }
    static void compare(const Node& node) {
        const Machine& machine = node.machine;
        compare_steps(node, 0);
        const auto hashes = [](const std::vector<Signed>& messages) {
            std::set<Hash> out;
            for (const Signed& each : messages) out.insert(each.hash);
            return out;
        };
        ENSURE(hashes(machine.waiting()) == hashes(node.model.waiting()), "other messages wait");
        ENSURE(hashes(machine.forks()) == hashes(node.model.forks()), "other forks are kept");
    }
    static void compare_steps(const Node& node, std::size_t from) {
        const Machine& machine = node.machine;
        const auto& steps = node.model.steps();
        ENSURE(machine.steps().size() == steps.size(),
               "machine and model processed other messages");
        for (std::size_t i = from; i < steps.size(); ++i) {
            const market::trade::Step& step = machine.steps()[i];
            ENSURE(step.message.hash == steps[i].message.hash && step.by == steps[i].by,
                   "machine and model processed in another order");
            ENSURE(!step.problem == steps[i].allowed,
                   "machine and model differ in what is allowed");
            ENSURE(step.closing == steps[i].closing,
                   "machine and model differ in what a Close means");
        }
        ENSURE(machine.state().phase() == node.model.phase(),
               "machine and model are in two phases");
        ENSURE(node.model.is_as(machine.state()),
               "machine and model differ in terms, in who is right or in what was said");
    }

    // As Market::on_trade_letter does before the machine sees the message.
    static void show_case(Node& node, const Signed& message) {
        const MoveKind kind = message.message.move.kind;
        // no part of an agreement
        if (kind == MoveKind::text || kind == MoveKind::pay_info) return;
        if (node.agreement.empty())
            node.agreement = agreement_among(node.machine, {message}, persona(2));
    }
    static void check_case(const Node& node) {
        std::vector<Signed> all = node.agreement;
        for (const market::trade::Step& step : node.machine.steps()) all.push_back(step.message);
        for (const Signed& each : node.machine.waiting()) all.push_back(each);
        for (const Signed& each : node.machine.forks()) all.push_back(each);
        const market::trade::Case shown = build_case(node.machine, persona(2), node.agreement);
        ENSURE(!shown.problem(persona(2)) == proves_a_case(all),
               "a case without proof, or a proof without case");
        ENSURE(node.agreement.empty() || proves_an_agreement(node.agreement),
               "what was kept apart proves nothing");
        if (shown.problem(persona(2))) return;
        const Message next = shown.next(persona(2));
        ENSURE(shown.lacks_own || next.number == shown.own.size() + 1, "an arbiter lost count");
    }
    static bool proves_an_agreement(const std::vector<Signed>& all) { return is_proof(all, false); }
    static bool proves_a_case(const std::vector<Signed>& all) { return is_proof(all, true); }
    static bool is_proof(const std::vector<Signed>& all, bool with_dispute) {
        const auto any = [&](const auto& fits) { return std::ranges::any_of(all, fits); };
        const auto is_side = [](const Signed& each) {
            return each.message.sender == persona(0) || each.message.sender == persona(1);
        };
        const bool taken = any([](const Signed& each) {
            return each.message.move.kind == MoveKind::take && each.message.number == 1;
        });
        const bool disputed = any([&](const Signed& each) {
            return each.message.move.kind == MoveKind::dispute && is_side(each);
        });
        return taken && (disputed || !with_dispute) && any([&](const Signed& confirm) {
                   return confirm.message.move.kind == MoveKind::confirm && is_side(confirm) &&
                          any([&](const Signed& accept) {
                              return accept.hash == confirm.message.move.answers &&
                                     accept.message.move.kind == MoveKind::accept &&
                                     is_side(accept) &&
                                     accept.message.sender != confirm.message.sender &&
                                     any([&](const Signed& proposal) {
                                         const auto& terms = proposal.message.move.terms;
                                         return proposal.hash == accept.message.move.answers &&
                                                proposal.message.sender == confirm.message.sender &&
                                                terms && terms->arbiter &&
                                                terms->arbiter->persona == persona(2);
                                     });
                          });
               });
    }

    static void check_replay(const Machine& machine) {
        Machine again(trade(), samples::network, keeper(0));
        for (const market::trade::Step& step : machine.steps())
            ENSURE(again.add(step.message) == Outcome::processed,
                   "what was processed is not, a second time");
        ENSURE(again.state() == machine.state(), "a replay gives another state");
    }
    // Some of the kinds, others for each script: all of them would cost more than the script.
    static void check_moves(const Machine& machine, std::size_t which) {
        for (Role role : {Role::maker, Role::taker}) {
            if (!machine.persona_of(role)) continue;
            (void)machine.missing(role, 10);
            (void)machine.mailbox_of(role);
            for (std::size_t i = 0; i < 2; ++i) {
                const MoveKind kind =
                    every_move[(which + 5 * i + machine.steps().size()) % std::size(every_move)];
                Message message = machine.next(role);
                message.move.kind = kind;
                if (kind == MoveKind::counter) message.move.terms = Terms{};
                message.move.mailbox = filled<base::MailboxKey>(41);
                message.move.token = market::trade::TokenSignatures{filled<crypto::Signature>(1),
                                                                    filled<crypto::Signature>(1)};
                message.move.answers =
                    kind == MoveKind::confirm ? machine.state().accept : machine.state().proposal;
                if (kind == MoveKind::take || kind == MoveKind::ruling) continue;
                if (machine.problem(role, message.move)) continue;
                const auto made = market::trade::read(wire_of(message), samples::network,
                                                      market::trade::Proof::known);
                ENSURE(made.has_value(), "a possible move is no message");
                Machine after = machine;
                const Outcome outcome = after.add(*made);
                ENSURE(outcome == Outcome::processed || outcome == Outcome::known,
                       "a possible move waits");
                const auto at =
                    std::ranges::find_if(after.steps(), [&](const market::trade::Step& step) {
                        return step.message.hash == made->hash;
                    });
                ENSURE(at != after.steps().end() && !at->problem, "a possible move is not allowed");
            }
        }
    }
    static void check_same_set(const Machine& a, const Machine& b) {
        const auto processed = [](const Machine& machine) {
            std::set<Hash> out;
            for (const market::trade::Step& step : machine.steps()) out.insert(step.message.hash);
            return out;
        };
        if (processed(a) == processed(b))
            ENSURE(a.state() == b.state(), "one set of messages, two states");
    }

    std::vector<Node> nodes_;
    std::vector<Signed> sent_;
};

}  // namespace
}  // namespace hearsay::fuzz

// What is broken on purpose is judged, not printed.
[[maybe_unused]] static const auto printed_before = google::protobuf::SetLogHandler(nullptr);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace hearsay;
    if (size == 0) return 0;
    const base::ByteView rest{data + 1, size - 1};
    fuzz::Input in(rest);
    if (data[0] == 0)
        fuzz::check_bytes(rest);
    else
        fuzz::Script().play(in);
    return 0;
}
