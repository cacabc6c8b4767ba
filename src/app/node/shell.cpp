#include "app/node/shell.hpp"

#include <charconv>
#include <set>
#include <tuple>

#include "app/node/peer_views.hpp"
#include "base/encoding.hpp"
#include "base/ensure.hpp"
#include "base/guard.hpp"
#include "crypto/onion.hpp"
#include "store/candidates.hpp"
#include "store/file.hpp"
#include "store/known_peers.hpp"

namespace hearsay::app {
namespace {

using namespace std::chrono_literals;
using base::LogLevel;

// Verdicts of the workers that one turn takes in, so the items that one commit stores: twenty milliseconds of
// the loop's time. LMDB keeps the pages that the last two commits replaced, so larger ones cost disk
// (docs/benchmarks.md, disk-1m) and gain nothing. What waits is bounded by verifying_items_max.
constexpr std::size_t turn_verdicts_max = 1000;

template <class... Handlers>
struct Overloaded : Handlers... {
    using Handlers::operator()...;
};

}  // namespace

struct Shell::Thoughts {
    base::Now now;
    ClockGuard::Times times;
    base::WallTime time;  // the market's
    std::unique_ptr<store::OwnTxn> own;
    std::unique_ptr<Quarantine::Guarded> keep;  // what the market sees of it
    std::unique_ptr<store::FloodTxn> flood;
    std::deque<core::Input> inputs{};
    core::Effects effects{};             // of the step under way
    std::vector<core::Effect> spoken{};  // to be performed after the commit
    market::Effects wishes{};            // of the market, in order
    std::size_t wishes_read = 0;
    std::vector<Finish> finishes{};
    std::set<base::PeerId> changed_peers{};
    bool save_vault = false;
    bool own_kept = false;
    bool flood_damaged = false;  // why the commit failed
};

Shell::Shell(ShellOptions options, net::Loop& loop, base::Log& log, store::Own& own, store::Flood& flood,
             market::Market market, base::Rng rng)
    : options_(std::move(options)),
      loop_(loop),
      log_(log),
      own_(own),
      flood_(flood),
      market_(std::move(market)),
      rng_(std::move(rng)),
      injections_(loop,
                  [this](core::Injected injected) {
                      if (!injected.ok) log_.write(LogLevel::debug, "inject", injected.why);
                      tell(std::move(injected));
                  }),
      quarantine_(options_.quarantine ? options_.quarantine : std::make_shared<Quarantine>(options_.network)),
      clock_(store::system_boot_id()),
      deadline_(loop, [this] { on_deadline(); }),
      disk_timer_(loop, [this] { look_after_disk(); }),
      market_timer_(loop, [this] { tick_market(); }),
      errand_(loop),
      workers_(loop, options_.checking_threads),
      reading_(workers_, *quarantine_, [this] { schedule(); }) {
    if (options_.clock_is_right) clock_.trust();
}

void Shell::start(net::Links& links, std::function<void(const Happened&)> happened,
                  std::function<void(bool, std::string)> self_checked) {
    links_ = &links;
    happened_ = std::move(happened);
    self_checked_ = std::move(self_checked);
    disk_timer_.arm(disk_look_interval);
    begin_anew();
}

void Shell::stop() {
    stopped_ = true;
    disarm();
    disk_timer_.cancel();
    market_timer_.cancel();
    quarantine_->on_good_end();
    if (const auto synced = flood_.sync(); !synced)
        log_.write(LogLevel::warning, "store", synced.error().text);
}

void Shell::make_node() {
    ++life_;
    verdicts_.clear();
    core::NodeOptions node{options_.self, options_.network, rng_.secret(), {}};
    node.discovery = options_.discovery;
    node.injection = options_.injection;
    restore(node);
    node_ = std::make_unique<core::Node>(std::move(node));
    if (network_ready_) inputs_.push_back(core::NetworkReady{true});
    timer_due_ = true;
    schedule();
}

void Shell::restore(core::NodeOptions& node) {
    auto reader = own_.read();
    if (reader) clock_.restore(**reader);
    auto peers = reader ? store::known_peers(**reader) : std::unexpected(reader.error());
    if (!peers)
        return log_.write(LogLevel::error, "store", "the known peers cannot be read: " + peers.error().text);
    node.known_peers = std::move(*peers);
    store::StoredCandidates stored = store::candidates(**reader);
    node.candidates = std::move(stored.candidates);
    if (stored.damaged.empty()) return;
    log_.write(LogLevel::warning, "store",
               std::to_string(stored.damaged.size()) +
                   " records of nodes that others named are damaged; they are dropped, and heard of again");
    ask([damaged = std::move(stored.damaged)](Turn& turn) -> Finish {
        for (const base::Bytes& key : damaged) turn.store.erase(market::Table::candidates, key);
        return [](const std::optional<base::Error>&) {};
    });
}

// ---- what comes in -----------------------------------------------------------------------------

void Shell::schedule() {
    if (scheduled_ || stopped_) return;
    scheduled_ = true;
    loop_.post([this] { base::guarded("a turn", [this] { run_turn(); }); });
}

void Shell::tell(core::Input input) {
    inputs_.push_back(std::move(input));
    schedule();
}

void Shell::ask(Command command) {
    commands_.push_back(std::move(command));
    schedule();
}

void Shell::look(Command command) {
    const auto shared = std::make_shared<const Command>(std::move(command));
    ask([this, shared](Turn& turn) -> Finish {
        const Finish first = (*shared)(turn);
        return [this, shared, first](const std::optional<base::Error>& failed) {
            if (!failed) return first(std::nullopt);
            ask([shared](Turn& again) -> Finish {
                return
                    [second = (*shared)(again)](const std::optional<base::Error>&) { second(std::nullopt); };
            });
        };
    });
}

void Shell::set_network_ready(bool ready) {
    if (network_ready_ == ready) return;
    network_ready_ = ready;
    tell(core::NetworkReady{ready});
}

void Shell::on_link_up(base::LinkId link, std::optional<base::PeerId> peer, bool outbound,
                       std::optional<std::uint64_t>) {
    if (injections_.on_link_up(*links_, link)) return;
    tell(core::LinkUp{link, peer, outbound});
}

void Shell::on_dial_failed(base::LinkId link, base::PeerId peer, net::DialKind kind,
                           std::optional<base::Fault> fault, std::string why) {
    if (injections_.on_dial_failed(link, why)) {
        if (fault) ++refused_[*fault];
        return;
    }
    if (kind == net::DialKind::listed) tell(core::DialFailed{peer, fault, std::move(why)});
}

void Shell::on_frame(base::LinkId link, base::Bytes frame) {
    if (injections_.on_frame(*links_, link)) return;
    tell(core::FrameReceived{link, std::move(frame)});
}

void Shell::on_link_down(base::LinkId link, std::optional<base::Fault> fault) {
    if (injections_.on_link_down(link)) return;
    tell(core::LinkDown{link, fault});
}

void Shell::on_drained(base::LinkId link) {
    if (injections_.on_drained(*links_, link)) return;
    tell(core::LinkDrained{link});
}

void Shell::on_self_check(bool ok, std::string why) {
    if (self_checked_) self_checked_(ok, std::move(why));
}

void Shell::on_inbound_refused(std::optional<std::uint64_t>, std::optional<base::Fault> fault,
                               std::string why) {
    if (!fault) return;
    ++refused_[*fault];
    log_.write(LogLevel::debug, "net", "a visitor was refused: " + why);
}

// ---- a turn ------------------------------------------------------------------------------------

market::Turn Shell::of_market(Thoughts& thoughts) {
    return {thoughts.time, *thoughts.keep, *thoughts.flood, thoughts.wishes};
}

void Shell::run_turn() {
    scheduled_ = false;
    if (stopped_) return;
    auto own = own_.begin();
    auto flood = flood_.begin();
    if (!own) return pause(own.error());
    if (!flood) {
        own->reset();
        return on_failed_flood(flood.error());
    }
    const base::Now now = net::now();
    auto keep = std::make_unique<Quarantine::Guarded>(**own, *quarantine_);
    const ClockGuard::Times times = look_at_clock(now);
    Thoughts thoughts{.now = now,
                      .times = times,
                      .time = times.market,
                      .own = std::move(*own),
                      .keep = std::move(keep),
                      .flood = std::move(*flood)};
    if (std::exchange(timer_due_, false)) inputs_.emplace_back(core::TimerFired{});
    for (core::Input& input : std::exchange(inputs_, {})) thoughts.inputs.push_back(std::move(input));
    for (std::size_t i = 0; i < turn_verdicts_max && !verdicts_.empty(); ++i) {
        thoughts.inputs.emplace_back(verdicts_.front());
        verdicts_.pop_front();
    }
    if (!verdicts_.empty()) schedule();
    if (const auto fresh = refresh_market(thoughts); !fresh) return pause(fresh.error());
    think(thoughts);  // first what happened, then what is asked: answers show the latest
    const bool more_letters = reading_.take(market_, of_market(thoughts), rng_);
    for (const Command& command : std::exchange(commands_, {})) {
        Turn turn{of_market(thoughts), thoughts.now, market_, *thoughts.flood, *thoughts.own};
        thoughts.finishes.push_back(command(turn));
        thoughts.keep->done();
    }
    if (market_.wants_search()) market_.search(of_market(thoughts));
    thoughts.keep->done();  // key erasure reads rows, not what is in them
    // Not while paused: after a commit that failed the market begins anew first.
    if (storage_ == StorageState::ready && market_.wants_key_erasure())
        market_.erase_keys({thoughts.time, *thoughts.own, *thoughts.flood, thoughts.wishes});
    if (storage_ == StorageState::ready && market_.wants_recovery()) market_.find_own(of_market(thoughts));
    think(thoughts);
    thoughts.keep->done();
    reading_.thought();
    const auto failed = commit(thoughts);
    if (!failed)
        perform(thoughts);
    else if (!thoughts.flood_damaged)
        pause(*failed);
    // Once the own store has it, what was asked for is done, whatever became of the flood store: told otherwise,
    // people would ask for it again.
    for (const Finish& finish : thoughts.finishes) finish(thoughts.own_kept ? std::nullopt : failed);
    reading_.ended();
    if (failed && thoughts.flood_damaged) {
        thoughts.keep.reset();
        thoughts.own.reset();
        thoughts.flood.reset();
        on_failed_flood(*failed);
    }
    if (more_letters) schedule();
    if (failed) return;
    if (market_.wants_search() || market_.wants_key_erasure() || market_.wants_recovery()) schedule();
    arm();
    if (const auto due = market_.next_due()) arm_market(now.mono, *due - thoughts.time);
}

// The kernel's own file: it counts sleep, and nothing between it and us fakes it. Not read more than once a second.
base::Millis Shell::since_boot(base::Now now) {
    constexpr std::size_t bytes_max = 64;
    const auto since = clock_read_ ? now.mono - clock_read_->now.mono : base::Millis(0);
    if (clock_read_ && since >= base::Millis(0) && since < 1s) return clock_read_->up + since;
    base::Millis up =
        std::chrono::duration_cast<base::Millis>(now.mono.time_since_epoch());  // as good, if there is none
    const auto text = store::read_file("/proc/uptime", bytes_max);
    double seconds = 0;
    const std::string_view digits = text ? base::as_text(*text) : std::string_view();
    if (std::from_chars(digits.data(), digits.data() + digits.size(), seconds).ec == std::errc() &&
        seconds > 0)
        up = base::Millis(static_cast<std::int64_t>(seconds * 1000));
    clock_read_ = ClockGuard::Reading{now, up};
    return up;
}

ClockGuard::Times Shell::look_at_clock(base::Now now) {
    const bool doubted = clock_.doubts();
    const ClockGuard::Times time = clock_.believe({now, since_boot(now)}, node_->links());
    if (clock_.doubts() == doubted) return time;
    if (doubted) {
        log_.write(LogLevel::info, "clock", "the clock is believed again");
        begin_market();  // what the core dropped by the wrong clock is handed to it again
    } else {
        log_.write(LogLevel::warning, "clock", *clock_.doubt(now.wall));
    }
    publish({"status", "", "clock"});
    return time;
}

// The core and the market feed each other until neither has anything left to say.
void Shell::think(Thoughts& thoughts) {
    while (true) {
        while (!thoughts.inputs.empty()) {
            const core::Input input = std::move(thoughts.inputs.front());
            thoughts.inputs.pop_front();
            step(input, thoughts);
        }
        if (thoughts.wishes_read == thoughts.wishes.size()) return;
        for (; thoughts.wishes_read < thoughts.wishes.size(); ++thoughts.wishes_read) {
            const market::Effect& wish = thoughts.wishes[thoughts.wishes_read];
            if (const auto* submit = std::get_if<market::Submit>(&wish))
                thoughts.inputs.emplace_back(core::Submit{submit->item, submit->injected});
            else if (const auto* recall = std::get_if<market::Recall>(&wish))
                thoughts.inputs.emplace_back(core::Recall{recall->id});
            else if (std::holds_alternative<market::SaveVault>(wish))
                thoughts.save_vault = true;
        }
    }
}

void Shell::step(const core::Input& input, Thoughts& thoughts) {
    if (storage_ != StorageState::ready) {
        // Paused: no link is welcome, and what peers say is not heard.
        if (const auto* up = std::get_if<core::LinkUp>(&input)) links_->close(up->link, false);
        return;
    }
    thoughts.effects.clear();
    node_->step(input, {thoughts.now.mono, thoughts.times.core}, *thoughts.flood, thoughts.effects);
    for (core::Effect& effect : thoughts.effects) {
        const Overloaded handle{
            // A failure shows again, with its reason, when the turn is committed.
            [&](const core::Store&) { std::ignore = thoughts.flood->apply(effect); },
            [&](const core::Forget&) { std::ignore = thoughts.flood->apply(effect); },
            [&](const core::Sweep&) { std::ignore = thoughts.flood->apply(effect); },
            [&](const core::KeepPeer& keep) { store::keep_peer(*thoughts.own, keep.peer); },
            [&](const core::DropPeer& drop) { store::drop_peer(*thoughts.own, drop.peer); },
            [&](const core::KeepCandidate& keep) { store::keep_candidate(*thoughts.own, keep.candidate); },
            [&](const core::DropCandidate& drop) { store::drop_candidate(*thoughts.own, drop); },
            [&](const core::Notify& notify) { hear(notify.notice, thoughts); },
            [&](const auto&) { thoughts.spoken.push_back(std::move(effect)); },
        };
        std::visit(handle, effect);
    }
}

void Shell::hear(const core::Notice& notice, Thoughts& thoughts) {
    const Overloaded handle{
        [&](const core::ItemStored& stored) { market_.on_item_stored(stored.item, of_market(thoughts)); },
        [&](const core::OwnItemInjected& own) {
            market_.on_own_item_injected(own.id, own.times, of_market(thoughts));
        },
        [&](const core::OwnItemHeard& own) {
            market_.on_own_item_heard(own.id, own.peers, of_market(thoughts));
        },
        [&](const core::Refused& refused) { ++refused_[refused.fault]; },
        [&](const core::ItemForgotten&) {},
        [&](const core::PeerChanged& peer) { thoughts.changed_peers.insert(peer.peer); },
        [&](const core::LookedUp& done) {
            log_.write(LogLevel::debug, "discovery",
                       "looked up " + base::to_hex(done.target.view().first(4)) +
                           "...: " + std::to_string(done.found.size()) + " nodes, " +
                           std::to_string(done.hops) + " hops, " + std::to_string(done.asked) + " asked");
        },
    };
    std::visit(handle, notice);
}

std::optional<base::Error> Shell::save_vault() {
    if (const auto saved = store::replace_file(options_.vault_path, market_.vault().seal(rng_)); !saved)
        return saved.error();
    market_.vault().note_saved();
    return std::nullopt;
}

// Also while paused: what is read then is what was kept, and what can be kept is in keeping with it.
base::Result<void> Shell::refresh_market(Thoughts& thoughts) {
    if (!market_stale_) return {};
    quarantine_->load(market_.vault(), *thoughts.own);
    if (auto started = market_.start(of_market(thoughts)); !started) return started;
    market_stale_ = false;
    return {};
}

std::optional<base::Error> Shell::commit(Thoughts& thoughts) {
    auto failed = try_commit(thoughts);
    market_stale_ = market_stale_ || !thoughts.own_kept;
    return failed;
}

std::optional<base::Error> Shell::try_commit(Thoughts& thoughts) {
    // What was decided by a store that could not be read is not kept.
    const auto& unread = thoughts.flood->error();
    if (unread && unread->code == base::ErrorCode::corrupt) {
        thoughts.flood_damaged = true;
        return unread;
    }
    if (thoughts.save_vault || market_.vault().unsaved_keys())
        if (auto error = save_vault()) return error;
    if (const auto kept = thoughts.own->commit(); !kept) return kept.error();
    thoughts.own_kept = true;
    const auto kept = thoughts.flood->commit();
    thoughts.flood_damaged = !kept && kept.error().code == base::ErrorCode::corrupt;
    return kept ? std::nullopt : std::optional(kept.error());
}

void Shell::perform(Thoughts& thoughts) {
    for (const core::Effect& effect : thoughts.spoken) perform(effect);
    workers_.check(std::exchange(checks_, {}));
    for (const market::Effect& effect : thoughts.wishes) perform(effect);
    tell_changes(thoughts);
}

void Shell::tell_changes(const Thoughts& thoughts) {
    for (const base::PeerId& peer : thoughts.changed_peers)
        publish({"peer", crypto::onion_address(peer), std::string(peer_state(*node_, peer, thoughts.now))});
}

void Shell::publish(const Happened& happened) const {
    if (happened_) happened_(happened);
}

void Shell::perform(const core::Effect& effect) {
    const Overloaded handle{
        [&](const core::Send& send) { links_->send(send.link, send.frame); },
        [&](const core::Disconnect& gone) {
            // A polite goodbye lets the last frames out; who broke the rules gets no more.
            links_->close(gone.link, !gone.fault.has_value());
        },
        [&](const core::Dial& dial) { links_->dial(dial.peer, net::DialKind::listed, dial.patience); },
        [&](const core::Inject& inject) { injections_.begin(*links_, inject); },
        [&](const core::Throttle& throttle) { links_->throttle(throttle.on); },
        [&](const core::Verify& verify) {
            checks_.push_back([this, verify, life = life_]() -> Workers::Answer {
                const auto fault = options_.check(*verify.item);
                return [this, life, job = verify.job, fault] {
                    if (life != life_) return;
                    verdicts_.push_back(core::Verified{job, fault});
                    schedule();
                };
            });
        },
        [&](const auto&) { ENSURE(false, "an effect that belongs into the transaction"); },
    };
    std::visit(handle, effect);
}

// Nearly every turn moves the deadline further away. The timer is left alone then, comes too early and looks
// again: that is rarer than turns.
void Shell::arm() {
    const base::Now now = net::now();
    const base::MonoTime next = node_->next_deadline();
    if (next >= armed_) return;
    armed_ = next;
    deadline_.arm(std::max(base::Millis(0), next - now.mono));
}

void Shell::disarm() {
    armed_ = base::never;
    deadline_.cancel();
}

void Shell::on_deadline() {
    armed_ = base::never;
    const base::Now now = net::now();
    if (node_->next_deadline() > now.mono) return arm();
    timer_due_ = true;
    schedule();
}

}  // namespace hearsay::app
