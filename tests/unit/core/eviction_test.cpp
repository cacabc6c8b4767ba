// links/eviction.hpp: who goes when somebody comes.
#include "core/links/eviction.hpp"

#include <algorithm>

#include <doctest/doctest.h>

#include "base/limits/links.hpp"

namespace hearsay::core {
namespace {

using base::Millis;
constexpr std::size_t each = base::limits::evict_protected;

base::MonoTime at(std::int64_t ms) {
    return base::MonoTime(Millis(ms));
}

// Strangers that came one after the other; nothing else tells them apart but a key that falls with
// age.
std::vector<InboundLink> crowd(std::size_t count) {
    std::vector<InboundLink> out;
    for (std::size_t i = 0; i < count; ++i) {
        InboundLink link;
        link.link = base::LinkId{i + 1};
        link.keyed = i;
        link.since = at(static_cast<std::int64_t>(1000 + i));
        out.push_back(link);
    }
    return out;
}

TEST_CASE("with few links all are protected, and nobody goes") {
    CHECK(!choose_evicted({}));
    CHECK(!choose_evicted(crowd(3 * each)));
}

TEST_CASE("of many strangers the youngest unprotected goes") {
    const auto links = crowd(60);
    // 8 each by key, by round trip and by news (ties by number): the first 24 are protected,
    // and of the rest the older half.
    CHECK(choose_evicted(links) == base::LinkId{60});
}

TEST_CASE("pinned peers never go") {
    auto links = crowd(60);
    for (InboundLink& link : links) link.is_pinned = true;
    CHECK(!choose_evicted(links));
    links.back().is_pinned = false;
    CHECK(!choose_evicted(links));  // alone it is protected
}

TEST_CASE("the lowest by the keyed hash stay") {
    auto links = crowd(60);
    for (InboundLink& link : links) link.keyed = 1000 - link.keyed;
    CHECK(choose_evicted(links) == base::LinkId{52});  // the eight youngest have the lowest
}

TEST_CASE("the quickest stay, and an unknown round trip is no merit") {
    auto links = crowd(60);
    for (std::size_t i = 0; i < each; ++i) links[59 - i].round_trip = Millis(5);
    CHECK(choose_evicted(links) == base::LinkId{52});
}

TEST_CASE("who lately brought news stays") {
    auto links = crowd(60);
    for (std::size_t i = 0; i < each; ++i) links[59 - i].last_news = at(5000);
    CHECK(choose_evicted(links) == base::LinkId{52});
}

TEST_CASE("a peer that we dialled before outlasts strangers") {
    auto links = crowd(60);
    links[59].proved = true;
    links[58].proved = true;
    CHECK(choose_evicted(links) == base::LinkId{58});
}

TEST_CASE("if all that is left was dialled before, the youngest of them goes") {
    auto links = crowd(60);
    for (InboundLink& link : links) link.proved = true;
    CHECK(choose_evicted(links) == base::LinkId{60});
}

TEST_CASE("the answer does not depend on the order of the question") {
    auto links = crowd(61);
    for (InboundLink& link : links) link.since = at(7);  // all at once: only numbers tell
    const auto expected = choose_evicted(links);
    REQUIRE(expected);
    std::reverse(links.begin(), links.end());
    CHECK(choose_evicted(links) == expected);
    std::rotate(links.begin(), links.begin() + 17, links.end());
    CHECK(choose_evicted(links) == expected);
}

TEST_CASE(
    "an attacker who takes all free places sends away its own links, not those that were there") {
    auto links = crowd(40);  // honest
    std::uint64_t next = 1000;
    for (int wave = 0; wave < 500; ++wave) {
        while (links.size() < 64) {
            InboundLink link;
            link.link = base::LinkId{next};
            link.keyed = next % 7919;
            link.since = at(static_cast<std::int64_t>(1'000'000 + next));
            link.last_news = at(static_cast<std::int64_t>(1'000'000 + next));
            links.push_back(link);
            ++next;
        }
        const auto gone = choose_evicted(links);
        REQUIRE(gone);
        std::erase_if(links, [&](const InboundLink& link) { return link.link == *gone; });
    }
    const auto honest = std::count_if(links.begin(), links.end(), [](const InboundLink& link) {
        return static_cast<std::uint64_t>(link.link) <= 40;
    });
    CHECK(honest == 40);
}

}  // namespace
}  // namespace hearsay::core
