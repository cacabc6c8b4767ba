#include "tor/hindrance.hpp"

#include <doctest/doctest.h>

namespace hearsay::tor {
namespace {

using std::chrono::seconds;

Status bootstrapping(int percent) {
    Status out;
    out.process = ProcessState::running;
    out.bootstrap.percent = percent;
    out.bootstrap.summary = "Starting";
    return out;
}
bool has(const std::string& text, std::string_view part) {
    INFO(text);
    return text.find(part) != std::string::npos;
}

TEST_CASE("a machine without a route is told that at once, whatever else there is") {
    Status status = bootstrapping(0);
    CHECK(has(hindrance(status, {.has_route = false}), "no network"));
    status.bootstrap.clock_skew = 7200;
    status.bootstrap.percent = 100;
    CHECK(has(hindrance(status, {.has_route = false}), "no route"));
    status.process = ProcessState::waiting;
    CHECK(hindrance(status, {.has_route = false}).empty());  // then why it waits is told
}

TEST_CASE("a wrong clock is told with how much and in which direction") {
    Status status = bootstrapping(5);
    status.bootstrap.clock_skew = -3 * 3600;
    CHECK(has(hindrance(status, {}), "3 hours behind"));
    status.bootstrap.clock_skew = 90 * 60;
    CHECK(has(hindrance(status, {}), "90 minutes ahead"));
    status.bootstrap.percent = 100;
    CHECK(hindrance(status, {}).empty());
}

TEST_CASE("each of Tor's codes has words of its own, with the option that helps") {
    for (const auto& [code, words, option] :
         {std::tuple{"NOROUTE", "no route to them", "connection to the Internet"},
          {"CONNECTREFUSED", "refuse the connection", "UseBridges 1"},
          {"TIMEOUT", "a firewall drops them", "FascistFirewall 1"},
          {"CONNECTRESET", "are cut", "--tor-config FILE"},
          {"DONE", "are cut", "UseBridges 1"},
          {"IOERROR", "are cut", "UseBridges 1"},
          {"TLS_ERROR", "are cut", "UseBridges 1"},
          {"IDENTITY", "other keys", "UseBridges 1"},
          {"RESOURCELIMIT", "no memory", "ulimit -n"},
          {"PT_MISSING", "transport", "ClientTransportPlugin"},
          {"MISC", "fail (MISC)", "UseBridges 1"}}) {
        CAPTURE(code);
        Status status = bootstrapping(5);
        status.bootstrap.reason = code;
        status.bootstrap.failures = 3;
        const std::string text = hindrance(status, {});
        CHECK(has(text, words));
        CHECK(has(text, option));
    }
}

TEST_CASE("who uses bridges is not told to use bridges") {
    Status status = bootstrapping(5);
    status.bootstrap.reason = "TIMEOUT";
    status.bootstrap.failures = 3;
    const std::string text = hindrance(status, {.has_bridges = true});
    CHECK(has(text, "The bridges do not answer"));
    CHECK(has(text, "other bridges"));
    CHECK_FALSE(has(text, "UseBridges"));
}

TEST_CASE("one failure, and silence, are told after a while") {
    Status status = bootstrapping(0);
    CHECK(hindrance(status, {.since_step = told_after - seconds(1)}).empty());
    CHECK(has(hindrance(status, {.since_step = told_after}), "No relay of Tor's answered"));
    status.bootstrap.percent = 14;
    CHECK(has(hindrance(status, {.since_step = told_after}), "stuck at 14 %"));
    status.bootstrap.reason = "DONE";
    status.bootstrap.failures = 1;
    CHECK(hindrance(status, {.since_step = told_after - seconds(1)}).empty());
    CHECK(has(hindrance(status, {.since_step = told_after}), "while they are encrypted"));
    status.bootstrap.percent = 100;
    CHECK(hindrance(status, {.since_step = seconds(3600)}).empty());
}

}  // namespace
}  // namespace hearsay::tor
