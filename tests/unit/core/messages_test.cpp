// core/messages.hpp: what is a frame at all, before anybody looks at what it says.
#include <doctest/doctest.h>

#include "base/limits/frames.hpp"
#include "base/limits/items.hpp"
#include "base/limits/links.hpp"
#include "fixture.hpp"

namespace hearsay::core {
namespace {

std::string parsed(const wire::Frame& frame) {
    const auto message = parse(base::as_bytes(frame.SerializeAsString()));
    return message ? "ok" : std::string(base::name(message.error()));
}

template <class Message>
Message through(const Message& message) {
    return std::get<Message>(*parse(*encode(message)));
}

const std::vector<base::ItemId> two_ids{samples::filled<base::ItemId>(1),
                                        samples::filled<base::ItemId>(2)};

TEST_CASE("every message is read back as it was written") {
    const Hello hello = through(Hello{1, 3, samples::noon, true});
    CHECK(hello.oldest == 1);
    CHECK(hello.newest == 1);
    CHECK(hello.network == 3);
    CHECK(hello.time == samples::noon);
    CHECK(hello.listening);
    CHECK(through(Ping{UINT64_MAX}).nonce == UINT64_MAX);
    CHECK(through(Pong{7}).nonce == 7);
    const Have have = through(Have{4, two_ids, false});
    CHECK(have.page == 4);
    CHECK(have.ids == two_ids);
    CHECK(!have.last);
    CHECK(through(Have{5, {}, true}).last);
    const Compare compare = through(Compare{samples::filled<SetDigest>(3), {1, 2, 255}, 1'000'000});
    CHECK(compare.digest == samples::filled<SetDigest>(3));
    CHECK(compare.counters[2] == 255);
    CHECK(compare.items == 1'000'000);
    CHECK(compare.floors == item::Floors{});
    const item::Floors floors{0, 9, 0, 0, item::level_max};
    CHECK(through(Compare{{}, {}, 5, floors}).floors == floors);
    CHECK(through(Floor{floors}).levels == floors);
    CHECK(through(Floor{}).levels == item::Floors{});
    const std::vector<Symbol> symbols{{UINT64_MAX, UINT32_MAX, 20}, {5, 7, 0}, {0, 1, 11}};
    const auto key = samples::filled<crypto::SipKey>(5);
    CHECK(through(Symbols{0, {{1, 2, 20}}, 20, key}).key == key);
    const Symbols sent = through(Symbols{3, symbols, 20, key});
    CHECK(sent.key == crypto::SipKey{});  // told with the first only
    CHECK(sent.first == 3);
    CHECK(sent.items == 20);
    CHECK(sent.symbols == symbols);
    CHECK(through(More{9}).symbols == 9);
    CHECK(through(Fetch{{1, UINT64_MAX}}).ids == std::vector<ShortId>{1, UINT64_MAX});
    CHECK(through(Done{true}).settled);
    const Probe probe = through(Probe{UINT32_MAX, two_ids});
    CHECK(probe.number == UINT32_MAX);
    CHECK(probe.ids == two_ids);
    CHECK(through(Held{7, {true, false, true}}).held == std::vector<bool>{true, false, true});
    CHECK(through(Held{7, {}}).held.empty());
    const Want want = through(Want{6, two_ids});
    CHECK(want.page == 6);
    CHECK(want.ids == two_ids);
}

TEST_CASE("an item travels byte by byte") {
    item::Item item = samples::publication();
    item.nonce = 0x0102030405060708;
    std::size_t from = 0;
    const auto frame = encode_items({samples::accepted(item)}, from, 3);
    CHECK(from == 1);
    CHECK(std::get<Items>(*parse(*frame)).items == std::vector{item});
    CHECK(std::get<Items>(*parse(*frame)).hops == 3);
}

TEST_CASE("announced ids travel with what proves their work") {
    const base::ItemId id = samples::filled<base::ItemId>(9);
    const Announce announce{
        {{id, UINT64_MAX, 640, 86400, item::StoreClass::mail}, {id, 0, 169, 600}}};
    const auto back = std::get<Announce>(*parse(*encode(announce)));
    REQUIRE(back.items.size() == 2);
    CHECK(back.items[0].id == id);
    CHECK(back.items[0].nonce == UINT64_MAX);
    CHECK(back.items[0].size == 640);
    CHECK(back.items[0].lifetime_s == 86400);
    CHECK(back.items[0].of == item::StoreClass::mail);
    CHECK(back.items[1].of == item::StoreClass::posts);
    CHECK(std::get<Push>(*parse(*encode(Push{push_all}))).below == push_all);
    CHECK(std::get<Request>(*parse(*encode(Request{{id}}))).ids == std::vector{id});
}

TEST_CASE("announcements without ids, of unequal parts or of impossible items are malformed") {
    const auto verdict = [](const std::function<void(wire::Announce&)>& change) {
        wire::Frame frame;
        wire::Announce& out = *frame.mutable_announce();
        out.set_ids(std::string(32, 'i'));
        out.add_nonces(1);
        out.add_sizes(500);
        out.add_lifetimes(3600);
        out.set_classes("\1");
        change(out);
        const auto message = parse(base::to_bytes(frame.SerializeAsString()));
        return message ? "ok" : std::string(base::name(message.error()));
    };
    CHECK(verdict([](auto&) {}) == "ok");
    CHECK(verdict([](auto& out) { out.set_ids(""); }) == "frame_malformed");
    CHECK(verdict([](auto& out) { out.set_ids(std::string(33, 'i')); }) == "frame_malformed");
    CHECK(verdict([](auto& out) { out.set_ids(std::string(64, 'i')); }) == "frame_malformed");
    CHECK(verdict([](auto& out) { out.clear_nonces(); }) == "frame_malformed");
    CHECK(verdict([](auto& out) { out.add_sizes(1); }) == "frame_malformed");
    CHECK(verdict([](auto& out) { out.clear_lifetimes(); }) == "frame_malformed");
    CHECK(verdict([](auto& out) { out.clear_classes(); }) == "frame_malformed");
    CHECK(verdict([](auto& out) { out.set_classes("\1\1"); }) == "frame_malformed");
    CHECK(verdict([](auto& out) { out.set_classes("\4"); }) == "ok");
    CHECK(verdict([](auto& out) { out.set_classes("\5"); }) == "frame_malformed");
    CHECK(verdict([](auto& out) { out.set_sizes(0, limits::item_bytes_max + 1); }) ==
          "frame_malformed");
    CHECK(verdict([](auto& out) { out.set_sizes(0, limits::item_bytes_min - 1); }) ==
          "frame_malformed");
    CHECK(verdict([](auto& out) { out.set_sizes(0, limits::item_bytes_min); }) == "ok");
    CHECK(verdict([](auto& out) { out.set_sizes(0, 0); }) == "frame_malformed");
    CHECK(verdict([](auto& out) { out.set_lifetimes(0, 1'296'000); }) == "ok");
    CHECK(verdict([](auto& out) { out.set_lifetimes(0, 1'296'600); }) == "frame_malformed");
    CHECK(verdict([](auto& out) { out.set_lifetimes(0, 0); }) == "frame_malformed");
    CHECK(verdict([](auto& out) { out.set_lifetimes(0, 599); }) == "frame_malformed");
    CHECK(verdict([](auto& out) { out.set_lifetimes(0, 601); }) == "frame_malformed");
}

TEST_CASE("requests without ids, pushes and hops beyond their range are malformed") {
    wire::Frame frame;
    frame.mutable_request();
    CHECK(parse(base::to_bytes(frame.SerializeAsString())).error() == Fault::frame_malformed);
    frame.mutable_push()->set_below(push_all + 1);
    CHECK(parse(base::to_bytes(frame.SerializeAsString())).error() == Fault::frame_malformed);
    const item::Item item = samples::publication();
    wire::Items& items = *frame.mutable_items();
    items.set_hops(256);
    items.add_items()->set_header(base::to_text(item.header));
    CHECK(parse(base::to_bytes(frame.SerializeAsString())).error() == Fault::frame_malformed);
}

TEST_CASE("no bytes, an empty frame and noise are malformed") {
    CHECK(parse({}).error() == Fault::frame_malformed);
    CHECK(parse(base::as_bytes("\x0a")).error() == Fault::frame_malformed);
    CHECK(parse(base::as_bytes("hello")).error() == Fault::frame_malformed);
}

TEST_CASE("a type of frame that we do not know is no fault, if it is one body and nothing else") {
    const auto verdict = [](std::string_view bytes) {
        return parse(base::as_bytes(bytes)).error();
    };
    using namespace std::string_view_literals;
    CHECK(verdict("\xa2\x01\x00"sv) == Fault::frame_unknown);    // field 20, empty
    CHECK(verdict("\xa2\x01\x02xy"sv) == Fault::frame_unknown);  // of two bytes
    // the last number that there is
    CHECK(verdict("\xfa\xff\xff\xff\x0f\x00"sv) == Fault::frame_unknown);
    CHECK(verdict("\xa2\x01\x01xy"sv) == Fault::frame_malformed);    // a byte too many
    CHECK(verdict("\xa2\x01\x02x"sv) == Fault::frame_malformed);     // one too few
    CHECK(verdict("\xa0\x01\x02"sv) == Fault::frame_malformed);      // a number
    CHECK(verdict("\xa3\x01\xa4\x01"sv) == Fault::frame_malformed);  // a group
    CHECK(verdict("\xa2\x81\x00\x00"sv) == Fault::frame_malformed);  // 20, not in the shortest way
    CHECK(verdict("\x02\x00"sv) == Fault::frame_malformed);          // field 0
    CHECK(verdict("\x82\x80\x80\x80\x10\x00"sv) == Fault::frame_malformed);  // beyond the last
    CHECK(verdict("\xa2\x01\x00\xa2\x01\x00"sv) == Fault::frame_malformed);  // two of them
}

TEST_CASE("a frame with two bodies is malformed, equal or not") {
    const base::Bytes ping = *encode(Ping{7});
    base::Bytes two = ping;
    base::append(two, ping);
    CHECK(parse(two).error() == Fault::frame_malformed);
    two = ping;
    base::append(two, *encode(Pong{7}));
    CHECK(parse(two).error() == Fault::frame_malformed);
}

TEST_CASE("a Hello may hold fields that we do not know, other frames may not") {
    Hello hello{1, 3, samples::noon, true, 9, false, 4, {1, 17, 4'000'000'000}};
    base::Bytes frame = *encode(hello);
    const auto with_more = [](base::Bytes out, std::initializer_list<int> more) {
        out[1] = static_cast<std::uint8_t>(out[1] + more.size());
        for (const int byte : more) out.push_back(static_cast<std::uint8_t>(byte));
        return out;
    };
    CHECK(std::get<Hello>(*parse(frame)).newest == 4);
    CHECK(std::get<Hello>(*parse(frame)).features == hello.features);
    const auto later = parse(with_more(
        frame, {0x48, 0x00, 0x51, 1, 2, 3, 4, 5, 6, 7, 8, 0x52, 0x01, 'x', 0x5d, 1, 2, 3, 4}));
    REQUIRE(later);
    CHECK(std::get<Hello>(*later).features == hello.features);
    // 10 before 9
    CHECK(parse(with_more(frame, {0x50, 0x01, 0x48, 0x01})).error() == Fault::frame_malformed);
    CHECK(parse(with_more(frame, {0x4b, 0x4c})).error() == Fault::frame_malformed);  // a group
    CHECK(parse(with_more(frame, {0x08, 0x01})).error() == Fault::frame_malformed);  // 1, once more
    CHECK(parse(with_more(*encode(Ping{7}), {0x10, 0x01})).error() == Fault::frame_malformed);
    CHECK(parse(with_more(*encode(Find{7, {}}), {0x18, 0x01})).error() == Fault::frame_malformed);
}

TEST_CASE("a Hello's range and features are in order, and its time before the year 10000") {
    const auto verdict = [](const std::function<void(wire::Hello&)>& change) {
        wire::Frame frame;
        wire::Hello& out = *frame.mutable_hello();
        out.set_oldest(1);
        out.set_newest(3);
        out.add_features(5);
        change(out);
        return parsed(frame);
    };
    CHECK(verdict([](auto&) {}) == "ok");
    CHECK(verdict([](auto& out) { out.set_newest(1); }) == "frame_malformed");
    CHECK(verdict([](auto& out) { out.set_oldest(4); }) == "frame_malformed");
    CHECK(verdict([](auto& out) { out.add_features(5); }) == "frame_malformed");
    CHECK(verdict([](auto& out) { out.add_features(4); }) == "frame_malformed");
    CHECK(verdict([](auto& out) { out.set_features(0, 0); }) == "frame_malformed");
    const auto many = [](std::uint32_t count) {
        return [count](wire::Hello& out) {
            for (std::uint32_t at = 1; at < count; ++at) out.add_features(5 + at);
        };
    };
    CHECK(verdict(many(limits::features_max)) == "ok");
    CHECK(verdict(many(limits::features_max + 1)) == "frame_malformed");
    CHECK(verdict([](auto& out) { out.set_time(253402300799); }) == "ok");
    CHECK(verdict([](auto& out) { out.set_time(253402300800); }) == "frame_malformed");
    CHECK(verdict([](auto& out) { out.set_time(1ULL << 63); }) == "frame_malformed");
    CHECK(verdict([](auto& out) { out.set_time(UINT64_MAX); }) == "frame_malformed");
    const auto as_large_as = [](std::size_t bytes) {
        return [bytes](wire::Hello& out) {
            const std::size_t rest = bytes - out.ByteSizeLong() - 4;  // a tag and a length: 4 bytes
            out.GetReflection()->MutableUnknownFields(&out)->AddLengthDelimited(
                99, std::string(rest, 'x'));
            REQUIRE(out.ByteSizeLong() == bytes);
        };
    };
    CHECK(verdict(as_large_as(limits::hello_bytes_max)) == "ok");
    CHECK(verdict(as_large_as(limits::hello_bytes_max + 1)) == "frame_malformed");
}

TEST_CASE("a frame over the limit is too long, whatever it says") {
    CHECK(parse(base::Bytes(limits::frame_bytes_max + 1)).error() == Fault::frame_too_long);
}

TEST_CASE("a truncated frame is malformed") {
    const base::Bytes whole = *encode(Have{1, two_ids, false});
    for (std::size_t size = 0; size < whole.size(); ++size) {
        // A cut between fields of one message leaves a shorter message inside a longer length:
        // still no frame.
        CHECK(parse(base::ByteView(whole).first(size)).error() == Fault::frame_malformed);
    }
}

TEST_CASE("ids come in whole ones and no more than a page of them") {
    wire::Frame have;
    have.mutable_have()->set_ids(std::string(33, 'x'));
    CHECK(parsed(have) == "frame_malformed");
    have.mutable_have()->set_ids(std::string(32 * limits::ids_per_page_max, 'x'));
    CHECK(parsed(have) == "ok");
    have.mutable_have()->set_ids(std::string(32 * (limits::ids_per_page_max + 1), 'x'));
    CHECK(parsed(have) == "frame_malformed");
    wire::Frame want;
    want.mutable_want()->set_ids(std::string(31, 'x'));
    CHECK(parsed(want) == "frame_malformed");
    want.mutable_want()->set_ids(std::string(32 * (limits::ids_per_page_max + 1), 'x'));
    CHECK(parsed(want) == "frame_malformed");
}

TEST_CASE(
    "symbols are whole, as many as their counts, and count no less than nothing and no more than "
    "all") {
    wire::Frame frame;
    wire::Symbols& symbols = *frame.mutable_symbols();
    symbols.set_items(10);
    CHECK(parsed(frame) == "frame_malformed");
    symbols.add_counts(0);
    CHECK(parsed(frame) == "frame_malformed");
    symbols.set_symbols(std::string(12, 'x'));
    CHECK(parsed(frame) == "frame_malformed");
    symbols.set_key(std::string(16, 'k'));
    CHECK(parsed(frame) == "ok");
    symbols.set_counts(0, 1);
    CHECK(parsed(frame) == "frame_malformed");
    symbols.set_counts(0, -10);
    CHECK(parsed(frame) == "ok");
    symbols.set_counts(0, -11);
    CHECK(parsed(frame) == "frame_malformed");
    symbols.set_counts(0, 0);
    symbols.set_first(limits::symbols_max);
    CHECK(parsed(frame) == "frame_malformed");
    symbols.set_first(0);
    symbols.set_items(limits::compared_items_max + 1);
    CHECK(parsed(frame) == "frame_malformed");
}

TEST_CASE(
    "more symbols or short ids than a frame may hold, a digest or counters of another size are "
    "malformed") {
    wire::Frame frame;
    for (std::size_t at = 0; at <= limits::symbols_per_frame_max; ++at)
        frame.mutable_symbols()->add_counts(0);
    frame.mutable_symbols()->set_symbols(
        std::string(12 * (limits::symbols_per_frame_max + 1), 'x'));
    CHECK(parsed(frame) == "frame_malformed");
    frame.mutable_fetch()->set_short_ids(std::string(9, 'x'));
    CHECK(parsed(frame) == "frame_malformed");
    frame.mutable_fetch()->set_short_ids(std::string(8 * limits::symbols_max, 'x'));
    CHECK(parsed(frame) == "ok");
    frame.mutable_fetch()->set_short_ids(std::string(8 * (limits::symbols_max + 1), 'x'));
    CHECK(parsed(frame) == "frame_malformed");
    frame.mutable_compare()->set_digest(std::string(16, 'x'));
    frame.mutable_compare()->set_counters(std::string(24, 'x'));
    CHECK(parsed(frame) == "ok");
    frame.mutable_compare()->set_counters(std::string(23, 'x'));
    CHECK(parsed(frame) == "frame_malformed");
    frame.mutable_compare()->set_counters(std::string(24, 'x'));
    frame.mutable_compare()->set_digest(std::string(17, 'x'));
    CHECK(parsed(frame) == "frame_malformed");
}

TEST_CASE("questions for peers and their answers come through whole, within their limits") {
    const Find find{7, samples::filled<base::NodeId>(3)};
    const auto found = std::get<Find>(*parse(*encode(find)));
    CHECK(found.number == 7);
    CHECK(found.target == find.target);
    Contacts contacts{9, {}};
    for (std::uint32_t at = 0; at < limits::contacts_per_answer_max; ++at)
        contacts.peers.push_back(samples::numbered<base::PeerId>(at));
    const auto answer = std::get<Contacts>(*parse(*encode(contacts)));
    CHECK(answer.number == 9);
    CHECK(answer.peers == contacts.peers);
    wire::Frame frame;
    frame.mutable_find()->set_target(std::string(31, 'x'));
    CHECK(parsed(frame) == "frame_malformed");
    frame.mutable_find()->set_target(std::string(33, 'x'));
    CHECK(parsed(frame) == "frame_malformed");
    frame.mutable_contacts()->set_peers("");
    CHECK(parsed(frame) == "ok");
    frame.mutable_contacts()->set_peers(
        std::string(32 * limits::contacts_per_answer_max + 32, 'x'));
    CHECK(parsed(frame) == "frame_malformed");
    frame.mutable_contacts()->set_peers(std::string(33, 'x'));
    CHECK(parsed(frame) == "frame_malformed");
}

TEST_CASE("items come in ones to items_per_frame_max") {
    wire::Frame frame;
    frame.mutable_items();
    CHECK(parsed(frame) == "frame_malformed");
    for (std::size_t at = 0; at < limits::items_per_frame_max; ++at)
        frame.mutable_items()->add_items();
    CHECK(parsed(frame) == "ok");
    frame.mutable_items()->add_items();
    CHECK(parsed(frame) == "frame_malformed");
}

TEST_CASE("a clock beyond all time is malformed") {
    wire::Frame frame;
    frame.mutable_hello()->set_time(UINT64_MAX);
    CHECK(parsed(frame) == "frame_malformed");
    frame.mutable_hello()->set_time(limits::unix_seconds_max + 1);
    CHECK(parsed(frame) == "frame_malformed");
    frame.mutable_hello()->set_time(limits::unix_seconds_max);
    CHECK(parsed(frame) == "ok");
}

TEST_CASE("many items are cut into frames that all fit, in order and without loss") {
    std::vector<item::ReadPtr> items;
    for (std::uint32_t at = 0; at < 600; ++at) {
        const std::size_t size = at < 40 ? limits::mail_payload_bytes.back() - at : 1 + at % 700;
        items.push_back(
            samples::accepted(samples::mail({.slot = at, .payload = std::string(size, 'x')})));
    }
    std::size_t next = 0;
    std::size_t frames = 0;
    for (std::size_t from = 0; from < items.size(); ++frames) {
        const std::size_t before = from;
        const auto frame = encode_items(items, from, 3);
        REQUIRE(from > before);
        CHECK(frame->size() <= limits::frame_bytes_max);
        const Message message = *parse(*frame);
        for (const item::Item& item : std::get<Items>(message).items)
            REQUIRE(item == items[next++]->item);
    }
    CHECK(next == items.size());
    CHECK(frames < 20);
}

TEST_CASE("a frame holds as many of the largest items as fit") {
    std::vector<item::ReadPtr> items(
        8, samples::accepted(
               samples::publication({.payload = std::string(limits::payload_bytes_max, 'x')})));
    std::size_t from = 0;
    encode_items(items, from, 3);
    CHECK(from == 7);
}

}  // namespace
}  // namespace hearsay::core
