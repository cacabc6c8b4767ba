#include "voidphone/frames.hpp"

#include "base/ensure.hpp"
#include "base/overloaded.hpp"
#include "item/kinds/app_data.hpp"

namespace hearsay::voidphone {
namespace {

constexpr std::uint16_t announce = 500;
constexpr std::uint16_t notify = 501;
constexpr std::uint16_t notification = 502;
constexpr std::uint16_t validation = 503;
constexpr std::size_t fixed_bytes = 8;  // of the frames without data

std::uint16_t number_at(base::ByteView bytes, std::size_t at) {
    // total: whoever asks has looked at the size
    return base::read_big_endian<std::uint16_t>(bytes.subspan(at).first<2>());
}

template <class Int>
void put(base::Bytes& out, Int number) {
    base::append(out, base::big_endian(number));
}

base::Bytes begin(std::uint16_t type, std::size_t size) {
    base::Bytes out;
    out.reserve(size);
    put(out, static_cast<std::uint16_t>(size));
    put(out, type);
    return out;
}

}  // namespace

std::size_t frame_bytes(base::ByteView header) {
    return number_at(header, 0);
}

std::optional<std::string> header_problem(base::ByteView header) {
    ENSURE(header.size() >= header_bytes, "a header that is not whole was judged");
    const std::size_t size = frame_bytes(header);
    const std::uint16_t type = number_at(header, 2);
    if (type == notification) return "a NOTIFICATION (502), which only the node sends";
    if (type != announce && type != notify && type != validation)
        return "a message of the unknown type " + std::to_string(type);
    if (type != announce && size != fixed_bytes)
        return "a message of type " + std::to_string(type) + " of " + std::to_string(size) +
               " bytes; it has 8";
    if (type == announce && size <= data_offset) return "an ANNOUNCE (500) without data";
    if (type == announce && size - data_offset > item::app_data_bytes_max)
        return "an ANNOUNCE (500) of " + std::to_string(size - data_offset) +
               " bytes of data; at most " + std::to_string(item::app_data_bytes_max) + " fit";
    return std::nullopt;
}

std::expected<Frame, std::string> read_frame(base::ByteView bytes) {
    if (bytes.size() < header_bytes || frame_bytes(bytes) != bytes.size())
        return std::unexpected("a frame that is not as long as it says");
    if (auto problem = header_problem(bytes)) return std::unexpected(*std::move(problem));
    switch (number_at(bytes, 2)) {
        case announce:
            return Announce{bytes[4], number_at(bytes, 6),
                            base::to_bytes(bytes.subspan(data_offset))};
        case notify:
            return Notify{number_at(bytes, 6)};
        default:
            return Validation{number_at(bytes, 4), (bytes[7] & 1) != 0};
    }
}

base::Bytes write_notification(MessageId id, DataType type, base::ByteView data) {
    ENSURE(data.size() <= item::app_data_bytes_max, "more data than an item carries");
    base::Bytes out = begin(notification, data_offset + data.size());
    put(out, id);
    put(out, type);
    base::append(out, data);
    return out;
}

base::Bytes write_frame(const Frame& frame) {
    const base::Overloaded write{
        [](const Announce& message) {
            base::Bytes out = begin(announce, data_offset + message.data.size());
            out.push_back(message.ttl);
            out.push_back(0);
            put(out, message.type);
            base::append(out, message.data);
            return out;
        },
        [](const Notify& message) {
            base::Bytes out = begin(notify, fixed_bytes);
            put(out, std::uint16_t{0});
            put(out, message.type);
            return out;
        },
        [](const Validation& message) {
            base::Bytes out = begin(validation, fixed_bytes);
            put(out, message.id);
            put(out, static_cast<std::uint16_t>(message.valid ? 1 : 0));
            return out;
        },
    };
    return std::visit(write, frame);
}

}  // namespace hearsay::voidphone
