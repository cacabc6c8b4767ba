// discovery/questions.hpp: what we asked over which link, and which answers count.
#include "core/discovery/questions.hpp"

#include <doctest/doctest.h>

#include "base/limits/discovery.hpp"
#include "core/messages.hpp"
#include "unit/item/samples.hpp"

namespace hearsay::core {
namespace {

namespace limits = base::limits;
using base::LinkId;
using base::Millis;

struct Asking {
    Questions questions;
    base::Now now{base::MonoTime(Millis(5000)), samples::noon};
    const base::PeerId bob = samples::numbered<base::PeerId>(1);
    const LinkId here{1}, there{2};
    Effects out;

    bool ask(LinkId link, bool looks_up = false) {
        return questions.ask(link, bob, {}, looks_up, now, out);
    }
    // Of the last question.
    std::uint32_t number() const {
        const auto message = parse(*std::get<Send>(out.back()).frame);
        return std::get<Find>(*message).number;
    }
};

TEST_CASE_FIXTURE(
    Asking, "an answer counts once, over the link that was asked, with the question's number") {
    REQUIRE(ask(here, true));
    const std::uint32_t asked = number();
    CHECK(!questions.take(there, asked));
    CHECK(!questions.take(here, asked + 1));
    const auto question = questions.take(here, asked);
    REQUIRE(question);
    CHECK(question->peer == bob);
    CHECK(question->looks_up);
    CHECK(!questions.take(here, asked));
}

TEST_CASE_FIXTURE(Asking, "every question has a number of its own") {
    REQUIRE(ask(here));
    const std::uint32_t first = number();
    REQUIRE(ask(there));
    CHECK(number() != first);
    CHECK(questions.has_open(here));
    CHECK(questions.has_open(there));
}

TEST_CASE_FIXTURE(Asking, "a question that is not answered in time is over") {
    CHECK(questions.next_deadline() == base::never);
    ask(here);
    now.mono += Millis(1);
    ask(there);
    CHECK(questions.next_deadline() == now.mono - Millis(1) + limits::find_wait);
    CHECK(questions.take_late(now.mono + limits::find_wait - Millis(2)).empty());
    const auto late = questions.take_late(now.mono + limits::find_wait - Millis(1));
    REQUIRE(late.size() == 1);
    CHECK(late.front().first == here);
    CHECK(!questions.has_open(here));
    CHECK(questions.has_open(there));
}

TEST_CASE_FIXTURE(
    Asking, "a link is asked half of what the other side allows, and another one for itself") {
    constexpr std::int64_t most = limits::find_burst / 2;
    for (std::int64_t at = 0; at < most; ++at) CHECK(ask(here));
    CHECK(!ask(here));
    CHECK(out.size() == static_cast<std::size_t>(most));  // it was not sent
    CHECK(ask(there));
    now.mono += limits::find_every - Millis(1);
    CHECK(!ask(here));
    now.mono += Millis(1);
    CHECK(ask(here));
    CHECK(!ask(here));
}

TEST_CASE_FIXTURE(Asking, "with a link its questions go, and what it was asked") {
    while (ask(here, true)) continue;
    ask(there);
    CHECK(questions.take_all(here).size() == limits::find_burst / 2);
    CHECK(!questions.has_open(here));
    CHECK(questions.has_open(there));
    CHECK(questions.take_all(here).empty());
    CHECK(ask(here));
}

}  // namespace
}  // namespace hearsay::core
