#include "bench/network.hpp"

#include <fcntl.h>
#include <unistd.h>

#include "bench/frames.hpp"
#include "crypto/onion.hpp"
#include "store/file.hpp"

namespace hearsay::bench {
namespace {

constexpr std::uint64_t network_use = 5;  // of the seed
// Far above what src/net gives in one run.
constexpr std::uint64_t first_visitor = 1ULL << 40;
constexpr base::Millis look_interval{10};

}  // namespace

void Tap::on_frame(base::LinkId link, base::Bytes frame) {
    copies_ += items_in(frame);
    to_.on_frame(link, std::move(frame));
}

base::Result<std::unique_ptr<Network>> Network::open(Bench& bench,
                                                     const std::vector<std::string>& stores,
                                                     std::function<void()> on_item, bool search) {
    std::unique_ptr<Network> out(new Network(rng_for(bench.seed(), network_use)));
    out->on_item_ = std::move(on_item);
    const std::string directory = bench.path("sockets");
    if (auto made = store::prepare_directory(directory); !made)
        return std::unexpected(made.error());
    out->dir_fd_ = ::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (out->dir_fd_ < 0) return base::fail(base::ErrorCode::io, "cannot open " + directory);
    auto tor = TorStandIn::start(out->dir_fd_);
    if (!tor) return std::unexpected(tor.error());
    out->tor_ = std::move(*tor);
    for (const std::string& store : stores)
        if (auto added = out->add(bench, store, search); !added)
            return std::unexpected(added.error());
    return out;
}

base::Result<void> Network::add(Bench& bench, const std::string& store, bool search) {
    auto member = std::make_unique<Member>();
    core::DiscoverySettings discovery;
    discovery.discover = false;  // the links are the benchmark's
    auto host = Host::open({bench.path("node"), store, rng_.secret(), 1, discovery, search}, loop_);
    if (!host) return std::unexpected(host.error());
    member->host = std::move(*host);
    member->tap = std::make_unique<Tap>(member->host->events());
    net::LinksOptions options;
    options.socks_dir_fd = dir_fd_;
    options.socks_name = TorStandIn::socks_name;
    auto links = net::Links::create(loop_, log_, *member->tap, member->host->onion_seed(),
                                    rng_.fork(), options);
    if (!links) return std::unexpected(links.error());
    member->links = std::move(*links);
    const std::string name = TorStandIn::service_name(crypto::onion_address(member->host->self()));
    if (auto listening = member->links->listen(dir_fd_, name); !listening) return listening;
    member->host->shell().start(*member->links,
                                [this](const app::Happened& happened) {
                                    if (happened.type == "offer") on_item_();
                                },
                                {});
    member->host->shell().set_network_ready(true);
    members_.push_back(std::move(member));
    return {};
}

Network::~Network() {
    for (const auto& member : members_) member->host->shell().stop();
    members_.clear();
    if (dir_fd_ >= 0) ::close(dir_fd_);
}

void Network::connect(std::size_t dialler, std::size_t acceptor) {
    members_[dialler]->host->shell().post(core::AddPeer{members_[acceptor]->host->self(), true});
    links_wanted_ += 2;
}

bool Network::settle(double seconds) {
    const auto settled = [this] {
        std::size_t greeted = 0;
        for (const auto& member : members_)
            for (const auto& [id, link] : member->host->shell().node().links().all())
                greeted += link.greeted() ? 1 : 0;
        return greeted == links_wanted_;
    };
    return run_until(loop_, settled, seconds, look_interval);
}

void Network::inject(std::size_t node, const core::FramePtr& items) {
    app::Shell& shell = members_[node]->host->shell();
    const base::LinkId visitor{first_visitor + visitors_++};
    shell.post(core::LinkUp{visitor, std::nullopt, false});
    shell.post(core::FrameReceived{visitor, *hello_frame(rng_, net::now().wall, false)});
    shell.post(core::FrameReceived{visitor, *items});
    shell.post(core::LinkDown{visitor, std::nullopt});
}

std::uint64_t Network::copies() const {
    std::uint64_t out = 0;
    for (const auto& member : members_) out += member->tap->copies();
    return out;
}

}  // namespace hearsay::bench
