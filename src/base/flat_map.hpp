// base/flat_map.hpp - a small ordered map in one row of memory: for tables of a few dozen entries
// that are walked far more often than they change. Like std::map in order and meaning, but adding
// or taking away an entry moves others: no pointer or iterator into it outlives that.
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "base/ensure.hpp"

namespace hearsay::base {

template <class Key, class Value>
class FlatMap {
public:
    using value_type = std::pair<Key, Value>;
    using iterator = typename std::vector<value_type>::iterator;
    using const_iterator = typename std::vector<value_type>::const_iterator;

    iterator begin() { return rows_.begin(); }
    iterator end() { return rows_.end(); }
    const_iterator begin() const { return rows_.begin(); }
    const_iterator end() const { return rows_.end(); }
    std::size_t size() const { return rows_.size(); }
    bool empty() const { return rows_.empty(); }

    iterator find(const Key& key) { return exact(*this, key); }
    const_iterator find(const Key& key) const { return exact(*this, key); }
    bool contains(const Key& key) const { return find(key) != end(); }
    Value& at(const Key& key) {
        const auto found = find(key);
        ENSURE(found != end(), "a key that is not in the map");
        return found->second;
    }
    const Value& at(const Key& key) const {
        const auto found = find(key);
        ENSURE(found != end(), "a key that is not in the map");
        return found->second;
    }
    Value& operator[](const Key& key) { return emplace(key, Value{}).first->second; }
    // Changes nothing if the key is there already.
    std::pair<iterator, bool> emplace(const Key& key, Value value) {
        const auto place = lower(*this, key);
        if (place != end() && !(key < place->first)) return {place, false};
        return {rows_.emplace(place, key, std::move(value)), true};
    }
    std::size_t erase(const Key& key) {
        const auto found = find(key);
        if (found == end()) return 0;
        rows_.erase(found);
        return 1;
    }
    iterator erase(iterator at) { return rows_.erase(at); }

private:
    template <class Map>
    static auto lower(Map& map, const Key& key) {
        return std::lower_bound(
            map.begin(), map.end(), key,
            [](const value_type& row, const Key& wanted) { return row.first < wanted; });
    }
    template <class Map>
    static auto exact(Map& map, const Key& key) {
        const auto place = lower(map, key);
        return place == map.end() || key < place->first ? map.end() : place;
    }

    std::vector<value_type> rows_;
};

}  // namespace hearsay::base
