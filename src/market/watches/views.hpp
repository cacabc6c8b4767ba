// market/watches/views.hpp - what a watch looks like from outside: what commands take and answer.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "base/time.hpp"

namespace hearsay::market {

struct WatchView {
    std::string name{};
    std::map<std::string, std::string> search{};  // parameters of GET /v1/search
    base::WallTime created{};
    std::uint32_t matches = 0;  // told of since then
};

}  // namespace hearsay::market
