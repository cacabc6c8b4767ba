#include "sim/report.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

#include <doctest/doctest.h>

#include "sim/figures.hpp"
#include "sim/svg.hpp"

using namespace hearsay;

TEST_CASE("percentiles are those of the values in order; of none they are zero") {
    CHECK(sim::percentiles({})[50] == 0);
    std::vector<std::uint32_t> values;
    for (std::uint32_t i = 0; i < 1001; ++i) values.push_back(1000 - i);
    const auto found = sim::percentiles(values);
    CHECK(found.size() == 101);
    CHECK(found[0] == 0);
    CHECK(found[50] == 500);
    CHECK(found[99] == 990);
    CHECK(found[100] == 1000);
}

TEST_CASE("a plot names its series and draws each inside the frame") {
    const sim::Plot plot{"T & t", "x", "y", true, {{"one", {{20, 1}, {1000, 3}}}, {"two", {{20, 2}}}}};
    const std::string svg = sim::to_svg(plot);
    CHECK(svg.find("T &amp; t") != std::string::npos);
    CHECK(svg.find(">one<") != std::string::npos);
    CHECK(svg.find(">two<") != std::string::npos);
    // From the left edge to the right one; 3 is the top mark.
    CHECK(svg.find("points=\"64.0,246.7 540.0,40.0\"") != std::string::npos);
    CHECK(svg.find("nan") == std::string::npos);
    CHECK(sim::to_svg(plot) == svg);
}

TEST_CASE("a plot of nothing is still a plot") {
    const std::string svg = sim::to_svg({"empty", "x", "y", false, {{"none", {}}}});
    CHECK(svg.find("nan") == std::string::npos);
    CHECK(svg.find("</svg>") != std::string::npos);
}

TEST_CASE("a report into a folder that cannot be made says so") {
    sim::ReportOptions options;
    options.out = "/dev/null/report";
    const auto done = sim::write_report(options);
    REQUIRE(!done);
    CHECK(done.error().code == base::ErrorCode::io);
}
