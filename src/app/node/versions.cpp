#include "app/node/versions.hpp"

#include <algorithm>
#include <fstream>

#include <event2/event.h>
#include <google/protobuf/stubs/common.h>
#include <lmdb.h>

#include "api.pb.h"
#include "app/layout.hpp"
#include "crypto/certificate.hpp"
#include "tor/version.hpp"

namespace hearsay::app {
namespace {

std::string joined(const std::vector<std::string>& versions) {
    std::string out;
    for (const std::string& version : versions) out += (out.empty() ? "" : ", ") + version;
    return out;
}

// The part that comes before the relays; the file itself has megabytes.
std::string beginning_of(const std::string& path) {
    constexpr std::size_t bytes = 16 * 1024;
    std::string out(bytes, '\0');
    std::ifstream file(path, std::ios::binary);
    file.read(out.data(), static_cast<std::streamsize>(out.size()));
    out.resize(static_cast<std::size_t>(file.gcount()));
    return out;
}

std::string standing_of_tor(const std::string& data_dir) {
    constexpr const char* unknown =
        "whether it is current, a node knows that has been in Tor's network: hearsay status";
    if (data_dir.empty()) return unknown;
    const auto kept =
        tor::consensus_versions(beginning_of(data_dir + "/tor/cached-microdesc-consensus"));
    if (!kept) return unknown;
    const bool current =
        std::ranges::find(kept->recommended, tor::tor_version()) != kept->recommended.end();
    return "Tor's directory of " + kept->valid_after + " UTC " +
           (current ? "recommends it"
                    : "does not name it; it recommends " + joined(kept->recommended));
}

}  // namespace

std::string version_text(const std::string& data_dir, std::size_t width) {
    constexpr std::size_t indent = 4;
    return sentence(std::string("hearsayd ") + HEARSAY_VERSION, width) +
           sentence("Tor " + tor::tor_version() + " (" HEARSAY_TOR_ORIGIN ")", width) +
           indented(standing_of_tor(data_dir), indent, width) +
           sentence(std::string("libevent ") + event_get_version(), width) +
           sentence(crypto::tls_library_version() + " (" HEARSAY_OPENSSL_ORIGIN ")", width) +
           sentence(mdb_version(nullptr, nullptr, nullptr), width) +
           sentence(
               "protobuf " + google::protobuf::internal::VersionString(GOOGLE_PROTOBUF_VERSION),
               width);
}

void describe_versions(const tor::VersionStatus& tor, api::Status& out) {
    out.set_version(HEARSAY_VERSION);
    out.set_tor_version(tor::tor_version());
    out.set_tor_standing(std::string(tor::name(tor.standing)));
    for (const std::string& version : tor.recommended) out.add_tor_recommended(version);
    if (tor.standing == tor::Standing::outdated || tor.standing == tor::Standing::unlisted)
        out.add_warnings("Tor's directory does not recommend the Tor in this program, " +
                         tor::tor_version() + ", any more: upgrade Hearsay. It recommends " +
                         joined(tor.recommended) + ".");
}

}  // namespace hearsay::app
