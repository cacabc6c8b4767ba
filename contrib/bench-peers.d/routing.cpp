// libtorrent's routing table: nodes offered to it one by one, then the nearest to random targets
// looked up.
//
// Compiled by contrib/bench-peers against libtorrent's own source
// (contrib/lib/bench_peers_libtorrent.py). Keys, and so ids and targets, are those of
// hearsay-bench's routing: key i is SHA-256(seed || i), an id the first 20 bytes of SHA-256(key).
// Ids and addresses are made before the clock runs; nobody answers, nobody fails. Each node has an
// address of its own in a /24 of its own, because libtorrent takes one node of a /24 into a bucket.
//
// Arguments: name=number, as for the scripts. One line of JSON out.
#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <map>
#include <string>
#include <vector>

#include <openssl/sha.h>

#include "libtorrent/aux_/session_settings.hpp"
#include "libtorrent/kademlia/routing_table.hpp"
#include "libtorrent/settings_pack.hpp"
#include "libtorrent/version.hpp"

namespace dht = lt::dht;

// What the routing table asks for, as libtorrent has it by default but for the ids that follow from
// an address (BEP 42):
// with random ones it would never split a bucket. Its own function fills in hundreds of settings,
// some of which reach for the whole session.
void lt::initialize_default_settings(lt::aux::session_settings_single_thread& settings) {
    settings.set_bool(lt::settings_pack::dht_extended_routing_table, true);
    settings.set_bool(lt::settings_pack::dht_restrict_routing_ips, true);
    settings.set_bool(lt::settings_pack::dht_prefer_verified_node_ids, false);
    settings.set_bool(lt::settings_pack::dht_enforce_node_id, false);
    settings.set_int(lt::settings_pack::dht_max_fail_count, 20);
}

namespace {

constexpr int rtt_ms = 300;
constexpr std::uint64_t targets_from = std::uint64_t{1} << 32;  // numbers of keys that name targets

struct Key {
    unsigned char bytes[32];
};

Key key(std::uint64_t seed, std::uint64_t number) {
    unsigned char text[16];
    for (int at = 0; at < 8; ++at) {
        text[at] = static_cast<unsigned char>(seed >> (56 - 8 * at));
        text[8 + at] = static_cast<unsigned char>(number >> (56 - 8 * at));
    }
    Key out;
    SHA256(text, sizeof text, out.bytes);
    return out;
}

dht::node_id id_of(const Key& key) {
    unsigned char hash[32];
    SHA256(key.bytes, sizeof key.bytes, hash);
    return dht::node_id(reinterpret_cast<const char*>(hash));
}

// Of this process, so that a busy machine costs less than it would by the wall's clock.
double seconds() {
    timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

struct Node {
    dht::node_id id;
    lt::udp::endpoint endpoint;
};

using Options = std::map<std::string, std::uint64_t>;

Options parse(int argc, char** argv) {
    Options out{{"lookups", 100000}, {"rounds", 31}, {"bucket", 16}, {"extended", 0}, {"seed", 1}};
    for (int at = 1; at < argc; ++at) {
        const char* sign = std::strchr(argv[at], '=');
        char* end = nullptr;
        const std::string name(argv[at], sign ? static_cast<std::size_t>(sign - argv[at]) : 0);
        const std::uint64_t value = sign ? std::strtoull(sign + 1, &end, 10) : 0;
        if (!sign || out.count(name) == 0 || end == sign + 1 || *end != '\0') {
            std::fprintf(stderr, "routing: unknown argument %s\n", argv[at]);
            std::exit(1);
        }
        out[name] = value;
    }
    if (out["rounds"] == 0 || out["lookups"] == 0) std::exit(1);
    return out;
}

struct Measured {
    double insert_ns = 0;
    std::map<int, double> closest_ns;  // by how many were wanted
    int contacts = 0;
    std::uint64_t found = 0;  // what nobody looks at might not be done
};

Measured measure(const Options& options, std::uint64_t count) {
    const std::uint64_t seed = options.at("seed"), lookups = options.at("lookups");
    lt::aux::session_settings settings;
    settings.set_bool(lt::settings_pack::dht_extended_routing_table, options.at("extended") != 0);
    const dht::node_id own = id_of(key(seed, 0));
    std::vector<Node> nodes;
    for (std::uint64_t number = 1; number <= count; ++number) {
        const auto network = static_cast<std::uint32_t>(0x0b000000U + number * 256 + 1);
        nodes.push_back({id_of(key(seed, number)), {lt::address_v4(network), 6881}});
    }
    std::vector<dht::node_id> targets;
    for (std::uint64_t at = 0; at < std::min<std::uint64_t>(lookups, 10000); ++at)
        targets.push_back(id_of(key(seed, targets_from + at)));

    Measured out;
    std::vector<double> inserts;
    std::map<int, std::vector<double>> closest;
    for (std::uint64_t round = 0; round < options.at("rounds"); ++round) {
        dht::routing_table table(own, lt::udp::v4(), static_cast<int>(options.at("bucket")),
                                 settings, nullptr);
        double begin = seconds();
        for (const Node& node : nodes) table.node_seen(node.id, node.endpoint, rtt_ms);
        inserts.push_back((seconds() - begin) / static_cast<double>(count));
        out.contacts = std::get<0>(table.size());
        const std::uint64_t share = std::max<std::uint64_t>(1, lookups / options.at("rounds"));
        for (const int wanted : {8, 20}) {
            begin = seconds();
            for (std::uint64_t at = 0; at < share; ++at)
                out.found += table.find_node(targets[at % targets.size()], {}, wanted).size();
            closest[wanted].push_back((seconds() - begin) / static_cast<double>(share));
        }
    }
    out.insert_ns = 1e9 * median(inserts);
    for (const auto& [wanted, each] : closest) out.closest_ns[wanted] = 1e9 * median(each);
    return out;
}

}  // namespace

int main(int argc, char** argv) {
    const Options options = parse(argc, argv);
    std::printf("{\"name\": \"routing\"");
    for (const auto& [suffix, count] :
         {std::pair<const char*, std::uint64_t>{"1k", 1000}, {"10k", 10000}}) {
        const Measured found = measure(options, count);
        std::printf(", \"insert_ns_%s\": %.1f, \"contacts_%s\": %d, \"found_%s\": %" PRIu64, suffix,
                    found.insert_ns, suffix, found.contacts, suffix, found.found);
        for (const auto& [wanted, ns] : found.closest_ns)
            std::printf(", \"closest%d_ns_%s\": %.1f", wanted, suffix, ns);
    }
    std::printf(", \"version\": \"%s\"}\n", LIBTORRENT_VERSION);
}
