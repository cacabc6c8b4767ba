#include "net/socks.hpp"

#include <array>
#include <utility>

#include "base/encoding.hpp"
#include "base/ensure.hpp"

namespace hearsay::net {
namespace {

constexpr std::uint8_t version = 5;
constexpr std::uint8_t credentials_version = 1;
constexpr std::uint8_t method_credentials = 2;
constexpr std::uint8_t command_connect = 1;
constexpr std::uint8_t address_v4 = 1;
constexpr std::uint8_t address_name = 3;
constexpr std::uint8_t address_v6 = 4;
constexpr std::size_t port_bytes = 2;
constexpr std::size_t text_bytes_max = 255;  // lengths are one byte

void append_text(base::Bytes& out, const std::string& text) {
    out.push_back(static_cast<std::uint8_t>(text.size()));
    base::append(out, base::as_bytes(text));
}

}  // namespace

SocksClient::SocksClient(std::string host, std::uint16_t port, std::string user,
                         std::string password)
    : host_(std::move(host)), port_(port), user_(std::move(user)), password_(std::move(password)) {
    for (const std::string* text : {&host_, &user_, &password_})
        ENSURE(!text->empty() && text->size() <= text_bytes_max, "SOCKS texts have 1 to 255 bytes");
    ENSURE(!user_.starts_with("<torS0X>"), "this user name means something else to Tor");
}

base::Bytes SocksClient::greeting() const {
    return {version, 1, method_credentials};
}

base::Bytes SocksClient::credentials() const {
    base::Bytes out{credentials_version};
    append_text(out, user_);
    append_text(out, password_);
    return out;
}

base::Bytes SocksClient::request() const {
    base::Bytes out{version, command_connect, 0, address_name};
    append_text(out, host_);
    base::append(out, base::big_endian(port_));
    return out;
}

void SocksClient::expect(Step step, std::size_t bytes) {
    step_ = step;
    wanted_ = bytes;
}

std::expected<base::Bytes, std::string> SocksClient::on_reply(base::ByteView reply) {
    ENSURE(wanted_ > 0 && reply.size() == wanted_, "a SOCKS reply is fed in its exact size");
    switch (step_) {
        case Step::method:
            if (reply[0] != version)
                return std::unexpected("what listens there does not speak SOCKS5");
            if (reply[1] != method_credentials)
                return std::unexpected("the SOCKS server takes no user name and password");
            expect(Step::credentials, 2);
            return credentials();
        case Step::credentials:
            if (reply[1] != 0)
                return std::unexpected("the SOCKS server refused user name and password");
            expect(Step::head, 4);
            return request();
        case Step::head:
            return on_head(reply);
        case Step::name_length:
            expect(Step::rest, reply[0] + port_bytes);
            return base::Bytes{};
        case Step::rest:
            expect(Step::connected, 0);
            return base::Bytes{};
        case Step::connected:
            break;
    }
    ENSURE(false, "a SOCKS client that is connected wants nothing");
}

std::expected<base::Bytes, std::string> SocksClient::on_head(base::ByteView reply) {
    if (reply[0] != version) return std::unexpected("the SOCKS server sent a malformed reply");
    if (reply[1] != 0) return std::unexpected(socks_error_text(reply[1]));
    switch (reply[3]) {  // the address it bound: of no use, but it has to be read past
        case address_v4:
            expect(Step::rest, 4 + port_bytes);
            return base::Bytes{};
        case address_v6:
            expect(Step::rest, 16 + port_bytes);
            return base::Bytes{};
        case address_name:
            expect(Step::name_length, 1);
            return base::Bytes{};
        default:
            return std::unexpected("the SOCKS server sent a malformed reply");
    }
}

std::string socks_error_text(std::uint8_t code) {
    static constexpr std::array<const char*, 9> plain{
        "no error",
        "Tor could not connect",
        "Tor's rules do not allow this connection",
        "Tor finds the network unreachable",
        "Tor finds the host unreachable",
        "the onion service refused the connection",
        "Tor gave up waiting for the onion service",
        "Tor does not know this SOCKS command",
        "Tor does not know this kind of address",
    };
    static constexpr std::array<const char*, 8> extended{
        "the onion service's descriptor cannot be found: it is offline, new, or does not exist",
        "the onion service's descriptor is invalid",
        "the onion service did not answer the introduction: it is probably offline",
        "the rendezvous with the onion service failed",
        "the onion service asks for client authorization",
        "the onion service refused our client authorization",
        "the onion address is invalid",
        "the introduction to the onion service timed out",
    };
    const std::string number = " (SOCKS error 0x" + base::to_hex(base::Bytes{code}) + ")";
    if (code < plain.size()) return plain[code] + number;
    if (code >= 0xF0 && code < 0xF0 + extended.size())
        return extended[static_cast<std::size_t>(code) - 0xF0] + number;
    return "Tor answered with an error that is not known here" + number;
}

}  // namespace hearsay::net
