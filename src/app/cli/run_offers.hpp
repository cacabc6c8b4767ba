// app/cli/run_offers.hpp - carries out what changes an offer. The text of a command is read before.
#pragma once

#include <expected>
#include <string>

#include "app/cli/asker.hpp"
#include "app/cli/client.hpp"
#include "app/cli/invocation.hpp"
#include "app/cli/run.hpp"

namespace hearsay::app::cli {

int run_publish(const OfferPublish& command, const std::string& text, const Client& client,
                bool json, Terminal& terminal);
// Reads the offer, changes what was named, and puts it back.
int run_update(const OfferUpdate& command, const std::string& text, const Client& client, bool json,
               Terminal& terminal);

// Writes one of its pictures; never over a file that is there.
int run_picture(const OfferPicture& command, const Client& client, bool json, Terminal& terminal);
// The picture itself; else the exit code, and the error is told.
std::expected<std::string, int> picture_bytes(const Asker& asker, const std::string& hash,
                                              const std::string& publisher);

}  // namespace hearsay::app::cli
