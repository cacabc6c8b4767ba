#include "base/encoding.hpp"

#include "base/ensure.hpp"

namespace hearsay::base {
namespace {

constexpr std::string_view hex_letters = "0123456789abcdef";
constexpr std::string_view base64_letters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view base32_letters = "abcdefghijklmnopqrstuvwxyz234567";
constexpr std::string_view bech32_letters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
constexpr std::uint32_t bech32m_constant = 0x2bc830a3;
constexpr std::size_t bech32_max = 90;

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// Regroups bits, most significant first. With `pad`, the last group is filled with zero bits;
// without, left-over bits must be zero and fewer than one input group.
std::optional<Bytes> regroup(ByteView in, unsigned from, unsigned to, bool pad) {
    Bytes out;
    out.reserve(in.size() * from / to + 1);
    std::uint32_t held = 0;
    unsigned bits = 0;
    const std::uint32_t mask = (1U << to) - 1;
    for (std::uint8_t value : in) {
        held = (held << from | value) & 0xfffffU;
        bits += from;
        while (bits >= to) {
            bits -= to;
            out.push_back(static_cast<std::uint8_t>(held >> bits & mask));
        }
    }
    const std::uint32_t rest = held & ((1U << bits) - 1);
    if (pad) {
        if (bits > 0) out.push_back(static_cast<std::uint8_t>(rest << (to - bits) & mask));
    } else if (bits >= from || rest != 0) {
        return std::nullopt;
    }
    return out;
}

std::string spell(ByteView groups, std::string_view letters) {
    std::string out;
    out.reserve(groups.size());
    for (std::uint8_t group : groups) out.push_back(letters[group]);
    return out;
}

std::optional<Bytes> unspell(std::string_view text, std::string_view letters, bool any_case) {
    Bytes out;
    out.reserve(text.size());
    for (char c : text) {
        const std::size_t at = letters.find(any_case ? lower(c) : c);
        if (at == std::string_view::npos) return std::nullopt;
        out.push_back(static_cast<std::uint8_t>(at));
    }
    return out;
}

std::uint32_t bech32_polymod(ByteView values) {
    constexpr std::array<std::uint32_t, 5> generator{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd,
                                                     0x2a1462b3};
    std::uint32_t sum = 1;
    for (std::uint8_t value : values) {
        const std::uint32_t top = sum >> 25;
        sum = (sum & 0x1ffffff) << 5 ^ value;
        for (std::size_t i = 0; i < generator.size(); ++i)
            if (top >> i & 1) sum ^= generator[i];
    }
    return sum;
}

Bytes bech32_expand(std::string_view prefix) {
    Bytes out;
    for (char c : prefix)
        out.push_back(static_cast<std::uint8_t>(static_cast<unsigned char>(c) >> 5));
    out.push_back(0);
    for (char c : prefix)
        out.push_back(static_cast<std::uint8_t>(static_cast<unsigned char>(c) & 31));
    return out;
}

}  // namespace

std::string to_hex(ByteView bytes) {
    std::string out;
    out.reserve(bytes.size() * 2);
    for (std::uint8_t byte : bytes) {
        out.push_back(hex_letters[byte >> 4]);
        out.push_back(hex_letters[byte & 15]);
    }
    return out;
}

std::optional<Bytes> from_hex(std::string_view text) {
    if (text.size() % 2 != 0) return std::nullopt;
    const auto digits = unspell(text, hex_letters, true);
    if (!digits) return std::nullopt;
    Bytes out;
    out.reserve(digits->size() / 2);
    for (std::size_t i = 0; i < digits->size(); i += 2)
        out.push_back(static_cast<std::uint8_t>((*digits)[i] << 4 | (*digits)[i + 1]));
    return out;
}

std::string to_base64(ByteView bytes) {
    std::string out = spell(*regroup(bytes, 8, 6, true), base64_letters);
    while (out.size() % 4 != 0) out.push_back('=');
    return out;
}

std::optional<Bytes> from_base64(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) text.remove_suffix(1);
    const auto groups = unspell(text, base64_letters, false);
    if (!groups || groups->size() % 4 == 1) return std::nullopt;
    return regroup(*groups, 6, 8, false);
}

std::string to_base32(ByteView bytes) {
    return spell(*regroup(bytes, 8, 5, true), base32_letters);
}

std::optional<Bytes> from_base32(std::string_view text) {
    const auto groups = unspell(text, base32_letters, true);
    if (!groups) return std::nullopt;
    return regroup(*groups, 5, 8, false);
}

std::string to_bech32m(std::string_view prefix, ByteView bytes) {
    const Bytes groups = *regroup(bytes, 8, 5, true);
    ENSURE(!prefix.empty() && prefix.size() + 7 + groups.size() <= bech32_max,
           "a bech32m text over 90 characters");
    Bytes checked = bech32_expand(prefix);
    append(checked, groups);
    checked.resize(checked.size() + 6);
    const std::uint32_t sum = bech32_polymod(checked) ^ bech32m_constant;
    Bytes tail;
    for (unsigned i = 0; i < 6; ++i)
        tail.push_back(static_cast<std::uint8_t>(sum >> (5 * (5 - i)) & 31));
    return std::string(prefix) + "1" + spell(groups, bech32_letters) + spell(tail, bech32_letters);
}

std::optional<Bech32m> from_bech32m(std::string_view text) {
    if (text.size() > bech32_max) return std::nullopt;
    bool has_lower = false;
    bool has_upper = false;
    std::string folded;
    for (char c : text) {
        if (c < 33 || c > 126) return std::nullopt;
        has_lower |= c >= 'a' && c <= 'z';
        has_upper |= c >= 'A' && c <= 'Z';
        folded.push_back(lower(c));
    }
    if (has_lower && has_upper) return std::nullopt;
    const std::size_t one = folded.rfind('1');
    if (one == std::string::npos || one == 0 || one + 7 > folded.size()) return std::nullopt;
    const std::string prefix = folded.substr(0, one);
    const auto groups = unspell(std::string_view(folded).substr(one + 1), bech32_letters, false);
    if (!groups) return std::nullopt;
    Bytes checked = bech32_expand(prefix);
    append(checked, *groups);
    if (bech32_polymod(checked) != bech32m_constant) return std::nullopt;
    const auto bytes = regroup(ByteView(*groups).first(groups->size() - 6), 5, 8, false);
    if (!bytes) return std::nullopt;
    return Bech32m{prefix, *bytes};
}

}  // namespace hearsay::base
