// tor/control.hpp - reads and writes Tor's control protocol (control-spec, sections 2.3 and 4.1).
//
// The reader takes bytes as they come and gives whole messages. Rules:
//   1. A line ends with CR LF; it begins with three digits and one of ' ' (last line of the
//      message), '-' (more follows) or '+' (a data block follows, up to a line of one dot; a dot
//      that begins a data line was doubled by the sender and loses one).
//   2. Status 6xx is an event and belongs to nobody's question. Events are collected apart, so that
//      one between two replies, or between two lines of a reply, harms neither.
//   3. Lines, lines a message and bytes a message are bounded. Tor is our own child, but what it
//      reports carries text from the network.
// Anything else is an error, after which the reader gives nothing more: the conversation is over.
// No I/O, no clock.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/error.hpp"

namespace hearsay::tor {

struct ControlLine {
    std::string text;  // after status and separator
    std::string data;  // the block of a '+' line, lines separated by '\n'
    bool operator==(const ControlLine&) const = default;
};

struct ControlMessage {
    int status = 0;  // of the last line
    std::vector<ControlLine> lines;

    bool is_event() const { return status / 100 == 6; }
    bool is_success() const { return status / 100 == 2; }
    bool operator==(const ControlMessage&) const = default;
};

struct ControlLimits {
    std::size_t line_bytes = 64 * 1024;      // HS_DESC events are below 1 KiB
    std::size_t message_lines = 4096;        // the longest list that we ask for has a few
    std::size_t message_bytes = 512 * 1024;  // a whole GETINFO answer
};

class ControlReader {
public:
    explicit ControlReader(ControlLimits limits = {}) : limits_(limits) {}

    // Messages that `bytes` completed, in order. Errors: corrupt, exhausted; both are final.
    base::Result<std::vector<ControlMessage>> feed(base::ByteView bytes);

private:
    struct Partial {
        ControlMessage message;
        std::size_t bytes = 0;
    };
    base::Result<void> take_line(std::string_view line, std::vector<ControlMessage>& out);
    base::Result<void> take_data_line(std::string_view line);
    base::Result<void> account(Partial& partial, std::size_t bytes);

    const ControlLimits limits_;
    std::string line_;  // begun and not ended; at most limits_.line_bytes
    Partial reply_;
    Partial event_;
    Partial* data_of_ = nullptr;  // whose data block is open
    std::optional<base::Error> broken_;
};

// One command with its line end. The text is ours: a line break in it is a bug.
std::string control_command(std::string_view text);

// The value of KEY=value or KEY="value" (with \" and \\ undone) among the words of an event or a
// reply line; words within quotes are not keys.
std::optional<std::string> find_keyword(std::string_view line, std::string_view key);

// What a reply to GETINFO says of `key`, whose line is key=value.
std::optional<std::string_view> find_answer(const ControlMessage& reply, std::string_view key);

// The n-th word (from 0) of an event line, empty when there are fewer.
std::string_view word(std::string_view line, std::size_t n);

}  // namespace hearsay::tor
