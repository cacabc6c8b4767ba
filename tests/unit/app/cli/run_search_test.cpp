// `hearsay search` and `hearsay store` against a real server with a fake node behind it.
#include <algorithm>

#include <doctest/doctest.h>

#include "app/cli/show.hpp"
#include "node_fixture.hpp"

namespace hearsay::app::cli {
namespace {

TEST_CASE_FIXTURE(NodeFixture, "search shows a page, and with --all the pages that follow") {
    backend.next_page = "n-1-2";
    Outcome outcome = hearsay({"search", "K\u00E4se & Brot"});
    CHECK(outcome.code == exit_ok);
    CHECK(backend.calls ==
          std::vector<std::string>{"search 100 [K\u00E4se & Brot] [] [] [] [] [] []"});
    CHECK(outcome.out.find("1 found.") != std::string::npos);
    CHECK(outcome.out.find("--all shows it") != std::string::npos);
    backend.calls.clear();
    outcome = hearsay({"search", "x", "--all", "--json"});
    CHECK(outcome.code == exit_ok);
    CHECK(backend.calls == std::vector<std::string>{"search 100 [x] [] [] [] [] [] []",
                                                    "search 100 [x] [] [] [] [] [] [n-1-2]"});
    CHECK(std::count(outcome.out.begin(), outcome.out.end(), '\n') == 2);
    CHECK(hearsay({"store", "hsp1x"}).code == exit_ok);
    CHECK(last_call(*this) == "search 100 [] [] [hsp1x] [] [] [] []");
    CHECK(hearsay({"store", "hsp1x", "--category", "sport/bicycles"}).code == exit_ok);
    CHECK(last_call(*this) == "search 100 [] [] [hsp1x] [] [] [] [] category=sport/bicycles");
}

TEST_CASE_FIXTURE(NodeFixture, "search shows posts and profiles, too") {
    Outcome outcome = hearsay({"search", "x", "--kind", "post"});
    CHECK(outcome.code == exit_ok);
    CHECK(outcome.out.find("Spring") != std::string::npos);
    outcome = hearsay({"search", "x", "--kind", "profile"});
    CHECK(outcome.code == exit_ok);
    CHECK(outcome.out.find("hsp1someone") != std::string::npos);
}

TEST_CASE_FIXTURE(NodeFixture, "search by ratings says how many nobody rated") {
    CHECK(hearsay({"search", "bike", "--rating", "4.5", "--rated", "3"}).code == exit_ok);
    CHECK(last_call(*this) == "search 100 [bike] [] [] [] [] [] [] rating=4.5 rated=3");
    const auto told = [](std::uint32_t unrated, std::uint32_t total) {
        api::SearchAnswer answer;
        answer.set_unrated(unrated);
        answer.set_total(total);
        if (total > 0) answer.add_results()->set_title("Bike");
        return show(answer, {});
    };
    CHECK(told(1, 0) == "Nothing found.\n1 more is left out: nobody has rated it yet.\n");
    CHECK(told(2, 1).ends_with("2 more are left out: nobody has rated them yet.\n"));
    CHECK(told(1000, 1).ends_with("At least 1000 more are left out: nobody has rated them yet.\n"));
    CHECK(told(0, 1).find("left out") == std::string::npos);
}

TEST_CASE("nothing among the newest is not told as if there were nothing at all") {
    api::SearchAnswer answer;
    CHECK(show(answer, {}) == "Nothing found.\n");
    answer.set_more_than(true);
    CHECK(show(answer, {}).starts_with("Nothing found among the newest"));
    CHECK(show(answer, {}).find("--sort") != std::string::npos);
    Style small;
    small.width = 40;
    const std::string narrow = show(answer, small);
    for (std::size_t at = 0, end = 0; (end = narrow.find('\n', at)) != narrow.npos; at = end + 1)
        CHECK(end - at <= 40);
    answer.set_cursor("next");
    CHECK(show(answer, {}).find("Nothing found") == std::string::npos);
}

}  // namespace
}  // namespace hearsay::app::cli
