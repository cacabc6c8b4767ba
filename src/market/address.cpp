#include "market/address.hpp"

#include "base/encoding.hpp"

namespace hearsay::market {
namespace {

constexpr std::string_view persona_prefix = "hsp";
constexpr std::string_view mailbox_prefix = "hsm";
constexpr std::string_view secret_prefix = "hssec";
// prefix, "1", 32 bytes as 52 letters, 6 of checksum
constexpr std::size_t address_letters = 3 + 1 + 52 + 6;

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

base::Result<base::Bytes> parse(std::string_view text, std::string_view kind,
                                std::string_view prefix) {
    const std::string expected = "; a " + std::string(kind) + " address begins with \"" +
                                 std::string(prefix) + "1\" and has " +
                                 std::to_string(address_letters) + " letters";
    const std::string folded = lower(text);
    if (!folded.starts_with(std::string(prefix) + "1")) {
        const bool persona = folded.starts_with("hsp1");
        const bool mailbox = folded.starts_with("hsm1");
        const std::string what = persona   ? "this is the address of a persona"
                                 : mailbox ? "this is the address of a mailbox"
                                           : "this is not an address";
        return base::fail(base::ErrorCode::invalid, what + expected);
    }
    if (text.size() != address_letters)
        return base::fail(base::ErrorCode::invalid,
                          "the address has " + std::to_string(text.size()) + " letters" + expected);
    const auto decoded = base::from_bech32m(text);
    if (!decoded || decoded->prefix != prefix || decoded->bytes.size() != 32)
        return base::fail(base::ErrorCode::invalid,
                          "the address has a typing error: its checksum is wrong");
    return decoded->bytes;
}

}  // namespace

std::string persona_address(const base::PublisherKey& key) {
    return base::to_bech32m(persona_prefix, key.view());
}
std::string persona_secret(const base::Secret& seed) {
    return base::to_bech32m(secret_prefix, seed.view());
}
std::string mailbox_address(const base::MailboxId& key) {
    return base::to_bech32m(mailbox_prefix, key.view());
}

base::Result<base::PublisherKey> parse_persona(std::string_view text) {
    const auto bytes = parse(text, "persona", persona_prefix);
    if (!bytes) return std::unexpected(bytes.error());
    return *base::PublisherKey::from(*bytes);  // total: parse() gives as many bytes
}

base::Result<base::MailboxId> parse_mailbox(std::string_view text) {
    const auto bytes = parse(text, "mailbox", mailbox_prefix);
    if (!bytes) return std::unexpected(bytes.error());
    return *base::MailboxId::from(*bytes);  // total: parse() gives as many bytes
}

// The text is a secret: errors never repeat any of it.
base::Result<base::Secret> parse_secret(std::string_view text) {
    const auto decoded = base::from_bech32m(lower(text));
    if (!decoded || decoded->prefix != secret_prefix || decoded->bytes.size() != base::Secret::size)
        return base::fail(base::ErrorCode::invalid,
                          "this is not the secret of a persona: that begins with \"hssec1\", has "
                          "64 letters and a "
                          "checksum that finds typing errors");
    return *base::Secret::from(decoded->bytes);  // total: of this size, asked above
}

}  // namespace hearsay::market
