// app/node/views.hpp - what the market and the core know, in the words of the local API.
#pragma once

#include "api.pb.h"
#include "core/node.hpp"
#include "market/market.hpp"

namespace hearsay::app {

api::Offer to_api(const market::OfferView& offer);
api::Mail to_api(const market::MailView& mail, bool with_text);
api::Persona to_api(const market::PersonaView& persona);
api::Mailbox to_api(const market::MailboxView& mailbox);
api::Friend to_api(const market::FriendView& known);

// invalid: a word that stands for nothing.
base::Result<item::OfferText> from_api(const api::OfferDraft& draft);
market::MailDraft from_api(const api::MailDraft& draft);

}  // namespace hearsay::app
