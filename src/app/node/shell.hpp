// app/node/shell.hpp - one turn after the other: let the pure rooms think, commit what they want
// kept, and only then talk.
//
// A turn:
//   1. takes what came in since the last one - core inputs, the user's commands, answers of the workers
//      up to turn_verdicts_max, opened letters up to letters_a_turn_max - and one instant of time,
//   2. steps the core input by input, and runs the commands, inside one transaction of each store,
//   3. commits: first the vault, if keys changed; then the own store, durably; then the flood
//      store. What the user is told afterwards is therefore kept,
//   4. performs what remains: sends, dials, verifications, answers to the user,
//   5. arms one timer for the core's next deadline.
// A crash before 3 forgets what was never acknowledged nor relayed; peers will offer it again.
//
// A full or failing disk (step 3 fails, or there is no room for items: see has_room()) pauses the node: nothing
// of the turn is performed, commands that would change something get the error, links are closed and the core begins
// anew, because what it decided was not kept. The stores go on to be read: the user sees everything that was kept
// (look()). Every disk_look_interval what has expired is forgotten, so that the store has room in itself again, the disk is
// looked at, and the node goes on by itself.
//
// A flood store that turns out to be damaged is made anew, at most once in a disk_look_interval, and the node goes on with
// an empty one. A damaged own store pauses the node until a person has looked: nobody else has what is in it.
#pragma once

#include <array>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/node/clock_guard.hpp"
#include "app/node/errand.hpp"
#include "app/node/injections.hpp"
#include "app/node/mail_reading.hpp"
#include "app/node/quarantine.hpp"
#include "app/node/workers.hpp"
#include "base/log.hpp"
#include "base/rng.hpp"
#include "core/node.hpp"
#include "market/market.hpp"
#include "net/links.hpp"
#include "net/loop.hpp"
#include "store/flood.hpp"
#include "store/own.hpp"

namespace hearsay::app {

struct ShellOptions {
    std::string data_dir;
    std::string vault_path;
    base::PeerId self;
    item::Network network = item::Network::main;
    unsigned checking_threads = 2;
    // What a worker does for a Verify. Benchmarks give another: their items come without work.
    std::function<std::optional<base::Fault>(const item::Read&)> check = item::check_costly;
    core::DiscoverySettings discovery{};
    core::InjectionPace injection{};
    // Begun before the market was made; null: nothing is noted or set aside.
    std::shared_ptr<Quarantine> quarantine{};
    bool clock_is_right = false;  // the user says so: clock_guard.hpp
};

// For the log, when the flood store's file had to go.
std::string made_anew(const std::string& why);

inline constexpr base::Millis disk_look_interval = std::chrono::seconds(10);

enum class StorageState { ready, full, failed };

struct Happened {  // for the event stream
    std::string type;
    std::string id;
    std::string text;
};

class Shell final : public net::LinkEvents {
public:
    Shell(ShellOptions options, net::Loop& loop, base::Log& log, store::Own& own, store::Flood& flood,
          market::Market market, base::Rng rng);

    // Once, before the loop runs. `links` and `happened` outlive the shell's last turn.
    void start(net::Links& links, std::function<void(const Happened&)> happened,
               std::function<void(bool ok, std::string why)> self_checked);
    void stop();  // the last sync; nothing is performed afterwards

    // What a command works with: one turn's stores and the market.
    struct Turn : market::Turn {  // its time: clock_guard.hpp; its store: without what is set aside
        base::Now instant;        // of the machine's clocks
        market::Market& market;
        store::FloodTxn& flood_txn;
        market::OwnStore& all_kept;
    };
    // Runs inside a turn; what it returns runs after the commit, with the error if that failed.
    using Finish = std::function<void(const std::optional<base::Error>& failed)>;
    using Command = std::function<Finish(Turn&)>;
    void ask(Command command);
    // A command that only reads. It is answered also while nothing can be kept: then it runs once more in a turn of its
    // own, which shows what was kept before, and `failed` of its Finish stays empty.
    void look(Command command);
    void tell(core::Input input);
    void set_network_ready(bool ready);
    bool network_ready() const { return network_ready_; }
    void publish(const Happened& happened) const;  // something that only the daemon knows

    // For work of seconds (a backup): a thread of its own, and a snapshot of the own store.
    bool run_errand(Errand::Job job) { return errand_.run(std::move(job)); }
    base::Result<std::unique_ptr<store::OwnReader>> read_own() const { return own_.read(); }

    // Why nothing may be made now; nothing: it may.
    std::optional<std::string> clock_doubt() const { return clock_.doubt(net::now().wall); }

    // For status.
    const core::Node& node() const { return *node_; }
    const std::map<base::Fault, std::uint32_t>& refused() const { return refused_; }
    StorageState storage() const { return storage_; }
    const std::string& storage_text() const { return storage_text_; }
    std::optional<Workers::Progress> searching() const { return workers_.searching(); }
    const Quarantine& quarantine() const { return *quarantine_; }

    // Of what was set aside (app/node/quarantine.hpp).
    base::Result<SetAside> read_again(std::string_view id_or_beginning, Turn& turn);
    base::Result<SetAside> remove_set_aside(std::string_view id_or_beginning, Turn& turn);

private:
    // net::LinkEvents
    void on_link_up(base::LinkId link, std::optional<base::PeerId> peer, bool outbound,
                    std::optional<std::uint64_t> circuit) override;
    void on_dial_failed(base::LinkId link, base::PeerId peer, net::DialKind kind,
                        std::optional<base::Fault> fault, std::string why) override;
    void on_frame(base::LinkId link, base::Bytes frame) override;
    void on_link_down(base::LinkId link, std::optional<base::Fault> fault) override;
    void on_drained(base::LinkId link) override;
    void on_self_check(bool ok, std::string why) override;
    void on_inbound_refused(std::optional<std::uint64_t> circuit, std::optional<base::Fault> fault,
                            std::string why) override;

    struct Thoughts;  // of one turn
    void schedule();
    void run_turn();
    ClockGuard::Times look_at_clock(base::Now now);
    base::Millis since_boot(base::Now now);
    static market::Turn of_market(Thoughts& thoughts);
    void think(Thoughts& thoughts);
    void step(const core::Input& input, Thoughts& thoughts);
    void hear(const core::Notice& notice, Thoughts& thoughts);
    std::optional<base::Error> commit(Thoughts& thoughts);
    std::optional<base::Error> try_commit(Thoughts& thoughts);
    base::Result<void> refresh_market(Thoughts& thoughts);
    std::optional<base::Error> save_vault();
    void perform(Thoughts& thoughts);
    void perform(const core::Effect& effect);
    void perform(const market::Effect& effect);
    void list_personas(const market::ListPersonas& wish);
    void arm();
    void disarm();
    void on_deadline();

    void make_node();
    void restore(core::NodeOptions& node);
    void tell_changes(const Thoughts& thoughts);
    void begin_anew();
    void begin_market();
    void pause(const base::Error& error);
    void look_after_disk();
    std::optional<base::Error> has_room() const;
    void make_room();
    void close_links();
    void on_failed_flood(const base::Error& error);
    bool renew_flood();
    void sync_flood();
    // shell_market.cpp
    void arm_market_tick();
    void arm_market(base::MonoTime now, base::Millis wait);
    void tick_market();

    const ShellOptions options_;
    net::Loop& loop_;
    base::Log& log_;
    store::Own& own_;
    store::Flood& flood_;
    market::Market market_;
    base::Rng rng_;
    net::Links* links_ = nullptr;
    Injections injections_;
    const std::shared_ptr<Quarantine> quarantine_;
    std::function<void(const Happened&)> happened_;
    std::function<void(bool, std::string)> self_checked_;

    ClockGuard clock_;
    std::optional<ClockGuard::Reading> clock_read_;
    std::unique_ptr<core::Node> node_;
    std::uint64_t life_ = 0;  // of node_: answers to an earlier one are not for this one
    std::vector<core::Input> inputs_;
    std::deque<core::Verified> verdicts_;  // apart from the inputs: at most verifying_items_max
    std::vector<Command> commands_;
    std::vector<Workers::Check> checks_;  // of the turn that is being performed
    bool scheduled_ = false;
    bool stopped_ = false;
    bool network_ready_ = false;
    bool timer_due_ = false;
    bool market_stale_ = false;  // a commit failed: it knows what was never kept

    StorageState storage_ = StorageState::ready;
    std::string storage_text_;
    bool flood_damaged_ = false;
    base::MonoTime flood_renewed_{};  // zero: never
    std::map<base::Fault, std::uint32_t> refused_;

    net::Timer deadline_;
    base::MonoTime armed_ = base::never;  // when deadline_ comes; never: not at all
    base::MonoTime market_tick_ = base::never;
    net::Timer disk_timer_;
    net::Timer market_timer_;
    Errand errand_;
    Workers workers_;  // its threads end before anything they use
    MailReading reading_;
};

}  // namespace hearsay::app
