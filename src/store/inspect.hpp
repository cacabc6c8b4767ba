// store/inspect.hpp - both environments as they lie on the disk, for hearsayd --check:
// nothing is written, no file is made.
//
// Call it for files whose pages are whole (store/pages.hpp), in a directory that nobody else uses.
#pragma once

#include <memory>
#include <vector>

#include "item/item.hpp"
#include "market/own_store.hpp"
#include "store/lmdb.hpp"

namespace hearsay::store {

struct OwnInspected {
    std::unique_ptr<market::OwnStore> rows;  // to be read only
    std::vector<std::string> damage;         // in words for a person
};
base::Result<OwnInspected> read_own(const std::string& path);

struct FloodInspected {
    std::uint64_t items = 0;
    std::vector<std::string> damage;
};
base::Result<FloodInspected> inspect_flood(const std::string& path, item::Network network);

}  // namespace hearsay::store
