// work-search: the search for work as a node does it, beside the library's hash of one message
// after the other. docs/benchmarks.md.
// Its one-shot interface of version 3 takes three times as long for messages of one block.
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
#include <openssl/sha.h>

#include "base/ensure.hpp"
#include "bench/benches.hpp"
#include "bench/measure.hpp"
#include "bench/supply.hpp"
#include "crypto/work.hpp"
#include "crypto/work_lanes.hpp"

namespace hearsay::bench {
namespace {

constexpr std::uint64_t work_use = 11;  // of the seed
constexpr std::size_t message_size = 55;

struct Sums {
    double hashes = 0;
    double seconds = 0;
    double rate() const { return hashes / seconds; }
};

// One search that ends by luck.
void search(base::Rng& rng, std::uint64_t trials, Sums& sums) {
    base::ItemId id;
    rng.fill(id.data);
    std::atomic<std::uint64_t> tried{0};
    const std::atomic<bool> never{false};
    const double begun = thread_seconds();
    const auto nonce = crypto::find_work(id, trials, 0, never, &tried);
    sums.seconds += thread_seconds() - begun;
    sums.hashes += static_cast<double>(tried);
    ENSURE(nonce && crypto::work_is_enough(id, *nonce, trials), "work that was found is none");
}

void hash_with_openssl(std::uint64_t count, Sums& sums) {
    std::array<std::uint8_t, message_size> message{};
    std::array<std::uint8_t, SHA256_DIGEST_LENGTH> hash{};
    const double begun = thread_seconds();
    for (std::uint64_t i = 0; i < count; ++i) {
        SHA256_CTX state;
        SHA256_Init(&state);
        SHA256_Update(&state, message.data(), message.size());
        SHA256_Final(hash.data(), &state);
        message[i % message_size] ^= hash[0];  // none may be left out
    }
    sums.seconds += thread_seconds() - begun;
    sums.hashes += static_cast<double>(count);
}

}  // namespace

base::Result<Figure> work_search(Bench& bench) {
    base::Rng rng = rng_for(bench.seed(), work_use);
    Sums ours, openssl;
    for (std::uint64_t round = 0; round < bench.sizes().work_rounds; ++round) {
        search(rng, bench.sizes().work_trials, ours);
        hash_with_openssl(bench.sizes().work_trials, openssl);
    }
    const auto lanes = crypto::fastest_lanes();
    Figure out{"work-search",
               {},
               "OpenSSL's SHA-256 of 55 bytes on one core, in turns with ours",
               {{"ratio", 1, true}}};
    out.values.push_back({"ratio", ours.rate() / openssl.rate()});
    out.values.push_back({"hashes_per_second", ours.rate()});
    out.values.push_back({"openssl_hashes_per_second", openssl.rate()});
    out.values.push_back({"lanes", lanes ? static_cast<double>(lanes->lanes) : 1.0});
    return out;
}

}  // namespace hearsay::bench
