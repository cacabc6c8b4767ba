// net/proxy_line.hpp - the line with which Tor announces each stream to our onion service.
//
// With `HiddenServiceExportCircuitID haproxy` Tor writes, before the stream's first byte,
//   PROXY TCP6 fc00:dead:beef:4dad::HHHH:LLLL ::1 PORT PORT\r\n
// (PROXY protocol version 1, section 2.1; at most 107 bytes). HHHH and LLLL are the halves of the
// circuit's number as printf's %x writes them: 1 to 4 lower-case digits, no zero in front. The
// ports are decimal, 0 to 65535, likewise. Two streams have equal numbers exactly when they share a
// rendezvous circuit. That is the only thing we know about an anonymous visitor, so limits hold per
// circuit. Anything else is refused; docs/files.md describes it for users.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hearsay::net {

inline constexpr std::size_t proxy_line_bytes_max = 107;

// `line` with its "\r\n". Nothing unless it is exactly of that form.
std::optional<std::uint64_t> parse_proxy_line(std::string_view line);

// Takes the line out of a stream's first bytes, however they are cut, and nothing of what follows.
class ProxyLineReader {
public:
    enum class State { reading, done, endless, malformed };

    // How many of these bytes are the line's; none once it is over.
    // It is refused at its 107th byte if that is no end.
    std::size_t take(std::string_view bytes);
    State state() const { return state_; }
    std::uint64_t circuit() const { return circuit_; }  // once done

private:
    State state_ = State::reading;
    std::string line_;
    std::uint64_t circuit_ = 0;
};

}  // namespace hearsay::net
