// app/node/shell.hpp - gives turns what they need, and does what they want done.
//
// The order of a turn is turn/engine.hpp's. The shell collects what comes in - news of links, the
// user's commands, answers of the workers - opens a transaction of each store, asks the clock for
// one instant (clock_guard.hpp), runs the turn, and performs on links and workers what it wants.
// One timer comes when the engine next has something to do by itself. Into the turn's order it
// hooks: the notes of what is being read (quarantine.hpp, mail_reading.hpp), and the record of the
// time that was last believed.
//
// Where others fill the disk, the network's items get a smaller budget, down to what their file has
// taken, and the reserve is given up for the person's records (store/reserve.hpp); links stay. A
// disk with no room even for these, or a commit that fails, pauses the node: links are closed, and
// the core begins anew later, because what it decided was not kept. The stores go on to be read:
// the user sees everything that was kept (look()). Every disk_look_interval what has expired is
// forgotten, so that the store has room in itself again, the disk is looked at, and the node goes
// on by itself.
//
// A flood store that turns out to be damaged is made anew, at most once in a disk_look_interval,
// and the node goes on with an empty one. A damaged own store pauses the node until a person has
// looked: nobody else has what is in it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "app/node/clock_guard.hpp"
#include "app/node/counters.hpp"
#include "app/node/errand.hpp"
#include "app/node/failed_lookups.hpp"
#include "app/node/injections.hpp"
#include "app/node/mail_reading.hpp"
#include "app/node/probes.hpp"
#include "app/node/quarantine.hpp"
#include "app/node/turn_stores.hpp"
#include "app/node/workers.hpp"
#include "base/log.hpp"
#include "base/rng.hpp"
#include "net/links.hpp"
#include "net/loop.hpp"
#include "store/flood.hpp"
#include "store/own.hpp"
#include "store/reserve.hpp"
#include "turn/engine.hpp"

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
    std::uint64_t store_budget = base::limits::store_budget_default;
    bool takes_pictures = true;  // of others
    bool keeps_hidden = true;    // what the user's lists hide
    core::TrafficLimits traffic{};
    std::function<bool()> forget_failures = [] { return false; };  // failed_lookups.hpp
};

// For the log, when the flood store's file had to go.
std::string made_anew(const std::string& why);

inline constexpr base::Millis disk_look_interval = std::chrono::seconds(10);

enum class StorageState { ready, full, failed };

struct Happened {  // for the event stream
    std::string type;
    std::string id;
    std::string text;
    std::string topic{};
};

class Shell final : public net::LinkEvents, private turn::Driver {
public:
    Shell(ShellOptions options, net::Loop& loop, base::Log& log, store::Own& own,
          store::Flood& flood, market::Market market, base::Rng rng);

    // Once, before the loop runs. `links` and `happened` outlive the shell's last turn.
    void start(net::Links& links, std::function<void(const Happened&)> happened,
               std::function<void(bool ok, std::string why)> self_checked);
    void stop();  // the last sync; nothing is performed afterwards

    using Turn = turn::Context;
    using Finish = turn::Engine::Finish;
    using Command = turn::Engine::Command;
    void ask(Command command);
    // A command that only reads. It is answered also while nothing can be kept: then it runs once
    // more in a turn of its own, which shows what was kept before, and `failed` of its Finish stays
    // empty.
    void look(Command command);
    void post(core::Input input);
    void set_network_ready(bool ready);
    bool network_ready() const { return network_ready_; }
    // What the network's items may take: the user's budget, or less if there is not so much room.
    std::uint64_t store_budget() const;
    std::uint64_t disk_free_bytes() const;         // of the data directory's disk; 0: unknown
    void publish(const Happened& happened) const;  // something that only the daemon knows

    // For work of seconds (a backup): a thread of its own, and a snapshot of the own store.
    bool run_errand(Errand::Job job) { return errand_.run(std::move(job)); }
    base::Result<std::unique_ptr<store::OwnReader>> read_own() const { return own_.read(); }

    // For an item of this node's that is none of the market's: `found` is told its nonce, once.
    void find_work(const market::FindWork& wish, std::function<void(std::uint64_t nonce)> found);
    // Told, after the commit, of each item of data of applications (kind 9) that is stored.
    void on_app_data(std::function<void(const item::Read&)> stored) {
        app_data_ = std::move(stored);
    }

    // Told of what came of each core::Brought, once it is kept; of all as busy if it is not.
    void on_judged(std::function<void(const core::Judged&)> judged) { judged_ = std::move(judged); }
    // Told of each audit that ended.
    void on_audited(std::function<void(const core::Audited&)> audited) {
        audited_ = std::move(audited);
    }

    // Why nothing may be made now; nothing: it may.
    std::optional<std::string> clock_doubt() const { return clock_.doubt(net::now().wall); }

    // For status.
    const core::Node& node() const { return engine_.core(); }
    const std::map<base::Fault, std::uint32_t>& refused() const { return refused_; }
    const Counters& counters() const { return counters_; }
    StorageState storage() const { return storage_; }
    const std::string& storage_text() const { return storage_text_; }
    std::optional<Workers::Progress> searching() const { return workers_.searching(); }
    void measure_rate(std::function<void(double hashes_per_second)> measured) {
        workers_.measure_rate(std::move(measured));
    }
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

    // turn::Driver
    void on_starting(turn::Knows knows) override;
    void on_tended(market::OwnStore& store) override { clock_.keep(store); }
    void on_notice(const core::Notice& notice) override;
    void on_refused(const core::Refused& refused);
    void on_mail(const turn::MailTried& tried) override { reading_.taking(tried); }
    void on_mail_taken(const turn::MailTried& tried) override;
    void on_read() override { stores_->shown.done(); }
    void on_decided(market::Effects&) override { reading_.decided(); }
    void perform(const core::Effect& effect) override;
    void perform(const market::Effect& effect) override;
    void on_spoken() override;
    void on_ended() override;

    void schedule();
    void say_if_linked();
    void run_turn();
    bool open_stores();
    void answer(turn::Answer answer);
    ClockGuard::Times look_at_clock(base::Now now);
    base::Millis since_boot(base::Now now);
    void verify(const core::Verify& verify);
    void find_work(const market::FindWork& wish);
    void list_personas(const market::ListPersonas& wish);
    void arm();
    void on_deadline();

    void begin_anew();
    void restore(core::NodeOptions& node);
    // shell_disk.cpp
    bool is_paused() const { return storage_ != StorageState::ready; }
    void go_on();
    void pause(const base::Error& error);
    void look_after_disk();
    void follow_room();
    std::optional<base::Error> has_room();
    void make_room();
    void close_links();
    void on_failed_flood(const base::Error& error);
    bool renew_flood();
    void sync_flood();

    const ShellOptions options_;
    net::Loop& loop_;
    base::Log& log_;
    store::Own& own_;
    store::Flood& flood_;
    base::Rng rng_;
    net::Links* links_ = nullptr;
    FailedLookups failed_lookups_;
    Injections injections_;
    Probes probes_;
    const std::shared_ptr<Quarantine> quarantine_;
    std::function<void(const Happened&)> happened_;
    std::function<void(bool, std::string)> self_checked_;
    std::function<void(const item::Read&)> app_data_;
    std::function<void(const core::Judged&)> judged_;
    std::function<void(const core::Audited&)> audited_;

    ClockGuard clock_;
    std::optional<ClockGuard::Reading> clock_read_;
    VaultOnDisk vault_file_;
    turn::Engine engine_;
    std::optional<TurnStores> stores_;  // of the turn under way
    std::uint64_t life_ = 0;  // of the core: answers to an earlier one are not for this one
    std::vector<Workers::Check> checks_;          // of the turn that is being performed
    std::set<base::PeerId> changed_peers_;        // likewise
    std::vector<item::ReadPtr> stored_app_data_;  // likewise
    std::vector<core::Judged> verdicts_;          // likewise
    bool scheduled_ = false;
    bool stopped_ = false;
    bool network_ready_ = false;
    bool linked_ = false;  // as it was last said

    store::Reserve reserve_;
    StorageState storage_ = StorageState::ready;
    std::string storage_text_;
    bool flood_damaged_ = false;
    base::MonoTime flood_renewed_{};  // zero: never
    std::map<base::Fault, std::uint32_t> refused_;
    Counters counters_;

    net::Timer deadline_;
    base::MonoTime armed_ = base::never;  // when deadline_ comes; never: not at all
    net::Timer disk_timer_;
    Errand errand_;
    Workers workers_;  // its threads end before anything they use
    MailReading reading_;
};

}  // namespace hearsay::app
