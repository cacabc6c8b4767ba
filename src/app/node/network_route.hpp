// app/node/network_route.hpp - whether this machine is connected to anything, told without a
// packet: the kernel's table of routes is read. The node opens no Internet socket, and asks nobody.
#pragma once

#include <string_view>

namespace hearsay::app {

// A default route that is up, in /proc/net/route (hexadecimal columns: Iface Destination Gateway
// Flags ...) or in /proc/net/ipv6_route (destination, prefix length, ..., flags, device); one that
// refuses (lo) is none.
bool has_default_route(std::string_view route, std::string_view ipv6_route);

// Of this machine now. `loopback`: a private network on 127.0.0.1 is enough. If the tables cannot
// be read, it is connected for all that is known.
bool machine_has_route(bool loopback);

}  // namespace hearsay::app
