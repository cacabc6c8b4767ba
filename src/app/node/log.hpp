// app/node/log.hpp - the real log: lines with time, level and room, to standard error or a file.
//
// As text, or as a JSON object a line: {"time":"2026-11-21T10:27:57.123Z","level":"info",
// "room":"tor","text":"..."}. At the default level no line names an onion address - also not the
// node's own, which status tells - or an item: who reads a log learns what the node did, not with
// whom or about what.
#pragma once

#include <memory>
#include <string>

#include "base/error.hpp"
#include "base/log.hpp"

namespace hearsay::app {

struct LogSettings {
    base::LogLevel least = base::LogLevel::info;
    std::string file;  // empty: standard error
    bool json = false;
};

class NodeLog : public base::Log {
public:
    // The file, after somebody moved it away; nothing if there is none. A new one that cannot be
    // opened is told to the old one, which goes on.
    virtual void open_anew() = 0;
};

// io: the file cannot be opened. It is made with mode 0600.
base::Result<std::unique_ptr<NodeLog>> make_log(const LogSettings& settings);

// As a JSON string without its quotes; bytes that are not ASCII become U+FFFD where they are not
// UTF-8.
std::string json_escaped(std::string_view text);

}  // namespace hearsay::app
