#include "market/work.hpp"

#include <algorithm>

#include "base/limits/retention.hpp"

namespace hearsay::market {

item::Level level_at(item::Level price) {
    constexpr unsigned margin = 2;
    return static_cast<item::Level>(
        price == 0 ? 0 : std::min<unsigned>(price + margin, base::limits::willing_level_max));
}

FindWork work_for(const item::Read& item, const item::Floors& price) {
    const auto of = static_cast<std::size_t>(item::store_class(item.header.kind));
    const item::Level level = level_at(price[of]);  // total: as many as classes
    return {item.id, item::required_work(item, level), level};
}

}  // namespace hearsay::market
