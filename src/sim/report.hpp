// sim/report.hpp - `hearsay-sim report`: runs a set of scenarios and relays at several sizes, two at a time, and
// writes what they found into a folder: plots as SVG and README.md with a table and the command that makes it again.
//
// Every figure comes from a run; nothing of the machine's speed is among them, so the same options make the same
// files. The plots: delivery.svg (share of deliveries by time, at the largest size), delivery-by-size.svg (t50
// and t99), copies-by-size.svg, bytes-by-size.svg (of a node), completeness.svg (share of what everybody should
// hold, from the begin of the calm on).
#pragma once

#include <string>
#include <vector>

#include "base/error.hpp"
#include "sim/world.hpp"

namespace hearsay::sim {

struct ReportOptions {
    std::vector<std::uint32_t> nodes{20, 100, 300, 1000};  // rising
    std::uint32_t offers = 40;
    std::uint64_t seed = 1;
    std::string out = "docs/simulation";
};

// How many runs failed a check; what failed is in the table's last lines.
base::Result<std::size_t> write_report(const ReportOptions& options);

}  // namespace hearsay::sim
