// vectors/letter_entries.hpp - how letters.cpp and letter_contents.cpp make their vectors.
#pragma once

#include <vector>

#include "vectors.hpp"

namespace hearsay::vectors {

// letter_contents.cpp: what opened letters say.
void add_letter_contents(std::vector<Entry>& out);

}  // namespace hearsay::vectors
