#include "market/room.hpp"

#include "base/ensure.hpp"
#include "base/limits/retention.hpp"
#include "market/work.hpp"

namespace hearsay::market {

item::ReadPtr Room::read_own(item::Item item) const {
    auto read = item::read(std::move(item), network_);
    ENSURE(read.has_value(), "an item of our own making breaks the rules");
    return *read;
}

FindWork Room::work_for(const item::Read& item) const {
    return market::work_for(item, price_);
}

bool Room::is_too_cheap(const item::Read& item) const {
    const item::Standing standing = item::standing_of(item);
    return standing.level < base::limits::willing_level_max && !item::is_above(standing, price_);
}

void Room::find_work_anew(const item::Read& item, Effects& out) const {
    out.push_back(CancelWork{item.id});
    out.push_back(work_for(item));
}

bool Room::resume_item(const wire::Item& kept, bool worked, std::uint32_t injected,
                       Effects& out) const {
    auto read = item::read(get_item(kept), network_);
    if (!read) return false;
    if (worked)
        out.push_back(Submit{*read, injected});
    else
        out.push_back(work_for(**read));
    return true;
}

void Room::save_vault(Effects& out) {
    out.emplace_back(std::in_place_type<SaveVault>);  // a temporary one makes g++ 12 warn
    vault_changed_ = false;
}

}  // namespace hearsay::market
