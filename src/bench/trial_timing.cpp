// trial-timing: whether the time of a trial tells a hit from a miss, or which key hit. By dudect's
// method (Reparaz, Balasch, Verbauwhede: "Dude, is my code constant time?", 2017).
// docs/benchmarks.md.
#include <cmath>
#include <vector>

#include "base/ensure.hpp"
#include "base/limits/items.hpp"
#include "bench/benches.hpp"
#include "bench/measure.hpp"
#include "bench/supply.hpp"
#include "crypto/ed25519.hpp"
#include "market/mail/letter.hpp"

namespace hearsay::bench {
namespace {

constexpr std::uint64_t timing_use = 11;  // of the seed
constexpr std::size_t mails = 256;        // of each class, so that no single one tells its class
constexpr std::size_t job_keys = 24;
// Measurements above a percentile are the machine's, not ours: each is tried, as dudect does.
constexpr std::array<double, 5> kept{0.5, 0.8, 0.9, 0.95, 1};

struct Measured {
    std::vector<double> times;
    std::vector<bool> second;  // its class
};

// Welch's t of the two classes, of what took no longer than `most`.
double welch(const Measured& all, double most) {
    std::array<double, 2> count{}, mean{}, squares{};
    for (std::size_t i = 0; i < all.times.size(); ++i) {
        if (all.times[i] > most) continue;
        const std::size_t of = all.second[i] ? 1 : 0;
        count.at(of) += 1;
        const double off = all.times[i] - mean.at(of);
        mean.at(of) += off / count.at(of);
        squares.at(of) += off * (all.times[i] - mean.at(of));
    }
    if (count[0] < 2 || count[1] < 2) return 0;
    const double error =
        squares[0] / (count[0] - 1) / count[0] + squares[1] / (count[1] - 1) / count[1];
    return error > 0 ? (mean[0] - mean[1]) / std::sqrt(error) : 0;
}

double largest_t(const Measured& all) {
    std::vector<double> sorted = all.times;
    std::ranges::sort(sorted);
    double out = 0;
    for (const double part : kept) {
        const auto at = static_cast<std::size_t>(part * static_cast<double>(sorted.size() - 1));
        out = std::max(out, std::abs(welch(all, sorted[at])));
    }
    return out;
}

item::ReadPtr mail_to(const base::MailboxKey& key, base::Rng& rng, base::WallTime now) {
    const base::Secret sender = rng.secret();
    market::Letter letter;
    rng.fill(letter.id);
    letter.sender = base::PublisherKey{crypto::ed25519_public_key(sender).data};
    letter.written = now;
    letter.removal_secret = rng.secret();
    letter.text = "hello";
    auto item = market::seal_letter(letter, sender, key, bench_network, now,
                                    base::limits::lifetime_max, rng);
    ENSURE(item.has_value(), "a letter of the benchmark does not seal");
    auto read = item::read(std::move(*item), bench_network);
    ENSURE(read.has_value(), "a mail of the benchmark has the right shape");
    return *read;
}

std::vector<item::ReadPtr> mails_to(const base::MailboxKey& key, base::Rng& rng,
                                    base::WallTime now) {
    std::vector<item::ReadPtr> out;
    for (std::size_t i = 0; i < mails; ++i) out.push_back(mail_to(key, rng, now));
    return out;
}

// Which class is next is drawn each time, so that what the machine does meets both alike. Every
// mail is copied to one place before: where the mails of a class lie would be measured otherwise.
Measured measure(const std::vector<item::ReadPtr>& first, const std::vector<item::ReadPtr>& second,
                 std::span<const std::unique_ptr<crypto::XWingKey>> keys, std::uint64_t count,
                 base::Rng& rng) {
    Measured out;
    std::optional<market::SealedLetter> sealed;  // which has its own copy of what is measured
    for (std::uint64_t i = 0; i < count; ++i) {
        const bool is_second = rng.below(2) == 1;
        sealed.emplace(*(is_second ? second : first)[rng.below(mails)]);
        std::size_t hits = 0;
        const double begin = thread_seconds();
        for (const auto& key : keys) hits += sealed->is_tagged_for(*key) ? 1U : 0U;
        out.times.push_back(thread_seconds() - begin);
        out.second.push_back(is_second);
        ENSURE(hits <= 1, "a mail for two mailboxes");
    }
    return out;
}

}  // namespace

base::Result<Figure> trial_timing(Bench& bench) {
    base::Rng rng = rng_for(bench.seed(), timing_use);
    std::vector<std::unique_ptr<crypto::XWingKey>> keys;
    for (std::size_t i = 0; i < job_keys; ++i)
        keys.push_back(std::make_unique<crypto::XWingKey>(rng.secret()));
    const auto ours = mails_to(keys.front()->public_key(), rng, bench.now());
    const auto last = mails_to(keys.back()->public_key(), rng, bench.now());
    const crypto::XWingKey stranger(rng.secret());
    const auto others = mails_to(stranger.public_key(), rng, bench.now());
    const auto more_others = mails_to(stranger.public_key(), rng, bench.now());
    const std::span all(keys);
    const std::uint64_t count = bench.sizes().timing_trials;
    const double hit_miss = largest_t(measure(ours, others, all.first(1), count, rng));
    const double first_last = largest_t(measure(ours, last, all, count / job_keys, rng));
    const double control = largest_t(measure(others, more_others, all.first(1), count, rng));
    Figure out{"trial-timing",
               {{"t", std::max(hit_miss, first_last)},
                {"t_hit_miss", hit_miss},
                {"t_first_last", first_last},
                {"t_control", control},
                {"trials", static_cast<double>(count)}},
               "two halves of mails of one kind, in the same run (t_control)",
               {{"t", 10, false}}};
    return out;
}

}  // namespace hearsay::bench
