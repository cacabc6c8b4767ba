// app/cli/run_offers.hpp - carries out what changes an offer. The text of a command is read before.
#pragma once

#include <string>

#include "app/cli/client.hpp"
#include "app/cli/invocation.hpp"
#include "app/cli/run.hpp"

namespace hearsay::app::cli {

int run_publish(const OfferPublish& command, const std::string& text, const Client& client,
                bool json, Terminal& terminal);
// Reads the offer, changes what was named, and puts it back.
int run_update(const OfferUpdate& command, const std::string& text, const Client& client, bool json,
               Terminal& terminal);
// Shows the offer, has nodes asked for it and waits for what they say.
int run_audit(const OfferShow& command, const Client& client, bool json, Terminal& terminal);

}  // namespace hearsay::app::cli
