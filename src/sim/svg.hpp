// sim/svg.hpp - a line plot as SVG text: no script, no font of its own, no background. Its grey is as far from white
// as from black, so it reads on either.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace hearsay::sim {

struct Series {
    std::string name;
    std::vector<std::pair<double, double>> points;  // by rising x
};

struct Plot {
    std::string title;
    std::string x_name;
    std::string y_name;
    bool x_log = false;  // x must be positive then
    std::vector<Series> series;
};

// The same text for the same plot, on every machine.
std::string to_svg(const Plot& plot);

}  // namespace hearsay::sim
