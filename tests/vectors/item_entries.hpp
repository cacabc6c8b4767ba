// vectors/item_entries.hpp - how items.cpp and contents.cpp make their vectors.
#pragma once

#include <string>
#include <vector>

#include "unit/item/samples.hpp"
#include "vectors.hpp"

namespace hearsay::vectors {

// Everything that the network sees of a good item, with its work done and what is computed from it.
Entry valid(const std::string& about, const item::Item& unworked);
// As it is, and the verdict at `now`.
Entry refused(const std::string& about, const item::Item& item, base::WallTime now = samples::noon);

// contents.cpp: what payloads say.
void add_valid_contents(std::vector<Entry>& out);
void add_wrong_contents(std::vector<Entry>& out);
// ratings.cpp
void add_wrong_ratings(std::vector<Entry>& out);
// later.cpp: what later texts add to them.
void add_valid_later(std::vector<Entry>& out);
void add_wrong_later(std::vector<Entry>& out);

}  // namespace hearsay::vectors
