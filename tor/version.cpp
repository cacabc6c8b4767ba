#include "tor/version.hpp"

#include <event2/event.h>

extern "C" {
#include <tor_api.h>
}

namespace hearsay::tor {

std::string tor_version() {
    // "tor 0.4.9.11"
    const std::string provider = tor_api_get_provider_version();
    const std::size_t blank = provider.find(' ');
    return blank == std::string::npos ? provider : provider.substr(blank + 1);
}

std::string libevent_version() {
    return event_get_version();
}

}  // namespace hearsay::tor
