#include "core/relay/floors.hpp"

#include <algorithm>
#include <utility>

#include "base/ensure.hpp"
#include "base/limits/retention.hpp"

namespace hearsay::core {

void FloorTable::on_greeted(base::LinkId link) {
    links_[link];
    price_is_old_ = untold_ = true;
}

void FloorTable::on_link_gone(base::LinkId link) {
    const auto found = links_.find(link);
    if (found == links_.end()) return;
    floored_ -= found->second.theirs == item::Floors{} ? 0 : 1;
    links_.erase(found);
    price_is_old_ = true;
}

bool FloorTable::on_floor(base::LinkId link, const Floor& floor) {
    const auto found = links_.find(link);
    if (found == links_.end()) return false;
    item::Floors& theirs = found->second.theirs;
    floored_ -= theirs == item::Floors{} ? 0 : 1;
    theirs = floor.levels;
    floored_ += theirs == item::Floors{} ? 0 : 1;
    price_is_old_ = true;
    return true;
}

void FloorTable::set_ours(const item::Floors& floors) {
    if (floors == ours_) return;
    ours_ = floors;
    price_is_old_ = untold_ = true;
}

item::Floors FloorTable::theirs(base::LinkId link) const {
    if (floored_ == 0) return {};
    const auto found = links_.find(link);
    return found == links_.end() ? item::Floors{} : found->second.theirs;
}

const item::Floors& FloorTable::price() {
    if (!std::exchange(price_is_old_, false)) return price_;
    price_ = ours_;
    std::vector<item::Level> told;
    for (std::size_t at = 0; at < price_.size() && floored_ > 0; ++at) {
        told.clear();
        const bool is_pictures = at == static_cast<std::size_t>(item::StoreClass::pictures);
        // total: of the same type as price_
        for (const auto& [link, state] : links_)
            if (const item::Level theirs = state.theirs[at];  // total: likewise
                !is_pictures || theirs != item::level_max)
                told.push_back(theirs);
        if (told.empty()) continue;
        const auto middle = told.begin() + static_cast<std::ptrdiff_t>((told.size() - 1) / 2);
        std::nth_element(told.begin(), middle, told.end());
        const auto most = std::min<std::uint32_t>(price_[at] + believed_, item::level_max);
        price_[at] =
            std::max(price_[at], static_cast<item::Level>(std::min<std::uint32_t>(*middle, most)));
    }
    constexpr auto pictures = static_cast<std::size_t>(item::StoreClass::pictures);
    // total: as many as classes
    if (ours_[pictures] == item::level_max) price_[pictures] = 0;  // none is made here
    return price_;
}

void FloorTable::believe_more() {
    believed_ = std::min<std::uint32_t>(believed_ + base::limits::believed_step, item::level_max);
    price_is_old_ = true;
}

void FloorTable::believe_as_usual() {
    if (believed_ == base::limits::believed_levels) return;
    believed_ = base::limits::believed_levels;
    price_is_old_ = true;
}

bool FloorTable::may_tell(const Link& link, base::MonoTime now) {
    return link.told_at == base::MonoTime{} || link.told_at + base::limits::floor_pause <= now;
}

void FloorTable::tell(base::MonoTime now, Effects& out) {
    if (!untold_) return;
    untold_ = false;
    FramePtr frame;
    for (auto& [id, link] : links_) {
        if (link.told == ours_) continue;
        if (!may_tell(link, now)) {
            untold_ = true;
            continue;
        }
        if (!frame) frame = encode(Floor{ours_});
        link.told = ours_;
        link.told_at = now;
        out.push_back(Send{id, frame});
    }
}

base::MonoTime FloorTable::next_deadline() const {
    base::MonoTime next = base::never;
    if (!untold_) return next;
    for (const auto& [id, link] : links_)
        if (link.told != ours_) next = std::min(next, link.told_at + base::limits::floor_pause);
    return next;
}

void FloorTable::sanity_check() const {
    const auto floored = std::ranges::count_if(
        links_, [](const auto& entry) { return entry.second.theirs != item::Floors{}; });
    ENSURE(static_cast<std::size_t>(floored) == floored_, "peers with floors are counted wrongly");
}

}  // namespace hearsay::core
