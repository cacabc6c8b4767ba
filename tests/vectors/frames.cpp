#include "base/limits/items.hpp"
#include "core/messages.hpp"
#include "frame.pb.h"
#include "unit/item/samples.hpp"
#include "vectors.hpp"

namespace hearsay::vectors {
namespace {

using namespace samples;

Entry frame(const std::string& about, base::ByteView bytes) {
    return Entry(about).text("verdict", judge_frame(bytes)).hex("frame", bytes);
}
Entry frame(const std::string& about, const wire::Frame& message) {
    return frame(about, base::as_bytes(message.SerializeAsString()));
}

void add_valid(std::vector<Entry>& out) {
    const std::vector<base::ItemId> ids{filled<base::ItemId>(1), filled<base::ItemId>(2)};
    out.push_back(
        frame("Hello", *core::encode(core::Hello{1, 3, noon, true, 0x0102030405060708, false})));
    out.push_back(
        frame("Hello of a visit by one who speaks versions 1 to 4 and three features",
              *core::encode(core::Hello{1, 3, noon, false, 1, true, 4, {1, 300, UINT32_MAX}})));
    out.push_back(frame("Ping", *core::encode(core::Ping{7})));
    out.push_back(frame("Ping with nonce 0: its body is empty", *core::encode(core::Ping{0})));
    out.push_back(frame("Pong", *core::encode(core::Pong{UINT64_MAX})));
    item::Item item = publication();
    item.nonce = 0x0102030405060708;
    std::size_t from = 0;
    out.push_back(frame(
        "Items",
        *core::encode_items({accepted(item), accepted(publication({.removed = true}))}, from, 3)));
    out.push_back(frame("Have", *core::encode(core::Have{1, ids, false})));
    out.push_back(frame("Have, the last", *core::encode(core::Have{2, {}, true})));
    out.push_back(frame("Want", *core::encode(core::Want{1, ids})));
    out.push_back(frame("Compare", *core::encode(core::Compare{
                                       filled<core::SetDigest>(3), {1, 2, 255}, 1'000'000})));
    const std::vector<core::Symbol> symbols{{UINT64_MAX, UINT32_MAX, 20}, {5, 7, 0}, {0, 1, 11}};
    out.push_back(frame("Symbols, the first of a round",
                        *core::encode(core::Symbols{0, symbols, 20, filled<crypto::SipKey>(6)})));
    out.push_back(frame("Symbols, later ones", *core::encode(core::Symbols{300, symbols, 20, {}})));
    out.push_back(frame("More", *core::encode(core::More{8192})));
    out.push_back(frame("Fetch", *core::encode(core::Fetch{{1, UINT64_MAX}})));
    out.push_back(frame("Fetch of nothing", *core::encode(core::Fetch{})));
    out.push_back(frame("Done, settled", *core::encode(core::Done{true})));
    out.push_back(frame("Done, not settled", *core::encode(core::Done{false})));
    out.push_back(
        frame("Announce", *core::encode(core::Announce{
                              {{ids[0], UINT64_MAX, 640, 86400, item::StoreClass::mail},
                               {ids[1], 0, 169, 600, item::StoreClass::posts},
                               {ids[1], 0, 34376, 1'296'000, item::StoreClass::pictures}}})));
    out.push_back(frame("Request", *core::encode(core::Request{ids})));
    out.push_back(frame("Push, none", *core::encode(core::Push{0})));
    out.push_back(frame("Push, all", *core::encode(core::Push{256})));
    out.push_back(frame("Floor", *core::encode(core::Floor{{0, 9, 0, 120, 1}})));
    out.push_back(frame("Floor of nothing", *core::encode(core::Floor{})));
    out.push_back(frame(
        "Compare, above floors",
        *core::encode(core::Compare{filled<core::SetDigest>(3), {1, 2, 255}, 5, {0, 9, 0, 0, 0}})));
    out.push_back(frame("Find", *core::encode(core::Find{7, filled<base::NodeId>(3)})));
    out.push_back(frame("Contacts", *core::encode(core::Contacts{7, {filled<base::PeerId>(4)}})));
    out.push_back(frame("Contacts, nobody, of question 0", *core::encode(core::Contacts{0, {}})));
}

void add_probes(std::vector<Entry>& out) {
    std::vector<base::ItemId> ids;
    for (std::uint8_t at = 1; at <= 32; ++at) ids.push_back(filled<base::ItemId>(at));
    out.push_back(frame("Probe", *core::encode(core::Probe{7, {ids[0], ids[1]}})));
    out.push_back(frame("Probe of 32 ids, of question 0", *core::encode(core::Probe{0, ids})));
    out.push_back(frame("Held, one of two", *core::encode(core::Held{7, {true, false}})));
    out.push_back(frame("Held that says nothing", *core::encode(core::Held{7, {}})));
    wire::Frame probe;
    probe.mutable_probe()->set_number(1);
    out.push_back(frame("Probe of nothing", probe));
    probe.mutable_probe()->set_ids(std::string(33, 'a'));
    out.push_back(frame("Probe of an id and a byte", probe));
    probe.mutable_probe()->set_ids(std::string(64, 'a'));
    out.push_back(frame("Probe of the same id twice", probe));
    std::string many;
    for (int at = 0; at < 33; ++at) many += std::string(32, static_cast<char>('A' + at));
    probe.mutable_probe()->set_ids(many);
    out.push_back(frame("Probe of 33 ids", probe));
    wire::Frame held;
    held.mutable_held()->set_held(std::string("\1\2", 2));
    out.push_back(frame("Held of neither yes nor no", held));
    held.mutable_held()->set_held(std::string(33, '\1'));
    out.push_back(frame("Held of 33 ids", held));
}

void add_envelopes(std::vector<Entry>& out) {
    const base::Bytes ping = *core::encode(core::Ping{7});
    const auto raw = [&](const std::string& about, const base::Bytes& bytes) {
        out.push_back(frame(about, bytes));
    };
    const auto after = [&](std::initializer_list<int> more) {
        base::Bytes all = ping;
        for (const int byte : more) all.push_back(static_cast<std::uint8_t>(byte));
        return all;
    };
    raw("no bytes", {});
    raw("two bodies", after({0x1a, 0}));
    raw("the same body twice", after({0x12, 0}));
    raw("a byte too many", after({0}));
    raw("an unknown body", {0xa2, 1, 3, 'n', 'e', 'w'});
    raw("an unknown body, empty, of the last number", {0xfa, 255, 255, 255, 15, 0});
    raw("an unknown body, cut off", {0xa2, 1, 3, 'n', 'e'});
    raw("an unknown body behind a known one", after({0xa2, 1, 0}));
    raw("an unknown field that is a number", {0xa0, 1, 7});
    raw("a group", {0x8b, 1, 0x8c, 1});
    raw("field 0", {2, 0});
    raw("a tag that is not in its shortest form", {0x92, 0, 0});
    raw("a length that is not in its shortest form", {0x12, 0x80, 0});
    raw("nonce 0, said", {0x12, 9, 9, 0, 0, 0, 0, 0, 0, 0, 0});
    raw("a field that Ping does not have", {0x12, 2, 0x10, 1});
    raw("a Hello with later fields", {0x0a, 10, 8, 1, 0x10, 3, 0x48, 0, 0x52, 2, 'h', 'i'});
    raw("a Hello with later fields out of order",
        {0x0a, 10, 8, 1, 0x10, 3, 0x52, 2, 'h', 'i', 0x48, 0});
    raw("a Hello with a later field of 4 bytes, and it again",
        {0x0a, 14, 8, 1, 0x10, 3, 0x4d, 1, 2, 3, 4, 0x4d, 1, 2, 3, 4});
    raw("a Hello with a group", {0x0a, 6, 8, 1, 0x10, 3, 0x4b, 0x4c});
    raw("a Hello that says its network twice", {0x0a, 6, 8, 1, 0x10, 3, 0x10, 3});
}

template <class Change>
void add(std::vector<Entry>& out, const std::string& about, const Change& change) {
    wire::Frame message;
    change(message);
    out.push_back(frame(about, message));
}

void add_limits(std::vector<Entry>& out) {
    using Frame = wire::Frame;
    add(out, "Hello, newest is oldest",
        [](Frame& f) { f.mutable_hello()->set_oldest(3), f.mutable_hello()->set_newest(3); });
    add(out, "Hello, newest before oldest",
        [](Frame& f) { f.mutable_hello()->set_oldest(3), f.mutable_hello()->set_newest(2); });
    add(out, "Hello, a feature 0", [](Frame& f) { f.mutable_hello()->add_features(0); });
    add(out, "Hello, a feature twice",
        [](Frame& f) { f.mutable_hello()->add_features(5), f.mutable_hello()->add_features(5); });
    add(out, "Hello, 65 features", [](Frame& f) {
        for (unsigned at = 1; at <= 65; ++at) f.mutable_hello()->add_features(at);
    });
    add(out, "Hello, the last second of 9999",
        [](Frame& f) { f.mutable_hello()->set_time(253402300799); });
    add(out, "Hello, a second later", [](Frame& f) { f.mutable_hello()->set_time(253402300800); });
    add(out, "Items, none", [](Frame& f) { f.mutable_items()->set_hops(1); });
    add(out, "Items, hops 255",
        [](Frame& f) { f.mutable_items()->add_items(), f.mutable_items()->set_hops(255); });
    add(out, "Items, hops 256",
        [](Frame& f) { f.mutable_items()->add_items(), f.mutable_items()->set_hops(256); });
    add(out, "Items, 256 empty ones", [](Frame& f) {
        for (int at = 0; at < 256; ++at) f.mutable_items()->add_items();
    });
    add(out, "Items, 257", [](Frame& f) {
        for (int at = 0; at < 257; ++at) f.mutable_items()->add_items();
    });
    add(out, "Have, 33 bytes of ids",
        [](Frame& f) { f.mutable_have()->set_ids(std::string(33, 'x')); });
    add(out, "Want, 31 bytes of ids",
        [](Frame& f) { f.mutable_want()->set_ids(std::string(31, 'x')); });
    add(out, "Request of nothing", [](Frame& f) { f.mutable_request(); });
    add(out, "Push, 257", [](Frame& f) { f.mutable_push()->set_below(257); });
    add(out, "Floor, four levels",
        [](Frame& f) { f.mutable_floor()->set_levels(std::string(4, 'x')); });
    add(out, "Floor, six levels",
        [](Frame& f) { f.mutable_floor()->set_levels(std::string(6, 'x')); });
    add(out, "Floor, a level of 121",
        [](Frame& f) { f.mutable_floor()->set_levels(std::string("\0\0y\0\0", 5)); });
    add(out, "Floor, no levels", [](Frame& f) { f.mutable_floor(); });
    add(out, "More, 0", [](Frame& f) { f.mutable_more(); });
    add(out, "More, 8193", [](Frame& f) { f.mutable_more()->set_symbols(8193); });
    add(out, "Fetch, 9 bytes",
        [](Frame& f) { f.mutable_fetch()->set_short_ids(std::string(9, 'x')); });
    add(out, "Find, 31 bytes",
        [](Frame& f) { f.mutable_find()->set_target(std::string(31, 'x')); });
    add(out, "Contacts, 21 keys",
        [](Frame& f) { f.mutable_contacts()->set_peers(std::string(21 * 32, 'x')); });
}

void add_limits_of_lists(std::vector<Entry>& out) {
    using Frame = wire::Frame;
    const auto announced = [&](const std::string& about, std::uint32_t size, std::uint32_t lifetime,
                               int lists = 1, const std::string& classes = "\3") {
        add(out, about, [&](Frame& f) {
            wire::Announce& announce = *f.mutable_announce();
            announce.set_ids(std::string(32, 'i'));
            announce.add_nonces(1);
            announce.add_sizes(size);
            for (int at = 0; at < lists; ++at) announce.add_lifetimes(lifetime);
            announce.set_classes(classes);
        });
    };
    announced("Announce, size 168", 168, 600);
    announced("Announce, size 34377", 34377, 600);
    announced("Announce, life 0", 500, 0);
    announced("Announce, life 601", 500, 601);
    announced("Announce, life 1296600", 500, 1'296'600);
    announced("Announce, two lifetimes of one id", 500, 600, 2);
    announced("Announce, no lifetime", 500, 600, 0);
    announced("Announce, class 5", 500, 600, 1, "\5");
    announced("Announce, two classes of one id", 500, 600, 1, "\1\1");
    announced("Announce, no class", 500, 600, 1, "");
    const auto compared = [&](const std::string& about, std::size_t digest, std::size_t counters,
                              std::uint64_t items, const std::string& floors = "") {
        add(out, about, [&](Frame& f) {
            f.mutable_compare()->set_digest(std::string(digest, 'd'));
            f.mutable_compare()->set_counters(std::string(counters, 'c'));
            f.mutable_compare()->set_items(items);
            f.mutable_compare()->set_floors(floors);
        });
    };
    compared("Compare, a digest of 15 bytes", 15, 24, 5);
    compared("Compare, 25 counters", 16, 25, 5);
    compared("Compare, 2^30 items", 16, 24, 1ULL << 30);
    compared("Compare, 2^30 + 1 items", 16, 24, (1ULL << 30) + 1);
    compared("Compare, floors of zero", 16, 24, 5, std::string(5, '\0'));
    compared("Compare, four floors", 16, 24, 5, std::string(4, '\1'));
    compared("Compare, floors of 121", 16, 24, 5, std::string(5, 'y'));
    const auto symbols = [&](const std::string& about, std::uint32_t first, std::size_t bytes,
                             std::int32_t count, std::size_t key) {
        add(out, about, [&](Frame& f) {
            wire::Symbols& body = *f.mutable_symbols();
            body.set_first(first);
            body.set_symbols(std::string(bytes, 's'));
            body.add_counts(count);
            body.set_items(10);
            body.set_key(std::string(key, 'k'));
        });
    };
    symbols("Symbols, the first counts all", 0, 12, 0, 16);
    symbols("Symbols, a count above all", 0, 12, 1, 16);
    symbols("Symbols, a count below 0", 0, 12, -11, 16);
    symbols("Symbols, 13 bytes", 0, 13, 0, 16);
    symbols("Symbols, no key in the first", 0, 12, 0, 0);
    symbols("Symbols, a key in later ones", 20, 12, 0, 16);
    symbols("Symbols, from 16384", 16384, 12, 0, 0);
}

}  // namespace

File frames() {
    File out{
        "frames",
        "Frames without their length, and what a node says of them: docs/protocol.md, section 3.",
        {}};
    add_valid(out.entries);
    add_probes(out.entries);
    add_envelopes(out.entries);
    add_limits(out.entries);
    add_limits_of_lists(out.entries);
    return out;
}

}  // namespace hearsay::vectors
