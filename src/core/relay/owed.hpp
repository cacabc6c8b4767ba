// core/relay/owed.hpp - what one link asked for and was not sent yet. In the order in which it was
// asked for; where the user bounds the upload, more work first (item/standing.hpp): what waits too
// long is asked of somebody else.
#pragma once

#include <deque>
#include <functional>
#include <map>

#include "item/standing.hpp"

namespace hearsay::core {

class Owed {
public:
    // `level`: 0 of all where nothing gives way.
    void add(const base::ItemId& id, item::Level level) {
        ids_[level].push_back(id);
        ++size_;
    }
    // Not of none.
    base::ItemId take() {
        auto& [level, ids] = *ids_.begin();   // total: there is one
        const base::ItemId id = ids.front();  // total: none of them is empty
        ids.pop_front();                      // total: as above
        if (ids.empty()) ids_.erase(ids_.begin());
        --size_;
        return id;
    }
    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }

private:
    std::map<item::Level, std::deque<base::ItemId>, std::greater<>> ids_;  // none of them empty
    std::size_t size_ = 0;
};

}  // namespace hearsay::core
