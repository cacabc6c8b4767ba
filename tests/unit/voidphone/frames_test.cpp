#include "voidphone/frames.hpp"

#include <doctest/doctest.h>

#include "item/kinds/app_data.hpp"

namespace {

using namespace hearsay;
using namespace hearsay::voidphone;

TEST_CASE("the frames of the course's functional client are read as it means them") {
    // struct.pack(">HHBBH", 16, 500, 4, 0, 1337) + b"deadbeef"
    const base::Bytes announce{0,   16,  1,   0xf4, 4,   0,   0x05, 0x39,
                               'd', 'e', 'a', 'd',  'b', 'e', 'e',  'f'};
    CHECK(read_frame(announce) == Frame(Announce{4, 1337, base::to_bytes("deadbeef")}));
    CHECK(write_frame(Announce{4, 1337, base::to_bytes("deadbeef")}) == announce);
    CHECK(read_frame(base::Bytes{0, 8, 1, 0xf5, 0, 0, 0x05, 0x39}) == Frame(Notify{1337}));
    // struct.pack(">HHHBB", 8, 503, mid, 0, True)
    CHECK(read_frame(base::Bytes{0, 8, 1, 0xf7, 0xab, 0xcd, 0, 1}) ==
          Frame(Validation{0xabcd, true}));
    CHECK(read_frame(base::Bytes{0, 8, 1, 0xf7, 0xab, 0xcd, 0, 0}) ==
          Frame(Validation{0xabcd, false}));
}

TEST_CASE("what is reserved is not looked at") {
    CHECK(read_frame(base::Bytes{0, 8, 1, 0xf5, 0xff, 0xff, 0, 1}) == Frame(Notify{1}));
    CHECK(read_frame(base::Bytes{0, 8, 1, 0xf7, 0, 1, 0xff, 0xfe}) == Frame(Validation{1, false}));
    CHECK(read_frame(base::Bytes{0, 9, 1, 0xf4, 0, 0xff, 0, 1, 7}) == Frame(Announce{0, 1, {7}}));
}

TEST_CASE("a notification is one frame with its size first") {
    CHECK(write_notification(0x1234, 1337, base::as_bytes("ab")) ==
          base::Bytes{0, 10, 1, 0xf6, 0x12, 0x34, 0x05, 0x39, 'a', 'b'});
    CHECK(write_notification(1, 1, base::Bytes(item::app_data_bytes_max)).size() == 16392);
}

TEST_CASE("a header that no whole frame can follow is refused with a reason") {
    const auto problem = [](const base::Bytes& header) {
        return header_problem(header).value_or("");
    };
    CHECK(problem({0, 8, 1, 0xf4}) == "an ANNOUNCE (500) without data");
    CHECK(problem({0, 0, 1, 0xf4}) == "an ANNOUNCE (500) without data");
    CHECK(problem({0, 9, 1, 0xf4}).empty());
    CHECK(problem({0x40, 0x08, 1, 0xf4}).empty());
    CHECK(problem({0x40, 0x09, 1, 0xf4}) ==
          "an ANNOUNCE (500) of 16385 bytes of data; at most 16384 fit");
    CHECK(problem({0, 8, 1, 0xf6}) == "a NOTIFICATION (502), which only the node sends");
    CHECK(problem({0, 7, 1, 0xf5}) == "a message of type 501 of 7 bytes; it has 8");
    CHECK(problem({0, 9, 1, 0xf7}) == "a message of type 503 of 9 bytes; it has 8");
    CHECK(problem({0, 8, 1, 0xf8}) == "a message of the unknown type 504");
}

TEST_CASE("no protocol of a browser begins like a frame") {
    for (const char* begin : {"GET ", "POST", "PUT ", "HEAD", "OPTI", "PRI ", "CONN", "DELE",
                              "\x16\x03\x01\x02", "\x16\x03\x03\x41"})
        CHECK_MESSAGE(header_problem(base::as_bytes(std::string_view(begin, 4))), begin);
    // STUN over TCP, the request that a page can make: its type and its length
    CHECK(header_problem(base::Bytes{0, 1, 1, 0xf4}));
    CHECK(header_problem(base::Bytes{0, 3, 1, 0xf5}));
}

TEST_CASE("a frame that is not as long as it says is refused") {
    CHECK_FALSE(read_frame(base::Bytes{}));
    CHECK_FALSE(read_frame(base::Bytes{0, 8, 1}));
    CHECK_FALSE(read_frame(base::Bytes{0, 8, 1, 0xf5, 0, 0, 0}));
    CHECK_FALSE(read_frame(base::Bytes{0, 8, 1, 0xf5, 0, 0, 0, 1, 0}));
}

}  // namespace
