// app/cli/run_trade.hpp - carries out the commands about trades and the rating of one.
#pragma once

#include <string>

#include "app/cli/client.hpp"
#include "app/cli/run.hpp"

namespace hearsay::app::cli {

// `text` is what the command's text source gave.
int run_trade(const TradeCommand& command, const std::string& text, const Client& client, bool json,
              Terminal& terminal);
int run_rate(const RateCommand& command, const std::string& text, const Client& client, bool json,
             Terminal& terminal);

}  // namespace hearsay::app::cli
