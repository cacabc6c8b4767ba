#include "voidphone/socket_owner.hpp"

#include <doctest/doctest.h>

namespace {

using hearsay::voidphone::owner_in;

// As /proc/net/tcp has it: a listener, a program's socket, one that its program closed.
constexpr std::string_view table =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout "
    "inode\n"
    "   0: 0100007F:1B59 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 "
    "31337 1 0000000000000000 100 0 0 10 0\n"
    "   1: 0100007F:C350 0100007F:1B59 01 00000000:00000000 00:00000000 00000000  1001        0 "
    "31338 1 0000000000000000 20 4 30 10 -1\n"
    "   2: 0100007F:C351 0100007F:1B59 06 00000000:00000000 03:00000F8B 00000000     0        0 0 "
    "3 0000000000000000\n"
    "   3: 0100007F:1B59 0100007F:C350 01 00000000:00000000 00:00000000 00000000  1000        0 "
    "31339 1 0000000000000000 20 4 30 10 -1\n";

TEST_CASE("the owner is the one of the client's end of the connection") {
    CHECK(owner_in(table, "0100007F:C350", "0100007F:1B59") == uid_t{1001});
    CHECK(owner_in(table, "0100007F:1B59", "0100007F:C350") == uid_t{1000});
}

TEST_CASE("a socket that its program closed belongs to nobody, and not to root") {
    CHECK_FALSE(owner_in(table, "0100007F:C351", "0100007F:1B59"));
}

TEST_CASE("a connection that is not there has no owner, nor has a table that is none") {
    CHECK_FALSE(owner_in(table, "0100007F:C352", "0100007F:1B59"));
    CHECK_FALSE(owner_in("", "0100007F:C350", "0100007F:1B59"));
    CHECK_FALSE(owner_in("0100007F:C350 0100007F:1B59", "0100007F:C350", "0100007F:1B59"));
    CHECK_FALSE(owner_in(" 1: 0100007F:C350 0100007F:1B59 01 0:0 0:0 0 x 0 31338\n",
                         "0100007F:C350", "0100007F:1B59"));
}

}  // namespace
