// bench/figure.hpp - what a benchmark found, and how it is told. docs/benchmarks.md.
//
// A figure never stands alone: `reference` says in words what it was measured against in the same
// run, and the reference's own numbers are among the values. Targets are those of the project; a
// figure that misses one is printed as it is, and `reached` says so.
#pragma once

#include <string>
#include <vector>

namespace hearsay::bench {

struct Value {
    // ratio, bytes, bytes_per_item, seconds, round_trips, or what else was counted
    std::string key;
    double value = 0;
};
struct Target {
    std::string key;  // of one of the values
    double bound = 0;
    bool at_least = false;  // otherwise at most
};
struct Figure {
    std::string name;
    std::vector<Value> values;  // the first is the figure
    std::string reference;
    std::vector<Target> targets;

    double value(const std::string& key) const;  // there is one (a bug of ours otherwise)
    bool reached() const;                        // all targets; true without any
};

// One JSON object without line ends.
std::string to_json(const Figure& figure);
// A list of objects, one a line.
std::string to_json(const std::vector<Figure>& figures);
// Lines for a person: the figure and its targets, then what it was measured beside.
std::string to_text(const Figure& figure);

// At most six significant digits, never an exponent for what people read.
std::string number_text(double value);

}  // namespace hearsay::bench
