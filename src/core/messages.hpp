// core/messages.hpp - the frames of a link as plain values. docs/protocol.md, "Frames".
//
// parse() refuses everything outside the limits before anything else looks at it:
//   1. more bytes than a frame may have -> frame_too_long
//   2. not exactly one field with a length, or more behind it -> frame_malformed
//   3. a body of a type that we do not know -> frame_unknown: a later version's, no fault
//   4. a body that is not the one encoding of its message (base/canonical.hpp), ids not a multiple
//      of 32 bytes, more ids or items than a frame may hold, ... -> frame_malformed
// Only a Hello may hold fields that we do not know, because it comes before either side knows what
// the other speaks. Items are only cut out here; item::read judges them.
#pragma once

#include <expected>
#include <string_view>
#include <variant>
#include <vector>

#include "base/fault.hpp"
#include "core/broken_rule.hpp"
#include "core/effects.hpp"
#include "core/reconcile/sketch.hpp"
#include "core/reconcile/summary.hpp"

namespace hearsay::core {

// What the sender speaks is a range of versions and a list of features: numbers, ascending, that
// both sides must name before either is used. There is none yet; those that we do not know we pass
// over.
struct Hello {
    std::uint32_t oldest = 0;
    std::uint32_t network = 0;
    base::WallTime time;
    bool listening = false;
    std::uint64_t nonce = 0;
    bool visit = false;
    std::uint32_t newest = 0;  // less than `oldest` is as if it were the same
    std::vector<std::uint32_t> features{};
};
struct Ping {
    std::uint64_t nonce = 0;
};
struct Pong {
    std::uint64_t nonce = 0;
};
struct Items {
    std::vector<item::Item> items;
    std::uint32_t hops = 0;
};
// That many links or more; and what did not come by flooding.
inline constexpr std::uint32_t hops_answer = 254;
inline constexpr std::uint32_t hops_bulk = 255;
// An id with what proves the work that went into it.
struct Announced {
    base::ItemId id;
    std::uint64_t nonce = 0;
    std::uint32_t size = 0;
    std::uint32_t lifetime_s = 0;
    item::StoreClass of = item::StoreClass::posts;
};
item::Standing standing_of(const Announced& announced, item::Network network);
struct Announce {
    std::vector<Announced> items;
};
struct Request {
    std::vector<base::ItemId> ids;
};
struct Push {
    std::uint32_t below = 0;
};
inline constexpr std::uint32_t push_first = 1;
inline constexpr std::uint32_t push_all = 256;
struct Floor {
    item::Floors levels{};
};
struct Have {
    std::uint32_t page = 0;
    std::vector<base::ItemId> ids;
    bool last = false;
};
struct Want {
    std::uint32_t page = 0;
    std::vector<base::ItemId> ids;
};
// Comparing: docs/protocol.md and core/reconcile/reconcile.hpp.
struct Compare {
    SetDigest digest;
    SetSummary::Counters counters{};
    std::uint64_t items = 0;
    item::Floors floors{};
};
struct Symbols {
    std::uint32_t first = 0;
    std::vector<Symbol> symbols;
    std::uint64_t items = 0;  // of the sender; the same in every batch of a round
    crypto::SipKey key;       // of the short ids; told with the first batch only
};
struct More {
    std::uint32_t symbols = 0;
};
struct Fetch {
    std::vector<ShortId> ids;
};
struct Done {
    bool settled = false;
};
// Finding peers: core/discovery/discovery.hpp.
struct Find {
    std::uint32_t number = 0;
    base::NodeId target;
};
struct Contacts {
    std::uint32_t number = 0;
    std::vector<base::PeerId> peers;
};
// Whether somebody holds items: core/audit/audit.hpp.
struct Probe {
    std::uint32_t number = 0;
    std::vector<base::ItemId> ids;  // different ones
};
struct Held {
    std::uint32_t number = 0;
    std::vector<bool> held;  // of each id, in order; none: it does not say
};
// A type of its own, so that one source says how it is copied, moved and destroyed.
struct Message : std::variant<Hello, Ping, Pong, Items, Have, Want, Compare, Symbols, More, Fetch,
                              Done, Announce, Request, Push, Find, Contacts, Floor, Probe, Held> {
    using variant::variant;
    Message(const Message&);
    Message(Message&&) noexcept;
    Message& operator=(const Message&);
    Message& operator=(Message&&) noexcept;
    ~Message();
};

// The count that an honest symbol of `items` elements has on average; what travels is the rest.
std::int32_t expected_count(std::uint64_t items, std::uint64_t index);

inline constexpr std::uint32_t protocol_version = 1;

std::string_view name_of(const Message& message);  // "Ping"

// `broken` is told what a malformed frame breaks.
std::expected<Message, base::Fault> parse(base::ByteView frame, BrokenRule* broken = nullptr);

FramePtr encode(const Hello& hello);
FramePtr encode(const Ping& ping);
FramePtr encode(const Pong& pong);
FramePtr encode(const Have& have);
FramePtr encode(const Want& want);
FramePtr encode(const Compare& compare);
FramePtr encode(const Symbols& symbols);
FramePtr encode(const More& more);
FramePtr encode(const Fetch& fetch);
FramePtr encode(const Done& done);
FramePtr encode(const Announce& announce);
FramePtr encode(const Request& request);
FramePtr encode(const Push& push);
FramePtr encode(const Floor& floor);
FramePtr encode(const Find& find);
FramePtr encode(const Contacts& contacts);
FramePtr encode(const Probe& probe);
FramePtr encode(const Held& held);
// One frame with as many of `items`, from `from` on, as fit; `from` moves behind the last one
// taken.
FramePtr encode_items(const std::vector<item::ReadPtr>& items, std::size_t& from,
                      std::uint32_t hops);

}  // namespace hearsay::core
