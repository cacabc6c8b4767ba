#include "bench/host.hpp"

#include "bench/measure.hpp"
#include "core/messages.hpp"
#include "crypto/ed25519.hpp"
#include "store/file.hpp"

namespace hearsay::bench {
namespace {

// Once in hundreds of thousands a nonce of 0 is enough; counted so that the check is not optimized
// away.
std::atomic<std::uint64_t> items_with_work = 0;

}  // namespace

std::optional<base::Fault> check_without_work(const item::Read& item) {
    if (!item::check_work(item)) ++items_with_work;
    return item::check_all_but_work(item);
}

base::Result<std::unique_ptr<Host>> Host::open(const HostOptions& options, net::Loop& loop) {
    std::unique_ptr<Host> host(new Host);
    base::Rng rng(options.seed);
    host->onion_seed_ = rng.secret();
    host->self_ = base::PeerId{crypto::ed25519_public_key(host->onion_seed_).data};
    if (auto made = store::prepare_directory(options.directory); !made)
        return std::unexpected(made.error());
    auto own = store::Own::open(options.directory + "/own");
    if (!own) return std::unexpected(own.error());
    host->own_ = std::move(*own);
    store::FloodOptions flood_options;
    flood_options.network = bench_network;
    flood_options.new_life = rng.next() | 1;
    flood_options.search = options.search;
    auto flood = store::Flood::open(options.flood_directory, flood_options);
    if (!flood) return std::unexpected(flood.error());
    host->flood_ = std::move(*flood);
    auto created = market::Vault::create(rng, net::now().wall);
    // The vault's file is written now and then; how hard its passphrase is to guess is not
    // measured.
    const crypto::ScryptCost cheap{2, 1, 1};
    if (auto done = created.vault.protect({}, cheap, rng); !done)
        return std::unexpected(done.error());
    app::ShellOptions shell{options.directory, options.directory + "/vault", host->self_,
                            bench_network,     options.checking_threads,     check_without_work,
                            options.discovery};
    host->shell_ = std::make_unique<app::Shell>(
        std::move(shell), loop, host->log_, *host->own_, *host->flood_,
        market::Market(bench_network, std::move(created.vault), rng.fork()), rng.fork());
    return host;
}

core::FramePtr hello_frame(base::Rng& rng, base::WallTime now, bool listening) {
    return core::encode(core::Hello{core::protocol_version,
                                    static_cast<std::uint32_t>(bench_network), now, listening,
                                    rng.next()});
}

void DeadLinks::greet(std::size_t peers, base::Rng& rng, base::WallTime now) {
    const auto hello = hello_frame(rng, now, true);
    for (std::size_t i = 1; i <= peers; ++i) {
        base::PeerId peer;
        rng.fill(peer);
        events_.on_link_up(base::LinkId{i}, peer, false, std::nullopt);
        events_.on_frame(base::LinkId{i}, *hello);
    }
}

void DeadLinks::send(base::LinkId, net::FramePtr frame) {
    ++frames_out;
    bytes_out += frame->size();
}

void DeadLinks::throttle(bool on) {
    throttled_ = on;
    if (!on && on_unthrottled) on_unthrottled();
}

bool run_until(net::Loop& loop, const std::function<bool()>& done, double seconds,
               base::Millis interval) {
    const double last = wall_seconds() + seconds;
    bool reached = false;
    net::Timer* look = nullptr;
    net::Timer timer(loop, [&] {
        reached = done();
        if (reached || wall_seconds() > last)
            loop.stop();
        else
            look->arm(interval);
    });
    look = &timer;
    timer.arm(base::Millis(0));
    loop.run();
    return reached;
}

}  // namespace hearsay::bench
