#include "core/messages.hpp"

#include "base/ensure.hpp"
#include "base/limits/audit.hpp"
#include "base/limits/frames.hpp"
#include "base/limits/links.hpp"
#include "frame.pb.h"

namespace hearsay::core {
namespace {

namespace limits = base::limits;

constexpr std::size_t id_size = base::ItemId::size;
constexpr std::size_t symbol_size = 8 + 4;
// Tag, length and the four fields' own tags and lengths of one item inside a frame, rounded up.
constexpr std::size_t item_overhead = 40;

FramePtr finish(const wire::Frame& frame) {
    auto bytes = std::make_shared<base::Bytes>(frame.ByteSizeLong());
    ENSURE(bytes->size() <= limits::frame_bytes_max, "a frame over the limit was made");
    ENSURE(frame.SerializeToArray(bytes->data(), static_cast<int>(bytes->size())),
           "a frame that does not serialize");
    return bytes;
}

void write_ids(const std::vector<base::ItemId>& ids, std::string* out) {
    ENSURE(ids.size() <= limits::ids_per_page_max, "a page with too many ids was made");
    out->reserve(ids.size() * id_size);
    for (const base::ItemId& id : ids) out->append(base::as_text(id.view()));
}

}  // namespace

Message::Message(const Message&) = default;
Message::Message(Message&&) noexcept = default;
Message& Message::operator=(const Message&) = default;
Message& Message::operator=(Message&&) noexcept = default;
Message::~Message() = default;

std::int32_t expected_count(std::uint64_t items, std::uint64_t index) {
    return static_cast<std::int32_t>(2 * items / (2 + index));
}

item::Standing standing_of(const Announced& announced, item::Network network) {
    return {announced.of, item::level_of(network, announced.id, announced.nonce, announced.size,
                                         base::Seconds(announced.lifetime_s))};
}

FramePtr encode(const Hello& hello) {
    wire::Frame frame;
    wire::Hello& out = *frame.mutable_hello();
    out.set_oldest(hello.oldest);
    out.set_network(hello.network);
    out.set_time(static_cast<std::uint64_t>(base::unix_seconds(hello.time)));
    out.set_listening(hello.listening);
    out.set_nonce(hello.nonce);
    out.set_visit(hello.visit);
    if (hello.newest > hello.oldest) out.set_newest(hello.newest);
    for (const std::uint32_t feature : hello.features) out.add_features(feature);
    return finish(frame);
}

FramePtr encode(const Ping& ping) {
    wire::Frame frame;
    frame.mutable_ping()->set_nonce(ping.nonce);
    return finish(frame);
}

FramePtr encode(const Pong& pong) {
    wire::Frame frame;
    frame.mutable_pong()->set_nonce(pong.nonce);
    return finish(frame);
}

FramePtr encode(const Have& have) {
    wire::Frame frame;
    wire::Have& out = *frame.mutable_have();
    out.set_page(have.page);
    write_ids(have.ids, out.mutable_ids());
    out.set_last(have.last);
    return finish(frame);
}

FramePtr encode(const Want& want) {
    wire::Frame frame;
    wire::Want& out = *frame.mutable_want();
    out.set_page(want.page);
    write_ids(want.ids, out.mutable_ids());
    return finish(frame);
}

FramePtr encode(const Compare& compare) {
    wire::Frame frame;
    wire::Compare& out = *frame.mutable_compare();
    out.set_digest(base::to_text(compare.digest.view()));
    out.set_counters(base::to_text(compare.counters));
    out.set_items(compare.items);
    if (compare.floors != item::Floors{}) out.set_floors(base::to_text(compare.floors));
    return finish(frame);
}

FramePtr encode(const Symbols& symbols) {
    ENSURE(!symbols.symbols.empty() && symbols.symbols.size() <= limits::symbols_per_frame_max,
           "a frame with no or too many symbols");
    wire::Frame frame;
    wire::Symbols& out = *frame.mutable_symbols();
    out.set_first(symbols.first);
    out.set_items(symbols.items);
    if (symbols.first == 0) out.set_key(base::to_text(symbols.key.view()));
    base::Bytes packed;
    packed.reserve(symbols.symbols.size() * symbol_size);
    for (std::size_t at = 0; at < symbols.symbols.size(); ++at) {
        const Symbol& symbol = symbols.symbols[at];
        base::append(packed, base::big_endian(symbol.sum));
        base::append(packed, base::big_endian(symbol.check));
        out.add_counts(symbol.count - expected_count(symbols.items, symbols.first + at));
    }
    out.set_symbols(base::to_text(packed));
    return finish(frame);
}

FramePtr encode(const More& more) {
    wire::Frame frame;
    frame.mutable_more()->set_symbols(more.symbols);
    return finish(frame);
}

FramePtr encode(const Fetch& fetch) {
    ENSURE(fetch.ids.size() <= limits::symbols_max, "too many short ids in a frame");
    wire::Frame frame;
    base::Bytes packed;
    for (const ShortId id : fetch.ids) base::append(packed, base::big_endian(id));
    frame.mutable_fetch()->set_short_ids(base::to_text(packed));
    return finish(frame);
}

FramePtr encode(const Done& done) {
    wire::Frame frame;
    frame.mutable_done()->set_settled(done.settled);
    return finish(frame);
}

FramePtr encode(const Announce& announce) {
    wire::Frame frame;
    wire::Announce& out = *frame.mutable_announce();
    for (const Announced& item : announce.items) {
        out.mutable_ids()->append(base::as_text(item.id.view()));
        out.add_nonces(item.nonce);
        out.add_sizes(item.size);
        out.add_lifetimes(item.lifetime_s);
        out.mutable_classes()->push_back(static_cast<char>(item.of));
    }
    return finish(frame);
}

FramePtr encode(const Request& request) {
    wire::Frame frame;
    write_ids(request.ids, frame.mutable_request()->mutable_ids());
    return finish(frame);
}

FramePtr encode(const Floor& floor) {
    wire::Frame frame;
    frame.mutable_floor()->set_levels(base::to_text(floor.levels));
    return finish(frame);
}

FramePtr encode(const Push& push) {
    wire::Frame frame;
    frame.mutable_push()->set_below(push.below);
    return finish(frame);
}

FramePtr encode(const Find& find) {
    wire::Frame frame;
    frame.mutable_find()->set_number(find.number);
    frame.mutable_find()->set_target(base::to_text(find.target.view()));
    return finish(frame);
}

FramePtr encode(const Contacts& contacts) {
    ENSURE(contacts.peers.size() <= limits::contacts_per_answer_max,
           "an answer with too many contacts");
    wire::Frame frame;
    frame.mutable_contacts()->set_number(contacts.number);
    for (const base::PeerId& peer : contacts.peers)
        frame.mutable_contacts()->mutable_peers()->append(base::as_text(peer.view()));
    return finish(frame);
}

FramePtr encode(const Probe& probe) {
    ENSURE(!probe.ids.empty() && probe.ids.size() <= limits::probe_ids_max,
           "a probe of nothing, or of too much");
    wire::Frame frame;
    frame.mutable_probe()->set_number(probe.number);
    write_ids(probe.ids, frame.mutable_probe()->mutable_ids());
    return finish(frame);
}

FramePtr encode(const Held& held) {
    ENSURE(held.held.size() <= limits::probe_ids_max, "an answer about too many items");
    wire::Frame frame;
    frame.mutable_held()->set_number(held.number);
    for (const bool is_held : held.held)
        frame.mutable_held()->mutable_held()->push_back(is_held ? '\1' : '\0');
    return finish(frame);
}

FramePtr encode_items(const std::vector<item::ReadPtr>& items, std::size_t& from,
                      std::uint32_t hops) {
    ENSURE(from < items.size(), "a frame without items");
    wire::Frame frame;
    wire::Items& out = *frame.mutable_items();
    out.set_hops(hops);
    std::size_t size = 0;
    while (from < items.size() &&
           static_cast<std::size_t>(out.items_size()) < limits::items_per_frame_max) {
        const item::Item& item = items[from]->item;
        size += item.size() + item_overhead;
        if (out.items_size() > 0 && size + item_overhead > limits::frame_bytes_max) break;
        wire::Item& next = *out.add_items();
        next.set_header(std::string(base::as_text(item.header)));
        next.set_payload(std::string(base::as_text(item.payload)));
        next.set_signature(std::string(base::as_text(item.signature)));
        next.set_nonce(item.nonce);
        ++from;
    }
    return finish(frame);
}

}  // namespace hearsay::core
