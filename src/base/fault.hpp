// base/fault.hpp - everything a peer can do wrong, and what it costs.
//
// A Fault is a value that leads to an effect, never an exception or a log line alone.
// Two prices:
//   Cost::nothing  the thing is refused and counted. Clocks differ, networks delay: being early,
//                  late or unwanted is no crime.
//   Cost::link     no honest program does this: the link ends and the peer's score falls.
#pragma once

#include <array>
#include <string_view>

namespace hearsay::base {

enum class Fault {
    // Frames (net and core)
    frame_too_long,    // the length prefix exceeds frame_bytes_max
    frame_truncated,   // the stream ended inside a frame
    frame_malformed,   // not a Frame, an empty one, or a field outside its limits
    frame_unknown,     // of a type that we do not know: a later version's, or another program's
    frame_unexpected,  // a frame out of turn: no Hello first, a second Hello, an answer to nothing
    bad_sketch,        // symbols that cannot be of the set that they claim, or never decode
    // Links (net)
    wrong_key,        // the service proved another key than the onion that was dialled
    bad_certificate,  // not Ed25519, not self-signed, a key that is small, torsion or non-canonical
    bad_handshake,    // TLS failed or another application protocol
    silent,           // no answer to pings within pong_wait
    slow_reader,      // its send queue is full
    wrong_protocol,   // Hello of another protocol version or network
    // Items (item and core), in the order of the checks
    item_unknown,  // of a version or with a claim that we do not know
    item_too_large,
    item_malformed,  // header does not parse, or a field has the wrong size or is missing
    item_wrong_network,
    item_too_long_lived,  // expires - created over lifetime_max, or not after created
    item_expired,
    item_from_future,  // created more than future_max after our clock
    item_superseded,   // a newer sequence, or the removal, is known
    item_below_floor,  // there is no room for items with so little work
    item_laid_aside,   // the user's lists hide it, and it is neither kept nor passed on
    item_bad_payload,  // the payload's size or SHA-256 is not the header's
    item_little_work,  // proof of work below what size and lifetime ask for
    item_bad_signature,
    item_bad_removal,  // its secret is not the one that the mail commits to
    item_bad_content,  // a kind we know, with content against that kind's rules
    // Resources
    too_many_requests,  // over a limit of its own making
    count_              // number of faults, not a fault
};

enum class Cost { nothing, link };

Cost cost(Fault fault);
// Its name as status, logs and tests print it, for instance "item_bad_signature".
std::string_view name(Fault fault);

constexpr std::size_t fault_count = static_cast<std::size_t>(Fault::count_);

}  // namespace hearsay::base
