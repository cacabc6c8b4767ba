#include "core/links/links.hpp"

#include <algorithm>
#include <set>

#include "base/ensure.hpp"
#include "base/limits/links.hpp"
#include "crypto/sha256.hpp"

namespace hearsay::core {
namespace {

namespace limits = base::limits;
using base::Fault;

base::MonoTime ping_due(const LinkState& link) {
    return link.last_heard + limits::ping_interval;
}

// When a link has to be looked at again if nothing is heard from it.
base::MonoTime link_deadline(const LinkState& link) {
    if (link.passing() && link.greeted()) return *link.hello_at + limits::passing_stay;
    if (!link.greeted()) return link.since + limits::hello_wait;
    if (link.ping_nonce) return link.ping_sent + limits::pong_wait;
    return ping_due(link);
}

// An outbound link that is no visit takes its place from the begin; an inbound one once its Hello
// came.
bool counts(const LinkState& link) {
    return !link.passing() && (link.outbound || link.greeted());
}

template <class Which>
std::size_t count_if(const base::FlatMap<base::LinkId, LinkState>& links, const Which& which) {
    return static_cast<std::size_t>(std::count_if(
        links.begin(), links.end(), [&](const auto& entry) { return which(entry.second); }));
}

}  // namespace

Links::Links(base::PeerId self, item::Network network, std::size_t inbound_max, base::Rng rng)
    : self_(self),
      network_(network),
      inbound_max_(inbound_max),
      rng_(std::move(rng)),
      eviction_key_(rng_.next()) {}

LinkState* Links::find(base::LinkId link) {
    const auto found = links_.find(link);
    return found == links_.end() ? nullptr : &found->second;
}

const LinkState* Links::find(base::LinkId link) const {
    const auto found = links_.find(link);
    return found == links_.end() ? nullptr : &found->second;
}

std::optional<base::LinkId> Links::link_of(const base::PeerId& peer) const {
    for (const auto& [id, link] : links_)
        if (link.peer == peer && counts(link)) return id;
    return std::nullopt;
}

std::size_t Links::count(bool outbound) const {
    return count_if(
        links_, [&](const LinkState& link) { return link.outbound == outbound && counts(link); });
}

void Links::note_end(base::LinkId link, std::optional<Fault> fault, bool by_us, bool banned) {
    const LinkState& state = links_.at(link);
    if (state.peer && state.items_received > 0) {
        faded_[link] = *state.peer;
        if (faded_.size() > faded_links_max) faded_.erase(faded_.begin());
    }
    ended_.push_back({link, state, fault, by_us, banned});
    links_.erase(link);
}

std::vector<EndedLink> Links::take_ended() {
    return std::exchange(ended_, {});
}

void Links::drop(base::LinkId link, std::optional<Fault> fault, Effects& out) {
    note_end(link, fault, true, false);
    out.push_back(Disconnect{link, fault});
}

void Links::end(base::LinkId link, Effects& out) {
    const LinkState* state = find(link);
    if (!state) return;
    const auto peer = state->peer;
    drop(link, std::nullopt, out);
    if (peer) out.push_back(Notify{PeerChanged{*peer}});
}

// ---- coming and going ---------------------------------------------------------------------------

bool Links::on_link_up(base::LinkId link, const std::optional<base::PeerId>& peer, bool outbound,
                       bool visit, const Ties& ties, base::Now now, Effects& out) {
    ENSURE(!links_.contains(link), "a link came up twice");
    const bool refused = peer && (*peer == self_ || is_shunned(*peer, now));
    if (refused || (!outbound && !wait_for_hello(out))) {
        out.push_back(Disconnect{link, std::nullopt});
        return false;
    }
    LinkState state;
    state.ties = ties;
    state.peer = peer;
    state.outbound = outbound;
    state.visit = visit;
    state.since = now.mono;
    state.last_heard = now.mono;
    state.our_nonce = rng_.next();
    links_.emplace(link, state);
    const base::WallTime minute = base::WallTime(now.wall.time_since_epoch() / 60 * 60);
    out.push_back(Send{link, encode(Hello{protocol_version, static_cast<std::uint32_t>(network_),
                                          minute, true, state.our_nonce, visit})});
    if (peer) out.push_back(Notify{PeerChanged{*peer}});
    return true;
}

void Links::on_link_down(base::LinkId link, const std::optional<Fault>& fault, base::Now now,
                         Effects& out) {
    if (fault) out.push_back(Notify{Refused{link, *fault}});
    const LinkState* state = find(link);
    if (!state) return;  // we ended it ourselves
    const auto peer = state->peer;
    const bool costs = peer && fault && base::cost(*fault) == base::Cost::link;
    const bool banned = costs && scores_.on_fault(*peer, now.mono);
    note_end(link, fault, false, banned);
    if (costs) {
        faded_.erase(link);  // once a link, also if one of its items is bad
        keep_out(*peer, out);
    }
    if (peer) out.push_back(Notify{PeerChanged{*peer}});
}

// It has been punished: whatever links of it are left.
void Links::keep_out(const base::PeerId& peer, Effects& out) {
    std::vector<base::LinkId> others;
    for (const auto& [id, link] : links_)
        if (link.peer == peer) others.push_back(id);
    for (const base::LinkId id : others) drop(id, std::nullopt, out);
}

std::expected<Links::Welcome, Fault> Links::on_hello(base::LinkId id, const Hello& hello,
                                                     const Ties& ties, base::Now now,
                                                     Effects& out) {
    LinkState& link = *find(id);  // total: Node::on_frame() has found it
    if (link.greeted()) return std::unexpected(Fault::frame_unexpected);
    const bool speaks_ours = hello.oldest <= protocol_version && protocol_version <= hello.newest;
    if (!speaks_ours || hello.network != static_cast<std::uint32_t>(network_))
        return std::unexpected(Fault::wrong_protocol);
    // A clock of the year 300 billion is as wrong as one of the year 9999, and sums stay small.
    constexpr base::Seconds most(1LL << 40);
    link.clock_offset = std::clamp(hello.time - now.wall, -most, most);
    link.their_nonce = hello.nonce;
    link.ties = ties;
    link.listening = hello.listening;
    link.visit = link.visit || (!link.outbound && hello.visit);
    if (!link.passing() && !settle_duplicate(id, out)) return Welcome::ended;
    if (!find(id)->outbound && !find_place(id, ties, out)) {
        end(id, out);
        return Welcome::ended;
    }
    // total: it is not among those that went
    LinkState& stays = *find(id);  // others may have gone, and so moved it
    stays.hello_at = now.mono;
    if (stays.peer) out.push_back(Notify{PeerChanged{*stays.peer}});
    return Welcome::stays;
}

bool Links::settle_duplicate(base::LinkId link, Effects& out) {
    const LinkState& newer = links_.at(link);
    if (newer.anonymous()) return true;
    std::optional<base::LinkId> other;
    for (const auto& [id, state] : links_)
        if (id != link && state.peer == newer.peer && counts(state)) other = id;
    if (!other) return true;
    const LinkState& older = links_.at(*other);
    const bool ours_wins = self_ < *newer.peer;
    const auto apart = newer.since - older.since;
    const bool crossed = apart < limits::crossing_dials_max && -apart < limits::crossing_dials_max;
    const bool new_stays = crossed && older.outbound != newer.outbound ? newer.outbound == ours_wins
                                                                       : newer.since >= older.since;
    drop(new_stays ? *other : link, std::nullopt, out);
    return new_stays;
}

// Room for an inbound link whose Hello has not come. False if only pinned peers are waiting.
bool Links::wait_for_hello(Effects& out) {
    std::optional<base::LinkId> oldest;
    std::size_t waiting = 0;
    for (const auto& [id, other] : links_) {
        if (other.outbound || other.greeted()) continue;
        ++waiting;
        if (!other.ties.is_pinned && (!oldest || other.since < links_.at(*oldest).since))
            oldest = id;
    }
    if (waiting < limits::ungreeted_links_max) return true;
    if (!oldest) return false;
    end(*oldest, out);
    return true;
}

// An inbound link that only passes: among those of its kind that are full the oldest makes way for
// it.
void Links::pass_by(base::LinkId link, Effects& out) {
    const bool anonymous = links_.at(link).anonymous();
    std::optional<base::LinkId> oldest;
    std::size_t passing = 0;
    for (const auto& [id, other] : links_) {
        if (other.outbound || !other.greeted() || !other.passing() ||
            other.anonymous() != anonymous)
            continue;
        ++passing;
        // total: both are greeted
        if (!oldest || *other.hello_at < *links_.at(*oldest).hello_at) oldest = id;
    }
    if (oldest && passing >= limits::passing_links_max) end(*oldest, out);
}

// A place for an inbound link that does not stand yet: free, or made by sending somebody away.
bool Links::find_place(base::LinkId link, const Ties& ties, Effects& out) {
    if (links_.at(link).passing()) {
        pass_by(link, out);
        return true;
    }
    const auto inbound = [](const LinkState& other) {
        return !other.outbound && other.greeted() && !other.passing();
    };
    const std::size_t reserved = std::min(limits::inbound_reserved, inbound_max_ / 4);
    const auto same_kind = [&](const LinkState& other) {
        return inbound(other) && !other.ties.is_pinned && other.ties.proved == ties.proved;
    };
    const bool kind_full =
        !ties.is_pinned && count_if(links_, same_kind) >= inbound_max_ - reserved;
    if (!kind_full && count_if(links_, inbound) < inbound_max_) return true;
    const bool among_its_kind = kind_full || (!ties.is_pinned && !ties.proved);
    std::vector<InboundLink> all;
    for (const auto& [id, other] : links_) {
        if (!inbound(other) || (among_its_kind && !same_kind(other))) continue;
        const base::Digest keyed =
            crypto::sha256({base::big_endian(eviction_key_), other.peer->view()});
        all.push_back({id, other.ties.is_pinned, other.ties.proved,
                       base::read_big_endian<std::uint64_t>(std::span(keyed.data).first<8>()),
                       other.since, other.round_trip, other.last_news});
    }
    auto evicted = choose_evicted(all);
    if (!evicted && ties.is_pinned) {
        std::erase_if(all, [](const InboundLink& one) { return one.is_pinned; });
        if (!all.empty()) evicted = all.back().link;
    }
    if (!evicted) return false;
    end(*evicted, out);
    return true;
}

// ---- while it lasts -----------------------------------------------------------------------------

void Links::on_ping(base::LinkId link, const Ping& ping, Effects& out) {
    out.push_back(Send{link, encode(Pong{ping.nonce})});
}

std::optional<Fault> Links::on_pong(base::LinkId id, const Pong& pong, base::Now now) {
    LinkState& link = *find(id);  // total: Node::on_frame() has found it
    if (link.ping_nonce != pong.nonce) return Fault::frame_unexpected;
    link.ping_nonce.reset();
    const base::Millis trip = std::max(base::Millis(1), now.mono - link.ping_sent);
    link.round_trip = link.round_trip == base::Millis(0) ? trip : std::min(link.round_trip, trip);
    return std::nullopt;
}

void Links::on_heard(base::LinkId id, base::Now now) {
    if (LinkState* link = find(id)) link->last_heard = now.mono;
}

void Links::on_news(base::LinkId id, base::Now now) {
    if (LinkState* link = find(id)) link->last_news = now.mono;
}

void Links::punish(base::LinkId id, Fault fault, base::Now now, Effects& out,
                   const BrokenRule& broken) {
    out.push_back(Notify{Refused{id, fault, broken}});
    const bool costs = base::cost(fault) == base::Cost::link;
    const bool ends = costs || fault == Fault::wrong_protocol || fault == Fault::silent;
    if (!ends) return;
    std::optional<base::PeerId> peer;
    const LinkState* const link = find(id);
    const auto faded = faded_.find(id);
    if (link)
        peer = link->peer;
    else if (costs && faded != faded_.end())
        peer = faded->second;
    if (link) drop(id, fault, out);
    if (!peer) return;
    if (costs) {
        faded_.erase(id);  // once a link, however many of its items are bad
        const bool banned = scores_.on_fault(*peer, now.mono);
        if (link)
            ended_.back().banned = banned;  // total: drop() has just put it there
        else if (banned)
            banned_late_.emplace_back(*peer, fault);
        keep_out(*peer, out);
    }
    out.push_back(Notify{PeerChanged{*peer}});
}

void Links::on_timer(base::Now now, Effects& out) {
    std::vector<base::LinkId> silent;
    std::vector<base::LinkId> overstayed;
    for (auto& [id, link] : links_) {
        if (link_deadline(link) > now.mono) continue;
        if (link.passing() && link.greeted()) {
            overstayed.push_back(id);
        } else if (!link.greeted() || link.ping_nonce) {
            silent.push_back(id);
        } else {
            link.ping_nonce = rng_.next();
            link.ping_sent = now.mono;
            out.push_back(Send{id, encode(Ping{*link.ping_nonce})});
        }
    }
    for (base::LinkId id : silent) punish(id, Fault::silent, now, out);
    for (base::LinkId id : overstayed) end(id, out);
}

base::MonoTime Links::next_deadline() const {
    base::MonoTime next = base::never;
    for (const auto& [id, link] : links_) next = std::min(next, link_deadline(link));
    return next;
}

void Links::sanity_check() const {
    std::size_t waiting = 0, visits = 0, anonymous = 0;
    std::set<base::PeerId> linked;
    for (const auto& [id, link] : links_) {
        if (!link.outbound && !link.greeted()) ++waiting;
        if (!link.outbound && link.greeted() && link.passing())
            ++(link.anonymous() ? anonymous : visits);
        if (!link.stands()) continue;
        // total: links that stand have a peer
        ENSURE(*link.peer != self_, "a link to ourselves");
        ENSURE(linked.insert(*link.peer).second, "two links with one peer");
    }
    ENSURE(waiting <= limits::ungreeted_links_max, "more links wait for a Hello than may");
    ENSURE(std::max(visits, anonymous) <= limits::passing_links_max, "more links pass than may");
    ENSURE(count(false) <= inbound_max_, "more inbound links than places");
    ENSURE(faded_.size() <= faded_links_max, "more ended links are remembered than may");
    scores_.sanity_check();
}

std::optional<base::Seconds> Links::clock_offset() const {
    std::vector<base::Seconds> offsets;
    for (const auto& [id, link] : links_)
        if (link.stands()) offsets.push_back(link.clock_offset);
    if (offsets.size() < 3) return std::nullopt;
    const auto middle = offsets.begin() + static_cast<std::ptrdiff_t>(offsets.size() / 2);
    std::nth_element(offsets.begin(), middle, offsets.end());
    return *middle;
}

}  // namespace hearsay::core
