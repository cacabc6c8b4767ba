// base/bytes.hpp - the byte types that every room shares.
//
// Bytes owns, ByteView looks. FixedBytes<N, Tag> is a value of exactly N bytes whose Tag keeps
// one kind of identifier from being passed where another is meant: an ItemId is not a PeerId.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hearsay::base {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

template <std::size_t N, class Tag>
struct FixedBytes {
    static constexpr std::size_t size = N;
    std::array<std::uint8_t, N> data{};

    // Nothing unless `bytes` is exactly N long.
    static std::optional<FixedBytes> from(ByteView bytes) {
        if (bytes.size() != N) return std::nullopt;
        FixedBytes out;
        std::copy(bytes.begin(), bytes.end(), out.data.begin());
        return out;
    }
    ByteView view() const { return data; }
    bool is_zero() const {
        return std::all_of(data.begin(), data.end(), [](std::uint8_t b) { return b == 0; });
    }
    bool operator==(const FixedBytes&) const = default;
    // By bytes. Most that are compared differ at once, in trees of hashes: eight bytes as a number
    // decide nearly always, without a call.
    std::strong_ordering operator<=>(const FixedBytes& other) const {
        if constexpr (N > sizeof(std::uint64_t)) {
            const std::uint64_t mine = head();
            const std::uint64_t theirs = other.head();
            if (mine != theirs) return mine <=> theirs;
        }
        return data <=> other.data;
    }
    // The first eight bytes, the first of them the highest: numbers in the order of bytes.
    std::uint64_t head() const
        requires(N >= sizeof(std::uint64_t))
    {
        std::uint64_t out = 0;
        std::memcpy(&out, data.data(), sizeof out);
        if constexpr (std::endian::native == std::endian::little) out = __builtin_bswap64(out);
        return out;
    }
};

inline ByteView as_bytes(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(ByteView bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline Bytes to_bytes(std::string_view text) {
    return Bytes(text.begin(), text.end());
}
inline Bytes to_bytes(ByteView view) {
    return Bytes(view.begin(), view.end());
}
inline std::string to_text(ByteView bytes) {
    return std::string(as_text(bytes));
}
inline bool equal(ByteView a, ByteView b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

// Big-endian, so that byte order is numeric order (database keys, hashed layouts).
template <class Int>
constexpr std::array<std::uint8_t, sizeof(Int)> big_endian(Int value) {
    std::array<std::uint8_t, sizeof(Int)> out{};
    for (std::size_t i = 0; i < sizeof(Int); ++i)
        out[i] = static_cast<std::uint8_t>(static_cast<std::uint64_t>(value) >>
                                           (8 * (sizeof(Int) - 1 - i)));
    return out;
}
template <class Int>
constexpr Int read_big_endian(std::span<const std::uint8_t, sizeof(Int)> bytes) {
    std::uint64_t value = 0;
    for (std::uint8_t byte : bytes) value = value << 8 | byte;
    return static_cast<Int>(value);
}
inline void append(Bytes& out, ByteView more) {
    out.insert(out.end(), more.begin(), more.end());
}

}  // namespace hearsay::base
