// Safety in every step, liveness at the end. The rules are those of world.hpp, and what is compared
// with is what the oracle made, not what the code under test believes.
#include <algorithm>

#include "base/limits/discovery.hpp"
#include "base/limits/frames.hpp"
#include "base/limits/items.hpp"
#include "base/limits/links.hpp"
#include "base/limits/relay.hpp"
#include "sim/frames.hpp"
#include "sim/world.hpp"

namespace hearsay::sim {
namespace {

namespace limits = base::limits;

constexpr std::size_t trace_lines = 30;
// Field numbers in proto/frame.proto.

bool marked(const std::vector<bool>& marks, ItemNumber number) {
    return number < marks.size() && marks[number];
}

}  // namespace

void World::fail(std::uint32_t node, const std::string& what) {
    if (failures_.size() >= failures_max) return;
    const auto seconds = now_.time_since_epoch().count() / 1000;
    if (failures_.empty()) failure_trace_ = trace_.text(node, trace_lines);
    failures_.push_back("node " + std::to_string(node) + ", " + std::to_string(seconds) +
                        " s: " + what);
}

// S1, S2, S3, S5 and S7, of what is to be stored.
void World::check_stored(std::uint32_t at, const item::Read& item) {
    const SimNode& node = nodes_[at];
    if (!oracle_.is_genuine(item)) return fail(at, "S1: it stores an item that nobody made");
    const ItemNumber number = *oracle_.find(item.id);
    const std::string name = "item " + std::to_string(number);
    const base::WallTime wall = now_of(node).wall;
    if (item.header.expires <= wall) fail(at, "S2: it stores " + name + ", which is expired");
    if (item.header.created > wall + limits::future_max)
        fail(at, "S2: it stores " + name + " from the future");
    if (marked(node.gone, number))
        fail(at, "S3: " + name + " was superseded or removed there, and returns");
    for (const ItemNumber newer : oracle_[number].newer)
        if (marked(node.stored, newer))
            fail(at, "S3: it stores " + name + " and had its newer version, item " +
                         std::to_string(newer));
    if (node.secret.contains(number))
        fail(at, "S7: it stores its own " + name + ", which did not come back");
    if (node.store.presence(item.id) == core::Presence::alive)
        fail(at, "S5: it stores " + name + " twice");
}

void World::check_before(std::uint32_t at, const core::Effects& effects) {
    std::size_t stored = 0;
    std::size_t told = 0;
    for (const core::Effect& effect : effects) {
        if (const auto* store = std::get_if<core::Store>(&effect)) {
            ++stored;
            check_stored(at, *store->item);
        }
        const auto* notify = std::get_if<core::Notify>(&effect);
        if (notify && std::holds_alternative<core::ItemStored>(notify->notice)) ++told;
    }
    if (told != stored)
        fail(at, "S5: it tells of " + std::to_string(told) + " items and stores " +
                     std::to_string(stored));
}

void World::check_after(std::uint32_t at, const core::Input& input, const core::Effects& effects) {
    const SimNode& node = nodes_[at];
    std::size_t swept = 0;
    for (const core::Effect& effect : effects) {
        if (const auto* send = std::get_if<core::Send>(&effect)) {
            check_frame(at, send->frame);
            check_sent(at, *send);
            if (!node.secret.empty()) check_secrets(at, send->frame);
        }
        if (const auto* gone = std::get_if<core::Disconnect>(&effect)) check_disconnect(at, *gone);
        const auto* forget = std::get_if<core::Forget>(&effect);
        swept += forget && forget->reason == core::ForgetReason::expired ? 1 : 0;
        const auto* sweep = std::get_if<core::Sweep>(&effect);
        if (sweep && sweep->most > limits::sweep_memories_max)
            fail(at, "S6: a sweep over the limit");
        const auto* dialled = std::get_if<core::Dial>(&effect);
        if (dialled &&
            (dialled->patience < limits::dial_wait_first || dialled->patience > limits::dial_wait))
            fail(at, "S6: a dial with too little or too much patience");
    }
    if (swept > limits::sweep_items_max)
        fail(at, "S6: more items forgotten in a step than the limit");
    if (node.engine->core().verifying() > limits::verifying_items_max)
        fail(at, "S6: more verifications than the limit");
    const auto* received = std::get_if<core::FrameReceived>(&input);
    const bool greeted = received && kind_of(received->frame) == frame_hello;
    if (greeted || std::holds_alternative<core::LinkUp>(input)) check_links(at);
}

// Whom a node is linked to, by the rules of core/links/links.hpp and core/discovery/discovery.hpp,
// and whom it knows.
void World::check_links(std::uint32_t at) {
    // A look-up, what else is due, and a bootstrapper.
    constexpr std::size_t visits_most = limits::lookup_paths + limits::visits_max + 1;
    const core::Links& links = nodes_[at].engine->core().links();
    const core::Discovery& discovery = nodes_[at].engine->core().discovery();
    const core::DiscoverySettings& settings = discovery.settings();
    std::size_t outbound = 0, visits = 0, inbound = 0, asking = 0, anonymous = 0, ungreeted = 0;
    for (const auto& [id, link] : links.all()) {
        if (link.outbound)
            ++(link.visit ? visits : outbound);
        else if (!link.greeted())
            ++ungreeted;
        else
            ++(link.anonymous() ? anonymous : link.visit ? asking : inbound);
    }
    if (outbound > settings.degree) fail(at, "S6: more outbound links than the limit");
    if (visits > visits_most) fail(at, "S6: more visits at once than the limit");
    if (inbound > settings.max_connections - settings.degree)
        fail(at, "S6: more inbound links than the limit");
    if (std::max(asking, anonymous) > limits::passing_links_max ||
        ungreeted > limits::ungreeted_links_max)
        fail(at, "S6: more passing or silent links than the limit");
    if (discovery.peers().size() > limits::known_peers_max)
        fail(at, "S6: more known peers than the limit");
    // Those that came by themselves and those of the settings are sources, too.
    constexpr std::size_t sources_most = limits::candidate_sources_max + 2;
    if (discovery.candidates().sources() > sources_most ||
        discovery.candidates().size() > sources_most * limits::candidates_per_source_max)
        fail(at, "S6: more candidates than the limit");
}

// S6 and S10, of questions and answers: not too many of them, no answer unasked,
//    nobody told of by hearsay.
void World::check_finding(std::uint32_t at, Wire& wire, const core::FramePtr& frame) {
    WireEnd& end = wire.ends[wire.end_of(at)];
    if (kind_of(*frame) == frame_find) {
        const std::int64_t may = limits::find_burst + (now_ - wire.since) / limits::find_every;
        if (static_cast<std::int64_t>(++end.finds) > may)
            fail(at, "S6: more questions over a link than the limit");
    }
    if (kind_of(*frame) != frame_contacts) return;
    if (++end.contacts > wire.ends[1 - wire.end_of(at)].finds)
        fail(at, "S6: an answer that nobody asked for");
    const auto message = core::parse(*frame);
    const auto* contacts = message ? std::get_if<core::Contacts>(&*message) : nullptr;
    if (!contacts) return;  // check_frame() has said so
    for (const base::PeerId& peer : contacts->peers) {
        const auto known = by_id_.find(peer);
        if (known == by_id_.end() || !nodes_[at].answered.contains(known->second))
            return fail(at, "S10: it tells of a node that never answered a dial of its own");
    }
}

// What a link may carry in sequence: one Hello, first; rounds not too often, with not too many
// symbols; and not much more than a reader has taken.
void World::check_sent(std::uint32_t at, const core::Send& send) {
    constexpr std::size_t ahead_max =
        limits::relay_ahead_bytes + 2 * limits::exchange_piece_bytes + 4 * limits::frame_bytes_max;
    Wire* wire = wires_.find(static_cast<std::uint64_t>(send.link));
    if (!wire || send.frame->empty()) return;
    WireEnd& end = wire->ends[wire->end_of(at)];
    if (!end.open) return;
    const int field = kind_of(*send.frame);
    const bool is_hello = field == frame_hello;
    if (is_hello == end.hello)
        fail(at, is_hello ? "S6: a second Hello" : "S6: a frame before its Hello");
    end.hello = true;
    if (field == frame_find || field == frame_contacts) check_finding(at, *wire, send.frame);
    if (end.ahead > ahead_max) fail(at, "S6: too much sent to a link that does not read");
    if (field == frame_compare) {
        if (end.compared && now_ - *end.compared < limits::compare_wait_least)
            fail(at, "S6: rounds follow one another too soon");
        end.compared = now_;
        end.mores = 0;
    } else if (field == frame_more) {
        if (++end.mores > limits::batches_max) fail(at, "S6: it asks for more symbols too often");
    } else if (field == frame_symbols) {
        const auto message = core::parse(*send.frame);
        if (message) end.symbols += std::get<core::Symbols>(*message).symbols.size();
        if (end.symbols > limits::symbols_max)
            fail(at, "S6: more symbols in a round than the limit");
    }
}

// S8. What honest nodes say is right, whatever the clocks are and whatever breaks.
void World::check_disconnect(std::uint32_t at, const core::Disconnect& gone) {
    const Wire* wire = wires_.find(static_cast<std::uint64_t>(gone.link));
    if (!wire || !gone.fault || base::cost(*gone.fault) != base::Cost::link) return;
    const std::uint32_t other = wire->ends[1 - wire->end_of(at)].node;
    if (nodes_[other].honest)
        fail(at, "S8: it ends the link to honest node " + std::to_string(other) + " for " +
                     std::string(base::name(*gone.fault)));
}

// The numbers of the items in a frame, no_item for a copy that nobody made;
// none if it carries no items.
const std::vector<ItemNumber>& World::items_in(const core::FramePtr& frame) {
    if (frame == read_frame_) return read_items_;
    read_frame_ = frame;
    read_items_.clear();
    if (kind_of(*frame) != frame_items) return read_items_;
    auto message = core::parse(*frame);
    auto* items = message ? std::get_if<core::Items>(&*message) : nullptr;
    if (!items) return read_items_;
    for (item::Item& item : items->items) {
        const auto number = oracle_.find(item::id_of(item.header, item.signature));
        const bool genuine = number && oracle_[*number].item->item == item;
        read_items_.push_back(genuine ? *number : no_item);
    }
    return read_items_;
}

std::uint32_t World::counted_copies_in(const core::FramePtr& frame) {
    const auto& items = items_in(frame);
    return static_cast<std::uint32_t>(
        std::count_if(items.begin(), items.end(), [&](ItemNumber number) {
            return number == no_item || oracle_[number].purpose != Purpose::warm_up;
        }));
}

// S1, S2, S4 and S6, of what is to be sent.
void World::check_frame(std::uint32_t at, const core::FramePtr& frame) {
    const SimNode& node = nodes_[at];
    // the same for many links
    if (frame == read_frame_ && read_for_ == std::pair(at, steps_)) return;
    read_for_ = {at, steps_};
    if (frame->size() > limits::frame_bytes_max) fail(at, "S6: a frame over the limit");
    // parse() refuses what holds more ids, items or symbols than a frame may.
    const bool is_items = kind_of(*frame) == frame_items;
    if (!is_items && !core::parse(*frame)) fail(at, "S6: a frame that nobody may accept");
    for (const ItemNumber number : items_in(frame)) {
        if (number == no_item) {
            fail(at, "S1: it sends an item that nobody made");
            continue;
        }
        const item::ReadPtr item = node.store.get(oracle_[number].item->id);
        if (!item)
            fail(at, "S4: it sends an item that is not alive in its store");
        else if (item->header.expires <= now_of(node).wall)
            fail(at, "S2: it sends an expired item");
    }
}

// S7, of what is to be sent: items are looked at as such, in other frames the id is looked for,
// whatever they are. S7. A node passes on the id of its own item, or asks for it, only once it was
// announced or listed to it, as anybody would.
void World::check_secrets(std::uint32_t at, const core::FramePtr& frame) {
    const std::vector<ItemNumber>& items = items_in(frame);
    const int field = kind_of(*frame);
    for (const auto& [number, announced] : nodes_[at].secret) {
        const bool whole = std::find(items.begin(), items.end(), number) != items.end();
        const bool as_anybody =
            field == frame_announce || field == frame_request || field == frame_want;
        const bool may_name = announced && as_anybody;
        if (whole || (!may_name && names(*frame, oracle_[number].item->id)))
            fail(at, "S7: it sends its own item " + std::to_string(number) +
                         ", which did not come back");
    }
}

// ---- liveness -----------------------------------------------------------------------------------

std::optional<std::string> World::missing() const {
    for (ItemNumber number = 0; number < oracle_.size(); ++number) {
        const bool live = oracle_.is_live(number, truth());
        if (!live && oracle_[number].newer.empty()) continue;  // expired: the sweep takes its time
        if (marked(lost_items_, number)) continue;
        const base::ItemId& id = oracle_[number].item->id;
        for (std::uint32_t at = 0; at < nodes_.size(); ++at) {
            const SimNode& node = nodes_[at];
            if (!node.connected) continue;
            const bool holds = node.store.presence(id) == core::Presence::alive;
            if (holds == live) continue;
            return "liveness: node " + std::to_string(at) +
                   (live ? " lacks item " : " still holds superseded item ") +
                   std::to_string(number) + (node.online ? "" : ", and is down");
        }
    }
    return std::nullopt;
}

double World::honest_count() const {
    return static_cast<double>(std::count_if(nodes_.begin(), nodes_.end(),
                                             [](const SimNode& node) { return node.honest; }));
}

void World::note_share() {
    if (options_.curve)
        curve_.emplace_back(static_cast<std::uint32_t>((now_ - calm_at_).count()),
                            delivered_share());
}

double World::delivered_share() const {
    std::uint64_t wanted = 0;
    std::uint64_t held = 0;
    for (ItemNumber number = 0; number < oracle_.size(); ++number) {
        if (!oracle_.is_live(number, truth()) || marked(lost_items_, number)) continue;
        for (const SimNode& node : nodes_) {
            if (!node.connected) continue;
            ++wanted;
            if (node.store.presence(oracle_[number].item->id) == core::Presence::alive) ++held;
        }
    }
    return wanted == 0 ? 1.0 : static_cast<double>(held) / static_cast<double>(wanted);
}

}  // namespace hearsay::sim
