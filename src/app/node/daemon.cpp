#include "app/node/daemon.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <thread>
#include <unistd.h>

#include "api.pb.h"
#include "api/encode/sentences.hpp"
#include "api/interface.hpp"
#include "app/node/backend.hpp"
#include "app/node/bus_error.hpp"
#include "app/node/confinement.hpp"
#include "app/node/group.hpp"
#include "app/node/identity.hpp"
#include "app/node/network_route.hpp"
#include "app/node/reachability.hpp"
#include "app/node/versions.hpp"
#include "app/node/voidphone.hpp"
#include "app/secrecy.hpp"
#include "app/signals.hpp"
#include "base/limits/api.hpp"
#include "base/limits/discovery.hpp"
#include "base/limits/relay.hpp"
#include "crypto/certificate.hpp"
#include "crypto/ed25519.hpp"
#include "crypto/onion.hpp"
#include "crypto/system_random.hpp"
#include "store/file.hpp"
#include "store/lock.hpp"
#include "tor/hindrance.hpp"
#include "tor/supervisor.hpp"

namespace hearsay::app {
namespace {

using base::ErrorCode;
using base::LogLevel;
using namespace std::chrono_literals;

// The supervisor kills Tor after five seconds; a little more for the loop to see it.
constexpr base::Millis end_wait = 8s;
// How often it is looked why Tor is not in its network; the table of routes changes without a word.
constexpr base::Millis hindrance_look = 5s;
// Visits, own items that are handed over, audits, the look at oneself, and some that have been
// given up but not ended yet.
constexpr std::size_t dials_besides_links =
    base::limits::visits_max + base::limits::injections_max + base::limits::probes_max + 1 + 16;

class Daemon {
public:
    Daemon(const Options& options, NodeLog& log)
        : options_(options),
          log_(log),
          rng_(crypto::system_random_secret()),
          end_timer_(loop_, [this] { loop_.stop(); }),
          hindrance_timer_(loop_, [this] { look_at_tor(); }),
          history_timer_(loop_, [this] { take_sample(); }) {}
    Daemon(const Daemon&) = delete;
    Daemon& operator=(const Daemon&) = delete;

    // False: the end was asked for before all was there.
    base::Result<bool> start();
    void run() { loop_.run(); }

private:
    base::Result<void> read_tor_config();
    base::Result<void> confine();
    base::Result<void> take_directory();
    base::Result<void> open_stores();
    base::Result<void> open_links();
    base::Result<void> open_tor();
    base::Result<void> open_api();
    void serve();
    void open_voidphone();
    void on_tor_status(const tor::Status& status);
    void describe(api::Status& status) const;
    void describe_tor(api::Status& status) const;
    void look_at_tor();
    void take_sample();
    void say_milestones(const tor::Status& status, bool usable);
    void say_reachable();
    void end(const std::string& why);

    const Options& options_;
    NodeLog& log_;
    net::Loop loop_;
    base::Rng rng_;
    net::Timer end_timer_;
    net::Timer hindrance_timer_;
    net::Timer history_timer_;
    std::vector<tor::ConfigLine> tor_config_;
    std::optional<Confinement> confinement_;
    // What was said, so that it is said once.
    std::string hindrance_;
    int bootstrap_percent_ = 0;
    base::MonoTime bootstrap_step_{};
    bool said_ready_ = false;
    bool said_published_ = false;
    bool said_reachable_ = false;
    bool said_silent_ = false;
    std::optional<store::DirectoryLock> lock_;
    std::unique_ptr<store::Own> own_;
    std::unique_ptr<store::Flood> flood_;
    base::Secret onion_seed_;
    base::PeerId self_;
    std::string onion_;
    base::UniqueFd run_fd_;
    base::MonoTime started_ = net::now().mono;
    std::unique_ptr<Shell> shell_;
    std::unique_ptr<net::Links> links_;
    std::unique_ptr<Reachability> reachability_;
    std::unique_ptr<tor::Supervisor> tor_;
    std::unique_ptr<Backend> backend_;
    std::unique_ptr<api::Interface> interface_;
    std::unique_ptr<VoidPhone> voidphone_;
    std::string no_voidphone_;  // why it is not there, although it was asked for
    bool ending_ = false;
};

base::Result<bool> Daemon::start() {
    if (const auto read = read_tor_config(); !read) return std::unexpected(read.error());
    signals::hold();
    // Each lasts or writes: before each it is looked whether the end was asked for.
    for (const auto step : {&Daemon::confine, &Daemon::take_directory, &Daemon::open_stores,
                            &Daemon::open_links, &Daemon::open_api}) {
        if (signals::end_is_asked()) return false;
        if (const auto done = (this->*step)(); !done) return std::unexpected(done.error());
    }
    serve();
    return true;
}

base::Result<void> Daemon::confine() {
    auto confinement = Confinement::begin(options_.sandbox, tor_config_);
    if (!confinement) return std::unexpected(confinement.error());
    confinement_.emplace(std::move(*confinement));
    return {};
}

base::Result<void> Daemon::take_directory() {
    if (const auto ready = store::prepare_directory(options_.data_dir); !ready) return ready;
    auto lock = store::DirectoryLock::take(options_.data_dir);
    if (!lock) return std::unexpected(lock.error());
    lock_.emplace(std::move(*lock));
    return {};
}

void Daemon::serve() {
    open_voidphone();
    // Above those of the last run, unless the clock went back or there were more than a million a
    // second.
    interface_->number_events_after(static_cast<std::uint64_t>(base::unix_seconds(net::now().wall))
                                    << 20);
    shell_->start(
        *links_,
        [this](const Happened& happened) {
            api::Event event;
            event.set_type(happened.type);
            event.mutable_at()->set_seconds(base::unix_seconds(net::now().wall));
            event.set_id(happened.id);
            event.set_text(happened.text);
            // "offer_removed" is of the kind offer, "mail_state" of the kind mail.
            event.set_kind(happened.type.substr(0, happened.type.find('_')));
            event.set_topic(happened.topic);
            interface_->publish(std::move(event));
        },
        [this](bool ok, std::string why) { reachability_->on_answer(ok, std::move(why)); });
    for (const base::PeerId& peer : options_.peers) shell_->post(core::AddPeer{peer, true});
    for (const base::PeerId& peer : options_.suggested) shell_->post(core::Suggest{peer});
    loop_.on_stop_signal([this](int signal) { end("on signal " + std::to_string(signal)); });
    loop_.on_hangup([this] { log_.open_anew(); });
    tor_->start();
    look_at_tor();
    confinement_->close();
    if (confinement_->failed())
        log_.write(LogLevel::warning, "node", "no sandbox: " + confinement_->state());
    take_sample();
    log_.write(LogLevel::info, "node", "started; the store is served, Tor starts");
}

base::Result<void> Daemon::open_stores() {
    const std::string& dir = options_.data_dir;
    end_on_bus_errors(dir);
    // First: a person's records that are refused are left for another version, and so is the flood
    // store, which begins anew where it is of another schema.
    auto home = open_home(options_, log_, rng_, net::now().wall);
    if (!home) return std::unexpected(home.error());
    store::FloodOptions flood_options;
    flood_options.network = options_.network;
    flood_options.budget = options_.store_budget;
    flood_options.new_life = rng_.next() | 1;
    auto flood = store::Flood::open(dir + "/flood", flood_options);
    if (!flood) return std::unexpected(flood.error());
    flood_ = std::move(*flood);
    const store::FloodStats stats = flood_->stats();
    if (stats.wiped)
        log_.write(LogLevel::warning, "store",
                   "the machine stopped before the last items were safely on the disk; they are "
                   "fetched again");
    if (!stats.damage.empty()) log_.write(LogLevel::warning, "store", made_anew(stats.damage));
    own_ = std::move(home->own);
    onion_seed_ = home->onion_seed;
    self_ = home->self;
    onion_ = crypto::onion_address(self_);
    ShellOptions shell{.data_dir = dir,
                       .vault_path = vault_path(dir),
                       .self = self_,
                       .network = options_.network,
                       .checking_threads = std::thread::hardware_concurrency(),
                       .discovery = options_.discovery,
                       .clock_is_right = options_.clock_is_right,
                       .store_budget = options_.store_budget,
                       .takes_pictures = options_.relay_pictures,
                       .keeps_hidden = options_.mail.keeps_hidden,
                       .traffic = options_.traffic,
                       .forget_failures = [this] { return tor_->forget_failures(); }};
    shell.quarantine = std::make_shared<Quarantine>(options_.network);
    shell.quarantine->open(dir, log_);
    {
        const auto flood_reader = flood_->read();
        if (!flood_reader) return std::unexpected(flood_reader.error());
        shell.quarantine->begin(home->vault, *own_, **flood_reader, rng_, net::now().wall, log_);
    }
    market::Market market(options_.network, std::move(home->vault), rng_.fork(), options_.mail);
    {
        const auto reader = own_->read();
        if (!reader) return std::unexpected(reader.error());
        const Quarantine::Guarded guarded(**reader, *shell.quarantine);
        if (const auto sound = market.check(guarded); !sound)
            return base::fail(sound.error().code, dir + ": " + sound.error().text);
    }
    shell_ = std::make_unique<Shell>(std::move(shell), loop_, log_, *own_, *flood_,
                                     std::move(market), rng_.fork());
    // The roots of all keys lie in it. Where the limit forbids it they may reach the swap,
    // as they did.
    lock_in_memory(shell_.get(), sizeof(Shell));
    return {};
}

base::Result<void> Daemon::open_links() {
    if (const auto opened = open_tor(); !opened) return opened;
    const std::string run = options_.data_dir + "/run";
    run_fd_ = base::UniqueFd(open(run.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!run_fd_.valid())
        return base::fail(ErrorCode::io, "cannot open " + run + ": " + std::strerror(errno));
    net::LinksOptions links;
    links.socks_dir_fd = run_fd_.get();
    links.inbound_max = net::inbound_links_for(options_.discovery.max_connections);
    links.dials_max = options_.discovery.degree + dials_besides_links;
    auto made = net::Links::create(loop_, log_, *shell_, onion_seed_, rng_.fork(), links);
    if (!made) return std::unexpected(made.error());
    links_ = std::move(*made);
    if (const auto listening = links_->listen(run_fd_.get(), "onion"); !listening) return listening;
    reachability_ = std::make_unique<Reachability>(
        loop_,
        [this](base::Millis patience) { links_->dial(self_, net::DialKind::self_check, patience); },
        [this] {
            say_reachable();
            shell_->publish({"status", "", "reachability: " + reachability_->detail()});
        });
    return {};
}

base::Result<void> Daemon::read_tor_config() {
    if (options_.tor_config.empty()) return {};
    const auto text = store::read_file(options_.tor_config, tor::extra_text_max);
    if (!text) return base::fail(text.error().code, "--tor-config: " + text.error().text);
    auto lines = tor::parse_extra_lines(base::as_text(*text), options_.tor_config);
    if (!lines) return std::unexpected(lines.error());
    tor_config_ = std::move(*lines);
    return {};
}

base::Result<void> Daemon::open_tor() {
    tor::SupervisorSettings settings;
    settings.data_directory = std::filesystem::absolute(options_.data_dir).string();
    settings.onion = tor::OnionKey{crypto::ed25519_expand(onion_seed_).data, self_.data, onion_};
    settings.extra = tor_config_;
    settings.spawner = confinement_->spawner();
    auto made = tor::Supervisor::create(
        loop_.raw(), std::move(settings),
        {[this](const tor::Status& status) { on_tor_status(status); },
         [this](LogLevel level, std::string_view line) {
             log_.write(level == LogLevel::info ? LogLevel::debug : level, "tor", line);
         }});
    if (!made) return std::unexpected(made.error());
    tor_ = std::move(*made);
    return {};
}

base::Result<void> Daemon::open_api() {
    backend_ = std::make_unique<Backend>(
        *shell_, *links_, *flood_, Backend::Facts{onion_, vault_path(options_.data_dir)},
        [this](api::Status& status) { describe(status); },
        [this] { loop_.post([this] { end("as was asked"); }); });
    auto opened =
        api::Interface::open(loop_.raw(), run_fd_.get(), *backend_, log_, {},
                             api::DoorMeans{rng_.fork(), net::now, options_.page_port,
                                            confinement_->binder(), options_.metrics_token});
    if (!opened) return std::unexpected(opened.error());
    interface_ = std::move(*opened);
    if (!options_.group.empty()) {
        const auto place = group_place(options_.group, options_.group_dir);
        if (!place) return std::unexpected(place.error());
        const auto shared = interface_->share(loop_.raw(), place->run.get(), place->group);
        if (!shared) return shared;
    }
    // Mail comes in also without the page, so a port that is taken is no reason not to start.
    if (options_.page)
        if (const auto listening = interface_->open_door(); !listening)
            log_.write(LogLevel::warning, "api", "no page: " + listening.error().text);
    return {};
}

// As of the page: a port that is taken is no reason not to start.
void Daemon::open_voidphone() {
    if (!options_.voidphone) return;
    if (!options_.voidphone->has_section)
        log_.write(LogLevel::warning, "voidphone",
                   "the file that --voidphone-config names has no [gossip]: the defaults hold");
    for (const std::string& key : options_.voidphone->without_effect)
        log_.write(LogLevel::warning, "voidphone", key + " in [gossip] has no effect here");
    auto opened =
        VoidPhone::open(*options_.voidphone, options_.network, loop_, *shell_, log_, rng_.fork());
    if (!opened) {
        no_voidphone_ = "There is no VoidPhone interface: " + opened.error().text + ".";
        return log_.write(LogLevel::warning, "voidphone", opened.error().text);
    }
    voidphone_ = std::move(*opened);
    shell_->on_app_data([this](const item::Read& item) { voidphone_->on_stored(item); });
}

void Daemon::on_tor_status(const tor::Status& status) {
    const bool running = status.process == tor::ProcessState::running;
    if (ending_) {
        if (status.process == tor::ProcessState::stopped) loop_.stop();
        return;
    }
    const bool usable = running && status.bootstrap.percent == 100;
    if (status.bootstrap.percent != bootstrap_percent_) {
        bootstrap_percent_ = status.bootstrap.percent;
        bootstrap_step_ = net::now().mono;
    }
    say_milestones(status, usable);
    shell_->set_network_ready(usable);
    reachability_->set_published(usable && status.descriptor.published);
    shell_->publish({"status", "",
                     "tor: " + std::string(tor::name(status.process)) + ", " +
                         std::to_string(status.bootstrap.percent) + " %"});
}

void Daemon::say_reachable() {
    using State = Reachability::State;
    const bool reachable = reachability_->state() == State::reachable;
    const bool lost = said_reachable_ && reachability_->state() == State::unreachable;
    if (reachable && !said_reachable_)
        log_.write(LogLevel::info, "tor", "reachable: strangers can connect");
    if (lost)
        log_.write(LogLevel::warning, "tor", "not reachable any more: " + reachability_->detail());
    if (reachability_->state() != State::checking) said_reachable_ = reachable;
}

void Daemon::say_milestones(const tor::Status& status, bool usable) {
    if (usable && !said_ready_) log_.write(LogLevel::info, "tor", "Tor is ready");
    if (usable && status.descriptor.published && !said_published_)
        log_.write(LogLevel::info, "tor", "the onion service is published");
    if (!status.answers && !said_silent_)
        log_.write(LogLevel::warning, "tor", "Tor does not answer; it is replaced if that lasts");
    said_ready_ = usable;
    said_published_ = usable && status.descriptor.published;
    said_silent_ = !status.answers;
}

// Also into the log, once for each new reason: who starts a service looks there first.
void Daemon::look_at_tor() {
    if (ending_) return;
    hindrance_timer_.arm(hindrance_look);
    const bool bridges = std::ranges::any_of(tor_config_, [](const tor::ConfigLine& line) {
        return line.option == "UseBridges" && line.value == "1";
    });
    const auto since = std::chrono::duration_cast<std::chrono::seconds>(
        net::now().mono - std::max(bootstrap_step_, started_));
    std::string found = tor::hindrance(
        tor_->status(),
        {machine_has_route(options_.network != item::Network::main), bridges, since});
    if (found == hindrance_) return;
    hindrance_ = std::move(found);
    if (!hindrance_.empty()) log_.write(LogLevel::warning, "tor", hindrance_);
    shell_->publish({"status", "", "tor: " + hindrance_});
}

void Daemon::take_sample() {
    if (ending_) return;
    history_timer_.arm(base::limits::history_interval);
    backend_->take_sample();
}

void Daemon::describe(api::Status& status) const {
    status.set_version(HEARSAY_VERSION);
    describe_versions(tor_->status().version, status);
    status.set_network(options_.network == item::Network::main ? "main" : "local");
    const auto uptime = std::chrono::duration_cast<base::Seconds>(net::now().mono - started_);
    status.set_uptime_seconds(static_cast<std::uint32_t>(uptime.count()));
    describe_tor(status);
    status.set_sandbox(confinement_->state());
    if (confinement_->failed())
        status.add_warnings("The node runs without its sandbox: " + confinement_->state() + ".");
    if (!no_voidphone_.empty()) status.add_warnings(no_voidphone_);
    api::Progress& reach = *status.mutable_reachability();
    reach.set_state(std::string(reachability_->name()));
    reach.set_percent(reachability_->state() == Reachability::State::reachable ? 100 : 0);
    reach.set_detail(reachability_->detail());
    if (reachability_->state() == Reachability::State::unreachable)
        status.add_warnings(
            "Strangers cannot reach this node. It still dials others, and gets and sends "
            "everything "
            "through those links.");
}

void Daemon::describe_tor(api::Status& status) const {
    const tor::Status& now = tor_->status();
    status.set_tor_restarts(static_cast<std::uint32_t>(std::max(0, now.starts - 1)));
    api::Progress& out = *status.mutable_tor();
    const bool running = now.process == tor::ProcessState::running;
    out.set_percent(running ? static_cast<std::uint32_t>(now.bootstrap.percent) : 0);
    switch (now.process) {
        case tor::ProcessState::running:
            out.set_state(now.bootstrap.percent == 100 ? "ready" : "bootstrapping");
            out.set_detail(now.bootstrap.summary);
            if (auto said = api::recognize_phase(now.bootstrap.tag))
                *out.mutable_said() = *std::move(said);
            if (!now.answers) {
                out.clear_said();
                out.set_state("silent");
                out.set_detail("it does not answer; it is replaced if that lasts");
            }
            break;
        case tor::ProcessState::waiting:
            out.set_state("restarting");
            out.set_detail(now.reason);
            break;
        case tor::ProcessState::failed:
            out.set_state("failed");
            out.set_detail(now.reason);
            break;
        default:
            out.set_state("starting");
    }
    if (running) status.set_tor_hindrance(hindrance_);
    api::Progress& descriptor = *status.mutable_onion_descriptor();
    const tor::DescriptorStatus& uploads = now.descriptor;
    if (running && uploads.published) {
        descriptor.set_state("published");
        descriptor.set_percent(100);
    } else {
        descriptor.set_state(running && uploads.requested > 0 ? "uploading" : "waiting");
        descriptor.set_detail(!running ? "for Tor to start"
                              : now.bootstrap.percent < 100
                                  ? "for Tor to be ready"
                                  : "for Tor to choose its introduction points");
    }
    if (running && uploads.requested > 0)
        descriptor.set_detail(
            std::to_string(uploads.done) + " of " + std::to_string(uploads.requested) +
            " directories have it" +
            (uploads.failed > 0 ? ", " + std::to_string(uploads.failed) + " failed" : ""));
}

void Daemon::end(const std::string& why) {
    if (ending_) return loop_.stop();  // asked twice: at once
    ending_ = true;
    log_.write(LogLevel::info, "node", "ends " + why);
    shell_->stop();
    for (const net::LinkInfo& link : links_->list()) links_->close(link.link, true);
    end_timer_.arm(end_wait);
    tor_->stop();
    if (tor_->status().process == tor::ProcessState::stopped) loop_.stop();
}

}  // namespace

base::Result<void> run_daemon(const Options& options, NodeLog& log) {
    Daemon daemon(options, log);
    const auto started = daemon.start();
    const bool asked_to_end = signals::end_is_asked();
    if (!started && !asked_to_end) return std::unexpected(started.error());
    if (!started || !*started) {
        const std::string why = started ? "" : ": " + started.error().text;
        log.write(LogLevel::info, "node", "ends as was asked, before it had started" + why);
        return {};
    }
    daemon.run();
    return {};
}

}  // namespace hearsay::app
