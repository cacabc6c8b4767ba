#include "app/node/peer_views.hpp"

#include <algorithm>

#include "api/encode/sentences.hpp"
#include "api/encode/utf8.hpp"
#include "crypto/onion.hpp"

namespace hearsay::app {
namespace {

void set_time(google::protobuf::Timestamp* out, base::WallTime time) {
    out->set_seconds(base::unix_seconds(time));
}

base::WallTime wall_of(base::MonoTime time, base::Now now) {
    return now.wall + std::chrono::duration_cast<base::Seconds>(time - now.mono);
}

std::string_view name(core::LinkKind kind) {
    switch (kind) {
        case core::LinkKind::pinned:
            return "pinned";
        case core::LinkKind::anchor:
            return "anchor";
        case core::LinkKind::long_tried:
            return "long-tried";
        case core::LinkKind::random:
            return "random";
    }
    return "";
}

void fill_known(api::Peer& out, const core::PeerState& peer, base::Now now) {
    const core::KnownPeer& known = peer.known;
    out.set_manual(known.pinned);
    out.set_anchor(known.anchor);
    out.set_attempts(peer.failures);
    // It is put together from words of ours and of Tor's, and JSON takes nothing but UTF-8.
    if (api::is_utf8(peer.last_error)) out.set_last_error(peer.last_error);
    if (auto said = api::recognize(peer.last_error))
        *out.mutable_last_error_said() = *std::move(said);
    set_time(out.mutable_added(), known.added);
    if (known.first_proved != base::WallTime{})
        set_time(out.mutable_first_proved(), known.first_proved);
    if (known.last_seen != base::WallTime{}) set_time(out.mutable_last_seen(), known.last_seen);
    if (peer.next_try > now.mono) set_time(out.mutable_next_try(), wall_of(peer.next_try, now));
    if (known.banned_until <= now.wall) return;
    set_time(out.mutable_banned_until(), known.banned_until);
    if (api::is_utf8(known.ban_reason)) out.set_ban_reason(known.ban_reason);
}

void fill_link(api::Peer& out, const core::Node& node, base::LinkId link, base::Now now) {
    const core::LinkState& state = *node.links().find(link);
    out.set_direction(state.outbound ? "outbound" : "inbound");
    out.set_in_sync(state.stands() && node.in_sync(link));
    set_time(out.mutable_connected_since(), wall_of(state.since, now));
    out.set_round_trip_ms(static_cast<std::uint32_t>(state.round_trip.count()));
    if (const auto kind = node.discovery().kind_of(link)) out.set_place(std::string(name(*kind)));
}

std::string counted(std::size_t count, std::string_view noun) {
    return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

struct Circle {
    std::size_t out = 0;  // links that stand
    std::size_t in = 0;
    std::size_t begun = 0;  // links that do not stand yet
    std::size_t known = 0;  // proved, or friends
    std::size_t heard_of = 0;
    std::size_t wanted = 0;  // outbound links
};

Circle circle_of(const core::Node& node) {
    Circle out;
    for (const auto& [id, link] : node.links().all()) {
        if (link.passing()) continue;
        if (!link.stands())
            ++out.begun;
        else
            ++(link.outbound ? out.out : out.in);
    }
    for (const auto& [id, peer] : node.discovery().peers())
        out.known += peer.known.pinned || peer.known.first_proved != base::WallTime{} ? 1 : 0;
    out.heard_of = node.discovery().candidates().size();
    out.wanted = node.discovery().settings().degree;
    return out;
}

// What the node is doing about it now, or waits for; empty if there is nothing to do.
std::string activity(const core::Node& node, const Circle& circle, bool network_ready) {
    const core::DiscoverySettings& settings = node.discovery().settings();
    if (!network_ready) return "; waits for Tor";
    const bool linked = circle.out + circle.in > 0;
    if (!linked && settings.discover && !settings.bootstrappers.empty() && circle.known == 0)
        return "; asks the bootstrapper";
    if (!settings.discover) return "; looks for nobody (discover is off)";
    return linked && node.discovery().is_searching() ? "; looks for its neighbours" : "";
}

}  // namespace

std::optional<base::LinkId> any_link_of(const core::Node& node, const base::PeerId& peer) {
    if (const auto link = node.links().link_of(peer)) return link;
    for (const auto& [id, link] : node.links().all())
        if (link.peer == peer) return id;
    return std::nullopt;
}

std::string_view peer_state(const core::Node& node, const base::PeerId& peer, base::Now now) {
    const core::Discovery& discovery = node.discovery();
    if (discovery.is_banned(peer, now.wall)) return "banned";
    if (const auto link = any_link_of(node, peer)) {
        const core::LinkState& state = *node.links().find(*link);
        return state.passing() ? "visiting" : state.greeted() ? "linked" : "dialling";
    }
    if (node.links().is_shunned(peer, now)) return "shunned";
    const auto purpose = discovery.dialling(peer);
    if (!purpose) return "waiting";
    return *purpose == core::DialPurpose::visit ? "visiting" : "dialling";
}

bool is_known(const core::Node& node, const base::PeerId& peer) {
    return node.discovery().peers().contains(peer) ||
           node.discovery().candidates().contains(peer) || any_link_of(node, peer);
}

api::Peer peer_to_api(const core::Node& node, const base::PeerId& peer, base::Now now) {
    const core::Discovery& discovery = node.discovery();
    api::Peer out;
    out.set_onion(crypto::onion_address(peer));
    out.set_state(std::string(peer_state(node, peer, now)));
    const auto known = discovery.peers().find(peer);
    if (known != discovery.peers().end()) fill_known(out, known->second, now);
    out.set_hearsay(known == discovery.peers().end() && discovery.candidates().contains(peer));
    out.set_in_table(discovery.table().contains(peer));
    const core::Scores& scores = node.links().scores();
    out.set_score(scores.points(peer, now.mono));
    if (scores.shunned_until(peer) > now.mono)
        set_time(out.mutable_shunned_until(), wall_of(scores.shunned_until(peer), now));
    if (const auto link = any_link_of(node, peer)) fill_link(out, node, *link, now);
    return out;
}

void fill_peers(api::Status& status, const core::Node& node, bool network_ready) {
    const Circle circle = circle_of(node);
    const core::DiscoverySettings& settings = node.discovery().settings();
    status.set_links_outbound(static_cast<std::uint32_t>(node.links().count(true)));
    status.set_links_inbound(static_cast<std::uint32_t>(node.links().count(false)));
    status.set_links_wanted(static_cast<std::uint32_t>(circle.wanted));
    status.set_peers_known(static_cast<std::uint32_t>(circle.known));
    status.set_peers_heard_of(static_cast<std::uint32_t>(circle.heard_of));
    api::Progress& out = *status.mutable_peers();
    const std::size_t standing = circle.out + circle.in;
    const bool nobody =
        circle.known == 0 && circle.heard_of == 0 && circle.begun == 0 && standing == 0;
    if (nobody && settings.bootstrappers.empty()) {
        out.set_state("alone");
        out.set_detail("no peer is known: hearsay peers add ONION");
        return;
    }
    out.set_state(standing > 0 ? "connected" : "connecting");
    // With fewer nodes than links wanted, all of them is all there is.
    const std::size_t goal = std::clamp<std::size_t>(circle.known, 1, circle.wanted);
    out.set_percent(static_cast<std::uint32_t>(std::min<std::size_t>(100, standing * 100 / goal)));
    out.set_detail(
        std::to_string(circle.out) + " of " + counted(circle.wanted, "link") + " out, " +
        std::to_string(circle.in) + " in; knows " + counted(circle.known, "node") +
        (circle.heard_of > 0 ? ", heard of " + std::to_string(circle.heard_of) + " more" : "") +
        activity(node, circle, network_ready));
}

}  // namespace hearsay::app
