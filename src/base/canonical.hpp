// base/canonical.hpp - reads the one encoding of a protobuf message that the protocol accepts
// (docs/protocol.md, "Encoding"). Protobuf lets one message be written in many ways, and libraries
// differ in what they make of the odd ones; whether a peer is shunned must not depend on a library.
//
// A message is accepted if
//   1. its fields stand in ascending order of their numbers, each once; elements of a repeated
//      field follow one another;
//   2. each has the wire type that the message's definition gives it; repeated numbers are packed;
//   3. tags, lengths and numbers are the shortest varints, and the value fits the field's type;
//   4. no field says its default: no zero, no false, no empty string, bytes or packed list. Absent
//      is the way to say it. A field that is a message, and an element of a repeated field,
//      may be empty;
//   5. nothing else is there: no field that the definition does not name, no group,
//      no byte too many. Some messages may end with fields of later texts: later().
//
// Whoever reads asks for the fields in ascending order and looks at is_whole() at the end: what was
// out of order, double or unknown is then left over. The first fault sticks, and everything asked
// for after it is absent. Views point into the message. Total: any bytes, any calls; no recursion,
// no allocation but for packed lists.
#pragma once

#include "base/bytes.hpp"

namespace hearsay::base {

class CanonicalReader {
public:
    explicit CanonicalReader(ByteView message) : rest_(message) {}

    // The field's value, or its default if it is absent.
    std::uint64_t number(std::uint32_t field, std::uint64_t most = UINT64_MAX);
    std::uint32_t number32(std::uint32_t field) {
        return static_cast<std::uint32_t>(number(field, UINT32_MAX));
    }
    bool flag(std::uint32_t field) { return number(field, 1) != 0; }
    std::uint64_t fixed64(std::uint32_t field);
    ByteView bytes(std::uint32_t field);
    // What may be there and empty: a message, or the next element of a repeated field;
    // nothing if it is absent.
    std::optional<ByteView> part(std::uint32_t field);
    // Packed lists of at most `most` values; more are a fault.
    std::vector<std::uint32_t> packed32(std::uint32_t field, std::size_t most);
    std::vector<std::int32_t> packed_signed32(std::uint32_t field, std::size_t most);
    std::vector<std::uint64_t> packed_fixed64(std::uint32_t field, std::size_t most);

    // The number of the field that comes next; 0 at the end and after a fault.
    std::uint32_t next_field() const;
    // Passes over all that is left, if it is fields above `last` in ascending order, of varints, 8
    // bytes, 4 bytes or a length: what a later version may add.
    void skip_later(std::uint32_t last);
    // The same, of at most `most` bytes, and what was passed over.
    ByteView later(std::uint32_t last, std::size_t most);
    bool is_whole() const { return !failed_ && rest_.empty(); }

private:
    enum class Type : std::uint8_t { varint = 0, eight = 1, length = 2, four = 5 };
    // Whether the field is next; then its tag is taken.
    bool take_tag(std::uint32_t field, Type type);
    std::uint64_t take_varint(std::uint64_t most);
    ByteView take(std::uint64_t size);
    void fail();

    ByteView rest_;
    bool failed_ = false;
};

}  // namespace hearsay::base
