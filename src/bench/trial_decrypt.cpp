// trial-decrypt: mails that are not ours tried with the keys of many mailboxes, beside the
// decapsulations that this takes at least. docs/benchmarks.md.
#include <thread>

#include "app/node/mail_trials.hpp"
#include "base/ensure.hpp"
#include "base/limits/items.hpp"
#include "bench/benches.hpp"
#include "bench/host.hpp"
#include "bench/measure.hpp"
#include "bench/reference.hpp"
#include "bench/supply.hpp"
#include "crypto/ed25519.hpp"
#include "item/mailbox.hpp"

namespace hearsay::bench {
namespace {

constexpr std::uint64_t trial_use = 7;           // of the seed
constexpr std::size_t mails = 64;                // different ones
constexpr std::uint64_t under_way = 256;         // mails at a time
constexpr std::uint64_t round_mails_max = 2048;  // with one key each is mostly the job around it
constexpr double round_seconds_max = 120;
constexpr std::array<std::size_t, 4> key_counts = {1, 24, 256, 4096};
constexpr std::array<const char*, 4> ratio_names = {"ratio_1_key", "ratio_24_keys", "ratio",
                                                    "ratio_4096_keys"};
constexpr std::size_t usual_keys = 1;  // 24
constexpr std::size_t many = 2;        // 256: a busy person's

using Mails = std::vector<item::ReadPtr>;

// To mailboxes that nobody here has the keys of.
Mails make_mails(base::Rng& rng, base::WallTime now) {
    Mails out;
    for (std::size_t i = 0; i < mails; ++i) {
        const base::Secret sender = rng.secret();
        market::Letter letter;
        rng.fill(letter.id);
        letter.sender = base::PublisherKey{crypto::ed25519_public_key(sender).data};
        letter.written = now;
        letter.removal_secret = rng.secret();
        letter.reply_to = crypto::XWingKey(rng.secret()).public_key();
        letter.text = std::string(500, 'x');
        auto sealed =
            market::seal_letter(letter, sender, crypto::XWingKey(rng.secret()).public_key(),
                                bench_network, now, base::limits::lifetime_max, rng);
        ENSURE(sealed.has_value(), "a letter of the benchmark does not seal");
        auto read = item::read(std::move(*sealed), bench_network);
        ENSURE(read.has_value(), "a mail of the benchmark has the right shape");
        out.push_back(std::move(*read));
    }
    return out;
}

market::OwnKeys make_keys(base::Rng& rng, std::size_t count) {
    std::vector<market::OwnKey> out;
    for (std::size_t i = 0; i < count; ++i) {
        auto key = std::make_shared<const crypto::XWingKey>(rng.secret());
        const base::MailboxId mailbox = item::mailbox_id(key->public_key());
        out.push_back({mailbox, std::move(key)});
    }
    return std::make_shared<const std::vector<market::OwnKey>>(std::move(out));
}

// The product's way from the market's wish to its answer, without the turns between.
class Trying {
public:
    Trying(const Mails& all, unsigned threads)
        : mails_(all),
          workers_(loop_, threads),
          trials_([this](const item::ReadPtr&, const base::MailboxId&, const auto& letter) {
              ENSURE(!letter, "a key opens a mail that is for another");
              ++answered_;
              go_on();
          }) {}
    // False after round_seconds_max.
    bool run(const market::OwnKeys& keys, std::uint64_t count) {
        keys_ = keys;
        wanted_ = count;
        begun_ = answered_ = 0;
        go_on();
        return run_until(loop_, [&] { return answered_ == wanted_; }, round_seconds_max);
    }

private:
    void go_on() {
        while (begun_ < wanted_ && begun_ < answered_ + under_way)
            trials_.begin(workers_, market::TryOpen{mails_[begun_++ % mails_.size()], keys_});
    }
    const Mails& mails_;
    market::OwnKeys keys_;
    std::uint64_t wanted_ = 0, begun_ = 0, answered_ = 0;
    net::Loop loop_;
    app::Workers workers_;
    app::MailTrials trials_;
};

struct Sums {
    double keys = 0, wall = 0, cpu = 0;
    double decapsulations = 0, reference_wall = 0, reference_cpu = 0;
    double rate() const { return keys / wall; }
    double reference_rate() const { return decapsulations / reference_wall; }
};

// In turns, so that what else the machine does slows both.
base::Result<Sums> measure(Trying& trying, base::Rng& rng, std::size_t key_count,
                           const Sizes& sizes) {
    const auto keys = make_keys(rng, key_count);
    const std::uint64_t count =
        std::clamp<std::uint64_t>(sizes.trial_round_keys / key_count, 1, round_mails_max);
    const auto late = base::fail(base::ErrorCode::unavailable, "the mails were not all tried");
    if (!trying.run(keys, 1)) return late;  // so that caches are warm
    OpensslDecapsulations openssl;
    Sums out;
    for (std::uint64_t round = 0; round < sizes.trial_rounds; ++round) {
        const Stopwatch ours;
        if (!trying.run(keys, count)) return late;
        const double seconds = ours.wall();
        out.keys += static_cast<double>(count * key_count);
        out.wall += seconds;
        out.cpu += ours.cpu();
        const Stopwatch reference;
        out.decapsulations += static_cast<double>(openssl.run(seconds));
        out.reference_wall += reference.wall();
        out.reference_cpu += reference.cpu();
    }
    return out;
}

}  // namespace

base::Result<Figure> trial_decrypt(Bench& bench) {
    const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
    base::Rng rng = rng_for(bench.seed(), trial_use);
    const Mails all = make_mails(rng, bench.now());
    Trying trying(all, cores);
    Figure out{"trial-decrypt",
               {},
               "OpenSSL's ML-KEM-768 (EVP_PKEY_decapsulate, its objects made before) on one core, "
               "in turns with ours, times the cores",
               {{"ratio", 0.8, true}, {"core_percent_100000_mails_24", 0.3, false}}};
    std::array<Sums, key_counts.size()> sums;
    for (std::size_t i = 0; i < key_counts.size(); ++i) {
        const auto measured = measure(trying, rng, key_counts[i], bench.sizes());
        if (!measured) return std::unexpected(measured.error());
        sums[i] = *measured;
    }
    const auto add_ratio = [&](std::size_t i) {
        out.values.push_back({ratio_names[i], sums[i].rate() / (cores * sums[i].reference_rate())});
    };
    const Sums& main = sums[many];
    add_ratio(many);
    for (const std::size_t i : {0, 1, 3}) add_ratio(i);
    const double cpu_us = 1e6 * main.cpu / main.keys;
    const double reference_us = 1e6 * main.reference_cpu / main.decapsulations;
    out.values.push_back({"ratio_cpu", reference_us / cpu_us});
    out.values.push_back({"keys_per_second", main.rate()});
    out.values.push_back({"openssl_decapsulations_per_second", main.reference_rate()});
    out.values.push_back({"cpu_us_per_key", cpu_us});
    out.values.push_back({"openssl_cpu_us_per_decapsulation", reference_us});
    const Sums& usual = sums[usual_keys];
    constexpr double day_seconds = 24 * 3600;
    out.values.push_back(
        {"core_percent_100000_mails_24", 100 * 1e5 * 24 * usual.cpu / usual.keys / day_seconds});
    out.values.push_back({"cores", static_cast<double>(cores)});
    return out;
}

}  // namespace hearsay::bench
