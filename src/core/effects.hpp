// core/effects.hpp - what the core wants done, in the imperative. The shell applies Store, Forget,
// Sweep, Improve, and what is to be kept of peers and candidates inside the turn's transaction,
// commits, and then performs the others in order.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/fault.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"
#include "core/broken_rule.hpp"
#include "core/retention/shelves.hpp"
#include "item/item.hpp"

namespace hearsay::search {
class Terms;  // search/terms.hpp; nothing for the core to look into
}

namespace hearsay::core {

// A serialized Frame, shared by all the links it goes to.
using FramePtr = std::shared_ptr<const base::Bytes>;

// ---- kept (inside the transaction) --------------------------------------------------------------
// Keep the item alive. Unless it is mail: the state of its thing (item::Version) becomes this
// sequence, id and removed flag, remembered until `slot_until`.
struct Store {
    item::ReadPtr item;
    base::WallTime slot_until;
    item::Level level = 0;
    Pile pile = pile_incumbents;
    std::shared_ptr<const search::Terms> terms{};  // as Verified brought them
    bool operator==(const Store& other) const { return item->id == other.item->id; }
};
// Evicted: there was not room for all. It may come again once there is.
enum class ForgetReason { expired, superseded, removed, evicted };
// By a newer version or a removal: it does not come back.
inline bool is_final(ForgetReason reason) {
    return reason == ForgetReason::superseded || reason == ForgetReason::removed;
}
// Drop the item. Its id is remembered as gone until `remember_until`; with a zero time nothing is
// remembered: an expired item is refused by its own date, and if our clock was wrong it may return.
// Nor is what was evicted: the floor keeps it out for as long as there is no room.
struct Forget {
    base::ItemId id;
    ForgetReason reason = ForgetReason::expired;
    base::WallTime remember_until;
    bool operator==(const Forget&) const = default;
};
// The held item shows more work from now on: this nonce, of this level, takes the place of the one
// that it has. Everything else stays as it is, its place in the order and its pile as well.
struct Improve {
    base::ItemId id;
    std::uint64_t nonce = 0;
    item::Level level = 0;
    bool operator==(const Improve&) const = default;
};
// Erase the memory of gone ids and of slots whose time is over, a bounded number of each.
struct Sweep {
    base::WallTime now;
    std::size_t most = 0;
    bool operator==(const Sweep&) const = default;
};
// What we know of a node by our own experience, or because the user said so. Zero times: never.
struct KnownPeer {
    base::PeerId peer;
    bool pinned = false;  // named by the user: dialled, let in and never evicted
    bool anchor = false;  // an outbound link of long standing, dialled first after a restart
    base::WallTime added;
    base::WallTime first_proved;  // answered a dial of ours with its key, for the first time
    base::WallTime last_seen;     // was linked to us, or answered
    base::WallTime banned_until;
    std::string ban_reason;  // one line, of at most ban_reason_bytes_max
    bool operator==(const KnownPeer&) const = default;
};
struct KeepPeer {
    KnownPeer peer;
    bool operator==(const KeepPeer&) const = default;
};
struct DropPeer {
    base::PeerId peer;
    bool operator==(const DropPeer&) const = default;
};
// A node that `source` told us of; all zero: it came by itself.
struct Candidate {
    base::PeerId peer;
    base::PeerId source;
    base::WallTime heard;
    bool operator==(const Candidate&) const = default;
};
struct KeepCandidate {
    Candidate candidate;
    bool operator==(const KeepCandidate&) const = default;
};
struct DropCandidate {
    base::PeerId peer;
    base::PeerId source;
    bool operator==(const DropCandidate&) const = default;
};

// ---- spoken (after the commit) ------------------------------------------------------------------
struct Send {
    base::LinkId link;
    FramePtr frame;
    bool operator==(const Send& other) const {
        return link == other.link && *frame == *other.frame;
    }
};
struct Disconnect {
    base::LinkId link;
    std::optional<base::Fault> fault;  // nothing: politely
    bool operator==(const Disconnect&) const = default;
};
struct Dial {
    base::PeerId peer;
    base::Millis patience{0};  // give up if Tor has not connected by then
    bool operator==(const Dial&) const = default;
};
// Hand an item of ours to `peer` without showing who we are: an anonymous dial over a circuit of
// its own, these frames, and a polite end once they are sent. Answered by exactly one Injected.
struct Inject {
    base::ItemId id;
    base::PeerId peer;
    base::Millis patience{0};  // as of Dial
    std::vector<FramePtr> frames;
    bool operator==(const Inject& other) const { return id == other.id && peer == other.peer; }
};
// Ask `peer` without showing who we are: an anonymous dial over a circuit of its own, these frames,
// and an end once its Held of this number came. Answered by exactly one Probed.
struct SendProbe {
    base::ItemId id;  // what it is about
    base::PeerId peer;
    std::uint32_t number = 0;
    base::Millis patience{0};  // as of Dial
    std::vector<FramePtr> frames;
    bool operator==(const SendProbe& other) const { return id == other.id && peer == other.peer; }
};
// Run item::check_costly on a worker, answer with Verified.
struct Verify {
    base::JobId job;
    item::ReadPtr item;
    bool operator==(const Verify& other) const {
        return job == other.job && item->id == other.item->id;
    }
};
// Stop reading from links (true) or read again: the workers are behind.
struct Throttle {
    bool on = false;
    bool operator==(const Throttle&) const = default;
};

// Notices tell the rest of the program what the core decided; nobody outside sees them.
struct ItemStored {
    item::ReadPtr item;
    Pile lane = pile_visitors;  // by the link that brought it: whose turn it takes with the workers
    bool operator==(const ItemStored& other) const { return item->id == other.item->id; }
};
struct ItemForgotten {
    base::ItemId id;
    ForgetReason reason;
    bool operator==(const ItemForgotten&) const = default;
};
struct Refused {  // a frame, an item or a link, by its fault; counted in status
    std::optional<base::LinkId> link;
    base::Fault fault;
    BrokenRule broken{};  // for the log, where a frame or an item costs its link
    bool operator==(const Refused&) const = default;
};
struct PeerChanged {
    base::PeerId peer;
    bool operator==(const PeerChanged&) const = default;
};
// An item of ours was handed to another node, `times` times by now.
struct OwnItemInjected {
    base::ItemId id;
    std::uint32_t times = 0;
    bool operator==(const OwnItemInjected&) const = default;
};
// An item of ours came back, and this many peers showed in this run that they have it.
struct OwnItemHeard {
    base::ItemId id;
    std::size_t peers = 0;
    bool operator==(const OwnItemHeard&) const = default;
};
// A look-up ended: whom it found, nearest first, and what it took (core/discovery/node_lookup.hpp).
struct LookedUp {
    base::NodeId target;
    std::vector<base::PeerId> found;
    std::uint32_t hops = 0;
    std::uint32_t asked = 0;
    bool operator==(const LookedUp&) const = default;
};
// What an item of each class should show to be kept by this node and by most of its peers.
struct PriceChanged {
    item::Floors levels{};
    bool operator==(const PriceChanged&) const = default;
};
// An audit ended (core/audit/audit.hpp): how many nodes were asked, and what they said. If none was
// asked, nobody is known who answered once.
struct Audited {
    base::ItemId id;
    std::uint32_t asked = 0;
    std::uint32_t linked = 0;  // of them, to us
    std::uint32_t held = 0;
    std::uint32_t lacking = 0;
    std::uint32_t declined = 0;  // it answered without saying
    std::uint32_t unreached = 0;
    bool operator==(const Audited&) const = default;
};
// What came of an item that was Brought.
struct Judged {
    enum class Verdict : std::uint8_t {
        stored,
        held,     // we have it, or had it and it is over
        refused,  // `fault` says why
        busy,     // not looked at now; it may be brought again
    };
    base::ItemId id;
    Verdict verdict = Verdict::busy;
    std::optional<base::Fault> fault{};
    bool operator==(const Judged&) const = default;
};
// A type of its own, so that one source says how it is copied, moved and destroyed, and not each
// that holds some.
struct Notice : std::variant<ItemStored, ItemForgotten, Refused, PeerChanged, OwnItemInjected,
                             OwnItemHeard, LookedUp, PriceChanged, Judged, Audited> {
    using variant::variant;
    Notice(const Notice&);
    Notice(Notice&&) noexcept;
    Notice& operator=(const Notice&);
    Notice& operator=(Notice&&) noexcept;
    ~Notice();
    bool operator==(const Notice&) const = default;
};
struct Notify {
    Notice notice;
    bool operator==(const Notify&) const = default;
};

struct Effect
    : std::variant<Store, Forget, Sweep, KeepPeer, DropPeer, KeepCandidate, DropCandidate, Send,
                   Disconnect, Dial, Verify, Throttle, Notify, Inject, Improve, SendProbe> {
    using variant::variant;
    Effect(const Effect&);
    Effect(Effect&&) noexcept;
    Effect& operator=(const Effect&);
    Effect& operator=(Effect&&) noexcept;
    ~Effect();
    bool operator==(const Effect&) const = default;
};
using Effects = std::vector<Effect>;

}  // namespace hearsay::core
