#include "api/encode/metrics.hpp"

#include <regex>
#include <set>
#include <sstream>
#include <vector>

#include <doctest/doctest.h>

#include "api/figures.hpp"

namespace hearsay::api {
namespace {

// A node of which everything is known.
Figures full() {
    Figures out;
    Status& status = out.status;
    status.set_version("0.1.0");
    status.set_tor_version("0.4.9.11");
    status.set_onion(std::string(56, 'a') + ".onion");
    status.set_tor_standing("outdated");
    status.set_sandbox("on");
    status.mutable_tor()->set_state("ready");
    status.mutable_tor()->set_percent(37);
    status.mutable_reachability()->set_state("unreachable");
    status.mutable_store()->set_state("full");
    status.set_links_inbound(3);
    status.set_store_bytes(12'345'678'901);
    status.set_view_peers(2);
    status.set_clock_offset_seconds(-70);
    status.set_disk_free_bytes(1);
    status.mutable_last_backup()->set_seconds(1'800'000'000);
    (*status.mutable_refused())["bad_signature"] = 2;
    (*status.mutable_refused())["a\"b\\c\nd"] = 1;
    StoreClass& offers = *status.add_store_classes();
    offers.set_name("offers");
    offers.set_price(1.25);
    status.set_mail_unread(17);
    status.set_trades_waiting(18);
    status.set_outbox_pending(19);
    out.turn_seconds = 0.5;
    out.bytes_received = 1ULL << 40;
    return out;
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> out;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) out.push_back(line);
    return out;
}

bool has(const std::string& text, const std::string& line) {
    return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

TEST_CASE("figures are told with their units, and strange words are escaped") {
    const std::string text = metrics_text(full());
    CHECK(has(text, "hearsay_tor_ready 1"));
    CHECK(has(text, "hearsay_tor_bootstrap_ratio 0.37"));
    CHECK(has(text, "hearsay_tor_version_recommended 0"));
    CHECK(has(text, "hearsay_reachable 0"));
    CHECK(has(text, "hearsay_store_ready 0"));
    CHECK(has(text, "hearsay_store_bytes 12345678901"));
    CHECK(has(text, "hearsay_links{direction=\"in\"} 3"));
    CHECK(has(text, "hearsay_store_class_price_ratio{class=\"offers\"} 1.25"));
    CHECK(has(text, "hearsay_clock_offset_seconds -70"));
    CHECK(has(text, "hearsay_turn_seconds_total 0.5"));
    CHECK(has(text, "hearsay_received_bytes_total 1099511627776"));
    CHECK(has(text, "hearsay_refused_total{fault=\"a\\\"b\\\\c\\nd\"} 1"));
    CHECK(has(text, "hearsay_build_info{version=\"0.1.0\",tor_version=\"0.4.9.11\"} 1"));
}

TEST_CASE("what is not known is left out") {
    const std::string text = metrics_text(Figures());
    for (const char* name : {"hearsay_reachable", "hearsay_tor_version_recommended",
                             "hearsay_disk_free_bytes", "hearsay_last_backup_timestamp_seconds",
                             "hearsay_clock_offset_seconds", "hearsay_sandboxed"})
        CHECK(text.find(name) == std::string::npos);
    CHECK(has(text, "hearsay_tor_ready 0"));
}

TEST_CASE("no figure is the person's, and no label names anybody") {
    const std::string text = metrics_text(full());
    CHECK(text.find("onion\"") == std::string::npos);
    CHECK(text.find("aaaaaaaa") == std::string::npos);
    for (const char* own : {" 17\n", " 18\n", " 19\n"}) CHECK(text.find(own) == std::string::npos);
    const std::regex label("[{,]([a-z_]+)=\"");
    std::set<std::string> labels;
    for (std::sregex_iterator at(text.begin(), text.end(), label), end; at != end; ++at)
        labels.insert((*at)[1]);
    CHECK(labels == std::set<std::string>{"class", "direction", "fault", "tor_version", "version"});
}

TEST_CASE("each family stands once, with its help and type before its samples") {
    std::set<std::string> seen;
    std::string family, type;
    for (const std::string& line : lines_of(metrics_text(full()))) {
        CAPTURE(line);
        std::smatch found;
        if (std::regex_match(line, found, std::regex("# HELP (hearsay_[a-z_]+) .+\\."))) {
            family = found[1];
            type.clear();
            CHECK(seen.insert(family).second);
        } else if (std::regex_match(line, found, std::regex("# TYPE ([a-z_]+) (gauge|counter)"))) {
            CHECK(found[1] == family);
            type = found[2];
            CHECK((type == "counter") == family.ends_with("_total"));
        } else {
            CHECK(std::regex_match(
                line, std::regex(family + "(\\{[a-z_]+=\"([^\"\\\\]|\\\\.)*\"(,[a-z_]+=\"[^\"]*\")*"
                                          "\\})? -?[0-9.e+-]+")));
            CHECK_FALSE(type.empty());
        }
    }
}

}  // namespace
}  // namespace hearsay::api
