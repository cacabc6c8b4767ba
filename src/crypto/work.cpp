#include "crypto/work.hpp"

// The EVP interface hashes 6 million of these messages a second here (SHA extensions, one core),
// the deprecated one 11: whole blocks go in, eight words come out, and nothing is buffered,
// allocated or dispatched. The library has nothing else to reach the compression function with.
// A search asks it only about the nonces that work_lanes.hpp leaves.
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
#include <openssl/sha.h>

#include "base/ensure.hpp"
#include "crypto/work_lanes.hpp"

namespace hearsay::crypto {
namespace {

constexpr std::string_view tag{"hearsay pow v1", 15};  // with its zero byte
constexpr std::size_t nonce_at = tag.size() + base::ItemId::size;
constexpr std::size_t message_size = nonce_at + sizeof(std::uint64_t);
// 55 bytes are the most that SHA-256 takes in one block with its padding; the tag is as short as it
// is for that.
static_assert(message_size == 55);
static_assert(nonce_at == work_nonce_at);

// The padded message (FIPS 180-4, section 5.1.1) of one id, in which only the nonce changes.
class WorkHash {
public:
    explicit WorkHash(const base::ItemId& id) {
        std::copy(tag.begin(), tag.end(), padded_.begin());
        std::copy(id.data.begin(), id.data.end(), padded_.begin() + tag.size());
        padded_[message_size] = 0x80;
        const auto bits = base::big_endian(std::uint64_t{message_size * 8});
        std::copy(bits.begin(), bits.end(), padded_.end() - bits.size());
        ENSURE(SHA256_Init(&start_) == 1, "SHA-256 does not start");
    }
    // The first 8 bytes of the hash, read big-endian.
    std::uint64_t head(std::uint64_t nonce) {
        const auto bytes = base::big_endian(nonce);
        std::copy(bytes.begin(), bytes.end(), padded_.begin() + nonce_at);
        SHA256_CTX state = start_;
        SHA256_Update(&state, padded_.data(), padded_.size());
        return std::uint64_t{state.h[0]} << 32 | state.h[1];
    }
    // The first of the `count` nonces from `first` on whose head is below the limit: its distance
    // from `first`; `count` if there is none.
    std::uint64_t search(std::uint64_t first, std::uint64_t count, std::uint64_t limit) {
        std::uint64_t at = 0;
        const auto found_before = [&](std::uint64_t end) {
            for (; at < end; ++at)
                if (head(first + at) < limit) return true;
            return false;
        };
        static const std::optional<Lanes> lanes = fastest_lanes();  // asked once: CPUID is slow
        if (lanes) {
            const std::uint64_t group = lanes->lanes;
            if (found_before(std::min(count, (group - first % group) % group))) return at;
            for (std::uint64_t left = (count - at) / group * group; left > 0; left -= group) {
                const std::uint64_t none = lanes->surely_none(
                    padded_, first + at, left, static_cast<std::uint32_t>(limit >> 32));
                at += none;
                left -= none;
                if (left == 0) break;
                if (found_before(at + group)) return at;
            }
        }
        return found_before(count) ? at : count;
    }

private:
    SHA256_CTX start_;
    WorkBlock padded_{};
};

// floor(2^64 / trials) for trials >= 2, in 64 bits: 2^64 = UINT64_MAX + 1.
std::uint64_t threshold(std::uint64_t trials) {
    const std::uint64_t quotient = UINT64_MAX / trials;
    return UINT64_MAX % trials == trials - 1 ? quotient + 1 : quotient;
}

constexpr std::uint64_t cancel_interval = 4096;

}  // namespace

bool work_is_enough(const base::ItemId& id, std::uint64_t nonce, std::uint64_t trials) {
    return trials <= 1 || head_is_enough(work_head(id, nonce), trials);
}

std::uint64_t work_head(const base::ItemId& id, std::uint64_t nonce) {
    return WorkHash(id).head(nonce);
}

bool head_is_enough(std::uint64_t head, std::uint64_t trials) {
    return trials <= 1 || head < threshold(trials);
}

std::optional<std::uint64_t> find_work(const base::ItemId& id, std::uint64_t trials,
                                       std::uint64_t start, const std::atomic<bool>& cancelled,
                                       std::atomic<std::uint64_t>* tried) {
    if (trials <= 1) return start;
    WorkHash hash(id);
    const std::uint64_t limit = threshold(trials);
    std::uint64_t nonce = start;  // wraps around; 2^64 tries never happen
    while (!cancelled.load(std::memory_order_relaxed)) {
        const std::uint64_t distance = hash.search(nonce, cancel_interval, limit);
        const bool found = distance < cancel_interval;
        if (tried)
            tried->fetch_add(found ? distance + 1 : cancel_interval, std::memory_order_relaxed);
        nonce += distance;
        if (found) return nonce;
    }
    return std::nullopt;
}

}  // namespace hearsay::crypto
