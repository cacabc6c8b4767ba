// core/inputs.hpp - what happened, in the past tense. The only way anything enters the core.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "base/fault.hpp"
#include "base/ids.hpp"
#include "core/relay/traffic.hpp"
#include "item/item.hpp"

namespace hearsay::search {
class Terms;  // search/terms.hpp; nothing for the core to look into
}

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
    std::optional<base::Fault> fault;  // if `net` found one (wrong_key, frame_too_long, ...)
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
    // What a search finds the item by, which the core only passes on; null: who stores it makes it.
    std::shared_ptr<const search::Terms> terms{};
    // The item, for whoever judges it beside the core; null: nobody does.
    item::ReadPtr item{};
    bool is_hidden =
        false;  // by the user's lists, and it is to be laid aside (relay/laid_aside.hpp)
};
// The user's lists may hide less now: what was laid aside may be welcome.
struct ListsChanged {};
// Answer to an Inject: whether everything left for `peer`.
// Whether the peer did anything with it shows only later.
struct Injected {
    base::ItemId id;
    base::PeerId peer;
    bool ok = false;
    std::string why;  // if not; one line for the log
};
// Answer to a SendProbe: what `peer` holds of the ids, in their order. Nothing: it was not reached,
// or did not answer. Empty: it does not say.
struct Probed {
    base::ItemId id;
    base::PeerId peer;
    std::optional<std::vector<bool>> held;
};
// The moment named by next_deadline() has come, or simply: look again.
struct TimerFired {};

// Commands come from the user, through the market or the API.
struct Submit {  // an item of our own, with its work done
    item::ReadPtr item;
    std::uint32_t injected = 0;  // times in earlier runs
    base::Millis worked{0};      // that its work took; 0 if others of ours wait for theirs
};
struct Recall {  // an item of our own: whoever has it has it, nobody else gets it from us
    base::ItemId id;
};
struct AddPeer {
    base::PeerId peer;
    bool pinned = true;
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
struct Suggest {  // an address from the settings: one to try, no pinned peer
    base::PeerId peer;
};
struct LookUp {  // the nodes nearest to an id; answered by a notice LookedUp
    base::NodeId target;
};
// Whether others hold this item, asked of nodes that are no peers of ours; answered by exactly one
// notice Audited. More than audits_max at once are answered as if nobody could be asked.
struct AuditItem {
    base::ItemId id;
};
struct SetBudget {  // what the network's items may take, as the disk has room for
    std::uint64_t bytes = 0;
};
struct SetTraffic {  // what others' items may take of the line
    TrafficLimits limits;
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

// A type of its own, so that one source says how it is copied, moved and destroyed, and not each
// that holds some.
struct Input : std::variant<LinkUp, LinkDown, DialFailed, FrameReceived, LinkDrained, Verified,
                            TimerFired, Submit, AddPeer, RemovePeer, NetworkReady, Injected,
                            BanPeer, UnbanPeer, Suggest, LookUp, Recall, SetBudget, SetTraffic,
                            Brought, AuditItem, Probed, ListsChanged> {
    using variant::variant;
    Input(const Input&);
    Input(Input&&) noexcept;
    Input& operator=(const Input&);
    Input& operator=(Input&&) noexcept;
    ~Input();
};

}  // namespace hearsay::core
