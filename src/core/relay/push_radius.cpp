#include "core/relay/push_radius.hpp"

#include <algorithm>

#include "base/limits/relay.hpp"

namespace hearsay::core {
namespace {

constexpr std::uint32_t look_after = 16;  // deliveries
constexpr std::uint32_t duplicates_few_percent = 3;
constexpr std::uint32_t duplicates_many_percent = 7;
constexpr std::uint32_t duplicates_by_chance = 1;  // on top: a few deliveries prove little
constexpr std::uint32_t patience_most = 128;

}  // namespace

bool PushRadius::on_delivered(std::size_t links) {
    ++delivered_;
    return settle(links);
}

bool PushRadius::on_duplicate(std::size_t links) {
    ++duplicates_;
    return settle(links);
}

void PushRadius::move(std::uint32_t hops) {
    hops_ = hops;
    delivered_ = duplicates_ = looks_ = 0;
}

bool PushRadius::settle(std::size_t links) {
    const std::uint64_t parts = 100 * std::max<std::size_t>(links, 1);
    const std::uint64_t many = duplicates_by_chance + delivered_ * duplicates_many_percent / parts;
    if (hops_ > 0 && duplicates_ > many) {
        move(hops_ - 1);
        patience_ = std::min(patience_ * 4, patience_most);
        return true;
    }
    if (delivered_ < look_after * (looks_ + 1)) return false;
    ++looks_;
    const bool few = duplicates_ * parts <= delivered_ * std::uint64_t{duplicates_few_percent};
    if (few && looks_ >= patience_ && hops_ < base::limits::push_radius_max) {
        move(hops_ + 1);
        return true;
    }
    if (looks_ >= patience_most) move(hops_);  // networks change: look anew
    return false;
}

}  // namespace hearsay::core
