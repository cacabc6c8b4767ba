// market/trade/machine.hpp - a trade as the set of its messages: which of them count,
// in which state that leaves it.
//
// Rules:
//   1. Each sender's messages are processed in the order of their numbers, each after all that its
//      sender had seen. What comes too early waits, within bounds; what waits is taken up as soon
//      as it can be. Each participant has room of its own, so nobody uses up another's:
//      trade_sender_messages_max and trade_sender_bytes_max bound its chain, for everybody alike;
//      what waits is bounded beside, and a lower number drives out a higher one. All strangers
//      together have as much as one participant: before the Take is here everybody is a stranger.
//   2. A message is judged by the state that its sender saw: its own messages before it, and of the
//      others those up to its `seen`. So every participant judges it alike, whatever came to it
//      first, and both sides end in one state.
//   3. What was not allowed stays in the trade, is shown with the reason, and changes nothing.
//   4. The same message again is nothing new. Another message with a number that is taken is a
//      fork: the first one that was processed counts, the other is kept as a proof, since its
//      sender signed both. So is one that continues another chain. A partner that forks contradicts
//      itself, and cannot change what our side has processed; who asks an arbiter shows it both.
//   5. The first message is the Take; its offer says who the maker is, its signature who the taker.
//      The arbiter is the one that the last proposal names. Nobody else has a say. What it rules
//      counts from the Confirm on, whichever Dispute it answers: a side could keep that one back.
//   6. A message that names what its sender cannot have seen (another hash, less than before)
//      counts as not allowed.
//   7. That another one claims to have seen a message of ours which is not here proves nothing: it
//      may lie, to stop us. A message that we signed proves it, and after a restoration from a
//      backup the claim is believed.
//   8. What add() is given may be anything that has the type of a message, read or not: what has a
//      structure_problem() is refused. A number from a message names a step only by way of
//      step_at(), which knows how many there are.
// The state is a function of the set of processed messages. Time: the square of their number,
// which is bounded.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/limits/trades.hpp"
#include "market/mail/letter.hpp"
#include "market/trade/state.hpp"

namespace hearsay::market::trade {

enum class Outcome {
    processed,
    waiting,  // for an earlier one
    known,    // processed, or waiting already
    forked,   // it contradicts one that was processed
    refused,  // of another trade, by a stranger or no message at all; or its sender's room is full
};

struct Step {
    Signed message;
    Role by = Role::taker;
    std::optional<std::string> problem;  // why it was not allowed
    Closing closing = Closing::open;
};

// What a machine asks of cryptography. A fuzz target answers by itself, thousands of times a
// second.
struct Checks {
    bool (*is_usable)(const base::MailboxKey& mailbox) = &market::is_usable;
    bool (*token_is_signed)(const item::Token& token, item::Network network,
                            const base::PublisherKey& by,
                            const crypto::Signature& signature) = &item::token_is_signed;
};

// Whose machine it is, as far as it matters.
struct Keeper {
    // An arbiter's persona: what it says itself has room even while nothing shows yet that it is
    // the arbiter.
    std::optional<base::PublisherKey> arbiter{};
    // Of each sender. An arbiter, who is shown pieces, lets more of them wait.
    std::size_t waiting_max = base::limits::trade_waiting_max;
    // It was restored: its keeper may have said what is not here.
    bool from_backup = false;
    // Of each sender's chain; only tests give less.
    std::uint32_t messages_max = base::limits::trade_sender_messages_max;
    std::size_t bytes_max = base::limits::trade_sender_bytes_max;
    std::size_t message_bytes_max = base::limits::trade_message_bytes_max;
    Checks checks{};
};

class Machine {
public:
    Machine(const TradeId& trade, item::Network network, const Keeper& keeper = {})
        : trade_(trade), network_(network), keeper_(keeper) {}

    // Processes it, and what waited for it.
    Outcome add(const Signed& message);

    const TradeId& trade() const { return trade_; }
    const State& state() const { return state_; }
    const std::vector<Step>& steps() const {
        return steps_;
    }  // in the order in which they were processed here
    std::vector<Signed> waiting() const;
    const std::vector<Signed>& forks() const { return forks_; }
    // Known once the Take is processed.
    const std::optional<base::PublisherKey>& maker() const { return maker_; }
    const std::optional<base::PublisherKey>& taker() const { return taker_; }
    // The slot of the offer that was taken.
    const std::optional<base::Slot>& slot() const { return slot_; }
    std::optional<Role> role_of(const base::PublisherKey& who) const;
    std::optional<base::PublisherKey> persona_of(Role role) const;
    // The mailbox that a side last named in its moves.
    std::optional<base::MailboxKey> mailbox_of(Role role) const;

    // Of a side, not of the arbiter (case.hpp): why `by`, who knows all that is processed here,
    // may not move so now; or nothing.
    std::optional<std::string> problem(Role by, const Move& move) const;
    // A message by this role, to be signed and added; its move is still empty.
    // Times are the caller's.
    Message next(Role by) const;
    // How many of the sender's messages the other one has seen.
    std::uint32_t seen_by(Role who, Role sender) const;
    std::uint32_t count(Role by) const {
        return static_cast<std::uint32_t>(chains_[index(by)].size());
    }
    // This role has signed messages that are not processed here: it was restored from an old copy.
    bool lacks_own(Role own) const;
    // Somebody says to have seen more of this role's messages than there are here.
    bool is_claimed_more(Role own) const;
    bool is_from_backup() const { return keeper_.from_backup; }
    // So this role can say nothing more without contradicting itself, until they come.
    bool is_stuck(Role own) const {
        return lacks_own(own) || (keeper_.from_backup && is_claimed_more(own));
    }
    // Whether there is room for so many more messages of this role, each of the largest size.
    bool has_room(Role by, std::uint32_t messages) const;
    // Numbers of this sender that are neither processed nor waiting, up to the highest heard of;
    // at most `most`.
    std::vector<std::uint32_t> missing(Role sender, std::size_t most) const;

private:
    static std::size_t index(Role role) { return static_cast<std::size_t>(role); }
    enum class Ready { yes, later, forked };
    Ready ready(const Signed& message) const;
    Outcome place(const Signed& message);
    std::size_t room_of(const base::PublisherKey& sender) const;
    bool is_within_quota(Role by, const Signed& message) const;
    void trim(std::size_t room);
    void trim();
    void process(const Signed& message);
    bool process_waiting();
    std::optional<std::string> seen_problem(const Signed& message, Role by) const;
    std::optional<std::string> judge(const Signed& message, Role by, const State& seen) const;
    State state_seen_by(const Message& message, Role by) const;
    bool token_holds(const Message& message) const;
    const Step* step_with(const Hash& hash) const;
    // Nothing if this role has not so many.
    const Step* step_at(Role by, std::uint32_t number) const;
    const Step* last_step(Role by) const { return step_at(by, count(by)); }
    void keep_fork(const Signed& message);

    struct Waiting {
        Signed message;
        std::uint64_t arrived = 0;
    };

    TradeId trade_;
    item::Network network_;
    Keeper keeper_;
    std::optional<base::PublisherKey> maker_;
    std::optional<base::PublisherKey> taker_;
    std::optional<base::Slot> slot_;
    State state_;
    std::vector<Step> steps_;
    std::vector<std::size_t> chains_[3];  // of each role, in steps_
    std::size_t bytes_[3] = {0, 0, 0};    // of each chain
    std::map<std::pair<base::PublisherKey, std::uint32_t>, Waiting> waiting_;
    std::uint64_t arrivals_ = 0;
    std::vector<Signed> forks_;
};

}  // namespace hearsay::market::trade
