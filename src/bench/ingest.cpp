// ingest: signed offers through a whole node with a million items stored, as a share of what the
// cores could verify if they did nothing else. docs/benchmarks.md.
#include <thread>

#include "base/ensure.hpp"
#include "bench/benches.hpp"
#include "bench/host.hpp"
#include "bench/measure.hpp"
#include "bench/reference.hpp"
#include "core/messages.hpp"
#include "item/signing.hpp"

namespace hearsay::bench {
namespace {

constexpr std::size_t peers = 8;
constexpr std::uint64_t ingest_use = 3;  // of the seed
// What a link's socket holds at a time, about: frames handed over before others have their turn.
constexpr std::size_t socket_bytes = 64 * 1024;
constexpr std::size_t reference_messages = 4096;
constexpr double round_seconds_max = 120;

struct Offers {
    std::vector<core::FramePtr> frames;  // one item each, as they flood
    std::vector<SignedMessage> messages;
};

// On all cores: a key and a signature cost as much as a verification.
Offers make_offers(Bench& bench, std::uint64_t count, unsigned threads) {
    Offers out;
    out.frames.resize(count);
    out.messages.resize(std::min<std::uint64_t>(count, reference_messages));
    const auto make = [&](std::uint64_t first) {
        Supply supply(rng_for(bench.seed(), ingest_use + first), bench.now());
        for (std::uint64_t i = first; i < count; i += threads) {
            item::Item item = supply.signed_offer();
            const auto read = item::read(std::move(item), bench_network);
            ENSURE(read, "an item of the supply has the right shape");
            if (i < out.messages.size()) {
                const auto& publisher = (*read)->header.publication()->publisher;
                out.messages[i] = {base::to_bytes(publisher.view()),
                                   item::signed_message((*read)->item.header),
                                   (*read)->item.signature};
            }
            std::size_t from = 0;
            out.frames[i] = core::encode_items({*read}, from, 1);
        }
    };
    std::vector<std::thread> others;
    for (unsigned i = 1; i < threads; ++i) others.emplace_back([&make, i] { make(i); });
    make(0);
    for (std::thread& other : others) other.join();
    return out;
}

// Hands frames to the shell as a socket does: some at a time, in the loop's turns,
// and none while throttled.
class Feeder {
public:
    Feeder(net::Loop& loop, net::LinkEvents& events, DeadLinks& links)
        : loop_(loop), events_(events), links_(links) {
        links_.on_unthrottled = [this] { go_on(); };
    }
    void feed(std::span<const core::FramePtr> frames) {
        frames_ = frames;
        go_on();
    }
    bool done() const { return frames_.empty(); }

private:
    void go_on() {
        if (posted_ || frames_.empty()) return;
        posted_ = true;
        loop_.post([this] {
            posted_ = false;
            if (links_.throttled()) return;
            for (std::size_t bytes = 0; bytes < socket_bytes && !frames_.empty();
                 frames_ = frames_.subspan(1)) {
                bytes += frames_.front()->size();
                events_.on_frame(base::LinkId{1 + next_link_++ % peers}, *frames_.front());
            }
            go_on();
        });
    }
    net::Loop& loop_;
    net::LinkEvents& events_;
    DeadLinks& links_;
    std::span<const core::FramePtr> frames_;
    std::uint64_t next_link_ = 0;
    bool posted_ = false;
};

struct Sums {
    double ours_wall = 0, ours_cpu = 0;
    double reference_wall = 0, reference_cpu = 0;
    double verifications = 0;
};

base::Result<Sums> measure(Bench& bench, Host& host, net::Loop& loop, const Offers& offers,
                           unsigned cores) {
    base::Rng rng = rng_for(bench.seed(), 2);
    DeadLinks links(host.events());
    host.shell().start(links, {}, {});
    links.greet(peers, rng, bench.now());
    const auto quiet = [&] { return host.shell().node().verifying() == 0; };
    if (!run_until(
            loop, [&] { return host.shell().node().links().all().size() == peers; },
            round_seconds_max))
        return base::fail(base::ErrorCode::unavailable, "the links did not come up");
    Feeder feeder(loop, host.events(), links);
    const std::uint64_t stored_before = host.flood().stats().items;
    const std::size_t round = bench.sizes().ingest_round_items;
    Sums sums;
    for (std::size_t at = 0; at < offers.frames.size(); at += round) {
        const Stopwatch ours;
        feeder.feed(std::span(offers.frames).subspan(at, round));
        if (!run_until(loop, [&] { return feeder.done() && quiet(); }, round_seconds_max))
            return base::fail(base::ErrorCode::unavailable, "the items were not all taken in");
        const double seconds = ours.wall();
        sums.ours_wall += seconds;
        sums.ours_cpu += ours.cpu();
        const Stopwatch reference;
        const double rate = openssl_verifications(offers.messages, cores, seconds);
        sums.reference_wall += reference.wall();
        sums.reference_cpu += reference.cpu();
        sums.verifications += rate * reference.wall();
    }
    if (host.flood().stats().items != stored_before + offers.frames.size())
        return base::fail(base::ErrorCode::corrupt, "not every item was stored");
    host.shell().stop();
    return sums;
}

base::Result<Sums> measure_into(Bench& bench, const std::string& store, const Offers& offers,
                                unsigned cores, bool search) {
    net::Loop loop;
    base::Rng rng = rng_for(bench.seed(), ingest_use);
    HostOptions options{bench.path("ingest"), store, rng.secret(), cores};
    options.search = search;
    const auto host = Host::open(options, loop);
    if (!host) return std::unexpected(host.error());
    return measure(bench, **host, loop, offers, cores);
}

double ratio_of(const Sums& sums, double items) {
    return items / sums.ours_wall / (sums.verifications / sums.reference_wall);
}

}  // namespace

base::Result<Figure> search_ingest(Bench& bench) {
    const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
    const std::string filled = bench.path("filled");
    if (const auto made =
            fill_store(filled, bench.sizes().hundred_k, 1000, bench.seed(), bench.now());
        !made)
        return std::unexpected(made.error());
    const std::uint64_t count = bench.sizes().ingest_rounds * bench.sizes().ingest_round_items / 2;
    const Offers offers = make_offers(bench, count, cores);
    const auto items = static_cast<double>(count);
    double ratios[2] = {};
    double cpu_us[2] = {};
    for (const bool search : {false, true}) {
        const auto store = bench.copy_of(filled);
        if (!store) return std::unexpected(store.error());
        const auto sums = measure_into(bench, *store, offers, cores, search);
        bench.remove(*store);
        if (!sums) return std::unexpected(sums.error());
        ratios[search ? 1 : 0] = ratio_of(*sums, items);
        cpu_us[search ? 1 : 0] = 1e6 * sums->ours_cpu / items;
    }
    bench.remove(filled);
    return Figure{"search-ingest",
                  {{"kept", ratios[1] / ratios[0]},
                   {"kept_by_cpu", cpu_us[0] / cpu_us[1]},
                   {"ratio_with", ratios[1]},
                   {"ratio_without", ratios[0]},
                   {"cpu_us_per_item_with", cpu_us[1]},
                   {"cpu_us_per_item_without", cpu_us[0]},
                   {"items", items}},
                  "the same node without its index of words, each beside OpenSSL as in ingest",
                  {{"kept", 0.85, true}}};
}

base::Result<Figure> ingest(Bench& bench) {
    const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
    const auto store = bench.copy_of_filled_store();
    if (!store) return std::unexpected(store.error());
    const std::uint64_t count = bench.sizes().ingest_rounds * bench.sizes().ingest_round_items;
    const Offers offers = make_offers(bench, count, cores);
    const auto sums = measure_into(bench, *store, offers, cores, true);
    bench.remove(*store);
    if (!sums) return std::unexpected(sums.error());
    const auto items = static_cast<double>(count);
    const double rate = items / sums->ours_wall;
    const double reference = sums->verifications / sums->reference_wall;
    const double cpu_us = 1e6 * sums->ours_cpu / items;
    const double reference_us = 1e6 * sums->reference_cpu / sums->verifications;
    return Figure{"ingest",
                  {{"ratio", rate / reference},
                   {"items_per_second", rate},
                   {"openssl_verifications_per_second", reference},
                   {"cpu_us_per_item", cpu_us},
                   {"openssl_cpu_us_per_verification", reference_us},
                   {"cores", static_cast<double>(cores)},
                   {"items", items},
                   {"stored_before", static_cast<double>(bench.sizes().million)}},
                  "OpenSSL's Ed25519 verifications with a fresh key each, on all cores at once, in "
                  "turns with ours",
                  {{"ratio", 0.85, true}}};
}

}  // namespace hearsay::bench
