#include "base/canonical.hpp"

#include <bit>

namespace hearsay::base {
namespace {

constexpr std::uint32_t field_most = (1U << 29) - 1;
constexpr std::size_t varint_bytes_max = 10;

struct Varint {
    std::uint64_t value = 0;
    std::size_t size = 0;  // in bytes
};

// The shortest encoding of a 64-bit number at the start of `in`, or nothing.
std::optional<Varint> read_varint(ByteView in) {
    Varint out;
    for (std::size_t at = 0; at < in.size() && at < varint_bytes_max; ++at) {
        const std::uint8_t byte = in[at];
        if (at + 1 == varint_bytes_max && byte > 1) return std::nullopt;  // beyond 64 bits
        out.value |= static_cast<std::uint64_t>(byte & 0x7FU) << (7 * at);
        if (byte < 0x80) {
            if (byte == 0 && at > 0) return std::nullopt;  // a shorter one says the same
            out.size = at + 1;
            return out;
        }
    }
    return std::nullopt;
}

std::uint64_t little_endian(ByteView eight) {
    std::uint64_t value = 0;
    for (std::size_t at = eight.size(); at > 0; --at) value = value << 8 | eight[at - 1];
    return value;
}

}  // namespace

void CanonicalReader::fail() {
    failed_ = true;
    rest_ = {};
}

std::uint64_t CanonicalReader::take_varint(std::uint64_t most) {
    const auto found = read_varint(rest_);
    if (!found || found->value > most) {
        fail();
        return 0;
    }
    rest_ = rest_.subspan(found->size);
    return found->value;
}

ByteView CanonicalReader::take(std::uint64_t size) {
    if (size > rest_.size()) {
        fail();
        return {};
    }
    const ByteView out = rest_.first(static_cast<std::size_t>(size));
    rest_ = rest_.subspan(out.size());
    return out;
}

bool CanonicalReader::take_tag(std::uint32_t field, Type type) {
    const auto tag = read_varint(rest_);
    if (!tag || tag->value != (std::uint64_t{field} << 3 | static_cast<std::uint64_t>(type)))
        return false;
    rest_ = rest_.subspan(tag->size);
    return true;
}

std::uint64_t CanonicalReader::number(std::uint32_t field, std::uint64_t most) {
    if (!take_tag(field, Type::varint)) return 0;
    const std::uint64_t value = take_varint(most);
    if (value == 0) fail();
    return value;
}

std::uint64_t CanonicalReader::fixed64(std::uint32_t field) {
    if (!take_tag(field, Type::eight)) return 0;
    const std::uint64_t value = little_endian(take(sizeof(std::uint64_t)));
    if (value == 0) fail();
    return value;
}

std::optional<ByteView> CanonicalReader::part(std::uint32_t field) {
    if (!take_tag(field, Type::length)) return std::nullopt;
    const ByteView out = take(take_varint(UINT64_MAX));
    if (failed_) return std::nullopt;
    return out;
}

ByteView CanonicalReader::bytes(std::uint32_t field) {
    const auto found = part(field);
    if (!found) return {};
    if (found->empty()) fail();
    return *found;
}

std::vector<std::uint32_t> CanonicalReader::packed32(std::uint32_t field, std::size_t most) {
    std::vector<std::uint32_t> out;
    CanonicalReader list(bytes(field));
    while (!list.rest_.empty() && out.size() <= most)
        out.push_back(static_cast<std::uint32_t>(list.take_varint(UINT32_MAX)));
    if (list.failed_ || out.size() > most) fail();
    return out;
}

std::vector<std::int32_t> CanonicalReader::packed_signed32(std::uint32_t field, std::size_t most) {
    std::vector<std::int32_t> out;
    for (const std::uint32_t value : packed32(field, most))  // zigzag: 0, -1, 1, -2, ...
        out.push_back(std::bit_cast<std::int32_t>(value >> 1 ^ (0U - (value & 1U))));
    return out;
}

std::vector<std::uint64_t> CanonicalReader::packed_fixed64(std::uint32_t field, std::size_t most) {
    constexpr std::size_t size = sizeof(std::uint64_t);
    std::vector<std::uint64_t> out;
    ByteView list = bytes(field);
    if (list.size() % size != 0 || list.size() / size > most) {
        fail();
        return out;
    }
    out.reserve(list.size() / size);
    for (; !list.empty(); list = list.subspan(size)) out.push_back(little_endian(list.first(size)));
    return out;
}

ByteView CanonicalReader::later(std::uint32_t last, std::size_t most) {
    const ByteView all = rest_;
    if (all.size() > most) fail();
    skip_later(last);
    return failed_ ? ByteView() : all;
}

std::uint32_t CanonicalReader::next_field() const {
    const auto tag = read_varint(rest_);
    if (!tag || tag->value >> 3 > field_most) return 0;
    return static_cast<std::uint32_t>(tag->value >> 3);
}

void CanonicalReader::skip_later(std::uint32_t last) {
    while (!rest_.empty()) {
        const std::uint64_t tag = take_varint(std::uint64_t{field_most} << 3 | 7U);
        const std::uint64_t field = tag >> 3;
        if (field <= last) return fail();
        // the same number may come again: a repeated field
        last = static_cast<std::uint32_t>(field) - 1;
        switch (static_cast<Type>(tag & 7U)) {
            case Type::varint:
                take_varint(UINT64_MAX);
                break;
            case Type::eight:
                take(8);
                break;
            case Type::length:
                take(take_varint(UINT64_MAX));
                break;
            case Type::four:
                take(4);
                break;
            default:
                fail();
        }
    }
}

}  // namespace hearsay::base
