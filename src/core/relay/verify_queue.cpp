#include "core/relay/verify_queue.hpp"

#include <algorithm>

#include "base/ensure.hpp"

namespace hearsay::core {

void VerifyQueue::add(const base::ItemId& id, Pile lane, item::Level level, std::size_t bytes) {
    ENSURE(!waiting_.contains(id), "an item waits once");
    Lane& own = lanes_[lane];
    // A lane that was idle has no claim on what it did not use.
    if (own.places.empty()) own.start = std::max(own.start, served_);
    const Place place{level, ++numbers_, id};
    own.places.insert(place);
    waiting_[id] = {lane, place, bytes};
}

std::optional<base::ItemId> VerifyQueue::take() {
    Lane* next = nullptr;
    for (auto& [number, lane] : lanes_)
        if (!lane.places.empty() && (!next || lane.start < next->start)) next = &lane;
    if (!next) return std::nullopt;
    const base::ItemId id = next->places.begin()->id;
    served_ = next->start;
    next->start += waiting_.at(id).bytes;
    erase(id);
    return id;
}

std::optional<base::ItemId> VerifyQueue::drop_for(Pile lane) {
    const auto longest = std::ranges::max_element(lanes_, [](const auto& a, const auto& b) {
        return a.second.places.size() < b.second.places.size();
    });
    if (longest == lanes_.end()) return std::nullopt;
    const auto own = lanes_.find(lane);
    const std::size_t size = own == lanes_.end() ? 0 : own->second.places.size();
    if (longest->second.places.size() <= size + 1) return std::nullopt;
    const base::ItemId id = std::prev(longest->second.places.end())->id;
    erase(id);
    return id;
}

void VerifyQueue::erase(const base::ItemId& id) {
    const auto found = waiting_.find(id);
    if (found == waiting_.end()) return;
    lanes_.at(found->second.lane).places.erase(found->second.place);
    waiting_.erase(found);
}

void VerifyQueue::sanity_check() const {
    std::size_t places = 0;
    for (const auto& [number, lane] : lanes_) {
        places += lane.places.size();
        for (const Place& place : lane.places) {
            const auto found = waiting_.find(place.id);
            ENSURE(found != waiting_.end() && found->second.lane == number,
                   "an item waits in a lane that does not know it");
        }
    }
    ENSURE(places == waiting_.size(), "what waits is counted wrongly");
}

}  // namespace hearsay::core
