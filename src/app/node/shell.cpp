#include "app/node/shell.hpp"

#include <charconv>

#include "app/node/peer_views.hpp"
#include "base/encoding.hpp"
#include "base/ensure.hpp"
#include "base/guard.hpp"
#include "base/overloaded.hpp"
#include "crypto/onion.hpp"
#include "item/kinds/app_data.hpp"
#include "search/terms.hpp"
#include "store/candidates.hpp"
#include "store/file.hpp"
#include "store/known_peers.hpp"

namespace hearsay::app {
namespace {

using namespace std::chrono_literals;
using base::LogLevel;

}  // namespace

Shell::Shell(ShellOptions options, net::Loop& loop, base::Log& log, store::Own& own,
             store::Flood& flood, market::Market market, base::Rng rng)
    : options_(std::move(options)),
      loop_(loop),
      log_(log),
      own_(own),
      flood_(flood),
      rng_(std::move(rng)),
      failed_lookups_(options_.forget_failures),
      injections_(loop,
                  [this](core::Injected injected) {
                      if (!injected.ok) log_.write(LogLevel::debug, "inject", injected.why);
                      post(std::move(injected));
                  }),
      probes_(loop, [this](core::Probed probed) { post(std::move(probed)); }),
      quarantine_(options_.quarantine ? options_.quarantine
                                      : std::make_shared<Quarantine>(options_.network)),
      clock_(store::system_boot_id()),
      vault_file_(options_.vault_path, rng_),
      reserve_(options_.data_dir + "/reserve"),
      deadline_(loop, [this] { on_deadline(); }),
      disk_timer_(loop, [this] { look_after_disk(); }),
      errand_(loop),
      workers_(loop, options_.checking_threads),
      reading_(workers_, *quarantine_,
               [this](turn::MailTried tried) { answer(std::move(tried)); }) {
    if (options_.clock_is_right) clock_.trust();
    engine_.begin_market(std::move(market));
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
    deadline_.cancel();
    disk_timer_.cancel();
    quarantine_->on_good_end();
    if (const auto synced = flood_.sync(); !synced)
        log_.write(LogLevel::warning, "store", synced.error().text);
}

// The core with nothing on its mind, and the market with everything of ours that is not out yet.
void Shell::begin_anew() {
    ++life_;
    core::NodeOptions node{options_.self, options_.network, rng_.secret(), {}};
    node.discovery = options_.discovery;
    node.injection = options_.injection;
    node.store_budget = store_budget();
    node.takes_pictures = options_.takes_pictures;
    node.keeps_hidden = options_.keeps_hidden;
    node.traffic = options_.traffic;
    restore(node);
    engine_.resume(std::move(node));
    if (network_ready_) engine_.post(core::NetworkReady{true});
    engine_.post(core::TimerFired{});
    schedule();
}

void Shell::restore(core::NodeOptions& node) {
    auto reader = own_.read();
    if (reader) clock_.restore(**reader);
    auto peers = reader ? store::known_peers(**reader) : std::unexpected(reader.error());
    if (!peers)
        return log_.write(LogLevel::error, "store",
                          "the known peers cannot be read: " + peers.error().text);
    node.known_peers = std::move(*peers);
    store::StoredCandidates stored = store::candidates(**reader);
    node.candidates = std::move(stored.candidates);
    if (stored.damaged.empty()) return;
    log_.write(LogLevel::warning, "store",
               std::to_string(stored.damaged.size()) +
                   " records of nodes that others named are damaged; they are dropped, and heard "
                   "of again");
    ask([damaged = std::move(stored.damaged)](Turn& turn) -> Finish {
        for (const base::Bytes& key : damaged) turn.store.erase(market::Table::candidates, key);
        return [](const std::optional<base::Error>&) {};
    });
}

// ---- what comes in ------------------------------------------------------------------------------

void Shell::schedule() {
    if (scheduled_ || stopped_) return;
    scheduled_ = true;
    loop_.post([this] { base::guarded("a turn", [this] { run_turn(); }); });
}

void Shell::post(core::Input input) {
    engine_.post(std::move(input));
    schedule();
}

void Shell::answer(turn::Answer answer) {
    engine_.post(std::move(answer));
    schedule();
}

void Shell::ask(Command command) {
    engine_.ask(std::move(command));
    schedule();
}

void Shell::look(Command command) {
    const auto shared = std::make_shared<const Command>(std::move(command));
    ask([this, shared](Turn& turn) -> Finish {
        const Finish first = (*shared)(turn);
        return [this, shared, first](const std::optional<base::Error>& failed) {
            if (!failed) return first(std::nullopt);
            ask([shared](Turn& again) -> Finish {
                return [second = (*shared)(again)](const std::optional<base::Error>&) {
                    second(std::nullopt);
                };
            });
        };
    });
}

void Shell::set_network_ready(bool ready) {
    if (network_ready_ == ready) return;
    network_ready_ = ready;
    post(core::NetworkReady{ready});
}

void Shell::on_link_up(base::LinkId link, std::optional<base::PeerId> peer, bool outbound,
                       std::optional<std::uint64_t>) {
    counters_.on_link_up(outbound);
    if (injections_.on_link_up(*links_, link) || probes_.on_link_up(*links_, link)) return;
    if (is_paused()) return links_->close(link, false);  // no link is welcome
    post(core::LinkUp{link, peer, outbound});
}

void Shell::on_dial_failed(base::LinkId link, base::PeerId peer, net::DialKind kind,
                           std::optional<base::Fault> fault, std::string why) {
    ++counters_.dials_failed;
    if (injections_.on_dial_failed(link, why) || probes_.on_dial_failed(link)) {
        if (fault) ++refused_[*fault];
        return;
    }
    if (kind != net::DialKind::listed) return;
    failed_lookups_.on_dial_failed();
    post(core::DialFailed{peer, fault, std::move(why)});
}

void Shell::on_frame(base::LinkId link, base::Bytes frame) {
    counters_.on_received(frame.size());
    if (injections_.on_frame(*links_, link) || probes_.on_frame(*links_, link, frame)) return;
    post(core::FrameReceived{link, std::move(frame)});
}

void Shell::on_link_down(base::LinkId link, std::optional<base::Fault> fault) {
    if (injections_.on_link_down(link) || probes_.on_link_down(link)) return;
    post(core::LinkDown{link, fault});
}

void Shell::on_drained(base::LinkId link) {
    if (injections_.on_drained(*links_, link) || probes_.on_drained(link)) return;
    post(core::LinkDrained{link});
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

// ---- a turn -------------------------------------------------------------------------------------

void Shell::run_turn() {
    scheduled_ = false;
    if (stopped_ || !open_stores()) return;
    changed_peers_.clear();
    const base::Now now = net::now();
    const ClockGuard::Times times = look_at_clock(now);
    const turn::Stores ports{vault_file_, stores_->own, stores_->shown, stores_->flood};
    const auto begun = std::chrono::steady_clock::now();
    const turn::Outcome done = engine_.run({now, times.core, times.market}, ports, *this);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    ++counters_.turns;
    counters_.turn_seconds += took.count();
    stores_.reset();
    if (done.failed && done.flood_damaged)
        on_failed_flood(*done.failed);
    else if (done.failed)
        pause(*done.failed);
    if (done.again) schedule();
    arm();
}

bool Shell::open_stores() {
    auto own = own_.begin();
    if (!own) return pause(own.error()), false;
    auto flood = flood_.begin();
    if (!flood) {
        own->reset();
        return on_failed_flood(flood.error()), false;
    }
    stores_.emplace(std::move(*own), std::move(*flood), *quarantine_);
    return true;
}

// The kernel's own file: it counts sleep, and nothing between it and us fakes it.
// Not read more than once a second.
base::Millis Shell::since_boot(base::Now now) {
    constexpr std::size_t bytes_max = 64;
    const auto since = clock_read_ ? now.mono - clock_read_->now.mono : base::Millis(0);
    if (clock_read_ && since >= base::Millis(0) && since < 1s) return clock_read_->up + since;
    // as good, if there is none
    base::Millis up = std::chrono::duration_cast<base::Millis>(now.mono.time_since_epoch());
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
    const ClockGuard::Times time = clock_.believe({now, since_boot(now)}, node().links());
    if (clock_.doubts() == doubted) return time;
    if (doubted) {
        log_.write(LogLevel::info, "clock", "the clock is believed again");
        // What the core dropped by the wrong clock is handed to it again.
        engine_.start_market(turn::Knows::nothing_wrong);
    } else {
        log_.write(LogLevel::warning, "clock", *clock_.doubt(now.wall));
    }
    publish({"status", "", "clock"});
    return time;
}

// ---- what the shell adds to a turn --------------------------------------------------------------

void Shell::on_starting(turn::Knows knows) {
    if (knows == turn::Knows::what_is_unkept)
        quarantine_->load(engine_.market().vault(), stores_->own.rows());
}

void Shell::on_mail_taken(const turn::MailTried& tried) {
    reading_.taken(tried, engine_.market().vault(), stores_->shown, rng_);
}

void Shell::on_notice(const core::Notice& notice) {
    if (const auto* refused = std::get_if<core::Refused>(&notice)) on_refused(*refused);
    if (const auto* stored = std::get_if<core::ItemStored>(&notice);
        stored && app_data_ && stored->item->header.kind == item::kind_app_data)
        stored_app_data_.push_back(stored->item);
    if (const auto* judged = std::get_if<core::Judged>(&notice); judged && judged_)
        verdicts_.push_back(*judged);
    if (const auto* audited = std::get_if<core::Audited>(&notice); audited && audited_)
        audited_(*audited);
    if (const auto* peer = std::get_if<core::PeerChanged>(&notice))
        changed_peers_.insert(peer->peer);
    if (const auto* done = std::get_if<core::LookedUp>(&notice))
        log_.write(LogLevel::debug, "discovery",
                   "looked up " + base::to_hex(done->target.view().first(4)) +
                       "...: " + std::to_string(done->found.size()) + " nodes, " +
                       std::to_string(done->hops) + " hops, " + std::to_string(done->asked) +
                       " asked");
}

// Which rule was broken, for whoever writes another program; never by whom, or what it said.
void Shell::on_refused(const core::Refused& refused) {
    ++refused_[refused.fault];
    const bool ends = base::cost(refused.fault) == base::Cost::link ||
                      refused.fault == base::Fault::wrong_protocol;
    if (!ends || refused.broken.rule.empty()) return;
    std::string text = "a link is ended: " + std::string(base::name(refused.fault)) + ": ";
    if (!refused.broken.frame.empty()) text += std::string(refused.broken.frame) + ": ";
    log_.write(LogLevel::debug, "net", text + std::string(refused.broken.rule));
}

void Shell::on_spoken() {
    workers_.check(std::exchange(checks_, {}));
    if (!changed_peers_.empty()) say_if_linked();
    const base::Now now = net::now();
    failed_lookups_.look(linked_, linked_ ? 0 : links_->dials(), now.mono);
    for (const base::PeerId& peer : changed_peers_)
        publish({"peer", crypto::onion_address(peer), std::string(peer_state(node(), peer, now))});
    for (const item::ReadPtr& item : stored_app_data_) app_data_(*item);
    for (const core::Judged& judged : std::exchange(verdicts_, {})) judged_(judged);
}

void Shell::on_ended() {
    reading_.ended();
    stored_app_data_.clear();
    // They were not spoken: nothing was kept.
    for (const core::Judged& judged : std::exchange(verdicts_, {})) judged_({judged.id});
}

// The log tells of the first link and of the last one, not of each, and never to whom.
void Shell::say_if_linked() {
    const std::size_t links = node().links().count(true) + node().links().count(false);
    if ((links > 0) == linked_) return;
    linked_ = links > 0;
    log_.write(LogLevel::info, "peers",
               linked_ ? "linked to a first peer" : "no peer is linked any more");
}

void Shell::publish(const Happened& happened) const {
    if (happened_) happened_(happened);
}

void Shell::perform(const core::Effect& effect) {
    const base::Overloaded handle{
        [&](const core::Send& send) {
            counters_.on_sent(send.frame->size());
            links_->send(send.link, send.frame);
        },
        [&](const core::Disconnect& gone) {
            // A polite goodbye lets the last frames out; who broke the rules gets no more. Another
            // version broke none, and has to hear our Hello to know why.
            links_->close(gone.link, !gone.fault || *gone.fault == base::Fault::wrong_protocol);
        },
        [&](const core::Dial& dial) {
            links_->dial(dial.peer, net::DialKind::listed, dial.patience);
        },
        [&](const core::Inject& inject) { injections_.begin(*links_, inject); },
        [&](const core::SendProbe& probe) { probes_.begin(*links_, probe); },
        [&](const core::Throttle& throttle) { links_->throttle(throttle.on); },
        [&](const core::Verify& wish) { verify(wish); },
        [&](const auto&) { ENSURE(false, "an effect that belongs into the transaction"); },
    };
    std::visit(handle, effect);
}

// A worker makes the item's terms, too: no other thread has that much time.
void Shell::verify(const core::Verify& verify) {
    checks_.push_back([this, verify, life = life_]() -> Workers::Answer {
        thread_local search::TermMaker maker;
        core::Verified verdict{verify.job, options_.check(*verify.item), nullptr};
        if (!verdict.fault) verdict.terms = maker.of(*verify.item);
        verdict.item = verify.item;
        return [this, life, verdict = std::move(verdict)] {
            if (life == life_) post(verdict);
        };
    });
}

// ---- time ---------------------------------------------------------------------------------------

// Nearly every turn moves the deadline further away. The timer is left alone then, comes too early
// and looks again: that is rarer than turns.
void Shell::arm() {
    const base::MonoTime next = engine_.next_deadline();
    if (next >= armed_) return;
    armed_ = next;
    deadline_.arm(std::max(base::Millis(0), next - net::now().mono));
}

void Shell::on_deadline() {
    armed_ = base::never;
    if (!engine_.on_deadline(net::now().mono)) return arm();
    schedule();
}

}  // namespace hearsay::app
