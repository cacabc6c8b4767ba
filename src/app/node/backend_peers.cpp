// What the local API asks about peers.
#include <algorithm>
#include <set>

#include "app/node/backend.hpp"
#include "app/node/peer_views.hpp"
#include "base/limits/discovery.hpp"
#include "base/limits/links.hpp"
#include "crypto/onion.hpp"
#include "item/text.hpp"

namespace hearsay::app {
namespace {

namespace limits = base::limits;
using base::ErrorCode;

constexpr base::Seconds usual_ban = base::Seconds(24 * 3600);

std::unexpected<base::Error> unknown_peer() {
    return base::fail(ErrorCode::not_found,
                      "no such peer is known; hearsay peers list --all shows those that are");
}

base::Result<core::BanPeer> read_ban(const api::PeerBan& asked, const base::PeerId& peer) {
    core::BanPeer out{peer, base::Seconds(asked.duration_seconds()), asked.reason()};
    if (out.how_long.count() == 0) out.how_long = usual_ban;
    if (out.how_long > limits::ban_most)
        return base::fail(ErrorCode::invalid,
                          "a ban lasts at most " +
                              std::to_string(limits::ban_most.count() / (24 * 3600)) + " days");
    const auto text = item::to_nfc(asked.reason());
    if (!text || !item::is_clean_text(*text, false))
        return base::fail(ErrorCode::invalid,
                          "the reason of a ban is one line of text, without control characters");
    if (text->size() > limits::ban_reason_bytes_max)
        return base::fail(ErrorCode::invalid, "the reason of a ban has at most " +
                                                  std::to_string(limits::ban_reason_bytes_max) +
                                                  " bytes");
    out.reason = *text;
    return out;
}

// Whom a person wants to see: those that something is going on with, or was decided about.
bool is_listed(const api::Peer& peer) {
    return peer.manual() || peer.state() != "waiting";
}

// Linked ones first, as a person reads.
int rank_of(const api::Peer& peer) {
    constexpr std::string_view order[] = {"linked",  "visiting", "dialling",
                                          "waiting", "shunned",  "banned"};
    const auto* const found = std::find(std::begin(order), std::end(order), peer.state());
    const int place = static_cast<int>(found - std::begin(order));
    return peer.state() == "waiting" && !peer.manual() ? static_cast<int>(std::size(order)) : place;
}

}  // namespace

// Something was not kept: the disk does not allow it, or there is no room among what may not go.
std::unexpected<base::Error> Backend::not_kept() const {
    if (shell_.storage() != StorageState::ready)
        return base::fail(ErrorCode::exhausted,
                          "nothing can be kept now: " + shell_.storage_text());
    return base::fail(ErrorCode::exhausted,
                      "all " + std::to_string(limits::known_peers_max) +
                          " places for known peers are taken by pinned and banned "
                          "ones; hearsay peers remove makes room");
}

base::Result<base::PeerId> Backend::other_peer(const std::string& onion) const {
    const auto id = crypto::parse_onion(onion);
    if (!id) return std::unexpected(id.error());
    if (crypto::onion_address(*id) == facts_.onion)
        return base::fail(ErrorCode::refused, "that is this node's own address");
    return *id;
}

api::Peer Backend::peer(const base::PeerId& id, base::Now now) const {
    api::Peer out = peer_to_api(shell_.node(), id, now);
    const auto link = any_link_of(shell_.node(), id);
    if (!link) return out;
    for (const net::LinkInfo& info : links_.list()) {
        if (info.link != *link) continue;
        out.set_received_bytes(info.bytes_in);
        out.set_sent_bytes(info.bytes_out);
    }
    return out;
}

void Backend::list_peers(const api::PeerQuery& query, api::Reply<api::PeerList> reply) {
    show<api::PeerList>(
        std::move(reply), [this, query](Shell::Turn& turn) -> base::Result<api::PeerList> {
            std::set<base::PeerId> ids;
            for (const auto& [id, peer] : shell_.node().discovery().peers()) ids.insert(id);
            for (const auto& [id, link] : shell_.node().links().all())
                if (link.peer) ids.insert(*link.peer);
            std::vector<api::Peer> listed;
            for (const base::PeerId& id : ids) {
                api::Peer one = peer_to_api(shell_.node(), id, turn.instant);
                if (query.all || is_listed(one))
                    listed.push_back(any_link_of(shell_.node(), id) ? peer(id, turn.instant) : one);
            }
            std::stable_sort(
                listed.begin(), listed.end(),
                [](const api::Peer& a, const api::Peer& b) { return rank_of(a) < rank_of(b); });
            api::PeerList out;
            out.set_more(static_cast<std::uint32_t>(ids.size() - listed.size()));
            for (api::Peer& one : listed) *out.add_peers() = std::move(one);
            return out;
        });
}

void Backend::show_peer(const std::string& onion, api::Reply<api::Peer> reply) {
    const auto id = other_peer(onion);
    if (!id) return reply(std::unexpected(id.error()));
    show<api::Peer>(std::move(reply),
                    [this, id = *id](Shell::Turn& turn) -> base::Result<api::Peer> {
                        if (!is_known(shell_.node(), id)) return unknown_peer();
                        return peer(id, turn.instant);
                    });
}

void Backend::add_peer(const api::PeerAdd& asked, api::Reply<api::Peer> reply) {
    const auto id = other_peer(asked.onion());
    if (!id) return reply(std::unexpected(id.error()));
    shell_.post(core::AddPeer{*id, true});
    answer<api::Peer>(std::move(reply),
                      [this, id = *id](Shell::Turn& turn) -> base::Result<api::Peer> {
                          api::Peer added = peer(id, turn.instant);
                          if (!added.manual()) return not_kept();
                          return added;
                      });
}

void Backend::remove_peer(const std::string& onion, api::Reply<api::Peer> reply) {
    const auto id = other_peer(onion);
    if (!id) return reply(std::unexpected(id.error()));
    const core::Discovery& known = shell_.node().discovery();
    if (!known.peers().contains(*id) && !known.candidates().contains(*id))
        return reply(unknown_peer());
    const api::Peer before = peer(*id, net::now());
    shell_.post(core::RemovePeer{*id});
    answer<api::Peer>(std::move(reply),
                      [this, id = *id, before](Shell::Turn&) -> base::Result<api::Peer> {
                          if (shell_.node().discovery().peers().contains(id)) return not_kept();
                          return before;
                      });
}

void Backend::ban_peer(const api::PeerBan& asked, api::Reply<api::Peer> reply) {
    const auto id = other_peer(asked.onion());
    if (!id) return reply(std::unexpected(id.error()));
    auto ban = read_ban(asked, *id);
    if (!ban) return reply(std::unexpected(ban.error()));
    const bool was_pinned = peer(*id, net::now()).manual();
    shell_.post(*std::move(ban));
    answer<api::Peer>(std::move(reply),
                      [this, id = *id, was_pinned](Shell::Turn& turn) -> base::Result<api::Peer> {
                          api::Peer banned = peer(id, turn.instant);
                          if (banned.state() != "banned") return not_kept();
                          banned.set_was_pinned(was_pinned);
                          return banned;
                      });
}

void Backend::unban_peer(const std::string& onion, api::Reply<api::Peer> reply) {
    const auto id = other_peer(onion);
    if (!id) return reply(std::unexpected(id.error()));
    const core::Node& node = shell_.node();
    const bool has_faults = node.links().scores().shunned_until(*id) != base::MonoTime{};
    if (!is_known(node, *id) && !has_faults) return reply(unknown_peer());
    shell_.post(core::UnbanPeer{*id});
    answer<api::Peer>(std::move(reply),
                      [this, id = *id](Shell::Turn& turn) -> base::Result<api::Peer> {
                          api::Peer freed = peer(id, turn.instant);
                          if (freed.state() == "banned" || freed.state() == "shunned")
                              return not_kept();
                          return freed;
                      });
}

}  // namespace hearsay::app
