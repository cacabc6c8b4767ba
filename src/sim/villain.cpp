#include "sim/villain.hpp"

#include <algorithm>

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

Villain::Villain(Vice vice, std::vector<base::PeerId> peers, base::Rng rng)
    : vice_(vice), peers_(std::move(peers)), rng_(std::move(rng)) {}

void Villain::step(const core::Input& input, base::Now now, core::Effects& out) {
    if (const auto* up = std::get_if<core::LinkUp>(&input)) {
        if (up->peer) links_[up->link] = {*up->peer};
        if (up->peer) dialling_.erase(*up->peer);
        const auto network = static_cast<std::uint32_t>(item::Network::sim);
        out.push_back(
            core::Send{up->link, core::encode(core::Hello{core::protocol_version, network, now.wall, true})});
    } else if (const auto* down = std::get_if<core::LinkDown>(&input)) {
        links_.erase(down->link);
    } else if (const auto* failed = std::get_if<core::DialFailed>(&input)) {
        dialling_.erase(failed->peer);
    } else if (const auto* received = std::get_if<core::FrameReceived>(&input)) {
        on_frame(*received, out);
    } else if (std::holds_alternative<core::TimerFired>(input) && now.mono >= next_act_) {
        next_act_ = now.mono + rng_.between(act_interval / 2, act_interval);
        act(out);
    }
}

void Villain::on_frame(const core::FrameReceived& received, core::Effects& out) {
    const auto found = links_.find(received.link);
    if (found == links_.end()) return;
    Link& link = found->second;
    const auto message = core::parse(received.frame);
    if (!message) return;
    if (std::holds_alternative<core::Hello>(*message)) {
        link.greeted = true;
        list_ids(received.link, link, out);
    } else if (const auto* ping = std::get_if<core::Ping>(&*message)) {
        out.push_back(core::Send{received.link, core::encode(core::Pong{ping->nonce})});
    } else if (const auto* have = std::get_if<core::Have>(&*message)) {
        core::Want want{have->page, {}};
        for (const base::ItemId& id : have->ids)
            if (!known_.contains(id)) want.ids.push_back(id);
        if (vice_ == Vice::sink) want.ids.clear();
        out.push_back(core::Send{received.link, core::encode(want)});
    } else if (std::holds_alternative<core::Want>(*message)) {
        if (vice_ == Vice::announcer && link.page < 100) list_ids(received.link, link, out);
    } else if (const auto* items = std::get_if<core::Items>(&*message)) {
        for (const item::Item& item : items->items) remember(item);
    }
}

void Villain::remember(const item::Item& item) {
    const base::ItemId id = item::id_of(item.header, item.signature);
    if (items_.size() >= items_max || !known_.try_emplace(id).second) return;
    items_.push_back(item);
}

// The announcer's page is full of ids, never the last; the others' is empty and the last.
void Villain::list_ids(base::LinkId link, Link& state, core::Effects& out) {
    core::Have have{++state.page, {}, vice_ != Vice::announcer};
    if (vice_ == Vice::announcer) {
        for (std::size_t i = 0; i < items_.size() && i < 50; ++i)
            have.ids.push_back(
                item::id_of(items_[items_.size() - 1 - i].header, items_[items_.size() - 1 - i].signature));
        for (int i = 0; i < 20; ++i) rng_.fill(have.ids.emplace_back());
    }
    out.push_back(core::Send{link, core::encode(have)});
}

void Villain::act(core::Effects& out) {
    for (const base::PeerId& peer : peers_) {
        const bool linked = std::any_of(links_.begin(), links_.end(),
                                        [&](const auto& entry) { return entry.second.peer == peer; });
        if (linked || !dialling_.try_emplace(peer).second) continue;
        out.push_back(core::Dial{peer});
    }
    for (auto& [id, link] : links_)
        if (link.greeted) act_on(id, link, out);
    replayed_ = items_.empty() ? 0 : (replayed_ + 20) % items_.size();
}

void Villain::act_on(base::LinkId link, Link&, core::Effects& out) {
    if (items_.empty()) return;
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
        for (int i = 0; i < 20; ++i) out.push_back(core::Send{link, core::encode(core::Ping{rng_.next()})});
    } else if (vice_ == Vice::replayer) {
        std::vector<item::Item> old;
        for (std::size_t i = 0; i < 20 && i < items_.size(); ++i)
            old.push_back(items_[(replayed_ + i) % items_.size()]);
        out.push_back(core::Send{link, frame_of(old)});
    }
}

item::Item Villain::spoiled(const item::Item& item) {
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
