#include "bench/figure.hpp"

#include <tuple>

#include <doctest/doctest.h>

using namespace hearsay::bench;

namespace {

Figure sample() {
    return {"disk", {{"ratio", 1.5}, {"items", 1000000}}, "the \"items\"", {{"ratio", 1.6, false}}};
}

}  // namespace

TEST_CASE("a figure is one JSON object with its values, its reference and its targets") {
    CHECK(to_json(sample()) ==
          R"({"name":"disk","ratio":1.5,"items":1000000,"reference":"the \"items\"",)"
          R"("targets":{"ratio":{"at_most":1.6}},"reached":true})");
}

TEST_CASE("several figures are a JSON list, none an empty one") {
    const std::string list = to_json(std::vector<Figure>{sample(), sample()});
    CHECK(list == "[\n" + to_json(sample()) + ",\n" + to_json(sample()) + "\n]\n");
    CHECK(to_json(std::vector<Figure>{}) == "[\n]\n");
}

TEST_CASE("a target is missed on its wrong side only, and reached when met exactly") {
    Figure figure = sample();
    for (const auto& [bound, at_least, reached] :
         std::initializer_list<std::tuple<double, bool, bool>>{
             {1.5, false, true}, {1.5, true, true}, {1.4, false, false}, {1.6, true, false}}) {
        figure.targets = {{"ratio", bound, at_least}};
        CHECK(figure.reached() == reached);
    }
    figure.targets = {{"ratio", 2, false}, {"items", 5, false}};
    CHECK_FALSE(figure.reached());  // all of them count
}

TEST_CASE("the table says what was missed and puts numbers without a target beneath") {
    Figure figure = sample();
    CHECK(to_text(figure) ==
          "disk                 1.5 x (at most 1.6)  reached\n    beside: the \"items\"\n    items "
          "1000000\n");
    figure.targets = {{"ratio", 1, false}};
    CHECK(to_text(figure).find("MISSED") != std::string::npos);
}

TEST_CASE("numbers have six digits that matter, no exponent and no idle zeros") {
    CHECK(number_text(0) == "0");
    CHECK(number_text(3) == "3");
    CHECK(number_text(1.25) == "1.25");
    CHECK(number_text(-2.5) == "-2.5");
    CHECK(number_text(1234567.8) == "1234568");
    CHECK(number_text(12.3456789) == "12.3457");
    CHECK(number_text(0.000123456789) == "0.000123457");
    CHECK(number_text(1e15) == "1000000000000000");
    CHECK(number_text(100) == "100");
}
