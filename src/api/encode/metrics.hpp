// api/encode/metrics.hpp - figures of a node as Prometheus reads them (text format, version 0.0.4).
//
// Rules:
//   1. Names begin with hearsay_; a unit is _bytes or _seconds, and what only grows ends in _total.
//      A ratio goes from 0 to 1, and what is so or not is 1 or 0.
//   2. No label holds an id, an address or a name of a person. Labels are words of ours: a
//      direction, a class of items, a fault.
//   3. Nothing of the person: no mail, no trade, no offer of one's own. A series of those would
//      tell whoever keeps it when somebody was there.
//   4. What is not known is left out rather than nought.
// contrib/monitoring uses the names; tests/house/monitoring.py compares them. Of a node that runs
// tests/functional/service_test.py does. Pure.
#pragma once

#include <string>
#include <string_view>

namespace hearsay::api {

struct Figures;

inline constexpr std::string_view metrics_path = "/metrics";
inline constexpr std::string_view metrics_type = "text/plain; version=0.0.4; charset=utf-8";

std::string metrics_text(const Figures& figures);

}  // namespace hearsay::api
