// base/flat_map.hpp: the same as std::map, for whoever does not keep pointers.
#include "base/flat_map.hpp"

#include <map>

#include <doctest/doctest.h>

#include "base/rng.hpp"

namespace hearsay::base {
namespace {

TEST_CASE("a flat map does what a map does") {
    FlatMap<int, int> flat;
    std::map<int, int> model;
    Rng rng{Secret{}};
    for (int round = 0; round < 5000; ++round) {
        const int key = static_cast<int>(rng.below(40));
        const int value = static_cast<int>(rng.below(1000));
        switch (rng.below(4)) {
            case 0:
                CHECK(flat.erase(key) == model.erase(key));
                break;
            case 1:
                CHECK(flat.emplace(key, value).second == model.emplace(key, value).second);
                break;
            case 2:
                flat[key] = model[key] = value;
                break;
            default:
                REQUIRE(flat.contains(key) == model.contains(key));
                if (model.contains(key)) CHECK(flat.at(key) == model.at(key));
        }
        REQUIRE(flat.size() == model.size());
        REQUIRE(
            std::equal(flat.begin(), flat.end(), model.begin(), [](const auto& a, const auto& b) {
                return a.first == b.first && a.second == b.second;
            }));
    }
}

}  // namespace
}  // namespace hearsay::base
