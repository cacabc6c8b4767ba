#include "market/mail/letter_padding.hpp"

#include <bit>

#include "base/ensure.hpp"

namespace hearsay::market {
namespace {

constexpr std::size_t length_size = sizeof(std::uint32_t);

}  // namespace

base::Bytes pad(base::ByteView content) {
    const std::size_t least = content.size() + length_size;
    ENSURE(least <= padded_bytes_max, "a letter over the largest padded size");
    const auto length = base::big_endian(static_cast<std::uint32_t>(content.size()));
    base::Bytes out(std::max(padded_bytes_min, std::bit_ceil(least)));
    std::copy(length.begin(), length.end(), out.begin());
    std::copy(content.begin(), content.end(), out.begin() + length_size);
    return out;
}

std::optional<base::ByteView> unpad(base::ByteView padded) {
    if (padded.size() < padded_bytes_min || padded.size() > padded_bytes_max ||
        !std::has_single_bit(padded.size()))
        return std::nullopt;
    const auto length = base::read_big_endian<std::uint32_t>(padded.first<length_size>());
    const base::ByteView rest = padded.subspan(length_size);
    if (length > rest.size()) return std::nullopt;
    const base::ByteView zeros = rest.subspan(length);
    if (std::any_of(zeros.begin(), zeros.end(), [](std::uint8_t byte) { return byte != 0; }))
        return std::nullopt;
    return rest.first(length);
}

}  // namespace hearsay::market
