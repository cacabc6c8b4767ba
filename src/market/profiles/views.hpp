// market/profiles/views.hpp - what a profile looks like from outside: what commands take and
// answer.
#pragma once

#include <string>

#include "item/kinds/profile.hpp"
#include "market/publications/views.hpp"

namespace hearsay::market {

struct ProfileDraft {
    item::Profile profile{};
    bool contact = false;  // with a mailbox for whoever wants to write to the persona
    std::optional<base::Bytes> picture{};  // a file to be shown, in place of what it names
};

struct PersonaNames {
    std::string given{};     // what the user calls a friend
    std::string nickname{};  // what it calls itself; anybody may take any
};

struct ProfileView : PublicationView {  // the publisher is the persona
    item::Profile profile{};
};

}  // namespace hearsay::market
