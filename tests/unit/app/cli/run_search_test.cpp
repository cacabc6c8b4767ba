// `hearsay search` and `hearsay store` against a real server with a fake node behind it.
#include <algorithm>

#include <doctest/doctest.h>

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

}  // namespace
}  // namespace hearsay::app::cli
