// reconcile/sketch.hpp and summary.hpp: what two sets do not share, from a few bytes.
#include "core/reconcile/sketch.hpp"

#include <set>

#include <doctest/doctest.h>

#include "base/rng.hpp"
#include "core/reconcile/summary.hpp"
#include "unit/item/samples.hpp"

namespace hearsay::core {
namespace {

crypto::SipKey key(std::uint8_t number) {
    return samples::filled<crypto::SipKey>(number);
}

struct Sets {
    base::Rng rng{samples::filled<base::Secret>(1)};
    base::ItemId random_id() {
        base::ItemId id;
        rng.fill(id);
        return id;
    }
    std::vector<ShortId> random_ids(std::size_t count) {
        std::vector<ShortId> out(count);
        for (ShortId& id : out) id = rng.next();
        std::sort(out.begin(), out.end());
        return out;
    }
};

std::vector<Symbol> coded(std::size_t size, const std::vector<ShortId>& plus,
                          const std::vector<ShortId>& minus) {
    std::vector<Symbol> symbols(size);
    for (const ShortId id : plus) code(symbols, 0, id, 1);
    for (const ShortId id : minus) code(symbols, 0, id, -1);
    return symbols;
}

// The least number of symbols that decodes so many elements, found step by step.
std::size_t symbols_needed(const std::vector<ShortId>& ids) {
    std::size_t size = ids.size();
    while (!decode(coded(size, ids, {}))) size += 1 + size / 50;
    return size;
}

TEST_CASE_FIXTURE(Sets, "what only one side holds is found, with the side that holds it") {
    const auto plus = random_ids(70);
    const auto minus = random_ids(30);
    const auto found = decode(coded(220, plus, minus));
    REQUIRE(found);
    CHECK(found->plus == plus);
    CHECK(found->minus == minus);
}

TEST_CASE_FIXTURE(Sets, "what both hold leaves nothing, however much it is") {
    const auto both = random_ids(5000);
    const auto found = decode(coded(10, both, both));
    REQUIRE(found);
    CHECK(found->plus.empty());
    CHECK(found->minus.empty());
}

TEST_CASE_FIXTURE(Sets, "too few symbols decode to nothing rather than to something wrong") {
    const auto ids = random_ids(100);
    for (std::size_t size = 0; size < 100; ++size)
        if (size > 0) CHECK(!decode(coded(size, ids, {})));
}

TEST_CASE_FIXTURE(Sets, "1.35 to 1.5 symbols a difference are enough for hundreds and more") {
    CHECK(symbols_needed(random_ids(300)) < 300 * 3 / 2);
    CHECK(symbols_needed(random_ids(5000)) < 5000 * 29 / 20);
}

TEST_CASE_FIXTURE(Sets, "symbols coded in batches are those coded at once") {
    const auto ids = random_ids(50);
    const auto whole = coded(90, ids, {});
    std::vector<Symbol> first(40);
    std::vector<Symbol> rest(50);
    for (const ShortId id : ids) {
        code(first, 0, id, 1);
        code(rest, 40, id, 1);
    }
    first.insert(first.end(), rest.begin(), rest.end());
    CHECK(first == whole);
}

TEST_CASE("positions are those of the protocol") {
    // docs/protocol.md, "Comparing", has the same values.
    const auto of = [](ShortId id) {
        std::vector<std::uint64_t> out;
        for (Positions at(id); out.size() < 8; at.next()) out.push_back(at.at());
        return out;
    };
    CHECK(of(1) == std::vector<std::uint64_t>{0, 1, 2, 3, 6, 11, 19, 44});
    CHECK(of(0x0123456789abcdef) == std::vector<std::uint64_t>{0, 1, 2, 4, 6, 8, 20, 24});
    CHECK(check_of(1) == 0x910a2dec);
    CHECK(check_of(0x0123456789abcdef) == 0x157a3807);
}

TEST_CASE_FIXTURE(Sets, "an element is in symbol i with probability 2 / (2 + i)") {
    constexpr int elements = 20'000;
    std::vector<int> seen(40);
    for (int number = 0; number < elements; ++number)
        for (Positions at(rng.next()); at.at() < seen.size(); at.next()) ++seen[at.at()];
    for (std::size_t i = 0; i < seen.size(); ++i) {
        CAPTURE(i);
        CHECK(seen[i] ==
              doctest::Approx(elements * 2.0 / (2.0 + static_cast<double>(i))).epsilon(0.08));
    }
}

TEST_CASE_FIXTURE(
    Sets, "the spread of the counts tells how many elements there are, whatever their signs") {
    for (const std::size_t count : {200u, 2000u}) {
        const auto found = static_cast<double>(
            estimated_elements(coded(count / 2, random_ids(count * 3 / 4), random_ids(count / 4))));
        CHECK(found == doctest::Approx(static_cast<double>(count)).epsilon(0.35));
    }
}

TEST_CASE("a symbol that claims to be single over and over does not keep a decoder busy for ever") {
    // Each of these shows an element that the others do not contain: taking it out makes another.
    std::vector<Symbol> symbols(64);
    for (std::size_t at = 0; at < symbols.size(); ++at)
        symbols[at] = {at + 1, check_of(at + 1), at % 2 == 0 ? 1 : -1};
    CHECK(!decode(symbols));
}

TEST_CASE_FIXTURE(Sets,
                  "ids ground to share symbols under one key are as good as any under another") {
    // Under the key that their maker knew all 60 are in the same of the first 12 symbols,
    // so these show none.
    constexpr std::size_t shared = 12;
    const auto pattern = [&](const crypto::SipKey& under, const base::ItemId& id) {
        std::uint64_t in = 0;
        for (Positions at(short_id(under, id)); at.at() < shared; at.next()) in |= 1ULL << at.at();
        return in;
    };
    std::vector<base::ItemId> ground;
    const std::uint64_t wanted = 0b10101;
    while (ground.size() < 60) {
        const base::ItemId id = random_id();
        if (pattern(key(1), id) == wanted) ground.push_back(id);
    }
    const auto under = [&](const crypto::SipKey& sip) {
        std::vector<ShortId> out;
        for (const base::ItemId& id : ground) out.push_back(short_id(sip, id));
        return out;
    };
    const auto known = coded(shared, under(key(1)), {});
    CHECK(known[0].count == 60);
    CHECK(known[2].count == 60);
    CHECK(known[1] == Symbol{});
    CHECK(known[4] == known[2]);
    const auto other = coded(shared, under(key(2)), {});
    CHECK(other[1].count > 25);
    CHECK(other[4].count < 35);
    CHECK(decode(coded(150, under(key(2)), {})));
}

TEST_CASE_FIXTURE(
    Sets, "ids ground to collide stop a decoder that uses their maker's key, and no other") {
    // Two elements with one short id cannot be told apart: that is what a full collision does.
    const ShortId collision = rng.next();
    CHECK(!decode(coded(500, {collision, collision}, {})));
    // The same two ids are far apart as soon as the key is another: SipHash keeps no collision.
    const base::ItemId a = random_id();
    base::ItemId b = random_id();
    // Ground under key 1 to share 16 bits, which is what a test has time for.
    while ((short_id(key(1), a) ^ short_id(key(1), b)) & 0xffff) b = random_id();
    CHECK(((short_id(key(2), a) ^ short_id(key(2), b)) & 0xffff) != 0);
    CHECK(decode(coded(20, {short_id(key(2), a), short_id(key(2), b)}, {})));
}

// ---- summaries
TEST_CASE_FIXTURE(Sets, "a summary depends on what is held and not on how it came to be") {
    std::vector<base::ItemId> ids;
    for (int at = 0; at < 100; ++at) ids.push_back(random_id());
    base::ItemId largest;
    largest.data.fill(0xff);  // every carry there is
    ids.push_back(largest);
    ids.push_back(largest);
    ids.back().data[31] = 0xfe;
    SetSummary forward;
    SetSummary backward;
    for (const base::ItemId& id : ids) forward.add(id);
    for (auto id = ids.rbegin(); id != ids.rend(); ++id) backward.add(*id);
    CHECK(forward == backward);
    const base::ItemId extra = random_id();
    forward.add(extra);
    CHECK(forward.digest() != backward.digest());
    forward.remove(extra);
    CHECK(forward.digest() == backward.digest());
    for (const base::ItemId& id : ids) forward.remove(id);
    CHECK(forward == SetSummary());
}

TEST_CASE_FIXTURE(Sets, "an id counts in one counter, up if its second byte is odd") {
    base::ItemId odd = random_id();
    odd.data[0] = 24 + 5;
    odd.data[1] = 7;
    base::ItemId even = odd;
    even.data[0] = 23;
    even.data[1] = 8;
    SetSummary summary;
    summary.add(odd);
    summary.add(even);
    SetSummary::Counters expected{};
    expected[5] = 1;
    expected[23] = 255;
    CHECK(summary.counters() == expected);
}

TEST_CASE_FIXTURE(Sets, "summaries are added and taken away as their ids would be") {
    SetSummary some;
    SetSummary others;
    SetSummary all;
    for (int at = 0; at < 100; ++at) {
        const base::ItemId id = random_id();
        (at % 3 == 0 ? some : others).add(id);
        all.add(id);
    }
    SetSummary sum = some;
    sum.add(others);
    CHECK(sum == all);
    sum.remove(some);
    CHECK(sum == others);
    sum.remove(others);
    CHECK(sum == SetSummary());
}

TEST_CASE_FIXTURE(Sets, "a summary survives as bytes, and bytes of another size are none") {
    SetSummary summary;
    for (int at = 0; at < 9; ++at) summary.add(random_id());
    CHECK(SetSummary::from(summary.bytes()) == summary);
    CHECK(!SetSummary::from(base::Bytes(SetSummary::bytes_size - 1)));
}

TEST_CASE_FIXTURE(Sets, "counters tell the difference of two stores give or take its half") {
    for (const std::size_t differences : {100u, 1000u, 5000u}) {
        SetSummary a;
        SetSummary b;
        for (int at = 0; at < 1000; ++at) {
            const base::ItemId both = random_id();
            a.add(both);
            b.add(both);
        }
        for (std::size_t at = 0; at < differences; ++at) (at % 2 == 0 ? a : b).add(random_id());
        const auto found = static_cast<double>(
            estimated_difference(a.counters(), a.count(), b.counters(), b.count()));
        CHECK(found > 0.5 * static_cast<double>(differences));
        CHECK(found < 1.7 * static_cast<double>(differences));
    }
}

TEST_CASE_FIXTURE(Sets, "two stores differ by at least as many as one holds more") {
    SetSummary a;
    CHECK(estimated_difference(a.counters(), 0, a.counters(), 0) == 0);
    CHECK(estimated_difference(a.counters(), 70, a.counters(), 100) == 30);
}

}  // namespace
}  // namespace hearsay::core
