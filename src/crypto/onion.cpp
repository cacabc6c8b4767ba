#include "crypto/onion.hpp"

#include "base/encoding.hpp"
#include "crypto/ed25519.hpp"
#include "crypto/openssl.hpp"

namespace hearsay::crypto {
namespace {

constexpr std::string_view suffix = ".onion";
constexpr std::size_t letters = 56;
constexpr std::size_t old_letters = 16;
constexpr std::uint8_t version = 3;
constexpr std::string_view checksum_tag = ".onion checksum";
using Checksum = std::array<std::uint8_t, 2>;

Checksum checksum(const base::PeerId& peer) {
    static const EVP_MD* const algorithm = openssl::fetch_digest("SHA3-256");
    std::array<std::uint8_t, checksum_tag.size() + base::PeerId::size + 1> message;
    const auto key_at = std::copy(checksum_tag.begin(), checksum_tag.end(), message.begin());
    std::copy(peer.data.begin(), peer.data.end(), key_at);
    message.back() = version;
    base::Digest digest;
    ENSURE(EVP_Digest(message.data(), message.size(), digest.data.data(), nullptr, algorithm,
                      nullptr) == 1,
           "SHA3-256 does not work");
    return {digest.data[0], digest.data[1]};
}

std::unexpected<base::Error> wrong(std::string text) {
    return base::fail(base::ErrorCode::invalid, std::move(text));
}

bool has_suffix(std::string_view text) {
    if (text.size() < suffix.size()) return false;
    const std::string_view end = text.substr(text.size() - suffix.size());
    return std::equal(end.begin(), end.end(), suffix.begin(), [](char a, char b) {
        return a == b || (a >= 'A' && a <= 'Z' && a - 'A' + 'a' == b);
    });
}

}  // namespace

std::string onion_address(const base::PeerId& peer) {
    const Checksum sum = checksum(peer);
    std::array<std::uint8_t, base::PeerId::size + sum.size() + 1> bytes;
    const auto sum_at = std::copy(peer.data.begin(), peer.data.end(), bytes.begin());
    std::copy(sum.begin(), sum.end(), sum_at);
    bytes.back() = version;
    return base::to_base32(bytes) + std::string(suffix);
}

base::Result<base::PeerId> parse_onion(std::string_view text) {
    if (has_suffix(text)) text.remove_suffix(suffix.size());
    if (text.find('.') != std::string_view::npos || text.find(':') != std::string_view::npos)
        return wrong("an onion address is written without sub-domain and port");
    if (text.size() == old_letters)
        return wrong("an onion address of version 2; only version 3 (56 letters) exists today");
    if (text.size() != letters)
        return wrong("an onion address has 56 letters before .onion, this one has " +
                     std::to_string(text.size()));
    const std::optional<base::Bytes> bytes = base::from_base32(text);
    if (!bytes) return wrong("an onion address has only the letters a to z and the digits 2 to 7");

    const base::ByteView all(*bytes);
    const base::PeerId peer = *base::PeerId::from(all.first(base::PeerId::size));
    if (all.back() != version)
        return wrong("an onion address of version " + std::to_string(all.back()) +
                     "; only version 3 is known");
    if (!base::equal(all.subspan(base::PeerId::size, 2), checksum(peer)))
        return wrong("the onion address has a wrong checksum: a letter was mistyped");
    if (!ed25519_key_is_torsion_free(peer.view()))
        return wrong("the onion address holds no acceptable Ed25519 key");
    return peer;
}

}  // namespace hearsay::crypto
