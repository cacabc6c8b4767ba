// app/cli/event_stream.hpp - the node's events as lines, from the one after a number on. Opens the
// stream anew when it ends, and asks for what came between.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "app/cli/client.hpp"

namespace hearsay::app::cli {

class EventStream {
public:
    // `kinds`: as GET /v1/events takes them.
    EventStream(const Client& client, std::string kinds)
        : client_(client), kinds_(std::move(kinds)) {}

    // The next line, JSON; nothing if none came in this time.
    std::optional<std::string> next(std::chrono::milliseconds most);
    // What was read up to; asked for when the stream is opened again.
    void read_up_to(std::uint64_t number) { after_ = number; }
    bool is_open() const { return fd_.valid(); }

private:
    // A line is some hundred bytes; more than this without an end is no event.
    static constexpr std::size_t line_bytes_max = 256 * 1024;

    std::optional<std::string> take_line();
    bool take_head();
    void close();

    const Client& client_;
    const std::string kinds_;
    base::UniqueFd fd_;
    bool in_head_ = true;
    std::string read_;
    std::optional<std::uint64_t> after_;
};

}  // namespace hearsay::app::cli
