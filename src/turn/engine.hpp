// turn/engine.hpp - one turn of a node: the core and the market think, what they want kept is
// committed, and only then is anything said. The one engine of the program and of the simulator:
// what the simulator proves of it, holds.
//
// What comes in waits until run(). A turn, in this order:
//
//    1. take      that lists say something else, if they do and the core lays aside what they hide;
//                 the core's inputs; TimerFired, if its deadline has passed (on_deadline()); of the
//                 workers' verdicts on items at most verdicts_a_turn_max
//    2. start     the market, if it is new, was told to, or knows what was never kept; from what is
//                 kept
//    3. think     the core steps input by input. What it wants kept is applied before its notices
//                 are heard and before the next step, so every step sees what the last one decided.
//                 The market hears the notices. What the market submits or recalls is stepped next,
//                 until neither has anything left to say
//    4. answers   of the market's workers, in the order in which they came, up to
//                 letters_a_turn_max letters
//    5. tick      of the market, if its moment has come
//    6. commands  of the user, in order: first what happened, then what is asked, so that answers
//                 show the latest
//    7. chores    a piece of each that the market wants: the search for mail, what watches look
//                 for, crypto-erasure, finding what is its own after a recovery
//    8. think     again, about what 2 and 4 to 7 wanted
//    9. commit    the vault's file, if keys changed; then the own store, durably; then the flood
//                 store
//   10. speak     what the core wants said, then what the market wants done
//   11. answer    the commands
//
// Why the commits come in this order is decision 3. A record never exists without its key; a mail
// that the flood store forgot is in the inbox; what a user was told is kept. A crash before 9
// forgets what was never acknowledged nor relayed. A crash after any of the three commits leaves a
// state from which the next start goes on (tests/unit/turn).
//
// When a commit fails, nothing of the turn is said. Commands get the error, unless the own store is
// already durable: told otherwise, people would ask again for what was done. The market starts anew
// at the next turn (2), because its memory knows what was never kept. A market that does not start
// is a commit that fails: nothing that it decides half loaded is kept. The core's memory is stale,
// too: the caller calls pause() and later resume(), or ends the engine.
//
// Paused, the core takes no step, and what is meant for it is forgotten. Commands are answered, so
// that the user sees what was kept; the market starts, ticks and searches. Keys are not erased and
// nothing is recovered: both are walks that build on what an earlier turn kept.
//
// Reading letters of strangers may end the process (decision 17). The Driver is told what is about
// to be read and when it is done: each letter until everything is decided (8), each record until
// the step that read it is over.
//
// Pure: no clock, no disk, no thread. Same inputs, moments, stores and seeds: same effects.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/error.hpp"
#include "core/node.hpp"
#include "market/market.hpp"
#include "turn/answers.hpp"
#include "turn/driver.hpp"
#include "turn/ports.hpp"
#include "turn/working.hpp"

namespace hearsay::turn {

// Twenty milliseconds of the caller's time. LMDB keeps the pages that the last two commits
// replaced, so larger ones cost disk (docs/benchmarks.md, disk-1m) and gain nothing. What waits is
// bounded by verifying_items_max.
inline constexpr std::size_t verdicts_a_turn_max = 1000;
// The market is looked after this often, and sooner if it has something to do sooner.
inline constexpr base::Millis tick_interval = std::chrono::seconds(60);

// One instant for a whole turn. In doubt (a clock that leaps, decision 15) the times by which the
// two live are others than the machine's clock.
struct Moment {
    base::Now instant;  // by the machine's clock
    base::WallTime core;
    base::WallTime market;
};
inline Moment moment_of(base::Now now) {
    return {now, now.wall, now.wall};
}

// What a command works with, and keeps nothing of: the market's turn and what is around it.
struct Context : market::Turn {
    base::Now instant;  // by the machine's clock
    market::Market& market;
    FloodTxn& flood_txn;
    market::OwnStore& all_kept;  // `store` with what is set aside
};

struct Outcome {
    std::optional<base::Error> failed;  // nothing was kept, or the own store alone
    bool own_kept = false;
    bool flood_damaged = false;  // `failed` is the flood store's, whose file is to be made anew
    bool again = false;          // something is left that needs another turn now
};

class Engine {
public:
    // Runs inside a turn. What it returns runs after the commits: with nothing, or with why it was
    // not kept.
    using Finish = std::function<void(const std::optional<base::Error>& failed)>;
    using Command = std::function<Finish(Context&)>;

    Engine();
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;
    ~Engine();

    // The core with nothing on its mind: it is for the caller to post what it is told first.
    // Verdicts for an earlier one are dropped.
    void begin_core(core::NodeOptions options);
    // Once. It starts in the next turn. Without a market nobody hears notices, and nobody may ask()
    // anything.
    void begin_market(market::Market market);
    // In the next turn it starts anew.
    void start_market(Knows knows);

    void pause() { paused_ = true; }
    void resume(core::NodeOptions options);
    bool is_paused() const { return paused_; }

    void post(core::Input input);
    void post(Answer answer);
    void ask(Command command);
    // Time has passed: true if the next turn has something to do for it. One timer serves both, or
    // one each.
    bool on_deadline(base::MonoTime now);
    bool on_core_deadline(base::MonoTime now);
    bool on_market_deadline(base::MonoTime now);

    Outcome run(const Moment& moment, const Stores& stores, Driver& driver);

    // When these are true next, if nothing else happens; base::never if nothing waits.
    base::MonoTime next_deadline() const { return std::min(core_deadline(), market_deadline()); }
    base::MonoTime core_deadline() const {
        return core_ && !paused_ ? core_->next_deadline() : base::never;
    }
    base::MonoTime market_deadline() const { return tick_at_; }

    const core::Node& core() const { return *core_; }
    bool has_market() const { return market_.has_value(); }
    market::Market& market() { return *market_; }
    const market::Market& market() const { return *market_; }

private:
    struct Turn;
    void take(Turn& turn);
    void start(Turn& turn);
    void think(Turn& turn);
    void judge(core::Input& input) const;
    void step(const core::Input& input, Turn& turn);
    void take_notice(const core::Notice& notice, Turn& turn);
    void submit_wishes(Turn& turn);
    void take_answers(Turn& turn);
    void take_answer(const Answer& answer, Turn& turn);
    void tick(Turn& turn);
    void run_commands(Turn& turn);
    void do_chores(Turn& turn);
    std::optional<base::Error> commit(Turn& turn);
    void speak(Turn& turn);
    void plan(const Turn& turn, Outcome& out);

    std::unique_ptr<core::Node> core_;
    std::optional<market::Market> market_;
    bool paused_ = false;
    bool core_due_ = false;
    bool tick_due_ = false;
    std::optional<Knows> start_;  // the market is to start, and what it knows
    base::MonoTime tick_at_ = base::never;
    std::uint64_t lists_seen_ = 0;  // by the core

    std::vector<core::Input> inputs_;
    std::deque<core::Verified> verdicts_;
    std::deque<Answer> answers_;
    std::vector<Command> commands_;
    Working working_;

    // Of the turn under way. Members, because a node takes thousands of turns a second and they
    // keep their memory.
    std::deque<core::Input> pending_inputs_;
    core::Effects effects_;
    std::vector<core::Effect> spoken_;
    market::Effects wishes_;
};

}  // namespace hearsay::turn
