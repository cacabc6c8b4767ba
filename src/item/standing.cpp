#include "item/standing.hpp"

#include <algorithm>

#include "base/ensure.hpp"
#include "crypto/work.hpp"

namespace hearsay::item {
namespace {

// 2^(i / 4), in units of 2^-16, rounded to nearest.
constexpr std::array<std::uint64_t, 4> quarters{65536, 77936, 92682, 110218};

base::Seconds lifetime_of(const Read& item) {
    return item.header.expires - item.header.created;
}

}  // namespace

StoreClass store_class(Kind kind) {
    constexpr Kind mailbox = 4, profile = 6, rating = 5, picture = 8, list = 10;
    switch (kind) {
        case kind_mail:
        case kind_mail_removal:
            return StoreClass::mail;
        case kind_offer:
        case mailbox:
        case profile:
            return StoreClass::offers;
        case rating:
        case list:
            return StoreClass::ratings;
        case picture:
            return StoreClass::pictures;
        default:
            return StoreClass::posts;
    }
}

std::string_view name(StoreClass of) {
    constexpr std::array<std::string_view, store_classes> names{"mail", "offers", "ratings",
                                                                "posts", "pictures"};
    const auto at = static_cast<std::size_t>(of);
    ENSURE(at < names.size(), "a StoreClass outside its enumeration");
    return names[at];
}

std::uint64_t required_work(std::size_t item_size, base::Seconds lifetime, Level level) {
    // At most 2^29.0 hashes are asked for an item, so nothing overflows up to level_max.
    const std::uint64_t asked = required_work(item_size, lifetime);
    // total: by the remainder
    return (asked * quarters[level % quarters.size()] >> 16) << (level / quarters.size());
}

std::uint64_t required_work(const Read& item, Level level) {
    return required_work(item.item.size(), lifetime_of(item), level);
}

Level level_of(Network network, const base::ItemId& id, std::uint64_t nonce, std::size_t item_size,
               base::Seconds lifetime) {
    if (network == Network::sim)
        return static_cast<Level>(std::min<std::uint64_t>(nonce >> 56, level_max));
    const std::uint64_t head = crypto::work_head(id, nonce);
    Level shown = 0;
    Level beyond = level_max + 1;
    while (beyond - shown > 1) {
        const auto middle = static_cast<Level>((shown + beyond) / 2);
        const bool enough =
            crypto::head_is_enough(head, required_work(item_size, lifetime, middle));
        (enough ? shown : beyond) = middle;
    }
    return shown;
}

Level level_of(const Read& item) {
    return level_of(item.header.network, item.id, item.item.nonce, item.item.size(),
                    lifetime_of(item));
}

Standing standing_of(const Read& item) {
    return {store_class(item.header.kind), level_of(item)};
}

bool is_above(const Standing& standing, const Floors& floors) {
    const auto at = static_cast<std::size_t>(standing.of);
    ENSURE(at < floors.size(), "a StoreClass outside its enumeration");
    return standing.level >= floors[at] && floors[at] != level_max;
}

Floors higher(const Floors& a, const Floors& b) {
    Floors out{};
    std::ranges::transform(a, b, out.begin(), [](Level x, Level y) { return std::max(x, y); });
    return out;
}

bool exceeds(const Floors& a, const Floors& b) {
    return higher(a, b) != b;
}

}  // namespace hearsay::item
