#include "crypto/work.hpp"

#include <thread>

#include <doctest/doctest.h>

#include "crypto/sha256.hpp"
#include "crypto_support.hpp"

using namespace hearsay;
using namespace hearsay::crypto;

namespace {

const base::ItemId id = *base::ItemId::from(test::counting(0, 31));
const std::atomic<bool> not_cancelled{false};

// The rule of the header, by the plain way.
std::uint64_t head_of(std::uint64_t nonce) {
    const auto bytes = base::big_endian(nonce);
    const base::Digest hash = tagged_sha256("hearsay pow v1", {id.view(), bytes});
    return base::read_big_endian<std::uint64_t>(std::span(hash.data).first<8>());
}
__extension__ using Wide = unsigned __int128;
bool is_enough_by_the_rule(std::uint64_t head, std::uint64_t trials) {
    return head < (Wide{1} << 64) / trials;
}

}  // namespace

// From Python's hashlib: SHA-256("hearsay pow v1\0" || 00..1f || nonce).
TEST_CASE("the hash of work is the one that protocol.md describes") {
    CHECK(head_of(0) == 0xf4edd2a1bf500d15ULL);
    CHECK(head_of(1) == 0x62c08c212975b9dbULL);
    CHECK(head_of(UINT64_MAX) == 0x3bd7746227768b37ULL);
}

TEST_CASE("no work and one trial are always met") {
    for (std::uint64_t nonce = 0; nonce < 100; ++nonce) {
        CHECK(work_is_enough(id, nonce, 0));
        CHECK(work_is_enough(id, nonce, 1));
    }
    CHECK(find_work(id, 0, 5, not_cancelled) == 5);
    CHECK(find_work(id, 1, 6, not_cancelled) == 6);
}

TEST_CASE("work is enough exactly when the head is below 2^64 / trials") {
    for (std::uint64_t nonce = 0; nonce < 2000; ++nonce) {
        const std::uint64_t head = head_of(nonce);
        // about the last trials it meets
        const std::uint64_t most = head == 0 ? UINT64_MAX : UINT64_MAX / head;
        for (std::uint64_t trials :
             {std::uint64_t{2}, std::uint64_t{3}, std::uint64_t{1000}, std::uint64_t{1} << 32,
              most - 1, most, most + 1, UINT64_MAX}) {
            if (trials < 2) continue;
            CHECK(work_is_enough(id, nonce, trials) == is_enough_by_the_rule(head, trials));
        }
    }
}

TEST_CASE("another id has other work") {
    base::ItemId other = id;
    other.data[31] ^= 1;
    int same = 0;
    for (std::uint64_t nonce = 0; nonce < 256; ++nonce)
        same += work_is_enough(id, nonce, 2) == work_is_enough(other, nonce, 2) ? 1 : 0;
    CHECK(same < 200);
    CHECK(same > 56);
}

// Python's hashlib finds 200 first too.
TEST_CASE("find_work gives the first nonce from its start that is enough, and counts its hashes") {
    std::atomic<std::uint64_t> tried{0};
    CHECK(find_work(id, 1000, 0, not_cancelled, &tried) == 200);
    CHECK(tried == 201);
    CHECK(find_work(id, 1000, 200, not_cancelled) == 200);
    const auto next = find_work(id, 1000, 201, not_cancelled);
    REQUIRE(next);
    CHECK(*next > 200);
    CHECK(work_is_enough(id, *next, 1000));
}

TEST_CASE("find_work goes on at zero after the last nonce") {
    const auto found = find_work(id, 1000, UINT64_MAX - 1, not_cancelled);
    REQUIRE(found);
    CHECK(work_is_enough(id, *found, 1000));
}

TEST_CASE("find_work stops when it is cancelled") {
    std::atomic<bool> cancelled{false};
    std::atomic<std::uint64_t> tried{0};
    std::optional<std::uint64_t> found{0};
    std::thread worker([&] { found = find_work(id, UINT64_MAX, 0, cancelled, &tried); });
    while (tried == 0) std::this_thread::yield();
    cancelled = true;
    worker.join();
    CHECK_FALSE(found);
    CHECK(tried % 4096 == 0);
}
