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
api::Protection to_api_protection(bool sealed);

api::Profile to_api(const market::ProfileView& profile);
api::Post to_api(const market::PostView& post);

// For people: "bob q9s5-4waj-jwl2 "Ann"". The user's own name comes first and the nickname last,
// behind the fingerprint, so that no nickname looks like either of them. Empty without a name.
std::string describe(const market::PersonaNames& names, const base::PublisherKey& persona);

// "1 offer", "2 offers"
std::string counted(std::uint64_t count, std::string_view noun);

// Of a title or name that a person gives: that nothing of it shows. Empty ones are another's
// matter.
std::optional<std::string> title_problem(std::string_view what, const std::string& title);

// invalid: a word that stands for nothing, or a title of which nothing shows.
base::Result<item::OfferText> from_api(const api::OfferDraft& draft);
std::vector<base::Bytes> picture_files(const api::OfferDraft& draft);
base::Result<market::ProfileDraft> from_api(const api::ProfileDraft& draft);
market::PostDraft from_api(const api::PostDraft& draft);
market::MailDraft from_api(const api::MailDraft& draft);

// How many times the work that is asked of all a level is: 2^(level / 4), to a hundredth.
double times_of(item::Level level);

}  // namespace hearsay::app
