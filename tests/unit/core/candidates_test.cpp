// discovery/candidates.hpp: who told us of whom, and that nobody who tells much gets more of our
// attention.
#include "core/discovery/candidates.hpp"

#include <map>
#include <set>

#include <doctest/doctest.h>

#include "base/limits/discovery.hpp"
#include "unit/core/trace.hpp"
#include "unit/item/samples.hpp"

namespace hearsay::core {
namespace {

namespace limits = base::limits;
using base::PeerId;

constexpr std::size_t per_source = limits::candidates_per_source_max;
constexpr std::size_t sources_most = limits::candidate_sources_max;

PeerId peer(std::uint32_t number) {
    return samples::numbered<PeerId>(1'000'000 + number);
}
PeerId source(std::uint32_t number) {
    return samples::numbered<PeerId>(1 + number);
}
bool anybody(const PeerId&) {
    return true;
}

struct Told {
    Candidates candidates{base::Rng(samples::filled<base::Secret>(3))};
    const PeerId alice = source(0), bob = source(1);
    Effects effects;
    // What the effects so far leave on disk.
    std::map<std::pair<PeerId, PeerId>, base::WallTime> kept;

    void add(const PeerId& who, const PeerId& from, base::WallTime now = samples::noon) {
        candidates.add(who, from, now, effects);
    }
    Effects take() { return std::exchange(effects, {}); }
    void keep() {
        for (const Effect& effect : take()) {
            if (const auto* keep = std::get_if<KeepCandidate>(&effect)) {
                REQUIRE(kept.try_emplace({keep->candidate.source, keep->candidate.peer},
                                         keep->candidate.heard)
                            .second);
            } else {
                const auto* drop = std::get_if<DropCandidate>(&effect);
                REQUIRE(drop);
                REQUIRE(kept.erase({drop->source, drop->peer}) == 1);
            }
        }
    }
    std::size_t kept_of(const PeerId& from) const {
        std::size_t count = 0;
        for (const auto& [key, heard] : kept) count += key.first == from;
        return count;
    }
};

TEST_CASE_FIXTURE(Told, "a candidate is kept with who named it and when") {
    add(peer(1), alice);
    CHECK(take() == Effects{KeepCandidate{{peer(1), alice, samples::noon}}});
    CHECK(candidates.contains(peer(1)));
    CHECK_FALSE(candidates.contains(peer(2)));
    CHECK(candidates.size() == 1);
    CHECK(candidates.sources() == 1);
}

TEST_CASE_FIXTURE(
    Told,
    "what a source says again changes nothing, what another one says is filed under it, too") {
    add(peer(1), alice);
    take();
    add(peer(1), alice, samples::noon + base::Seconds(60));
    CHECK(take().empty());
    add(peer(1), bob);
    CHECK(take() == Effects{KeepCandidate{{peer(1), bob, samples::noon}}});
    CHECK(candidates.size() == 1);
    CHECK(candidates.sources() == 2);
}

TEST_CASE_FIXTURE(Told, "beyond its share a source displaces one of its own candidates") {
    for (std::uint32_t number = 0; number < per_source; ++number) add(peer(number), alice);
    keep();
    add(peer(1000), alice);
    const Effects full = effects;
    REQUIRE(full.size() == 2);
    const auto* drop = std::get_if<DropCandidate>(&full[0]);
    REQUIRE(drop);
    CHECK(drop->source == alice);
    CHECK_FALSE(candidates.contains(drop->peer));
    CHECK(full[1] == Effect{KeepCandidate{{peer(1000), alice, samples::noon}}});
    CHECK(candidates.contains(peer(1000)));
    CHECK(candidates.size() == per_source);
}

TEST_CASE_FIXTURE(Told, "which one of its own goes is random: those named first may stay") {
    for (std::uint32_t number = 0; number < 2 * per_source; ++number) add(peer(number), alice);
    std::size_t early = 0;
    for (std::uint32_t number = 0; number < per_source; ++number)
        early += candidates.contains(peer(number));
    CHECK(early > 10);  // 23 of 64 on average
    CHECK(early < 40);
}

TEST_CASE_FIXTURE(Told, "a source that names thousands displaces nobody else's") {
    for (std::uint32_t number = 0; number < 20; ++number) {
        add(peer(number), bob);
        add(peer(100 + number), Candidates::newcomers);
    }
    for (std::uint32_t number = 0; number < 5000; ++number) add(peer(1000 + number), alice);
    for (std::uint32_t number = 0; number < 5000; ++number)
        add(peer(10'000 + number), Candidates::newcomers);
    keep();
    for (std::uint32_t number = 0; number < 20; ++number) CHECK(candidates.contains(peer(number)));
    CHECK(kept_of(bob) == 20);
    CHECK(kept_of(alice) == per_source);
    CHECK(kept_of(Candidates::newcomers) == per_source);
    CHECK(candidates.size() == 20 + 2 * per_source);
}

TEST_CASE_FIXTURE(Told,
                  "a candidate that its source displaced stays while another source names it") {
    for (std::uint32_t number = 0; number < per_source; ++number) {
        add(peer(number), alice);
        add(peer(number), bob);
    }
    for (std::uint32_t number = 0; number < 1000; ++number) add(peer(1000 + number), alice);
    for (std::uint32_t number = 0; number < per_source; ++number)
        CHECK(candidates.contains(peer(number)));
    keep();
    CHECK(kept_of(bob) == per_source);
}

TEST_CASE_FIXTURE(
    Told,
    "for one source too many a random other one goes with what only it knew, and newcomers stays") {
    add(peer(1), Candidates::newcomers);
    std::set<PeerId> gone;
    for (std::uint32_t number = 0; number < 1000; ++number) {
        add(peer(10 + number), source(number));
        add(peer(2), source(number));  // known to all
        const std::size_t expected = std::min<std::size_t>(number + 2, sources_most);
        REQUIRE(candidates.sources() == expected);
        REQUIRE(candidates.size() == expected + 1);
        for (const Effect& effect : effects)
            if (const auto* drop = std::get_if<DropCandidate>(&effect)) gone.insert(drop->source);
        keep();
        REQUIRE(kept_of(source(number)) == 2);
    }
    CHECK(kept_of(Candidates::newcomers) == 1);
    CHECK(gone.size() == 1000 - (sources_most - 1));
    CHECK(gone.count(source(0)) + gone.count(source(500)) + gone.count(source(999)) < 3);
    bool in_order = true;  // not simply the oldest
    for (std::uint32_t number = 0; number < gone.size(); ++number)
        in_order = in_order && gone.contains(source(number));
    CHECK_FALSE(in_order);
}

TEST_CASE_FIXTURE(Told, "newcomers finds a place when it is the source too many") {
    for (std::uint32_t number = 0; number < sources_most; ++number)
        add(peer(number), source(number));
    add(peer(1000), Candidates::newcomers);
    CHECK(candidates.contains(peer(1000)));
    CHECK(candidates.sources() == sources_most);
    CHECK(candidates.size() == sources_most);
}

TEST_CASE_FIXTURE(
    Told, "an erased candidate is gone from all its sources, and a source without any is none") {
    add(peer(1), alice);
    add(peer(1), bob);
    add(peer(2), bob);
    take();
    candidates.erase(peer(1), effects);
    CHECK(take() == Effects{DropCandidate{peer(1), alice}, DropCandidate{peer(1), bob}});
    CHECK_FALSE(candidates.contains(peer(1)));
    CHECK(candidates.size() == 1);
    CHECK(candidates.sources() == 1);
    candidates.erase(peer(1), effects);
    CHECK(take().empty());
}

TEST_CASE_FIXTURE(Told,
                  "a candidate goes after as many failures, from all its sources, and not before") {
    add(peer(1), alice);
    take();
    for (std::uint32_t tries = 1; tries < limits::candidate_tries_max; ++tries) {
        candidates.on_failed(peer(1), effects);
        CHECK(take().empty());
    }
    add(peer(1), bob);  // being named again makes it no better
    take();
    candidates.on_failed(peer(1), effects);
    CHECK(take() == Effects{DropCandidate{peer(1), alice}, DropCandidate{peer(1), bob}});
    CHECK_FALSE(candidates.contains(peer(1)));
    candidates.on_failed(peer(1), effects);
    CHECK(take().empty());
}

TEST_CASE_FIXTURE(Told, "a candidate that went and is named anew has all its tries again") {
    for (int life = 0; life < 2; ++life) {
        add(peer(1), alice);
        for (std::uint32_t tries = 1; tries < limits::candidate_tries_max; ++tries)
            candidates.on_failed(peer(1), effects);
        CHECK(candidates.contains(peer(1)));
        candidates.on_failed(peer(1), effects);
        CHECK_FALSE(candidates.contains(peer(1)));
    }
}

TEST_CASE_FIXTURE(Told, "a source that names one is chosen from as often as one that names many") {
    for (std::uint32_t number = 0; number < per_source; ++number) add(peer(100 + number), alice);
    add(peer(1), bob);
    std::map<PeerId, int> chosen;
    for (int draw = 0; draw < 1000; ++draw) {
        const auto one = candidates.choose(anybody);
        REQUIRE(one);
        ++chosen[*one];
    }
    CHECK(chosen[peer(1)] > 420);
    CHECK(chosen[peer(1)] < 580);
    CHECK(chosen.size() == per_source + 1);  // and of the many each sometimes
}

TEST_CASE_FIXTURE(
    Told, "only what fits is chosen, from another source if need be, and nothing if nothing fits") {
    for (std::uint32_t number = 0; number < 10; ++number) add(peer(number), alice);
    add(peer(100), bob);
    add(peer(101), bob);
    for (int draw = 0; draw < 50; ++draw)
        CHECK(candidates.choose([](const PeerId& who) { return who == peer(101); }) == peer(101));
    CHECK_FALSE(candidates.choose([](const PeerId& who) { return who == peer(102); }));
}

TEST_CASE_FIXTURE(Told, "of nobody nobody is chosen") {
    CHECK_FALSE(candidates.choose(anybody));
}

TEST_CASE_FIXTURE(Told, "what was kept is there again after a restart, without being kept again") {
    for (std::uint32_t number = 0; number < 100; ++number) add(peer(number), source(number % 5));
    add(peer(1), Candidates::newcomers);
    keep();
    Candidates again(base::Rng(samples::filled<base::Secret>(4)));
    for (const auto& [key, heard] : kept) {
        again.restore({key.second, key.first, heard});
        again.restore({key.second, key.first, heard});
    }
    CHECK(again.size() == candidates.size());
    CHECK(again.sources() == candidates.sources());
    again.erase(peer(1), effects);
    CHECK(take() == Effects{DropCandidate{peer(1), Candidates::newcomers},
                            DropCandidate{peer(1), source(1)}});
}

TEST_CASE_FIXTURE(Told, "what the store holds beyond the limits is ignored and displaces nobody") {
    for (std::uint32_t number = 0; number < per_source + 1; ++number)
        candidates.restore({peer(number), alice, samples::noon});
    CHECK(candidates.size() == per_source);
    CHECK_FALSE(candidates.contains(peer(per_source)));
    for (std::uint32_t number = 1; number < sources_most; ++number)
        candidates.restore({peer(0), source(number), samples::noon});
    candidates.restore({peer(2000), source(sources_most), samples::noon});
    CHECK(candidates.sources() == sources_most);
    CHECK_FALSE(candidates.contains(peer(2000)));
}

TEST_CASE(
    "the same calls with the same randomness have the same effects, and what is kept is what is "
    "known") {
    Told first, second;
    base::Rng rng(samples::filled<base::Secret>(9));
    for (int step = 0; step < 5000; ++step) {
        const PeerId who = peer(static_cast<std::uint32_t>(rng.below(3000)));
        const PeerId from = rng.below(5) == 0
                                ? Candidates::newcomers
                                : source(static_cast<std::uint32_t>(rng.below(rng.below(100) + 1)));
        const std::uint64_t what = rng.below(10);
        const std::optional<PeerId> chosen = first.candidates.choose(anybody);
        REQUIRE(second.candidates.choose(anybody) == chosen);
        for (Told* told : {&first, &second}) {
            if (what < 8)
                told->add(who, from);
            else if (what == 8)
                told->candidates.erase(who, told->effects);
            else if (chosen)
                told->candidates.on_failed(*chosen, told->effects);
        }
        REQUIRE(first.effects == second.effects);
        first.keep();
        second.take();
        std::set<PeerId> peers, sources;
        for (const auto& [key, heard] : first.kept)
            sources.insert(key.first), peers.insert(key.second);
        REQUIRE(first.candidates.size() == peers.size());
        REQUIRE(first.candidates.sources() == sources.size());
        REQUIRE(first.candidates.contains(who) == peers.contains(who));
    }
    CHECK(first.candidates.sources() == sources_most);
}

}  // namespace
}  // namespace hearsay::core
