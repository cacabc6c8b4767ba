// base/log.hpp - the port through which rooms report what happened to the operator.
//
// The pure rooms do not log at all: they return effects. Of the outer rooms net, api and voidphone
// take a Log&; the app room gives them the real one, and writes for tor. A Log never receives
// secrets, mail contents or which item is the user's own.
#pragma once

#include <string_view>

namespace hearsay::base {

enum class LogLevel { debug, info, warning, error };

class Log {
public:
    virtual ~Log() = default;
    // `room` is the speaker ("net", "tor", ...); `text` is one line without a line end.
    virtual void write(LogLevel level, std::string_view room, std::string_view text) = 0;
};

}  // namespace hearsay::base
