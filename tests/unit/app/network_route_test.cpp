#include "app/node/network_route.hpp"

#include <doctest/doctest.h>

namespace hearsay::app {
namespace {

constexpr const char* head =
    "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n";

TEST_CASE("a machine is connected by a default route that is up, of either kind") {
    const std::string lan =
        std::string(head) + "eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n";
    CHECK_FALSE(has_default_route("", ""));
    CHECK_FALSE(has_default_route(head, ""));
    CHECK_FALSE(has_default_route(lan, ""));
    CHECK(has_default_route(lan + "eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n",
                            ""));
    CHECK_FALSE(has_default_route(
        lan + "eth0\t00000000\t010200C0\t0002\t0\t0\t0\t00000000\t0\t0\t0\n", ""));  // down

    const std::string zeros(32, '0');
    const auto ipv6 = [&](const std::string& flags, const std::string& device) {
        return zeros + " 00 " + zeros +
               " 00 fe800000000000000000000000000001 00000400 00000001 "
               "00000000 " +
               flags + " " + device + "\n";
    };
    CHECK(has_default_route("", ipv6("00000003", "    eth0")));
    // What every machine has: it refuses.
    CHECK_FALSE(has_default_route("", ipv6("00200200", "      lo")));
    CHECK_FALSE(has_default_route("", ipv6("00000001", "      lo")));
}

TEST_CASE("nonsense in the tables is no route") {
    for (const char* text :
         {"\n\n", "x", "eth0 00000000", "eth0 00000000 0 zz 0 0 0 00000000", "\x00\xff\n"})
        CHECK_FALSE(has_default_route(text, text));
}

}  // namespace
}  // namespace hearsay::app
