// app/node/counters.hpp - what happened since the node's start, and what its process takes.
#pragma once

#include <cstddef>
#include <cstdint>

namespace hearsay::api {
struct Figures;
}

namespace hearsay::app {

struct Counters {
    std::uint64_t links_opened_in = 0, links_opened_out = 0, dials_failed = 0;
    std::uint64_t frames_received = 0, frames_sent = 0;
    std::uint64_t bytes_received = 0, bytes_sent = 0;
    std::uint64_t turns = 0;
    double turn_seconds = 0;

    void on_link_up(bool outbound) { ++(outbound ? links_opened_out : links_opened_in); }
    void on_received(std::size_t frame) {
        ++frames_received;
        bytes_received += frame;
    }
    void on_sent(std::size_t frame) {
        ++frames_sent;
        bytes_sent += frame;
    }
};

// All of Figures but the status.
void fill_figures(const Counters& counters, api::Figures& out);

}  // namespace hearsay::app
