#include "app/node/backend.hpp"

#include <algorithm>

#include "app/node/views.hpp"
#include "base/limits.hpp"
#include "crypto/onion.hpp"

namespace hearsay::app {
namespace {

namespace limits = base::limits;

// An hour is more than any honest clock error that does no harm; items tolerate two.
constexpr base::Seconds clock_warning = base::Seconds(3600);

void set(api::Progress* progress, std::string state, std::uint32_t percent, std::string detail) {
    progress->set_state(std::move(state));
    progress->set_percent(percent);
    progress->set_detail(std::move(detail));
}

}  // namespace

Backend::Backend(Shell& shell, const net::Links& links, const store::Flood& flood, Facts facts,
                 std::function<void(api::Status&)> describe)
    : shell_(shell), links_(links), flood_(flood), facts_(std::move(facts)), describe_(std::move(describe)) {}

template <class T>
void Backend::answer(api::Reply<T> reply, std::function<base::Result<T>(Shell::Turn&)> work) {
    shell_.ask([reply = std::move(reply), work = std::move(work)](Shell::Turn& turn) -> Shell::Finish {
        return [reply, result = work(turn)](const std::optional<base::Error>& failed) {
            if (failed && result)
                reply(std::unexpected(*failed));
            else
                reply(result);
        };
    });
}

// ---- status ------------------------------------------------------------------------------------

void Backend::status(api::Reply<api::Status> reply) {
    answer<api::Status>(std::move(reply), [this](Shell::Turn& turn) -> base::Result<api::Status> {
        api::Status status;
        status.set_onion(facts_.onion);
        status.mutable_now()->set_seconds(base::unix_seconds(turn.now.wall));
        describe_(status);
        fill_links(status);
        fill_store(status, turn);
        const market::Counts counts = turn.market.counts(turn.keep);
        status.set_mail_unread(counts.unread);
        status.set_outbox_pending(counts.pending);
        for (const auto& [fault, count] : shell_.refused())
            (*status.mutable_refused())[std::string(base::name(fault))] = count;
        fill_warnings(status);
        return status;
    });
}

void Backend::fill_links(api::Status& status) const {
    const core::Node& node = shell_.node();
    std::uint32_t linked = 0;
    for (const auto& [id, link] : node.links().all()) {
        if (link.anonymous()) continue;
        ++linked;
    }
    const auto [matching, greeted] = node.view_matches();
    status.set_view_matching(static_cast<std::uint32_t>(matching));
    status.set_view_peers(static_cast<std::uint32_t>(greeted));
    status.set_links_outbound(static_cast<std::uint32_t>(node.links().count(true)));
    status.set_links_inbound(static_cast<std::uint32_t>(node.links().count(false)));
    const std::size_t known = node.links().peers().size();
    const std::string of_known = std::to_string(known) + (known == 1 ? " known peer" : " known peers");
    if (greeted > 0)
        set(status.mutable_peers(), "connected", 100, std::to_string(greeted) + " linked, " + of_known);
    else if (linked > 0 || known > 0)
        set(status.mutable_peers(), "connecting", 0, of_known);
    else
        set(status.mutable_peers(), "alone", 0, "no peer is known: hearsay peers add ONION");
    if (greeted == 0)
        set(status.mutable_sync(), "waiting", 0, "for a peer");
    else
        set(status.mutable_sync(), matching == greeted ? "complete" : "comparing",
            static_cast<std::uint32_t>(matching * 100 / greeted),
            "your view matches " + std::to_string(matching) + " of " + std::to_string(greeted) +
                (greeted == 1 ? " peer" : " peers"));
}

void Backend::fill_store(api::Status& status, const Shell::Turn& turn) const {
    const store::FloodStats stats = flood_.stats();
    status.set_items(static_cast<std::uint32_t>(turn.flood.alive_count()));
    status.set_offers(static_cast<std::uint32_t>(turn.flood.count_of_kind(item::kind_offer)));
    status.set_store_bytes(stats.disk_bytes);
    const std::string held =
        std::to_string(status.items()) + " items, " + std::to_string(status.offers()) + " offers";
    switch (shell_.storage()) {
        case StorageState::ready:
            set(status.mutable_store(), "ready", 100, held);
            break;
        case StorageState::full:
            set(status.mutable_store(), "full", 0, shell_.storage_text());
            break;
        case StorageState::failed:
            set(status.mutable_store(), "failed", 0, shell_.storage_text());
            break;
    }
}

void Backend::fill_warnings(api::Status& status) const {
    if (shell_.storage() != StorageState::ready)
        status.add_warnings("The node pauses: " + shell_.storage_text() +
                            ". It goes on by itself when there is room.");
    const auto offset = shell_.node().links().clock_offset();
    if (offset && (*offset > clock_warning || *offset < -clock_warning))
        status.add_warnings("This machine's clock differs from most peers' by " +
                            std::to_string(std::abs(offset->count()) / 60) +
                            " minutes. Please check it: wrong by more than " +
                            "two hours, others refuse what you publish.");
    if (!facts_.sealed) status.add_warnings("The keys on disk are not protected by a passphrase.");
    if (const auto search = shell_.searching(); search && search->expected > 0) {
        const double share = static_cast<double>(search->tried) / static_cast<double>(search->expected);
        status.add_warnings("Searching proof of work: " + std::to_string(static_cast<int>(share * 100)) +
                            " % of the expected effort spent.");
    }
}

// ---- identity ----------------------------------------------------------------------------------

void Backend::identity(api::Reply<api::Identity> reply) {
    answer<api::Identity>(std::move(reply), [this](Shell::Turn& turn) -> base::Result<api::Identity> {
        api::Identity out;
        out.set_onion(facts_.onion);
        out.set_sealed(facts_.sealed);
        for (const auto& persona : turn.market.personas(turn.keep)) *out.add_personas() = to_api(persona);
        for (const auto& mailbox : turn.market.mailboxes(turn.keep)) *out.add_mailboxes() = to_api(mailbox);
        return out;
    });
}

// ---- offers ------------------------------------------------------------------------------------

namespace {

// Only what is ours, and was not heard back, waits for anything.
bool waits(const std::string& state) {
    return state == "queued" || state == "injected";
}

}  // namespace

std::string Backend::waits_for() const {
    const core::Node& node = shell_.node();
    const auto& links = node.links().all();
    const bool linked =
        std::any_of(links.begin(), links.end(), [](const auto& entry) { return !entry.second.anonymous(); });
    if (node.links().peers().empty() && !linked) return "a peer: none is known; hearsay peers add ONION";
    if (!shell_.network_ready()) return "Tor";
    return "";
}

api::Offer Backend::offer(const market::OfferView& view) const {
    api::Offer out = to_api(view);
    if (waits(out.state())) out.set_waits_for(waits_for());
    return out;
}

api::Mail Backend::mail(const market::MailView& view, bool with_text) const {
    api::Mail out = to_api(view, with_text);
    if (waits(out.state())) out.set_waits_for(waits_for());
    return out;
}

base::Result<api::Offer> Backend::offer_answer(const base::Result<market::OfferView>& found) const {
    if (!found) return std::unexpected(found.error());
    return offer(*found);
}

base::Result<api::Mail> Backend::mail_answer(const base::Result<market::MailView>& found) const {
    if (!found) return std::unexpected(found.error());
    return mail(*found, true);
}

void Backend::publish_offer(const api::OfferDraft& draft, api::Reply<api::Offer> reply) {
    answer<api::Offer>(std::move(reply), [this, draft](Shell::Turn& turn) {
        return offer_answer(turn.market.publish_offer(from_api(draft),
                                                      base::Seconds(draft.lifetime_seconds()), turn.now.wall,
                                                      turn.keep, turn.effects));
    });
}

void Backend::list_offers(const api::OfferQuery& query, api::Reply<api::OfferList> reply) {
    answer<api::OfferList>(
        std::move(reply), [this, query](Shell::Turn& turn) -> base::Result<api::OfferList> {
            const auto offers = query.mine ? turn.market.own_offers(turn.keep)
                                           : turn.market.offers(turn.keep, turn.flood, query.limit);
            api::OfferList out;
            for (const auto& view : offers)
                if (static_cast<std::size_t>(out.offers_size()) < query.limit)
                    *out.add_offers() = offer(view);
            return out;
        });
}

void Backend::show_offer(const std::string& id, api::Reply<api::Offer> reply) {
    answer<api::Offer>(std::move(reply), [this, id](Shell::Turn& turn) {
        return offer_answer(turn.market.offer(id, turn.keep, turn.flood));
    });
}

void Backend::remove_offer(const std::string& id, api::Reply<api::Offer> reply) {
    answer<api::Offer>(std::move(reply), [this, id](Shell::Turn& turn) -> base::Result<api::Offer> {
        const auto found = turn.market.offer(id, turn.keep, turn.flood);
        if (!found) return std::unexpected(found.error());
        return offer_answer(turn.market.remove_offer(found->thing, turn.now.wall, turn.keep, turn.effects));
    });
}

// ---- mail --------------------------------------------------------------------------------------

void Backend::send_mail(const api::MailDraft& draft, api::Reply<api::Mail> reply) {
    answer<api::Mail>(std::move(reply), [this, draft](Shell::Turn& turn) {
        return mail_answer(
            turn.market.send_mail(from_api(draft), turn.now.wall, turn.flood, turn.keep, turn.effects));
    });
}

void Backend::list_mail(const api::MailQuery& query, api::Reply<api::MailList> reply) {
    answer<api::MailList>(std::move(reply), [this, query](Shell::Turn& turn) -> base::Result<api::MailList> {
        api::MailList out;
        for (const auto& view : turn.market.list_mail(turn.keep))
            if (static_cast<std::size_t>(out.mail_size()) < query.limit) *out.add_mail() = mail(view, false);
        return out;
    });
}

void Backend::read_mail(const std::string& id, api::Reply<api::Mail> reply) {
    answer<api::Mail>(std::move(reply), [this, id](Shell::Turn& turn) {
        return mail_answer(turn.market.read_mail(id, turn.keep));
    });
}

// ---- peers -------------------------------------------------------------------------------------

std::unexpected<base::Error> Backend::paused() const {
    return base::fail(base::ErrorCode::exhausted, "nothing can be kept now: " + shell_.storage_text());
}

api::Peer Backend::peer(const base::PeerId& id, base::Now now) const {
    const core::Links& links = shell_.node().links();
    api::Peer out;
    out.set_onion(crypto::onion_address(id));
    const auto known = links.peers().find(id);
    if (known != links.peers().end()) {
        out.set_manual(known->second.known.manual);
        out.set_attempts(known->second.failures);
        out.set_last_error(known->second.last_error);
        if (known->second.known.last_seen != base::WallTime{})
            out.mutable_last_seen()->set_seconds(base::unix_seconds(known->second.known.last_seen));
    }
    const auto link = links.link_of(id);
    if (!link) {
        const bool dialling = known != links.peers().end() && known->second.dialling;
        out.set_state(links.is_banned(id, now) ? "banned" : dialling ? "dialling" : "waiting");
        return out;
    }
    const core::LinkState& state = *links.find(*link);
    out.set_state("linked");
    out.set_direction(state.outbound ? "outbound" : "inbound");
    out.set_in_sync(shell_.node().in_sync(*link));
    const base::Seconds age = std::chrono::duration_cast<base::Seconds>(now.mono - state.since);
    out.mutable_connected_since()->set_seconds(base::unix_seconds(now.wall - age));
    for (const net::LinkInfo& info : links_.list())
        if (info.link == *link) {
            out.set_received_bytes(info.bytes_in);
            out.set_sent_bytes(info.bytes_out);
        }
    return out;
}

void Backend::list_peers(api::Reply<api::PeerList> reply) {
    answer<api::PeerList>(std::move(reply), [this](Shell::Turn& turn) -> base::Result<api::PeerList> {
        std::set<base::PeerId> ids;
        for (const auto& [id, peer] : shell_.node().links().peers()) ids.insert(id);
        for (const auto& [id, link] : shell_.node().links().all())
            if (link.peer) ids.insert(*link.peer);
        api::PeerList out;
        for (const base::PeerId& id : ids) *out.add_peers() = peer(id, turn.now);
        return out;
    });
}

void Backend::add_peer(const api::PeerAdd& asked, api::Reply<api::Peer> reply) {
    const auto id = crypto::parse_onion(asked.onion());
    if (!id) return reply(std::unexpected(id.error()));
    if (crypto::onion_address(*id) == facts_.onion)
        return reply(base::fail(base::ErrorCode::refused, "that is this node's own address"));
    const auto& peers = shell_.node().links().peers();
    if (!peers.contains(*id) && peers.size() >= limits::known_peers_max)
        return reply(
            base::fail(base::ErrorCode::exhausted,
                       "there are " + std::to_string(limits::known_peers_max) + " known peers already"));
    shell_.tell(core::AddPeer{*id, true});
    answer<api::Peer>(std::move(reply), [this, id = *id](Shell::Turn& turn) -> base::Result<api::Peer> {
        if (!shell_.node().links().peers().contains(id)) return paused();
        return peer(id, turn.now);
    });
}

void Backend::remove_peer(const std::string& onion, api::Reply<api::Peer> reply) {
    const auto id = crypto::parse_onion(onion);
    if (!id) return reply(std::unexpected(id.error()));
    if (!shell_.node().links().peers().contains(*id))
        return reply(base::fail(base::ErrorCode::not_found, "no such peer is known"));
    const api::Peer before = peer(*id, net::now());
    shell_.tell(core::RemovePeer{*id});
    answer<api::Peer>(std::move(reply), [this, id = *id, before](Shell::Turn&) -> base::Result<api::Peer> {
        if (shell_.node().links().peers().contains(id)) return paused();
        return before;
    });
}

}  // namespace hearsay::app
