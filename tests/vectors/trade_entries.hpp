// vectors/trade_entries.hpp - how trades.cpp and trade_messages.cpp make their vectors.
#pragma once

#include <vector>

#include "vectors.hpp"

namespace hearsay::vectors {

// trade_messages.cpp: messages by themselves, right and wrong.
void add_trade_messages(std::vector<Entry>& out);

}  // namespace hearsay::vectors
