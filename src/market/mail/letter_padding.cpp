#include "market/mail/letter_padding.hpp"

#include <algorithm>

#include "base/ensure.hpp"

namespace hearsay::market {
namespace {

constexpr std::size_t length_size = sizeof(std::uint32_t);

}  // namespace

base::Bytes pad(base::ByteView content) {
    const std::size_t least = content.size() + length_size;
    ENSURE(least <= padded_bytes_max, "a letter over the largest padded size");
    const auto length = base::big_endian(static_cast<std::uint32_t>(content.size()));
    const auto payload = std::ranges::lower_bound(base::limits::mail_payload_bytes,
                                                  least + base::limits::mail_seal_bytes);
    base::Bytes out(*payload - base::limits::mail_seal_bytes);
    std::copy(length.begin(), length.end(), out.begin());
    std::copy(content.begin(), content.end(), out.begin() + length_size);
    return out;
}

std::optional<base::ByteView> unpad(base::ByteView padded) {
    const auto& payloads = base::limits::mail_payload_bytes;
    if (std::ranges::find(payloads, padded.size() + base::limits::mail_seal_bytes) ==
        payloads.end())
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
