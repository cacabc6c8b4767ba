#include "market/room.hpp"

#include "base/ensure.hpp"

namespace hearsay::market {

item::ReadPtr Room::read_own(item::Item item) const {
    auto read = item::read(std::move(item), network_);
    ENSURE(read.has_value(), "an item of our own making breaks the rules");
    return *read;
}

void Room::save_vault(Effects& out) {
    out.emplace_back(std::in_place_type<SaveVault>);  // a temporary one makes g++ 12 warn
    vault_changed_ = false;
}

}  // namespace hearsay::market
