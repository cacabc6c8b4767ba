#include "sim/byzantine.hpp"

#include <algorithm>
#include <array>
#include <ranges>

#include "base/limits/links.hpp"

namespace hearsay::sim {
namespace {

core::FramePtr frame_of(const std::vector<item::Item>& items) {
    std::vector<item::ReadPtr> shaped;
    for (const item::Item& item : items)
        shaped.push_back(std::make_shared<const item::Read>(item::Read{item, {}, {}}));
    std::size_t from = 0;
    return core::encode_items(shaped, from, 1);
}

}  // namespace

const char* name_of(Vice vice) {
    constexpr std::array<const char*, all_vices> names{
        "forger",   "flooder", "sink",    "announcer", "replayer", "denier", "garbler",
        "promiser", "herald",  "babbler", "nagger",    "hog",      "echoer", "liar",
        "floorer",  "spammer"};
    return names[static_cast<std::size_t>(vice)];
}

Byzantine::Byzantine(Vice vice, std::shared_ptr<const PeerList> peers, base::Rng rng,
                     std::shared_ptr<const Liars> liars)
    : vice_(vice),
      peers_(peers ? std::move(peers) : std::make_shared<const PeerList>()),
      targets_(peers_->all().size()),
      rng_(std::move(rng)),
      liars_(std::move(liars)) {
    constexpr std::size_t invented = 30;
    for (std::size_t i = 0; i < invented; ++i) rng_.fill(invented_.emplace_back());
}

Byzantine::Target* Byzantine::target_of(const std::optional<base::PeerId>& peer) {
    const auto place = peer ? peers_->find(*peer) : std::nullopt;
    return place ? &targets_[*place] : nullptr;
}

void Byzantine::step(const core::Input& input, base::Now now, core::Effects& out) {
    if (const auto* up = std::get_if<core::LinkUp>(&input)) {
        if (Target* const target = target_of(up->peer)) {
            target->dialling = false;
            ++target->links;
        }
        Link link;
        if (up->peer) link.peer = *up->peer;
        link.outbound = up->outbound;
        link.our_nonce = rng_.next();
        if (up->peer) links_[up->link] = link;
        const auto network = static_cast<std::uint32_t>(item::Network::sim);
        core::Hello hello{core::protocol_version, network, now.wall, true, link.our_nonce};
        out.push_back(core::Send{up->link, core::encode(hello)});
    } else if (const auto* down = std::get_if<core::LinkDown>(&input)) {
        const auto link = links_.find(down->link);
        if (link == links_.end()) return;
        if (Target* const target = target_of(link->second.peer)) --target->links;
        links_.erase(link);
    } else if (const auto* failed = std::get_if<core::DialFailed>(&input)) {
        if (Target* const target = target_of(failed->peer)) target->dialling = false;
    } else if (const auto* received = std::get_if<core::FrameReceived>(&input)) {
        on_frame(*received, now, out);
    } else if (std::holds_alternative<core::TimerFired>(input) && now.mono >= next_act_) {
        next_act_ = now.mono + rng_.between(act_interval / 2, act_interval);
        act(now, out);
    }
}

void Byzantine::on_frame(const core::FrameReceived& received, base::Now now, core::Effects& out) {
    const auto found = links_.find(received.link);
    if (found == links_.end()) return;
    const base::LinkId id = received.link;
    Link& link = found->second;
    const auto message = core::parse(received.frame);
    if (!message) return;
    if (const auto* hello = std::get_if<core::Hello>(&*message)) {
        link.greeted = true;
        link.their_nonce = hello->nonce;
        if (link.outbound) begin_round(id, link, now, out);
        item::Floors highest;
        highest.fill(item::level_max);
        if (vice_ == Vice::floorer)
            out.push_back(core::Send{id, core::encode(core::Floor{highest})});
    } else if (const auto* floor = std::get_if<core::Floor>(&*message)) {
        link.floors = floor->levels;
    } else if (const auto* ping = std::get_if<core::Ping>(&*message)) {
        out.push_back(core::Send{id, core::encode(core::Pong{ping->nonce})});
    } else if (const auto* compare = std::get_if<core::Compare>(&*message)) {
        on_compare(id, link, *compare, out);
    } else if (const auto* symbols = std::get_if<core::Symbols>(&*message)) {
        on_symbols(id, link, *symbols, out);
    } else if (const auto* more = std::get_if<core::More>(&*message)) {
        on_more(id, link, *more, out);
    } else if (std::holds_alternative<core::Fetch>(*message)) {
        on_fetch(id, link, out);
    } else if (const auto* find = std::get_if<core::Find>(&*message)) {
        on_find(id, *find, out);
    } else if (const auto* announce = std::get_if<core::Announce>(&*message)) {
        on_announce(id, *announce, out);
    } else if (const auto* have = std::get_if<core::Have>(&*message)) {
        answer_list(id, link, *have, out);
    } else if (std::holds_alternative<core::Want>(*message)) {
        if (vice_ == Vice::announcer && link.page < 100) list_ids(id, link, out);
    } else if (const auto* items = std::get_if<core::Items>(&*message)) {
        for (const item::Item& item : items->items) remember(item);
        if (vice_ == Vice::echoer) echo(id, *items, out);
    }
}

// They list when they are listed to, as the protocol has it, and want what they do not know.
void Byzantine::answer_list(base::LinkId id, Link& link, const core::Have& have,
                            core::Effects& out) {
    if (link.page == 0) list_ids(id, link, out);
    core::Want want{have.page, {}};
    for (const base::ItemId& item : have.ids)
        if (vice_ != Vice::sink && !says_all_is_well() && !known_.contains(item))
            want.ids.push_back(item);
    out.push_back(core::Send{id, core::encode(want)});
}

// Who learns asks for what is new; the herald says that it has it.
void Byzantine::on_announce(base::LinkId from, const core::Announce& announce, core::Effects& out) {
    core::Announce heard;
    core::Request wish;
    for (const core::Announced& announced : announce.items) {
        if (heralded_.size() >= items_max || !heralded_.insert(announced.id).second) continue;
        heard.items.push_back(announced);
        if (!known_.contains(announced.id)) wish.ids.push_back(announced.id);
    }
    if (vice_ == Vice::herald && !heard.items.empty())
        for (const auto& [link, state] : links_)
            if (link != from && state.greeted) out.push_back(core::Send{link, core::encode(heard)});
    const bool learns = vice_ != Vice::herald && vice_ != Vice::sink && !says_all_is_well();
    if (learns && !wish.ids.empty()) out.push_back(core::Send{from, core::encode(wish)});
}

void Byzantine::announce_and_ask(base::LinkId link, core::Effects& out) {
    constexpr std::uint64_t one_in = 8;
    constexpr int ids = 24;
    if (vice_ == Vice::babbler && rng_.below(one_in) == 0) {
        core::Announce babble;
        for (int i = 0; i < ids; ++i) {
            core::Announced& one =
                babble.items.emplace_back(core::Announced{{}, rng_.next(), 600, 86400});
            rng_.fill(one.id);
        }
        out.push_back(core::Send{link, core::encode(babble)});
    }
    if (vice_ == Vice::nagger) {
        core::Request wish;
        for (std::size_t i = 0; i < items_.size() && i < 50; ++i) {
            const item::Item& item = items_[rng_.below(items_.size())];
            wish.ids.push_back(item::id_of(item.header, item.signature));
        }
        for (int i = 0; i < 50; ++i) rng_.fill(wish.ids.emplace_back());
        for (int i = 0; i < 5; ++i) out.push_back(core::Send{link, core::encode(wish)});
        out.push_back(core::Send{link, core::encode(core::Push{core::push_all})});
    }
}

void Byzantine::flood(const item::ReadPtr& item, core::Effects& out) const {
    std::size_t from = 0;
    const core::FramePtr frame = core::encode_items({item}, from, 1);
    for (const auto& [id, link] : links_)
        if (link.greeted) out.push_back(core::Send{id, frame});
}

item::Floors Byzantine::floors() const {
    item::Floors out{};
    for (const auto& [id, link] : links_) out = item::higher(out, link.floors);
    return out;
}

bool Byzantine::says_all_is_well() const {
    return vice_ == Vice::hog || vice_ == Vice::liar || vice_ == Vice::floorer ||
           vice_ == Vice::spammer;
}

void Byzantine::remember(const item::Item& item) {
    const base::ItemId id = item::id_of(item.header, item.signature);
    if (items_.size() >= items_max || !known_.try_emplace(id).second) return;
    items_.push_back(item);
}

// The announcer's page is full of ids, never the last; the others' is empty and the last.
void Byzantine::list_ids(base::LinkId link, Link& state, core::Effects& out) {
    core::Have have{++state.page, {}, vice_ != Vice::announcer};
    if (vice_ == Vice::announcer) {
        for (std::size_t i = 0; i < items_.size() && i < 50; ++i)
            have.ids.push_back(item::id_of(items_[items_.size() - 1 - i].header,
                                           items_[items_.size() - 1 - i].signature));
        for (int i = 0; i < 20; ++i) rng_.fill(have.ids.emplace_back());
    }
    out.push_back(core::Send{link, core::encode(have)});
}

void Byzantine::on_find(base::LinkId link, const core::Find& find, core::Effects& out) {
    constexpr std::size_t most = base::limits::contacts_per_answer_max;
    if (vice_ == Vice::hog || vice_ == Vice::sink) return;
    core::Contacts answer{find.number, {}};
    if (vice_ == Vice::liar && liars_)
        answer.peers = liars_->nearest(find.target, most);
    else
        std::ranges::copy(peers_->all() | std::views::take(most), std::back_inserter(answer.peers));
    out.push_back(core::Send{link, core::encode(answer)});
}

void Byzantine::dial_all(base::Now now, core::Effects& out) {
    for (std::size_t place = 0; place < targets_.size(); ++place) {
        Target& target = targets_[place];
        if (target.links > 0 || target.dialling || target.not_before > now.mono) continue;
        if (vice_ == Vice::liar)
            target.not_before = now.mono + rng_.between(liar_wait / 2, liar_wait * 2);
        target.dialling = true;
        out.push_back(core::Dial{peers_->all()[place], base::limits::dial_wait});
    }
}

void Byzantine::act(base::Now now, core::Effects& out) {
    dial_all(now, out);
    for (auto& [id, link] : links_) {
        if (!link.greeted) continue;
        if (link.outbound && link.next_round <= now.mono) begin_round(id, link, now, out);
        if (!items_.empty()) act_on(id, out);
        announce_and_ask(id, out);
    }
    replayed_ = items_.empty() ? 0 : (replayed_ + 20) % items_.size();
}

void Byzantine::act_on(base::LinkId link, core::Effects& out) {
    if (vice_ == Vice::forger) {
        if (rng_.below(8) == 0) {
            base::Bytes noise(1 + rng_.below(200));
            rng_.fill(noise);
            out.push_back(core::Send{link, std::make_shared<const base::Bytes>(std::move(noise))});
        } else {
            out.push_back(core::Send{link, frame_of({spoiled(items_[rng_.below(items_.size())])})});
        }
    } else if (vice_ == Vice::flooder) {
        std::vector<item::Item> many(100, items_[rng_.below(items_.size())]);
        out.push_back(core::Send{link, frame_of(many)});
        for (int i = 0; i < 20; ++i)
            out.push_back(core::Send{link, core::encode(core::Ping{rng_.next()})});
    } else if (vice_ == Vice::replayer) {
        std::vector<item::Item> old;
        for (std::size_t i = 0; i < 20 && i < items_.size(); ++i)
            old.push_back(items_[(replayed_ + i) % items_.size()]);
        out.push_back(core::Send{link, frame_of(old)});
    }
}

void Byzantine::echo(base::LinkId link, const core::Items& items, core::Effects& out) {
    constexpr std::size_t most = 4;  // what floods comes alone or nearly so
    constexpr int times = 4;
    if (items.items.size() > most) return;
    for (int i = 0; i < times; ++i) out.push_back(core::Send{link, frame_of(items.items)});
}

item::Item Byzantine::spoiled(const item::Item& item) {
    item::Item out = item;
    switch (rng_.below(3)) {
        case 0:
            if (!out.payload.empty()) out.payload[rng_.below(out.payload.size())] ^= 1;
            break;
        case 1:
            out.nonce += 1 + rng_.below(1000);
            break;
        default:
            if (!out.signature.empty()) out.signature[rng_.below(out.signature.size())] ^= 1;
    }
    return out;
}

}  // namespace hearsay::sim
