// market/trade/message_wire.hpp - a trade's message as the protobuf message that is signed.
#pragma once

#include <optional>

#include "market/trade/message.hpp"
#include "trade.pb.h"

namespace hearsay::market::trade {

// But for the network.
wire::TradeMessage to_wire(const Message& message);
// Nothing if a field that its kind needs is missing, or one has another size than proto/trade.proto
// gives it.
std::optional<Message> from_wire(const wire::TradeMessage& in, item::Network network);

}  // namespace hearsay::market::trade
