// Peers as text for a person.
#include <cstdio>

#include "app/cli/show_parts.hpp"
#include "app/cli/text.hpp"

namespace hearsay::app::cli {

namespace {

// The address without its ending, which every command takes: so a row of the table fits a terminal.
std::string name_of(const api::Peer& peer) {
    constexpr std::string_view ending = ".onion";
    std::string_view onion = peer.onion();
    if (onion.ends_with(ending)) onion.remove_suffix(ending.size());
    return safe_line(onion);
}

std::string state_of(const api::Peer& peer) {
    std::string out = safe_line(peer.state());
    if (peer.direction() == "outbound") out += " out";
    if (peer.direction() == "inbound") out += " in";
    return out;
}

std::string place_of(const api::Peer& peer) {
    return peer.manual() ? "pinned" : safe_line(peer.place());
}

std::string failures_of(const api::Peer& peer) {
    if (peer.attempts() == 0) return "";
    return "failed " + counted(peer.attempts(), "time") +
           (peer.last_error().empty() ? "" : ": " + safe_line(peer.last_error()));
}

std::string ban_of(const api::Peer& peer, const Style& style) {
    return "free " + describe_when(time_of(peer.banned_until()), style.now) +
           (peer.ban_reason().empty() ? "" : ": " + safe_line(peer.ban_reason()));
}

// What matters most about it, for the table.
std::string note_of(const api::Peer& peer, const Style& style) {
    if (peer.has_banned_until()) return ban_of(peer, style);
    if (peer.state() == "linked")
        return std::string(peer.in_sync() ? "in sync" : "comparing") +
               (peer.round_trip_ms() == 0 ? ""
                                          : ", " + std::to_string(peer.round_trip_ms()) + " ms");
    if (peer.state() == "shunned" && peer.has_shunned_until())
        return "free " + describe_when(time_of(peer.shunned_until()), style.now);
    if (peer.attempts() != 0) return failures_of(peer);
    return peer.has_last_seen() ? "seen " + describe_when(time_of(peer.last_seen()), style.now)
                                : "";
}

std::string known_as(const api::Peer& peer) {
    std::string out = peer.manual()             ? "pinned: always dialled, let in and kept"
                      : peer.hearsay()          ? "only heard of: another node named it"
                      : peer.has_first_proved() ? "it answered with its key"
                                                : "it never answered a dial of this node";
    if (peer.anchor()) out += "; dialled first after a restart";
    return out;
}

std::string score_of(const api::Peer& peer) {
    if (peer.score() < 0.05) return "";
    char text[48];
    std::snprintf(text, sizeof text, "%.1f for broken rules; at 4 it is banned", peer.score());
    return text;
}

}  // namespace

std::string show(const api::Peer& peer, const Style& style) {
    std::string out = heading(style, peer.onion());
    if (peer.was_pinned()) out += heading(style, "  It was pinned; it is not any more.");
    std::string link = state_of(peer);
    if (peer.has_connected_since())
        link += ", since " + describe_when(time_of(peer.connected_since()), style.now);
    if (!peer.place().empty()) link += ", place: " + peer.place();
    out += field(style, "state", link);
    out +=
        field(style, "known", known_as(peer) + (peer.in_table() ? "; others are told of it" : ""));
    if (peer.state() == "linked")
        out += field(style, "view", peer.in_sync() ? "in sync" : "comparing");
    if (peer.round_trip_ms() != 0)
        out += field(style, "round trip", std::to_string(peer.round_trip_ms()) + " ms");
    if (peer.received_bytes() + peer.sent_bytes() != 0)
        out += field(style, "traffic",
                     describe_bytes(peer.received_bytes()) + " in, " +
                         describe_bytes(peer.sent_bytes()) + " out");
    if (peer.has_added()) out += field(style, "added", when(peer.added(), style));
    if (peer.has_first_proved()) out += field(style, "proved", when(peer.first_proved(), style));
    if (peer.has_last_seen()) out += field(style, "last seen", when(peer.last_seen(), style));
    out += optional_field(style, "failures", failures_of(peer));
    if (peer.has_next_try() && peer.state() == "waiting")
        out += field(style, "next try", when(peer.next_try(), style));
    out += optional_field(style, "score", score_of(peer));
    if (peer.has_shunned_until())
        out += field(style, "shunned", "ends " + when(peer.shunned_until(), style));
    if (peer.has_banned_until())
        out += field(style, "banned", "ends " + when(peer.banned_until(), style));
    out += optional_field(style, "reason", peer.ban_reason());
    return out;
}

std::string show(const api::PeerList& peers, const Style& style) {
    const std::string more = peers.more() == 0
                                 ? ""
                                 : heading(style, counted(peers.more(), "node") +
                                                      " more known: hearsay peers list --all");
    if (peers.peers().empty())
        return more.empty() ? heading(style, "No peers. Add one with: hearsay peers add ONION")
                            : more;
    Table table({{"NODE"}, {"STATE"}, {"PLACE"}, {"", 15}});
    for (const api::Peer& peer : peers.peers())
        table.add({name_of(peer), state_of(peer), place_of(peer), note_of(peer, style)});
    return table.print(style.width) + more;
}

}  // namespace hearsay::app::cli
