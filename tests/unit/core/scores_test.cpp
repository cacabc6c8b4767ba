// links/scores.hpp: what faults cost, and for how long.
#include "core/links/scores.hpp"

#include <doctest/doctest.h>

#include "base/limits/links.hpp"
#include "unit/item/samples.hpp"

namespace hearsay::core {
namespace {

namespace limits = base::limits;
using base::Millis;

struct Scoring {
    Scores scores;
    base::PeerId liar = samples::numbered<base::PeerId>(1);
    base::PeerId other = samples::numbered<base::PeerId>(2);
    base::MonoTime now{Millis(1000)};
};

TEST_CASE_FIXTURE(Scoring, "a peer without faults is in good standing") {
    CHECK(!scores.is_shunned(liar, now));
    CHECK(scores.points(liar, now) == 0.0);
}

TEST_CASE_FIXTURE(Scoring, "one fault shuns for ban_wait, and only the one who committed it") {
    CHECK(!scores.on_fault(liar, now));
    CHECK(scores.is_shunned(liar, now + limits::ban_wait - Millis(1)));
    CHECK(!scores.is_shunned(liar, now + limits::ban_wait));
    CHECK(!scores.is_shunned(other, now));
}

TEST_CASE_FIXTURE(Scoring, "a further fault doubles the time") {
    scores.on_fault(liar, now);
    scores.on_fault(liar, now);
    CHECK(scores.shunned_until(liar) == now + 2 * limits::ban_wait);
}

TEST_CASE_FIXTURE(Scoring, "ban_score faults in a row ban for long") {
    for (std::int64_t at = 1; at < limits::ban_score; ++at) CHECK(!scores.on_fault(liar, now));
    CHECK(scores.on_fault(liar, now));
    CHECK(scores.shunned_until(liar) == now + limits::ban_long);
    // One more when half of that is over does not shorten it.
    CHECK(!scores.on_fault(liar, now + limits::ban_long / 2));
    CHECK(scores.is_shunned(liar, now + limits::ban_long - Millis(1)));
    CHECK(!scores.is_shunned(liar, now + limits::ban_long));
}

TEST_CASE_FIXTURE(Scoring, "who errs as soon as it is let in again is banned at the third time") {
    for (std::int64_t at = 1; at < limits::ban_score; ++at) {
        CHECK(!scores.on_fault(liar, now));
        now = scores.shunned_until(liar);
    }
    CHECK(scores.on_fault(liar, now));
}

TEST_CASE_FIXTURE(Scoring, "points halve with every half-life, so that rare faults never ban") {
    scores.on_fault(liar, now);
    CHECK(scores.points(liar, now + limits::score_half_life) == doctest::Approx(0.5));
    CHECK(scores.points(liar, now + limits::score_half_life / 2) == doctest::Approx(0.75));
    CHECK(scores.points(liar, now + 30 * limits::score_half_life) == 0.0);
    for (int day = 1; day <= 100; ++day)
        REQUIRE(!scores.on_fault(liar, now + day * Millis(24 * 3600 * 1000)));
}

TEST_CASE_FIXTURE(Scoring, "points never rise by themselves, whatever the clock says") {
    scores.on_fault(liar, now);
    CHECK(scores.points(liar, now - Millis(500)) == 1.0);
}

TEST_CASE_FIXTURE(Scoring, "who is forgiven starts anew") {
    for (std::int64_t at = 0; at < limits::ban_score; ++at) scores.on_fault(liar, now);
    scores.forgive(liar);
    CHECK(!scores.is_shunned(liar, now));
    CHECK(!scores.on_fault(liar, now));
}

TEST_CASE_FIXTURE(
    Scoring,
    "at most banned_peers_max are remembered; who is free again first is forgotten first") {
    for (int twice = 0; twice < 2; ++twice) scores.on_fault(liar, now);
    for (std::uint32_t at = 0; at < limits::banned_peers_max + 10; ++at)
        scores.on_fault(samples::numbered<base::PeerId>(100 + at), now);
    CHECK(scores.is_shunned(liar, now));
    std::size_t shunned = 0;
    for (std::uint32_t at = 0; at < limits::banned_peers_max + 10; ++at)
        shunned += scores.is_shunned(samples::numbered<base::PeerId>(100 + at), now) ? 1 : 0;
    CHECK(shunned == limits::banned_peers_max - 1);
}

}  // namespace
}  // namespace hearsay::core
