// hearsay-kill-node - a node that lives to be killed: everything of hearsayd but Tor, its limits on
// haste, and its local sockets. contrib/lib/mail_kill.py runs several and asks them for things.
//
//   hearsay-kill-node stand-in SOCKETS             what stands for Tor, until standard input ends
//   hearsay-kill-node node DIRECTORY SOCKETS SEED [poison]
//                                                  a node; SEED: 64 hex letters, another one for
//                                                  each of its lives; poison: it cannot read some
//                                                  letters (tests/kill/poison.hpp)
//
// A node reads requests from standard input, a line each, and answers each with a line;
// news come between them:
//   start                  started ONION MAILBOX     the loop's first turns;
//                                                    before it nothing is dialled
//   peer ONION             peered
//   arm NUMBER SIDE        armed                     tests/kill/points.hpp; 0: only count
//   disarm                 points NAME...
//   send TO SUBJECT TEXT   sent ID | refused WHY     durable, or an error:
//                                                    the local API's own answer
//   mails                  mails JSON                MailList of proto/api.proto
//   read ID                read JSON | refused WHY
//   left                   left MAILS REMOVALS      how many of the network's it holds alive
//   warnings               warnings JSON            those of the status
//   quarantine             quarantine JSON          SetAsideList
//   retry ID, remove ID    retried ID, removed ID | refused WHY
//   news: "event TYPE ID TEXT", as in the local API's stream
// The network is `sim`, which asks for no proof of work and no stamp; injections wait milliseconds
// instead of seconds, removals and receipts a second instead of hours.
#include <csignal>
#include <fcntl.h>
#include <iostream>
#include <sstream>
#include <sys/prctl.h>
#include <unistd.h>

#include <event2/event.h>
#include <google/protobuf/util/json_util.h>

#include "api.pb.h"
#include "app/node/backend.hpp"
#include "app/node/identity.hpp"
#include "base/encoding.hpp"
#include "bench/tor_stand_in.hpp"
#include "crypto/ed25519.hpp"
#include "crypto/onion.hpp"
#include "kill/points.hpp"
#include "kill/poison.hpp"
#include "store/file.hpp"

namespace hearsay::kill {
namespace {

using namespace std::chrono_literals;

// Ten thousand runs with ten streams each.
constexpr unsigned streams_max = 100'000;
constexpr std::size_t line_bytes_max = 64 * 1024;

// Short enough for a thousand runs, long enough that what is under way is not sent twice at once.
constexpr core::InjectionPace hasty{5ms, 20ms, 100ms, 300ms, 600ms, 2s, 20ms, 60ms};

const market::MarketSettings prompt = [] {
    market::MarketSettings out;
    out.remove_within = out.receipt_within = base::Seconds(1);
    return out;
}();

// At once and uncounted (it is a pipe): the line is out before the next point.
void say(const std::string& line) {
    const std::string whole = line + "\n";
    for (std::size_t at = 0; at < whole.size();) {
        const ssize_t written = ::write(STDOUT_FILENO, whole.data() + at, whole.size() - at);
        if (written <= 0) std::_Exit(1);
        at += static_cast<std::size_t>(written);
    }
}

int failed(const base::Error& error) {
    std::cerr << "hearsay-kill-node: " << error.text << "\n";
    return 1;
}

class Quiet final : public base::Log {
public:
    explicit Quiet(const std::string& path)
        : fd_(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600)) {}
    // Through the kernel's own door: a log is no point at which a node may be killed.
    void write(base::LogLevel, std::string_view part, std::string_view text) override {
        const base::Now now = net::now();
        const std::string line = std::to_string(now.mono.time_since_epoch().count()) + " " +
                                 std::string(part) + ": " + std::string(text) + "\n";
        ::dprintf(fd_.get(), "%s", line.c_str());
    }

private:
    net::UniqueFd fd_;
};

class Node {
public:
    Node(std::string directory, int sockets_fd, const base::Secret& seed)
        : directory_(std::move(directory)),
          sockets_fd_(sockets_fd),
          log_(directory_ + ".log"),
          rng_(seed) {}
    base::Result<void> open();
    void run();

private:
    struct EventDelete {
        void operator()(event* input) const { event_free(input); }
    };
    base::Result<void> open_shell();
    void on_input();
    void on_line(const std::string& line);
    void start();
    void send_mail(std::istringstream& words);
    template <class Message>
    static std::string json(const Message& message) {
        std::string out;
        google::protobuf::util::JsonPrintOptions options;
        options.preserve_proto_field_names = true;
        return google::protobuf::util::MessageToJsonString(message, &out, options).ok() ? out
                                                                                        : "{}";
    }
    // What the API would answer, as one line.
    template <class Message>
    api::Reply<Message> answer(std::string word, std::function<std::string(const Message&)> text) {
        return
            [word = std::move(word), text = std::move(text)](const base::Result<Message>& result) {
                say(result ? word + " " + text(*result) : "refused " + result.error().text);
            };
    }

    const std::string directory_;
    const int sockets_fd_;
    Quiet log_;
    base::Rng rng_;
    net::Loop loop_;
    std::unique_ptr<store::Own> own_;
    std::unique_ptr<store::Flood> flood_;
    base::Secret onion_seed_;
    base::PeerId self_;
    std::unique_ptr<app::Shell> shell_;
    std::unique_ptr<net::Links> links_;
    std::unique_ptr<app::Backend> backend_;
    std::unique_ptr<event, EventDelete> input_;
    std::string read_;
};

base::Result<void> Node::open_shell() {
    if (auto made = store::prepare_directory(directory_); !made) return made;
    store::FloodOptions flood_options;
    flood_options.network = item::Network::sim;
    flood_options.new_life = rng_.next() | 1;
    auto flood = store::Flood::open(directory_ + "/flood", flood_options);
    if (!flood) return std::unexpected(flood.error());
    flood_ = std::move(*flood);
    app::Options options;
    options.data_dir = directory_;
    options.no_passphrase = true;
    options.no_words = true;
    auto home = app::open_home(options, log_, rng_, net::now().wall);
    if (!home) return std::unexpected(home.error());
    own_ = std::move(home->own);
    onion_seed_ = home->onion_seed;
    self_ = home->self;
    app::ShellOptions shell;
    shell.data_dir = directory_;
    shell.vault_path = app::vault_path(directory_);
    shell.self = self_;
    shell.network = item::Network::sim;
    shell.checking_threads = 1;
    shell.check = item::check_all_but_work;
    shell.discovery.discover = false;  // the links are the test's
    shell.injection = hasty;
    shell.quarantine = std::make_shared<app::Quarantine>(item::Network::sim);
    shell.quarantine->open(directory_, log_);
    {
        const auto flood_reader = flood_->read();
        if (!flood_reader) return std::unexpected(flood_reader.error());
        shell.quarantine->begin(home->vault, *own_, **flood_reader, rng_, net::now().wall, log_);
    }
    shell_ = std::make_unique<app::Shell>(
        std::move(shell), loop_, log_, *own_, *flood_,
        market::Market(item::Network::sim, std::move(home->vault), rng_.fork(), prompt),
        rng_.fork());
    return {};
}

base::Result<void> Node::open() {
    if (auto opened = open_shell(); !opened) return opened;
    net::LinksOptions options;
    options.socks_dir_fd = sockets_fd_;
    options.socks_name = bench::TorStandIn::socks_name;
    auto links = net::Links::create(loop_, log_, *shell_, onion_seed_, rng_.fork(), options);
    if (!links) return std::unexpected(links.error());
    links_ = std::move(*links);
    backend_ = std::make_unique<app::Backend>(
        *shell_, *links_, *flood_, app::Backend::Facts{crypto::onion_address(self_), ""},
        [](api::Status&) {}, [] {});
    return {};
}

void Node::run() {
    ::fcntl(STDIN_FILENO, F_SETFL, ::fcntl(STDIN_FILENO, F_GETFL) | O_NONBLOCK);
    input_.reset(event_new(
        loop_.raw(), STDIN_FILENO, EV_READ | EV_PERSIST,
        [](evutil_socket_t, short, void* self) { static_cast<Node*>(self)->on_input(); }, this));
    event_add(input_.get(), nullptr);
    loop_.run();
    shell_->stop();
}

void Node::on_input() {
    std::array<char, 4096> buffer{};
    const ssize_t got = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0 || read_.size() > line_bytes_max) return loop_.stop();
    read_.append(buffer.data(), static_cast<std::size_t>(got));
    for (std::size_t end = read_.find('\n'); end != std::string::npos; end = read_.find('\n')) {
        const std::string line = read_.substr(0, end);
        read_.erase(0, end + 1);
        on_line(line);
    }
}

// Nobody may visit before the shell has begun; hearsayd's loop does not run until then.
void Node::start() {
    const std::string name = bench::TorStandIn::service_name(crypto::onion_address(self_));
    if (const auto listening = links_->listen(sockets_fd_, name); !listening)
        return say("refused " + listening.error().text);
    shell_->start(*links_,
                  [](const app::Happened& happened) {
                      say("event " + happened.type + " " + happened.id + " " + happened.text);
                  },
                  {});
    shell_->set_network_ready(true);
    // Whoever has the address writes to it.
    backend_->publish_mailbox("main", [](const base::Result<api::Mailbox>&) {});
    backend_->identity(answer<api::Identity>("started", [this](const api::Identity& identity) {
        std::string out = crypto::onion_address(self_);
        for (const api::Mailbox& mailbox : identity.mailboxes())
            if (mailbox.purpose() == "main") out += " " + mailbox.address();
        return out;
    }));
}

void Node::send_mail(std::istringstream& words) {
    api::MailDraft draft;
    words >> *draft.mutable_to() >> *draft.mutable_subject() >> *draft.mutable_text();
    backend_->send_mail(draft,
                        answer<api::Mail>("sent", [](const api::Mail& mail) { return mail.id(); }));
}

void Node::on_line(const std::string& line) {
    std::istringstream words(line);
    std::string word, argument;
    words >> word;
    if (word == "start") {
        start();
    } else if (word == "peer") {
        words >> argument;
        const auto peer = crypto::parse_onion(argument);
        if (!peer) return say("refused " + peer.error().text);
        shell_->post(core::AddPeer{*peer, true});
        say("peered");
    } else if (word == "arm") {
        std::uint64_t at = 0;
        words >> at >> argument;
        arm(at, argument == "after" ? Side::after : Side::before);
        say("armed");
    } else if (word == "disarm") {
        say("points " + disarm());
    } else if (word == "send") {
        send_mail(words);
    } else if (word == "mails") {
        api::MailQuery all;
        all.limit = 100'000;
        backend_->list_mail(all, answer<api::MailList>("mails", json<api::MailList>));
    } else if (word == "left") {
        shell_->ask([](app::Shell::Turn& turn) -> app::Shell::Finish {
            const auto mails = turn.flood.count_of_kind(item::kind_mail);
            const auto removals = turn.flood.count_of_kind(item::kind_mail_removal);
            return [=](const std::optional<base::Error>&) {
                say("left " + std::to_string(mails) + " " + std::to_string(removals));
            };
        });
    } else if (word == "warnings") {
        backend_->status(answer<api::Status>("warnings", [](const api::Status& status) {
            api::Status out;
            *out.mutable_warnings() = status.warnings();
            return json(out);
        }));
    } else if (word == "quarantine") {
        backend_->list_set_aside(answer<api::SetAsideList>("quarantine", json<api::SetAsideList>));
    } else if (word == "retry" || word == "remove") {
        words >> argument;
        const auto id = [](const api::SetAside& entry) { return entry.id(); };
        if (word == "retry")
            backend_->retry_set_aside(argument, answer<api::SetAside>("retried", id));
        else
            backend_->remove_set_aside(argument, answer<api::SetAside>("removed", id));
    } else if (word == "read") {
        words >> argument;
        backend_->read_mail(argument, answer<api::Mail>("read", json<api::Mail>));
    } else {
        say("refused unknown request " + word);
    }
}

int run_node(const std::string& directory, int sockets_fd, const std::string& seed_text) {
    const auto bytes = base::from_hex(seed_text);
    const auto seed = bytes ? base::Secret::from(*bytes) : std::nullopt;
    if (!seed) return failed({base::ErrorCode::invalid, "a seed is 64 hex letters"});
    Node node(directory, sockets_fd, *seed);
    if (const auto opened = node.open(); !opened) return failed(opened.error());
    node.run();
    return 0;
}

int run_stand_in(int sockets_fd) {
    const auto tor = bench::TorStandIn::start(sockets_fd, streams_max);
    if (!tor) return failed(tor.error());
    say("ready");
    char unused = 0;
    while (::read(STDIN_FILENO, &unused, 1) > 0) {
    }
    return 0;
}

int run(const std::vector<std::string>& words) {
    const bool stands_in = words.size() == 2 && words[0] == "stand-in";
    const bool is_poisoned = words.size() == 5 && words[4] == "poison";
    const bool is_node = (words.size() == 4 || is_poisoned) && words[0] == "node";
    if (!stands_in && !is_node) {
        std::cerr
            << "usage: hearsay-kill-node stand-in SOCKETS | node DIRECTORY SOCKETS SEED [poison]\n";
        return 2;
    }
    const std::string& sockets = words[is_node ? 2 : 1];
    const int fd = ::open(sockets.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return failed({base::ErrorCode::io, "cannot open " + sockets});
    if (is_node) poison(is_poisoned);
    return is_node ? run_node(words[1], fd, words[3]) : run_stand_in(fd);
}

}  // namespace
}  // namespace hearsay::kill

int main(int argc, char** argv) {
    return hearsay::kill::run({argv + 1, argv + argc});
}
