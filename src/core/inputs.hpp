// core/inputs.hpp - what happened, in the past tense. The only way anything enters the core.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "base/fault.hpp"
#include "base/ids.hpp"
#include "item/item.hpp"

namespace hearsay::core {

// A link finished its handshake. `peer` is proved; nothing for an anonymous one (always inbound).
struct LinkUp {
    base::LinkId link;
    std::optional<base::PeerId> peer;
    bool outbound = false;
};
// A link is gone, whoever ended it.
struct LinkDown {
    base::LinkId link;
    std::optional<base::Fault> fault;  // if the door found one (wrong_key, frame_too_long, ...)
};
// A Dial did not lead to a link. Exactly one of LinkUp or DialFailed answers each Dial.
struct DialFailed {
    base::PeerId peer;
    std::optional<base::Fault> fault;
    std::string why;  // one line for the user
};
// One whole frame, without its length. Parsing it is the core's.
struct FrameReceived {
    base::LinkId link;
    base::Bytes frame;
};
// Everything sent on the link so far has left our queue for the socket: room for more.
struct LinkDrained {
    base::LinkId link;
};
// Answer to a Verify.
struct Verified {
    base::JobId job;
    std::optional<base::Fault> fault;
};
// Answer to an Inject: whether everything left for `peer`.
// Whether the peer did anything with it shows only later.
struct Injected {
    base::ItemId id;
    base::PeerId peer;
    bool ok = false;
    std::string why;  // if not; one line for the log
};
// The moment named by next_deadline() has come, or simply: look again.
struct TimerFired {};

// Commands come from the user, through the market or the API.
struct Submit {  // an item of our own, with its work done
    item::ReadPtr item;
    std::uint32_t injected = 0;  // times in earlier runs
};
struct Recall {  // an item of our own: whoever has it has it, nobody else gets it from us
    base::ItemId id;
};
struct AddPeer {
    base::PeerId peer;
    bool manual = true;
};
struct RemovePeer {
    base::PeerId peer;
};
struct BanPeer {
    base::PeerId peer;
    base::Seconds how_long{0};
    std::string reason;
};
struct UnbanPeer {
    base::PeerId peer;
};
struct Suggest {  // an address from the settings: one to try, no friend
    base::PeerId peer;
};
struct LookUp {  // the nodes nearest to an id; answered by a notice LookedUp
    base::NodeId target;
};
// An item that the user has from elsewhere than from a peer: out of a bundle. It is checked as a
// peer's is, and nobody is blamed for it. Answered by exactly one notice Judged. At most
// brought_max wait for theirs; the others are told `busy` at once.
struct Brought {
    item::Item item;
};
struct NetworkReady {  // dialling makes sense from now on (Tor can build circuits), or no longer
    bool ready = true;
};

using Input = std::variant<LinkUp, LinkDown, DialFailed, FrameReceived, LinkDrained, Verified,
                           TimerFired, Submit, AddPeer, RemovePeer, NetworkReady, Injected, BanPeer,
                           UnbanPeer, Suggest, LookUp, Recall, Brought>;

}  // namespace hearsay::core
