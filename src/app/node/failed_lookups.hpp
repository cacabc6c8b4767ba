// app/node/failed_lookups.hpp - when Tor is told to forget which onion services it did not find.
//
// Tor asks each directory once for a descriptor that is not there, and fails every dial to that
// service for the next 15 minutes without asking again. A node that starts before the only friend
// that it knows would not find it for as long. To forget ends look-ups under way and makes Tor take
// fresh circuits, which costs those who have links. So:
//   1. It is told when a dial for a link failed, no peer is linked, and no other dial is under way.
//   2. Then not again for forget_wait_first, doubling to forget_wait_most. A link begins anew.
#pragma once

#include <cstdint>
#include <functional>
#include <utility>

#include "base/time.hpp"

namespace hearsay::app {

class FailedLookups {
public:
    // `forget` says whether Tor was told.
    explicit FailedLookups(std::function<bool()> forget) : forget_(std::move(forget)) {}

    void on_dial_failed() { failed_ = true; }
    void look(bool linked, std::size_t dials, base::MonoTime now);

private:
    std::function<bool()> forget_;
    bool failed_ = false;
    std::uint32_t times_ = 0;  // since the last link
    base::MonoTime next_{};
};

}  // namespace hearsay::app
