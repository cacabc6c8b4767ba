// discovery/routing_table.hpp: buckets, replacement caches, refresh and the contacts nearest to a
// target.
#include "core/discovery/routing_table.hpp"

#include <algorithm>

#include <doctest/doctest.h>

#include "base/limits/discovery.hpp"
#include "crypto/sha256.hpp"
#include "unit/core/contacts.hpp"

namespace hearsay::core {
namespace {

using base::MonoTime;
using namespace std::chrono_literals;

TEST_CASE("a node's id is the SHA-256 of its onion key") {
    CHECK(node_id_of(peer(5)).data == crypto::sha256(peer(5).view()).data);
}

TEST_CASE(
    "of two ids the one whose XOR with the target is the smaller number is closer, and none than "
    "itself") {
    NodeId target, a, b;
    target.data[3] = 0xf0;
    a.data[3] = 0xf1;
    b.data[3] = 0xe0;
    CHECK(is_closer(target, a, b));
    CHECK_FALSE(is_closer(target, b, a));
    CHECK_FALSE(is_closer(target, a, a));
    b = a;
    b.data[31] = 1;  // only the last bit tells
    CHECK(is_closer(target, a, b));
    CHECK_FALSE(is_closer(target, b, a));
}

TEST_CASE_FIXTURE(Table,
                  "a contact's bucket is the highest bit in which its id differs from ours") {
    for (std::size_t bit = 0; bit < RoutingTable::buckets; ++bit) {
        NodeId id = table.self();
        id.data[31 - bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
        CHECK(table.bucket_of(id) == bit);
        for (std::size_t lower = 0; lower < bit; lower += 3)
            id.data[31 - lower / 8] ^= static_cast<std::uint8_t>(1U << lower % 8);
        CHECK(table.bucket_of(id) == bit);
    }
}

TEST_CASE_FIXTURE(Table, "who proved its key is a contact, once") {
    CHECK_FALSE(table.contains(peer(1)));
    CHECK_FALSE(table.on_proved(peer(1)));
    CHECK_FALSE(table.on_proved(peer(1)));
    CHECK(table.contains(peer(1)));
    CHECK(table.size() == 1);
    CHECK(table.bucket_size(table.bucket_of(node_id_of(peer(1)))) == 1);
}

TEST_CASE_FIXTURE(Table, "we are no contact of ourselves") {
    CHECK_FALSE(table.has_room(own));
    CHECK_FALSE(table.on_proved(own));
    table.on_failed(own);
    table.erase(own);
    CHECK_FALSE(table.contains(own));
    CHECK(table.size() == 0);
    CHECK(table.closest(table.self(), k).empty());
}

TEST_CASE_FIXTURE(Table,
                  "there is room until a bucket has k contacts, and in other buckets after that") {
    const auto peers = peers_in(255, k + 1);
    for (std::size_t at = 0; at < k; ++at) {
        CHECK(table.has_room(peers[k]));
        CHECK(table.has_room(peers[at]));
        CHECK_FALSE(table.on_proved(peers[at]));
        CHECK_FALSE(table.has_room(peers[at]));  // there already
    }
    CHECK_FALSE(table.has_room(peers[k]));
    CHECK(table.has_room(peers_in(254, 1).front()));
    CHECK(table.bucket_size(255) == k);
    CHECK(table.bucket_size(254) == 0);
}

TEST_CASE_FIXTURE(
    Table, "for one more than k the least recently seen is to be pinged, and the newcomer waits") {
    const auto peers = fill(255, 1);
    CHECK(table.on_proved(peers[k]) == peers[0]);
    CHECK_FALSE(table.contains(peers[k]));
    CHECK(table.size() == k);
    CHECK_FALSE(table.has_room(peers[k]));
}

TEST_CASE_FIXTURE(Table, "who is seen again moves to the end of its bucket") {
    const auto peers = fill(255, 1);
    table.on_proved(peers[0]);
    table.on_proved(peers[2]);
    CHECK(table.on_proved(peers[k]) == peers[1]);
}

TEST_CASE_FIXTURE(Table, "one of a bucket is pinged at a time, one of another bucket beside it") {
    const auto peers = fill(255, 3);
    const auto others = fill(254, 1);
    CHECK(table.on_proved(peers[k]) == peers[0]);
    CHECK_FALSE(table.on_proved(peers[k + 1]));
    CHECK_FALSE(table.on_proved(peers[k]));
    CHECK(table.on_proved(others[k]) == others[0]);
    CHECK_FALSE(table.on_proved(peers[0]));  // the answer
    CHECK(table.on_proved(peers[k + 2]) == peers[1]);
}

TEST_CASE_FIXTURE(Table,
                  "a pinged contact that answers stays, and is the last to be pinged again") {
    const auto peers = fill(255, 1);
    for (std::size_t round = 0; round < 2 * k; ++round) {
        CHECK(table.on_proved(peers[k]) == peers[round % k]);
        table.on_proved(peers[round % k]);
    }
    for (std::size_t at = 0; at < k; ++at) CHECK(table.contains(peers[at]));
}

TEST_CASE_FIXTURE(
    Table, "a pinged contact that does not answer gives its place to the newest that waits") {
    const auto peers = fill(255, 4);
    for (std::size_t at = k; at < k + 3; ++at) table.on_proved(peers[at]);
    table.on_proved(peers[k]);  // seen again: the newest now
    table.on_failed(peers[0]);
    CHECK_FALSE(table.contains(peers[0]));
    CHECK(table.contains(peers[k]));
    CHECK(table.size() == k);
    CHECK(table.on_proved(peers[k + 3]) == peers[1]);  // and somebody else is pinged for the next
    table.on_failed(peers[1]);
    CHECK(table.contains(peers[k + 3]));
    table.on_failed(peers[2]);
    CHECK(table.contains(peers[k + 2]));
}

TEST_CASE_FIXTURE(Table, "beyond k the one that waited longest without being seen is forgotten") {
    const auto peers = fill(255, limits::bucket_replacements_max + 1);
    for (std::size_t at = k; at < peers.size(); ++at) table.on_proved(peers[at]);
    for (std::size_t at = 0; at < k; ++at) table.on_failed(peers[at]);
    CHECK_FALSE(table.contains(peers[k]));
    for (std::size_t at = k + 1; at < peers.size(); ++at) CHECK(table.contains(peers[at]));
    // Nobody is left to wait: the next failure replaces nobody.
    table.on_failed(peers[k + 1]);
    CHECK(table.contains(peers[k + 1]));
    CHECK(table.size() == k);
}

TEST_CASE_FIXTURE(Table, "one that waits and cannot be dialled, or is banned, replaces nobody") {
    const auto peers = fill(255, 3);
    for (std::size_t at = k; at < k + 3; ++at) table.on_proved(peers[at]);
    table.on_failed(peers[k + 2]);
    table.erase(peers[k + 1]);
    table.on_failed(peers[0]);
    CHECK(table.contains(peers[k]));
    table.on_failed(peers[1]);  // the cache is empty
    CHECK(table.contains(peers[1]));
}

TEST_CASE_FIXTURE(
    Table, "with nobody to replace it a contact that fails stays untold until it is seen again") {
    table.on_proved(peer(1));
    table.on_failed(peer(1));
    CHECK(table.contains(peer(1)));
    CHECK_FALSE(tells(peer(1)));
    table.on_proved(peer(1));
    CHECK(tells(peer(1)));
}

TEST_CASE_FIXTURE(
    Table, "with nobody to replace it a contact goes after as many failures in a row, not fewer") {
    table.on_proved(peer(1));
    for (std::uint32_t tries = 1; tries < limits::stale_tries_max; ++tries)
        table.on_failed(peer(1));
    table.on_proved(peer(1));  // not in a row
    for (std::uint32_t tries = 1; tries < limits::stale_tries_max; ++tries)
        table.on_failed(peer(1));
    CHECK(table.contains(peer(1)));
    table.on_failed(peer(1));
    CHECK_FALSE(table.contains(peer(1)));
    CHECK(table.size() == 0);
    CHECK(table.next_refresh() == base::never);
}

TEST_CASE_FIXTURE(Table, "who never was a contact cannot fail or be removed") {
    table.on_failed(peer(1));
    table.erase(peer(1));
    table.on_proved(peer(2));
    table.on_failed(peer(1));
    table.erase(peer(1));
    CHECK(table.size() == 1);
    CHECK(tells(peer(2)));
}

TEST_CASE_FIXTURE(Table,
                  "an erased contact gives its place to the newest that waits, pinged or not") {
    const auto peers = fill(255, 2);
    table.on_proved(peers[k]);
    table.erase(peers[0]);  // being pinged
    CHECK_FALSE(table.contains(peers[0]));
    CHECK(table.contains(peers[k]));
    CHECK(table.on_proved(peers[k + 1]) == peers[1]);
    table.erase(peers[5]);
    CHECK(table.contains(peers[k + 1]));
    table.erase(peers[6]);
    CHECK(table.size() == k - 1);
    CHECK(table.has_room(peers[6]));
}

TEST_CASE_FIXTURE(
    Table,
    "the closest come nearest first, no more than asked for, and none if none is asked for") {
    for (std::uint32_t number = 1; number <= 300; ++number) table.on_proved(peer(number));
    const NodeId target = random_id();
    const auto all = table.closest(target, 1000);
    CHECK(all.size() == table.size());
    CHECK(std::is_sorted(all.begin(), all.end(), [&](const PeerId& a, const PeerId& b) {
        return is_closer(target, node_id_of(a), node_id_of(b));
    }));
    CHECK(table.closest(target, 7) == std::vector<PeerId>(all.begin(), all.begin() + 7));
    CHECK(table.closest(target, 0).empty());
}

TEST_CASE_FIXTURE(Table, "around our own id the closest are those of the nearest buckets") {
    const auto far = peers_in(255, 5);
    const auto near = peers_in(246, 2);
    for (const PeerId& contact : far) table.on_proved(contact);
    for (const PeerId& contact : near) table.on_proved(contact);
    auto closest = table.closest(table.self(), 2);
    std::sort(closest.begin(), closest.end());
    CHECK(closest == near);
}

TEST_CASE_FIXTURE(Table, "an empty table has nothing to refresh") {
    CHECK(table.next_refresh() == base::never);
    CHECK_FALSE(table.bucket_to_refresh(MonoTime(10h)));
}

TEST_CASE_FIXTURE(
    Table, "what was never looked up is due at once, from the nearest occupied bucket outward") {
    table.on_proved(peers_in(251, 1).front());
    CHECK(table.next_refresh() <= MonoTime{});
    std::vector<std::size_t> due;
    while (const auto bucket = table.bucket_to_refresh(MonoTime{})) {
        due.push_back(*bucket);
        REQUIRE(due.size() <= 5);
        table.on_looked_up(table.random_id_in(*bucket, rng), MonoTime{});
    }
    CHECK(due == std::vector<std::size_t>{255, 254, 253, 252, 251});
    CHECK(table.next_refresh() == MonoTime(limits::bucket_refresh));
    table.on_proved(peers_in(249, 1).front());  // two more matter now
    CHECK(table.bucket_to_refresh(MonoTime(1s)) == 250);
    CHECK(table.next_refresh() <= MonoTime(1s));
}

TEST_CASE_FIXTURE(Table,
                  "the bucket looked up longest ago is refreshed, when that was bucket_refresh ago "
                  "and not before") {
    table.on_proved(peers_in(253, 1).front());
    table.on_looked_up(table.random_id_in(253, rng), MonoTime(20s));
    table.on_looked_up(table.random_id_in(254, rng), MonoTime(10s));
    table.on_looked_up(table.random_id_in(255, rng), MonoTime(30s));
    const MonoTime due = MonoTime(10s) + limits::bucket_refresh;
    CHECK(table.next_refresh() == due);
    CHECK_FALSE(table.bucket_to_refresh(due - 1ms));
    CHECK(table.bucket_to_refresh(due) == 254);
    CHECK(table.bucket_to_refresh(due + 1h) == 254);
    table.on_looked_up(table.random_id_in(254, rng), due);
    CHECK_FALSE(table.bucket_to_refresh(due));
    CHECK(table.next_refresh() == MonoTime(20s) + limits::bucket_refresh);
}

TEST_CASE_FIXTURE(Table, "a look-up of ourselves is in no bucket's range") {
    table.on_proved(peers_in(255, 1).front());
    table.on_looked_up(table.self(), MonoTime(10s));
    CHECK(table.bucket_to_refresh(MonoTime(10s)) == 255);
}

TEST_CASE_FIXTURE(
    Table, "a random id of a bucket lies in it, and every bit that may differ does sometimes") {
    for (std::size_t bucket = 0; bucket < RoutingTable::buckets; ++bucket) {
        NodeId ones, zeros;
        zeros.data.fill(0xff);
        for (int draw = 0; draw < 40; ++draw) {
            const NodeId id = table.random_id_in(bucket, rng);
            REQUIRE(table.bucket_of(id) == bucket);
            for (std::size_t at = 0; at < 32; ++at) {
                ones.data[at] |= id.data[at];
                zeros.data[at] &= id.data[at];
            }
        }
        for (std::size_t bit = 0; bit < bucket; ++bit) {
            const std::uint8_t mask = static_cast<std::uint8_t>(1U << bit % 8);
            REQUIRE((ones.data[31 - bit / 8] & mask) != 0);
            REQUIRE((zeros.data[31 - bit / 8] & mask) == 0);
        }
    }
}

TEST_CASE_FIXTURE(Table, "the same calls make the same table") {
    RoutingTable other(own);
    for (int step = 0; step < 3000; ++step) {
        const PeerId who = peer(static_cast<std::uint32_t>(rng.below(400)));
        if (rng.below(3) == 0) {
            table.on_failed(who), other.on_failed(who);
        } else {
            REQUIRE(table.on_proved(who) == other.on_proved(who));
        }
    }
    CHECK(table.size() > k);
    CHECK(table.closest(table.self(), 1000) == other.closest(table.self(), 1000));
}

}  // namespace
}  // namespace hearsay::core
