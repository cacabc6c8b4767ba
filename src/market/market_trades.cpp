// Trades: the letters that carry their messages.
#include "market/market.hpp"
#include "market/records.hpp"

namespace hearsay::market {

void Market::on_trade_letter(const Letter&, const base::MailboxKey&, base::WallTime, ChangeRecords&,
                             Effects&) {}

}  // namespace hearsay::market
