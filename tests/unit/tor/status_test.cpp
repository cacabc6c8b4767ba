#include "tor/status.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tor/version.hpp"

namespace {

using namespace hearsay;
using namespace std::chrono_literals;
using tor::DescriptorStatus;

struct Fixture {
    tor::EventTracker tracker{"abc"};
    tor::Status status;
    base::MonoTime now{base::Millis(1'000'000)};

    bool event(std::string_view line) { return tracker.on_event(line, now, status); }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "bootstrap progress carries Tor's own words") {
    CHECK(event(R"(STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=50 TAG=loading )"
                R"(SUMMARY="Loading relay descriptors")"));
    CHECK(status.bootstrap ==
          tor::BootstrapStatus{50, "loading", "Loading relay descriptors", "", "", 0, 0});
}

TEST_CASE_FIXTURE(Fixture, "bootstrap does not go back, and a repeated event changes nothing") {
    const std::string half = "STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=50 TAG=x SUMMARY=y";
    CHECK(event(half));
    CHECK_FALSE(event(half));
    CHECK_FALSE(tracker.on_bootstrap_phase(
        "status/bootstrap-phase=NOTICE BOOTSTRAP PROGRESS=10 TAG=x SUMMARY=y", status));
    CHECK(tracker.on_bootstrap_phase(
        "status/bootstrap-phase=NOTICE BOOTSTRAP PROGRESS=75 TAG=x SUMMARY=y", status));
    CHECK(status.bootstrap.percent == 75);
}

TEST_CASE_FIXTURE(Fixture, "a warning stays until there is progress") {
    CHECK(event(R"(STATUS_CLIENT WARN BOOTSTRAP PROGRESS=10 TAG=x SUMMARY="s" )"
                R"(WARNING="No route to host" REASON=NOROUTE)"));
    CHECK(status.bootstrap.warning == "No route to host");
    CHECK(event(R"(STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=15 TAG=x SUMMARY="s")"));
    CHECK(status.bootstrap.warning.empty());
}

TEST_CASE_FIXTURE(Fixture, "connections that fail are counted until there is progress") {
    const std::string failed = "ORCONN 192.0.2.1:443 FAILED REASON=NOROUTE NCIRCS=1 ID=3";
    CHECK(event(failed));
    CHECK(event("ORCONN 192.0.2.2:443 FAILED REASON=TIMEOUT"));
    CHECK(status.bootstrap.reason == "TIMEOUT");
    CHECK(status.bootstrap.failures == 2);
    CHECK_FALSE(event("ORCONN 192.0.2.2:443 CONNECTED"));
    CHECK(
        event("STATUS_CLIENT WARN BOOTSTRAP PROGRESS=0 TAG=x SUMMARY=y WARNING=DONE REASON=DONE"));
    CHECK(status.bootstrap.reason == "DONE");
    CHECK(status.bootstrap.failures == 2);
    CHECK(event("STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=100 TAG=x SUMMARY=y"));
    CHECK(status.bootstrap.reason.empty());
    CHECK(status.bootstrap.failures == 0);
    CHECK_FALSE(event(failed));  // of a Tor that is in its network: others carry on
}

TEST_CASE_FIXTURE(Fixture, "a wrong clock is told in plain words") {
    CHECK(event("STATUS_GENERAL WARN CLOCK_SKEW SKEW=-7200 SOURCE=DIRSERV:127.0.0.1:1"));
    CHECK(status.bootstrap.warning == "this computer's clock seems to be 7200 seconds behind");
}

TEST_CASE_FIXTURE(Fixture, "nonsense in an event is no progress") {
    for (const char* line :
         {"", "STATUS_CLIENT", "STATUS_CLIENT NOTICE BOOTSTRAP", "HS_DESC", "HS_DESC UPLOAD",
          "STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=101",
          "STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=-1",
          "STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=99999999999", "STATUS_GENERAL WARN CLOCK_SKEW"})
        CHECK_FALSE(event(line));
    CHECK(status == tor::Status{});
}

TEST_CASE_FIXTURE(Fixture, "uploads of a round are counted, of our own service only") {
    CHECK(event("HS_DESC UPLOAD abc UNKNOWN $A~a desc1 HSDIR_INDEX=1"));
    CHECK(event("HS_DESC UPLOAD abc UNKNOWN $B~b desc1 HSDIR_INDEX=2"));
    CHECK_FALSE(event("HS_DESC UPLOAD xyz UNKNOWN $B~b desc1"));
    CHECK(event("HS_DESC UPLOADED abc UNKNOWN $A~a"));
    CHECK(event("HS_DESC FAILED abc UNKNOWN $B~b REASON=UPLOAD_REJECTED"));
    CHECK(status.descriptor == DescriptorStatus{2, 1, 1, true});
}

TEST_CASE_FIXTURE(Fixture, "a failed look-up is no failed upload") {
    event("HS_DESC UPLOAD abc UNKNOWN $A~a desc1");
    CHECK_FALSE(event("HS_DESC FAILED abc NO_AUTH $A~a desc1 REASON=NOT_FOUND"));
}

TEST_CASE_FIXTURE(Fixture, "a new round starts over and stays published") {
    event("HS_DESC UPLOAD abc UNKNOWN $A~a desc1");
    event("HS_DESC UPLOADED abc UNKNOWN $A~a");
    event("HS_DESC UPLOAD abc UNKNOWN $A~a desc2");
    CHECK(status.descriptor == DescriptorStatus{1, 0, 0, true});
}

TEST_CASE_FIXTURE(Fixture, "an answer that got lost does not keep a round open for ever") {
    event("HS_DESC UPLOAD abc UNKNOWN $A~a desc1");
    now += 3min;
    event("HS_DESC UPLOAD abc UNKNOWN $B~b desc2");
    CHECK(status.descriptor == DescriptorStatus{1, 0, 0, false});
}

TEST_CASE("a log line loses its time and keeps its severity") {
    const tor::LogLine line = tor::parse_log_line("Nov 21 10:20:11.123 [warn] Problem [x] here");
    CHECK(line.level == base::LogLevel::warning);
    CHECK(line.text == "Problem [x] here");
    CHECK(tor::parse_log_line("Nov 21 10:20:11.123 [notice] ok").level == base::LogLevel::info);
}

TEST_CASE("a line in no known form is a warning as it stands") {
    const tor::LogLine line = tor::parse_log_line("tor-child: the parent is gone");
    CHECK(line.level == base::LogLevel::warning);
    CHECK(line.text == "tor-child: the parent is gone");
}

TEST_CASE(
    "the reason for an end is what Tor complained about last, and whether it refused its "
    "configuration") {
    tor::LastWords words;
    words.on_log({base::LogLevel::info, "hello"});
    CHECK(words.reason().empty());
    for (const char* text : {"one", "two", "three", "four"})
        words.on_log({base::LogLevel::warning, text});
    CHECK(words.reason() == "two; three; four");
    CHECK_FALSE(words.configuration_refused());
    words.on_log({base::LogLevel::warning,
                  "Failed to parse/validate config: Unknown option 'X'.  Failing."});
    CHECK(words.configuration_refused());
    words.on_log({base::LogLevel::error, "Reading config failed--see warnings above."});
    CHECK(words.reason() ==
          "Tor refused its configuration: three; four; Unknown option 'X'.  Failing.");
}

TEST_CASE("pauses double up to the longest, and a good run starts them over") {
    tor::Backoff backoff({.first = 1s, .longest = 5s, .well = 60s});
    CHECK(backoff.after_run_of(0s) == 1s);
    CHECK(backoff.after_run_of(59s) == 2s);
    CHECK(backoff.after_run_of(1s) == 4s);
    CHECK(backoff.after_run_of(1s) == 5s);
    CHECK(backoff.after_run_of(1s) == 5s);
    CHECK(backoff.after_run_of(60s) == 1s);
}

TEST_CASE("each of Tor's words for its version is told, and what it may invent is unknown") {
    using tor::Standing;
    CHECK(tor::standing_of("recommended") == Standing::current);
    CHECK(tor::standing_of("new") == Standing::newer);
    CHECK(tor::standing_of("new in series") == Standing::newer);
    CHECK(tor::standing_of("obsolete") == Standing::outdated);
    CHECK(tor::standing_of("unrecommended") == Standing::unlisted);
    CHECK(tor::standing_of("unknown") == Standing::unknown);
    CHECK(tor::standing_of("none recommended") == Standing::unknown);
    CHECK(tor::standing_of("") == Standing::unknown);
}

TEST_CASE("recommended versions are read one by one, and nothing else gets through") {
    using Versions = std::vector<std::string>;
    CHECK(tor::recommended_versions("0.4.8.21,0.4.9.11-alpha") ==
          Versions{"0.4.8.21", "0.4.9.11-alpha"});
    CHECK(tor::recommended_versions("").empty());
    CHECK(tor::recommended_versions(",,?,<b>,\x1b[31m,0.4.9.1,").size() == 1);
    CHECK(tor::recommended_versions(std::string(32, '1')).size() == 1);
    CHECK(tor::recommended_versions(std::string(33, '1')).empty());
    std::string many = "1";
    for (int i = 0; i < 63; ++i) many += ",1";
    CHECK(tor::recommended_versions(many).size() == 64);
    CHECK(tor::recommended_versions(many + ",1").size() == 64);
}

TEST_CASE("a consensus tells its time and the versions that it recommends to clients") {
    const std::string text =
        "network-status-version 3 microdesc\nvote-status consensus\n"
        "valid-after 2026-11-30 12:00:00\nclient-versions 0.4.8.21,0.4.9.11\n"
        "server-versions 0.4.8.20\ndir-source x\nclient-versions 9.9.9.9\n";
    const auto read = tor::consensus_versions(text);
    REQUIRE(read);
    CHECK(read->valid_after == "2026-11-30 12:00:00");
    CHECK(read->recommended == std::vector<std::string>{"0.4.8.21", "0.4.9.11"});
    CHECK_FALSE(tor::consensus_versions(""));
    CHECK_FALSE(tor::consensus_versions("valid-after 2026-11-30 12:00:00\nclient-versions \n"));
    CHECK_FALSE(tor::consensus_versions("client-versions 0.4.9.11\n"));
    CHECK_FALSE(
        tor::consensus_versions("valid-after \x1b[31m-11-30 12:00:0\nclient-versions 0.4.9.11\n"));
    for (std::size_t end = 0; end < text.size(); ++end)  // wherever it is cut off
        tor::consensus_versions(text.substr(0, end));
}
