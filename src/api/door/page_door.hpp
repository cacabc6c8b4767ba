// api/door/page_door.hpp - what routes ask of the door itself. See api/door/door.hpp.
#pragma once

#include <string_view>

#include "api/messages.hpp"
#include "base/error.hpp"

namespace hearsay::api {

class PageDoor {
public:
    virtual ~PageDoor() = default;

    // Listens if it does not yet, and makes a code.
    virtual base::Result<PageAccess> open() = 0;
    virtual PageAccess look() = 0;  // without a code
    // Lets nobody in any more and listens no longer.
    virtual PageAccess close() = 0;
    virtual base::Result<PageToken> enter(const PageCode& code) = 0;
    // Ends the token; one that nobody knows has ended already.
    virtual PageToken leave(std::string_view token) = 0;
};

}  // namespace hearsay::api
