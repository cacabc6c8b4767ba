// app/node/log.hpp - the real log: lines to standard error, with time, level and room.
#pragma once

#include <memory>

#include "base/log.hpp"

namespace hearsay::app {

std::unique_ptr<base::Log> make_log(base::LogLevel least);

}  // namespace hearsay::app
