// net/socks.hpp - our side of SOCKS5 (RFC 1928) with username and password (RFC 1929),
// as pure steps.
//
// Tor isolates streams by these credentials (IsolateSOCKSAuth): another password, another circuit.
// The name travels to Tor as text (address type 3); nothing here or elsewhere resolves it.
// Replies are asked for in exact sizes:
// what follows the last one belongs to TLS and is not ours to read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>

#include "base/bytes.hpp"

namespace hearsay::net {

class SocksClient {
public:
    // Host, user and password: 1 to 255 bytes each. `user` must not start with "<torS0X>", which
    // Tor keeps for itself.
    SocksClient(std::string host, std::uint16_t port, std::string user, std::string password);

    base::Bytes greeting() const;  // to be sent first
    // How many bytes the next reply has; zero once the stream is connected.
    std::size_t wanted() const { return wanted_; }
    // Takes exactly wanted() bytes; gives what to send next (often nothing) or why it failed.
    std::expected<base::Bytes, std::string> on_reply(base::ByteView reply);

private:
    enum class Step { method, credentials, head, name_length, rest, connected };
    std::expected<base::Bytes, std::string> on_head(base::ByteView reply);
    base::Bytes credentials() const;
    base::Bytes request() const;
    void expect(Step step, std::size_t bytes);

    const std::string host_;
    const std::uint16_t port_;
    const std::string user_;
    const std::string password_;
    Step step_ = Step::method;
    std::size_t wanted_ = 2;
};

// A reply code other than 0 as a sentence: RFC 1928 section 6, and Tor's extended errors 0xF0 to
// 0xF7 (socks-extensions.txt section 2.1; torrc: ExtendedErrors).
std::string socks_error_text(std::uint8_t code);

}  // namespace hearsay::net
