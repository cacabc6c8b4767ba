// net/proxy_line.hpp - the line with which Tor announces each stream to our onion service.
//
// With `HiddenServiceExportCircuitID haproxy` Tor writes, before the stream's first byte,
//   PROXY TCP6 fc00:dead:beef:4dad::HHHH:LLLL ::1 PORT PORT\r\n
// (PROXY protocol version 1, section 2.1; at most 107 bytes). HHHH and LLLL are the halves, in hex,
// of the circuit's number: equal for two streams exactly when they share a rendezvous circuit.
// That is the only thing we know about an anonymous visitor, so limits hold per circuit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace hearsay::net {

inline constexpr std::size_t proxy_line_bytes_max = 107;

// `line` with its "\r\n". Nothing unless it is exactly of that form.
std::optional<std::uint64_t> parse_proxy_line(std::string_view line);

}  // namespace hearsay::net
